//! What takes uploads as Google Cloud Storage does, and keeps nothing of them.

use std::{fs, io, process::Command};

use crate::{Process, accessors::accessors, folder::Folder, ports::free_port, programs};

const PROGRAM: &str = include_str!("gcs_sink.py");

/// A server for what fake-gcs-server cannot be used for: it takes four times as
/// long for an upload of twice as much.
#[derive(Debug)]
pub struct GcsSink {
    process: Process,
    port: u16,
}

accessors!(GcsSink);

impl GcsSink {
    /// The bucket that is there from the beginning.
    pub const BUCKET: &'static str = "keepstead";

    /// Starts it.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> io::Result<Self> {
        let folder = Folder::new()?;
        let program = folder.path().join("gcs_sink.py");
        fs::write(&program, PROGRAM)?;
        let port = free_port()?;
        let mut command = Command::new(programs::program("python3")?);
        command.arg(program).arg(port.to_string()).arg(Self::BUCKET);
        let process = Process::start("gcs_sink", command, folder, &[port])?.unasked();
        Ok(Self { process, port })
    }

    /// Its address: `http://127.0.0.1:port`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
