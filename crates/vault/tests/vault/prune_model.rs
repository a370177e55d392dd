//! Anything in any order: backups, forgetting, pruning with and without grace,
//! time, sudden ends, and a second machine that works on an old view of the
//! repository. What was reported stays readable, and in the end restic agrees.

use crate::{
    common::{ambient, contents_on_disk, host, open},
    dice::cases,
    judge::Disk,
    life::{self, Asleep, DAY, Life, PACK_SIZE},
};
use futures_util::{StreamExt, stream};
use std::{collections::BTreeSet, fmt::Write, sync::Arc, time::Duration};
use storage::{
    Cancel, ErrorKind, FaultStore,
    fault::{Effect, Fault},
};
use vault::{
    Progress, Repository,
    forget::plan_removal,
    format::Id,
    prune::{PruneOptions, Why},
};

const HOUR: Duration = Duration::from_secs(60 * 60);

/// What has happened, of one case or of all.
#[derive(Clone, Copy, Debug, Default)]
struct Tally {
    backups: u64,
    forgotten: u64,
    pruned: u64,
    marked: u64,
    unmarked: u64,
    deleted: u64,
    repacked: u64,
    dead: u64,
    woken: u64,
}

struct Case {
    life: Life,
    /// A snapshot of something else, which stays: of a repository without any,
    /// nothing is pruned.
    stays: Id,
    /// A machine that sleeps, what of it has arrived already, and for how long
    /// it may go on sleeping.
    asleep: Option<(Asleep, Duration)>,
    story: String,
    tally: Tally,
}

impl Case {
    async fn run(seed: u64) -> Tally {
        let life = Life::seeded(PACK_SIZE, seed).await;
        let stays = life.back_up_something_else().await;
        let (story, tally) = (String::new(), Tally::default());
        let mut case = Self { life, stays, asleep: None, story, tally };
        case.back_up().await;
        for _ in 0..18 {
            case.step().await;
            case.judge(seed).await;
        }
        case.end(seed).await;
        case.tally
    }

    fn note(&mut self, what: std::fmt::Arguments<'_>) {
        let _ = write!(self.story, "{what}; ");
    }

    async fn step(&mut self) {
        match self.life.dice.below(12) {
            0..=1 => self.back_up().await,
            2..=3 => self.forget().await,
            4..=6 => self.prune().await,
            7..=8 => self.time().await,
            9..=10 => self.sleep().await,
            _ => self.arrive(),
        }
    }

    /// The repository of a process that may end suddenly, and whether it does.
    async fn mortal(&mut self) -> (Arc<Repository>, bool) {
        let store = Arc::new(FaultStore::new(self.life.store.clone()));
        let seed = self.life.dice.below(u64::MAX);
        let repository = open(store.clone(), ambient(&self.life.clock, seed)).await;
        let dies = self.life.dice.one_in(3);
        if dies {
            let nth = 1 + self.life.dice.below(60);
            store.plan([Fault::new(Effect::error(ErrorKind::Unreachable)).from_nth(nth)]);
            self.note(format_args!("dies at {nth}"));
        }
        (repository, dies)
    }

    /// A process that has ended leaves its lock behind, and it has run out when
    /// the next one comes.
    fn remove_locks(&self) {
        for key in self.life.store.objects() {
            if key.as_str().starts_with("locks/") {
                self.life.store.remove(&key);
            }
        }
    }

    async fn back_up(&mut self) {
        self.life.change();
        let (repository, _) = self.mortal().await;
        let made = self.life.back_up_with(&repository).await;
        self.remove_locks();
        self.note(format_args!("backup {}", made.is_ok()));
        match made {
            Ok(id) => {
                self.life.expect(id, contents_on_disk(self.life.tree.path()));
                self.tally.backups += 1;
            }
            Err(_) => self.tally.dead += 1,
        }
    }

    async fn forget(&mut self) {
        let (repository, _) = self.mortal().await;
        let cancel = Cancel::new();
        let Ok(snapshots) = repository.snapshots(&cancel).await else { return };
        let one_in = 1 + self.life.dice.below(3);
        let picked = snapshots.iter().map(|(id, _)| *id).filter(|id| *id != self.stays);
        let gone: BTreeSet<Id> = picked.filter(|_| self.life.dice.one_in(one_in)).collect();
        let plan = plan_removal(&snapshots, &gone);
        let done = repository.forget(&plan, &host("home"), &cancel).await;
        self.remove_locks();
        self.note(format_args!("forget {} {}", gone.len(), done.is_ok()));
        // Some of them may be gone when it ended suddenly.
        gone.iter().for_each(|id| self.life.lost(id));
        match done {
            Ok(removed) => self.tally.forgotten += removed.len() as u64,
            Err(_) => self.tally.dead += 1,
        }
    }

    async fn prune(&mut self) {
        // Without grace nobody may be asleep.
        let instant = self.asleep.is_none() && self.life.dice.one_in(3);
        let grace = if instant { Duration::ZERO } else { DAY };
        let max_unused = [0.0, 5.0, 30.0, 100.0][self.life.dice.index(4)];
        let options = PruneOptions { grace, max_unused, ..PruneOptions::default() };
        let (repository, dies) = self.mortal().await;
        let progress = Progress::default();
        let pruned = async {
            let plan = repository.plan_prune(&options, &progress, &Cancel::new()).await?;
            assert!(!instant || plan.mark.is_empty());
            assert!(instant || plan.delete.iter().all(|change| change.why == Why::Waited));
            repository.prune(&plan, &host("home"), &progress, &Cancel::new()).await
        };
        let done = pruned.await;
        self.remove_locks();
        self.note(format_args!("prune {instant} {max_unused} {}", done.is_ok()));
        match done {
            Ok(report) => {
                self.tally.pruned += 1;
                self.tally.marked += report.packs_marked;
                self.tally.unmarked += report.packs_unmarked;
                self.tally.deleted += report.packs_deleted;
                self.tally.repacked += report.packs_repacked;
            }
            Err(error) => {
                assert!(dies, "{error}: {}", self.story);
                self.tally.dead += 1;
            }
        }
    }

    async fn time(&mut self) {
        let mut hours = 1 + self.life.dice.below(40);
        if let Some((_, left)) = &mut self.asleep {
            // Who sleeps for longer than the grace may lose what it writes then.
            hours = hours.min(left.as_secs() / 3600);
            *left -= HOUR * u32::try_from(hours).unwrap();
        }
        self.life.clock.advance(HOUR * u32::try_from(hours).unwrap());
        self.note(format_args!("{hours} hours"));
    }

    async fn sleep(&mut self) {
        if self.asleep.is_none() {
            self.life.change();
            let asleep = self.life.second_machine().await;
            self.note(format_args!("the other begins {}", asleep.snapshot.short()));
            // Its clock, and those few minutes that the others take to change
            // files, stay below the grace.
            self.asleep = Some((asleep, DAY - 2 * HOUR));
        }
    }

    /// Its packs come first, perhaps long before its snapshot does.
    fn arrive(&mut self) {
        let Some((asleep, left)) = self.asleep.take() else { return };
        let packs = asleep.written.iter().filter(|(key, _)| key.as_str().starts_with("data/"));
        let early = packs.clone().any(|(key, _)| !self.life.store.snapshot().contains_key(key));
        if early && self.life.dice.one_in(2) {
            for (key, bytes) in packs {
                self.life.store.insert(key.clone(), bytes.clone());
            }
            self.note(format_args!("packs of the other arrive"));
            self.asleep = Some((asleep, left));
        } else {
            self.note(format_args!("the other arrives"));
            self.life.wakes_up(asleep);
            self.tally.woken += 1;
        }
    }

    async fn judge(&self, seed: u64) {
        let expected = self.life.expected.lock().unwrap().clone();
        let whole = life::whole(Arc::new(self.life.store.clone()), &expected).await;
        whole.unwrap_or_else(|error| panic!("seed {seed}: {error} after {}", self.story));
    }

    /// All wake up, the grace passes, and what is left is as it should be.
    async fn end(&mut self, seed: u64) {
        if let Some((asleep, _)) = self.asleep.take() {
            self.life.wakes_up(asleep);
        }
        for _ in 0..3 {
            let plan = self.life.plan(DAY).await.unwrap();
            self.life.prune(&plan).await.unwrap();
            self.judge(seed).await;
            self.life.clock.advance(DAY);
        }
        let left = self.life.plan(DAY).await.unwrap();
        assert!(left.is_empty() && left.waiting.is_empty(), "seed {seed}: {left:?} {}", self.story);
        let figures = left.figures;
        let all = figures.used + figures.unused;
        assert!(figures.unused * 20 <= all, "seed {seed}: {figures:?}");
        let report = life::check(&self.life.repository).await;
        assert_eq!(report.findings, [], "seed {seed}: {}", self.story);
        let (sound, said) = Disk::of(&self.life.store).try_run(["check", "--read-data"]);
        assert!(sound && !said.contains("additional"), "seed {seed}: {said} {}", self.story);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whatever_happens_in_whatever_order_no_reported_snapshot_is_lost() {
    let count = cases(24);
    let tallies: Vec<Tally> = stream::iter(0..count)
        .map(|seed| tokio::spawn(Case::run(1000 + seed)))
        .buffer_unordered(12)
        .map(|ended| ended.unwrap())
        .collect()
        .await;
    let sum = |of: fn(&Tally) -> u64| tallies.iter().map(of).sum::<u64>();
    let happened = [
        ("backups", sum(|tally| tally.backups)),
        ("snapshots forgotten", sum(|tally| tally.forgotten)),
        ("prunes", sum(|tally| tally.pruned)),
        ("packs marked", sum(|tally| tally.marked)),
        ("packs unmarked", sum(|tally| tally.unmarked)),
        ("packs deleted", sum(|tally| tally.deleted)),
        ("packs written anew", sum(|tally| tally.repacked)),
        ("sudden ends", sum(|tally| tally.dead)),
        ("late arrivals", sum(|tally| tally.woken)),
    ];
    println!("{count} cases: {happened:?}");
    tests::trials::tried("a story of 18 random steps", tallies.len());
    for (what, times) in happened {
        // In more cases not all of it comes as much more often.
        assert!(times >= count.min(24) / 8, "{what}: {times}");
    }
}
