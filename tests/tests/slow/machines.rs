//! Two machines on one repository, one with Keepstead and one with restic: they
//! back up, forget and prune in any order, also at the same time, and are killed
//! at any moment. What either reported stays readable by both.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    thread,
    time::Duration,
};

use model::random::{Random, SeededRandom};
use rustix::process::Signal;
use tests::{
    content,
    engine::Engine,
    keepstead::Keepstead,
    program::{Outcome, Running},
    restic::Restic,
    sandbox::{Sandbox, files_below, restored},
};

/// Stories that are told, unless `KEEPSTEAD_CASES` says how many.
const CASES: u64 = 12;
const STEPS: u64 = 25;

/// What the files of a source hold.
type Contents = BTreeMap<PathBuf, Vec<u8>>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Machine {
    Keepstead,
    Restic,
}

/// What has happened in all stories.
#[derive(Debug, Default)]
struct Tally {
    backups: u64,
    forgotten: u64,
    pruned: u64,
    killed: u64,
    refused: u64,
    at_once: u64,
    restored: u64,
}

struct Story<'a> {
    sandbox: &'a Sandbox,
    keepstead: Keepstead,
    restic: Restic,
    dice: SeededRandom,
    /// What each snapshot holds that was reported and not given up since.
    reported: BTreeMap<String, (PathBuf, Contents)>,
    told: String,
    tally: &'a mut Tally,
}

/// Work that goes on.
struct Work {
    machine: Machine,
    running: Running,
    /// What a backup is of.
    source: Option<(PathBuf, Contents)>,
}

impl Story<'_> {
    fn below(&mut self, end: u64) -> u64 {
        let mut bytes = [0; 8];
        self.dice.fill(&mut bytes);
        u64::from_le_bytes(bytes) % end
    }

    fn machine(&mut self) -> Machine {
        if self.below(2) == 0 { Machine::Keepstead } else { Machine::Restic }
    }

    fn start(&self, machine: Machine, verb: &str, arguments: &[&str]) -> Running {
        match machine {
            Machine::Keepstead => self.keepstead.start(verb, arguments),
            Machine::Restic => self.restic.start([&[verb], arguments].concat()),
        }
    }

    fn step(&mut self) {
        match self.below(10) {
            0..=2 => {
                let one = self.backup(0);
                self.end(one);
            }
            3 => self.forget(),
            4..=6 => {
                let one = self.prune();
                self.end(one);
            }
            _ => {
                let one = self.any(0);
                let other = self.any(1);
                self.tally.at_once += 1;
                // Neither knows of the other, which may be killed.
                self.end(one);
                self.end(other);
            }
        }
        self.judge_one();
    }

    fn any(&mut self, source: u8) -> Work {
        if self.below(2) == 0 { self.backup(source) } else { self.prune() }
    }

    /// Changes a source of one of the machines, and backs it up.
    fn backup(&mut self, source: u8) -> Work {
        let machine = self.machine();
        let source = self.sandbox.path(&format!("source {source} of {machine:?}"));
        fs::create_dir_all(source.join("folder")).expect("a folder");
        for _ in 0..=self.below(3) {
            let (number, seed) = (self.below(6), self.below(9));
            let file = source.join("folder").join(number.to_string());
            // The same few contents again and again: what was forgotten is
            // needed once more.
            let length = 200_000 + 700_000 * usize::try_from(seed).expect("a digit");
            fs::write(file, content::random(seed, length)).expect("a file");
        }
        let contents = contents(&source);
        self.told += &format!("{machine:?} backs up; ");
        let path = source.to_str().expect("text").to_owned();
        let running = self.start(machine, "backup", &[&path, "--json"]);
        Work { machine, running, source: Some((source, contents)) }
    }

    fn prune(&mut self) -> Work {
        let machine = self.machine();
        let arguments: &[&str] = match (machine, self.below(3)) {
            (_, 0) => &[],
            (Machine::Restic, _) => &["--max-unused", "0"],
            (Machine::Keepstead, _) => &["--grace", "0", "--max-unused", "0"],
        };
        self.told += &format!("{machine:?} prunes {arguments:?}; ");
        Work { machine, running: self.start(machine, "prune", arguments), source: None }
    }

    /// Lets work end, or kills it.
    fn end(&mut self, Work { machine, running, source }: Work) {
        if self.below(3) == 0 {
            thread::sleep(Duration::from_millis(self.below(250)));
            running.signal(Signal::KILL);
        }
        let outcome = running.finish();
        let done = outcome.code == Some(0);
        if outcome.signal.is_some() {
            self.told += &format!("{machine:?} is killed; ");
            self.tally.killed += 1;
            // Removes what a process left that is gone, and only that.
            let _ = self.restic.run(["unlock"]).succeeds();
        } else if !done {
            assert!(is_locked(&outcome), "{}\n{outcome}", self.told);
            self.tally.refused += 1;
        }
        match source {
            None => self.tally.pruned += u64::from(done),
            Some(source) => {
                // Also of one that was killed after it said so.
                let id = reported(&outcome);
                assert!(id.is_some() || !done, "{outcome}");
                if let Some(id) = id {
                    self.tally.backups += 1;
                    self.reported.insert(id, source);
                }
            }
        }
    }

    fn forget(&mut self) {
        let ids: Vec<String> = self.reported.keys().cloned().collect();
        let mut gone: Vec<String> = ids.into_iter().filter(|_| self.below(2) == 0).collect();
        // Of a repository without any, Keepstead prunes nothing.
        if gone.len() == self.reported.len() {
            gone.pop();
        }
        if gone.is_empty() {
            return;
        }
        for id in &gone {
            self.judge(id);
            self.reported.remove(id);
        }
        let machine = self.machine();
        self.told += &format!("{machine:?} forgets {gone:?}; ");
        self.tally.forgotten += gone.len() as u64;
        let gone: Vec<&str> = gone.iter().map(String::as_str).collect();
        let running = self.start(machine, "forget", &gone);
        self.end(Work { machine, running, source: None });
    }

    fn judge_one(&mut self) {
        let ids: Vec<String> = self.reported.keys().cloned().collect();
        if !ids.is_empty() {
            let at = self.below(ids.len() as u64);
            self.judge(&ids[usize::try_from(at).expect("few")]);
        }
    }

    /// One of the machines brings a snapshot back.
    fn judge(&mut self, id: &str) {
        let machine = self.machine();
        self.restores(machine, id);
    }

    fn restores(&mut self, machine: Machine, id: &str) {
        let target = self.sandbox.path("restored");
        let (source, expected) = &self.reported[id];
        let path = target.to_str().expect("text");
        let running = self.start(machine, "restore", &[id, "--target", path]);
        let outcome = running.finish();
        assert!(outcome.code == Some(0), "{machine:?} lost {id} after {}\n{outcome}", self.told);
        let found = contents(&restored(&target, source));
        assert!(found == *expected, "{machine:?} restores {id} wrong after {}", self.told);
        fs::remove_dir_all(&target).expect("it goes");
        self.tally.restored += 1;
    }

    fn end_all(&mut self) {
        let ids: Vec<String> = self.reported.keys().cloned().collect();
        for id in &ids {
            self.restores(Machine::Keepstead, id);
            self.restores(Machine::Restic, id);
        }
        self.restic.check();
        self.keepstead.check();
    }
}

fn contents(folder: &Path) -> Contents {
    let read = |path: PathBuf| {
        let bytes = fs::read(&path).expect("a file");
        (path.strip_prefix(folder).expect("it lies there").to_path_buf(), bytes)
    };
    files_below(folder).into_iter().map(read).collect()
}

/// The snapshot that a backup says it has made.
fn reported(outcome: &Outcome) -> Option<String> {
    let lines = outcome.stdout.lines();
    let said = lines.filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok());
    let mut summaries = said.filter(|line| line["message_type"] == "summary");
    Some(summaries.next()?["snapshot_id"].as_str()?.to_owned())
}

/// The other one works on the repository: both say so, each in its words.
fn is_locked(outcome: &Outcome) -> bool {
    let said = (outcome.stdout.clone() + &outcome.stderr).to_lowercase();
    ["lock", "another program", "has changed"].iter().any(|words| said.contains(words))
}

#[test]
#[ignore = "slow: cargo xtask slow machines"]
fn of_two_machines_neither_loses_what_the_other_reported() {
    let cases = std::env::var("KEEPSTEAD_CASES").ok().and_then(|cases| cases.parse().ok());
    let cases = cases.unwrap_or(CASES);
    let mut tally = Tally::default();
    for case in 0..cases {
        let sandbox = Sandbox::new();
        let keepstead = sandbox.repository("repository");
        let restic = sandbox.new_restic("repository");
        let mut story = Story {
            sandbox: &sandbox,
            keepstead,
            restic,
            dice: SeededRandom::new(case),
            reported: BTreeMap::new(),
            told: format!("case {case}: "),
            tally: &mut tally,
        };
        for _ in 0..STEPS {
            story.step();
        }
        story.end_all();
    }
    tests::trials::tried("a story of 25 random steps of two machines", cases as usize);
    tests::trials::tried("a program killed at any moment (SIGKILL)", tally.killed as usize);
    tests::trials::tried("a snapshot restored and compared", tally.restored as usize);
    eprintln!("{cases} stories of {STEPS} steps: {tally:?}; 0 lost");
    assert!(tally.backups > 0 && tally.pruned > 0 && tally.killed > 0 && tally.restored > 0);
}
