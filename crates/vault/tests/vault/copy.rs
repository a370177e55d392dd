//! Copies between repositories, judged by restic in both directions.

use crate::{
    common::{
        self, ambient, back_up, clock, contents_in_backup, contents_on_disk, host, noise, open,
        passphrase, small_tree,
    },
    forge::{Forge, Kind, file, tree},
    judge::Disk,
    life::{self, DAY, Life, PACK_SIZE},
    pair::{
        self, below, copy, copy_with, listed, named_blobs, naming, opened, options, target,
        unlocked,
    },
};
use std::{collections::BTreeSet, fs, sync::Arc, time::Duration};
use storage::{
    Cancel, ErrorKind, FaultStore, MemoryStore,
    fault::{Effect, Fault, Operation},
};
use vault::{
    Error, InitOptions, Progress, Repository,
    backup::{BackupOptions, ParentChoice},
    copy::{CopyOptions, Side},
    format::Id,
    layout::FileKind,
    pack::BlobKind,
};

/// Much longer than anything here waits.
const LONG: Duration = Duration::from_secs(24 * 60 * 60);

/// Waits until `what` holds.
async fn until(mut what: impl FnMut() -> bool) {
    while !what() {
        tokio::time::sleep(Duration::from_millis(1)).await;
    }
}

/// Has restic copy one repository to the other; how many snapshots it made.
fn restic_copies(from: &Disk, to: &Disk) -> usize {
    let snapshots = || fs::read_dir(to.repository().join("snapshots")).unwrap().count();
    let before = snapshots();
    let repository = from.repository();
    to.run(["copy".as_ref(), "--from-repo".as_ref(), repository.as_os_str()]);
    snapshots() - before
}

/// A repository that restic has made and backed up to, twice.
fn made_by_restic(tree: &tempfile::TempDir) -> Disk {
    let disk = Disk::of(&MemoryStore::new());
    fs::remove_dir_all(disk.repository()).unwrap();
    disk.run(["init"]);
    disk.back_up(tree.path());
    fs::write(tree.path().join("new"), noise(1_200_000, 5)).unwrap();
    fs::remove_file(tree.path().join("text")).unwrap();
    disk.run(["backup".as_ref(), "--tag".as_ref(), "a,b".as_ref(), tree.path().as_os_str()]);
    disk
}

#[tokio::test(flavor = "multi_thread")]
async fn what_restic_made_is_copied_and_both_know_it_again() {
    let tree = small_tree();
    let theirs = made_by_restic(&tree);
    let from = opened(&theirs.store(), 1).await;
    let (store, to) = target().await;
    let report = copy(&from, &to).await.unwrap();
    assert_eq!((report.copied.len(), report.there.len(), report.uncopied.len()), (2, 0, 0));

    let ours = Disk::of(&store);
    ours.check();
    Disk::of_old(&store).check();
    for copied in &report.copied {
        let was =
            theirs.restore(&copied.id.to_string()).join(tree.path().strip_prefix("/").unwrap());
        let is =
            ours.restore(&copied.copy.to_string()).join(tree.path().strip_prefix("/").unwrap());
        let relative = |root: &std::path::Path| -> Vec<_> {
            let all = contents_on_disk(root).into_iter();
            all.map(|(path, bytes)| (path.strip_prefix(root).unwrap().to_owned(), bytes)).collect()
        };
        assert!(!relative(&was).is_empty());
        assert_eq!(relative(&was), relative(&is));
    }
    assert_eq!(restic_copies(&theirs, &ours), 0, "restic knows what we have copied");
    assert_eq!(restic_copies(&ours, &theirs), 0, "and where it came from");
    let (back, forth) = (copy(&to, &from).await.unwrap(), copy(&from, &to).await.unwrap());
    assert_eq!((back.copied.len(), back.there.len()), (0, 2));
    assert_eq!((forth.copied.len(), forth.there.len()), (0, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_restic_has_copied_is_not_copied_again() {
    let life = Life::with_snapshots(2).await;
    let (ours, theirs) = (Disk::of(&life.store), Disk::of(&MemoryStore::new()));
    fs::remove_dir_all(theirs.repository()).unwrap();
    theirs.run(["init"]);
    assert_eq!(restic_copies(&ours, &theirs), 2);
    let to = opened(&theirs.store(), 3).await;
    let report = copy(&life.repository, &to).await.unwrap();
    assert_eq!((report.copied.len(), report.there.len()), (0, 2));
    // And what is new is, by us, into what restic has made.
    life.back_up().await.unwrap();
    let store = theirs.store();
    let to = opened(&store, 4).await;
    let report = copy(&life.repository, &to).await.unwrap();
    assert_eq!((report.copied.len(), report.there.len()), (1, 2));
    let theirs = Disk::of(&store);
    theirs.check();
    assert_eq!(restic_copies(&Disk::of(&life.store), &theirs), 0);
    let expected = life.expected.lock().unwrap().clone();
    assert_eq!(pair::whole_copies(&store, &expected).await.unwrap().len(), 3);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_says_where_it_came_from_and_nothing_else_changes() {
    let life = Life::with_snapshots(2).await;
    let (store, to) = target().await;
    copy(&life.repository, &to).await.unwrap();
    // Once more, further on: the first id stays.
    let (third, further) = pair::target_of(12).await;
    copy(&to, &further).await.unwrap();
    let originals = life.repository.snapshots(&Cancel::new()).await.unwrap();
    assert!(originals.iter().any(|(_, snapshot)| snapshot.parent.is_some()));
    for copies in [listed(&store).await, listed(&third).await] {
        assert_eq!(copies.len(), 2);
        for (id, mut snapshot) in originals.clone() {
            snapshot.parent = None;
            snapshot.original = Some(id);
            assert!(copies.values().any(|copy| *copy == snapshot), "{snapshot:?}");
        }
    }
    let direct = copy(&life.repository, &further).await.unwrap();
    assert_eq!((direct.copied.len(), direct.there.len()), (0, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_keys_differ_and_blobs_stay_compressed() {
    let life = Life::with_snapshots(1).await;
    fs::write(life.tree.path().join("text"), "words and words ".repeat(9_000)).unwrap();
    life.back_up().await.unwrap();
    let (store, to) = target().await;
    let report = copy(&life.repository, &to).await.unwrap();
    let packs = |store: &MemoryStore| {
        below(store, "data/").iter().map(|key| store.snapshot()[key].len()).sum::<usize>()
    };
    let (was, is) = (packs(&life.store), packs(&store));
    assert!(is < was + was / 20, "{is} bytes of {was}");
    let (same, counts) =
        (below(&life.store, "data/"), life.repository.with_index(vault::index::Index::counts));
    assert!(same.is_disjoint(&below(&store, "data/")));
    let sizes = report.sizes;
    assert_eq!((sizes.data_blobs, sizes.tree_blobs), (counts.1 as u64, counts.2 as u64));
    assert_eq!(named_blobs(&to).await, (counts.1 + counts.2, counts.1 + counts.2));
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_there_is_neither_read_nor_written() {
    let life = Life::with_snapshots(3).await;
    let source = Arc::new(FaultStore::new(unlocked(&life.store)));
    let from = open(source.clone(), ambient(&clock(), 2)).await;
    let target = Arc::new(FaultStore::new(MemoryStore::new().with_pack_size(PACK_SIZE)));
    let to = common::init(target.clone(), ambient(&clock(), pair::SEED)).await;
    copy(&from, &to).await.unwrap();
    source.plan([]);
    target.plan([]);
    let report = copy(&from, &to).await.unwrap();
    assert_eq!(report.there.len(), 3);
    let packs = |store: &FaultStore<MemoryStore>| {
        let all = store.operations();
        all.iter().filter(|(_, key)| key.starts_with("data/")).count()
    };
    assert_eq!((packs(&source), packs(&target)), (0, 0));
    let written = target.operations().into_iter().filter(|(kind, _)| *kind == Operation::Put);
    assert!(written.clone().all(|(_, key)| key.starts_with("locks/")), "{written:?}");

    // Of a snapshot that differs a little, only that is read and written.
    life.back_up().await.unwrap();
    let source = Arc::new(FaultStore::new(unlocked(&life.store)));
    let from = open(source.clone(), ambient(&clock(), 2)).await;
    let plan = from
        .plan_copy(&to, &options(), &Arc::new(Progress::default()), &Cancel::new())
        .await
        .unwrap();
    let report = copy(&from, &to).await.unwrap();
    assert_eq!((report.copied.len(), report.there.len()), (1, 3));
    assert_eq!(report.sizes, plan.sizes);
    let (named, different) = named_blobs(&to).await;
    assert_eq!(named, different, "nothing is there twice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_says_what_a_copy_does_and_changes_nothing() {
    let life = Life::with_snapshots(3).await;
    let (store, to) = target().await;
    let first = life.repository.snapshots(&Cancel::new()).await.unwrap()[0].0.to_string();
    let only = naming(&[&first[..8], &first]);
    let (progress, cancel) = (Arc::new(Progress::default()), Cancel::new());
    let report = copy_with(&life.repository, &to, &only, &progress, &cancel).await.unwrap();
    assert_eq!(report.copied.len(), 1);
    assert_eq!(report.copied[0].id.to_string(), first);
    let before = (store.snapshot(), life.store.snapshot());
    let plan = life.repository.plan_copy(&to, &options(), &progress, &cancel).await.unwrap();
    assert_eq!((store.snapshot(), life.store.snapshot()), before);
    assert_eq!((plan.copy.len(), plan.there.len(), plan.uncopied.len()), (2, 1, 0));
    let report = copy(&life.repository, &to).await.unwrap();
    assert_eq!(report.sizes, plan.sizes);
    assert!(report.sizes.bytes > 0);
    let ids = |copied: &[vault::copy::Copied]| -> Vec<Id> { copied.iter().map(|c| c.id).collect() };
    assert_eq!(ids(&report.copied), plan.copy.iter().map(|(id, _)| *id).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_is_named_must_be_there() {
    let life = Life::with_snapshots(2).await;
    let (store, to) = target().await;
    let (progress, cancel) = (Arc::new(Progress::default()), Cancel::new());
    for wanted in ["ffffffffff", "", "Latest"] {
        let options = naming(&[wanted]);
        let refused = copy_with(&life.repository, &to, &options, &progress, &cancel).await;
        let refused = refused.unwrap_err();
        assert_eq!(refused.side, Side::Source);
        assert!(matches!(refused.error, Error::NoSuchSnapshot(_)), "{refused:?}");
    }
    assert_eq!(listed(&store).await.len(), 0);
    let latest = naming(&["latest"]);
    let report = copy_with(&life.repository, &to, &latest, &progress, &cancel).await.unwrap();
    assert_eq!(report.copied[0].id, life.latest().await);
    assert_eq!(report.copied.len(), 1);
}

/// A copy that dies at every pack in turn: what an index names is not stored
/// again.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_that_broke_off_goes_on_where_it_was() {
    let life = Life::with_snapshots(3).await;
    let (empty, _) = target().await;
    let expected = life.expected.lock().unwrap().clone();
    let (mut deaths, mut went_on) = (0, 0);
    let often = CopyOptions { checkpoint: PACK_SIZE, ..CopyOptions::default() };
    for nth in 1.. {
        let broken = Arc::new(FaultStore::new(unlocked(&empty)));
        let to = open(broken.clone(), ambient(&clock(), 100 + nth)).await;
        let dead = Fault::new(Effect::error(ErrorKind::Unreachable)).below("data/");
        broken.plan([dead.on(Operation::Put).from_nth(nth)]);
        let (progress, cancel) = (Arc::new(Progress::default()), Cancel::new());
        match copy_with(&life.repository, &to, &often, &progress, &cancel).await {
            Ok(_) => break,
            Err(died) => assert_eq!(died.side, Side::Destination, "{died:?}"),
        }
        deaths += 1;
        let store = unlocked(broken.inner());
        let to = opened(&store, 200 + nth).await;
        let (named, _) = named_blobs(&to).await;
        went_on += usize::from(named > 0);
        let report = copy(&life.repository, &to).await.unwrap();
        let stored = report.sizes.data_blobs + report.sizes.tree_blobs;
        let (all, different) = named_blobs(&to).await;
        assert_eq!(named as u64 + stored, all as u64);
        assert_eq!(all, different, "nothing that an index names is stored again");
        assert_eq!(pair::whole_copies(&store, &expected).await.unwrap().len(), 3);
    }
    assert!(deaths >= 5 && went_on >= 3, "{deaths} deaths, {went_on} times something was named");
}

/// A source that goes away leaves what was read by then.
#[tokio::test(flavor = "multi_thread")]
async fn what_was_read_before_the_source_failed_is_kept() {
    let life = Life::with_snapshots(1).await;
    let source = Arc::new(FaultStore::new(unlocked(&life.store)));
    let from = open(source.clone(), ambient(&clock(), 2)).await;
    let (store, to) = target().await;
    let gone = Fault::new(Effect::error(ErrorKind::Unreachable)).on(Operation::Get).below("data/");
    source.plan([gone.from_nth(6)]);
    let failed = copy(&from, &to).await.unwrap_err();
    assert_eq!(failed.side, Side::Source, "{failed:?}");
    let (named, _) = named_blobs(&to).await;
    assert!(named > 0);
    assert_eq!(listed(&store).await.len(), 0);
    source.plan([]);
    let report = copy(&from, &to).await.unwrap();
    let stored = report.sizes.data_blobs + report.sizes.tree_blobs;
    assert_eq!(named_blobs(&to).await.0 as u64, named as u64 + stored);
}

/// Whether a snapshot can be read completely.
async fn is_readable(repository: &Repository, id: &Id) -> bool {
    let snapshot = repository.snapshot(id, &Cancel::new()).await.unwrap();
    contents_in_backup(repository, &snapshot).await.is_ok()
}

/// A byte of each pack in turn, and each pack missing, and cut short.
#[tokio::test(flavor = "multi_thread")]
async fn damage_costs_the_snapshots_that_need_it_and_no_others() {
    let life = Life::with_snapshots(3).await;
    life.back_up_something_else().await;
    let expected = life.expected.lock().unwrap().clone();
    let (mut partly, mut packs) = (0, 0);
    for key in below(&life.store, "data/") {
        packs += 1;
        for damage in ["flip", "cut", "remove"] {
            let damaged = unlocked(&life.store);
            match damage {
                "flip" => damaged.tamper(&key, |bytes| {
                    let at = bytes.len() / 3;
                    bytes[at] ^= 4;
                }),
                "cut" => damaged.tamper(&key, |bytes| bytes.truncate(bytes.len() / 2)),
                _ => damaged.remove(&key).is_some(),
            };
            let from = opened(&damaged, 7).await;
            from.load_index(&Cancel::new()).await.unwrap();
            let mut sound = BTreeSet::new();
            for id in expected.keys() {
                if is_readable(&from, id).await {
                    sound.insert(*id);
                }
            }
            let (store, to) = target().await;
            let report = copy(&from, &to).await.unwrap();
            let there = pair::whole_copies(&store, &expected).await.unwrap();
            assert_eq!(there, sound, "{damage} {key}");
            let uncopied: BTreeSet<Id> = report.uncopied.iter().map(|one| one.id).collect();
            let lost: BTreeSet<Id> = expected.keys().copied().collect();
            assert_eq!(uncopied, &lost - &sound, "{damage} {key}");
            for one in &report.uncopied {
                let told = matches!(one.error, Error::Damaged { .. } | Error::Missing(_));
                assert!(told && one.snapshot.is_some(), "{one:?}");
            }
            partly += usize::from(!sound.is_empty() && sound.len() < expected.len());
            // Nothing that is not what its name says was written.
            assert!(life::check(&to).await.is_clean(), "{damage} {key}");
        }
    }
    assert!(packs >= 10 && partly > packs, "{packs} packs, {partly} times some were lost");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_other_repository_has_need_not_be_sound_here() {
    let life = Life::with_snapshots(2).await;
    let (store, to) = target().await;
    let first = life.repository.snapshots(&Cancel::new()).await.unwrap()[0].0.to_string();
    let (progress, cancel) = (Arc::new(Progress::default()), Cancel::new());
    copy_with(&life.repository, &to, &naming(&[&first]), &progress, &cancel).await.unwrap();
    // Everything that the first snapshot needs is lost here.
    let damaged = unlocked(&life.store);
    let from = opened(&damaged, 8).await;
    from.load_index(&cancel).await.unwrap();
    let mut later = BTreeSet::new();
    for key in below(&damaged, "data/") {
        let without = unlocked(&life.store);
        without.remove(&key);
        let alone = opened(&without, 9).await;
        alone.load_index(&cancel).await.unwrap();
        if is_readable(&alone, &first.parse().unwrap()).await {
            later.insert(key);
        } else {
            damaged.remove(&key);
        }
    }
    assert!(!later.is_empty());
    let report = copy(&from, &to).await.unwrap();
    assert_eq!((report.copied.len(), report.there.len(), report.uncopied.len()), (1, 1, 0));
    let expected = life.expected.lock().unwrap().clone();
    assert_eq!(pair::whole_copies(&store, &expected).await.unwrap().len(), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_second_copy_of_a_blob_is_read_when_the_first_is_damaged() {
    // Two machines that back up at once store everything twice.
    let life = Life::with_snapshots(1).await;
    let asleep = {
        life.change();
        let asleep = life.second_machine().await;
        life.back_up().await.unwrap();
        asleep
    };
    life.wakes_up(asleep);
    let expected = life.expected.lock().unwrap().clone();
    assert_eq!(expected.len(), 3);
    let mut saved = 0;
    for key in below(&life.store, "data/") {
        let damaged = unlocked(&life.store);
        damaged.tamper(&key, |bytes| bytes.iter_mut().step_by(50).for_each(|byte| *byte ^= 1));
        let from = opened(&damaged, 7).await;
        from.load_index(&Cancel::new()).await.unwrap();
        let (store, to) = target().await;
        let report = copy(&from, &to).await.unwrap();
        let there = pair::whole_copies(&store, &expected).await.unwrap();
        for id in expected.keys() {
            assert_eq!(there.contains(id), is_readable(&from, id).await, "{key}");
        }
        saved += usize::from(report.uncopied.is_empty());
    }
    assert!(saved >= 2, "{saved}");
}

#[tokio::test(flavor = "multi_thread")]
async fn damaged_snapshot_files_stand_in_nobodys_way() {
    let life = Life::with_snapshots(3).await;
    let (store, to) = target().await;
    let keys: Vec<_> = below(&life.store, "snapshots/").into_iter().collect();
    let damaged = unlocked(&life.store);
    damaged.tamper(&keys[1], |bytes| bytes[40] ^= 1);
    let from = opened(&damaged, 7).await;
    let report = copy(&from, &to).await.unwrap();
    assert_eq!((report.copied.len(), report.uncopied.len()), (2, 1));
    assert_eq!(FileKind::Snapshot.key(&report.uncopied[0].id), keys[1]);
    assert!(report.uncopied[0].snapshot.is_none());
    // One that is damaged in the copy is copied again.
    let copy_of = FileKind::Snapshot.key(&report.copied[0].copy);
    store.tamper(&copy_of, |bytes| bytes[40] ^= 1);
    let report = copy(&from, &to).await.unwrap();
    assert_eq!((report.copied.len(), report.there.len()), (1, 1));
    assert_eq!(report.sizes, Default::default());
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_leans_on_what_is_going_to_be_deleted() {
    let life = Life::with_snapshots(2).await;
    let expected = life.expected.lock().unwrap().clone();
    let (store, to) = target().await;
    copy(&life.repository, &to).await.unwrap();
    let there = to.snapshots(&Cancel::new()).await.unwrap();
    let ids = there.iter().map(|(id, _)| *id).collect();
    let plan = vault::forget::plan_removal(&there, &ids);
    // One stays, so that a prune is possible.
    let aside = tempfile::tempdir().unwrap();
    fs::write(aside.path().join("else"), "something else").unwrap();
    let stays = back_up(&to, aside.path()).await.unwrap();
    to.forget(&plan, &host("home"), &Cancel::new()).await.ok();
    let there = to.snapshots(&Cancel::new()).await.unwrap();
    let ids = there.iter().map(|(id, _)| *id).filter(|id| *id != stays.id).collect();
    let plan = vault::forget::plan_removal(&there, &ids);
    to.forget(&plan, &host("home"), &Cancel::new()).await.unwrap();
    let plan = life::plan(&to, DAY).await.unwrap();
    assert!(plan.mark.len() > 3, "{}", plan.mark.len());
    to.prune(&plan, &host("home"), &Progress::default(), &Cancel::new()).await.unwrap();

    let report = copy(&life.repository, &to).await.unwrap();
    assert_eq!(report.copied.len(), 2);
    for marked in &plan.mark {
        assert!(store.remove(&FileKind::Pack.key(&marked.pack)).is_some());
    }
    store.remove(&FileKind::Snapshot.key(&stays.id));
    assert_eq!(pair::whole_copies(&store, &expected).await.unwrap().len(), 2);
}

/// What is lost there comes anew, with the next snapshot that needs it.
#[tokio::test(flavor = "multi_thread")]
async fn nothing_leans_on_what_is_gone_there() {
    let life = Life::with_snapshots(2).await;
    let (store, to) = target().await;
    let (progress, cancel) = (Arc::new(Progress::default()), Cancel::new());
    let first = life.repository.snapshots(&cancel).await.unwrap()[0].0.to_string();
    copy_with(&life.repository, &to, &naming(&[&first]), &progress, &cancel).await.unwrap();
    let packs: Vec<_> = below(&store, "data/").into_iter().collect();
    assert!(packs.len() > 2);
    store.remove(&packs[0]);
    store.tamper(&packs[1], |bytes| bytes.truncate(bytes.len() / 2));
    let report = copy(&life.repository, &to).await.unwrap();
    assert_eq!((report.copied.len(), report.uncopied.len()), (1, 0));
    let second = report.copied[0].copy;
    let fresh = opened(&store, 60).await;
    fresh.load_index(&cancel).await.unwrap();
    assert!(is_readable(&fresh, &second).await);
}

/// What a copy may leave that broke off: folders of which the files are not
/// there.
#[tokio::test(flavor = "multi_thread")]
async fn folders_that_are_there_are_not_taken_for_their_contents() {
    let life = Life::with_snapshots(2).await;
    let expected = life.expected.lock().unwrap().clone();
    let (store, to) = target().await;
    let cancel = Cancel::new();
    copy(&life.repository, &to).await.unwrap();
    let mut open: Vec<Id> = listed(&store).await.values().map(|one| one.tree).collect();
    let mut packs = BTreeSet::new();
    while let Some(tree) = open.pop() {
        for node in to.load_tree(&tree, &cancel).await.unwrap().nodes {
            open.extend(node.subtree);
            for id in node.content.unwrap_or_default() {
                let place = to.with_index(|index| index.find(BlobKind::Data, &id)).unwrap();
                packs.insert(FileKind::Pack.key(&place.pack));
            }
        }
    }
    for key in packs.iter().chain(&below(&store, "snapshots/")) {
        assert!(store.remove(key).is_some());
    }
    let report = copy(&life.repository, &to).await.unwrap();
    assert_eq!(report.copied.len(), 2);
    assert_eq!(report.sizes.tree_blobs, 0, "folders are there");
    assert_eq!(pair::whole_copies(&store, &expected).await.unwrap().len(), 2);
}

/// Sealed by whoever has the key, and yet not what it is called.
#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_what_its_name_says_is_not_copied() {
    let (forge, from) = Forge::new().await;
    let (truth, lie) = (Id::of(b"truth"), &b"a lie"[..]);
    let root = tree(&[file("other", &[b"sound"]), file("said", &[b"truth"])]);
    let data = [(Kind::Data, Id::of(b"sound"), &b"sound"[..]), (Kind::Data, truth, lie)];
    let root_id = Id::of(root.as_bytes());
    let packs = [forge.put_pack(&[(Kind::Tree, root_id, root.as_bytes())]), forge.put_pack(&data)];
    forge.put_index(&packs.iter().collect::<Vec<_>>());
    let snapshot = forge.put_snapshot(&root_id);
    let (store, to) = target().await;
    let report = copy(&from, &to).await.unwrap();
    let [uncopied] = &report.uncopied[..] else { panic!("{report:?}") };
    assert_eq!(uncopied.id, snapshot);
    assert!(matches!(uncopied.error, Error::Damaged { .. }), "{uncopied:?}");
    assert_eq!(listed(&store).await.len(), 0);
    let has = |id| to.with_index(|index| index.contains(BlobKind::Data, &id));
    assert_eq!((has(Id::of(b"sound")), has(truth)), (true, false));
    assert!(life::check(&to).await.is_clean());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_in_packs_that_will_be_deleted_here_is_copied() {
    let life = Life::with_snapshots(4).await;
    let asleep = life.second_machine().await;
    life.back_up_something_else().await;
    life.forget_oldest(4).await;
    life.prune(&life.plan(DAY).await.unwrap()).await.unwrap();
    life.wakes_up(asleep);
    let from = opened(&life.store, 8).await;
    from.load_index(&Cancel::new()).await.unwrap();
    let (store, to) = target().await;
    let report = copy(&from, &to).await.unwrap();
    assert!(report.uncopied.is_empty(), "{:?}", report.uncopied);
    let expected = life.expected.lock().unwrap().clone();
    let there = pair::whole_copies(&store, &expected).await.unwrap();
    assert_eq!(there.len(), expected.len());
    Disk::of(&store).check();
}

#[tokio::test(flavor = "multi_thread")]
async fn locks_are_honoured_and_held() {
    let life = Life::with_snapshots(2).await;
    let (store, to) = target().await;
    let (from, host, cancel) = (&life.repository, host("home"), Cancel::new());
    for (held, side) in [(from, Side::Source), (&to, Side::Destination)] {
        let during = held.locked(vault::LockMode::Exclusive, &host, &cancel, |_| async {
            Ok(copy(from, &to).await.unwrap_err())
        });
        let refused = during.await.unwrap();
        assert!(matches!(refused.error, Error::Locked(_)), "{refused:?}");
        assert_eq!(refused.side, side);
    }
    assert_eq!(listed(&store).await.len(), 0);

    // Nothing can be removed from either while a copy is under way.
    let progress = Arc::new(Progress::default());
    progress.control.pause();
    let aside = tempfile::tempdir().unwrap();
    fs::write(aside.path().join("else"), "something else").unwrap();
    back_up(&to, aside.path()).await.unwrap();
    let options = options();
    let copying = copy_with(from, &to, &options, &progress, &cancel);
    let pruning = async {
        until(|| !below(&store, "locks/").is_empty()).await;
        for repository in [from, &to] {
            let plan = life::plan(repository, Duration::ZERO).await.unwrap();
            let exclusive =
                repository.locked(vault::LockMode::Exclusive, &host, &cancel, |_| async { Ok(()) });
            assert!(matches!(exclusive.await, Err(Error::Locked(_))));
            drop(plan);
        }
        assert!(!progress.counted());
        progress.control.resume();
    };
    let (report, ()) = tokio::join!(copying, pruning);
    assert_eq!(report.unwrap().copied.len(), 2);
    assert!(below(&store, "locks/").is_empty() && below(&life.store, "locks/").is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn two_copies_at_once_do_no_harm() {
    let life = Life::with_snapshots(3).await;
    let expected = life.expected.lock().unwrap().clone();
    let (store, to) = target().await;
    let (second_from, second_to) = (opened(&life.store, 31).await, opened(&store, 32).await);
    let (one, other) = tokio::join!(copy(&life.repository, &to), copy(&second_from, &second_to));
    assert_eq!(one.unwrap().uncopied.len() + other.unwrap().uncopied.len(), 0);
    assert_eq!(pair::whole_copies(&store, &expected).await.unwrap().len(), 3);
    Disk::of(&store).check();
    let again = copy(&life.repository, &to).await.unwrap();
    assert_eq!((again.copied.len(), again.there.len()), (0, 3));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_repository_made_like_another_shares_its_chunks() {
    let tree = small_tree();
    fs::write(tree.path().join("long"), noise(9_000_000, 8)).unwrap();
    let (_, from) = common::in_memory().await;
    back_up(&from, tree.path()).await.unwrap();
    let polynomial = from.config().chunker_polynomial;
    let mut added = Vec::new();
    for polynomial in [Some(polynomial), None] {
        let options = InitOptions { cost: common::CHEAP, polynomial };
        let ambient = ambient(&clock(), 17);
        let (store, pass, cancel) = (Arc::new(MemoryStore::new()), passphrase(), Cancel::new());
        let made = Repository::init(store, &pass, options, &host("home"), ambient, &cancel).await;
        let to = Arc::new(made.unwrap());
        copy(&from, &to).await.unwrap();
        let options = BackupOptions {
            parent: ParentChoice::None,
            ..BackupOptions::new(vec![tree.path().to_owned()])
        };
        let again = common::back_up_with(&to, &options).await.unwrap();
        added.push(again.summary.data_blobs);
    }
    assert_eq!(added[0], 0);
    assert!(added[1] > 5, "{added:?}");
}

/// More than all that may be on its way at once, in packs of the usual size.
#[tokio::test(flavor = "multi_thread")]
async fn more_than_the_memory_goes_through() {
    let tree = tempfile::tempdir().unwrap();
    for number in 0..5 {
        fs::write(tree.path().join(format!("{number}")), noise(20 << 20, number)).unwrap();
    }
    for number in 0..3_000 {
        fs::write(tree.path().join(format!("small-{number}")), noise(300, 100 + number)).unwrap();
    }
    let (_, from) = common::in_memory().await;
    back_up(&from, tree.path()).await.unwrap();
    let store = MemoryStore::new();
    let to = common::init(Arc::new(store.clone()), ambient(&clock(), 9)).await;
    let progress = Arc::new(Progress::default());
    let all = CopyOptions::default();
    let report = copy_with(&from, &to, &all, &progress, &Cancel::new()).await.unwrap();
    assert_eq!(report.copied.len(), 1);
    assert!(life::check(&to).await.is_clean());
    assert!(progress.counted());
    assert_eq!(progress.bytes_total.get(), report.sizes.bytes);
    assert_eq!(progress.bytes_done.get(), report.sizes.bytes);
    assert_eq!((progress.files_total.get(), progress.files_done.get()), (1, 1));
    assert_eq!(progress.waiting(), 0);
    // Packs are as full as they should be.
    assert!(below(&store, "data/").len() <= 9, "{}", below(&store, "data/").len());
}

type Broken = Arc<FaultStore<MemoryStore>>;

/// Opens both, and counts their operations from then on.
async fn both(source: &Broken, target: &Broken) -> (Arc<Repository>, Arc<Repository>) {
    let from = open(source.clone(), ambient(&clock(), 5)).await;
    let to = open(target.clone(), ambient(&clock(), 6)).await;
    source.plan([]);
    target.plan([]);
    (from, to)
}

/// One of both repositories stops to answer at any operation, and does not even
/// answer to what tidies up after that.
#[tokio::test(start_paused = true)]
async fn a_copy_that_hangs_can_be_cancelled() {
    let life = Life::with_snapshots(1).await;
    let (empty, _) = target().await;
    let broken = |store: &MemoryStore| Arc::new(FaultStore::new(unlocked(store)));
    let (source, target) = (broken(&life.store), broken(&empty));
    let (from, to) = both(&source, &target).await;
    copy(&from, &to).await.unwrap();
    let kinds =
        [Operation::Put, Operation::Get, Operation::Stat, Operation::List, Operation::Delete];
    let mut cases = 0;
    for side in [Side::Source, Side::Destination] {
        let sound = if side == Side::Source { &source } else { &target };
        let each =
            kinds.iter().flat_map(|kind| (1..=sound.count(*kind)).map(move |nth| (*kind, nth)));
        for (kind, nth) in each {
            let (source, target) = (broken(&life.store), broken(&empty));
            let (from, to) = both(&source, &target).await;
            let hangs = if side == Side::Source { &source } else { &target };
            let hang = Fault::new(Effect::Delay(LONG));
            hangs.plan([hang.clone().on(kind).from_nth(nth as u64), hang.on(Operation::Delete)]);
            let (cancel, progress) = (Cancel::new(), Arc::new(Progress::default()));
            let cancelling = async {
                // Locks go last, and hang as well.
                while hangs.count(kind) < nth && hangs.count(Operation::Delete) == 0 {
                    // By hand: left to itself, the clock jumps over the day.
                    tokio::time::advance(Duration::from_millis(1)).await;
                    std::thread::sleep(Duration::from_micros(100));
                }
                cancel.cancel();
                tokio::time::Instant::now()
            };
            let all = options();
            let copying = async {
                let result = copy_with(&from, &to, &all, &progress, &cancel).await;
                (result, tokio::time::Instant::now())
            };
            let ((result, ended), cancelled) = tokio::join!(copying, cancelling);
            let was_done = result.is_ok() && hangs.count(Operation::Delete) > 0;
            let was_cancelled =
                result.as_ref().is_err_and(|failed| matches!(failed.error, Error::Cancelled));
            assert!(was_cancelled || was_done, "{side:?}, {kind:?} {nth}: {result:?}");
            let took = ended - cancelled;
            // The locks of both are waited for.
            assert!(took <= Duration::from_secs(1), "{side:?}, {kind:?} {nth}: {took:?}");
            cases += 1;
        }
    }
    assert!(cases > 25, "{cases}");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_moves_while_a_copy_is_paused() {
    let tree = tempfile::tempdir().unwrap();
    fs::write(tree.path().join("long"), noise(40 << 20, 3)).unwrap();
    let (_, from) = common::in_memory().await;
    back_up(&from, tree.path()).await.unwrap();
    let (store, to) = target().await;
    let (progress, cancel) = (Arc::new(Progress::default()), Cancel::new());
    let watching = async {
        until(|| progress.bytes_done.get() > 0).await;
        progress.control.pause();
        let state =
            || (progress.bytes_done.get(), progress.bytes_moved.get(), store.objects().len());
        // What is under way comes to its end.
        tokio::time::sleep(Duration::from_secs(2)).await;
        let before = state();
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert_eq!(state(), before);
        assert!(before.0 < 40 << 20, "it was paused before its end");
        progress.control.resume();
    };
    let options = options();
    let copying = copy_with(&from, &to, &options, &progress, &cancel);
    let (report, ()) = tokio::join!(copying, watching);
    assert_eq!(report.unwrap().copied.len(), 1);
}
