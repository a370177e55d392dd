//! moto, which imitates Amazon's S3 and keeps everything in memory.

use std::{io, process::Command};

use crate::{Process, accessors::accessors, folder::Folder, http, ports::free_port, programs};

/// A running moto with one bucket.
#[derive(Debug)]
pub struct Moto {
    process: Process,
    port: u16,
}

accessors!(Moto);

impl Moto {
    /// The bucket that is there from the beginning.
    pub const BUCKET: &'static str = "keepstead";
    /// Any key is let in; this is one.
    pub const ACCESS_KEY: &'static str = "AKKEEPSTEADTEST";
    /// Its secret.
    pub const SECRET_KEY: &'static str = "wJalr/XUtnFEMI+K7MDENG/bPxRfiCY";
    /// The region of the bucket.
    pub const REGION: &'static str = "us-east-1";

    /// Starts it.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> io::Result<Self> {
        let folder = Folder::new()?;
        // Where it puts large objects, which it does not keep in memory.
        let data = folder.shared("data")?;
        let port = free_port()?;
        let mut command = Command::new(programs::program("moto_server")?);
        command.args(["-H", "127.0.0.1", "-p", &port.to_string()]).env("TMPDIR", data);
        let process = Process::start("moto", command, folder, &[port])?.unasked();
        http::expect(port, "PUT", &format!("/{}", Self::BUCKET), &[], &[200])?;
        Ok(Self { process, port })
    }

    /// Where S3 is spoken: `http://127.0.0.1:port`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}
