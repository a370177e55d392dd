//! Shows work while it goes on: bars on a terminal, lines of JSON for programs.

use crate::output::{Output, plural, shorten, size, visible};
use app::vault::{Progress, Status};
use console::Term;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde::Serialize;
use std::{
    future::Future,
    io::{self, IsTerminal},
    pin::pin,
    time::{Duration, Instant},
};
use tokio::time::MissedTickBehavior;

/// How often the state is shown.
const EVERY: Duration = Duration::from_millis(200);

/// The state for programs.
#[derive(Serialize)]
struct Line {
    seconds_elapsed: f64,
    percent_done: f64,
    bytes_per_second: u64,
    #[serde(flatten)]
    status: Status,
}

/// Does `work` and shows how far it is, counting `things`: the word for one,
/// and for many.
pub(crate) async fn shown<T>(
    output: Output,
    things: (&str, &str),
    progress: &Progress,
    work: impl Future<Output = T>,
) -> T {
    let bar = (!output.json && !output.quiet && io::stderr().is_terminal()).then(bar);
    let mut work = pin!(work);
    let started = Instant::now();
    let mut ticks = tokio::time::interval_at(tokio::time::Instant::now() + EVERY, EVERY);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let result = loop {
        tokio::select! {
            biased;
            result = &mut work => break result,
            _ = ticks.tick() => {}
        }
        let status = Status::of(progress);
        if output.quiet || status == Status::default() {
            continue;
        }
        let line = Line::new(status, started.elapsed());
        if let Some(bar) = &bar {
            show(bar, things, &line);
        } else if output.json {
            // Work goes on when nobody watches; a disk that is full will show
            // when the summary is written.
            let _ = output.message("status", &line);
        }
    };
    if let Some(bar) = bar {
        bar.finish_and_clear();
    }
    result
}

impl Line {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        clippy::cast_precision_loss,
        reason = "for people, and never negative"
    )]
    fn new(status: Status, elapsed: Duration) -> Self {
        let seconds = elapsed.as_secs_f64();
        let bytes_per_second = (status.bytes_done as f64 / seconds.max(0.001)) as u64;
        let percent_done = (status.fraction() * 1000.0).round() / 10.0;
        Self { seconds_elapsed: seconds, percent_done, bytes_per_second, status }
    }
}

fn bar() -> ProgressBar {
    let bar = ProgressBar::with_draw_target(Some(1000), ProgressDrawTarget::stderr_with_hz(10));
    if let Ok(style) = ProgressStyle::with_template("{bar:20} {prefix}\n{msg}") {
        bar.set_style(style.progress_chars("█▉▊▋▌▍▎▏ "));
    }
    bar
}

fn show(bar: &ProgressBar, (one, many): (&str, &str), line: &Line) {
    let Line { percent_done, bytes_per_second, status, .. } = line;
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "0 to 1000")]
    bar.set_position((percent_done * 10.0) as u64);
    let skipped = match status.files_skipped {
        0 => String::new(),
        count => format!(" · {} skipped", plural(count, "file", "files")),
    };
    bar.set_prefix(format!(
        "{percent_done:3.0} % · {} of {} · {} of {} · {}/s{skipped}",
        status.files_done,
        plural(status.total_files, one, many),
        size(status.bytes_done),
        size(status.total_bytes),
        size(*bytes_per_second),
    ));
    let (_, width) = Term::stderr().size();
    let current = visible(&status.current_file);
    bar.set_message(shorten(&current, usize::from(width).saturating_sub(1)).into_owned());
}
