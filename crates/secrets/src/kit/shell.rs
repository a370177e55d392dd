//! Paths as a person types them: exact on paper, and taken by a shell as they
//! stand there.
//!
//! What the page cannot show so that it can be typed is written as its bytes,
//! in the `$'…'` of POSIX.1-2024, which bash and zsh have long had.

use std::path::Path;

/// How a path is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Quotes {
    /// As it is.
    None,
    /// `'…'`.
    Single,
    /// `"…"`.
    Double,
    /// `$'…'`, with escapes.
    Escapes,
}

impl Quotes {
    fn open(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Single => "'",
            Self::Double => "\"",
            Self::Escapes => "$'",
        }
    }

    fn close(self) -> &'static str {
        match self {
            Self::None => "",
            Self::Double => "\"",
            Self::Single | Self::Escapes => "'",
        }
    }
}

/// A path in pieces that must not be torn apart.
pub(super) struct Typed {
    quotes: Quotes,
    pieces: Vec<String>,
    /// Whether nothing is lost when it is shown without quotes.
    bare: bool,
}

impl Typed {
    /// `shows` tells which characters the page can show.
    pub(super) fn new(path: &Path, shows: impl Fn(char) -> bool) -> Self {
        let bytes = path.as_os_str().as_encoded_bytes();
        let shows = |letter: char| shows(letter) && !looks_like_another(letter);
        let shown = str::from_utf8(bytes).ok().filter(|text| text.chars().all(shows));
        let quotes = match shown {
            Some(text) if !text.is_empty() && text.chars().all(is_plain) => Quotes::None,
            Some(text) if !text.contains('\'') => Quotes::Single,
            Some(text) if !text.contains(['"', '$', '`', '\\', '!']) => Quotes::Double,
            _ => Quotes::Escapes,
        };
        let pieces = match shown {
            Some(text) if quotes != Quotes::Escapes => text.chars().map(String::from).collect(),
            _ => escaped(bytes, shows),
        };
        let blank_seen = |text: &str| text.trim() == text && !text.contains("  ");
        let bare = quotes != Quotes::Escapes && shown.is_some_and(blank_seen);
        Self { quotes, pieces, bare }
    }

    /// Whether bytes or escapes stand in it.
    pub(super) fn written_out(&self) -> bool {
        self.quotes == Quotes::Escapes
    }

    /// The path alone, in lines of `columns` characters.
    pub(super) fn lines(&self, columns: usize) -> Vec<String> {
        let quotes = if self.bare { Quotes::None } else { self.quotes };
        self.broken(quotes, "", columns, "")
    }

    /// A command with the path in it, in lines of `columns` characters that a
    /// shell takes as one.
    pub(super) fn command(&self, before: &str, after: &str, columns: usize) -> Vec<String> {
        // Behind a line stands at most a blank and a backslash.
        let mut lines = self.broken(self.quotes, before, columns.saturating_sub(2), "\\");
        let room = columns.saturating_sub(lines.last().map_or(0, |line| line.chars().count()));
        if let Some(last) = lines.last_mut() {
            if after.len() <= room {
                last.push_str(after);
            } else {
                last.push_str(" \\");
                lines.push(after.trim_start().to_owned());
            }
        }
        lines
    }

    /// Breaks behind the last `/` that is not too far back, and never beside a
    /// blank, which nobody would see.
    fn broken(&self, quotes: Quotes, before: &str, columns: usize, mark: &str) -> Vec<String> {
        let outside = quotes.open().len() + quotes.close().len();
        let mut lines = Vec::new();
        let mut line = before.to_owned();
        let mut rest = self.pieces.as_slice();
        loop {
            let room = columns.saturating_sub(line.chars().count() + outside);
            let mut used = 0;
            let fit = rest
                .iter()
                .take_while(|piece| {
                    used += piece.chars().count();
                    used <= room
                })
                .count();
            let end = if fit == rest.len() { fit } else { best_break(rest, fit) };
            line.push_str(quotes.open());
            line.extend(rest[..end].iter().map(String::as_str));
            line.push_str(quotes.close());
            rest = &rest[end..];
            if rest.is_empty() {
                lines.push(line);
                return lines;
            }
            line.push_str(mark);
            lines.push(std::mem::take(&mut line));
        }
    }
}

/// Where to break before piece `fit`; at least one piece is taken.
fn best_break(pieces: &[String], fit: usize) -> usize {
    let may = |at: &usize| pieces[at - 1] != " " && pieces.get(*at).is_none_or(|next| next != " ");
    let fit = fit.clamp(1, pieces.len());
    let slash = (fit.saturating_sub(fit / 3).max(1)..=fit).rev().find(|at| pieces[at - 1] == "/");
    slash.filter(may).or_else(|| (1..=fit).rev().find(may)).unwrap_or(fit)
}

/// Whether a shell takes it as it is.
fn is_plain(letter: char) -> bool {
    letter.is_alphanumeric() || "/._-+:@%,=".contains(letter)
}

/// Dashes, quotes and blanks that nobody can tell from those of a keyboard.
fn looks_like_another(letter: char) -> bool {
    ('\u{2000}'..='\u{206f}').contains(&letter) || (letter.is_whitespace() && letter != ' ')
}

fn escaped(bytes: &[u8], shows: impl Fn(char) -> bool) -> Vec<String> {
    let mut pieces = Vec::new();
    for chunk in bytes.utf8_chunks() {
        for letter in chunk.valid().chars() {
            match letter {
                '\'' | '\\' => pieces.push(format!("\\{letter}")),
                // An interactive shell would look into its history.
                '!' => write_out(b"!", &mut pieces),
                _ if shows(letter) => pieces.push(letter.into()),
                _ => write_out(letter.encode_utf8(&mut [0; 4]).as_bytes(), &mut pieces),
            }
        }
        write_out(chunk.invalid(), &mut pieces);
    }
    pieces
}

fn write_out(bytes: &[u8], pieces: &mut Vec<String>) {
    pieces.extend(bytes.iter().map(|byte| format!("\\x{byte:02x}")));
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::process::Command;

    fn shows(letter: char) -> bool {
        letter.is_ascii_graphic() || letter == ' ' || "äöüßжé\u{2013}".contains(letter)
    }

    fn path(bytes: &[u8]) -> std::path::PathBuf {
        use std::os::unix::ffi::OsStrExt;
        std::ffi::OsStr::from_bytes(bytes).into()
    }

    #[test]
    fn paths_are_shown_as_they_are_where_nothing_is_lost() {
        let lines = |text: &str| Typed::new(Path::new(text), shows).lines(60);
        assert_eq!(lines("/mnt/disk/vault"), ["/mnt/disk/vault"]);
        assert_eq!(lines("/mnt/Bücher von жé"), ["/mnt/Bücher von жé"]);
        assert_eq!(lines("/mnt/two  blanks"), ["'/mnt/two  blanks'"]);
        assert_eq!(lines("/mnt/end "), ["'/mnt/end '"]);
        assert_eq!(lines("/mnt/写/v"), [r"$'/mnt/\xe5\x86\x99/v'"]);
        // Composed of two characters, it looks like another.
        assert_eq!(lines("/mnt/e\u{301}"), [r"$'/mnt/e\xcc\x81'"]);
        assert_eq!(lines("/a\u{a0}b\u{2013}"), [r"$'/a\xc2\xa0b\xe2\x80\x93'"]);
        let typed = Typed::new(&path(b"/it's\xff!\\\n"), shows);
        assert_eq!(typed.lines(60), [r"$'/it\'s\xff\x21\\\x0a'"]);
        assert!(typed.written_out());
        let typed = Typed::new(Path::new("/it's one"), shows);
        assert_eq!(typed.lines(60), ["/it's one"]);
        assert_eq!(typed.command("restic -r ", "", 60), ["restic -r \"/it's one\""]);
    }

    #[test]
    fn long_paths_break_behind_a_slash() {
        let typed = Typed::new(Path::new("/media/disk/archive/vault"), shows);
        assert_eq!(typed.lines(16), ["/media/disk/", "archive/vault"]);
        let command = typed.command("restic -r ", " restore latest", 24);
        assert_eq!(command, [r"restic -r /media/disk/\", r"archive/vault \", "restore latest"]);
    }

    /// The shell that people have, as the judge: what it makes of the lines.
    fn judged(lines: &[String]) -> Vec<u8> {
        let script = lines.join("\n").replacen("restic -r ", "printf '%s|' ", 1);
        let mut bash = Command::new("bash");
        let ended = bash.env("LC_ALL", "C").args(["-c", &script]).output().expect("bash");
        assert!(ended.status.success(), "{script}");
        ended.stdout
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]
        #[test]
        fn a_shell_takes_every_path_as_it_was(
            bytes in prop_oneof![
                "(/[a-z жü'!$`\\\\\"~*-]{0,12}){1,8}".prop_map(String::into_bytes),
                proptest::collection::vec(1..=255_u8, 1..150),
            ],
            columns in 24..90_usize,
        ) {
            let typed = Typed::new(&path(&bytes), shows);
            let lines = typed.command("restic -r ", " snapshots", columns);
            prop_assert!(lines.iter().all(|line| line.chars().count() <= columns), "{lines:?}");
            prop_assert!(lines.iter().all(|line| line.chars().all(shows)), "{lines:?}");
            let mut expected = bytes.clone();
            expected.extend_from_slice(b"|snapshots|");
            prop_assert_eq!(judged(&lines), expected);
            let shown = typed.lines(columns);
            prop_assert!(shown.iter().all(|line| line.chars().count() <= columns), "{shown:?}");
        }
    }
}
