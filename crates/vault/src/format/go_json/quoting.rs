//! Go's `strconv.Quote` and `strconv.Unquote`, without the outer quotes.

use std::borrow::Cow;

use super::{
    super::{FormatError, error::excerpt},
    append_hex, is_printable,
};

/// Quotes any bytes as Go's `strconv.Quote` does, without the outer quotes:
/// `\a \b \f \n \r \t \v \\ \"`, `\x7f` for other control characters and for
/// bytes that are not UTF-8, `\u00ad` and `\U000e0001` for characters that Go
/// does not print. The result is UTF-8.
#[must_use]
pub fn quote(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 16);
    for chunk in bytes.utf8_chunks() {
        for character in chunk.valid().chars() {
            append_quoted(&mut out, character);
        }
        for byte in chunk.invalid() {
            out.extend_from_slice(br"\x");
            append_hex(&mut out, u32::from(*byte), 2);
        }
    }
    out
}

fn append_quoted(out: &mut Vec<u8>, character: char) {
    let short = match character {
        '"' => b'"',
        '\\' => b'\\',
        '\u{7}' => b'a',
        '\u{8}' => b'b',
        '\u{c}' => b'f',
        '\n' => b'n',
        '\r' => b'r',
        '\t' => b't',
        '\u{b}' => b'v',
        printable if is_printable(printable) => {
            out.extend_from_slice(printable.encode_utf8(&mut [0; 4]).as_bytes());
            return;
        }
        hidden => {
            let (letter, digits) = match u32::from(hidden) {
                0..0x80 => (b'x', 2),
                0x80..0x1_0000 => (b'u', 4),
                _ => (b'U', 8),
            };
            out.extend_from_slice(&[b'\\', letter]);
            append_hex(out, u32::from(hidden), digits);
            return;
        }
    };
    out.extend_from_slice(&[b'\\', short]);
}

/// Undoes [`quote`], and reads all else that Go's `strconv.Unquote` reads
/// between double quotes, such as octal escapes.
///
/// # Errors
/// [`FormatError::Quote`] on an unknown or cut-off escape, on a character that
/// is none, and on a bare newline or double quote.
pub fn unquote(quoted: &str) -> Result<Cow<'_, [u8]>, FormatError> {
    let bytes = quoted.as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b'\\' | b'"' | b'\n')) {
        return Ok(Cow::Borrowed(bytes));
    }
    let refused = || FormatError::Quote(excerpt(bytes));
    let mut out = Vec::with_capacity(bytes.len());
    let mut rest = bytes;
    while let Some((first, after)) = rest.split_first() {
        rest = match first {
            b'"' | b'\n' => return Err(refused()),
            b'\\' => append_unescaped(&mut out, after).ok_or_else(refused)?,
            plain => {
                out.push(*plain);
                after
            }
        };
    }
    Ok(Cow::Owned(out))
}

/// Appends what the escape behind a backslash stands for and returns what
/// follows it.
fn append_unescaped<'a>(out: &mut Vec<u8>, escape: &'a [u8]) -> Option<&'a [u8]> {
    let (letter, rest) = escape.split_first()?;
    let byte = match letter {
        b'a' => 0x07,
        b'b' => 0x08,
        b'f' => 0x0c,
        b'n' => b'\n',
        b'r' => b'\r',
        b't' => b'\t',
        b'v' => 0x0b,
        b'\\' | b'"' => *letter,
        b'x' => {
            let (value, rest) = number(rest, 2, 16)?;
            out.push(u8::try_from(value).ok()?);
            return Some(rest);
        }
        b'0'..=b'7' => {
            let (value, rest) = number(escape, 3, 8)?;
            out.push(u8::try_from(value).ok()?);
            return Some(rest);
        }
        b'u' | b'U' => {
            let (value, rest) = number(rest, if *letter == b'u' { 4 } else { 8 }, 16)?;
            let character = char::from_u32(value)?;
            out.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
            return Some(rest);
        }
        _ => return None,
    };
    out.push(byte);
    Some(rest)
}

/// The number that the first `digits` digits spell, and what follows them.
fn number(text: &[u8], digits: usize, radix: u32) -> Option<(u32, &[u8])> {
    let (digits, rest) = text.split_at_checked(digits)?;
    let mut value = 0_u32;
    for digit in digits {
        value = value.checked_mul(radix)? + char::from(*digit).to_digit(radix)?;
    }
    Some((value, rest))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn unquotes_what_go_unquotes() {
        for (quoted, expected) in [
            ("", &b""[..]),
            ("plain é", "plain é".as_bytes()),
            (r"\a\b\f\n\r\t\v\\\x00\xfF\377\000", b"\x07\x08\x0c\n\r\t\x0b\\\x00\xff\xff\x00"),
            (r#"\""#, b"\""),
            (r"\u00e9\U0001F600\ufffd", "é😀\u{fffd}".as_bytes()),
            ("tab\tand \u{7f}", b"tab\tand \x7f"),
        ] {
            assert_eq!(&*unquote(quoted).unwrap(), expected, "{quoted}");
        }
    }

    #[test]
    fn refuses_what_go_refuses() {
        for quoted in [
            r"\",
            r"\'",
            r"\q",
            r"\x",
            r"\x4",
            r"\xg0",
            r"\400",
            r"\08",
            r"\u12",
            r"\ud800",
            r"\U00110000",
            r"\UFFFFFFFF",
            "\"",
            "a\"b",
            "a\nb",
            "\\\n",
        ] {
            assert_eq!(unquote(quoted), Err(FormatError::Quote(quoted.to_owned())), "{quoted}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_does_not_panic(text: String) {
            let _ = unquote(&text);
        }

        #[test]
        fn nearly_quoted_text_does_not_panic(text in r#"[\\"abfnrtvxuU0-9dDfF é]{0,24}"#) {
            if let Ok(bytes) = unquote(&text) {
                let again = String::from_utf8(quote(&bytes)).unwrap();
                prop_assert_eq!(unquote(&again).unwrap(), bytes);
            }
        }
    }
}
