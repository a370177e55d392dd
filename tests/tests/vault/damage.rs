//! Objects that are truncated, flipped, emptied or gone: found, named, and
//! everything else is still restored.

use std::{
    fs::{self, Permissions},
    ops::Range,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
};

use tests::{
    compare::{Tolerance, assert_same},
    content,
    engine::Engine,
    forge::Forge,
    keepstead::Keepstead,
    program::Outcome,
    sandbox::{Sandbox, files_below, restored},
};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Damage {
    Truncated,
    Flipped,
    Emptied,
    Deleted,
}

const ALL: [Damage; 4] = [Damage::Truncated, Damage::Flipped, Damage::Emptied, Damage::Deleted];

impl Damage {
    fn inflict(self, path: &Path) {
        let mut bytes = fs::read(path).expect("an object");
        fs::remove_file(path).expect("an object");
        match self {
            Self::Truncated => bytes.truncate(bytes.len() / 2),
            Self::Flipped => {
                let middle = bytes.len() / 2;
                bytes[middle] ^= 0x10;
            }
            Self::Emptied => bytes.clear(),
            Self::Deleted => return,
        }
        fs::write(path, bytes).expect("an object");
        fs::set_permissions(path, Permissions::from_mode(0o600)).expect("a mode");
    }
}

/// Two snapshots of two sources with nothing in common.
struct Victim {
    sandbox: Sandbox,
    keepstead: Keepstead,
    sources: [PathBuf; 2],
    snapshots: [String; 2],
    /// Objects that the second backup added.
    added: Vec<PathBuf>,
}

fn victim() -> Victim {
    let sandbox = Sandbox::new();
    let keepstead = sandbox.repository("repository");
    let sources = [1, 2].map(|seed| {
        sandbox.source(
            &format!("source {seed}"),
            &[("a", &content::random(seed, 900_000)), ("b/c", &content::random(seed + 9, 5_000))],
        )
    });
    let first = keepstead.backup(&sources[0], false);
    let before = files_below(keepstead.repository());
    let second = keepstead.backup(&sources[1], false);
    let mut added = files_below(keepstead.repository());
    added.retain(|path| !before.contains(path));
    Victim { sandbox, keepstead, sources, snapshots: [first, second], added }
}

impl Victim {
    /// The objects of one kind that the second backup added, the smallest first.
    fn added(&self, kind: &str) -> Vec<&PathBuf> {
        let folder = self.keepstead.repository().join(kind);
        let mut added: Vec<&PathBuf> =
            self.added.iter().filter(|path| path.starts_with(&folder)).collect();
        added.sort_by_key(|path| fs::metadata(path).expect("an object").len());
        assert!(!added.is_empty(), "the second backup adds to {kind}");
        added
    }

    /// Expects a check to fail and to name `object`.
    #[track_caller]
    fn check_names(&self, object: &Path, read_data: bool) {
        let arguments: &[&str] = if read_data { &["--read-data"] } else { &[] };
        for json in [false, true] {
            let mut arguments = arguments.to_vec();
            if json {
                arguments.push("--json");
            }
            names(&self.keepstead.run("check", arguments).exits(1), object);
        }
    }

    /// Restores the second snapshot, which is damaged. It may succeed only when
    /// everything is there nevertheless: some damage can be worked around.
    #[track_caller]
    fn restore_second(&self, target: &Path) -> Outcome {
        let outcome = self.keepstead.run_restore(&self.snapshots[1], target, &[]);
        if outcome.code == Some(0) {
            let copy = restored(target, &self.sources[1]);
            assert_same(&self.sources[1], &copy, Tolerance::default());
        } else {
            assert!(matches!(outcome.code, Some(1 | 3)), "{outcome}");
        }
        outcome
    }

    /// Expects the first snapshot, whose objects are whole, to come back.
    #[track_caller]
    fn first_comes_back(&self) {
        let target = self.sandbox.path("first");
        self.keepstead.restore(&self.snapshots[0], &target);
        let copy = restored(&target, &self.sources[0]);
        assert_same(&self.sources[0], &copy, Tolerance::default());
    }
}

/// Expects the output to name `object` by at least the start of its id.
#[track_caller]
fn names(outcome: &Outcome, object: &Path) {
    let name = object.file_name().expect("a name").to_string_lossy();
    let start: String = name.chars().take(8).collect();
    let said = format!("{}{}", outcome.stdout, outcome.stderr);
    assert!(said.contains(&start), "{name} is not named: {outcome}");
}

/// Damages the larger pack the second backup added: the data.
#[track_caller]
fn damaged_data(damage: Damage) {
    let victim = victim();
    let pack = victim.added("data").pop().expect("a pack").clone();
    damage.inflict(&pack);
    if damage == Damage::Flipped {
        // Only reading finds it.
        let _ = victim.keepstead.run("check", [""; 0]);
    } else {
        victim.check_names(&pack, false);
    }
    victim.check_names(&pack, true);
    victim.first_comes_back();

    let target = victim.sandbox.path("second");
    let outcome = victim.restore_second(&target);
    assert_ne!(outcome.code, Some(0), "{outcome}");
    // What came back is right, what could not is named and not there in part.
    let copy = restored(&target, &victim.sources[1]);
    for name in ["a", "b/c"] {
        let said = format!("{}{}", outcome.stdout, outcome.stderr);
        let whole = fs::read(copy.join(name)).is_ok_and(|bytes| {
            bytes == fs::read(victim.sources[1].join(name)).expect("the source")
        });
        assert!(whole || said.contains(name), "{name}: {outcome}");
    }
}

#[test]
fn a_truncated_pack_of_data() {
    damaged_data(Damage::Truncated);
}

#[test]
fn a_flipped_pack_of_data() {
    damaged_data(Damage::Flipped);
}

#[test]
fn an_empty_pack_of_data() {
    damaged_data(Damage::Emptied);
}

#[test]
fn a_missing_pack_of_data() {
    damaged_data(Damage::Deleted);
}

#[test]
fn packs_of_trees() {
    for damage in ALL {
        let victim = victim();
        let pack = victim.added("data")[0].clone();
        damage.inflict(&pack);
        victim.check_names(&pack, true);
        victim.first_comes_back();
        let target = victim.sandbox.path("second");
        let _ = victim.restore_second(&target);
    }
}

/// Of the two packs a backup adds, the smaller holds the trees.
const TREES: Range<usize> = 0..1;
const DATA: Range<usize> = 1..2;
const BOTH: Range<usize> = 0..2;

/// A backup after `damage` to `packs` must notice that what it would lean on
/// is gone.
#[track_caller]
fn not_leant_on(damage: Damage, packs: Range<usize>, arguments: &[&str]) {
    let victim = victim();
    for pack in &victim.added("data")[packs.clone()] {
        damage.inflict(pack);
    }
    let outcome = victim.keepstead.run_backup(&victim.sources[1], arguments).succeeds();
    let snapshot = tests::keepstead::summary(&outcome)["snapshot_id"].clone();
    let target = victim.sandbox.path("again");
    victim.keepstead.restore(snapshot.as_str().expect("an id"), &target);
    let copy = restored(&target, &victim.sources[1]);
    assert_same(&victim.sources[1], &copy, Tolerance::default());
    if packs == DATA {
        // Stored anew, the data is there for the old snapshot too. Its trees
        // need not be: a folder above the source may have changed since.
        victim.keepstead.restore(&victim.snapshots[1], &victim.sandbox.path("healed"));
    }
}

#[test]
fn a_backup_does_not_lean_on_what_is_gone() {
    for damage in [Damage::Truncated, Damage::Emptied, Damage::Deleted] {
        for packs in [DATA, BOTH] {
            not_leant_on(damage, packs.clone(), &[]);
            not_leant_on(damage, packs, &["--force"]);
        }
    }
}

#[test]
fn a_tree_that_was_found_damaged_is_stored_again() {
    // The backup reads them to compare.
    not_leant_on(Damage::Flipped, TREES, &[]);
}

#[test]
fn what_lies_in_two_packs_survives_the_loss_of_one() {
    for damage in ALL {
        let victim = victim();
        let forge = Forge::new(&victim.sandbox.new_restic("repository"));
        for name in ["a", "b/c"] {
            let small = fs::read(victim.sources[1].join(name)).expect("the source");
            if small.len() < 512 << 10 {
                forge.put_blobs(&[("data", small)]);
            }
        }
        let pack = victim.added("data").pop().expect("a pack").clone();
        damage.inflict(&pack);
        let target = victim.sandbox.path("second");
        let _ = victim.restore_second(&target);
        let [copy, source] = [restored(&target, &victim.sources[1]), victim.sources[1].clone()]
            .map(|root| fs::read(root.join("b/c")).ok());
        assert!(copy.is_some() && copy == source, "{damage:?}: the other pack holds it");
    }
}

#[test]
fn headers_of_packs() {
    let victim = victim();
    let pack = victim.added("data").pop().expect("a pack").clone();
    let mut bytes = fs::read(&pack).expect("a pack");
    let last = bytes.len() - 1;
    bytes[last] ^= 0x40;
    fs::remove_file(&pack).expect("a pack");
    fs::write(&pack, bytes).expect("a pack");
    victim.check_names(&pack, true);
    victim.first_comes_back();
}

#[test]
fn indexes() {
    for damage in ALL {
        let victim = victim();
        let index = victim.added("index")[0].clone();
        damage.inflict(&index);
        if damage == Damage::Deleted {
            // What it listed is missed, or found to be listed nowhere.
            let outcome = victim.keepstead.run("check", [""; 0]);
            let _ = outcome.exits(1);
            victim.first_comes_back();
        } else {
            victim.check_names(&index, false);
        }
        let target = victim.sandbox.path("second");
        let _ = victim.restore_second(&target);
        // A new backup must not lean on what is lost.
        let outcome = victim.keepstead.run_backup(&victim.sources[1], &["--force"]);
        if outcome.code == Some(0) {
            let id = victim.keepstead.snapshots();
            let new = id.iter().find(|id| !victim.snapshots.contains(id)).expect("a new snapshot");
            let target = victim.sandbox.path("third");
            victim.keepstead.restore(new, &target);
            let copy = restored(&target, &victim.sources[1]);
            assert_same(&victim.sources[1], &copy, Tolerance::default());
        } else {
            let _ = outcome.exits(1);
        }
    }
}

#[test]
fn snapshots() {
    for damage in [Damage::Truncated, Damage::Flipped, Damage::Emptied] {
        let victim = victim();
        let snapshot = victim.added("snapshots")[0].clone();
        damage.inflict(&snapshot);
        victim.check_names(&snapshot, false);
        victim.first_comes_back();
        let target = victim.sandbox.path("second");
        let outcome = victim.keepstead.run_restore(&victim.snapshots[1], &target, &["--json"]);
        names(&outcome.exits(1), &snapshot);
        assert!(!restored(&target, &victim.sources[1]).exists());
    }
}

#[test]
fn the_only_key() {
    for damage in ALL {
        let victim = victim();
        let key = files_below(&victim.keepstead.repository().join("keys")).pop().expect("a key");
        let good = fs::read(&key).expect("a key");
        damage.inflict(&key);
        for (verb, arguments) in [("list", vec!["--json"]), ("check", vec!["--json"])] {
            let refused = tests::keepstead::refusal(victim.keepstead.run(verb, arguments));
            if damage != Damage::Deleted {
                // Not «wrong passphrase»: that would send people looking for another.
                refused.has_code(&["damaged"]);
                names(&refused.outcome, &key);
            }
        }
        fs::write(&key, good).expect("a key");
        victim.first_comes_back();
    }
}

#[test]
fn one_key_of_two() {
    for damage in ALL {
        let victim = victim();
        let folder = victim.keepstead.repository().join("keys");
        let before = files_below(&folder);
        let file = victim.sandbox.path("new");
        fs::write(&file, "another passphrase").expect("a file");
        let arguments = ["add".as_ref(), "--new-password-file".as_ref(), file.as_os_str()];
        victim.keepstead.run("key", arguments).succeeds();
        let key =
            files_below(&folder).into_iter().find(|key| !before.contains(key)).expect("a key");
        damage.inflict(&key);
        victim.first_comes_back();
    }
}

#[test]
fn the_configuration() {
    for damage in ALL {
        let victim = victim();
        let config = victim.keepstead.repository().join("config");
        let good = fs::read(&config).expect("a configuration");
        damage.inflict(&config);
        for (verb, arguments) in [
            ("list", vec!["--json"]),
            ("check", vec!["--json"]),
            ("restore", vec!["latest", "--target", "target", "--json"]),
        ] {
            let refused = tests::keepstead::refusal(victim.keepstead.run(verb, arguments));
            refused.names("config");
        }
        fs::remove_file(&config)
            .or_else(|error| match damage {
                Damage::Deleted => Ok(()),
                _ => Err(error),
            })
            .expect("the old configuration");
        fs::write(&config, good).expect("a configuration");
        victim.first_comes_back();
    }
}
