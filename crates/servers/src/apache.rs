//! Apache: WebDAV as most people have it, and a site that is none.

use std::{fs, io, path::Path, process::Command};

use crate::{
    PASSWORD, Process, USER,
    accessors::accessors_with_password,
    certificate::Certificate,
    folder::{Folder, open_to_all},
    ports::free_port,
    programs,
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
    /// Has the addresses of a Nextcloud, and puts uploads in parts together.
    pub nextcloud: bool,
}

/// What puts the parts together.
const ASSEMBLE: &str = include_str!("assemble.py");

/// A running Apache that asks for user and password.
#[derive(Debug)]
pub struct Apache {
    process: Process,
    port: u16,
    certificate: Option<Certificate>,
    nextcloud: bool,
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
        if setup.nextcloud {
            prepare_parts(&folder, &data)?;
        }
        let certificate = if setup.tls { Some(Certificate::new(folder.path())?) } else { None };
        let port = free_port()?;
        let file = folder.path().join("httpd.conf");
        fs::write(&file, configuration(folder.path(), port, setup))?;
        let mut command = Command::new(programs::program("apache2")?);
        command.arg("-f").arg(file).arg("-DFOREGROUND");
        let process = Process::start("Apache", command, folder, &[port])?.unasked();
        Ok(Self { process, port, certificate, nextcloud: setup.nextcloud })
    }

    /// Its address, with a slash at the end.
    #[must_use]
    pub fn url(&self) -> String {
        let scheme = if self.certificate.is_some() { "https" } else { "http" };
        let below = if self.nextcloud { files() } else { String::new() };
        format!("{scheme}://127.0.0.1:{}/{below}", self.port)
    }

    /// Its certificate, where it speaks TLS.
    #[must_use]
    pub fn certificate(&self) -> Option<&Certificate> {
        self.certificate.as_ref()
    }
}

/// Where a user's files are in a Nextcloud.
fn files() -> String {
    format!("remote.php/dav/files/{USER}/")
}

fn prepare_parts(folder: &Folder, data: &Path) -> io::Result<()> {
    for below in [files(), format!("remote.php/dav/uploads/{USER}/")] {
        let mut path = data.to_owned();
        for part in below.trim_end_matches('/').split('/') {
            path.push(part);
            if !path.is_dir() {
                fs::create_dir(&path)?;
                open_to_all(&path, 0o777)?;
            }
        }
    }
    let programs = folder.shared("cgi")?;
    let program = programs.join("assemble");
    fs::write(&program, ASSEMBLE)?;
    open_to_all(&program, 0o755)
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
    let for_parts: &[&str] =
        if setup.nextcloud { &["alias", "cgid", "env", "rewrite"] } else { &[] };
    for module in modules.iter().chain(for_tls).chain(for_parts) {
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
    let login = format!(
        "AuthType Basic\nAuthName files\nAuthUserFile {folder}/users\nRequire valid-user\n"
    );
    if setup.nextcloud {
        text += &format!(
            "ScriptSock {folder}/locks/cgi\nSetEnv KEEPSTEAD_ROOT {folder}/data\n\
             ScriptAlias /assemble {folder}/cgi/assemble\n\
             <Directory {folder}/cgi>\n{login}</Directory>\n\
             RewriteEngine On\nRewriteCond %{{REQUEST_METHOD}} =MOVE\n\
             RewriteRule ^/remote\\.php/dav/uploads/.*/\\.file$ /assemble [PT]\n"
        );
    }
    text += &format!("<Directory {folder}/data>\n");
    if setup.html_only {
        text += "FallbackResource /index.html\nRequire all granted\n";
    } else {
        text += &format!("Dav On\nDirectoryIndex disabled\n{login}");
    }
    if let Some(bytes) = setup.body_limit {
        text += &format!("LimitRequestBody {bytes}\n");
    }
    text + "</Directory>\n"
}
