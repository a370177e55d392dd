//! Every failure, in the words people read.

use super::{Act, busy, opening, problem, skipped, unsound, vault};
use crate::{
    Error,
    vault::{CheckFinding, Severity},
};
use model::RunKind;
use std::{
    fmt::{Debug, Write},
    path::{Path, PathBuf},
};
use storage::ErrorKind;
use vault::{Error as VaultError, LockHolder, Problem, SkipReason, TargetProblem, format::Id};

/// Text that must never reach a person.
const RAW: &str = "Os { code: 5 } (os error 5) at line 1 column 2";

/// All values of a type: each one names the next, so that one that is new
/// does not compile until it has its place here.
fn all<T>(first: T, next: impl Fn(&T) -> Option<T>) -> Vec<T> {
    let mut values = vec![first];
    while let Some(value) = values.last().and_then(&next) {
        values.push(value);
    }
    values
}

fn shown(error: &Error) -> String {
    let code = serde_json::to_string(&error.code).expect("a code");
    format!("{code}\n  {}\n  {}\n", error.message, error.hint)
}

#[track_caller]
fn presentable(text: &str) {
    for raw in ["Os {", "os error", "line 1", "Some(", "Err(", "  .", ".."] {
        assert!(!text.contains(raw), "{raw:?} in {text}");
    }
}

fn vault_errors() -> Vec<VaultError> {
    let place = || "/mnt/disk/vault".to_owned();
    all(VaultError::NotARepository(place()), |error| {
        Some(match error {
            VaultError::NotARepository(_) => VaultError::HalfCreated(place()),
            VaultError::HalfCreated(_) => VaultError::RepositoryExists(place()),
            VaultError::RepositoryExists(_) => VaultError::WrongPassphrase,
            VaultError::WrongPassphrase => VaultError::NoKeys,
            VaultError::NoKeys => VaultError::UnsupportedVersion(1),
            VaultError::UnsupportedVersion(1) => VaultError::UnsupportedVersion(3),
            VaultError::UnsupportedVersion(_) => VaultError::EmptyPassphrase,
            VaultError::EmptyPassphrase => VaultError::KeyInUse,
            VaultError::KeyInUse => VaultError::Locked(holder(false)),
            VaultError::Locked(holder) if !holder.exclusive => {
                VaultError::Locked(self::holder(true))
            }
            VaultError::Locked(_) => VaultError::LockLost,
            VaultError::LockLost => damaged("pack"),
            VaultError::Damaged { what, .. } => match what.split(' ').next() {
                Some("pack") => damaged("index"),
                Some("index") => damaged("snapshot"),
                Some("snapshot") => damaged("key"),
                Some("key") => damaged("lock"),
                Some("lock") => {
                    VaultError::Damaged { what: "config".to_owned(), reason: RAW.to_owned() }
                }
                _ => VaultError::Missing(format!("tree {}", Id::of(b"tree"))),
            },
            VaultError::Missing(_) => VaultError::NoSuchSnapshot("latest".to_owned()),
            VaultError::NoSuchSnapshot(wanted) if wanted == "latest" => {
                VaultError::NoSuchSnapshot("1f2e".to_owned())
            }
            VaultError::NoSuchSnapshot(_) => VaultError::AmbiguousSnapshot("1".to_owned()),
            VaultError::AmbiguousSnapshot(_) => VaultError::NoSource(vec!["/a".into()]),
            VaultError::NoSource(paths) if paths.len() == 1 => {
                VaultError::NoSource(vec!["/a".into(), "/b".into()])
            }
            VaultError::NoSource(_) => {
                VaultError::SourceInDestination("/mnt/a".into(), "/mnt/a".into())
            }
            VaultError::SourceInDestination(a, b) if a == b => {
                VaultError::SourceInDestination("/mnt/a/b".into(), "/mnt/a".into())
            }
            VaultError::SourceInDestination(..) => {
                VaultError::Pattern { pattern: "[a".to_owned(), reason: RAW.to_owned() }
            }
            VaultError::Pattern { .. } => target(TargetProblem::NotAFolder),
            VaultError::Target { problem, .. } => match problem {
                TargetProblem::NotAFolder => target(TargetProblem::InsideSource("/home/me".into())),
                TargetProblem::InsideSource(_) => {
                    target(TargetProblem::InsideDestination("/mnt/disk/vault".into()))
                }
                TargetProblem::InsideDestination(_) => {
                    target(TargetProblem::NotWritable(RAW.to_owned()))
                }
                TargetProblem::NotWritable(_) => exists(1),
                TargetProblem::Exists { count: 1, .. } => exists(7),
                TargetProblem::Exists { .. } => VaultError::NoSuchPath("/home/me/x".to_owned()),
            },
            VaultError::NoSuchPath(_) => VaultError::NoRules,
            VaultError::NoRules => VaultError::NoSnapshots,
            VaultError::NoSnapshots => VaultError::PlanOutdated,
            VaultError::PlanOutdated => VaultError::Cancelled,
            VaultError::Cancelled => VaultError::Internal("a worker ended"),
            VaultError::Internal(_) => {
                VaultError::Storage(storage::Error::new(ErrorKind::Other, "get").because(RAW))
            }
            VaultError::Storage(_) => return None,
        })
    })
}

fn damaged(kind: &str) -> VaultError {
    let what = format!("{kind} {}", Id::of(kind.as_bytes()));
    VaultError::Damaged { what, reason: RAW.to_owned() }
}

fn target(problem: TargetProblem) -> VaultError {
    VaultError::Target { path: PathBuf::from("/home/me/restored"), problem }
}

fn exists(count: u64) -> VaultError {
    target(TargetProblem::Exists { count, first: "/home/me/restored/a".into() })
}

fn holder(exclusive: bool) -> LockHolder {
    LockHolder {
        hostname: "laptop".to_owned(),
        username: "me".to_owned(),
        pid: 42,
        since: "2026-01-02T03:04:05+01:00".to_owned(),
        exclusive,
    }
}

fn storage_errors() -> Vec<storage::Error> {
    let kinds = all(ErrorKind::NotFound, |kind| {
        Some(match kind {
            ErrorKind::NotFound => ErrorKind::AlreadyExists,
            ErrorKind::AlreadyExists => ErrorKind::PermissionDenied,
            ErrorKind::PermissionDenied => ErrorKind::BadCredentials,
            ErrorKind::BadCredentials => ErrorKind::Untrusted,
            ErrorKind::Untrusted => ErrorKind::PlaceMissing,
            ErrorKind::PlaceMissing => ErrorKind::WrongRegion,
            ErrorKind::WrongRegion => ErrorKind::WrongClock,
            ErrorKind::WrongClock => ErrorKind::NotThisService,
            ErrorKind::NotThisService => ErrorKind::AuthExpired,
            ErrorKind::AuthExpired => ErrorKind::RateLimited,
            ErrorKind::RateLimited => ErrorKind::OutOfSpace,
            ErrorKind::OutOfSpace => ErrorKind::TooLarge,
            ErrorKind::TooLarge => ErrorKind::ReadOnly,
            ErrorKind::ReadOnly => ErrorKind::NotMounted,
            ErrorKind::NotMounted => ErrorKind::Unreachable,
            ErrorKind::Unreachable => ErrorKind::TimedOut,
            ErrorKind::TimedOut => ErrorKind::Damaged,
            ErrorKind::Damaged => ErrorKind::Unsupported,
            ErrorKind::Unsupported => ErrorKind::Exhausted,
            ErrorKind::Exhausted => ErrorKind::Other,
            ErrorKind::Other => ErrorKind::Cancelled,
            ErrorKind::Cancelled => return None,
        })
    });
    let error = |kind| storage::Error::new(kind, "put").at("data/1f/1f2e").because(RAW);
    kinds.into_iter().map(error).collect()
}

fn snapshot(name: &str, errors: impl IntoIterator<Item = Error>) {
    let text: String = errors.into_iter().map(|error| shown(&error)).collect();
    presentable(&text);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}

fn place() -> &'static Path {
    Path::new("/mnt/disk/vault")
}

#[test]
fn of_vaults() {
    snapshot("vaults", vault_errors().into_iter().map(|error| vault(error, Act::Backup, place())));
}

#[test]
fn of_destinations() {
    let errors = storage_errors().into_iter();
    snapshot("destinations", errors.map(|error| vault(error.into(), Act::Backup, place())));
}

#[test]
fn of_folders_that_cannot_be_opened() {
    let errors = storage_errors();
    let errors = [Act::Init, Act::Open]
        .into_iter()
        .flat_map(|act| errors.iter().map(move |error| opening(error, act, place())));
    snapshot("opening", errors);
}

#[test]
fn of_everything_that_may_be_under_way() {
    let acts = all(Act::Init, |act| {
        Some(match act {
            Act::Init => Act::Open,
            Act::Open => Act::Backup,
            Act::Backup => Act::List,
            Act::List => Act::Browse,
            Act::Browse => Act::PlanRestore,
            Act::PlanRestore => Act::Restore,
            Act::Restore => Act::Check,
            Act::Check => Act::Keys,
            Act::Keys => Act::Forget,
            Act::Forget => Act::PlanPrune,
            Act::PlanPrune => Act::Prune,
            Act::Prune => Act::Repair,
            Act::Repair => Act::Copy,
            Act::Copy => Act::Unlock,
            Act::Unlock => Act::AddDestination,
            Act::AddDestination => Act::Plan,
            Act::Plan => return None,
        })
    });
    let errors = acts.into_iter().flat_map(|act| {
        let lost = vault(VaultError::LockLost, act, place());
        [lost, vault(VaultError::Cancelled, act, place()), busy(act)]
    });
    snapshot("acts", errors);
}

#[test]
fn of_keys_and_folders() {
    let errors =
        [super::not_a_folder(place()), super::no_such_key("1f"), super::ambiguous_key("1")];
    snapshot("keys", errors);
}

#[test]
fn of_saving_the_kit() {
    use std::io::ErrorKind as K;
    let kinds = [
        K::AlreadyExists,
        K::IsADirectory,
        K::NotFound,
        K::StorageFull,
        K::ReadOnlyFilesystem,
        K::PermissionDenied,
        K::Other,
    ];
    let path = Path::new("/home/me/kit.pdf");
    let errors = kinds.map(|kind| super::kit_not_saved(&kind.into(), path));
    let made = [secrets::Error::TooLong, secrets::Error::NotDrawn].map(super::kit_not_made);
    snapshot("kit_errors", errors.into_iter().chain(made));
}

#[test]
fn of_skipped_files() {
    let reasons = all(SkipReason::PermissionDenied, |reason| {
        Some(match reason {
            SkipReason::PermissionDenied => SkipReason::Vanished,
            SkipReason::Vanished => SkipReason::Missing,
            SkipReason::Missing => SkipReason::Changing,
            SkipReason::Changing => SkipReason::Unreadable,
            SkipReason::Unreadable => SkipReason::Kind,
            SkipReason::Kind => SkipReason::Contents,
            SkipReason::Contents => SkipReason::NotWritten,
            SkipReason::NotWritten => SkipReason::Attributes,
            SkipReason::Attributes => SkipReason::Exists,
            SkipReason::Exists => SkipReason::Destination,
            SkipReason::Destination => SkipReason::OutOfSpace,
            SkipReason::OutOfSpace => SkipReason::Exhausted,
            SkipReason::Exhausted => return None,
        })
    });
    lines("skipped", reasons.into_iter().map(skipped));
}

#[test]
fn of_findings() {
    let first = Id::of(b"blob");
    let problems = all(Problem::Missing, |problem| {
        Some(match problem {
            Problem::Missing => Problem::Damaged(RAW.to_owned()),
            Problem::Damaged(_) => Problem::Unreadable(RAW.to_owned()),
            Problem::Unreadable(_) => Problem::Length { expected: 12, found: 7 },
            Problem::Length { .. } => Problem::Orphan,
            Problem::Orphan => Problem::NotIndexed,
            Problem::NotIndexed => Problem::WrongKind,
            Problem::WrongKind => Problem::IndexesDisagree,
            Problem::IndexesDisagree => Problem::Gaps,
            Problem::Gaps => Problem::HeaderDiffers,
            Problem::HeaderDiffers => Problem::Blobs { count: 3, first },
            Problem::Blobs { .. } => {
                Problem::Size { name: "a".to_owned(), recorded: 12, contents: 7 }
            }
            Problem::Size { .. } => return None,
        })
    });
    lines("problems", problems.iter().map(problem));
}

#[test]
fn of_checks() {
    let found = |severity, snapshots: &[&str]| CheckFinding {
        severity,
        subject: "pack",
        id: None,
        problem: "missing",
        message: String::new(),
        snapshots: snapshots.iter().map(|&id| id.to_owned()).collect(),
        files: 0,
        examples: Vec::new(),
    };
    let error = |snapshots| found(Severity::Error, snapshots);
    snapshot(
        "checks",
        [
            unsound(&[error(&[]), found(Severity::Remark, &["c"])]),
            unsound(&[error(&["a"]), error(&["a"])]),
            unsound(&[error(&["a", "b"])]),
        ],
    );
    let vault = Path::new("/mnt/disk/vault");
    let unopened = super::unopened("Disk", &super::not_a_folder(vault));
    snapshot(
        "verifications",
        [
            super::damaged("Disk", vault, &[error(&["a"]), found(Severity::Remark, &[])]),
            unopened,
            super::newest_not_listed("Documents", vault),
            super::clean_up_outdated("Disk"),
        ],
    );
}

#[test]
fn of_interrupted_runs() {
    snapshot("interrupted", RunKind::ALL.iter().map(|kind| super::interrupted(*kind)));
    let words = ["snapshot", "prune", "repo", "blob", "pack"];
    for kind in [RunKind::Verify, RunKind::Prune] {
        let error = super::interrupted(kind);
        let said = format!("{} {} {}", error.message, error.hint, super::application::done(kind));
        assert!(words.iter().all(|word| !said.contains(word)), "{said}");
    }
}

#[test]
fn findings_say_where_to_look_and_what_it_means() {
    let id = "1f".repeat(32);
    let finding = |subject: &'static str, files: u64| CheckFinding {
        severity: Severity::Error,
        subject,
        id: Some(id.clone()),
        problem: "missing",
        message: format!("{subject} {id}: It is missing."),
        snapshots: Vec::new(),
        files,
        examples: (0..files.min(2)).map(|number| format!("/home/{number}")).collect(),
    };
    let line = |subject, files| super::finding_line(&finding(subject, files));
    assert_eq!(line("pack", 0), format!("data/1f/{id}: It is missing."));
    assert_eq!(line("snapshot", 1), format!("snapshots/{id}: It is missing. Concerns /home/0."));
    assert!(line("tree", 2).ends_with(" Concerns /home/0 and one more."));
    assert!(line("blob", 9).ends_with(" Concerns /home/0 and 8 more."));
    for subject in ["pack", "snapshot", "index", "key", "lock", "config", "tree", "blob"] {
        assert!(!line(subject, 0).starts_with("More"), "{subject} has a place of its own");
    }
}

fn lines<A: Debug, B: std::fmt::Display>(name: &str, lines: impl Iterator<Item = (A, B)>) {
    let mut text = String::new();
    for (code, message) in lines {
        let _ = writeln!(text, "{code:?}: {message}");
    }
    presentable(&text);
    insta::with_settings!({ omit_expression => true, prepend_module_to_snapshot => false }, {
        insta::assert_snapshot!(name, text);
    });
}
