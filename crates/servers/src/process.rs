//! A server's process.

use std::{
    fs,
    io::{self, Write as _},
    net::{Ipv4Addr, SocketAddr, TcpStream},
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::{Duration, Instant},
};

use crate::{
    folder::Folder,
    guard::{self, Guard},
};

/// A server that does not answer for so long does not start any more.
const STARTED: Duration = Duration::from_secs(60);
/// So long a server may take to end by itself.
const ENDED: Duration = Duration::from_secs(5);

/// So long those that were killed may take to be gone; where nobody collects
/// orphans they never are.
#[cfg(unix)]
const GONE: Duration = Duration::from_secs(1);

/// A server that runs, with all processes that it has started. Dropping it ends
/// them and removes its folder; so does the end of the tests' process.
#[derive(Debug)]
pub struct Process {
    name: &'static str,
    command: Command,
    ports: Vec<u16>,
    child: Child,
    asked: bool,
    // In this order: nothing is removed below a server, and while the guard
    // stands nothing is forgotten.
    folder: Folder,
    guard: Guard,
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
        folder: impl Into<Folder>,
        ports: &[u16],
    ) -> io::Result<Self> {
        let folder = folder.into();
        let log = fs::File::create(folder.path().join("log"))?;
        command.stdin(Stdio::null()).stdout(log.try_clone()?).stderr(log);
        guard::alone(&mut command);
        let child = spawn(name, &mut command)?;
        let guard = Guard::new(child.id(), &folder);
        let guard = guard.inspect_err(|_| end_group(child.id()))?;
        let ports = ports.to_vec();
        let mut process = Self { name, command, ports, child, asked: true, folder, guard };
        process.wait()?;
        Ok(process)
    }

    /// Ends it without asking it first: for those that take long to end, with
    /// nothing to lose.
    #[must_use]
    pub fn unasked(mut self) -> Self {
        self.asked = false;
        self
    }

    fn wait(&mut self) -> io::Result<()> {
        for port in self.ports.clone() {
            self.wait_for(port)?;
        }
        Ok(())
    }

    fn wait_for(&mut self, port: u16) -> io::Result<()> {
        let address = SocketAddr::from((Ipv4Addr::LOCALHOST, port));
        let since = Instant::now();
        loop {
            let ended = self.child.try_wait()?;
            if ended.is_some() || since.elapsed() > STARTED {
                let (name, said) = (self.name, self.said());
                let how = ended.map_or("does not answer".to_owned(), |how| how.to_string());
                return Err(io::Error::other(format!("{name}: {how}: {said}")));
            }
            if TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok() {
                return Ok(());
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
        let log = fs::read(self.folder.path().join("log")).unwrap_or_default();
        String::from_utf8_lossy(&log).into_owned()
    }

    /// The id of its process, and of the group of all its processes.
    #[must_use]
    pub fn id(&self) -> u32 {
        self.child.id()
    }

    /// Ends it at once, as a power cut would.
    pub fn kill(&mut self) {
        end_group(self.child.id());
        let _ = self.child.kill();
        let _ = self.child.wait();
        await_group(self.child.id());
    }

    /// Starts it again on what it left, after [`Process::kill`] or by itself.
    ///
    /// # Errors
    /// As [`Process::start`].
    pub fn restart(&mut self) -> io::Result<()> {
        self.kill();
        self.child = spawn(self.name, &mut self.command)?;
        self.guard = Guard::new(self.child.id(), &self.folder)?;
        self.wait()
    }

    /// Whether it ended by itself in time.
    fn ended(&mut self) -> bool {
        let asked = Command::new("kill").arg(self.child.id().to_string()).status();
        let since = Instant::now();
        while asked.is_ok() && since.elapsed() < ENDED {
            if !matches!(self.child.try_wait(), Ok(None)) {
                return true;
            }
            thread::sleep(Duration::from_millis(10));
        }
        false
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        // Asked first, because some have more to end than processes of their group.
        let running = matches!(self.child.try_wait(), Ok(None));
        if self.asked && running && !self.ended() {
            let name = self.name;
            let _ = writeln!(io::stderr(), "{name} did not end when it was asked to");
        }
        self.kill();
    }
}

fn spawn(name: &str, command: &mut Command) -> io::Result<Child> {
    command
        .spawn()
        .map_err(|error| io::Error::new(error.kind(), format!("{name} cannot be started: {error}")))
}

/// Ends every process of the group at once.
fn end_group(group: u32) {
    #[cfg(unix)]
    if let Some(group) = group_of(group) {
        let _ = rustix::process::kill_process_group(group, rustix::process::Signal::KILL);
    }
    #[cfg(not(unix))]
    let _ = group;
}

/// Waits until those of the group that were killed are gone.
fn await_group(group: u32) {
    #[cfg(unix)]
    if let Some(group) = group_of(group) {
        let since = Instant::now();
        while rustix::process::test_kill_process_group(group).is_ok() && since.elapsed() < GONE {
            thread::sleep(Duration::from_millis(2));
        }
    }
    #[cfg(not(unix))]
    let _ = group;
}

#[cfg(unix)]
fn group_of(id: u32) -> Option<rustix::process::Pid> {
    i32::try_from(id).ok().and_then(rustix::process::Pid::from_raw)
}
