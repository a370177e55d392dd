//! Samba's `smbd`.

use crate::{Process, free_port};
use std::{
    fs,
    io::{self, Write as _},
    path::{Path, PathBuf},
    process::{Command, Output, Stdio},
};
use tempfile::TempDir;

/// The account that owns what is shared. `smbd` maps it to a user of this
/// machine, and only a superuser may become another one.
const USER: &str = "root";

/// What it writes down of each request, at level 10: what is asked for follows.
const REQUEST: &str = "smbd_smb2_request_dispatch: opcode[";

/// A server of SMB shares: `backup`, which can be written to, and `readonly`.
#[derive(Debug)]
pub struct Samba {
    process: Option<Process>,
    place: TempDir,
    port: u16,
    password: String,
}

impl Samba {
    /// Starts one, with an account that has this password.
    ///
    /// # Errors
    /// When it is not installed, this is not the superuser, or it does not
    /// start: with what it said.
    pub fn start(password: &str) -> io::Result<Self> {
        Self::start_with(password, "")
    }

    /// As [`start`](Samba::start), with more lines at the end of its
    /// configuration: parameters of the share `readonly`, or shares of their
    /// own.
    ///
    /// # Errors
    /// As [`start`](Samba::start).
    pub fn start_with(password: &str, more: &str) -> io::Result<Self> {
        let id = Command::new("id").arg("-u").output()?;
        if String::from_utf8_lossy(&id.stdout).trim() != "0" {
            return Err(io::Error::other("smbd has to be started as root"));
        }
        let place = TempDir::new()?;
        for folder in ["backup", "readonly", "private", "state"] {
            fs::create_dir(place.path().join(folder))?;
        }
        let port = free_port()?;
        let mut samba = Self { process: None, place, port, password: password.to_owned() };
        fs::write(samba.configuration(), samba.parameters(more))?;
        samba.add_account()?;
        samba.restart()?;
        Ok(samba)
    }

    fn parameters(&self, more: &str) -> String {
        let (place, port) = (self.place.path().display(), self.port);
        format!(
            "[global]\n\
             server role = standalone server\n\
             smb ports = {port}\n\
             interfaces = 127.0.0.1\n\
             bind interfaces only = yes\n\
             disable netbios = yes\n\
             disable spoolss = yes\n\
             load printers = no\n\
             printcap name = /dev/null\n\
             private dir = {place}/private\n\
             lock directory = {place}/state\n\
             state directory = {place}/state\n\
             cache directory = {place}/state\n\
             pid directory = {place}/state\n\
             ncalrpc dir = {place}/state/ncalrpc\n\
             passdb backend = tdbsam:{place}/private/passdb.tdb\n\
             log file = {place}/state/log.%m\n\
             log level = 1\n\
             server min protocol = SMB2_02\n\
             map to guest = never\n\
             [backup]\n\
             comment = What is kept\n\
             path = {place}/backup\n\
             read only = no\n\
             [readonly]\n\
             path = {place}/readonly\n\
             read only = yes\n\
             {more}\n"
        )
    }

    fn configuration(&self) -> PathBuf {
        self.place.path().join("smb.conf")
    }

    fn add_account(&self) -> io::Result<()> {
        let mut command = Command::new("smbpasswd");
        command.arg("-c").arg(self.configuration()).args(["-L", "-s", "-a", USER]);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut adding = command.spawn().map_err(|error| missing("smbpasswd", &error))?;
        if let Some(mut input) = adding.stdin.take() {
            write!(input, "{0}\n{0}\n", self.password)?;
        }
        said(&adding.wait_with_output()?).map(drop)
    }

    /// Starts it again, with the same shares on the same port.
    ///
    /// # Errors
    /// As [`start`](Samba::start).
    pub fn restart(&mut self) -> io::Result<()> {
        self.process = None;
        // It is in a process group of its own already.
        let mut command = Command::new("smbd");
        command.arg("-s").arg(self.configuration()).arg("-F");
        command.args(["--no-process-group", "--debug-stdout"]);
        let process = Process::start("smbd", command, TempDir::new()?, &[self.port]);
        self.process = Some(process.map_err(|error| missing("smbd", &error))?);
        Ok(())
    }

    /// Has it write down what it is asked for, which
    /// [`requests`](Samba::requests) counts.
    ///
    /// # Errors
    /// As [`start`](Samba::start).
    pub fn write_requests_down(&mut self) -> io::Result<()> {
        let said = fs::read_to_string(self.configuration())?;
        let louder = said.replace("log level = 1\n", "log level = 1 smb2:10\n");
        fs::write(self.configuration(), louder)?;
        self.restart()
    }

    /// How many requests it has been sent since it was started.
    #[must_use]
    pub fn requests(&self) -> usize {
        let said = self.process.as_ref().map(Process::said).unwrap_or_default();
        said.lines().filter(|line| line.contains(REQUEST)).count()
    }

    /// Ends it and what it does for each client at once, as a power cut would.
    pub fn kill(&mut self) {
        if let Some(mut process) = self.process.take() {
            let children = children(process.id());
            process.kill();
            for child in children {
                // Most have ended with it.
                let _ = Command::new("kill")
                    .args(["-9", &child.to_string()])
                    .stderr(Stdio::null())
                    .status();
            }
        }
    }

    /// Keeps it from doing anything, as a machine that hangs, or lets it go on.
    ///
    /// # Errors
    /// When its processes cannot be told.
    pub fn stall(&self, stalled: bool) -> io::Result<()> {
        let signal = if stalled { "-STOP" } else { "-CONT" };
        if let Some(process) = &self.process {
            let mut command = Command::new("kill");
            command.arg(signal).arg(process.id().to_string());
            command.args(children(process.id()).iter().map(u32::to_string));
            said(&command.output()?)?;
        }
        Ok(())
    }

    /// Where it listens.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The account.
    #[must_use]
    pub fn user(&self) -> &str {
        USER
    }

    /// The account's password.
    #[must_use]
    pub fn password(&self) -> &str {
        &self.password
    }

    /// What is behind the share `backup`.
    #[must_use]
    pub fn folder(&self) -> PathBuf {
        self.place.path().join("backup")
    }

    /// What is behind the share `readonly`.
    #[must_use]
    pub fn readonly(&self) -> PathBuf {
        self.place.path().join("readonly")
    }

    /// Its own folder.
    #[must_use]
    pub fn place(&self) -> &Path {
        self.place.path()
    }

    /// Tells it, or what it does for its clients, something by `smbcontrol`.
    ///
    /// # Errors
    /// When it does not take it.
    pub fn control(&self, words: &[&str]) -> io::Result<()> {
        let mut command = Command::new("smbcontrol");
        command.arg("-s").arg(self.configuration()).args(words);
        said(&command.output()?).map(drop)
    }

    /// Has `smbclient` do something with a share; what it says.
    ///
    /// # Errors
    /// When it fails.
    pub fn client(&self, share: &str, commands: &str) -> io::Result<String> {
        let account = self.place.path().join("private/account");
        fs::write(&account, format!("username = {USER}\npassword = {}\n", self.password))?;
        let mut command = Command::new("smbclient");
        command.arg("-s").arg(self.configuration()).arg("-A").arg(account);
        command.args(["-p", &self.port.to_string()]);
        command.arg(format!("//127.0.0.1/{share}")).args(["-c", commands]);
        said(&command.output().map_err(|error| missing("smbclient", &error))?)
    }
}

/// What a program said when it succeeded.
fn said(output: &Output) -> io::Result<String> {
    let words = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    if output.status.success() {
        Ok(words(&output.stdout))
    } else {
        let (out, err) = (words(&output.stdout), words(&output.stderr));
        Err(io::Error::other(format!("{}: {out}{err}", output.status)))
    }
}

fn missing(program: &str, error: &io::Error) -> io::Error {
    let hint = "the packages samba and smbclient have to be installed";
    io::Error::new(error.kind(), format!("{program}: {error} ({hint})"))
}

/// The processes that were started by this one.
fn children(parent: u32) -> Vec<u32> {
    let path = format!("/proc/{parent}/task/{parent}/children");
    let children = fs::read_to_string(path).unwrap_or_default();
    let direct: Vec<u32> = children.split_whitespace().filter_map(|id| id.parse().ok()).collect();
    direct.iter().flat_map(|child| self::children(*child)).chain(direct.iter().copied()).collect()
}
