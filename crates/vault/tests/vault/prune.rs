//! Pruning: what it finds, what it changes, and where it refuses.

use crate::{
    common::{self, ambient, host, open},
    forge::{self, Forge},
    judge::Disk,
    life::{self, DAY, Life, PACK_SIZE, packs},
};
use std::{collections::BTreeSet, sync::Arc, time::Duration};
use storage::{Cancel, MemoryStore};
use vault::{
    Error, Progress,
    format::Id,
    layout::FileKind,
    prune::{PruneOptions, Why},
};

#[tokio::test(flavor = "multi_thread")]
async fn two_fifths_are_forgotten_and_their_room_is_free_at_once() {
    let life = Life::with_snapshots(5).await;
    life.forget_oldest(2).await;
    let before = life.bytes();
    let plan = life.plan(Duration::ZERO).await.unwrap();
    let report = life.prune(&plan).await.unwrap();
    let after = life.bytes();
    assert!(report.bytes_deleted > 0 && report.packs_repacked > 0 && report.packs_marked == 0);
    assert_eq!(plan.figures.bytes, before);
    // The plan said so; headers of fewer packs make a small difference.
    assert!(plan.figures.bytes_after.abs_diff(after) < before / 50, "{plan:?} {after}");
    assert_eq!(report.bytes_deleted - report.bytes_written, before - after);
    let left = life.plan(Duration::ZERO).await.unwrap().figures;
    assert!(left.unused * 20 <= left.used + left.unused, "{left:?}");
    assert_eq!(left.unused, plan.figures.unused_after);
    life.is_whole().await;
    Disk::of(&life.store).check();
    Disk::of_old(&life.store).check();
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_goes_before_the_grace_is_over() {
    let life = Life::with_snapshots(5).await;
    life.forget_oldest(2).await;
    let before = packs(&life.store);
    let plan = life.plan(DAY).await.unwrap();
    let report = life.prune(&plan).await.unwrap();
    assert_eq!((report.packs_deleted, report.packs_marked > 3), (0, true));
    assert!(before.is_subset(&packs(&life.store)), "nothing was deleted");
    life.is_whole().await;
    // restic does not know what is marked.
    let said = Disk::of(&life.store).check();
    assert!(said.contains("additional files were found"), "{said}");

    for early in [Duration::ZERO, Duration::from_secs(60), DAY - Duration::from_secs(61)] {
        life.clock.advance(early);
        let plan = life.plan(DAY).await.unwrap();
        assert!(plan.is_empty() && plan.waiting.len() as u64 == report.packs_marked, "{plan:?}");
    }
    // A clock that was set back makes nothing older.
    let now = life.clock_now();
    life.clock.set("2020-01-01T00:00:00Z".parse().unwrap());
    assert!(life.plan(DAY).await.unwrap().is_empty());
    life.clock.set(now);

    life.clock.advance(Duration::from_secs(1));
    let plan = life.plan(DAY).await.unwrap();
    assert!(plan.delete.iter().all(|change| change.why == Why::Waited));
    let deleted = life.prune(&plan).await.unwrap();
    assert_eq!(deleted.packs_deleted, report.packs_marked);
    assert!(life.plan(DAY).await.unwrap().is_empty(), "there is nothing left to do");
    life.is_whole().await;
    let said = Disk::of(&life.store).check();
    assert!(!said.contains("additional files were found"), "{said}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_machine_that_slept_through_the_first_phase_keeps_its_snapshot() {
    let life = Life::with_snapshots(4).await;
    // It has read the index, and thinks that everything is there.
    let asleep = life.second_machine().await;
    life.back_up_something_else().await;
    life.forget_oldest(4).await;
    let plan = life.plan(DAY).await.unwrap();
    let marked = life.prune(&plan).await.unwrap().packs_marked;
    assert!(marked > 0);
    life.clock.advance(Duration::from_secs(23 * 3600));
    life.wakes_up(asleep);
    assert_eq!(life.snapshots().await, 2);
    life.is_whole().await;

    life.clock.advance(Duration::from_secs(2 * 3600));
    let plan = life.plan(DAY).await.unwrap();
    assert!(!plan.unmark.is_empty() && !plan.delete.is_empty(), "{plan:?}");
    life.prune(&plan).await.unwrap();
    life.is_whole().await;
    Disk::of(&life.store).check();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_backup_takes_nothing_marked_for_stored() {
    let life = Life::with_snapshots(3).await;
    life.back_up_something_else().await;
    life.forget_oldest(3).await;
    life.prune(&life.plan(DAY).await.unwrap()).await.unwrap();
    life.back_up().await.unwrap();
    Disk::of(&life.store).check();
    life.clock.advance(DAY);
    let plan = life.plan(DAY).await.unwrap();
    assert!(plan.unmark.is_empty() && !plan.delete.is_empty());
    life.prune(&plan).await.unwrap();
    life.is_whole().await;
    Disk::of(&life.store).check();
}

#[tokio::test(flavor = "multi_thread")]
async fn what_an_interrupted_backup_left_goes_as_well() {
    let life = Life::with_snapshots(2).await;
    let index = life.only_index_of_the_last_backup();
    let before = packs(&life.store);
    life.store.remove(&FileKind::Index.key(&index));
    let latest = life.latest().await;
    life.store.remove(&FileKind::Snapshot.key(&latest));
    life.lost(&latest);

    let plan = life.plan(DAY).await.unwrap();
    assert!(plan.mark.iter().any(|change| change.why == Why::Orphan), "{plan:?}");
    life.prune(&plan).await.unwrap();
    assert_eq!(packs(&life.store), before);
    let report = life.check().await;
    assert_eq!(report.findings, [], "what is marked is no orphan");
    life.clock.advance(DAY);
    let plan = life.plan(DAY).await.unwrap();
    assert_eq!(plan.delete.len(), before.len() - life.packs_in_use().await);
    life.prune(&plan).await.unwrap();
    life.is_whole().await;
    Disk::of(&life.store).check();
}

#[tokio::test(flavor = "multi_thread")]
async fn small_packs_and_index_files_are_merged() {
    let life = Life::new(16 << 20).await;
    for _ in 0..12 {
        life.change();
        life.back_up().await.unwrap();
    }
    let count = |store: &MemoryStore, folder: &str| {
        store.objects().iter().filter(|key| key.as_str().starts_with(folder)).count()
    };
    assert!(count(&life.store, "data/") >= 24 && count(&life.store, "index/") == 12);
    let plan = life.plan(Duration::ZERO).await.unwrap();
    assert!(plan.repack.iter().all(|repack| repack.change.why == Why::Small));
    life.prune(&plan).await.unwrap();
    assert_eq!((count(&life.store, "data/"), count(&life.store, "index/")), (2, 1));
    life.is_whole().await;
    Disk::of(&life.store).check();
    assert!(life.plan(Duration::ZERO).await.unwrap().is_empty(), "once is enough");
}

/// A folder that has gone, or cannot be read, must not pass for one of which
/// everything was forgotten.
#[tokio::test(flavor = "multi_thread")]
async fn without_any_snapshot_nothing_is_taken_for_unneeded() {
    let life = Life::with_snapshots(3).await;
    let before = packs(&life.store);
    life.forget_oldest(3).await;
    for grace in [Duration::ZERO, DAY] {
        let refused = life.plan(grace).await;
        assert!(matches!(refused, Err(Error::NoSnapshots)), "{refused:?}");
    }
    assert_eq!(packs(&life.store), before);
    let empty = Life::new(PACK_SIZE).await;
    assert!(empty.plan(Duration::ZERO).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_is_missing_or_damaged_stops_it() {
    let life = Life::with_snapshots(3).await;
    life.forget_oldest(1).await;
    let before = life.store.snapshot();
    for key in before.keys() {
        let (folder, _) = key.as_str().split_once('/').unwrap_or_default();
        for lost in [true, false] {
            let store = MemoryStore::from_snapshot(before.clone()).with_pack_size(PACK_SIZE);
            if lost {
                store.remove(key);
            } else {
                store.tamper(key, |bytes| bytes.truncate(bytes.len() / 2));
            }
            // What opens the repository is another matter.
            if matches!(folder, "" | "keys") {
                continue;
            }
            let damaged = store.snapshot();
            let repository = open(Arc::new(store.clone()), ambient(&life.clock, 3)).await;
            let options = PruneOptions { grace: Duration::ZERO, ..PruneOptions::default() };
            let progress = Progress::default();
            let plan = repository.plan_prune(&options, &progress, &Cancel::new()).await;
            let must_stop = match folder {
                // A snapshot that is gone was removed by somebody.
                "snapshots" => !lost,
                "index" => true,
                _ => life.needs(key).await,
            };
            if must_stop {
                let stopped = matches!(plan, Err(Error::Damaged { .. } | Error::Missing(_)));
                assert!(stopped, "{key} {lost} {plan:?}");
                assert_eq!(store.snapshot(), damaged);
                continue;
            }
            let plan = plan.unwrap_or_else(|error| panic!("{key} {lost}: {error}"));
            repository.prune(&plan, &host("home"), &progress, &Cancel::new()).await.unwrap();
            let report = life::check(&repository).await;
            assert_eq!(report.findings, [], "{key} {lost}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_snapshot_that_is_known_and_not_listed_stops_it() {
    let life = Life::with_snapshots(2).await;
    let known = BTreeSet::from([life.latest().await, Id::of(b"another")]);
    let options = PruneOptions { known, ..PruneOptions::default() };
    let progress = Progress::default();
    let plan = life.repository.plan_prune(&options, &progress, &Cancel::new()).await;
    assert!(matches!(plan, Err(Error::Missing(_))), "{plan:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_plan_is_carried_out_on_nothing_else_than_it_was_made_for() {
    let life = Life::with_snapshots(3).await;
    life.forget_oldest(1).await;
    let plan = life.plan(Duration::ZERO).await.unwrap();
    let json = serde_json::to_vec(&plan).unwrap();
    assert_eq!(serde_json::from_slice::<vault::prune::PrunePlan>(&json).unwrap(), plan);

    life.change();
    life.back_up().await.unwrap();
    let before = life.store.snapshot();
    let refused = life.prune(&plan).await;
    assert!(matches!(refused, Err(Error::PlanOutdated)), "{refused:?}");
    assert_eq!(life.store.snapshot(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_limit_decides_how_much_is_written_anew() {
    let life = Life::with_snapshots(5).await;
    life.forget_oldest(3).await;
    let mut last = 0;
    for percent in [100.0, 20.0, 5.0, 0.0] {
        let options = PruneOptions { max_unused: percent, ..PruneOptions::default() };
        let progress = Progress::default();
        let plan = life.repository.plan_prune(&options, &progress, &Cancel::new()).await.unwrap();
        let partly = plan.repack.iter().filter(|repack| repack.change.why == Why::PartlyUsed);
        let partly = partly.count();
        assert!(partly >= last, "{percent}");
        last = partly;
        let figures = plan.figures;
        #[expect(clippy::cast_precision_loss, reason = "small numbers")]
        let share = figures.unused_after as f64 / (figures.used + figures.unused_after) as f64;
        assert!(share * 100.0 <= percent, "{percent}: {figures:?}");
        match percent {
            100.0 => assert_eq!(partly, 0),
            0.0 => assert_eq!(figures.unused_after, 0),
            _ => {}
        }
    }
    assert!(last > 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn copies_of_blobs_are_unneeded() {
    let (forge, repository) = Forge::new().await;
    let contents = [common::noise(1000, 1), common::noise(2000, 2), common::noise(3000, 3)];
    let [a, b, c] = contents.each_ref().map(|bytes| (forge::Kind::Data, Id::of(bytes), &**bytes));
    let tree = forge::tree(&[forge::file("all", &[a.2, b.2, c.2])]);
    let id = Id::of(tree.as_bytes());
    let trees = forge.put_pack(&[(forge::Kind::Tree, id, tree.as_bytes())]);
    let (both, copy, rest) =
        (forge.put_pack(&[a, b]), forge.put_pack(&[a]), forge.put_pack(&[b, c]));
    forge.put_index(&[&copy, &both]);
    forge.put_index(&[&rest, &trees]);
    // The same pack once more, as after an interrupted prune.
    forge.put_index(&[&rest]);
    forge.put_snapshot(&id);
    let options =
        PruneOptions { grace: Duration::ZERO, max_unused: 0.0, ..PruneOptions::default() };
    let (progress, cancel) = (Progress::default(), Cancel::new());
    let plan = repository.plan_prune(&options, &progress, &cancel).await.unwrap();
    assert_eq!(plan.figures.used + plan.figures.unused, plan.figures.bytes - 4 * 36);
    assert!(plan.figures.unused > 2900, "{:?}", plan.figures);
    repository.prune(&plan, &host("home"), &progress, &cancel).await.unwrap();
    let again = repository.plan_prune(&options, &progress, &cancel).await.unwrap();
    assert!(again.figures.unused == 0 && again.is_empty(), "{again:?}");
    assert_eq!(life::check(&repository).await.findings, []);
    Disk::of(&forge.store).check();
}

#[tokio::test(flavor = "multi_thread")]
async fn restic_prunes_what_we_marked() {
    let life = Life::with_snapshots(4).await;
    life.forget_oldest(2).await;
    life.prune(&life.plan(DAY).await.unwrap()).await.unwrap();
    let disk = Disk::of(&life.store);
    disk.run(["prune", "--max-unused", "0"]);
    disk.check();
    let pruned = life.continued(disk.store()).await;
    pruned.is_whole().await;
    let plan = pruned.plan(DAY).await.unwrap();
    assert!(plan.waiting.is_empty() && plan.delete.is_empty() && plan.mark.is_empty(), "{plan:?}");
    pruned.change();
    pruned.back_up().await.unwrap();
    pruned.is_whole().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn we_prune_what_restic_wrote() {
    let life = Life::new(PACK_SIZE).await;
    let disk = Disk::of(&life.store);
    for _ in 0..5 {
        life.change();
        disk.back_up(life.tree.path());
    }
    disk.run(["forget", "--keep-last", "3"]);
    let life = life.continued(disk.store()).await;
    for grace in [DAY, Duration::ZERO] {
        let plan = life.plan(grace).await.unwrap();
        assert!(plan.figures.unused > 0 || !plan.waiting.is_empty());
        life.prune(&plan).await.unwrap();
        let disk = Disk::of(&life.store);
        disk.check();
        let (ours, theirs) = (life.tree.path(), disk.restore("latest"));
        let theirs = theirs.join(ours.strip_prefix("/").unwrap());
        let relative = |root: &std::path::Path| {
            let all = common::contents_on_disk(root).into_iter();
            all.map(|(path, bytes)| (path.strip_prefix(root).unwrap().to_owned(), bytes))
                .collect::<std::collections::BTreeMap<_, _>>()
        };
        assert_eq!(relative(ours), relative(&theirs));
    }
    let left = life.plan(Duration::ZERO).await.unwrap().figures;
    assert!(left.unused * 20 <= left.used + left.unused, "{left:?}");
}
