//! What the application tells by itself. The names and fields are stable.

use model::RunStatus;
use serde::Serialize;

/// Something that happened.
#[derive(Clone, Debug, PartialEq)]
pub enum Event {
    /// `backup:progress`
    Progress(BackupProgress),
    /// `backup:status`
    Status(BackupStatus),
    /// `queue:stats`
    Queue(QueueStats),
    /// `changed`
    Changed(Changed),
}

/// How far a run is.
#[derive(Clone, Debug, PartialEq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct BackupProgress {
    /// Its plan, where it has one.
    pub plan_id: Option<String>,
    /// The run.
    pub run_id: String,
    /// Where it stands.
    pub status: RunStatus,
    /// Whether somebody has it stand still.
    pub paused: bool,
    /// Files known so far.
    pub files_scanned: u64,
    /// Files that are done.
    pub files_uploaded: u64,
    /// Files that were skipped.
    pub files_failed: u64,
    /// Bytes written to the destination, or read from it.
    pub bytes_uploaded: u64,
    /// What is being worked on.
    pub current_file: String,
    /// Bytes of what is copied per second, lately.
    pub upload_speed: u64,
    /// How many seconds it will take still, where that can be told.
    pub estimated_time_remaining: Option<u64>,
    /// How much is done, from 0 to 1, where that can be told.
    pub fraction: Option<f64>,
    /// Milliseconds since 1970.
    pub timestamp: i64,
}

/// A run began, moved on, or ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct BackupStatus {
    /// Its plan, where it has one.
    pub plan_id: Option<String>,
    /// The run.
    pub run_id: String,
    /// Where it stands.
    pub status: RunStatus,
    /// The same in a sentence.
    pub message: String,
    /// Milliseconds since 1970.
    pub timestamp: i64,
}

/// How much there is to do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "camelCase")]
pub struct QueueStats {
    /// Runs that wait.
    pub waiting: u32,
    /// Runs that are under way.
    pub active: u32,
    /// Runs that ended well since the application was opened.
    pub completed: u32,
    /// Runs that failed since then.
    pub failed: u32,
    /// Milliseconds since 1970.
    pub timestamp: i64,
}

/// What can be asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(rename_all = "snake_case")]
pub enum Topic {
    /// How far the application is opened.
    App,
    /// Whether everything is protected.
    Verdict,
    /// Plans.
    Plans,
    /// Destinations, and what lies there.
    Destinations,
    /// Runs that ended.
    Runs,
    /// Runs that wait or are under way.
    Working,
    /// The keychain and the recovery kit.
    Security,
    /// What the owner chose for all runs.
    Settings,
}

impl Topic {
    /// Everything.
    pub const ALL: [Self; 8] = [
        Self::App,
        Self::Verdict,
        Self::Plans,
        Self::Destinations,
        Self::Runs,
        Self::Working,
        Self::Security,
        Self::Settings,
    ];
    /// What another process may have changed in the database.
    pub(super) const STORED: [Self; 7] = [
        Self::Verdict,
        Self::Plans,
        Self::Destinations,
        Self::Runs,
        Self::Working,
        Self::Security,
        Self::Settings,
    ];
}

/// What has to be asked for anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct Changed {
    /// What.
    pub topics: Vec<Topic>,
}
