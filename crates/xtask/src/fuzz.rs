//! `cargo xtask slow fuzz`: arbitrary bytes for every parser of the vault, for
//! as long as is asked, for docs/fuzzing.md.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use crate::step::{self, Outcome};

/// The release that is built where none is found.
const RELEASE: &str = "0.13.1";
/// How long each parser is fed, in seconds, unless the variable says otherwise.
const SECONDS: u64 = 3600;
const VARIABLE: &str = "KEEPSTEAD_FUZZ_SECONDS";
/// Names parsers, with spaces between; all of them unless it is set.
const TARGETS: &str = "KEEPSTEAD_FUZZ_TARGETS";
/// Ends what the fuzzer prints: "Done 12 runs in 61 second(s)".
const DONE: &str = "Done ";

/// Feeds parsers at once, and writes the document when each has taken
/// everything. It tells of the last time of every parser.
pub(crate) fn run(root: &Path) -> Outcome<()> {
    let seconds = match std::env::var(VARIABLE) {
        Ok(value) => value.parse().map_err(|_| format!("{VARIABLE} is no number of seconds"))?,
        Err(_) => SECONDS,
    };
    build(root)?;
    let all = targets(root)?;
    let wanted = std::env::var(TARGETS).unwrap_or_default();
    if let Some(other) =
        wanted.split_whitespace().find(|one| all.iter().all(|(name, _)| name != one))
    {
        return Err(format!("{TARGETS} names \"{other}\", which is no parser"));
    }
    let is_wanted =
        |name: &str| wanted.is_empty() || wanted.split_whitespace().any(|one| one == name);
    let fuzzing = all
        .iter()
        .filter(|(name, _)| is_wanted(name))
        .map(|(name, program)| Fuzzing::start(root, name, program, seconds))
        .collect::<Outcome<Vec<_>>>()?;
    // Each is waited for, so that none outlives this program.
    let ended: Vec<_> = fuzzing.into_iter().map(Fuzzing::end).collect();
    ended.into_iter().collect::<Outcome<()>>()?;
    let counts = all
        .iter()
        .map(|(name, _)| {
            let log = log_of(root, name);
            let text = fs::read_to_string(&log).map_err(failed(&log))?;
            let done = done(&text)
                .ok_or_else(|| format!("{} does not tell that it ended well", log.display()))?;
            Ok((name.as_str(), done))
        })
        .collect::<Outcome<Vec<_>>>()?;
    let document = root.join("docs/fuzzing.md");
    fs::write(&document, render(&counts)).map_err(failed(&document))
}

fn log_of(root: &Path, name: &str) -> PathBuf {
    root.join(".cache/fuzz").join(format!("{name}.log"))
}

fn failed(path: &Path) -> impl Fn(std::io::Error) -> String {
    let path = path.display().to_string();
    move |error| format!("{path}: {error}")
}

/// Builds the targets, and first what builds them where it is not found.
fn build(root: &Path) -> Outcome<()> {
    let tools = root.join(".cache/cargo-fuzz");
    let program = tools.join("bin/cargo-fuzz");
    if !program.is_file() {
        let install = ["install", "cargo-fuzz", "--locked", "--version", RELEASE, "--root"];
        step::run(step::cargo().args(install).arg(&tools).current_dir("/"))?;
    }
    // Coverage is counted by what a nightly compiler alone puts in. The cargo
    // that runs this is another one.
    let mut build = Command::new("rustup");
    build.args(["run", "nightly"]).arg(&program).args(["fuzz", "build"]);
    step::run(build.current_dir(root).env_remove("CARGO"))
        .map_err(|reason| format!("{reason}; `rustup toolchain install nightly` may be missing"))
}

/// The programs, each with the name of its parser.
fn targets(root: &Path) -> Outcome<Vec<(String, PathBuf)>> {
    let sources = root.join("fuzz/fuzz_targets");
    let built = root.join("fuzz/target");
    let mut names = Vec::new();
    for entry in fs::read_dir(&sources).map_err(failed(&sources))? {
        let path = entry.map_err(failed(&sources))?.path();
        if let Some(name) = path.file_stem().and_then(|name| name.to_str()) {
            names.push(name.to_owned());
        }
    }
    names.sort_unstable();
    let triples = fs::read_dir(&built).map_err(failed(&built))?;
    let triple = triples
        .filter_map(|entry| Some(entry.ok()?.path().join("release")))
        .find(|folder| names.iter().all(|name| folder.join(name).is_file()))
        .ok_or("the fuzz targets were not built")?;
    Ok(names.into_iter().map(|name| (name.clone(), triple.join(name))).collect())
}

/// A parser that is being fed.
struct Fuzzing {
    name: String,
    program: Child,
    log: PathBuf,
}

impl Fuzzing {
    fn start(root: &Path, name: &str, program: &Path, seconds: u64) -> Outcome<Self> {
        // What was found to lead further is kept for the next time.
        let kept = root.join(".cache/fuzz").join(name);
        fs::create_dir_all(&kept).map_err(failed(&kept))?;
        let log = log_of(root, name);
        let to = File::create(&log).map_err(failed(&log))?;
        let program = Command::new(program)
            .arg(format!("-max_total_time={seconds}"))
            .args(["-print_final_stats=1", "-rss_limit_mb=1024", "-timeout=20"])
            .arg(format!("-artifact_prefix={}/{name}-", root.join(".cache/fuzz").display()))
            .arg(kept)
            .arg(root.join("fuzz/corpus").join(name))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(to)
            .spawn()
            .map_err(|error| format!("{name} cannot be started: {error}"))?;
        Ok(Self { name: name.to_owned(), program, log })
    }

    fn end(mut self) -> Outcome<()> {
        let status = self.program.wait().map_err(|error| format!("{}: {error}", self.name))?;
        if status.success() {
            return Ok(());
        }
        Err(format!("{} ended with {status}: {}", self.name, self.log.display()))
    }
}

/// How many inputs there were in how many seconds; `None` when it did not end
/// well.
fn done(log: &str) -> Option<(u64, u64)> {
    if log.contains("ERROR: libFuzzer") || log.contains("panicked at") {
        return None;
    }
    let line = log.lines().rev().find_map(|line| line.strip_prefix(DONE))?;
    let (inputs, rest) = line.split_once(" runs in ")?;
    Some((inputs.parse().ok()?, rest.strip_suffix(" second(s)")?.parse().ok()?))
}

fn render(counts: &[(&str, (u64, u64))]) -> String {
    let mut text = "# Arbitrary bytes for every parser\n\n```sh\ncargo xtask slow fuzz\n```\n\n\
        libFuzzer feeds the parsers of the vault, all at once, with the corpus in fuzz/corpus to\n\
        begin with. None panicked, took more than 1 GiB of memory or was given up for its time, and\n\
        what a parser took was written and read back the same (fuzz/src/lib.rs).\n\n\
        | Parser | Seconds | Inputs |\n|---|--:|--:|\n"
        .to_owned();
    for (name, (inputs, seconds)) in counts {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "| {name} | {seconds} | {inputs} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_inputs_is_found() {
        let log = "INFO: Seed: 7\nDone 1234 runs in 61 second(s)\nstat::x: 5\n";
        assert_eq!(done(log), Some((1234, 61)));
        for other in ["", "Done many runs in 61 second(s)\n", "Done 5 runs in no time\n"] {
            assert_eq!(done(other), None, "{other}");
        }
        assert_eq!(done(&format!("==1== ERROR: libFuzzer: timeout\n{log}")), None);
        assert!(render(&[("tree", (1234, 61))]).contains("| tree | 61 | 1234 |"));
    }
}
