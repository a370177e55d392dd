//! What gives tokens to Google's service accounts.

use std::{fs, io, path::PathBuf, process::Command};

use crate::{Process, certificate::Certificate, folder::Folder, ports::free_port, programs};

/// The program: Google's own part of the sign-in cannot be had.
const PROGRAM: &str = include_str!("google_sign_in.py");

/// A stand-in for `oauth2.googleapis.com` that knows one account, and gives it
/// tokens for what its key has signed.
#[derive(Debug)]
pub struct GoogleSignIn {
    process: Process,
    port: u16,
    certificate: Certificate,
}

impl GoogleSignIn {
    /// The host that programs ask.
    pub const HOST: &'static str = "oauth2.googleapis.com";

    /// Starts it; its tokens are good for so many seconds.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start(seconds: u32) -> io::Result<Self> {
        let folder = Folder::new()?;
        let certificate = Certificate::new(folder.path())?;
        let openssl = programs::program("openssl")?;
        let (private, public) =
            (folder.path().join("account.key"), folder.path().join("account.pem"));
        let mut make = Command::new(&openssl);
        make.args(["genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048", "-out"]);
        programs::run(make.arg(&private))?;
        let mut tell = Command::new(&openssl);
        programs::run(tell.args(["pkey", "-pubout", "-in"]).arg(&private).arg("-out").arg(public))?;
        let program = folder.path().join("google_sign_in.py");
        fs::write(&program, PROGRAM)?;
        let port = free_port()?;
        let mut command = Command::new(programs::program("python3")?);
        command.arg(program).arg(port.to_string()).arg(folder.path());
        command.arg(seconds.to_string()).arg(openssl);
        let process = Process::start("google_sign_in", command, folder, &[port])?.unasked();
        Ok(Self { process, port, certificate })
    }

    /// The port it listens on, with TLS.
    #[must_use]
    pub fn port(&self) -> u16 {
        self.port
    }

    /// The certificate it shows, which nobody vouches for.
    #[must_use]
    pub fn certificate(&self) -> &Certificate {
        &self.certificate
    }

    /// The account's key, as Google's console has it downloaded.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn key(&self) -> io::Result<String> {
        let key = fs::read_to_string(self.file("account.key"))?;
        // Only the line breaks of PEM have to be written in another way.
        let key = key.replace('\n', "\\n");
        Ok(format!(
            "{{\"type\": \"service_account\", \"project_id\": \"keepstead\", \
             \"private_key\": \"{key}\", \
             \"client_email\": \"backup@keepstead.iam.gserviceaccount.com\", \
             \"token_uri\": \"https://{}/token\"}}",
            Self::HOST
        ))
    }

    /// How many tokens it has given.
    #[must_use]
    pub fn given(&self) -> usize {
        fs::read_to_string(self.file("given")).map_or(0, |given| given.lines().count())
    }

    fn file(&self, name: &str) -> PathBuf {
        self.process.folder().join(name)
    }
}
