//! Having what is under way stand still, and go on.
//!
//! The row says what is wanted; whoever does the work looks at it. There is one
//! queue, so what waits goes on waiting behind a run that stands still. A pause
//! does not outlive the process that works: what it leaves is closed as
//! interrupted, and taken up by the next.

use super::{RunEntry, lease::Lease};
use crate::{Installation, Result, messages};
use model::RunStatus;

impl Installation {
    /// Has a run stand still. What is on its way to the destination arrives;
    /// nothing more is read or sent. One that stands still already stays so.
    ///
    /// # Errors
    /// [`Code::NoSuchRun`](crate::Code::NoSuchRun),
    /// [`Code::RunOver`](crate::Code::RunOver) when it has ended,
    /// [`Code::RunWaits`](crate::Code::RunWaits) when it has not begun.
    pub async fn pause_run(&self, id: &str) -> Result<RunEntry> {
        self.set_paused(id, true).await
    }

    /// Has a run go on where it stands. One that does not stand still is left
    /// alone.
    ///
    /// # Errors
    /// [`Code::NoSuchRun`](crate::Code::NoSuchRun),
    /// [`Code::RunOver`](crate::Code::RunOver) when it has ended.
    pub async fn resume_run(&self, id: &str) -> Result<RunEntry> {
        self.set_paused(id, false).await
    }

    /// Has everything that is under way stand still, and says what that is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn pause_all(&self) -> Result<Vec<RunEntry>> {
        self.set_all_paused(true).await
    }

    /// Has everything that stands still go on, and says what that is.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn resume_all(&self) -> Result<Vec<RunEntry>> {
        self.set_all_paused(false).await
    }

    async fn set_paused(&self, id: &str, paused: bool) -> Result<RunEntry> {
        self.close_dead().await?;
        let run = self.find_run(id).await?.id;
        let set = self.store.runs().set_paused(run, paused).await.map_err(messages::store)?;
        let entry = self.run(id).await?;
        match (set, entry.status) {
            (false, status) if status.is_over() => Err(messages::run_over(&entry)),
            (false, RunStatus::Pending) if paused => Err(messages::run_waits(&entry)),
            _ => Ok(entry),
        }
    }

    async fn set_all_paused(&self, paused: bool) -> Result<Vec<RunEntry>> {
        self.close_dead().await?;
        let mut changed = Vec::new();
        for run in self.store.runs().unfinished().await.map_err(messages::store)? {
            let set =
                self.store.runs().set_paused(run.id, paused).await.map_err(messages::store)?;
            if set && run.paused != paused {
                changed.push(self.run(&run.id.to_string()).await?);
            }
        }
        Ok(changed)
    }

    /// A run that is under way by its row only, because its process died, is
    /// over.
    pub(super) async fn close_dead(&self) -> Result<()> {
        if let Some(lease) = Lease::take(self).await? {
            self.take_up(&lease).await?;
        }
        Ok(())
    }
}
