//! Each kind of difference is found, alone and by its name.

use std::{
    fs,
    os::unix::fs::{FileExt, PermissionsExt, symlink},
    path::Path,
};

use rustix::fs::FileType;

use super::{Comparison, Kind, Tolerance, compare};
use crate::folder::{Folder, Mtime};

const TIME: Mtime = Mtime { seconds: 1_600_000_000, nanos: 123_456_789 };

/// Makes the same small tree at `root` each time.
fn make(root: &Path) {
    fs::create_dir(root).unwrap();
    let top = Folder::open(root).unwrap();
    top.file(b"file", &vec![7; 3_000_000]).unwrap();
    top.file(b"other", b"other").unwrap();
    top.hard_link(b"other", &top, b"link of other").unwrap();
    top.file(b"twin", b"other").unwrap();
    top.symlink(b"symlink", b"target").unwrap();
    top.folder(b"folder").unwrap().file(b"inside", b"").unwrap();
    top.special(b"fifo", FileType::Fifo, (0, 0)).unwrap();
    top.special(b"socket", FileType::Socket, (0, 0)).unwrap();
    top.set_xattr(b"file", "user.name", b"value").unwrap();
    let holes = top.create(b"holes").unwrap();
    holes.set_len(30 << 20).unwrap();
    same_times(root);
}

fn same_times(root: &Path) {
    let top = Folder::open(root).unwrap();
    top.enter(b"folder").unwrap().set_mtime(b"inside", TIME).unwrap();
    for name in top.names().unwrap() {
        top.set_mtime(&name, TIME).unwrap();
    }
    Folder::open(root.parent().unwrap()).unwrap().set_mtime(b"tree", TIME).unwrap();
}

/// What is found after `change` was done to the copy.
fn after(tolerance: Tolerance, change: impl FnOnce(&Path, &Folder)) -> Vec<(String, Kind)> {
    let base = tempfile::tempdir().unwrap();
    let [original, copy] = ["a", "b"].map(|side| base.path().join(side).join("tree"));
    for root in [&original, &copy] {
        fs::create_dir(root.parent().unwrap()).unwrap();
        make(root);
    }
    change(&copy, &Folder::open(&copy).unwrap());
    let found = compare(&original, &copy, tolerance).unwrap();
    for difference in &found {
        assert!(difference.to_string().contains(&format!("{:?}", difference.kind)));
    }
    found.iter().map(|it| (String::from_utf8(it.path.clone()).unwrap(), it.kind)).collect()
}

/// As [`after`], with the times set back, so that only what was changed on
/// purpose differs.
fn after_quiet(change: impl FnOnce(&Path, &Folder)) -> Vec<(String, Kind)> {
    after(Tolerance::default(), |root, top| {
        change(root, top);
        same_times(root);
    })
}

fn one(path: &str, kind: Kind) -> Vec<(String, Kind)> {
    vec![(path.to_owned(), kind)]
}

#[test]
fn equal_trees_have_no_difference() {
    assert_eq!(after(Tolerance::default(), |_, _| {}), []);
}

#[test]
fn one_bit_of_one_byte() {
    for at in [0, 1_234_567, 2_999_999] {
        let found = after_quiet(|root, _| {
            let file = fs::OpenOptions::new().write(true).open(root.join("file")).unwrap();
            file.write_all_at(&[7 ^ 1], at).unwrap();
        });
        assert_eq!(found, one("file", Kind::Content));
    }
}

#[test]
fn one_byte_more_or_less() {
    for size in [2_999_999, 3_000_001] {
        let found = after_quiet(|root, _| {
            let file = fs::OpenOptions::new().write(true).open(root.join("file")).unwrap();
            file.set_len(size).unwrap();
        });
        let path = "file".to_owned();
        assert_eq!(found, [(path.clone(), Kind::Size), (path, Kind::Content)]);
    }
}

#[test]
fn one_mode_bit() {
    for bit in 0..12 {
        let found = after(Tolerance::default(), |_, top| {
            top.set_mode(b"file", 0o644 ^ (1 << bit)).unwrap();
        });
        assert_eq!(found, one("file", Kind::Mode));
    }
    let found = after(Tolerance::default(), |root, _| {
        fs::set_permissions(root, fs::Permissions::from_mode(0o711)).unwrap();
    });
    assert_eq!(found, one("", Kind::Mode));
}

#[test]
fn one_nanosecond() {
    for name in ["file", "folder", "symlink", "fifo"] {
        let found = after(Tolerance::default(), |_, top| {
            let mtime = Mtime { nanos: TIME.nanos + 1, ..TIME };
            top.set_mtime(name.as_bytes(), mtime).unwrap();
        });
        assert_eq!(found, one(name, Kind::Mtime));
    }
    let found = after(Tolerance::default(), |_, top| {
        top.set_mtime(b"file", Mtime { seconds: -TIME.seconds, ..TIME }).unwrap();
    });
    assert_eq!(found, one("file", Kind::Mtime));
}

/// Only root could make these on disk, so what the disk says is changed.
#[test]
fn owner_group_and_device_numbers() {
    let base = tempfile::tempdir().unwrap();
    let top = Folder::open(base.path()).unwrap();
    top.file(b"file", b"").unwrap();
    let file = top.stat(b"file").unwrap();
    let mut device = file;
    device.st_mode = FileType::CharacterDevice.as_raw_mode() | 0o600;
    let mut changes = [(file, file, None); 4];
    changes[1].1.st_uid ^= 1 << 31;
    changes[1].2 = Some(Kind::Owner);
    changes[2].1.st_gid ^= 1;
    changes[2].2 = Some(Kind::Group);
    changes[3] = (device, device, Some(Kind::Device));
    changes[3].1.st_rdev ^= 1 << 8;
    for (original, copy, expected) in changes {
        let mut comparison = Comparison::default();
        comparison.metadata(b"name", &original, &copy);
        let found: Vec<Kind> = comparison.differences.iter().map(|it| it.kind).collect();
        assert_eq!(found, expected.as_slice());
    }
}

#[test]
fn missing_and_unexpected_names() {
    let found = after_quiet(|root, top| {
        fs::rename(root.join("fifo"), root.join("fifO")).unwrap();
        top.enter(b"folder").unwrap().file(b"new", b"").unwrap();
        top.enter(b"folder").unwrap().set_mtime(b"new", TIME).unwrap();
    });
    let expected =
        [("fifo", Kind::Missing), ("folder/new", Kind::Unexpected), ("fifO", Kind::Unexpected)];
    assert_eq!(found, expected.map(|(path, kind)| (path.to_owned(), kind)));
}

#[test]
fn types() {
    let found = after_quiet(|root, top| {
        fs::remove_file(root.join("twin")).unwrap();
        top.folder(b"twin").unwrap();
        fs::remove_file(root.join("fifo")).unwrap();
        symlink("file", root.join("fifo")).unwrap();
    });
    assert_eq!(found, [("fifo".to_owned(), Kind::Type), ("twin".to_owned(), Kind::Type)]);
}

#[test]
fn link_targets() {
    let found = after_quiet(|root, _| {
        fs::remove_file(root.join("symlink")).unwrap();
        symlink("targets", root.join("symlink")).unwrap();
    });
    assert_eq!(found, one("symlink", Kind::LinkTarget));
}

#[test]
fn attributes() {
    let changes: [(&str, &str, &[u8]); 4] = [
        ("file", "user.name", b"value2"),
        ("file", "user.name", b""),
        ("file", "user.more", b""),
        ("folder", "user.new", b"value"),
    ];
    for (name, attribute, value) in changes {
        let found = after(Tolerance::default(), |_, top| {
            top.set_xattr(name.as_bytes(), attribute, value).unwrap();
        });
        assert_eq!(found, one(name, Kind::Xattrs));
    }
}

#[test]
fn hard_links_that_were_parted_or_joined() {
    let found = after_quiet(|root, top| {
        fs::remove_file(root.join("link of other")).unwrap();
        top.file(b"link of other", b"other").unwrap();
    });
    let names = ["link of other", "other"];
    assert_eq!(found, names.map(|name| (name.to_owned(), Kind::HardLinks)));

    let found = after_quiet(|root, top| {
        fs::remove_file(root.join("twin")).unwrap();
        top.hard_link(b"other", top, b"twin").unwrap();
    });
    let names = ["link of other", "other", "twin"];
    assert_eq!(found, names.map(|name| (name.to_owned(), Kind::HardLinks)));
}

#[test]
fn filled_holes_unless_tolerated() {
    for filled_holes in [false, true] {
        let tolerance = Tolerance { filled_holes, ..Tolerance::default() };
        let found = after(tolerance, |root, _| {
            fs::write(root.join("holes"), vec![0; 30 << 20]).unwrap();
            same_times(root);
        });
        let expected = if filled_holes { vec![] } else { one("holes", Kind::Allocation) };
        assert_eq!(found, expected);
    }
}

#[test]
fn missing_sockets_only_when_tolerated() {
    for missing_sockets in [false, true] {
        let tolerance = Tolerance { missing_sockets, ..Tolerance::default() };
        let found = after(tolerance, |root, top| {
            top.remove(b"socket").unwrap();
            same_times(root);
        });
        let expected = if missing_sockets { vec![] } else { one("socket", Kind::Missing) };
        assert_eq!(found, expected);
    }
}

#[test]
fn names_are_bytes() {
    let found = after(Tolerance::default(), |_, top| {
        top.file("e\u{301}".as_bytes(), b"").unwrap();
        top.set_mtime("e\u{301}".as_bytes(), TIME).unwrap();
        top.set_mtime(b".", TIME).unwrap();
    });
    assert_eq!(found, one("e\u{301}", Kind::Unexpected));
}
