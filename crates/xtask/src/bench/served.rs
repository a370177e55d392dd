//! `cargo xtask bench served`: photos to a server, the three programs in turn.
//!
//! SeaweedFS on this machine stands for object storage: what is measured is
//! what the programs ask of it and how they keep it busy, not a network.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use super::data::{Amount, Set};
use super::figures::{Figures, Sample, Task};
use super::measure::{Cost, measure};
use super::table::About;
use super::tools::{Kind, Tool};
use crate::step::{self, Outcome};

/// By how much Keepstead is to be faster than the faster of the others.
const BAR: f64 = 0.75;
const MIB: f64 = 1_048_576.0;

/// A server, and the settings that `crates/servers` says of it. It ends when
/// this is dropped.
struct Server {
    process: Child,
    settings: BTreeMap<String, String>,
}

impl Server {
    /// Starts SeaweedFS.
    ///
    /// # Errors
    /// When it does not start.
    fn start(root: &Path) -> Outcome<Self> {
        let mut command = step::cargo();
        command.current_dir(root);
        command.args(["run", "--quiet", "--locked", "--package", "servers", "--", "seaweedfs"]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut process = command.spawn().map_err(|error| error.to_string())?;
        let said = process.stdout.take().ok_or("no output of the server")?;
        let mut settings = BTreeMap::new();
        for line in BufReader::new(said).lines() {
            let line = line.map_err(|error| error.to_string())?;
            if line.starts_with("Enter ") {
                break;
            }
            if let Some((name, value)) =
                line.strip_prefix("  ").and_then(|fact| fact.split_once(' '))
            {
                settings.insert(name.to_owned(), value.trim().to_owned());
            }
        }
        let server = Self { process, settings };
        for needed in ["endpoint", "access_key_id", "secret_access_key", "region", "bucket"] {
            server.setting(needed)?;
        }
        Ok(server)
    }

    fn setting(&self, name: &str) -> Outcome<&str> {
        let found = self.settings.get(name).map(String::as_str);
        found.ok_or_else(|| format!("the server says nothing of its {name}"))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(mut input) = self.process.stdin.take() {
            let _ = input.write_all(b"\n");
        }
        let _ = self.process.wait();
    }
}

/// Backs `source` up with every program, beginning with another one each time.
/// Each gets a server that has nothing to keep yet.
///
/// # Errors
/// When a program or a server fails.
pub(super) fn rounds(
    root: &Path,
    tools: &[Tool],
    (source, amount): (&Path, Amount),
    runs: usize,
    work: &Path,
) -> Outcome<Figures> {
    let mut figures = Figures::default();
    figures.amounts.insert(Set::Photos, amount);
    for run in 0..runs {
        for at in 0..tools.len() {
            let tool = &tools[(at + run) % tools.len()];
            let folder = format!("{}-{run}", tool.kind.name());
            let server = Server::start(root)?;
            let cost = first_backup(tool, &server, &folder, source, work)?;
            figures.add(Set::Photos, Task::First, tool.kind, cost, 0.0);
        }
    }
    Ok(figures)
}

fn first_backup(
    tool: &Tool,
    server: &Server,
    folder: &str,
    source: &Path,
    work: &Path,
) -> Outcome<Cost> {
    let place = tool.place().join(folder);
    fs::create_dir_all(&place).map_err(|error| format!("{}: {error}", place.display()))?;
    match tool.kind {
        Kind::Keepstead => keepstead(tool, server, folder, source, (&place, work)),
        Kind::Restic => {
            let (endpoint, bucket) = (server.setting("endpoint")?, server.setting("bucket")?);
            let repository = format!("s3:{endpoint}/{bucket}/{folder}");
            let command = |word: &str| -> Outcome<Command> {
                let mut command = tool.command(Path::new(&repository), [word]);
                command.env("AWS_ACCESS_KEY_ID", server.setting("access_key_id")?);
                command.env("AWS_SECRET_ACCESS_KEY", server.setting("secret_access_key")?);
                Ok(command)
            };
            step::output(&mut command("init")?)?;
            let mut backup = command("backup")?;
            backup.arg(source);
            measure(&backup, work)
        }
        Kind::Rustic => {
            // It takes the particulars of a service from a file only.
            let mut profile = "[repository.options]\n".to_owned();
            for name in ["endpoint", "access_key_id", "secret_access_key", "region", "bucket"] {
                let _ = writeln!(profile, "{name} = \"{}\"", server.setting(name)?);
            }
            let _ = writeln!(profile, "root = \"/{folder}\"");
            let profiles = tool.place().join("rustic");
            let failed = |error: std::io::Error| format!("{}: {error}", profiles.display());
            fs::create_dir_all(&profiles).map_err(failed)?;
            fs::write(profiles.join("served.toml"), profile).map_err(failed)?;
            let command = |word: &str| {
                let mut command = tool.command(Path::new("opendal:s3"), [word]);
                command.arg("--use-profile").arg("served");
                command
            };
            step::output(&mut command("init"))?;
            let mut backup = command("backup");
            backup.arg(source);
            measure(&backup, work)
        }
    }
}

/// A run of a plan, which is not over before what was written is read back.
fn keepstead(
    tool: &Tool,
    server: &Server,
    folder: &str,
    source: &Path,
    (place, work): (&Path, &Path),
) -> Outcome<Cost> {
    let command = |arguments: &[&str]| {
        let mut command = tool.bare();
        command.args(arguments).env("KEEPSTEAD_DATA", place.join("data"));
        command.env("KEEPSTEAD_KEYCHAIN", "off");
        command
    };
    let created = step::output(&mut command(&["kit", "create", "--json"]))?;
    let words = words(&created).ok_or("keepstead kit create says no words")?;
    let unlocked = |arguments: &[&str]| {
        let mut command = command(arguments);
        command.env("KEEPSTEAD_UNLOCK", &words);
        command
    };
    let mut add = unlocked(&["destination", "add", "--kind", "s3", "--name", "Server"]);
    for name in ["endpoint", "access_key_id", "region", "bucket"] {
        add.arg("--set").arg(format!("{name}={}", server.setting(name)?));
    }
    add.arg("--set").arg(format!("folder={folder}")).args(["--set", "conditions=yes"]);
    add.env("KEEPSTEAD_SECRET_SECRET_ACCESS_KEY", server.setting("secret_access_key")?);
    step::output(&mut add)?;
    let mut plan = unlocked(&["plan", "add", "Photos", "--to", "Server", "--source"]);
    plan.arg(source);
    step::output(&mut plan)?;
    measure(&unlocked(&["run"]), work)
}

/// The words of a kit, from the JSON that says them.
fn words(json: &str) -> Option<String> {
    let (_, rest) = json.split_once("\"words\":[")?;
    let (list, _) = rest.split_once(']')?;
    let words: Vec<&str> = list.split(',').map(|word| word.trim().trim_matches('"')).collect();
    (!words.is_empty()).then(|| words.join(" "))
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
    let _ = writeln!(text, "{runs}, the programs in turn.");
    for note in &about.notes {
        let _ = writeln!(text, "{note}");
    }
    for amount in figures.amounts.values() {
        let size = amount.bytes as f64 / MIB;
        let _ = writeln!(text, "`photos`: {} files, {size:.0} MiB.", amount.files);
    }
    text += "\n| Program | Wall | CPU | Memory |\n|---|--:|--:|--:|\n";
    for ((_, _, kind), Sample { cost, .. }) in figures.all() {
        let (name, memory) = (kind.name(), cost.peak / 1024.0);
        let _ =
            writeln!(text, "| {name} | {:.2} s | {:.2} s | {memory:.0} MiB |", cost.wall, cost.cpu);
    }
    let wall = |kind| figures.median(Set::Photos, Task::First, kind).map(|sample| sample.cost.wall);
    let others = [Kind::Restic, Kind::Rustic].into_iter().filter_map(wall);
    if let (Some(ours), Some(best)) = (wall(Kind::Keepstead), others.reduce(f64::min)) {
        let (ratio, reached) =
            (ours / best, if ours / best <= BAR { "reached" } else { "**missed**" });
        let _ = writeln!(
            text,
            "\nWall, beside the faster of the others: ≤ {BAR} × is asked, {ratio:.2} × measured: {reached}."
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_what_is_said() {
        let said = "{\"message_type\":\"kit\",\"words\":[\"one\", \"two\"],\"more\":[1]}\n";
        assert_eq!(words(said).as_deref(), Some("one two"));
        assert_eq!(words("{}"), None);
    }

    #[test]
    fn the_bar_is_about_the_faster_one() {
        let figures = |ours| {
            let mut figures = Figures::default();
            for (kind, wall) in
                [(Kind::Keepstead, ours), (Kind::Restic, 20.0), (Kind::Rustic, 10.0)]
            {
                let cost = Cost { wall, cpu: 1.0, peak: 102_400.0 };
                figures.add(Set::Photos, Task::First, kind, cost, 0.0);
            }
            figures
        };
        let text = render(&figures(7.5), &About { runs: 1, ..About::default() });
        assert!(text.contains("0.75 × measured: reached"), "{text}");
        assert!(text.contains("| Keepstead | 7.50 s | 1.00 s | 100 MiB |"), "{text}");
        assert!(render(&figures(7.7), &About::default()).contains("**missed**"));
    }
}
