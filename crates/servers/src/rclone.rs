//! rclone as a WebDAV server.

use std::{io, process::Command};

use crate::{
    PASSWORD, Process, USER, accessors::accessors_with_password, folder::Folder, ports::free_port,
    programs,
};

/// A running rclone that asks for user and password.
#[derive(Debug)]
pub struct Rclone {
    process: Process,
    port: u16,
}

accessors_with_password!(Rclone);

impl Rclone {
    /// Starts it with WebDAV. Debian 12's rclone does not serve S3.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> io::Result<Self> {
        let folder = Folder::new()?;
        let data = folder.shared("data")?;
        let port = free_port()?;
        let mut command = Command::new(programs::program("rclone")?);
        command.args(["serve", "webdav"]).arg(data);
        command.args(["--addr", &format!("127.0.0.1:{port}")]);
        command.env("RCLONE_CONFIG", folder.path().join("rclone.conf"));
        command.env("RCLONE_CACHE_DIR", folder.path().join("cache"));
        command.env("RCLONE_USER", USER).env("RCLONE_PASS", PASSWORD);
        let process = Process::start("rclone", command, folder, &[port])?.unasked();
        Ok(Self { process, port })
    }

    /// Its address, with a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://127.0.0.1:{}/", self.port)
    }
}
