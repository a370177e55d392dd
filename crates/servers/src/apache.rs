//! Apache: WebDAV as most people have it, and a site that is none.

use std::{fs, io, path::Path, process::Command};

use crate::{
    PASSWORD, Process, USER, accessors::accessors_with_password, certificate::Certificate,
    folder::Folder, ports::free_port, programs,
};

/// Where Debian keeps what Apache loads.
const MODULES: &str = "/usr/lib/apache2/modules";

/// What is unusual about a server.
#[derive(Clone, Copy, Debug, Default)]
pub struct ApacheSetup {
    /// Speaks TLS, with a certificate that it signed itself.
    pub tls: bool,
    /// Answers 413 to larger bodies, in bytes.
    pub body_limit: Option<u64>,
    /// Has room for so many bytes, and answers 507 when it is full. Needs root.
    pub room: Option<u64>,
    /// Is a web site and knows nothing of WebDAV.
    pub html_only: bool,
}

/// A running Apache that asks for user and password.
#[derive(Debug)]
pub struct Apache {
    process: Process,
    port: u16,
    certificate: Option<Certificate>,
}

accessors_with_password!(Apache);

impl Apache {
    /// Starts it with WebDAV.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> io::Result<Self> {
        Self::with(ApacheSetup::default())
    }

    /// Starts it with something unusual.
    ///
    /// # Errors
    /// When it does not start.
    pub fn with(setup: ApacheSetup) -> io::Result<Self> {
        let mut folder = Folder::new()?;
        let data = match setup.room {
            Some(bytes) => folder.small("data", bytes)?,
            None => folder.shared("data")?,
        };
        folder.shared("locks")?;
        write_users(folder.path())?;
        if setup.html_only {
            fs::write(data.join("index.html"), "<!doctype html><title>A site</title>\n")?;
        }
        let certificate = if setup.tls { Some(Certificate::new(folder.path())?) } else { None };
        let port = free_port()?;
        let file = folder.path().join("httpd.conf");
        fs::write(&file, configuration(folder.path(), port, setup))?;
        let mut command = Command::new(programs::program("apache2")?);
        command.arg("-f").arg(file).arg("-DFOREGROUND");
        let process = Process::start("Apache", command, folder, &[port])?.unasked();
        Ok(Self { process, port, certificate })
    }

    /// Its address, with a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        format!("{scheme}://127.0.0.1:{}/", self.port)
    }

    /// Its certificate, where it speaks TLS.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }
}

/// Writes the file that knows the user.
pub(crate) fn write_users(folder: &Path) -> io::Result<()> {
    let openssl = programs::program("openssl")?;
    let hash = programs::run(Command::new(openssl).args(["passwd", "-apr1", PASSWORD]))?;
    fs::write(folder.join("users"), format!("{USER}:{hash}"))
}

fn configuration(folder: &Path, port: u16, setup: ApacheSetup) -> String {
    let folder = folder.display();
    let mut text = format!(
        "ServerRoot {folder}\nServerName 127.0.0.1\nListen 127.0.0.1:{port}\n\
         PidFile {folder}/pid\nDefaultRuntimeDir {folder}/locks\nMutex file:{folder}/locks\n\
         ErrorLog {folder}/log\nStartServers 1\nThreadsPerChild 16\nMaxRequestWorkers 64\n"
    );
    let modules = [
        "mpm_event",
        "authn_core",
        "authn_file",
        "auth_basic",
        "authz_core",
        "authz_user",
        "dav",
        "dav_fs",
        "dir",
    ];
    let for_tls: &[&str] = if setup.tls { &["socache_shmcb", "ssl"] } else { &[] };
    for module in modules.iter().chain(for_tls) {
        text += &format!("LoadModule {module}_module {MODULES}/mod_{module}.so\n");
    }
    if setup.tls {
        text += &format!(
            "SSLEngine on\nSSLCertificateFile {folder}/certificate.pem\n\
             SSLCertificateKeyFile {folder}/key.pem\n"
        );
    }
    // Root may not serve; everyone else serves as who they are.
    text += "<IfModule unixd_module>\nUser www-data\nGroup www-data\n</IfModule>\n";
    text += &format!("DocumentRoot {folder}/data\nDavLockDB {folder}/locks/dav\n");
    text += &format!("<Directory {folder}/data>\n");
    if setup.html_only {
        text += "FallbackResource /index.html\nRequire all granted\n";
    } else {
        text += &format!(
            "Dav On\nDirectoryIndex disabled\nAuthType Basic\nAuthName files\n\
             AuthUserFile {folder}/users\nRequire valid-user\n"
        );
    }
    if let Some(bytes) = setup.body_limit {
        text += &format!("LimitRequestBody {bytes}\n");
    }
    text + "</Directory>\n"
}
