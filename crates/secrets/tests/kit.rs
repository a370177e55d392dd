//! The recovery kit on paper, judged by programs that had no part in it:
//! poppler (`pdftotext`, `pdfinfo`, `pdftoppm`) and ZBar (`zbarimg`).

use model::random::SeededRandom;
use secrets::{
    Error, RecoveryPassphrase,
    kit::{Command, Kit, Place, Texts},
};
use std::{fs, path::Path, process};

fn texts() -> Texts {
    let text = |text: &str| text.to_owned();
    let command = |label: &str, after: &str| Command {
        label: text(label),
        before: text("open "),
        after: text(after),
    };
    Texts {
        language: text("en"),
        title: text("A kit"),
        made: text("Made today"),
        keep: text("Keep it"),
        code: text("Scan it"),
        steps_title: text("Steps"),
        steps: vec![text("Do this"), text("Then that")],
        places_title: text("Places"),
        no_places: text("There is none"),
        folder: text("Folder"),
        repository: text("Backups"),
        commands: vec![command("List", " list"), command("Restore", " restore")],
        broken_lines: text("Lines go on"),
        written_out: text("Bytes stand for letters"),
        more_codes: text("More codes"),
        page: |number, count| format!("Page {number}/{count}"),
    }
}

fn passphrase() -> RecoveryPassphrase {
    RecoveryPassphrase::generate(&SeededRandom::new(7))
}

fn made(paths: &[&str]) -> Result<Vec<u8>, Error> {
    let repositories: Vec<String> = paths.iter().map(|path| format!("{path}/vault")).collect();
    let places: Vec<Place<'_>> = paths
        .iter()
        .zip(&repositories)
        .map(|(path, repository)| Place {
            name: "Disk",
            folder: Path::new(path),
            repository: Path::new(repository),
        })
        .collect();
    let kit = Kit { passphrase: &passphrase(), destinations: &places, texts: &texts() };
    kit.to_pdf().map(|pdf| pdf.to_vec())
}

/// What a program prints about a document in a folder of its own.
fn judged(pdf: &[u8], script: &str) -> String {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("kit.pdf"), pdf).expect("a file");
    let mut shell = process::Command::new("sh");
    let ended = shell.args(["-ec", script]).current_dir(folder.path()).output().expect("a shell");
    assert!(ended.status.success(), "{script}: {}", String::from_utf8_lossy(&ended.stderr));
    String::from_utf8(ended.stdout).expect("text")
}

/// The codes of all pages, as they are read from a picture of 150 dots an
/// inch, which is less than what a phone or a scanner sees.
fn scanned(pdf: &[u8]) -> Vec<String> {
    let script = "pdftoppm -r 150 -gray -png kit.pdf page
        for page in page*.png; do zbarimg -q --xml -Sdisable -Sqrcode.enable $page || :; done";
    let xml = judged(pdf, script);
    xml.split("<![CDATA[")
        .skip(1)
        .filter_map(|rest| rest.split("]]>").next().map(str::to_owned))
        .collect()
}

#[test]
fn the_words_stand_in_their_order_with_their_numbers() {
    let read = judged(&made(&["/mnt/disk"]).expect("a kit"), "pdftotext -layout kit.pdf -");
    let parts: Vec<&str> = read.split_whitespace().collect();
    let passphrase = passphrase();
    for (at, word) in passphrase.words().iter().enumerate() {
        let number = (at + 1).to_string();
        let found = parts.windows(2).any(|pair| pair == [number.as_str(), word]);
        assert!(found, "{number} {word} in {read}");
    }
    // Down the left column first, then down the right one.
    let words = passphrase.words();
    let beside = ["1", words[0], "5", words[4]];
    assert!(parts.windows(4).any(|four| four == beside), "{beside:?} in {read}");
    // A reader that follows the order of drawing meets them in it, too.
    let raw = judged(&made(&["/mnt/disk"]).expect("a kit"), "pdftotext -raw kit.pdf -");
    let places: Vec<usize> =
        passphrase.words().iter().map(|word| raw.find(word).expect("a word")).collect();
    assert!(places.is_sorted(), "{raw}");
}

#[test]
fn the_code_holds_the_words_and_the_paths() {
    let paths = ["/mnt/disk", "/mnt/Büro 50 %", "/mnt/写真"];
    let expected = format!(
        "keepstead-recovery-kit 1\npassphrase: {}\nrepository: /mnt/disk/vault\n\
         repository: /mnt/B%C3%BCro 50 %25/vault\nrepository: /mnt/%E5%86%99%E7%9C%9F/vault\n",
        passphrase().expose()
    );
    assert_eq!(scanned(&made(&paths).expect("a kit")), [expected]);
}

#[test]
fn every_path_is_in_a_code_however_many_there_are() {
    let paths: Vec<String> = (0..30).map(|at| format!("/mnt/{at}/{}", "long".repeat(25))).collect();
    let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
    let codes = scanned(&made(&paths).expect("a kit"));
    assert!(codes.len() > 3, "{codes:?}");
    let words = format!("passphrase: {}\n", passphrase().expose());
    assert!(codes.iter().all(|code| code.contains(&words)), "{codes:?}");
    for path in paths {
        let line = format!("repository: {path}/vault\n");
        assert!(codes.iter().any(|code| code.contains(&line)), "{line} in {codes:?}");
    }
    let endless = "x".repeat(2_400);
    assert_eq!(made(&[&endless]).map(drop), Err(Error::TooLong));
}

#[test]
fn long_paths_are_not_cut() {
    let long = format!("/media/{}end", "folder-with-a-name/".repeat(12));
    let read = judged(&made(&[&long]).expect("a kit"), "pdftotext -layout kit.pdf -");
    let joined: String = read.split_whitespace().collect();
    assert!(joined.contains(&format!("Disk{long}Backups{long}/vaultList")), "{read}");
    let command = format!("open{long}/vaultlist");
    assert!(joined.replace('\\', "").contains(&command), "{read}");
    assert!(read.contains("Lines go on"), "{read}");
}

#[test]
fn what_cannot_be_typed_is_told() {
    let read = judged(&made(&["/mnt/写"]).expect("a kit"), "pdftotext -layout kit.pdf -");
    assert!(read.contains(r"open $'/mnt/\xe5\x86\x99/vault' list"), "{read}");
    assert!(read.contains("Bytes stand for letters"), "{read}");
    let read = judged(&made(&["/mnt/Дом"]).expect("a kit"), "pdftotext -layout kit.pdf -");
    assert!(read.contains("open /mnt/Дом/vault list"), "{read}");
    assert!(!read.contains("Bytes stand for letters"), "{read}");
}

/// Where ink is, in points: nothing where Letter, put at either edge of A4 or
/// in its middle, has no paper, and 12 points less for the printer. Above the
/// foot of the page a band stays white.
#[test]
fn nothing_stands_where_letter_has_no_paper() {
    let script = "pdftoppm -r 72 -gray kit.pdf page; for page in page*; do cat $page; done \
                  | od -An -v -tu1 -w1 | tr -d ' '";
    let head = b"P5\n596 842\n255\n";
    for (count, length) in [(9, 1), (40, 90), (1, 2_000)] {
        let paths: Vec<String> =
            (0..count).map(|at| format!("/mnt/{at}/{}", "x".repeat(length))).collect();
        let paths: Vec<&str> = paths.iter().map(String::as_str).collect();
        let pdf = made(&paths).expect("a kit");
        let size = judged(&pdf, "pdfinfo kit.pdf");
        assert!(size.contains("(A4)"), "{size}");
        let bytes: Vec<u8> =
            judged(&pdf, script).lines().map(|byte| byte.parse().expect("a byte")).collect();
        let mut rest = bytes.as_slice();
        let mut pages = 0;
        while let Some(pixels) = rest.strip_prefix(head) {
            let (page, after) = pixels.split_at(596 * 842);
            rest = after;
            pages += 1;
            for (at, _) in page.iter().enumerate().filter(|(_, shade)| **shade < 250) {
                let (x, y) = (at % 596, at / 596);
                assert!((50..546).contains(&x) && (62..780).contains(&y), "ink at {x}, {y}");
                assert!(!(751..758).contains(&y), "ink at {x}, {y} of page {pages}");
            }
        }
        assert!(rest.is_empty(), "another kind of picture");
        assert!(pages >= 2, "{count} destinations on {pages} pages");
    }
}

#[test]
fn metadata_tells_nothing_and_the_same_makes_the_same() {
    let pdf = made(&["/mnt/disk"]).expect("a kit");
    let told = judged(&pdf, "pdfinfo kit.pdf; pdfinfo -meta kit.pdf; strings kit.pdf");
    assert!(told.contains("A kit"), "{told}");
    for word in passphrase().words() {
        let found = told.split(|letter: char| !letter.is_alphanumeric()).any(|part| part == word);
        assert!(!found, "{word} in {told}");
    }
    assert!(!told.contains("/mnt/disk"), "{told}");
    for _ in 0..3 {
        assert!(made(&["/mnt/disk"]).expect("a kit") == pdf, "another document");
    }
}
