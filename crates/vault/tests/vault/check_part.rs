//! Checks that read a part, or do not read again what they read not long ago.

use crate::{
    common,
    life::{self, DAY, Life},
};
use std::{
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};
use storage::{Cancel, Key};
use vault::{CheckOptions, CheckReport, Problem, Progress, Reading, Repository, Sample};

const HOUR: Duration = Duration::from_secs(3600);

struct Checks {
    life: Life,
    repository: Arc<Repository>,
    folder: tempfile::TempDir,
}

impl Checks {
    async fn new() -> Self {
        let life = Life::with_snapshots(8).await;
        let store = Arc::new(life.store.clone());
        let repository = common::open(store, common::ambient(&life.clock, 5)).await;
        Self { life, repository, folder: tempfile::tempdir().unwrap() }
    }

    async fn check(&self, reading: Reading, max_age: Option<Duration>) -> CheckReport {
        let record = Some(self.folder.path().join("checks"));
        let options = CheckOptions { reading, max_age, record, ..CheckOptions::default() };
        let progress = Arc::new(Progress::default());
        let report = self.repository.check(options, &progress, &Cancel::new()).await.unwrap();
        let (done, total) = (progress.bytes_done.get(), progress.bytes_total.get());
        assert_eq!(done, total);
        assert_eq!(progress.files_done.get(), report.packs);
        report
    }

    fn record(&self) -> PathBuf {
        let mut files = std::fs::read_dir(self.folder.path().join("checks")).unwrap();
        let file = files.next().unwrap().unwrap().path();
        assert!(files.next().is_none());
        file
    }

    /// A pack of file contents, which are read by nothing else.
    fn contents(&self) -> Key {
        let objects = self.life.store.snapshot();
        let packs = objects.iter().filter(|(key, _)| key.as_str().starts_with("data/"));
        packs.max_by_key(|(_, bytes)| bytes.len()).unwrap().0.clone()
    }

    fn packs(&self) -> Vec<Key> {
        life::packs(&self.life.store).into_iter().collect()
    }
}

fn figures(report: &CheckReport) -> (u64, u64) {
    assert_eq!(report.packs_read == 0, report.bytes_read == 0);
    assert_eq!(report.packs_reused == 0, report.bytes_reused == 0);
    assert_eq!(report.packs_reused == 0, report.oldest_reused.is_none());
    (report.packs_read, report.packs_reused)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_sample_reads_as_much_as_it_says_and_parts_make_a_whole() {
    let checks = Checks::new().await;
    let all = checks.packs().len() as u64;
    assert!(all > 10, "{all}");
    let whole = checks.check(Reading::All, None).await;
    assert_eq!((figures(&whole), whole.bytes_read), ((all, 0), whole.bytes));
    let quick = checks.check(Reading::Nothing, None).await;
    assert_eq!((figures(&quick), quick.bytes), ((0, 0), whole.bytes));

    let half = checks.check(Reading::Sample(Sample::Percent(50.0)), None).await;
    assert!(half.is_clean() && half.packs_read.abs_diff(all / 2) <= 1, "{half:?}");
    let some = checks.check(Reading::Sample(Sample::Bytes(half.bytes / 2)), None).await;
    assert!(some.bytes_read >= half.bytes / 2 && some.bytes_read < half.bytes, "{some:?}");
    let mut bytes = 0;
    for part in 1..=3 {
        bytes += checks.check(Reading::Sample(Sample::Part { part, of: 3 }), None).await.bytes_read;
    }
    assert_eq!(bytes, whole.bytes);
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_find_a_damaged_pack_in_the_end() {
    let checks = Checks::new().await;
    let pack = checks.contents();
    checks.life.store.tamper(&pack, |bytes| bytes[10] ^= 1);
    let mut found = 0;
    for _ in 0..60 {
        let report = checks.check(Reading::Sample(Sample::Percent(20.0)), None).await;
        found += u64::from(!report.is_clean());
    }
    // One in five, more or less; the seed is fixed.
    assert!((4..30).contains(&found), "{found}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_found_right_lately_is_not_read_again() {
    let checks = Checks::new().await;
    let all = checks.packs().len() as u64;
    let first = checks.life.clock_now();
    assert_eq!(figures(&checks.check(Reading::All, Some(DAY)).await), (all, 0));
    checks.life.clock.advance(HOUR);
    let again = checks.check(Reading::All, Some(DAY)).await;
    assert_eq!((figures(&again), again.bytes_reused), ((0, all), again.bytes));
    assert_eq!(again.oldest_reused, Some(first));
    assert_eq!(figures(&checks.check(Reading::All, None).await), (all, 0), "it was not asked for");

    // That was an hour later: it counts from then on.
    checks.life.clock.advance(DAY);
    let later = checks.check(Reading::All, Some(DAY)).await;
    assert_eq!((figures(&later), later.oldest_reused), ((0, all), Some(first + HOUR)));
    checks.life.clock.advance(HOUR);
    assert_eq!(figures(&checks.check(Reading::All, Some(DAY)).await), (all, 0), "too old");

    // What is new is read, and nothing else.
    checks.life.change();
    checks.life.back_up().await.unwrap();
    let new = checks.packs().len() as u64 - all;
    assert!(new > 0);
    assert_eq!(figures(&checks.check(Reading::All, Some(DAY)).await), (new, all));
}

#[tokio::test(flavor = "multi_thread")]
async fn samples_take_turns_until_all_was_read() {
    let checks = Checks::new().await;
    let all = checks.packs().len() as u64;
    let mut read = 0;
    for round in 0..6 {
        let sample = Reading::Sample(Sample::Percent(20.0));
        let report = checks.check(sample, Some(7 * DAY)).await;
        assert_eq!(figures(&report).1, read, "round {round}");
        read += report.packs_read;
        checks.life.clock.advance(HOUR);
    }
    assert_eq!(read, all);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pack_that_is_not_as_it_was_is_read() {
    let checks = Checks::new().await;
    let all = checks.packs().len() as u64;
    let pack = checks.contents();
    checks.check(Reading::All, Some(DAY)).await;
    let sound = checks.life.store.snapshot()[&pack].clone();
    for part in [Reading::All, Reading::Sample(Sample::Part { part: 1, of: 256 })] {
        checks.life.store.tamper(&pack, |bytes| bytes.truncate(bytes.len() - 1));
        let report = checks.check(part, Some(DAY)).await;
        assert!(!report.is_clean());
        assert_eq!(figures(&report), (1, all - 1), "its length differs");
        checks.life.store.insert(pack.clone(), sound.clone());
        // It was not right, so it is no longer remembered as that.
        assert_eq!(figures(&checks.check(Reading::All, Some(DAY)).await), (1, all - 1));
    }
    // The length alone does not show it: that is what the age is for.
    checks.life.store.tamper(&pack, |bytes| bytes[10] ^= 1);
    assert!(checks.check(Reading::All, Some(DAY)).await.is_clean());
    let report = checks.check(Reading::All, Some(Duration::ZERO)).await;
    assert!(report.is_clean(), "the clock stands");
    checks.life.clock.advance(HOUR);
    let report = checks.check(Reading::All, Some(Duration::ZERO)).await;
    assert!(!report.is_clean());
    assert!(report.findings.iter().any(|found| matches!(found.problem, Problem::Damaged(_))));
    assert!(!checks.check(Reading::All, Some(DAY)).await.is_clean(), "damage is never remembered");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_record_that_is_damaged_or_cannot_be_written_costs_reading_and_no_more() {
    let checks = Checks::new().await;
    let all = checks.packs().len() as u64;
    checks.check(Reading::All, Some(DAY)).await;
    let written = std::fs::read(checks.record()).unwrap();
    for pack in checks.packs() {
        let name = pack.split().1.as_bytes();
        assert!(!written.windows(name.len()).any(|some| some == name), "it is sealed");
    }
    let spoil: [fn(&Path, &[u8]); 4] = [
        |path, _| std::fs::write(path, b"").unwrap(),
        |path, bytes| std::fs::write(path, &bytes[..bytes.len() / 2]).unwrap(),
        |path, bytes| std::fs::write(path, [bytes, b"x"].concat()).unwrap(),
        |path, _| std::fs::remove_file(path).unwrap(),
    ];
    for spoil in spoil {
        spoil(&checks.record(), &written);
        assert_eq!(figures(&checks.check(Reading::All, Some(DAY)).await), (all, 0));
        assert_eq!(figures(&checks.check(Reading::All, Some(DAY)).await), (0, all));
    }
    // Something else stands where the folder should be.
    let checks = Checks::new().await;
    std::fs::write(checks.folder.path().join("checks"), b"a file").unwrap();
    for _ in 0..2 {
        let report = checks.check(Reading::All, Some(DAY)).await;
        assert!(report.is_clean());
        assert_eq!(figures(&report), (all, 0));
    }
}
