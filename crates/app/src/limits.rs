//! How much of the connection and of this machine runs take. One set of limits
//! counts for all runs; whoever works looks at it again and again, so that a
//! change counts for what is under way as well. Looking through backups in the
//! window is not limited: somebody is waiting for it.

use crate::{
    Installation, Result, messages,
    vault::{Limits, Progress},
};
use serde::{Deserialize, Serialize};
use std::num::NonZeroU64;

/// Where they are kept, as JSON.
const SETTING: &str = "limits";
/// No connection is that fast; in KiB a second.
const MOST: u64 = 1 << 40;

/// How much runs may take.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, specta::Type)]
pub struct RunLimits {
    /// KiB a second to destinations; `null` is no limit.
    pub upload_kib: Option<u64>,
    /// KiB a second from destinations; `null` is no limit.
    pub download_kib: Option<u64>,
    /// Percent of the time of all processors, 1 to 99; `null` is no limit.
    pub cpu_percent: Option<u8>,
    /// Whether backups yield to other programs, where the system has priorities
    /// for threads. Counts from the next backup on.
    pub background: bool,
}

impl RunLimits {
    fn check(&self) -> Result<()> {
        let rates = [self.upload_kib, self.download_kib];
        let sound = rates.iter().flatten().all(|rate| (1..MOST).contains(rate))
            && self.cpu_percent.is_none_or(|percent| (1..100).contains(&percent));
        if sound { Ok(()) } else { Err(messages::bad_limit()) }
    }

    /// Has what is under way keep to them from now on.
    pub(crate) fn apply(&self, limits: &Limits, progress: &Progress) {
        let bytes = |kib: Option<u64>| NonZeroU64::new(kib?.saturating_mul(1024));
        limits.upload.set(bytes(self.upload_kib));
        limits.download.set(bytes(self.download_kib));
        progress.control.set_cpu(self.cpu_percent);
    }
}

impl Installation {
    /// How much runs may take.
    ///
    /// # Errors
    /// When the database cannot be read.
    pub async fn limits(&self) -> Result<RunLimits> {
        let value = self.store.settings().get(SETTING).await.map_err(messages::store)?;
        value.map_or_else(
            || Ok(RunLimits::default()),
            |text| serde_json::from_str(&text).map_err(|_| messages::fault()),
        )
    }

    /// Chooses how much runs may take, those under way included.
    ///
    /// # Errors
    /// [`Code::BadLimit`](crate::Code::BadLimit), or when the database cannot be
    /// written.
    pub async fn set_limits(&self, limits: &RunLimits) -> Result<RunLimits> {
        limits.check()?;
        let text = serde_json::to_string(limits).map_err(|_| messages::fault())?;
        self.store.settings().set(SETTING, &text).await.map_err(messages::store)?;
        Ok(*limits)
    }
}
