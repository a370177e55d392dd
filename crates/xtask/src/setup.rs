//! Finds what is missing on this machine, asks once, and installs it.

use std::fs;
use std::io::{IsTerminal, Write as _};
use std::path::Path;
use std::process::{Command, Stdio};

use crate::platform;
use crate::step::{self, Outcome};

/// Whether installing was agreed to already.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Consent {
    Given,
    Ask,
}

/// The oldest Node that the interface builds with.
const NODE: (u32, u32) = (20, 19);

/// Installs the Debian packages and the interface's packages that are missing.
#[expect(clippy::print_stdout, reason = "a question at a terminal")]
pub(crate) fn install(root: &Path, packages: &[&str], consent: Consent) -> Outcome<()> {
    check_node()?;
    if let Some(advice) = platform::by_hand() {
        println!("{advice}");
    }
    let mut commands = for_packages(packages)?;
    if !interface_is_current(root) {
        println!("The interface's packages are missing or older than package-lock.json.");
        let mut install = platform::npm();
        install.arg("ci").current_dir(root);
        commands.push(install);
    }
    carry_out(commands, consent)
}

/// Installs the Debian packages that are missing, for what needs no interface.
pub(crate) fn install_packages(packages: &[&str], consent: Consent) -> Outcome<()> {
    carry_out(for_packages(packages)?, consent)
}

/// The commands that install what is missing of `packages`.
#[expect(clippy::print_stdout, reason = "progress for a terminal")]
fn for_packages(packages: &[&str]) -> Outcome<Vec<Command>> {
    let missing = if cfg!(target_os = "linux") { missing(packages)? } else { Vec::new() };
    if missing.is_empty() {
        return Ok(Vec::new());
    }
    println!("Debian packages that are missing: {}", missing.join(" "));
    let services: Vec<_> = platform::SERVICES
        .iter()
        .filter(|(package, _)| missing.contains(package))
        .flat_map(|(_, services)| *services)
        .copied()
        .collect();
    let mut install = if services.is_empty() {
        as_root("apt-get", &["install", "--yes", "--no-install-recommends"])?
    } else {
        println!(
            "Services that come with them neither start now nor with the machine: {}",
            services.join(" ")
        );
        as_root("sh", &["-c", QUIETLY, &services.join(" ")])?
    };
    install.args(&missing).env("DEBIAN_FRONTEND", "noninteractive");
    Ok(vec![as_root("apt-get", &["update"])?, install])
}

/// Installs packages and leaves their services, the first argument, stopped:
/// Debian asks this file whether one may start.
const QUIETLY: &str = "set -eu; policy=/usr/sbin/policy-rc.d
if [ ! -e $policy ]; then
  trap \"rm -f $policy\" EXIT
  printf \"%s\\n\" \"#!/bin/sh\" \"exit 101\" > $policy; chmod 755 $policy
fi
DEBIAN_FRONTEND=noninteractive apt-get install --yes --no-install-recommends \"$@\"
if [ -d /run/systemd/system ]; then systemctl disable $0; fi";

#[expect(clippy::print_stdout, reason = "a question at a terminal")]
fn carry_out(mut commands: Vec<Command>, consent: Consent) -> Outcome<()> {
    if commands.is_empty() {
        println!("Nothing is missing.");
        return Ok(());
    }
    println!("To be run:");
    for command in &commands {
        println!("  {}", step::shown(command));
    }
    if consent == Consent::Ask && !agreed()? {
        return Err("nothing was installed; run the commands above, then start again".to_owned());
    }
    commands.iter_mut().try_for_each(step::run)
}

#[expect(clippy::print_stdout, reason = "a question at a terminal")]
fn agreed() -> Outcome<bool> {
    let terminal = std::io::stdin();
    if !terminal.is_terminal() {
        return Err("nobody is here to agree; --yes installs without asking".to_owned());
    }
    print!("Run them now? [Y/n] ");
    std::io::stdout().flush().map_err(|error| error.to_string())?;
    let mut answer = String::new();
    terminal.read_line(&mut answer).map_err(|error| error.to_string())?;
    Ok(matches!(answer.trim().to_lowercase().as_str(), "" | "y" | "yes"))
}

/// The packages that dpkg does not know as installed.
fn missing<'a>(packages: &[&'a str]) -> Outcome<Vec<&'a str>> {
    // dpkg-query fails when it knows nothing of a package, and lists the others all the same.
    let known = Command::new("dpkg-query")
        .args(["--show", "--showformat=${db:Status-Status} ${Package}\n"])
        .args(packages)
        .stderr(Stdio::null())
        .output()
        .map_err(|_| {
            format!(
                "this is not Debian: install what these packages hold, then start again: {}",
                packages.join(" ")
            )
        })?;
    let known = String::from_utf8_lossy(&known.stdout);
    let installed = |package: &str| {
        known
            .lines()
            .any(|line| line.strip_prefix("installed ").is_some_and(|name| name == package))
    };
    Ok(packages.iter().copied().filter(|package| !installed(package)).collect())
}

/// The command, through sudo for those who are not root.
fn as_root(program: &str, arguments: &[&str]) -> Outcome<Command> {
    let mut command = if is_root()? {
        Command::new(program)
    } else {
        let mut sudo = Command::new("sudo");
        sudo.arg(program);
        sudo
    };
    command.args(arguments);
    Ok(command)
}

/// Whether this program may do everything.
pub(crate) fn is_root() -> Outcome<bool> {
    Ok(step::output(Command::new("id").arg("-u"))?.trim() == "0")
}

fn check_node() -> Outcome<()> {
    let (major, minor) = NODE;
    let needed = format!("Node {major}.{minor} or newer is needed for the window: nodejs.org");
    let printed = Command::new("node")
        .arg("--version")
        .output()
        .map_err(|_| format!("Node is not installed. {needed}"))?;
    let printed = String::from_utf8_lossy(&printed.stdout);
    let printed = printed.trim();
    let mut numbers = printed.trim_start_matches('v').split('.').map(str::parse::<u32>);
    match (numbers.next(), numbers.next()) {
        (Some(Ok(a)), Some(Ok(b))) if (a, b) >= NODE => Ok(()),
        _ => Err(format!("Node is {printed}. {needed}")),
    }
}

/// Whether npm's record of what it installed is newer than the lock file.
fn interface_is_current(root: &Path) -> bool {
    let changed = |path: &str| fs::metadata(root.join(path)).and_then(|data| data.modified()).ok();
    changed("node_modules/.package-lock.json")
        .is_some_and(|installed| changed("package-lock.json").is_some_and(|lock| lock <= installed))
}
