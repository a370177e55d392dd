//! A museum of broken repositories: what a check says of each, and what a
//! restore still brings back.

use crate::{
    common::{self, ambient, clock, open, passphrase},
    forge::{Forge, Kind, Pack, file, folder, tree},
};
use serde_json::{Value, json};
use std::{collections::BTreeMap, fmt::Write, path::Path, sync::Arc};
use storage::{Cancel, Key, MemoryStore};
use vault::{
    CheckOptions, Progress, Repository, RestoreOptions, Severity, format::Id, layout::FileKind,
};

/// A small repository of which every part is known by a name.
struct Museum {
    forge: Forge,
    repository: Arc<Repository>,
    names: BTreeMap<Id, &'static str>,
    contents: [Pack; 2],
    trees: Pack,
    whole: Id,
}

fn bytes(seed: u64, length: usize) -> Vec<u8> {
    common::noise(length, seed)
}

impl Museum {
    async fn new() -> Self {
        let (forge, repository) = Forge::new().await;
        let (a, b, c) = (bytes(1, 1000), bytes(2, 2000), bytes(3, 3000));
        let letters = tree(&[file("note", &[&a])]);
        let home = tree(&[
            file("first", &[&a]),
            folder("letters", &letters),
            file("second", &[&b, &c]),
            file("third", &[&c]),
        ]);
        let root = tree(&[folder("home", &home)]);
        let other = tree(&[file("first", &[&a])]);
        let id = |text: &String| Id::of(text.as_bytes());
        let data = |bytes: &Vec<u8>| Id::of(bytes);
        let contents = [
            forge.put_pack(&[(Kind::Data, data(&a), &a), (Kind::Data, data(&b), &b)]),
            forge.put_pack(&[(Kind::Data, data(&c), &c)]),
        ];
        let all = [&root, &home, &letters, &other];
        let blobs: Vec<_> = all.map(|tree| (Kind::Tree, id(tree), tree.as_bytes())).into();
        let trees = forge.put_pack(&blobs);
        let index = forge.put_index(&[&contents[0], &contents[1]]);
        let index_of_trees = forge.put_index(&[&trees]);
        let (whole, small) = (forge.put_snapshot(&id(&root)), forge.put_snapshot(&id(&other)));
        let key: Id = forge.only("keys/").split().1.parse().unwrap();
        let names = [
            (data(&a), "A"),
            (data(&b), "B"),
            (data(&c), "C"),
            (id(&root), "ROOT"),
            (id(&home), "HOME"),
            (id(&letters), "LETTERS"),
            (contents[0].id, "A+B"),
            (contents[1].id, "C'S"),
            (trees.id, "TREES"),
            (index, "OF CONTENTS"),
            (index_of_trees, "OF TREES"),
            (whole, "WHOLE"),
            (small, "SMALL"),
            (key, "OF ANNA"),
        ]
        .into();
        Self { forge, repository, names, contents, trees, whole }
    }

    fn store(&self) -> &MemoryStore {
        &self.forge.store
    }

    /// The key of the object of that name.
    fn key(&self, kind: FileKind, name: &str) -> Key {
        let (id, _) = self.names.iter().find(|(_, known)| **known == name).unwrap();
        kind.key(id)
    }

    /// Known ids by their names, so that the text does not depend on them.
    fn named(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (id, name) in &self.names {
            text = text.replace(&id.to_string(), name);
        }
        // What an exhibit brings along has no name.
        let mut out = String::new();
        for word in text.split_inclusive(|c: char| !c.is_ascii_hexdigit()) {
            let hex = word.trim_end_matches(|c: char| !c.is_ascii_hexdigit());
            out.push_str(&if hex.len() == 64 { word.replace(hex, "ANOTHER") } else { word.into() });
        }
        out
    }

    async fn checked(&self, read_data: bool) -> String {
        let progress = Arc::new(Progress::default());
        let options = CheckOptions::with_data(read_data);
        let report = match self.repository.check(options, &progress, &Cancel::new()).await {
            Ok(report) => report,
            Err(error) => return format!("  {}\n", self.named(&error.to_string())),
        };
        assert_eq!(
            report.is_clean(),
            !report.findings.iter().any(|finding| finding.severity == Severity::Error)
        );
        let mut lines: Vec<String> = Vec::new();
        for finding in &report.findings {
            let mut line = format!("  {:?}: {finding}", finding.severity).to_lowercase();
            line = self.named(&line);
            if !finding.effect.examples.is_empty() {
                write!(line, " [{}]", finding.effect.examples.join(" ")).unwrap();
            }
            if finding.effect.files != finding.effect.examples.len() as u64 {
                write!(line, " {} files", finding.effect.files).unwrap();
            }
            let snapshots: Vec<_> =
                finding.effect.snapshots.iter().map(|id| self.named(&id.to_string())).collect();
            if !snapshots.is_empty() {
                write!(line, " in {}", snapshots.join(", ")).unwrap();
            }
            lines.push(line);
        }
        lines.sort();
        if lines.is_empty() { "  nothing\n".into() } else { lines.join("\n") + "\n" }
    }

    /// Opens the repository afresh and restores the snapshot.
    async fn restored(&self, snapshot: &Id) -> String {
        let folder = tempfile::tempdir().unwrap();
        let target = folder.path().join("target");
        let result = self.try_restore(snapshot, &target).await;
        // Whatever the repository says, nothing lands anywhere else.
        let around: Vec<_> =
            std::fs::read_dir(folder.path()).unwrap().map(|e| e.unwrap().file_name()).collect();
        assert!(around.is_empty() || around == ["target"], "{around:?}");
        let mut lines = match result {
            Ok(lines) => lines,
            Err(error) => vec![self.named(&error.to_string())],
        };
        if target.exists() {
            let expected = [("first", bytes(1, 1000)), ("note", bytes(1, 1000))].into_iter();
            let expected: BTreeMap<_, _> = expected
                .chain([("second", [bytes(2, 2000), bytes(3, 3000)].concat())])
                .chain([("third", bytes(3, 3000))])
                .collect();
            for (path, contents) in common::contents_on_disk(&target) {
                let name = path.file_name().unwrap().to_str().unwrap();
                assert!(Some(&contents) == expected.get(name), "{}", path.display());
                lines
                    .push(format!("/{} comes back", path.strip_prefix(&target).unwrap().display()));
            }
        }
        lines.iter().map(|line| format!("  {line}\n")).collect()
    }

    async fn try_restore(&self, snapshot: &Id, target: &Path) -> vault::Result<Vec<String>> {
        let cancel = Cancel::new();
        let store = self.forge.store.clone();
        let ambient = ambient(&clock(), 2);
        let repository = Repository::open(store, &passphrase(), ambient, &cancel).await?;
        let snapshot = repository.snapshot(snapshot, &cancel).await?;
        let options = RestoreOptions { target: target.to_owned(), ..RestoreOptions::default() };
        let plan = repository.plan_restore(&snapshot, &options, &cancel).await?;
        let report = repository.restore(&plan, &Arc::new(Progress::default()), &cancel).await?;
        let lines = report.skipped.iter();
        Ok(lines.map(|s| format!("{} is skipped: {}", s.path.display(), s.reason)).collect())
    }
}

/// Adds a snapshot whose root is `tree`; its id.
fn hang(museum: &Museum, tree: &str) -> Id {
    let pack = museum.forge.put_pack(&[(Kind::Tree, Id::of(tree.as_bytes()), tree.as_bytes())]);
    museum.forge.put_index(&[&pack]);
    museum.forge.put_snapshot(&Id::of(tree.as_bytes()))
}

/// Adds a snapshot with a folder that holds `nodes`; its id.
fn hang_folder(museum: &Museum, nodes: &[Value]) -> Id {
    let (inner, text) = (tree(nodes), file("first", &[&bytes(1, 1000)]));
    let outer = tree(&[text, folder("hostile", &inner)]);
    let pack = [&outer, &inner].map(|t| (Kind::Tree, Id::of(t.as_bytes()), t.as_bytes()));
    museum.forge.put_index(&[&museum.forge.put_pack(&pack)]);
    museum.forge.put_snapshot(&Id::of(outer.as_bytes()))
}

/// What is done to a repository; the snapshot to restore afterwards.
type Damage = Box<dyn Fn(&Museum) -> Id>;

fn exhibits() -> Vec<(String, Damage)> {
    let mut all: Vec<(String, Damage)> = Vec::new();
    let mut add = |name: &str, damage: fn(&Museum) -> Id| {
        all.push((name.to_owned(), Box::new(damage)));
    };
    add("nothing is wrong", |museum| museum.whole);
    add("a pack is missing", |museum| {
        museum.store().remove(&museum.key(FileKind::Pack, "A+B")).unwrap();
        museum.whole
    });
    add("the pack of the trees is missing", |museum| {
        museum.store().remove(&museum.key(FileKind::Pack, "TREES")).unwrap();
        museum.whole
    });
    add("a pack is cut after its first blob", |museum| {
        museum.store().tamper(&museum.key(FileKind::Pack, "A+B"), |bytes| bytes.truncate(1100));
        museum.whole
    });
    add("a pack has grown", |museum| {
        museum.store().tamper(&museum.key(FileKind::Pack, "A+B"), |bytes| bytes.push(0));
        museum.whole
    });
    add("a bit of a pack's first blob is flipped", |museum| {
        museum.store().tamper(&museum.key(FileKind::Pack, "A+B"), |bytes| bytes[500] ^= 4);
        museum.whole
    });
    add("a bit of a pack's header is flipped", |museum| {
        museum.store().tamper(&museum.key(FileKind::Pack, "C'S"), |bytes| {
            let at = bytes.len() - 10;
            bytes[at] ^= 4;
        });
        museum.whole
    });
    add("a bit of the last tree but one is flipped", |museum| {
        let offset = museum.trees.blobs[2]["offset"].as_u64().unwrap() as usize;
        museum.store().tamper(&museum.key(FileKind::Pack, "TREES"), |b| b[offset + 20] ^= 4);
        museum.whole
    });
    add("the index of contents is missing", |museum| {
        museum.store().remove(&museum.key(FileKind::Index, "OF CONTENTS")).unwrap();
        museum.whole
    });
    add("the index of trees is missing", |museum| {
        museum.store().remove(&museum.key(FileKind::Index, "OF TREES")).unwrap();
        museum.whole
    });
    add("the index lies about a place", |museum| {
        let mut pack = museum.contents[0].clone();
        pack.blobs.swap(0, 1);
        let first = pack.blobs[0]["id"].take();
        let second = pack.blobs[1]["id"].take();
        (pack.blobs[0]["id"], pack.blobs[1]["id"]) = (second, first);
        museum.store().remove(&museum.key(FileKind::Index, "OF CONTENTS")).unwrap();
        museum.forge.put_index(&[&pack, &museum.contents[1]]);
        museum.whole
    });
    add("the index leaves a blob out", |museum| {
        let mut pack = museum.contents[0].clone();
        pack.blobs.remove(0);
        museum.store().remove(&museum.key(FileKind::Index, "OF CONTENTS")).unwrap();
        museum.forge.put_index(&[&pack, &museum.contents[1]]);
        museum.whole
    });
    add("two index files disagree", |museum| {
        let mut pack = museum.contents[0].clone();
        pack.blobs.remove(1);
        museum.forge.put_index(&[&pack]);
        museum.whole
    });
    add("the only copy is damaged, and a second pack has another", |museum| {
        museum.store().tamper(&museum.key(FileKind::Pack, "A+B"), |bytes| bytes[500] ^= 4);
        let a = bytes(1, 1000);
        museum.forge.put_index(&[&museum.forge.put_pack(&[(Kind::Data, Id::of(&a), &a)])]);
        museum.whole
    });
    add("a blob's contents are those of another", |museum| {
        let other = b"not what the name says";
        let id = Id::of(b"what the name says");
        let pack = museum.forge.put_pack(&[(Kind::Data, id, other)]);
        museum.forge.put_index(&[&pack]);
        let mut node = file("forged", &[]);
        node["content"] = json!([id]);
        hang(museum, &tree(&[file("first", &[&bytes(1, 1000)]), node]))
    });
    add("a pack that no index names", |museum| {
        museum.forge.put_pack(&[(Kind::Data, Id::of(b"left over"), b"left over")]);
        museum.whole
    });
    add("a file needs a blob that is nowhere", |museum| {
        hang(museum, &tree(&[file("first", &[&bytes(1, 1000)]), file("lost", &[b"nowhere"])]))
    });
    add("a folder needs a tree that is nowhere", |museum| {
        let nowhere = tree(&[file("nowhere", &[])]);
        hang(museum, &tree(&[file("first", &[&bytes(1, 1000)]), folder("lost", &nowhere)]))
    });
    add("a tree where contents are needed", |museum| {
        let letters = tree(&[file("note", &[&bytes(1, 1000)])]);
        let wrong = file("wrong", &[letters.as_bytes()]);
        hang(museum, &tree(&[file("first", &[&bytes(1, 1000)]), wrong]))
    });
    add("contents where a tree is needed", |museum| {
        let mut node = folder("wrong", "");
        node["subtree"] = json!(Id::of(&bytes(1, 1000)));
        hang(museum, &tree(&[file("first", &[&bytes(1, 1000)]), node]))
    });
    add("a file is recorded longer than it is", |museum| {
        let mut node = file("first", &[&bytes(1, 1000)]);
        node["size"] = json!(1234);
        hang(museum, &tree(&[node]))
    });
    add("a folder without a tree", |museum| {
        let mut node = folder("hollow", "");
        node.as_object_mut().unwrap().remove("subtree");
        hang(museum, &tree(&[file("first", &[&bytes(1, 1000)]), node]))
    });
    add("a file without a list of contents", |museum| {
        let mut node = file("hollow", &[]);
        node["content"] = Value::Null;
        node["size"] = json!(5);
        hang(museum, &tree(&[file("first", &[&bytes(1, 1000)]), node]))
    });
    add("an entry of an unknown kind", |museum| {
        let mut node = file("door", &[]);
        node["type"] = json!("door");
        hang(museum, &tree(&[node, file("first", &[&bytes(1, 1000)])]))
    });
    for (name, nodes) in [
        ("a name twice", vec![file("x", &[]), file("x", &[])]),
        ("names out of order", vec![file("y", &[]), file("x", &[])]),
        ("an entry named ..", vec![folder("..", &tree(&[]))]),
        ("an entry named .", vec![file(".", &[])]),
        ("a name with a slash", vec![file("../../escaped", &[])]),
        ("an absolute name", vec![file("/escaped", &[])]),
        ("a name with a zero byte", vec![file("x\\x00", &[])]),
        ("an empty name", vec![file("", &[])]),
        ("a name that is badly quoted", vec![file("\\q", &[])]),
    ] {
        all.push((name.into(), Box::new(move |museum| hang_folder(museum, &nodes))));
    }
    all.push((
        "a tree that is no JSON".into(),
        Box::new(|museum| hang(museum, "trees are JSON, this is not")),
    ));
    let files = [
        ("config", "config"),
        ("keys/", "the only key"),
        ("snapshots/", "the snapshot"),
        ("index/", "the index of contents"),
        ("data/", "the pack of A and B"),
    ];
    for (below, what) in files {
        let find = move |museum: &Museum| match below {
            "config" | "keys/" => museum.forge.only(below),
            "snapshots/" => museum.key(FileKind::Snapshot, "WHOLE"),
            "index/" => museum.key(FileKind::Index, "OF CONTENTS"),
            _ => museum.key(FileKind::Pack, "A+B"),
        };
        let mut add = |how: &str, change: fn(&mut Vec<u8>)| {
            let damage: Damage = Box::new(move |museum| {
                assert!(museum.store().tamper(&find(museum), change));
                museum.whole
            });
            all.push((format!("{what} {how}"), damage));
        };
        add("has no byte", Vec::clear);
        add("is cut by half", |bytes| bytes.truncate(bytes.len() / 2));
        add("has a bit flipped in its middle", |bytes| {
            let middle = bytes.len() / 2;
            bytes[middle] ^= 1;
        });
    }
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn every_damage_is_found_and_costs_no_more_than_it_must() {
    let mut catalogue = String::new();
    for (name, damage) in exhibits() {
        let museum = Museum::new().await;
        let snapshot = damage(&museum);
        let quick = museum.checked(false).await;
        let thorough = museum.checked(true).await;
        let restored = museum.restored(&snapshot).await;
        let thorough =
            if thorough == quick { String::new() } else { format!(" with all data:\n{thorough}") };
        write!(catalogue, "{name}\n check:\n{quick}{thorough} restore:\n{restored}\n").unwrap();
    }
    insta::assert_snapshot!(catalogue);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_flipped_bit_anywhere_in_any_object_is_found() {
    let museum = Museum::new().await;
    let sound = museum.store().snapshot();
    for (key, bytes) in &sound {
        // Every 41st bit, and those at the ends.
        let bits = bytes.len() * 8;
        for bit in (0..bits).step_by(41).chain([1, bits - 1, bits - 30]) {
            museum.store().tamper(key, |bytes| bytes[bit / 8] ^= 1 << (bit % 8));
            let found = museum.checked(true).await;
            assert!(found.contains("error"), "bit {bit} of {key}: {found}");
            museum.store().insert(key.clone(), bytes.clone());
        }
    }
    assert_eq!(museum.checked(true).await, "  nothing\n");
    let _ = open(museum.forge.store.clone(), ambient(&clock(), 3)).await;
}
