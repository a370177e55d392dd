//! Texts as Go's `encoding/json` and `strconv` write them, because a tree's
//! id is the hash of the very bytes.
//!
//! Two layers: the name of a node is quoted ([`quote`]) and the result then
//! written as a JSON string; every other text is a JSON string only.

mod printable;
mod quoting;

use base64::{Engine as _, engine::general_purpose::STANDARD};

pub use printable::is_printable;
pub use quoting::{quote, unquote};

const HEX: &[u8; 16] = b"0123456789abcdef";

/// Bytes of ASCII that names and JSON strings both hold as they are. `<`, `>`
/// and `&` are not among them: Go makes its JSON safe to stand in HTML. 0x7f is
/// escaped in names only.
const PLAIN: [bool; 256] = {
    let mut plain = [false; 256];
    let mut byte = 0x20;
    while byte < 0x7f {
        plain[byte] = !matches!(byte as u8, b'"' | b'\\' | b'<' | b'>' | b'&');
        byte += 1;
    }
    plain
};

fn is_plain(text: &[u8]) -> bool {
    text.iter().all(|byte| PLAIN[usize::from(*byte)])
}

/// Appends the JSON string for a text of any bytes, quotes included, as Go
/// from 1.22 on does: `<`, `>`, `&`, U+2028 and U+2029 as `\u` escapes, `\b`
/// and `\f` short, and every byte that is not UTF-8 as `\ufffd` (it is lost).
pub fn append_string(out: &mut Vec<u8>, text: &[u8]) {
    out.push(b'"');
    append_string_content(out, text);
    out.push(b'"');
}

/// Appends the JSON string for the name of a node: quoted, then escaped. No
/// byte is lost.
pub fn append_name(out: &mut Vec<u8>, name: &[u8]) {
    out.push(b'"');
    if is_plain(name) {
        out.extend_from_slice(name);
    } else {
        append_string_content(out, &quote(name));
    }
    out.push(b'"');
}

/// Appends a JSON string of padded standard base64, as Go writes `[]byte`.
pub fn append_base64(out: &mut Vec<u8>, bytes: &[u8]) {
    out.push(b'"');
    out.extend_from_slice(STANDARD.encode(bytes).as_bytes());
    out.push(b'"');
}

/// Appends a JSON value without the spaces between its tokens and with `<`,
/// `>`, `&`, U+2028 and U+2029 escaped, as Go writes a `json.RawMessage`.
/// The value must be valid JSON.
pub fn append_compact(out: &mut Vec<u8>, json: &str) {
    let mut in_string = false;
    let mut escaped = false;
    for character in json.chars() {
        match character {
            ' ' | '\t' | '\n' | '\r' if !in_string => continue,
            '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => append_escape(out, u32::from(character)),
            other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
        }
        if character == '"' && !escaped {
            in_string = !in_string;
        }
        escaped = in_string && character == '\\' && !escaped;
    }
}

fn append_string_content(out: &mut Vec<u8>, text: &[u8]) {
    if is_plain(text) {
        out.extend_from_slice(text);
        return;
    }
    for chunk in text.utf8_chunks() {
        for character in chunk.valid().chars() {
            match character {
                '"' | '\\' => out.extend_from_slice(&[b'\\', character as u8]),
                '\u{8}' => out.extend_from_slice(br"\b"),
                '\u{c}' => out.extend_from_slice(br"\f"),
                '\n' => out.extend_from_slice(br"\n"),
                '\r' => out.extend_from_slice(br"\r"),
                '\t' => out.extend_from_slice(br"\t"),
                '\0'..'\u{20}' | '<' | '>' | '&' | '\u{2028}' | '\u{2029}' => {
                    append_escape(out, u32::from(character));
                }
                other => out.extend_from_slice(other.encode_utf8(&mut [0; 4]).as_bytes()),
            }
        }
        for _ in chunk.invalid() {
            out.extend_from_slice(br"\ufffd");
        }
    }
}

/// Appends `\uXXXX` for a character of the basic plane.
fn append_escape(out: &mut Vec<u8>, code: u32) {
    out.extend_from_slice(br"\u");
    append_hex(out, code, 4);
}

fn append_hex(out: &mut Vec<u8>, value: u32, digits: u32) {
    for digit in (0..digits).rev() {
        out.push(HEX[(value >> (4 * digit) & 15) as usize]);
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::format::Id;

    fn string(text: &[u8]) -> String {
        let mut out = Vec::new();
        append_string(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    fn name(text: &[u8]) -> String {
        let mut out = Vec::new();
        append_name(&mut out, text);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn writes_strings_as_go_does() {
        for (text, expected) in [
            (&b"plain ~\x7f"[..], "\"plain ~\x7f\""),
            (br#"a"b\c"#, r#""a\"b\\c""#),
            (b"<&>", r#""\u003c\u0026\u003e""#),
            (
                b"\x00\x01\x07\x08\t\n\x0b\x0c\r\x1b\x1f",
                r#""\u0000\u0001\u0007\b\t\n\u000b\f\r\u001b\u001f""#,
            ),
            ("é漢😀\u{2028}\u{2029}".as_bytes(), r#""é漢😀\u2028\u2029""#),
            (b"a\xffb\xe6\xbc", r#""a\ufffdb\ufffd\ufffd""#),
            ("\u{fffd}".as_bytes(), "\"\u{fffd}\""),
        ] {
            assert_eq!(string(text), expected);
        }
    }

    #[test]
    fn writes_names_as_go_does() {
        for (text, expected) in [
            (&b"plain.txt"[..], r#""plain.txt""#),
            (b"delete\x7f", r#""delete\\x7f""#),
            (b"<b>", r#""\u003cb\u003e""#),
            (br#"a"b\c'"#, r#""a\\\"b\\\\c'""#),
            (b"\x01\x07\x08\t\n\x0b\x0c\r\x7f", r#""\\x01\\a\\b\\t\\n\\v\\f\\r\\x7f""#),
            (b"\xff\xe6\xbcA", r#""\\xff\\xe6\\xbcA""#),
            ("\u{ad}é\u{2028}\u{e0001}😀".as_bytes(), r#""\\u00adé\\u2028\\U000e0001😀""#),
        ] {
            assert_eq!(name(text), expected);
        }
    }

    /// Every byte and every character by itself, as string and as name, a line
    /// each: the hash of what Go 1.25 writes.
    #[test]
    fn writes_every_byte_and_character_as_go_does() {
        let bytes = (0..=255_u8).map(|byte| vec![byte]);
        let characters = (0..=0x0010_ffff).filter_map(char::from_u32);
        let mut all = Vec::new();
        for text in bytes.chain(characters.map(|character| character.to_string().into_bytes())) {
            append_string(&mut all, &text);
            append_name(&mut all, &text);
            all.push(b'\n');
        }
        assert_eq!(
            Id::of(&all).to_string(),
            "c67e0c12ebf3319f045f231e7a9aa8fbc84ff2f43c82b45d40a8f4235f8c8274"
        );
    }

    #[test]
    fn compacts_raw_values() {
        let mut out = Vec::new();
        append_compact(&mut out, "{ \"a b\" : [ 1 , \"x \\\" <y> \\\\\" ] }\n");
        assert_eq!(String::from_utf8(out).unwrap(), r#"{"a b":[1,"x \" \u003cy\u003e \\"]}"#);
    }

    proptest! {
        #[test]
        fn strings_of_text_are_read_back(text: String) {
            prop_assert_eq!(serde_json::from_str::<String>(&string(text.as_bytes())).unwrap(), text);
        }

        #[test]
        fn strings_of_bytes_are_json(bytes: Vec<u8>) {
            serde_json::from_str::<String>(&string(&bytes)).unwrap();
        }

        #[test]
        fn names_of_bytes_are_read_back(bytes: Vec<u8>) {
            let quoted = serde_json::from_str::<String>(&name(&bytes)).unwrap();
            prop_assert_eq!(&*unquote(&quoted).unwrap(), &bytes[..]);
        }
    }
}
