//! What a restore that was killed leaves behind: files under temporary names.
//!
//! The next restore removes those that it finds in the folders that it writes
//! to, when their name proves both of two things. *Ours*: the name ends in a
//! part of a hash of the rest of it, which nobody chooses by accident. *Stale*:
//! the name says on which machine, since which start of it, and in which process
//! the restore ran; that is this machine, and the process is gone or lived
//! before the last start. What another machine restores to a shared folder, what
//! a process in another container does, and what cannot be told stays.

use crate::platform::{self, restore as system};
use crate::{format::Id, platform::restore::Handle};

/// Begins the names of what is not finished.
const PREFIX: &str = ".keepstead-restore-";

/// Where and since when this process runs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Process {
    /// Machine and container; `None` where it cannot be told.
    machine: Option<String>,
    /// The start of the machine.
    boot: String,
    pid: u32,
}

impl Process {
    /// This process.
    pub(super) fn current() -> Self {
        let (machine, boot) = match platform::machine() {
            Some((machine, boot)) => (Some(short(&machine)), short(&boot)),
            None => (None, short(b"")),
        };
        Self { machine, boot, pid: std::process::id() }
    }

    /// Begins the names of one restore; a number follows.
    pub(super) fn prefix(&self, random: [u8; 8]) -> String {
        let machine = self.machine.clone().unwrap_or_else(|| short(b""));
        let run = format!("{machine}-{}-{:x}-{}", self.boot, self.pid, hex::encode(random));
        format!("{PREFIX}{run}-{}-", short(run.as_bytes()))
    }

    /// Whether `name` was given by a restore that cannot be running any more.
    fn outlived(&self, name: &[u8]) -> bool {
        let Some(machine) = &self.machine else { return false };
        let name = std::str::from_utf8(name).ok().and_then(|name| name.strip_prefix(PREFIX));
        let Some((run, number)) = name.and_then(|name| name.rsplit_once('-')) else { return false };
        let Some((run, hash)) = run.rsplit_once('-') else { return false };
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || short(run.as_bytes()) != hash {
            return false;
        }
        let parts: Vec<&str> = run.split('-').collect();
        let [of_machine, boot, pid, _] = parts[..] else { return false };
        let Ok(pid) = u32::from_str_radix(pid, 16) else { return false };
        of_machine == machine && (boot != self.boot || !platform::process_exists(pid.into()))
    }

    /// Removes from a folder what a restore has left that is over. What cannot
    /// be listed or removed stays, and says by its name what it is.
    pub(super) fn clear(&self, folder: &Handle) {
        if self.machine.is_none() {
            return;
        }
        let outlived = |name: &[u8]| name.starts_with(PREFIX.as_bytes()) && self.outlived(name);
        for name in system::names(folder, outlived).unwrap_or_default() {
            // Never a folder: a restore makes none under a temporary name.
            let _ = system::remove(folder, &name);
        }
    }
}

fn short(bytes: &[u8]) -> String {
    Id::of(bytes).to_string()[..8].to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn gone() -> u32 {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        child.id()
    }

    #[test]
    fn only_what_is_proven_is_removed() {
        let here = Process { machine: Some("0123abcd".into()), boot: "89ab0123".into(), pid: 1 };
        let named = |process: &Process| format!("{}7", process.prefix([5; 8]));
        let dead = Process { pid: gone(), ..here.clone() };
        let earlier = Process { boot: "00000000".into(), ..here.clone() };
        for stale in [&dead, &earlier] {
            assert!(here.outlived(named(stale).as_bytes()), "{stale:?}");
        }
        let elsewhere = Process { machine: Some("ffffffff".into()), ..earlier.clone() };
        let unknown = Process { machine: None, ..earlier.clone() };
        for live in [&here, &elsewhere, &unknown] {
            assert!(!here.outlived(named(live).as_bytes()), "{live:?}");
        }
        assert!(!unknown.outlived(named(&dead).as_bytes()));
        let stale = named(&dead);
        let others = [
            ".keepstead-restore-0011223344556677-1".to_owned(),
            ".keepstead-restore-".to_owned(),
            format!("{stale}x"),
            stale.replace("89ab0123", "89ab0124"),
            stale[..stale.len() - 1].to_owned(),
            format!("x{stale}"),
        ];
        for other in others {
            assert!(!here.outlived(other.as_bytes()), "{other}");
        }
    }

    #[test]
    fn a_folder_is_cleared_of_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let here = Process { machine: Some("0123abcd".into()), boot: "1".into(), pid: 1 };
        let dead = Process { boot: "2".into(), ..here.clone() };
        let (stale, live) =
            (format!("{}0", dead.prefix([1; 8])), format!("{}0", here.prefix([1; 8])));
        for name in [&stale, &live, &"letter".to_owned()] {
            std::fs::write(folder.path().join(name), "text").unwrap();
        }
        std::fs::create_dir(folder.path().join(format!("{}1", dead.prefix([1; 8])))).unwrap();
        here.clear(&system::open_target(folder.path()).unwrap());
        assert!(!folder.path().join(stale).exists());
        assert!(folder.path().join(live).exists() && folder.path().join("letter").exists());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "a folder stays");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_knows_itself() {
        let here = Process::current();
        assert!(here.machine.is_some());
        assert_eq!(here, Process::current());
    }
}
