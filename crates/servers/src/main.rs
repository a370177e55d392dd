//! `cargo xtask servers`: real servers for people who try the window by hand,
//! and for the tests of the window.

use std::{any::Any, fmt::Write as _, io, path::PathBuf, process::ExitCode, thread};

use servers::{
    Apache, ApacheSetup, Azurite, ClientKey, FakeGcs, Moto, Nginx, OpenSsh, PASSWORD, Rclone,
    Samba, SeaweedFs, USER,
};

/// What is said of a server to reach it: settings, as `keepstead destination
/// kinds` names them.
type Settings = Vec<(&'static str, String)>;

/// A server that runs while this lives.
struct Running {
    /// How it is reached.
    kind: &'static str,
    /// What is said of it.
    settings: Settings,
    /// What it shows of itself, where nobody vouches for it.
    shows: Option<String>,
    /// Where what it keeps lies.
    data: PathBuf,
    _server: Box<dyn Any + Send>,
}

/// What a person calls it, what it is, and what starts it.
struct Known {
    name: &'static str,
    what: &'static str,
    start: fn() -> io::Result<Running>,
}

const KNOWN: [Known; 10] = [
    Known { name: "seaweedfs", what: "S3", start: seaweedfs },
    Known { name: "moto", what: "S3, in memory", start: moto },
    Known { name: "apache", what: "WebDAV", start: || apache(false) },
    Known { name: "apache-tls", what: "WebDAV, certificate of its own", start: || apache(true) },
    Known { name: "nginx", what: "WebDAV", start: nginx },
    Known { name: "rclone", what: "WebDAV", start: rclone },
    Known { name: "azurite", what: "Azure Blob Storage", start: azurite },
    Known { name: "fake-gcs", what: "Google Cloud Storage", start: fake_gcs },
    Known { name: "openssh", what: "SFTP", start: openssh },
    Known { name: "samba", what: "SMB", start: samba },
];

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]
fn main() -> ExitCode {
    let (options, wanted): (Vec<_>, Vec<_>) =
        std::env::args().skip(1).partition(|word| word == "--json");
    let json = !options.is_empty();
    if let Some(unknown) = wanted.iter().find(|name| KNOWN.iter().all(|known| known.name != **name))
    {
        let names: Vec<_> = KNOWN.iter().map(|known| known.name).collect();
        eprintln!("There is no server \"{unknown}\". There are: {}", names.join(" "));
        return ExitCode::from(2);
    }
    let chosen = KNOWN
        .iter()
        .filter(|known| wanted.is_empty() || wanted.iter().any(|name| name == known.name));
    let starting: Vec<_> =
        chosen.map(|known| (known, thread::spawn(move || (known.start)()))).collect();
    let mut running = Vec::new();
    let mut code = ExitCode::SUCCESS;
    for (known, thread) in starting {
        match thread.join().unwrap_or_else(|_| Err(io::Error::other("it broke off"))) {
            Ok(server) => {
                println!("{}", if json { server.line(known) } else { server.lines(known) });
                running.push(server);
            }
            Err(error) => {
                eprintln!("{} ({}) does not start: {error}", known.name, known.what);
                code = ExitCode::FAILURE;
            }
        }
    }
    if json && code != ExitCode::SUCCESS {
        return code;
    }
    if !json {
        println!("Enter ends them, and removes what they keep.");
    }
    let _ = io::stdin().read_line(&mut String::new());
    code
}

impl Running {
    fn new(kind: &'static str, settings: Settings, data: PathBuf, server: impl Any + Send) -> Self {
        Self { kind, settings, shows: None, data, _server: Box::new(server) }
    }

    /// For people.
    fn lines(&self, known: &Known) -> String {
        let mut lines = format!("{} ({}, --kind {})\n", known.name, known.what, self.kind);
        let shows = self.shows.iter().map(|shown| ("shows", shown.clone()));
        let data = ("keeps in", self.data.display().to_string());
        for (name, value) in self.settings.iter().cloned().chain(shows).chain([data]) {
            let _ = writeln!(lines, "  {name:<18} {value}");
        }
        lines
    }

    /// For programs: one line of JSON.
    fn line(&self, known: &Known) -> String {
        let settings: serde_json::Map<_, _> = self
            .settings
            .iter()
            .map(|(name, value)| ((*name).into(), value.clone().into()))
            .collect();
        serde_json::json!({
            "name": known.name,
            "kind": self.kind,
            "settings": settings,
            "shows": self.shows,
            "data": self.data,
        })
        .to_string()
    }
}

fn s3(endpoint: String, bucket: &str, region: &str, (key, secret): (&str, &str)) -> Settings {
    vec![
        ("endpoint", endpoint),
        ("access_key_id", key.to_owned()),
        ("secret_access_key", secret.to_owned()),
        ("region", region.to_owned()),
        ("bucket", bucket.to_owned()),
    ]
}

fn seaweedfs() -> io::Result<Running> {
    let server = SeaweedFs::start()?;
    let login = (SeaweedFs::ACCESS_KEY, SeaweedFs::SECRET_KEY);
    let settings = s3(server.endpoint(), SeaweedFs::BUCKET, SeaweedFs::REGION, login);
    Ok(Running::new("s3", settings, server.data(), server))
}

fn moto() -> io::Result<Running> {
    let server = Moto::start()?;
    let login = (Moto::ACCESS_KEY, Moto::SECRET_KEY);
    let settings = s3(server.endpoint(), Moto::BUCKET, Moto::REGION, login);
    Ok(Running::new("s3", settings, server.data(), server))
}

fn webdav(url: String) -> Settings {
    vec![("url", url), ("user", USER.to_owned()), ("password", PASSWORD.to_owned())]
}

fn apache(tls: bool) -> io::Result<Running> {
    let server = Apache::with(ApacheSetup { tls, ..ApacheSetup::default() })?;
    let shows = server.certificate().map(|certificate| certificate.fingerprint().to_owned());
    let running = Running::new("webdav", webdav(server.url()), server.data(), server);
    Ok(Running { shows, ..running })
}

fn nginx() -> io::Result<Running> {
    let server = Nginx::start()?;
    Ok(Running::new("webdav", webdav(server.url()), server.data(), server))
}

fn rclone() -> io::Result<Running> {
    let server = Rclone::start()?;
    Ok(Running::new("webdav", webdav(server.url()), server.data(), server))
}

fn azurite() -> io::Result<Running> {
    let server = Azurite::start()?;
    let settings = vec![
        ("account", Azurite::ACCOUNT.to_owned()),
        ("key", Azurite::KEY.to_owned()),
        ("container", Azurite::CONTAINER.to_owned()),
        ("endpoint", server.endpoint()),
    ];
    Ok(Running::new("azure", settings, server.data(), server))
}

/// It believes any key, and asks for none.
fn fake_gcs() -> io::Result<Running> {
    let server = FakeGcs::start()?;
    let settings = vec![
        ("bucket", FakeGcs::BUCKET.to_owned()),
        ("endpoint", server.endpoint()),
        ("sign_in", "nothing".to_owned()),
        ("conditions", "unknown".to_owned()),
    ];
    Ok(Running::new("gcs", settings, server.data(), server))
}

fn openssh() -> io::Result<Running> {
    let server = OpenSsh::start()?;
    let settings = vec![
        ("host", server.host().to_owned()),
        ("port", server.port().to_string()),
        ("user", server.user().to_owned()),
        ("sign_in", "key".to_owned()),
        ("key", server.key(ClientKey::Ed25519)?),
        ("folder", server.folder().display().to_string()),
    ];
    let shows = Some(server.fingerprint()?);
    let running = Running::new("sftp", settings, server.folder(), server);
    Ok(Running { shows, ..running })
}

fn samba() -> io::Result<Running> {
    let server = Samba::start(PASSWORD)?;
    let settings = vec![
        ("host", "127.0.0.1".to_owned()),
        ("port", server.port().to_string()),
        ("user", server.user().to_owned()),
        ("password", server.password().to_owned()),
        ("share", "backup".to_owned()),
    ];
    Ok(Running::new("smb", settings, server.folder(), server))
}
