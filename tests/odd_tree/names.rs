//! Names that are legal on the file system and break careless programs.

use std::io;

use super::LONGEST_PATH;
use crate::folder::Folder;

/// One file, and for some one folder, for every odd name.
pub(super) fn odd(folder: &Folder) -> io::Result<()> {
    let mut names: Vec<Vec<u8>> = TEXT.iter().map(|name| name.as_bytes().to_vec()).collect();
    names.extend(NOT_UTF8.iter().map(|name| name.to_vec()));
    // Every byte a name may hold, alone and inside.
    names.extend((1..=0xff).filter(|&byte| byte != b'/' && byte != b'.').map(|byte| vec![byte]));
    names.extend((1..=0xff).filter(|&byte| byte != b'/').map(|byte| vec![b'i', byte, b'n']));
    names.push(vec![b'n'; 255]);
    names.push(vec![b'\n'; 255]);
    names.push(vec![0xff; 255]);
    names.push("\u{1F3E0}".repeat(63).into_bytes());
    names.push("e\u{301}".repeat(85).into_bytes());
    names.sort();
    names.dedup();
    for (number, name) in names.iter().enumerate() {
        folder.file(name, format!("name {number}").as_bytes())?;
    }

    let runes = folder.folder(b"one rune each")?;
    for rune in runes_to_try() {
        runes.file(format!("r{rune}").as_bytes(), b"")?;
    }
    let folders = folder.folder(b"folders")?;
    for name in TEXT.iter().map(|name| name.as_bytes()).chain(NOT_UTF8.iter().copied()) {
        folders.folder(name)?.file(name, b"in an oddly named folder")?;
    }
    Ok(())
}

/// A file whose absolute path has exactly [`LONGEST_PATH`] bytes, in folders
/// below `top`, whose own path has `length` bytes.
pub(super) fn deep(top: &Folder, length: usize) -> io::Result<()> {
    let mut folder = top.folder(b"deep")?;
    let mut length = length + "/deep".len();
    while LONGEST_PATH - length > 300 {
        let name = format!("{length:04} {}", "d".repeat(195));
        folder = folder.folder(name.as_bytes())?;
        length += 1 + name.len();
    }
    folder.file(&vec![b'f'; LONGEST_PATH - length - 1].split_off(60), b"not so deep")?;
    while LONGEST_PATH - length > 200 {
        folder = folder.folder(&[b'e'; 50])?;
        length += 51;
    }
    folder.file(&vec![b'f'; LONGEST_PATH - length - 1], b"at the bottom")
}

const TEXT: &[&str] = &[
    "...",
    ".hidden",
    " leading space",
    "trailing space ",
    "trailing dot.",
    "-rf",
    "--help",
    "two\nlines",
    "\ttab\r",
    "bell\u{7}escape\u{1b}[31mred",
    "single'quote",
    "double\"quote",
    "back\\slash",
    "\\",
    "\\n",
    "\\u0041",
    "\\x41",
    "back`tick",
    "$HOME",
    "~",
    "*",
    "?",
    "[a-z]",
    "{a,b}",
    "!bang",
    "#hash",
    "%41",
    "a:b",
    "a|b",
    "<html>&amp;",
    "CON",
    "nul.txt",
    "Case",
    "case",
    "CASE",
    "cAsE",
    "\u{e9}",
    "e\u{301}",
    "\u{212b}ngstr\u{f6}m",
    "\u{1F600}",
    "\u{1F468}\u{200d}\u{1F469}\u{200d}\u{1F467}",
    "\u{202e}right to left",
    "\u{5d0}\u{5d1}\u{5d2}",
    "\u{65e5}\u{672c}\u{8a9e}",
    "z\u{335}\u{322}\u{30d}alg\u{327}o",
    "\u{fffd}",
    "\u{feff}byte order mark",
    "line\u{2028}separator\u{2029}",
    "no\u{a0}break",
    "soft\u{ad}hyphen",
    "\u{10ffff}",
    "\u{fffe}",
    "config",
    "null",
    "\u{7f}",
    "\u{80}\u{9f}",
];

const NOT_UTF8: &[&[u8]] = &[
    b"latin1-caf\xe9",
    b"\xff\xfe",
    b"cut short \xf0\x9f\x98",
    b"lone continuation \x80",
    b"overlong \xc0\xaf",
    b"surrogate \xed\xa0\x80",
    b"too large \xf4\x90\x80\x80",
    b"mixed \xc3\xa9 \xe9 \xf0\x9f\x98\x80",
    b"\xc3",
    b"quote\"\\\xff<&>",
];

/// Runes from every kind of block, printable or not. All of them have kept
/// their properties since Unicode 13, so that programs built with any later
/// tables must write the same name.
fn runes_to_try() -> impl Iterator<Item = char> {
    const BLOCKS: &[std::ops::RangeInclusive<u32>] = &[
        0xa0..=0x17f,
        0x2b0..=0x2ff,
        0x300..=0x36f,
        0x400..=0x40f,
        0x600..=0x605,
        0x61c..=0x620,
        0x1100..=0x1104,
        0x115f..=0x1160,
        0x180e..=0x180e,
        0x1680..=0x1680,
        0x2000..=0x206f,
        0x20d0..=0x20d4,
        0x2200..=0x2210,
        0x2800..=0x2801,
        0x3000..=0x3002,
        0x3164..=0x3164,
        0xa4d0..=0xa4d4,
        0xac00..=0xac02,
        0xe000..=0xe002,
        0xf8ff..=0xf8ff,
        0xfb00..=0xfb06,
        0xfdd0..=0xfdd2,
        0xfe00..=0xfe0f,
        0xfeff..=0xfeff,
        0xffa0..=0xffa0,
        0xfff9..=0xffff,
        0x10000..=0x10003,
        0x1d173..=0x1d17a,
        0x1f600..=0x1f603,
        0x1fffe..=0x1ffff,
        0x20000..=0x20002,
        0xe0001..=0xe0001,
        0xe0020..=0xe0022,
        0xe0100..=0xe0102,
        0xf0000..=0xf0001,
        0x10fffd..=0x10ffff,
    ];
    BLOCKS.iter().cloned().flatten().filter_map(char::from_u32)
}
