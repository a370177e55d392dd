//! The tables of docs/benchmarks.md.

use std::fmt::Write as _;

use super::bars::{Bar, bars};
use super::data::Set;
use super::figures::{Figures, Sample, Task};

/// The part of the document with the figures of this machine's disk.
pub(super) const LOCAL: &str = "cargo xtask bench";
/// The part with those of a server.
pub(super) const SERVED: &str = "cargo xtask bench served";
const MIB: f64 = 1_048_576.0;

/// What the figures are of.
#[derive(Debug, Default)]
pub(super) struct About {
    pub(super) command: String,
    pub(super) machine: String,
    pub(super) versions: Vec<String>,
    /// What was left out, or weakens the figures.
    pub(super) notes: Vec<String>,
    pub(super) runs: usize,
}

/// The text between the markers.
pub(super) fn render(figures: &Figures, about: &About) -> String {
    let mut text = format!("```sh\n{}\n```\n\n", about.command);
    // Writing into a string cannot fail.
    let _ = writeln!(text, "{}. {}.", about.machine, about.versions.join(", "));
    let runs = match about.runs {
        1 => "One run".to_owned(),
        runs => format!("Medians of {runs} runs"),
    };
    let _ = writeln!(text, "{runs}, the programs in turn, with the files in the system's cache.");
    for note in &about.notes {
        let _ = writeln!(text, "{note}");
    }
    text += "\n| Set | Files | Size |\n|---|--:|--:|\n";
    for (set, amount) in &figures.amounts {
        let size = amount.bytes as f64 / MIB;
        let _ = writeln!(text, "| {} | {} | {size:.0} MiB |", set.name(), amount.files);
    }
    text += "\n| Set | Work | Program | Wall | CPU | MiB per CPU-second | Memory | Outcome |\n\
             |---|---|---|--:|--:|--:|--:|---|\n";
    for ((set, task, kind), sample) in figures.all() {
        let _ = writeln!(
            text,
            "| {} | {} | {} | {:.2} s | {:.2} s | {} | {:.0} MiB | {} |",
            set.name(),
            work(task),
            kind.name(),
            sample.cost.wall,
            sample.cost.cpu,
            throughput(figures, set, task, sample),
            sample.cost.peak / 1024.0,
            outcome(task, sample),
        );
    }
    let bars = bars(figures);
    text += "\n| Bar | Asked | Measured | |\n|---|--:|--:|---|\n";
    for Bar { what, limit, measured, reached } in &bars {
        let word = if *reached { "reached" } else { "**missed**" };
        let _ = writeln!(text, "| {what} | {limit} | {measured} | {word} |");
    }
    let missed: Vec<&str> =
        bars.iter().filter(|bar| !bar.reached).map(|bar| bar.what.as_str()).collect();
    let _ = match missed.len() {
        0 => writeln!(text, "\nAll {} bars are reached.", bars.len()),
        count => {
            writeln!(text, "\n{count} of {} bars are missed: {}.", bars.len(), missed.join("; "))
        }
    };
    text
}

fn work(task: Task) -> &'static str {
    match task {
        Task::First => "first backup",
        Task::NoChange => "backup, no change",
        Task::Insert => "backup, 1 KiB inserted",
        Task::Restore => "restore",
        Task::Check => "check of all data",
        Task::Prune => "forget two of five, prune",
    }
}

/// Of work that goes through all bytes of the set.
fn throughput(figures: &Figures, set: Set, task: Task, sample: Sample) -> String {
    match figures.amounts.get(&set) {
        Some(amount) if matches!(task, Task::First | Task::Restore | Task::Check) => {
            format!("{:.0}", amount.bytes as f64 / MIB / sample.cost.cpu)
        }
        _ => "–".to_owned(),
    }
}

fn outcome(task: Task, sample: Sample) -> String {
    match task {
        Task::First => format!("{:.1} MiB", sample.outcome / MIB),
        Task::Insert => format!("{:.2} MB more", sample.outcome / 1e6),
        Task::Prune => format!("{:.1} % unneeded", sample.outcome),
        Task::Restore => format!("on the disk after {:.2} s", sample.outcome),
        Task::NoChange | Task::Check => String::new(),
    }
}

/// `document` with `text` between the markers of a part; `None` when it has
/// none.
pub(super) fn put(document: &str, part: &str, text: &str) -> Option<String> {
    let (begin, end) = (format!("<!-- {part}: begin -->"), format!("<!-- {part}: end -->"));
    let (before, rest) = document.split_once(&begin)?;
    let (_, after) = rest.split_once(&end)?;
    Some(format!("{before}{begin}\n{text}{end}{after}"))
}

#[cfg(test)]
mod tests {
    use super::super::data::Amount;
    use super::super::measure::Cost;
    use super::super::tools::Kind;
    use super::*;

    fn figures() -> Figures {
        let mut figures = Figures::default();
        figures.amounts.insert(Set::Docs, Amount { files: 2000, bytes: 100 << 20 });
        let mut add = |task, kind, wall, cpu, outcome| {
            let cost = Cost { wall, cpu, peak: 102_400.0 };
            figures.add(Set::Docs, task, kind, cost, outcome);
        };
        add(Task::First, Kind::Keepstead, 1.0, 0.5, 50.0 * MIB);
        add(Task::First, Kind::Restic, 2.5, 3.0, 49.0 * MIB);
        add(Task::First, Kind::Rustic, 1.1, 3.0, 49.0 * MIB);
        add(Task::Restore, Kind::Keepstead, 1.5, 0.5, 1.75);
        add(Task::Prune, Kind::Keepstead, 0.5, 0.1, 5.1);
        add(Task::Prune, Kind::Restic, 1.0, 0.5, 0.0);
        figures
    }

    #[test]
    fn says_what_was_measured_and_which_bars_are_missed() {
        let about = About {
            command: "cargo xtask bench".into(),
            machine: "2 cores".into(),
            versions: vec!["restic 0.18".into()],
            notes: vec!["A note.".into()],
            runs: 3,
        };
        let text = render(&figures(), &about);
        for line in [
            "2 cores. restic 0.18.",
            "Medians of 3 runs",
            "A note.",
            "| docs | 2000 | 100 MiB |",
            "| docs | first backup | Keepstead | 1.00 s | 0.50 s | 200 | 100 MiB | 50.0 MiB |",
            "| docs | restore | Keepstead | 1.50 s | 0.50 s | 200 | 100 MiB | on the disk after 1.75 s |",
            "| docs | forget two of five, prune | restic | 1.00 s | 0.50 s | – | 100 MiB | 0.0 % unneeded |",
            "| docs: first backup | ≥ 100 MiB per CPU-second | 200 MiB per CPU-second | reached |",
            "| docs: bytes for each byte stored | ≥ 1.9 | 2.00 | reached |",
            "| docs: first backup, wall | ≤ 0.5 × restic | 0.40 × restic | reached |",
            "| docs: first backup, wall | ≤ 0.8 × rustic | 0.91 × rustic | **missed** |",
            "| docs: size | ≤ 1.03 × restic | 1.020 × restic | reached |",
            "| docs: forget and prune, wall | ≤ 0.3 × restic | 0.50 × restic | **missed** |",
            "| docs: unneeded after a prune | ≤ 5 % | 5.1 % | **missed** |",
            "| memory, the most in any of this | ≤ 150 MiB | 100 MiB | reached |",
            "\n3 of 8 bars are missed: docs: first backup, wall; docs: forget and prune, wall; \
             docs: unneeded after a prune.\n",
        ] {
            assert!(text.contains(line), "{line}\n\n{text}");
        }
        assert!(!text.contains("photos"), "{text}");
    }

    #[test]
    fn stands_between_its_markers_and_touches_nothing_else() {
        let with =
            |text: &str| format!("before\n<!-- a: begin -->\n{text}\n<!-- a: end -->\nafter\n");
        assert_eq!(put(&with("old"), "a", "new\n"), Some(with("new")));
        assert_eq!(put(&with("old"), "b", "new\n"), None);
    }

    #[test]
    fn the_document_has_a_place_for_it() {
        let document = include_str!("../../../../docs/benchmarks.md");
        for part in [LOCAL, SERVED] {
            assert!(put(document, part, "").is_some(), "{part}");
        }
    }
}
