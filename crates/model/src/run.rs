//! What a run is, and where it stands.

use crate::words::words;

words! {
    /// What a run does.
    RunKind {
        /// Makes a backup.
        Backup = "backup",
        /// Brings files back.
        Restore = "restore",
        /// Reads backups and compares them with what they should be.
        Verify = "verify",
        /// Removes what is no longer kept.
        Prune = "prune",
        /// Restores a sample to prove that it can be done.
        Drill = "drill",
        /// Copies backups from one destination to another.
        Copy = "copy",
    }
}

words! {
    /// Where a run stands. Paused is a flag of the run, not a status.
    RunStatus {
        /// Waiting for its turn.
        Pending = "PENDING",
        /// Begun: looking at what there is to do.
        Running = "RUNNING",
        /// Sending.
        Uploading = "UPLOADING",
        /// Removing what is no longer kept.
        Rotating = "ROTATING",
        /// Everything was done.
        Success = "SUCCESS",
        /// Done, but for files that were skipped and are listed.
        PartialSuccess = "PARTIAL_SUCCESS",
        /// Not done; there is an error.
        Failed = "FAILED",
        /// Stopped because someone asked for it.
        Cancelled = "CANCELLED",
    }
}

impl RunStatus {
    /// Whether nothing more will happen.
    #[must_use]
    pub const fn is_over(self) -> bool {
        matches!(self, Self::Success | Self::PartialSuccess | Self::Failed | Self::Cancelled)
    }

    /// Whether it has started and is not over.
    #[must_use]
    pub const fn is_active(self) -> bool {
        matches!(self, Self::Running | Self::Uploading | Self::Rotating)
    }

    /// Whether it left a backup behind that can be relied on, if perhaps
    /// without some files.
    #[must_use]
    pub const fn is_good(self) -> bool {
        matches!(self, Self::Success | Self::PartialSuccess)
    }
}

words! {
    /// Why a run was queued.
    Trigger {
        /// A person pressed a button.
        Manual = "manual",
        /// The command line asked for it.
        Command = "command",
        /// Its time had come.
        Schedule = "schedule",
        /// A source changed.
        Change = "change",
        /// An earlier run was interrupted.
        Resume = "resume",
    }
}

words! {
    /// How much a line of a run's log matters.
    LogLevel {
        /// What happened.
        Info = "info",
        /// What should be looked at.
        Warning = "warning",
        /// What went wrong.
        Error = "error",
    }
}

words! {
    /// How a backup looks at its destination.
    TargetKind {
        /// A repository in the restic format.
        Encrypted = "encrypted",
        /// Plain folders.
        Readable = "readable",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_is_waiting_active_or_over() {
        for &status in RunStatus::ALL {
            let waiting = status == RunStatus::Pending;
            let places = [waiting, status.is_active(), status.is_over()];
            assert_eq!(places.iter().filter(|place| **place).count(), 1, "{status}");
            assert!(!status.is_good() || status.is_over(), "{status}");
        }
    }

    #[test]
    fn words_are_the_same_everywhere() {
        for &status in RunStatus::ALL {
            assert_eq!(status.as_str().parse(), Ok(status));
            assert_eq!(serde_json::to_value(status).unwrap(), status.as_str());
        }
        for &kind in RunKind::ALL {
            assert_eq!(kind.to_string().parse(), Ok(kind));
            assert_eq!(serde_json::to_value(kind).unwrap(), kind.as_str());
        }
        assert_eq!(RunStatus::PartialSuccess.as_str(), "PARTIAL_SUCCESS");
        assert_eq!(Trigger::Schedule.as_str(), "schedule");
        assert_eq!(TargetKind::Readable.as_str(), "readable");
        assert!("success".parse::<RunStatus>().is_err());
        assert!(serde_json::from_str::<Trigger>("\"Schedule\"").is_err());
    }
}
