//! A server's process.

use std::{
    fs,
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpListener, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// A server that does not answer for so long does not start any more.
const STARTED: Duration = Duration::from_secs(30);
/// So long a server may take to end by itself.
const ENDED: Duration = Duration::from_secs(5);

/// A server that runs. Dropping it ends it, and removes its folder.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    child: Child,
    folder: TempDir,
}

impl Process {
    /// Starts `command` and waits until all of `ports` answer. `folder` is the
    /// server's own; what it says goes to `<folder>/log`.
    ///
    /// # Errors
    /// When it cannot be started, ends, or does not answer in time: with what
    /// it said last.
    pub fn start(
        name: &'static str,
        mut command: Command,
        folder: TempDir,
        ports: &[u16],
    ) -> io::Result<Self> {
        let log = fs::File::create(folder.path().join("log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        let child = command.spawn().map_err(|error| {
            io::Error::new(error.kind(), format!("{name} cannot be started: {error}"))
        })?;
        let mut process = Self { name, child, folder };
        for port in ports {
            process.wait_for(*port)?;
        }
        Ok(process)
    }

    fn wait_for(&mut self, port: u16) -> io::Result<()> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let since = Instant::now();
        loop {
            if TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok() {
                return Ok(());
            }
            let ended = self.child.try_wait()?;
            if ended.is_some() || since.elapsed() > STARTED {
                let (name, said) = (self.name, self.said());
                let how = ended.map_or("does not answer".to_owned(), |how| how.to_string());
                return Err(io::Error::other(format!("{name}: {how}: {said}")));
            }
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Its own folder.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// What it has written to its log.
    #[must_use]
    pub fn said(&self) -> String {
        fs::read_to_string(self.folder.path().join("log")).unwrap_or_default()
    }

    /// The id of its process.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Its id may be another process's by now.
        if !matches!(self.child.try_wait(), Ok(None)) {
            return;
        }
        // Asked first, because some have processes of their own to end.
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        let since = Instant::now();
        while asked.is_ok() && since.elapsed() < ENDED {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return;
            }
            thread::sleep(Duration::from_millis(10));
        }
        if asked.is_err() || since.elapsed() >= ENDED {
            let name = self.name;
            let _ = writeln!(io::stderr(), "{name} did not end when it was asked to");
        }
        self.kill();
    }
}

/// A port that nobody listens on.
///
/// # Errors
/// When there is none.
pub fn free_port() -> io::Result<u16> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}
