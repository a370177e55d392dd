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
/// What the fuzzer prints of its work, and the number after it.
const EXECUTIONS: &str = "stat::number_of_executed_units:";

/// Feeds all parsers at once, and writes the document when each has taken
/// everything.
pub(crate) fn run(root: &Path) -> Outcome<()> {
    let seconds = match std::env::var(VARIABLE) {
        Ok(value) => value.parse().map_err(|_| format!("{VARIABLE} is no number of seconds"))?,
        Err(_) => SECONDS,
    };
    build(root)?;
    let fuzzing = targets(root)?
        .into_iter()
        .map(|target| Fuzzing::start(root, target, seconds))
        .collect::<Outcome<Vec<_>>>()?;
    // Each is waited for, so that none outlives this program.
    let ended: Vec<_> = fuzzing.into_iter().map(Fuzzing::end).collect();
    let counts = ended.into_iter().collect::<Outcome<Vec<_>>>()?;
    let document = root.join("docs/fuzzing.md");
    let processors = std::thread::available_parallelism().map_or(1, usize::from);
    fs::write(&document, render(&counts, seconds, processors)).map_err(failed(&document))
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
    fn start(root: &Path, (name, program): (String, PathBuf), seconds: u64) -> Outcome<Self> {
        // What was found to lead further is kept for the next time.
        let kept = root.join(".cache/fuzz").join(&name);
        fs::create_dir_all(&kept).map_err(failed(&kept))?;
        let log = root.join(".cache/fuzz").join(format!("{name}.log"));
        let to = File::create(&log).map_err(failed(&log))?;
        let program = Command::new(program)
            .arg(format!("-max_total_time={seconds}"))
            .args(["-print_final_stats=1", "-rss_limit_mb=1024", "-timeout=300"])
            .arg(format!("-artifact_prefix={}/{name}-", root.join(".cache/fuzz").display()))
            .arg(kept)
            .arg(root.join("fuzz/corpus").join(&name))
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(to)
            .spawn()
            .map_err(|error| format!("{name} cannot be started: {error}"))?;
        Ok(Self { name, program, log })
    }

    /// Its name, and how often it was fed.
    fn end(mut self) -> Outcome<(String, u64)> {
        let status = self.program.wait().map_err(|error| format!("{}: {error}", self.name))?;
        let log = fs::read_to_string(&self.log).map_err(failed(&self.log))?;
        if !status.success() {
            return Err(format!("{} ended with {status}: {}", self.name, self.log.display()));
        }
        let count = executions(&log)
            .ok_or_else(|| format!("{} does not tell how often it was fed", self.log.display()))?;
        Ok((self.name, count))
    }
}

fn executions(log: &str) -> Option<u64> {
    log.lines().find_map(|line| line.strip_prefix(EXECUTIONS)?.trim().parse().ok())
}

fn render(counts: &[(String, u64)], seconds: u64, processors: usize) -> String {
    let at_once = counts.len();
    let mut text = format!(
        "# Arbitrary bytes for every parser\n\n```sh\n{VARIABLE}={seconds} cargo xtask slow fuzz\n\
         ```\n\nlibFuzzer fed each parser of the vault for {seconds} s, all {at_once} at once on \
         {processors} processors, with its\ncorpus in fuzz/corpus to begin with. None panicked, \
         took more than 1 GiB of memory or five minutes\nfor one input, and what a parser took \
         was written and read back the same (fuzz/src/lib.rs).\n\n| Parser | Inputs |\n|---|--:|\n"
    );
    for (name, count) in counts {
        // Writing into a string cannot fail.
        let _ = writeln!(text, "| {name} | {count} |");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_number_of_inputs_is_found() {
        let log = "INFO: Seed: 7\nDone 12 runs\nstat::number_of_executed_units: 1234\nstat::x: 5\n";
        assert_eq!(executions(log), Some(1234));
        assert_eq!(executions("stat::number_of_executed_units: many\n"), None);
        let text = render(&[("tree".to_owned(), 1234)], 60, 2);
        assert!(text.contains("| tree | 1234 |") && text.contains("KEEPSTEAD_FUZZ_SECONDS=60"));
    }
}
