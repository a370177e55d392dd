//! Use cases by domain: what the window, the command line and the tests all
//! call, with no terminal and no window in it.
//!
//! Invariant: what goes in and comes out is of this crate's own types, with
//! stable names once serialised; no text of a library reaches a person.

mod application;
mod backups;
mod clean_up;
mod destinations;
mod disk;
mod error;
mod folders;
mod installation;
mod kit;
mod limits;
mod marker;
mod messages;
mod places;
mod plans;
mod runs;
mod session;
mod settings;
pub mod vault;
mod verdict;

pub use application::{Application, KeychainState};
pub use backups::{BackupEntry, BackupItem, RestorePreview};
pub use clean_up::CleanUpPlan;
pub use destinations::{
    DestinationEntry, DestinationKind, FieldChoice, FieldShape, KindField, KindOption, KindPreset,
    Reach, RemoteEntry, RemoteOrder, ShownIf, TriedRemote, Verified, WrongField, destination_kind,
    destination_kinds,
};
pub use error::{Code, Error, Remedy, Result};
pub use folders::{
    FolderItem, FolderListing, ItemKind, LeftOut, Measured, Part, Shortcut, ShortcutKind,
    SuggestedFolder, SuggestedKind, Trail, list_folder, measure, suggested_folders, typed_path,
};
pub use installation::{Installation, checks_folder, copies_folder, data_folder};
pub use kit::KitState;
pub use limits::RunLimits;
pub use messages::{ShellWords, failure_notice, shell_words};
pub use model::{Ambient, LogLevel, RunKind, RunStatus, Trigger};
pub use places::{Holds, Place, PlaceKind, TriedPlace};
pub use plans::{PlanDay, PlanDraft, PlanEntry, PlanTarget};
pub use runs::{
    ActivityWanted, Depth, LogEntry, LogPlace, RestoreOrder, RunEntry, RunError, RunProgress,
    RunResult, RunsWanted, SkippedEntry, SkippedReason, WhereTo,
};
pub use secrets::RecoveryPassphrase;
pub use session::{
    AppState, BackupProgress, BackupStatus, Beginning, Begun, Changed, Event, KitAnswer, NewKit,
    Phase, QueueStats, Session, Topic, Tray, TrayAct, TrayIcon, TrayLine,
};
pub use settings::Security;
pub use storage::Cancel;
pub use vault::{Existing, PathText};
pub use verdict::{Fix, State, Verdict};
