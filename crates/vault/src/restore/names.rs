//! Names for what is restored beside something that stays.

/// The most bytes of a name's end that are taken for an extension.
const EXTENSION: usize = 16;
/// The most bytes of a label that come into a name.
const LABEL: usize = 100;

/// The `nth` name, counted from 1, for what cannot have `name` because that is
/// taken: `letter (backup of 2026-11-24).odt` for the label `backup of
/// 2026-11-24`, then `letter (backup of 2026-11-24) 2.odt`; without a label
/// `letter 2.odt` and so on. The extension is kept, unless it is a folder's: a
/// point there separates words as often as not. No name has more than `longest`
/// bytes: what precedes the label is cut, within no character. Bytes that are
/// not UTF-8 stay as they are.
pub(super) fn beside(
    name: &[u8],
    label: &str,
    nth: u64,
    is_folder: bool,
    longest: usize,
) -> Vec<u8> {
    let stem = if is_folder { name.len() } else { stem_length(name) };
    let (stem, extension) = name.split_at(stem);
    let label = label.replace(['/', '\0'], "-");
    let mut note = match label.get(..cut(label.as_bytes(), LABEL)).unwrap_or_default() {
        "" => String::new(),
        label => format!(" ({label})"),
    };
    match nth {
        0 | 1 if !note.is_empty() => {}
        nth if note.is_empty() => note = format!(" {}", nth.max(1) + 1),
        nth => note.push_str(&format!(" {nth}")),
    }
    let room = longest.saturating_sub(note.len() + extension.len());
    let mut beside = stem[..cut(stem, room)].to_vec();
    beside.extend_from_slice(note.as_bytes());
    beside.extend_from_slice(extension);
    beside
}

/// How many bytes of a file's name precede its extension.
fn stem_length(name: &[u8]) -> usize {
    let Some(point) = name.iter().rposition(|byte| *byte == b'.') else { return name.len() };
    let extension = &name[point + 1..];
    let is_extension = (1..=EXTENSION).contains(&extension.len())
        && extension.iter().all(|byte| byte.is_ascii_alphanumeric() || *byte >= 0x80);
    // A name that begins with a point has nothing before it.
    if point == 0 || !is_extension {
        return name.len();
    }
    let stem = &name[..point];
    // What was packed and then compressed has two.
    if stem.len() > 4 && stem.to_ascii_lowercase().ends_with(b".tar") { point - 4 } else { point }
}

/// The most bytes of `text`, up to `longest`, that end with a character.
fn cut(text: &[u8], longest: usize) -> usize {
    if text.len() <= longest {
        return text.len();
    }
    let is_within = |at: usize| text.get(at).is_some_and(|byte| byte & 0xc0 == 0x80);
    // A character has up to three bytes after its first; more of them are none.
    (longest.saturating_sub(3)..=longest).rev().find(|at| !is_within(*at)).unwrap_or(longest)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const LABELLED: &str = "backup of 2026-11-24";

    #[test]
    fn names_tell_what_they_are() {
        let table: [(&[u8], &[u8]); 12] = [
            (b"Household budget.csv", b"Household budget (backup of 2026-11-24).csv"),
            (b"letter", b"letter (backup of 2026-11-24)"),
            (b".bashrc", b".bashrc (backup of 2026-11-24)"),
            (b".config.json", b".config (backup of 2026-11-24).json"),
            (b"photos.tar.gz", b"photos (backup of 2026-11-24).tar.gz"),
            (b".tar.gz", b".tar (backup of 2026-11-24).gz"),
            (b"Dr. Who", b"Dr. Who (backup of 2026-11-24)"),
            (b"end.", b"end. (backup of 2026-11-24)"),
            (b"a.b.c", b"a.b (backup of 2026-11-24).c"),
            (b"caf\xe9.txt", b"caf\xe9 (backup of 2026-11-24).txt"),
            ("Fotos.données".as_bytes(), "Fotos (backup of 2026-11-24).données".as_bytes()),
            (b"x.averyveryverylongend", b"x.averyveryverylongend (backup of 2026-11-24)"),
        ];
        for (name, expected) in table {
            let given = beside(name, LABELLED, 1, false, 255);
            assert_eq!(given, expected, "{}", String::from_utf8_lossy(&given));
        }
        let second = beside(b"a.csv", LABELLED, 2, false, 255);
        assert_eq!(second, b"a (backup of 2026-11-24) 2.csv");
        let folder = beside(b"Trip 2026.11", LABELLED, 3, true, 255);
        assert_eq!(folder, b"Trip 2026.11 (backup of 2026-11-24) 3");
        assert_eq!(beside(b"a.csv", "", 1, false, 255), b"a 2.csv");
        assert_eq!(beside(b"a.csv", "", 2, false, 255), b"a 3.csv");
        assert_eq!(beside(b"a.csv", "x/../y", 1, false, 255), b"a (x-..-y).csv");
    }

    #[test]
    fn long_names_are_cut_between_characters() {
        let name = format!("{}.odt", "é".repeat(125));
        let given = beside(name.as_bytes(), LABELLED, 1, false, 255);
        let text = String::from_utf8(given).unwrap();
        assert_eq!(text, format!("{} (backup of 2026-11-24).odt", "é".repeat(114)));
        let raw = [0x80; 255];
        assert_eq!(beside(&raw, LABELLED, 1, false, 255).len(), 255);
    }

    proptest! {
        #[test]
        fn no_name_is_too_long_or_means_a_path(
            name in prop::collection::vec(1u8.., 1..=255),
            label in ".{0,300}",
            nth in 1u64..100_000,
            is_folder: bool,
            longest in 143usize..=255,
        ) {
            let name: Vec<u8> =
                name.into_iter().map(|byte| if byte == b'/' { b'x' } else { byte }).collect();
            let given = beside(&name, &label, nth, is_folder, longest);
            prop_assert!(given.len() <= longest && !given.is_empty());
            prop_assert!(!given.contains(&b'/') && !given.contains(&0));
            prop_assert!(given != name || name.len() > longest);
            prop_assert!(&*given != b".." && &*given != b".");
            let next = beside(&name, &label, nth + 1, is_folder, longest);
            prop_assert_ne!(&given, &next);
            // A name that is text stays text.
            prop_assert!(std::str::from_utf8(&name).is_err() || std::str::from_utf8(&given).is_ok());
        }
    }
}
