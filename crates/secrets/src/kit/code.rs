//! The code for machines: what the page says, as a text and as a QR code.
//! docs/formats/recovery-kit.md describes it.

use super::Place;
use crate::{Error, RecoveryPassphrase};
use qrcode::{Color, EcLevel, QrCode};
use std::{fmt::Write, path::Path};
use zeroize::Zeroizing;

/// The first line.
const HEAD: &str = "keepstead-recovery-kit 1";
/// Above this many bytes a further code begins, so that each can still be read
/// at the size it is printed in.
const ROOM: usize = 640;

/// The modules of a QR code, without its quiet zone.
pub(super) struct Code {
    /// Modules in a row.
    pub(super) width: usize,
    /// Row by row, from the top left; `true` is dark.
    pub(super) dark: Zeroizing<Vec<bool>>,
}

/// The codes of a kit. Each is complete in itself; together they name every
/// repository.
pub(super) fn codes(
    passphrase: &RecoveryPassphrase,
    places: &[Place<'_>],
) -> Result<Vec<Code>, Error> {
    contents(passphrase, places).iter().map(|text| code(text)).collect()
}

fn code(text: &str) -> Result<Code, Error> {
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(|_| Error::TooLong)?;
    let width = code.width();
    let dark = code.into_colors().into_iter().map(|color| color == Color::Dark).collect();
    Ok(Code { width, dark: Zeroizing::new(dark) })
}

fn contents(passphrase: &RecoveryPassphrase, places: &[Place<'_>]) -> Vec<Zeroizing<String>> {
    let begin = || {
        // Room for one line more than usual, so that no copy is left behind.
        let mut text = Zeroizing::new(String::with_capacity(4 * ROOM));
        let _ = write!(*text, "{HEAD}\npassphrase: {}\n", passphrase.expose());
        text
    };
    let mut all = vec![begin()];
    let mut empty = true;
    for place in places {
        let line = format!("repository: {}\n", escaped(place.repository));
        let full = all.last().is_none_or(|text| text.len() + line.len() > ROOM);
        if full && !empty {
            all.push(begin());
        }
        if let Some(text) = all.last_mut() {
            text.push_str(&line);
        }
        empty = false;
    }
    all
}

/// The path in ASCII: every other byte, and `%` itself, as `%` and two digits.
fn escaped(path: &Path) -> String {
    let mut text = String::new();
    for &byte in path.as_os_str().as_encoded_bytes() {
        if (b' '..=b'~').contains(&byte) && byte != b'%' {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::random::SeededRandom;

    #[test]
    fn is_the_format_that_is_written_down() {
        let passphrase = RecoveryPassphrase::generate(&SeededRandom::new(1));
        let place = |path| Place { name: "Disk", folder: Path::new("/d"), repository: path };
        let places = [place(Path::new("/d/vault")), place(Path::new("/mnt/50 % für 写真\n/vault"))];
        let expected = format!(
            "keepstead-recovery-kit 1\npassphrase: {}\nrepository: /d/vault\n\
             repository: /mnt/50 %25 f%C3%BCr %E5%86%99%E7%9C%9F%0A/vault\n",
            passphrase.words().join(" ")
        );
        let found: Vec<String> =
            contents(&passphrase, &places).iter().map(|text| text.to_string()).collect();
        assert_eq!(found, [expected]);
    }

    #[test]
    fn what_is_too_much_for_one_code_goes_into_several() {
        let passphrase = RecoveryPassphrase::generate(&SeededRandom::new(2));
        let paths: Vec<String> =
            (0..40).map(|at| format!("/mnt/{at}/{}", "x".repeat(90))).collect();
        let places: Vec<Place<'_>> = paths
            .iter()
            .map(|path| Place { name: "", folder: Path::new("/"), repository: Path::new(path) })
            .collect();
        let found = contents(&passphrase, &places);
        assert!(found.len() > 5);
        assert!(found.iter().all(|text| text.len() <= ROOM && text.contains("passphrase: ")));
        let named: Vec<&str> = found
            .iter()
            .flat_map(|text| text.lines().filter_map(|line| line.strip_prefix("repository: ")))
            .collect();
        assert_eq!(named, paths);

        let endless = "x".repeat(2_400);
        let place = Place { name: "", folder: Path::new("/"), repository: Path::new(&endless) };
        assert_eq!(codes(&passphrase, &[place]).map(drop), Err(Error::TooLong));
    }
}
