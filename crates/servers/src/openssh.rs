//! OpenSSH's server with its file transfer protocol.
//!
//! Run as root it can sign in a user who exists only as long as the server,
//! with a password; run by anybody else it signs in that person, with a key.
//! As root it needs `/run/sshd`, which is made when it is missing: the one
//! thing outside its folder, besides that user.

use crate::{Process, free_port};
use std::{
    fs,
    io::{self, Write as _},
    os::unix::{
        fs::{PermissionsExt as _, chown},
        net::UnixStream,
    },
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::atomic::{AtomicU32, Ordering},
    thread,
    time::{Duration, Instant},
};
use tempfile::TempDir;

/// Where the server is: it wants to be called by its whole path.
const SSHD: &str = "/usr/sbin/sshd";
/// Its file transfer as a program of its own.
const SFTP_SERVER: &str = "/usr/lib/openssh/sftp-server";
/// So long it is tried to make a user while others are being made.
const PATIENCE: Duration = Duration::from_secs(20);

/// Opens [`ClientKey::Encrypted`].
pub const PASSPHRASE: &str = "correct horse & battery";

/// A key the server signs its user in with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ClientKey {
    /// Ed25519, without a passphrase.
    Ed25519,
    /// Ed25519, with [`PASSPHRASE`].
    Encrypted,
    /// RSA of 2048 bits, without a passphrase.
    Rsa,
    /// Ed25519, which the server does not know.
    Stranger,
}

impl ClientKey {
    const ALL: [Self; 4] = [Self::Ed25519, Self::Encrypted, Self::Rsa, Self::Stranger];

    fn file(self) -> &'static str {
        match self {
            Self::Ed25519 => "id_ed25519",
            Self::Encrypted => "id_encrypted",
            Self::Rsa => "id_rsa",
            Self::Stranger => "id_stranger",
        }
    }
}

/// A server that runs. Dropping it ends it and removes its folder and its user.
#[derive(Debug)]
pub struct OpenSsh {
    process: Option<Process>,
    home: TempDir,
    port: u16,
    user: String,
    /// Whether the user goes with the server.
    passing: bool,
    /// Whether a file system is mounted on its folder.
    mounted: bool,
    /// Lines of its configuration that come before the usual ones.
    configured: String,
}

impl OpenSsh {
    /// Starts a server that signs in the user who runs it.
    ///
    /// # Errors
    /// When it cannot be started: with what it said last.
    pub fn start() -> io::Result<Self> {
        let user = run(Command::new("id").arg("-un"))?.trim().to_owned();
        Self::prepare(user, false)?.started()
    }

    /// Starts a server that signs in a user of its own, with a password too;
    /// `None` unless it is root who runs it.
    ///
    /// # Errors
    /// As [`start`](OpenSsh::start).
    pub fn start_with_password(password: &str) -> io::Result<Option<Self>> {
        static USERS: AtomicU32 = AtomicU32::new(0);
        if !is_root()? {
            return Ok(None);
        }
        let number = USERS.fetch_add(1, Ordering::Relaxed);
        let user = format!("ks{}-{number}", std::process::id());
        let server = Self::prepare(user, true)?;
        server.make_user(password)?;
        server.started().map(Some)
    }

    /// Makes keys and folders.
    fn prepare(user: String, passing: bool) -> io::Result<Self> {
        let home = tempfile::Builder::new().prefix("sshd").tempdir()?;
        let (port, configured) = (free_port()?, String::new());
        let server = Self { process: None, home, port, user, passing, mounted: false, configured };
        // The user has to get through to the folder.
        fs::set_permissions(server.home.path(), fs::Permissions::from_mode(0o711))?;
        fs::create_dir(server.folder())?;
        server.make_host_key()?;
        let mut known = String::new();
        for key in ClientKey::ALL {
            let file = server.key_file(key);
            let passphrase = if key == ClientKey::Encrypted { PASSPHRASE } else { "" };
            let kind = if key == ClientKey::Rsa { "rsa" } else { "ed25519" };
            keygen(&file, kind, passphrase)?;
            if key != ClientKey::Stranger {
                known += &fs::read_to_string(file.with_extension("pub"))?;
            }
        }
        let authorized = server.home.path().join("authorized_keys");
        fs::write(&authorized, known)?;
        fs::set_permissions(authorized, fs::Permissions::from_mode(0o644))?;
        Ok(server)
    }

    fn make_user(&self, password: &str) -> io::Result<()> {
        let mut command = Command::new("useradd");
        command.args(["--no-create-home", "--no-log-init", "--shell", "/bin/sh", "--home-dir"]);
        command.arg(self.folder()).arg(&self.user);
        patiently(&mut command)?;
        let since = Instant::now();
        loop {
            let mut child =
                Command::new("chpasswd").stdin(Stdio::piped()).stderr(Stdio::null()).spawn()?;
            if let Some(input) = &mut child.stdin {
                writeln!(input, "{}:{password}", self.user)?;
            }
            if child.wait()?.success() {
                break;
            }
            if since.elapsed() > PATIENCE {
                return Err(io::Error::other("chpasswd does not take the password"));
            }
            thread::sleep(Duration::from_millis(50));
        }
        let number = |of: &str| -> io::Result<u32> {
            let said = run(Command::new("id").arg(of).arg(&self.user))?;
            said.trim().parse().map_err(io::Error::other)
        };
        chown(self.folder(), Some(number("-u")?), Some(number("-g")?))
    }

    fn started(mut self) -> io::Result<Self> {
        self.start_again()?;
        Ok(self)
    }

    /// Starts it again after [`stop`](OpenSsh::stop), at the same port.
    ///
    /// # Errors
    /// As [`start`](OpenSsh::start).
    pub fn start_again(&mut self) -> io::Result<()> {
        if is_root()? {
            fs::create_dir_all("/run/sshd")?;
        }
        let config = self.home.path().join("sshd_config");
        let home = self.home.path().display();
        let (port, configured) = (self.port, &self.configured);
        let mut lines = format!(
            "{configured}Port {port}\nListenAddress 127.0.0.1\nHostKey {home}/host_key\nPidFile none\n\
             AuthorizedKeysFile {home}/authorized_keys\nStrictModes no\nUsePAM no\n\
             PasswordAuthentication yes\nKbdInteractiveAuthentication no\n\
             PermitRootLogin yes\nUseDNS no\nPrintMotd no\nLogLevel DEBUG1\n\
             MaxStartups 200\nSubsystem sftp internal-sftp\n"
        );
        // Newer servers keep those away who fail to sign in again and again.
        fs::write(&config, format!("{lines}PerSourcePenalties no\n"))?;
        if !Command::new(SSHD)
            .arg("-t")
            .arg("-f")
            .arg(&config)
            .stderr(Stdio::null())
            .status()?
            .success()
        {
            lines.push('\n');
            fs::write(&config, lines)?;
        }
        let mut command = Command::new(SSHD);
        command.args(["-D", "-e", "-f"]).arg(&config);
        self.process = Some(Process::start("sshd", command, tempfile::tempdir()?, &[port])?);
        Ok(())
    }

    /// Starts it again with these lines of its configuration, which win over the
    /// usual ones.
    ///
    /// # Errors
    /// As [`start`](OpenSsh::start).
    pub fn configure(&mut self, lines: &str) -> io::Result<()> {
        self.stop();
        self.configured = format!("{lines}\n");
        self.start_again()
    }

    /// Starts it again, and has it write down what it is asked for, which
    /// [`requests`](OpenSsh::requests) counts.
    ///
    /// # Errors
    /// As [`start`](OpenSsh::start).
    pub fn write_requests_down(&mut self) -> io::Result<()> {
        let log = self.requests_log();
        fs::write(&log, "")?;
        // The server within the daemon has nowhere to write to.
        let log = log.display();
        self.configure(&format!("ForceCommand exec {SFTP_SERVER} -e -l DEBUG3 2>>{log}"))
    }

    /// How many requests of file transfer it has been sent.
    ///
    /// # Errors
    /// Unless [they are written down](OpenSsh::write_requests_down).
    pub fn requests(&self) -> io::Result<usize> {
        let log = fs::read_to_string(self.requests_log())?;
        Ok(log.lines().filter(|line| is_request(line)).count())
    }

    fn requests_log(&self) -> PathBuf {
        self.home.path().join("requests")
    }

    /// Ends it and every connection at once, as a power cut would.
    pub fn stop(&mut self) {
        let Some(mut process) = self.process.take() else { return };
        let below = descendants(process.id());
        process.kill();
        for child in below {
            signal(child, "KILL");
        }
    }

    /// Every connection falls silent, and new ones are not answered, until
    /// [`thaw`](OpenSsh::thaw).
    pub fn freeze(&self) {
        self.signal_all("STOP");
    }

    /// Goes on.
    pub fn thaw(&self) {
        self.signal_all("CONT");
    }

    fn signal_all(&self, name: &str) {
        let Some(process) = &self.process else { return };
        for id in descendants(process.id()).into_iter().chain([process.id()]) {
            signal(id, name);
        }
    }

    /// Gives it another host key, which it shows after it was started again.
    ///
    /// # Errors
    /// When none can be made.
    pub fn make_host_key(&self) -> io::Result<()> {
        let file = self.home.path().join("host_key");
        let _ = fs::remove_file(&file);
        keygen(&file, "ed25519", "")
    }

    /// Mounts an empty file system on its folder, such as one with `size=8m`.
    ///
    /// # Errors
    /// When it cannot be mounted, as by anybody but root.
    pub fn mount(&mut self, options: &str) -> io::Result<()> {
        let folder = self.folder();
        let mut command = Command::new("mount");
        command.args(["-t", "tmpfs", "-o", options, "keepstead-test"]).arg(&folder);
        run(&mut command)?;
        self.mounted = true;
        Ok(())
    }

    /// The address it listens on.
    #[must_use]
    pub fn host(&self) -> &'static str {
        "127.0.0.1"
    }

    /// The port it listens on.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The user it signs in.
    #[must_use]
    pub fn user(&self) -> &str {
        &self.user
    }

    /// A folder that its user may write to.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.home.path().join("files")
    }

    /// Its own folder, for whatever a test puts there.
    #[must_use]
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// The file of a private key.
    #[must_use]
    pub fn key_file(&self, key: ClientKey) -> PathBuf {
        self.home.path().join(key.file())
    }

    /// The text of a private key.
    ///
    /// # Errors
    /// When its file cannot be read.
    pub fn key(&self, key: ClientKey) -> io::Result<String> {
        fs::read_to_string(self.key_file(key))
    }

    /// The fingerprint of its host key, `SHA256:…`.
    ///
    /// # Errors
    /// When it cannot be computed.
    pub fn fingerprint(&self) -> io::Result<String> {
        let said =
            run(Command::new("ssh-keygen").arg("-lf").arg(self.home.path().join("host_key.pub")))?;
        let found = said.split(' ').nth(1).map(str::to_owned);
        found.ok_or_else(|| io::Error::other(said))
    }

    /// The line of a file of known hosts that names it.
    ///
    /// # Errors
    /// When its host key cannot be read.
    pub fn known_hosts_line(&self) -> io::Result<String> {
        let key = fs::read_to_string(self.home.path().join("host_key.pub"))?;
        Ok(format!("[{}]:{} {key}", self.host(), self.port))
    }

    /// What it has written to its log since it was started last.
    #[must_use]
    pub fn said(&self) -> String {
        self.process.as_ref().map(Process::said).unwrap_or_default()
    }

    /// Starts an agent that holds `keys`.
    ///
    /// # Errors
    /// When it cannot be started, or does not take a key.
    pub fn agent(&self, keys: &[ClientKey]) -> io::Result<SshAgent> {
        let folder = tempfile::Builder::new().prefix("agent").tempdir()?;
        let socket = folder.path().join("agent.sock");
        let mut command = Command::new("ssh-agent");
        command.arg("-D").arg("-a").arg(&socket);
        let process = Process::start("ssh-agent", command, folder, &[])?;
        let since = Instant::now();
        // Its socket is there before it listens.
        while UnixStream::connect(&socket).is_err() {
            if since.elapsed() > PATIENCE {
                return Err(io::Error::other(process.said()));
            }
            thread::sleep(Duration::from_millis(5));
        }
        for key in keys {
            let mut command = Command::new("ssh-add");
            command.arg("-q").arg(self.key_file(*key)).env("SSH_AUTH_SOCK", &socket);
            run(&mut command)?;
        }
        Ok(SshAgent { socket, _process: process })
    }
}

impl Drop for OpenSsh {
    fn drop(&mut self) {
        self.stop();
        if self.mounted {
            let _ = Command::new("umount").args(["-q", "-l"]).arg(self.folder()).status();
        }
        if self.passing {
            let mut command = Command::new("userdel");
            command.arg("--force").arg(&self.user);
            let _ = patiently(&mut command);
        }
    }
}

/// An agent that runs. Dropping it ends it.
#[derive(Debug)]
pub struct SshAgent {
    socket: PathBuf,
    _process: Process,
}

impl SshAgent {
    /// Where it listens.
    #[must_use]
    pub fn socket(&self) -> &Path {
        &self.socket
    }
}

fn is_root() -> io::Result<bool> {
    Ok(run(Command::new("id").arg("-u"))?.trim() == "0")
}

fn keygen(file: &Path, kind: &str, passphrase: &str) -> io::Result<()> {
    let mut command = Command::new("ssh-keygen");
    command.args(["-q", "-t", kind, "-N", passphrase, "-C", "keepstead-test", "-f"]).arg(file);
    if kind == "rsa" {
        command.args(["-b", "2048"]);
    }
    run(command.stdin(Stdio::null())).map(drop)
}

/// Runs a program to its end; what it wrote.
fn run(command: &mut Command) -> io::Result<String> {
    let done = command.output()?;
    if done.status.success() {
        return Ok(String::from_utf8_lossy(&done.stdout).into_owned());
    }
    let said = String::from_utf8_lossy(&done.stderr);
    Err(io::Error::other(format!("{command:?}: {}: {said}", done.status)))
}

/// Runs a program until it succeeds: only one at a time may change the users.
fn patiently(command: &mut Command) -> io::Result<()> {
    let since = Instant::now();
    loop {
        match run(command) {
            Err(_) if since.elapsed() < PATIENCE => thread::sleep(Duration::from_millis(50)),
            done => return done.map(drop),
        }
    }
}

fn signal(process: u32, name: &str) {
    let mut command = Command::new("kill");
    let _ = command.arg(format!("-{name}")).arg(process.to_string()).stderr(Stdio::null()).status();
}

/// The processes below one, as far as the system says.
fn descendants(process: u32) -> Vec<u32> {
    let mut found = Vec::new();
    let mut waiting = vec![process];
    while let Some(parent) = waiting.pop() {
        let mut command = Command::new("ps");
        command.args(["-o", "pid=", "--ppid"]).arg(parent.to_string());
        // It fails when there are none.
        let said = run(&mut command).unwrap_or_default();
        let children = said.split_whitespace().filter_map(|id| id.parse::<u32>().ok());
        let before = found.len();
        found.extend(children);
        waiting.extend_from_slice(&found[before..]);
    }
    found
}

/// Whether a line of what `sftp-server` writes down is about a request, and not
/// about the answer to one: `debug3: request 7: open flags 26`, and
/// `debug1: request 7: sent handle 0`.
fn is_request(line: &str) -> bool {
    let Some((_, rest)) = line.split_once("request ") else { return false };
    let Some((number, what)) = rest.split_once(": ") else { return false };
    number.parse::<u32>().is_ok() && !what.starts_with("sent ")
}
