//! `keepstead vault ls`.

use super::Session;
use crate::{
    failure::{Failure, Result},
    output::{Output, local_time, size, visible},
};
use app::vault::Entry;
use clap::{ArgAction, Args};
use std::{
    io::{self, BufWriter, Write},
    ops::ControlFlow,
    path::PathBuf,
    process::ExitCode,
};

/// List what a backup holds
#[derive(Debug, Args)]
pub(super) struct Arguments {
    /// The beginning of the backup's id, or `latest`
    id: String,
    /// A file or folder in it; everything, when left out
    path: Option<PathBuf>,
    /// Whether to list what lies in folders within the folder
    #[arg(
        long,
        action = ArgAction::Set,
        num_args = 0..=1,
        require_equals = true,
        value_name = "BOOL",
        default_value_t = true,
        default_missing_value = "true"
    )]
    recursive: bool,
}

impl Arguments {
    pub(super) async fn run(self, session: &Session) -> Result<ExitCode> {
        let Session { output, cancel, .. } = session;
        let vault = session.open().await?;
        let mut out = BufWriter::with_capacity(1 << 16, io::stdout());
        let mut written = Ok(());
        let mut visit = |entry: Entry| {
            written = show(*output, &mut out, &entry);
            if written.is_ok() { ControlFlow::Continue(()) } else { ControlFlow::Break(()) }
        };
        let path = self.path.as_deref();
        let listed = vault.browse(&self.id, path, self.recursive, &mut visit, cancel).await;
        // What was found before an error is worth showing.
        let flushed = out.flush().map_err(Failure::from);
        listed?;
        written.and(flushed)?;
        Ok(ExitCode::SUCCESS)
    }
}

fn show(output: Output, out: &mut impl Write, entry: &Entry) -> Result<()> {
    if output.json {
        serde_json::to_writer(&mut *out, entry).map_err(io::Error::from)?;
        return Ok(out.write_all(b"\n")?);
    }
    let length = if entry.kind == "file" { size(entry.size) } else { String::new() };
    let path = visible(&entry.path.path);
    write!(out, "{} {length:>9}  {}  {path}", entry.permissions, local_time(&entry.mtime))?;
    if let Some(target) = &entry.linktarget {
        write!(out, " -> {}", visible(target))?;
    }
    Ok(writeln!(out)?)
}
