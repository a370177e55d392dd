//! Objects that are sealed well and hold nonsense: nothing may break down,
//! hang, or touch what is sound.

use std::path::PathBuf;

use serde_json::{Value, json};
use tests::{
    engine::Engine,
    forge::{Forge, hash, node, snapshot, tree},
    judge::restores,
    keepstead::Keepstead,
    sandbox::Sandbox,
};

const DATA: &[u8] = b"some data";

struct Strange {
    sandbox: Sandbox,
    keepstead: Keepstead,
    forge: Forge,
    source: PathBuf,
    sound: String,
}

/// A repository with one sound snapshot.
fn strange() -> Strange {
    let sandbox = Sandbox::new();
    let keepstead = sandbox.repository("repository");
    let source = sandbox.source("source", &[("a", b"one"), ("b/c", b"two")]);
    let sound = keepstead.backup(&source, false);
    let forge = Forge::new(&sandbox.new_restic("repository"));
    Strange { sandbox, keepstead, forge, source, sound }
}

impl Strange {
    /// Runs every command over the snapshot `id` and the repository. They may
    /// fail, but [`Keepstead::run`] expects them to say so in words.
    #[track_caller]
    fn survives(&self, id: &str) {
        let target = self.sandbox.path("strange target");
        let _ = self.keepstead.run("list", [""; 0]);
        let _ = self.keepstead.run("ls", [id]);
        let _ = self.keepstead.run("ls", [id, "--json"]);
        let _ = self.keepstead.run("check", ["--read-data", "--json"]);
        let _ = self.keepstead.run_restore(id, &target, &[]);
        let _ = std::fs::remove_dir_all(&target);
        let _ = self.keepstead.run_backup(&self.source, &["--parent", id]);
    }

    /// Puts a snapshot of one entry and runs everything over it.
    #[track_caller]
    fn survives_node(&self, node: Value) {
        let root = tree(&[node]);
        let blobs = [("tree", root.clone()), ("data", DATA.to_vec())];
        let id = self.forge.put_snapshot(&hash(&root), &blobs);
        self.survives(&id);
    }
}

#[test]
fn times() {
    let strange = strange();
    for time in [
        "0000-01-01T00:00:00Z",
        "9999-12-31T23:59:59.999999999Z",
        "9999-12-31T23:59:59.999999999-23:59",
        "0001-01-01T00:00:00+14:00",
        "2262-04-11T23:47:16.854775808Z",
        "1677-09-21T00:12:43Z",
        "2026-02-30T00:00:00Z",
        "2026-01-01T00:00:60Z",
        "2026-01-01",
        "yesterday",
        "",
    ] {
        let more = json!({ "mtime": time, "atime": time, "content": [hash(DATA)], "size": 9 });
        let root = tree(&[node("file", "file", &more)]);
        strange.forge.put_blobs(&[("tree", root.clone()), ("data", DATA.to_vec())]);
        let mut odd = snapshot(&hash(&root));
        strange.survives(&strange.forge.put("snapshots", odd.to_string().as_bytes()));
        odd["time"] = json!(time);
        let id = strange.forge.put("snapshots", odd.to_string().as_bytes());
        let _ = strange.keepstead.run("list", [""; 0]);
        let _ = strange.keepstead.run("check", ["--json"]);
        std::fs::remove_file(strange.keepstead.repository().join("snapshots").join(id))
            .expect("the forged snapshot");
    }
    restores(&strange.sandbox, &strange.keepstead, &strange.sound, &strange.source);
}

#[test]
fn fields_of_snapshots() {
    let strange = strange();
    for (field, value) in [
        ("paths", json!(null)),
        ("paths", json!([])),
        ("paths", json!(["", "relative", "/", "/a/../b", "\u{1b}[31m"])),
        ("paths", json!(7)),
        ("tags", json!(null)),
        ("tags", json!(["", "\n"])),
        ("hostname", json!(null)),
        ("hostname", json!("\u{1b}[31m\n")),
        ("tree", json!(null)),
        ("tree", json!("")),
        ("tree", json!("0".repeat(64))),
        ("tree", json!("z".repeat(64))),
        ("parent", json!("nonsense")),
        ("uid", json!(-1)),
        ("summary", json!("none")),
        ("excludes", json!(5)),
    ] {
        let root = tree(&[]);
        strange.forge.put_blobs(&[("tree", root.clone())]);
        let mut odd = snapshot(&hash(&root));
        odd[field] = value;
        let id = strange.forge.put("snapshots", odd.to_string().as_bytes());
        strange.survives(&id);
        std::fs::remove_file(strange.keepstead.repository().join("snapshots").join(id))
            .expect("the forged snapshot");
    }
    restores(&strange.sandbox, &strange.keepstead, &strange.sound, &strange.source);
}

#[test]
fn fields_of_entries() {
    let strange = strange();
    for (kind, more) in [
        ("file", json!({ "mode": u32::MAX })),
        ("file", json!({ "mode": -1 })),
        ("file", json!({ "uid": u32::MAX, "gid": u32::MAX })),
        ("file", json!({ "uid": -1 })),
        ("file", json!({ "inode": u64::MAX, "device_id": u64::MAX, "links": u64::MAX })),
        ("file", json!({ "content": [hash(b"not there")], "size": 9 })),
        ("file", json!({ "content": ["", "x"], "size": 9 })),
        ("file", json!({ "content": "x" })),
        ("file", json!({ "extended_attributes": [{ "name": "", "value": null }] })),
        ("file", json!({ "extended_attributes": [{ "name": "nospace.x", "value": "eA==" }] })),
        ("file", json!({ "extended_attributes": [{ "name": "user.x\u{0}y", "value": "eA==" }] })),
        ("file", json!({ "extended_attributes": [{ "name": "user.x", "value": "!" }] })),
        ("file", json!({ "extended_attributes": 3 })),
        ("dir", json!({})),
        ("dir", json!({ "subtree": null })),
        ("dir", json!({ "subtree": hash(DATA) })),
        ("symlink", json!({})),
        ("symlink", json!({ "linktarget": "" })),
        ("symlink", json!({ "linktarget": "x".repeat(5_000) })),
        ("symlink", json!({ "linktarget": "a\u{0}b" })),
        ("symlink", json!({ "linktarget_raw": "!" })),
        ("dev", json!({ "device": u64::MAX })),
        ("chardev", json!({})),
        ("socket", json!({})),
        ("irregular", json!({})),
        ("of the future", json!({})),
        ("", json!({})),
    ] {
        strange.survives_node(node("entry", kind, &more));
    }
    strange.survives_node(node(&"long".repeat(100), "file", &json!({})));
    restores(&strange.sandbox, &strange.keepstead, &strange.sound, &strange.source);
}

#[test]
fn places_in_indexes() {
    let root = tree(&[]);
    for (offset, length, uncompressed) in [
        (json!(u64::MAX), json!(100), json!(null)),
        (json!(u64::MAX - 50), json!(100), json!(null)),
        (json!(i64::MAX), json!(u32::MAX), json!(u32::MAX)),
        (json!(0), json!(u64::MAX), json!(null)),
        (json!(0), json!(0), json!(null)),
        (json!(0), json!(31), json!(10)),
        (json!(0), json!(100), json!(u64::MAX)),
        (json!(-1), json!(100), json!(null)),
        (json!(0.5), json!(1e300), json!(null)),
    ] {
        let strange = strange();
        let mut blob = json!({ "id": hash(&root), "type": "tree" });
        blob["offset"] = offset;
        blob["length"] = length;
        if !uncompressed.is_null() {
            blob["uncompressed_length"] = uncompressed;
        }
        let pack = std::fs::read_dir(strange.keepstead.repository().join("data"))
            .expect("the data")
            .flatten()
            .flat_map(|folder| std::fs::read_dir(folder.path()).into_iter().flatten().flatten())
            .map(|pack| pack.file_name().to_string_lossy().into_owned())
            .next()
            .expect("a pack");
        for pack in [pack, hash(b"no pack")] {
            let index = json!({ "packs": [{ "id": pack, "blobs": [blob] }] });
            let index = strange.forge.put("index", index.to_string().as_bytes());
            let odd = snapshot(&hash(&root));
            let id = strange.forge.put("snapshots", odd.to_string().as_bytes());
            strange.survives(&id);
            for (folder, id) in [("index", index), ("snapshots", id)] {
                let path = strange.keepstead.repository().join(folder).join(id);
                std::fs::remove_file(path).expect("what was forged");
            }
        }
        // Backups made meanwhile may lean on what the index said.
        restores(&strange.sandbox, &strange.keepstead, &strange.sound, &strange.source);
    }
}

#[test]
fn objects_that_are_no_json() {
    for folder in ["index", "snapshots", "locks"] {
        let strange = strange();
        for plain in [&b""[..], b"{", b"[]", b"null", b"\x02", b"\x02nonsense", b"\x07{}", b"{}"] {
            let id = strange.forge.put(folder, plain);
            strange.survives(&id);
            let path = strange.keepstead.repository().join(folder).join(id);
            std::fs::remove_file(path).expect("what was forged");
            restores(&strange.sandbox, &strange.keepstead, &strange.sound, &strange.source);
        }
    }
}

#[test]
fn eight_thousand_folders_in_one_another() {
    let strange = strange();
    let mut below = tree(&[]);
    let mut blobs = vec![("tree", below.clone())];
    for _ in 0..8_000 {
        below = tree(&[node("d", "dir", &json!({ "subtree": hash(&below) }))]);
        blobs.push(("tree", below.clone()));
    }
    let id = strange.forge.put_snapshot(&hash(&below), &blobs);
    strange.keepstead.check();
    let target = strange.sandbox.path("target");
    let _ = strange.keepstead.run_restore(&id, &target, &[]);
    // std's own removal calls itself for every folder: too deep for a test.
    let removed = std::process::Command::new("rm").arg("-rf").arg(&target).status();
    assert!(removed.is_ok_and(|status| status.success()));
    restores(&strange.sandbox, &strange.keepstead, &strange.sound, &strange.source);
}

#[test]
fn more_paths_than_atoms() {
    let strange = strange();
    let mut below = tree(&[]);
    let mut blobs = vec![("tree", below.clone())];
    for _ in 0..300 {
        let twice = ["a", "b"].map(|name| node(name, "dir", &json!({ "subtree": hash(&below) })));
        below = tree(&twice);
        blobs.push(("tree", below.clone()));
    }
    strange.forge.put_snapshot(&hash(&below), &blobs);
    // Each folder is looked at once, however many paths lead to it.
    strange.keepstead.check();
}
