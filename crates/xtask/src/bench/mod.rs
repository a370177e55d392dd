//! `cargo xtask bench`: Keepstead beside restic and rustic, in one run.

mod bars;
mod data;
mod figures;
mod measure;
mod rounds;
mod served;
mod table;
mod tools;
mod words;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::setup::{self, Consent};
use crate::step::{self, Outcome, Steps};
use crate::{platform, restic, run, rustic, servers};
use data::{Set, Sizes};
use rounds::Rounds;
use table::About;
use tools::{Kind, Tool};

/// What is asked for.
#[derive(Debug, PartialEq)]
pub(crate) struct Wanted {
    quick: bool,
    data: Option<PathBuf>,
    runs: usize,
    sets: Vec<Set>,
    /// To a server, and nothing else.
    served: bool,
}

impl Wanted {
    /// Reads the arguments after `bench`.
    pub(crate) fn parse(arguments: &[String]) -> Outcome<Self> {
        let mut wanted =
            Self { quick: false, data: None, runs: 3, sets: Vec::new(), served: false };
        let mut arguments = arguments.iter();
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
            match argument.as_str() {
                "--quick" => wanted.quick = true,
                "served" => wanted.served = true,
                "--data" => wanted.data = Some(value()?.into()),
                "--runs" => {
                    let runs = value()?.parse().ok().filter(|runs| *runs > 0);
                    wanted.runs = runs.ok_or("--runs needs a number from 1 on")?;
                }
                name => match Set::named(name) {
                    Some(set) if !wanted.sets.contains(&set) => wanted.sets.push(set),
                    Some(_) => {}
                    None => return Err(format!("there is no set \"{name}\" and no such option")),
                },
            }
        }
        if wanted.served && !wanted.sets.is_empty() {
            return Err("\"served\" goes with no set: it is about photos".to_owned());
        }
        if wanted.served {
            wanted.sets = vec![Set::Photos];
        }
        if wanted.sets.is_empty() {
            wanted.sets = Set::ALL.to_vec();
        }
        Ok(wanted)
    }

    /// How it is asked for again.
    fn command(&self) -> String {
        let mut line = "cargo xtask bench".to_owned();
        if let Some(data) = &self.data {
            line += &format!(" --data {}", data.display());
        }
        if self.quick {
            line += " --quick";
        }
        if self.runs != 3 {
            line += &format!(" --runs {}", self.runs);
        }
        if self.served {
            line += " served";
        } else if self.sets != Set::ALL {
            self.sets.iter().for_each(|set| line += &format!(" {}", set.name()));
        }
        line
    }
}

/// Measures, and writes the tables into docs/benchmarks.md.
#[expect(clippy::print_stdout, reason = "the result, for a terminal")]
pub(crate) fn run(wanted: &Wanted, consent: Consent) -> Outcome<()> {
    let root = crate::root()?;
    let data = match &wanted.data {
        Some(folder) => folder.clone(),
        None => root.join(if wanted.quick { ".cache/bench-quick" } else { ".cache/bench" }),
    };
    fs::create_dir_all(&data).map_err(|error| format!("{}: {error}", data.display()))?;
    let data = data.canonicalize().map_err(|error| error.to_string())?;
    let sizes = if wanted.quick { Sizes::QUICK } else { Sizes::FULL };
    let mut steps = Steps::new(4 + if wanted.served { 1 } else { wanted.runs });
    steps
        .step("Install what is missing", || setup::install_packages(platform::MEASURES, consent))?;
    let ours = steps.step("Build the command line", || run::command_line(root))?;
    let work = Work::new(&data)?;
    let (tools, mut notes) =
        steps.step("Find the other programs", || tools(root, ours, &work.0))?;
    let sets = steps.step("Make the folders to back up", || {
        let ready = |set| data::ready(&data, set, sizes).map(|(folder, held)| (set, folder, held));
        let sets: Result<Vec<_>, _> = wanted.sets.iter().map(|set| ready(*set)).collect();
        sets.map_err(|error| error.to_string())
    })?;
    if wanted.quick {
        notes.push("With a tenth of the data: what it takes to start weighs more.".to_owned());
    }
    let mut system = Command::new("stat");
    let system = step::output(system.args(["--file-system", "--format=%T"]).arg(&data))?;
    notes.push(match wanted.served {
        true => format!(
            "The folder lies on {}; what the server keeps, where temporary files lie. Each run has a \
             server of its own.",
            system.trim()
        ),
        false => format!("Folders, repositories and what is restored lie on {}.", system.trim()),
    });
    let busy = fs::read_to_string("/proc/loadavg").unwrap_or_default();
    if let Some(load) = busy.split(' ').next() {
        notes.push(format!("The load of the machine was {load} when this began."));
    }
    let figures = if wanted.served {
        steps.step("Measure", || {
            servers::fetch(root)?;
            let (_, folder, held) = sets.first().ok_or("there are no photos")?;
            served::rounds(root, &tools, (folder, *held), wanted.runs, &work.0)
        })?
    } else {
        let mut rounds = Rounds::new(&tools, &work.0);
        for run in 1..=wanted.runs {
            steps.step(&format!("Measure, run {run} of {}", wanted.runs), || {
                sets.iter().try_for_each(|(set, folder, held)| rounds.round(*set, folder, *held))
            })?;
        }
        rounds.figures
    };
    let about = About {
        command: wanted.command(),
        machine: machine()?,
        versions: tools.iter().map(|tool| tool.version.clone()).collect(),
        notes,
        runs: wanted.runs,
    };
    let (part, text) = if wanted.served {
        (table::SERVED, served::render(&figures, &about))
    } else {
        (table::LOCAL, table::render(&figures, &about))
    };
    println!("\n{text}");
    let document = root.join("docs/benchmarks.md");
    let failed = |error: std::io::Error| format!("{}: {error}", document.display());
    let old = fs::read_to_string(&document).map_err(failed)?;
    let new = table::put(&old, part, &text).ok_or("docs/benchmarks.md has lost its markers")?;
    fs::write(&document, new).map_err(failed)
}

/// Keepstead, restic, and rustic where it is installed.
fn tools(root: &Path, ours: PathBuf, work: &Path) -> Outcome<(Vec<Tool>, Vec<String>)> {
    let password_file = work.join("passphrase");
    let text = |error: std::io::Error| error.to_string();
    // A passphrase for invented files, so it may stand here.
    fs::write(&password_file, "generated files need no secret\n").map_err(text)?;
    platform::set_mode(&password_file, 0o600).map_err(text)?;
    let tool = |kind, program| Tool::new(kind, program, &password_file, work);
    let mut tools = vec![tool(Kind::Keepstead, ours)?, tool(Kind::Restic, restic::current(root)?)?];
    let mut notes = Vec::new();
    if let Some(program) = rustic::found(root) {
        tools.push(tool(Kind::Rustic, program)?);
    } else {
        notes.push(
            "Without rustic, which was not installed (`cargo install rustic-rs --locked`)."
                .to_owned(),
        );
    }
    Ok((tools, notes))
}

fn machine() -> Outcome<String> {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    let kernel = step::output(Command::new("uname").arg("-srm"))?;
    let processors = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model =
        processors.lines().find_map(|line| line.strip_prefix("model name")?.split(": ").nth(1));
    let model = model.unwrap_or("unknown processor");
    Ok(format!("{cores} cores ({model}), {}", kernel.trim()))
}

/// A folder beside the data that is removed at the end, also of a failure.
struct Work(PathBuf);

impl Work {
    fn new(data: &Path) -> Outcome<Self> {
        let work = data.join("keepstead-bench-work");
        // Left by a run that was killed.
        rounds::remove(&work)?;
        fs::create_dir_all(&work).map_err(|error| format!("{}: {error}", work.display()))?;
        Ok(Self(work))
    }
}

impl Drop for Work {
    fn drop(&mut self) {
        // Should this fail, the next run removes it.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Outcome<Wanted> {
        let arguments: Vec<String> = line.split_whitespace().map(str::to_owned).collect();
        Wanted::parse(&arguments)
    }

    #[test]
    fn arguments() {
        let all = parse("").expect("nothing is needed");
        assert_eq!((all.runs, &all.sets[..], all.quick), (3, &Set::ALL[..], false));
        assert_eq!(all.command(), "cargo xtask bench");
        let some = parse("docs --runs 5 --quick --data there docs tree").expect("all known");
        assert_eq!((some.runs, &some.sets[..]), (5, &[Set::Docs, Set::Tree][..]));
        assert_eq!(some.data, Some("there".into()));
        assert_eq!(some.command(), "cargo xtask bench --data there --quick --runs 5 docs tree");
        let served = parse("served --runs 2").expect("all known");
        assert_eq!((served.served, &served.sets[..]), (true, &[Set::Photos][..]));
        assert_eq!(served.command(), "cargo xtask bench --runs 2 served");
        for wrong in ["served docs", "--runs 0", "--runs", "--runs x", "--data", "photo", "--fast"]
        {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
