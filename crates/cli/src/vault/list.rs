//! `keepstead vault list`.

use super::Session;
use crate::{
    failure::Result,
    output::{local_time, plural, size, visible},
};
use app::vault::BackupEntry;
use clap::Args;
use std::process::ExitCode;

/// List the backups, oldest first
#[derive(Debug, Args)]
pub(super) struct Arguments {}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let Session { output, cancel, .. } = session;
        let backups = session.open().await?.list(cancel).await?;
        if output.json {
            output.value(&backups)?;
        } else {
            output.bytes(table(&backups).as_bytes())?;
        }
        Ok(ExitCode::SUCCESS)
    }
}

fn table(backups: &[BackupEntry]) -> String {
    use std::fmt::Write;
    let mut text = String::new();
    for backup in backups {
        let summary = backup.summary.as_ref().map_or_else(String::new, |counts| {
            let files = plural(counts.total_files_processed, "file", "files");
            format!("  {files}, {}", size(counts.total_bytes_processed))
        });
        let tags = if backup.tags.is_empty() {
            String::new()
        } else {
            format!("  [{}]", visible(&backup.tags.join(", ")))
        };
        let _ = writeln!(
            text,
            "{}  {}  {}{summary}{tags}",
            backup.short_id,
            local_time(&backup.time),
            visible(&backup.hostname),
        );
        for path in &backup.paths {
            let _ = writeln!(text, "          {}", visible(path));
        }
    }
    let _ = writeln!(text, "{}", plural(backups.len() as u64, "backup", "backups"));
    text
}
