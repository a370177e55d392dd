//! Snapshots made to break out of the folder they are restored into.

use std::{fs, path::PathBuf};

use serde_json::{Value, json};
use tests::{
    engine::Engine,
    forge::{Forge, hash, node, tree},
    keepstead::Keepstead,
    sandbox::Sandbox,
};

const SECRET: &[u8] = b"written by a hostile snapshot";

/// Where a name with slashes would lead.
const ABSOLUTE: &str = "/tmp/written-by-a-hostile-snapshot";

struct Attack {
    sandbox: Sandbox,
    keepstead: Keepstead,
    snapshot: String,
    target: PathBuf,
}

fn file(name: &str) -> Value {
    node(name, "file", &json!({ "size": SECRET.len(), "content": [hash(SECRET)] }))
}

fn link(name: &str, target: &str) -> Value {
    node(name, "symlink", &json!({ "linktarget": target, "mode": 0x0800_01ff_u32 }))
}

fn folder(name: &str, nodes: &[Value]) -> (Value, Vec<u8>) {
    let tree = tree(nodes);
    (node(name, "dir", &json!({ "subtree": hash(&tree) })), tree)
}

/// A repository with a snapshot of these root entries and further trees. The
/// name `OUTSIDE` in a link target stands for a folder beside the target.
fn attack(root: &[Value], trees: Vec<Vec<u8>>) -> Attack {
    let sandbox = Sandbox::new();
    let (keepstead, restic) = (sandbox.repository("repository"), sandbox.new_restic("repository"));
    let outside = sandbox.path("outside");
    fs::create_dir(&outside).expect("a folder");
    let root: Vec<Value> = root
        .iter()
        .map(|node| {
            let mut node = node.clone();
            if let Some(link) = node["linktarget"].as_str() {
                node["linktarget"] = json!(link.replace("OUTSIDE", &outside.to_string_lossy()));
            }
            node
        })
        .collect();
    let root = tree(&root);
    let mut blobs = vec![("data", SECRET.to_vec()), ("tree", root.clone())];
    blobs.extend(trees.into_iter().map(|tree| ("tree", tree)));
    let snapshot = Forge::new(&restic).put_snapshot(&hash(&root), &blobs);
    let target = sandbox.path("a/b/target");
    fs::create_dir_all(&target).expect("a folder");
    Attack { sandbox, keepstead, snapshot, target }
}

impl Attack {
    /// Restores in every way, and expects that nothing appears but below the
    /// target. Returns the exit codes of the restore and of the check.
    #[track_caller]
    fn stays_inside(&self) -> (Option<i32>, Option<i32>) {
        let before = self.everything_else();
        let outcome = self.keepstead.run_restore(&self.snapshot, &self.target, &[]);
        for existing in ["overwrite", "keep"] {
            let arguments = ["--existing", existing];
            let _ = self.keepstead.run_restore(&self.snapshot, &self.target, &arguments);
        }
        assert_eq!(self.everything_else(), before, "{outcome}");
        assert!(!std::path::Path::new(ABSOLUTE).exists(), "{outcome}");
        let check = self.keepstead.run("check", [""; 0]);
        (outcome.code, check.code)
    }

    /// All paths in the sandbox but those in the target and the repository.
    fn everything_else(&self) -> Vec<PathBuf> {
        let mut all = Vec::new();
        let mut folders = vec![self.sandbox.path("")];
        while let Some(folder) = folders.pop() {
            for entry in fs::read_dir(&folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path == self.target || path == self.keepstead.repository() {
                    continue;
                }
                let home = path.starts_with(self.sandbox.home());
                if path.is_dir() && !path.is_symlink() && !home {
                    folders.push(path.clone());
                }
                all.push(path);
            }
        }
        all.sort();
        all
    }
}

#[test]
fn the_forge_makes_what_is_accepted_when_it_is_honest() {
    let (folder, inside) = folder("folder", &[file("deep")]);
    let attack = attack(&[file("file"), folder], vec![inside]);
    assert_eq!(attack.stays_inside(), (Some(0), Some(0)));
    for name in ["file", "folder/deep"] {
        assert_eq!(fs::read(attack.target.join(name)).expect("a file"), SECRET);
    }
    attack.sandbox.new_restic("repository").check();
}

/// A snapshot with one bad entry: refused or skipped, told by the check, and
/// nothing outside.
#[track_caller]
fn refused(name: &str) {
    let (inner, inside) = folder(name, &[file("inner")]);
    let (middle, inside_middle) = folder("middle", &[inner.clone(), file("z")]);
    for (root, trees) in [
        (vec![file(name)], vec![]),
        (vec![link(name, "OUTSIDE")], vec![]),
        (vec![inner], vec![inside.clone()]),
        (vec![middle], vec![inside, inside_middle]),
    ] {
        let attack = attack(&root, trees);
        let (restore, check) = attack.stays_inside();
        assert!(matches!(restore, Some(1 | 3)), "{name:?}: {restore:?}");
        assert_eq!(check, Some(1), "a check finds {name:?}");
    }
}

#[test]
fn an_entry_that_is_the_parent() {
    refused("..");
}

#[test]
fn an_entry_that_is_the_folder_itself() {
    refused(".");
}

#[test]
fn an_entry_with_slashes() {
    for name in ["../outside/file", ABSOLUTE, "a/b", "outside/", "/"] {
        refused(name);
    }
}

#[test]
fn an_entry_without_a_name() {
    refused("");
}

#[test]
fn an_entry_with_a_zero_byte() {
    refused("zero\u{0}byte");
    refused("zero\\x00byte");
}

#[test]
fn names_that_hide_behind_quoting() {
    // The format quotes names; these are `..` and `/` once they are unquoted.
    for name in ["\\x2e\\x2e", "\\u002e\\u002e", "..\\x2foutside", "\\056\\056", "\\", "\\x", "\""]
    {
        refused(name);
    }
}

#[test]
fn a_link_and_then_a_folder_of_the_same_name() {
    let (folder, inside) = folder("x", &[file("inside")]);
    for root in [vec![link("x", "OUTSIDE"), folder.clone()], vec![folder, link("x", "OUTSIDE")]] {
        let attack = attack(&root, vec![inside.clone()]);
        let (_, check) = attack.stays_inside();
        assert_eq!(check, Some(1), "a check finds names that come twice");
    }
}

#[test]
fn a_link_and_then_a_file_of_the_same_name() {
    let attack = attack(&[link("x", "OUTSIDE/file"), file("x")], vec![]);
    attack.stays_inside();
}

#[test]
fn a_link_that_stands_in_the_target_already() {
    let (folder, inside) = folder("x", &[file("inside")]);
    let attack = attack(&[folder], vec![inside]);
    std::os::unix::fs::symlink(attack.sandbox.path("outside"), attack.target.join("x"))
        .expect("a link");
    attack.stays_inside();
}

#[test]
fn a_file_link_that_stands_in_the_target_already() {
    let attack = attack(&[file("x")], vec![]);
    let outside = attack.sandbox.path("outside/file");
    std::os::unix::fs::symlink(&outside, attack.target.join("x")).expect("a link");
    attack.stays_inside();
    assert!(!outside.exists());
}

#[test]
fn a_folder_that_holds_itself_cannot_be_but_a_missing_one_can() {
    let missing = node("gone", "dir", &json!({ "subtree": hash(b"nothing") }));
    let attack = attack(&[file("file"), missing], vec![]);
    let (restore, check) = attack.stays_inside();
    assert!(matches!(restore, Some(1 | 3)), "{restore:?}");
    assert_eq!(check, Some(1));
    assert_eq!(fs::read(attack.target.join("file")).ok().as_deref(), Some(SECRET));
}

#[test]
fn sizes_that_lie() {
    for size in [0_u64, 1, u64::MAX, 1 << 62] {
        let lie = node("lie", "file", &json!({ "size": size, "content": [hash(SECRET)] }));
        let attack = attack(&[lie], vec![]);
        // Whatever it is taken for, it must not fill the disk or panic.
        attack.stays_inside();
    }
}

#[test]
fn trees_that_are_no_trees() {
    for text in ["", "{", "[]", "null", "{\"nodes\":7}", "{\"nodes\":[{}]}", "{\"nodes\":[null]}"] {
        let sandbox = Sandbox::new();
        let keepstead = sandbox.repository("repository");
        let root = text.as_bytes().to_vec();
        let id = hash(&root);
        let forge = Forge::new(&sandbox.new_restic("repository"));
        let snapshot = forge.put_snapshot(&id, &[("tree", root)]);
        let target = sandbox.path("target");
        let _ = tests::keepstead::refusal(keepstead.run_restore(&snapshot, &target, &["--json"]));
        let _ = keepstead.run("check", [""; 0]).exits(1);
    }
}
