//! The whole kit, as another program reads it.

use super::{KitPlace, kit_pdf};
use crate::RemoteOrder;
use model::random::SeededRandom;
use secrets::RecoveryPassphrase;
use std::{
    io::Write,
    path::Path,
    process::{Command, Stdio},
};

fn destination(name: &str, path: &str) -> KitPlace {
    KitPlace::folder(name.to_owned(), path.into())
}

fn pdf(destinations: &[KitPlace]) -> Vec<u8> {
    let passphrase = RecoveryPassphrase::generate(&SeededRandom::new(2));
    let made_at = "2026-03-04T05:06:07+01:00[Europe/Berlin]".parse().expect("a moment");
    let pdf = kit_pdf(&passphrase, destinations, &made_at, "laptop").expect("a kit");
    if let Some(file) = std::env::var_os("KEEPSTEAD_TEST_KEEP_KIT") {
        let file = Path::new(&file).join(format!("{}.pdf", destinations.len()));
        std::fs::write(file, &*pdf).expect("a file to look at");
    }
    pdf.to_vec()
}

/// What `pdftotext` (poppler-utils) reads.
fn text(pdf: &[u8]) -> String {
    let mut reader = Command::new("pdftotext")
        .args(["-layout", "-", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("pdftotext");
    reader.stdin.take().expect("its input").write_all(pdf).expect("it reads");
    let ended = reader.wait_with_output().expect("it ends");
    String::from_utf8(ended.stdout).expect("text")
}

fn four() -> [KitPlace; 4] {
    [
        destination("Blue disk", "/media/ada/Blue disk"),
        destination("Attic NAS", "/mnt/nas/Büro & Küche"),
        destination("写真", "/mnt/写真"),
        destination("The stick in the drawer of the hall", "/media/ada/it's one"),
    ]
}

#[test]
fn all_that_stands_on_it() {
    let lines: Vec<String> =
        text(&pdf(&four())).lines().map(|line| line.trim_end().to_owned()).collect();
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!("kit", lines.join("\n"));
    });
}

#[test]
fn four_destinations_fit_on_a_page_and_more_go_on() {
    let pages = |destinations: &[KitPlace]| text(&pdf(destinations)).matches('\u{c}').count();
    assert_eq!(pages(&[]), 1);
    assert_eq!(pages(&four()), 1);
    let long = format!("/media/ada/{}", "a folder with a long name/".repeat(7));
    assert_eq!(pages(&[destination("Long", &long)]), 1);
    let many: Vec<KitPlace> =
        (1..=12).map(|at| destination(&format!("Disk {at}"), &format!("/mnt/{at}"))).collect();
    let read = text(&pdf(&many));
    assert!(read.contains("Page 2 of 2"), "{read}");
    for at in 1..=12 {
        assert!(read.contains(&format!("restic -r /mnt/{at}/vault snapshots")), "{read}");
    }
    assert!(text(&pdf(&[])).contains("no destination yet"));
}

/// The kit that is saved before anything is set up says where a server is, and
/// how restic opens it; what is secret about it does not stand on it.
#[test]
fn a_server_that_is_to_be_a_destination_stands_on_it() {
    let order = RemoteOrder {
        kind: "s3".to_owned(),
        name: Some("Far away".to_owned()),
        values: [
            ("endpoint", "https://s3.example.com"),
            ("access_key_id", "AKIAEXAMPLE"),
            ("bucket", "backups"),
            ("folder", "alder"),
        ]
        .map(|(key, text)| (key.to_owned(), text.to_owned()))
        .into(),
        secrets: [("secret_access_key".to_owned(), "hush-hush".to_owned())].into(),
        ..RemoteOrder::default()
    };
    let text = text(&pdf(&[KitPlace::ordered(&order).expect("a place")]));
    for stands in ["Far away", "backups/alder at s3.example.com", "s3:https://s3.example.com"] {
        assert!(text.contains(stands), "{stands}: {text}");
    }
    assert!(!text.contains("hush-hush"));
    let nameless = RemoteOrder { name: None, ..order };
    let place = KitPlace::ordered(&nameless).expect("a place");
    assert_eq!(place.name, "backups/alder at s3.example.com");
}
