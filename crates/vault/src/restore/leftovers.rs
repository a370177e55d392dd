//! What a restore that came to no end leaves behind: files under temporary names.
//!
//! The next restore finds those in the folders that it writes to, when their name
//! proves both of two things. *Ours*: the name has a part of a hash of the rest of
//! it, which nobody chooses by accident. *Stale*: the name says on which machine,
//! since which start of it, and in which process the restore ran; that is this
//! machine, and the process is gone, lived before the last start, or is this one
//! and has ended the restore. What another machine restores to a shared folder,
//! what a process in another container does, and what cannot be told stays.
//!
//! Of a large file the name says as well what is to be in it. When that is wanted
//! again in the same folder, the restore goes on with it; everything else that is
//! found is removed.

use crate::{
    format::{Id, Node, NodeKind},
    platform::{
        self,
        restore::{self as system, Handle},
    },
};
use std::{
    collections::{BTreeSet, HashMap},
    fmt,
    sync::{Mutex, PoisonError},
};

/// Begins the names of what is not finished.
const PREFIX: &str = ".keepstead-restore-";
/// Files of fewer bytes are begun anew.
const LARGE: u64 = 16 << 20;

/// The restores of this process, by the random part of their names.
static RUNNING: Mutex<BTreeSet<String>> = Mutex::new(BTreeSet::new());

fn running<T>(change: impl FnOnce(&mut BTreeSet<String>) -> T) -> T {
    change(&mut RUNNING.lock().unwrap_or_else(PoisonError::into_inner))
}

/// What is to be in a large file: the beginning of a hash of its parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct What([u8; 8]);

impl What {
    /// That of a file; `None` when it is begun anew anyway.
    pub(super) fn of(node: &Node) -> Option<Self> {
        if node.kind != NodeKind::File || node.size < LARGE {
            return None;
        }
        let parts: Vec<&[u8]> =
            node.content.as_ref()?.iter().map(|id| id.as_bytes().as_slice()).collect();
        let hash = Id::of(&parts.concat());
        hash.as_bytes().first_chunk().copied().map(Self)
    }

    fn parse(text: &str) -> Option<Self> {
        let mut bytes = [0; 8];
        hex::decode_to_slice(text, &mut bytes).ok()?;
        // Written in one way only.
        (hex::encode(bytes) == text).then_some(Self(bytes))
    }
}

impl fmt::Display for What {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode(self.0))
    }
}

/// How the names of one restore begin, while it runs.
#[derive(Debug)]
pub(super) struct Names {
    random: String,
    prefix: String,
}

impl Names {
    /// The name of something that is not finished, by its number; of a large file
    /// with `what` is to be in it.
    pub(super) fn of(&self, number: u64, what: Option<What>) -> Vec<u8> {
        let prefix = &self.prefix;
        match what {
            Some(what) => format!("{prefix}{number}.{what}").into_bytes(),
            None => format!("{prefix}{number}").into_bytes(),
        }
    }
}

impl Drop for Names {
    fn drop(&mut self) {
        running(|running| running.remove(&self.random));
    }
}

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

    /// The names of one restore.
    pub(super) fn names(&self, random: [u8; 8]) -> Names {
        let machine = self.machine.clone().unwrap_or_else(|| short(b""));
        let random = hex::encode(random);
        let run = format!("{machine}-{}-{:x}-{random}", self.boot, self.pid);
        running(|running| running.insert(random.clone()));
        let prefix = format!("{PREFIX}{run}-{}-", short(run.as_bytes()));
        Names { random, prefix }
    }

    /// Whether `name` was given by a restore that cannot be running any more, and
    /// what is to be in the file then, where the name says so.
    fn outlived(&self, name: &[u8]) -> Option<Option<What>> {
        let machine = self.machine.as_deref()?;
        let name = std::str::from_utf8(name).ok()?.strip_prefix(PREFIX)?;
        let (run, number) = name.rsplit_once('-')?;
        let (run, hash) = run.rsplit_once('-')?;
        let (number, what) = match number.split_once('.') {
            Some((number, what)) => (number, Some(What::parse(what)?)),
            None => (number, None),
        };
        let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
        if !is_number || short(run.as_bytes()) != hash {
            return None;
        }
        let parts: Vec<&str> = run.split('-').collect();
        let [of_machine, boot, pid, random] = parts[..] else { return None };
        let pid = u32::from_str_radix(pid, 16).ok()?;
        let is_over = || match pid == self.pid {
            true => running(|running| !running.contains(random)),
            false => !platform::process_exists(pid.into()),
        };
        (of_machine == machine && (boot != self.boot || is_over())).then_some(what)
    }

    /// Finds in a folder what a restore has left that is over.
    pub(super) fn leftovers(&self, folder: &Handle) -> Leftovers {
        let mut left = Leftovers::default();
        let names = system::names(folder, |name| self.outlived(name).is_some());
        for name in names.unwrap_or_default() {
            match self.outlived(&name).flatten() {
                Some(what) => left.files.entry(what).or_default().push(name),
                // What cannot be removed stays, and says by its name what it is.
                // Never a folder: a restore makes none under a temporary name.
                None => drop(system::remove(folder, &name)),
            }
        }
        left
    }
}

/// Large files that were begun in a folder.
#[derive(Debug, Default)]
pub(super) struct Leftovers {
    files: HashMap<What, Vec<Vec<u8>>>,
}

impl Leftovers {
    /// Gives a file that is to have `what` in it the name `new`, for this restore
    /// to go on with; `false` when there is none.
    pub(super) fn take(&mut self, folder: &Handle, what: What, new: &[u8]) -> bool {
        let Some(old) = self.files.get_mut(&what).and_then(Vec::pop) else { return false };
        let taken = system::take_over(folder, &old, new);
        if taken.is_err() {
            for name in [old.as_slice(), new] {
                let _ = system::remove(folder, name);
            }
        }
        taken.is_ok()
    }

    /// Removes those that nobody wants.
    pub(super) fn clear(self, folder: &Handle) {
        for name in self.files.into_values().flatten() {
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

    fn named(process: &Process) -> String {
        let names = process.names([5; 8]);
        String::from_utf8(names.of(7, None)).unwrap()
    }

    fn gone() -> u32 {
        let mut child = std::process::Command::new("true").spawn().unwrap();
        child.wait().unwrap();
        child.id()
    }

    #[test]
    fn only_what_is_proven_is_removed() {
        let here = Process { machine: Some("0123abcd".into()), boot: "89ab0123".into(), pid: 1 };
        let dead = Process { pid: gone(), ..here.clone() };
        let earlier = Process { boot: "00000000".into(), ..here.clone() };
        for stale in [&dead, &earlier, &here] {
            assert_eq!(here.outlived(named(stale).as_bytes()), Some(None), "{stale:?}");
        }
        let running = here.names([5; 8]);
        assert_eq!(here.outlived(&running.of(7, None)), None);
        drop(running);
        let other = Process { pid: std::process::id(), ..here.clone() };
        let elsewhere = Process { machine: Some("ffffffff".into()), ..earlier.clone() };
        let unknown = Process { machine: None, ..earlier.clone() };
        for live in [&other, &elsewhere, &unknown] {
            assert_eq!(here.outlived(named(live).as_bytes()), None, "{live:?}");
        }
        assert_eq!(unknown.outlived(named(&dead).as_bytes()), None);
        let stale = named(&dead);
        let others = [
            ".keepstead-restore-0011223344556677-1".to_owned(),
            ".keepstead-restore-".to_owned(),
            format!("{stale}x"),
            format!("{stale}.0123456789abcde"),
            format!("{stale}.0123456789ABCDEF"),
            format!("{stale}.0123456789abcdef.0"),
            stale.replace("89ab0123", "89ab0124"),
            stale[..stale.len() - 1].to_owned(),
            format!("x{stale}"),
        ];
        for other in others {
            assert_eq!(here.outlived(other.as_bytes()), None, "{other}");
        }
        let what = What([1, 0x23, 0x45, 0x67, 0x89, 0xab, 0xcd, 0xef]);
        let said = here.outlived(format!("{stale}.0123456789abcdef").as_bytes());
        assert_eq!(said, Some(Some(what)));
        assert_eq!(here.outlived(&dead.names([5; 8]).of(7, Some(what))), Some(Some(what)));
    }

    #[test]
    fn a_folder_is_cleared_of_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let here = Process { machine: Some("0123abcd".into()), boot: "1".into(), pid: 1 };
        let dead = Process { boot: "2".into(), ..here.clone() };
        let running = here.names([1; 8]);
        let live = String::from_utf8(running.of(7, None)).unwrap();
        let stale = named(&dead);
        for name in [&stale, &live, &"letter".to_owned()] {
            std::fs::write(folder.path().join(name), "text").unwrap();
        }
        std::fs::create_dir(folder.path().join(named(&dead).replace("-7", "-8"))).unwrap();
        let fd = system::open_target(folder.path()).unwrap();
        here.leftovers(&fd).clear(&fd);
        assert!(!folder.path().join(stale).exists());
        assert!(folder.path().join(live).exists() && folder.path().join("letter").exists());
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 3, "a folder stays");
    }

    #[test]
    fn a_large_file_is_taken_by_who_wants_the_same() {
        let folder = tempfile::tempdir().unwrap();
        let here = Process { machine: Some("0123abcd".into()), boot: "1".into(), pid: 1 };
        let dead = Process { boot: "2".into(), ..here.clone() };
        let [wanted, other, linked] = [1, 2, 3].map(|number| What([number; 8]));
        let path = |name: &[u8]| folder.path().join(std::str::from_utf8(name).unwrap());
        for (number, what) in [(1, wanted), (2, other), (3, linked), (4, linked)] {
            let name = dead.names([9; 8]).of(number, Some(what));
            std::fs::write(path(&name), format!("{number}")).unwrap();
        }
        // One has a further name, so that somebody else would see what is written.
        let further = folder.path().join("further");
        std::fs::hard_link(path(&dead.names([9; 8]).of(3, Some(linked))), &further).unwrap();
        std::fs::remove_file(path(&dead.names([9; 8]).of(4, Some(linked)))).unwrap();
        let fd = system::open_target(folder.path()).unwrap();
        let names = here.names([8; 8]);
        let mut left = here.leftovers(&fd);
        let new = names.of(0, Some(wanted));
        assert!(left.take(&fd, wanted, &new));
        assert!(!left.take(&fd, wanted, &names.of(1, Some(wanted))), "there was one");
        assert!(!left.take(&fd, linked, &names.of(2, Some(linked))));
        left.clear(&fd);
        assert_eq!(std::fs::read(path(&new)).unwrap(), b"1");
        assert_eq!(std::fs::read(further).unwrap(), b"3");
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 2);
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_process_knows_itself() {
        let here = Process::current();
        assert!(here.machine.is_some());
        assert_eq!(here, Process::current());
    }
}
