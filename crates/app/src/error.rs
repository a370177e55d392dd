//! What went wrong, for programs and for people.

use serde::Serialize;
use std::fmt;

/// The result of a use case.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What went wrong, for programs. The names are stable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    /// No key opens with this passphrase.
    WrongPassphrase,
    /// The passphrase is empty.
    EmptyPassphrase,
    /// There is no passphrase, and nobody to ask.
    PassphraseMissing,
    /// The file or variable that should hold the passphrase cannot be used.
    PassphraseUnreadable,
    /// The passphrase and its repetition differ.
    PassphrasesDiffer,
    /// There is no repository.
    NotARepository,
    /// There is a repository already.
    RepositoryExists,
    /// There is only a part of a repository.
    RepositoryIncomplete,
    /// The repository's version cannot be used.
    UnsupportedVersion,
    /// The key that opened the repository cannot be removed.
    KeyInUse,
    /// There is no such key.
    NoSuchKey,
    /// Several keys begin so.
    AmbiguousKey,
    /// Another program holds the repository.
    Locked,
    /// The own lock was lost.
    LockLost,
    /// Something in the repository is damaged.
    Damaged,
    /// Something in the repository is missing.
    MissingObject,
    /// There is no such backup.
    NoSuchBackup,
    /// Several backups begin so.
    AmbiguousBackup,
    /// There is no such path in the backup.
    NoSuchPath,
    /// Nothing of what should be backed up can be read.
    SourceMissing,
    /// What should be backed up lies where the backups are.
    SourceInDestination,
    /// A pattern makes no sense.
    Pattern,
    /// The restore target is not a folder.
    TargetNotAFolder,
    /// The restore target lies in what was backed up.
    TargetInsideSource,
    /// The restore target lies where the backups are.
    TargetInsideDestination,
    /// The restore target cannot be written to.
    TargetNotWritable,
    /// Files to be restored are there already.
    TargetExists,
    /// No rule says which backups are kept.
    NoRules,
    /// No backup is listed, although data of backups is there.
    NoBackups,
    /// The repository has changed since it was decided what to do.
    PlanOutdated,
    /// A folder is not there.
    FolderMissing,
    /// It is not a folder.
    NotAFolder,
    /// No room is left.
    OutOfSpace,
    /// The destination cannot be written to.
    ReadOnly,
    /// This account may not.
    PermissionDenied,
    /// The disk or share is not there.
    NotMounted,
    /// The destination cannot be reached.
    Unreachable,
    /// The destination does not take this name, password or key.
    BadCredentials,
    /// The destination does not prove who it is.
    Untrusted,
    /// The destination's bucket, share or folder is not there.
    PlaceMissing,
    /// The bucket is in another region.
    WrongRegion,
    /// The clock here is wrong.
    WrongClock,
    /// What answers is not the service that was expected.
    NotThisService,
    /// The sign-in has run out.
    SignInExpired,
    /// The destination asks to slow down.
    RateLimited,
    /// The destination took too long.
    TimedOut,
    /// The destination does not take objects that large.
    TooLarge,
    /// The destination cannot do this.
    Unsupported,
    /// The machine is out of memory or file handles.
    Exhausted,
    /// The destination failed in another way.
    DestinationFailed,
    /// The output cannot be written.
    OutputFailed,
    /// The user, or the system, stopped it.
    Cancelled,
    /// Keepstead is not set up on this machine.
    NotSetUp,
    /// It is set up already.
    AlreadySetUp,
    /// The keychain does not give the key, and there is no passphrase.
    AppLocked,
    /// A sealed secret does not open.
    SecretDamaged,
    /// The database is damaged.
    StoreDamaged,
    /// The database is of a newer version.
    StoreNewer,
    /// The database is held by another program.
    StoreBusy,
    /// The name is taken.
    NameTaken,
    /// The name is empty or too long.
    BadName,
    /// The folder holds something of another program, or of Keepstead itself.
    NotOurs,
    /// What was said about a destination is wrong.
    BadSettings,
    /// There is no such destination.
    NoSuchDestination,
    /// A plan copies to the destination.
    DestinationInUse,
    /// There is no such plan.
    NoSuchPlan,
    /// A limit is no number that makes sense.
    BadLimit,
    /// The plan has no source or no destination.
    PlanIncomplete,
    /// There is no such run.
    NoSuchRun,
    /// The run has ended already.
    RunOver,
    /// The run has not begun.
    RunWaits,
    /// A process ended in the middle of a run.
    Interrupted,
    /// A file of that name is there, or it is not the name of a file.
    FileExists,
    /// It is not the word of the recovery kit.
    WrongKitWord,
    /// The desktop does not do what it was asked for.
    DesktopRefused,
    /// A fault of the program itself.
    Internal,
}

/// A failure, in words for people.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct Error {
    /// For programs.
    pub code: Code,
    /// What happened, and what it means for protection.
    pub message: String,
    /// What to do.
    pub hint: String,
    /// What was said about a destination and should be otherwise, where the
    /// destination shows how. Whoever believes it says it so.
    pub remedy: Option<Box<Remedy>>,
}

/// A setting of a destination, and what it should hold.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct Remedy {
    /// The setting.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// What it should hold.
    pub value: String,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Error {}

impl Error {
    /// A fault of the program itself.
    #[must_use]
    pub fn fault() -> Self {
        crate::messages::fault()
    }

    /// The desktop does not do what it was asked for.
    #[must_use]
    pub fn desktop_refuses() -> Self {
        crate::messages::desktop_refuses()
    }
}
