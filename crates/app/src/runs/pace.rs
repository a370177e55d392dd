//! How fast a run goes, and how long it will take.
//!
//! What is counted is work: bytes, and a share for each file, because many
//! small files take time that their size does not show. What was read and is
//! still to be written comes on top: on a slow way to the destination that is
//! most of what is left in the end.

use super::RunProgress;
use crate::vault::Status;
use std::{collections::VecDeque, time::Duration};

/// What one file costs beside its bytes, in bytes that are read in that time.
const FILE: f64 = 48.0 * 1024.0;
/// How far the recent past reaches.
const WINDOW: Duration = Duration::from_secs(20);
/// Nothing is foretold before that.
const EARLY: Duration = Duration::from_secs(3);

/// The pace of one run.
#[derive(Debug, Default)]
pub(super) struct Pace {
    /// The oldest first.
    samples: VecDeque<Sample>,
}

/// How far a run was at one time.
#[derive(Clone, Copy, Debug)]
struct Sample {
    elapsed: Duration,
    work: f64,
    bytes: u64,
    moved: u64,
}

impl Pace {
    /// What can be said after `elapsed`.
    pub(super) fn progress(&mut self, elapsed: Duration, status: Status) -> RunProgress {
        let done = work(status.bytes_done, status.files_done);
        let total = work(status.total_bytes, status.total_files);
        self.samples.push_back(Sample {
            elapsed,
            work: done,
            bytes: status.bytes_done,
            moved: status.bytes_moved,
        });
        let is_old = |sample: &Sample| elapsed.saturating_sub(sample.elapsed) >= WINDOW;
        while self.samples.len() > 2 && self.samples.get(1).is_some_and(is_old) {
            self.samples.pop_front();
        }
        let fraction = (status.counted && total > 0.0).then(|| (done / total).clamp(0.0, 1.0));
        let waiting = status.bytes_waiting;
        let seconds_left = fraction.and_then(|_| self.seconds_left(total - done, waiting));
        RunProgress {
            bytes_per_second: self.speed(),
            total_files: status.total_files,
            files_done: status.files_done,
            total_bytes: status.total_bytes,
            bytes_done: status.bytes_done,
            bytes_moved: status.bytes_moved,
            files_skipped: status.files_skipped,
            current_file: status.current_file,
            counted: status.counted,
            fraction,
            seconds_left,
        }
    }

    /// What can be said of a run that stands still. That time does not count.
    pub(super) fn standing(status: Status) -> RunProgress {
        let said = Self::default().progress(Duration::ZERO, status);
        RunProgress { bytes_per_second: 0, seconds_left: None, ..said }
    }

    /// Bytes of the sources per second, lately.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a speed for people"
    )]
    fn speed(&self) -> u64 {
        let (Some(first), Some(last)) = (self.samples.front(), self.samples.back()) else {
            return 0;
        };
        let seconds = last.elapsed.saturating_sub(first.elapsed).as_secs_f64();
        let bytes = last.bytes.saturating_sub(first.bytes);
        if seconds < 0.2 { 0 } else { (bytes as f64 / seconds) as u64 }
    }

    /// The rest of the work, and after it what is still to be written.
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "for people"
    )]
    fn seconds_left(&self, rest: f64, waiting: u64) -> Option<u64> {
        let (first, last) = (self.samples.front()?, self.samples.back()?);
        if last.elapsed < EARLY {
            return None;
        }
        let elapsed = last.elapsed.as_secs_f64();
        let seconds = last.elapsed.saturating_sub(first.elapsed).as_secs_f64();
        // The mean of the whole run and of the recent past foretell the rest,
        // half each: the first does not jump, the second notices a change.
        let pace = |first: f64, last: f64| {
            let mean = last / elapsed;
            let recent = if seconds > 0.0 { (last - first) / seconds } else { mean };
            Some(f64::midpoint(mean, recent)).filter(|pace| *pace > 0.0)
        };
        let working = rest.max(0.0) / pace(first.work, last.work)?;
        let writing =
            pace(first.moved as f64, last.moved as f64).map_or(0.0, |pace| waiting as f64 / pace);
        Some((working + writing).ceil() as u64)
    }
}

#[expect(clippy::cast_precision_loss, reason = "for people")]
fn work(bytes: u64, files: u64) -> f64 {
    bytes as f64 + files as f64 * FILE
}

#[cfg(test)]
mod tests {
    use super::*;

    fn status(bytes: u64, files: u64) -> Status {
        Status {
            total_bytes: 300_000_000,
            total_files: 3_000,
            bytes_done: bytes,
            files_done: files,
            counted: true,
            ..Status::default()
        }
    }

    /// A steady run of five minutes, looked at twice a second.
    #[test]
    fn the_time_left_of_a_steady_run_is_right() {
        let mut pace = Pace::default();
        for half in 1..600_u64 {
            let elapsed = Duration::from_millis(half * 500);
            let said = pace.progress(elapsed, status(half * 500_000, half * 5));
            let left = 300.0 - elapsed.as_secs_f64();
            if half > 120 {
                #[expect(clippy::cast_precision_loss, reason = "small")]
                let told = said.seconds_left.expect("it is told") as f64;
                assert!(told <= left * 1.5 + 1.0 && told * 1.5 + 1.0 >= left, "{told} of {left}");
                assert!((900_000..1_100_000).contains(&said.bytes_per_second));
            }
        }
    }

    /// The destination takes a megabyte a second, and 60 wait when all is read.
    #[test]
    fn what_waits_to_be_written_takes_its_time_as_well() {
        let mut pace = Pace::default();
        for second in 1..=300_u64 {
            let read = (second + 60).min(300);
            let moved = second * 1_000_000;
            let status = Status {
                bytes_moved: moved,
                bytes_waiting: read * 1_000_000 - moved,
                ..status(read * 1_000_000, read * 10)
            };
            let said = pace.progress(Duration::from_secs(second), status);
            let left = 300 - second;
            if second > 60 {
                let told = said.seconds_left.expect("it is told");
                assert!(told * 2 <= left * 3 + 2 && told * 3 + 2 >= left * 2, "{told} of {left}");
            }
        }
    }

    #[test]
    fn nothing_is_foretold_while_it_is_not_known_how_much_there_is() {
        let mut pace = Pace::default();
        let mut counting = status(1_000_000, 10);
        counting.counted = false;
        let said = pace.progress(Duration::from_secs(60), counting);
        assert_eq!((said.fraction, said.seconds_left), (None, None));
        let early = Pace::default().progress(Duration::from_secs(1), status(1_000_000, 10));
        assert_eq!(early.seconds_left, None);
        assert!(early.fraction.is_some_and(|fraction| fraction > 0.0 && fraction < 0.01));
    }

    #[test]
    fn a_paused_run_has_neither_speed_nor_time_left() {
        let mut pace = Pace::default();
        for second in 1..=60 {
            pace.progress(Duration::from_secs(second), status(second * 1_000_000, second * 10));
        }
        let before = pace.samples.len();
        for _ in 0..10_000 {
            let said = Pace::standing(status(61_000_000, 610));
            assert_eq!((said.bytes_per_second, said.seconds_left), (0, None));
            assert!(said.fraction.is_some_and(|fraction| fraction > 0.2 && fraction < 0.21));
        }
        assert_eq!(pace.samples.len(), before);
        // It goes on as if no time had passed.
        let said = pace.progress(Duration::from_secs(61), status(61_000_000, 610));
        assert_eq!(said.bytes_per_second, 1_000_000);
        assert!(said.seconds_left.is_some_and(|left| (200..300).contains(&left)), "{said:?}");
    }

    #[test]
    fn a_run_that_stands_still_does_not_end_soon() {
        let mut pace = Pace::default();
        for second in 1..=200 {
            let done = second.min(100) * 1_000_000;
            let said = pace.progress(Duration::from_secs(second), status(done, 0));
            if second == 200 {
                assert_eq!(said.bytes_per_second, 0);
                assert!(said.seconds_left.is_some_and(|left| left > 600), "{said:?}");
            }
        }
    }
}
