//! `cargo xtask servers`: real servers for people who try the window by hand.

use std::{any::Any, io, path::PathBuf, process::ExitCode, thread};

use servers::{
    Apache, ApacheSetup, Azurite, FakeGcs, Moto, Nginx, PASSWORD, Rclone, SeaweedFs, USER,
};

/// A server that runs while this lives, and what a person types to reach it.
struct Running {
    facts: Vec<(&'static str, String)>,
    data: PathBuf,
    _server: Box<dyn Any + Send>,
}

/// What a person calls it, what it is, and what starts it.
struct Known {
    name: &'static str,
    what: &'static str,
    start: fn() -> io::Result<Running>,
}

const KNOWN: [Known; 8] = [
    Known { name: "seaweedfs", what: "S3", start: seaweedfs },
    Known { name: "moto", what: "S3, in memory", start: moto },
    Known { name: "apache", what: "WebDAV", start: || apache(false) },
    Known { name: "apache-tls", what: "WebDAV, certificate of its own", start: || apache(true) },
    Known { name: "nginx", what: "WebDAV", start: nginx },
    Known { name: "rclone", what: "WebDAV", start: rclone },
    Known { name: "azurite", what: "Azure Blob Storage", start: azurite },
    Known { name: "fake-gcs", what: "Google Cloud Storage", start: fake_gcs },
];

#[expect(clippy::print_stdout, clippy::print_stderr, reason = "a program for a terminal")]
fn main() -> ExitCode {
    let wanted: Vec<String> = std::env::args().skip(1).collect();
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
        println!("{} ({})", known.name, known.what);
        match thread.join().unwrap_or_else(|_| Err(io::Error::other("it broke off"))) {
            Ok(server) => {
                for (fact, value) in &server.facts {
                    println!("  {fact:<12} {value}");
                }
                println!("  {:<12} {}\n", "keeps in", server.data.display());
                running.push(server);
            }
            Err(error) => {
                println!("  does not start: {error}\n");
                code = ExitCode::FAILURE;
            }
        }
    }
    println!("Enter ends them, and removes what they keep.");
    let _ = io::stdin().read_line(&mut String::new());
    code
}

fn seaweedfs() -> io::Result<Running> {
    let server = SeaweedFs::with_webdav()?;
    let facts = vec![
        ("endpoint", server.endpoint()),
        ("bucket", SeaweedFs::BUCKET.to_owned()),
        ("region", SeaweedFs::REGION.to_owned()),
        ("access key", SeaweedFs::ACCESS_KEY.to_owned()),
        ("secret key", SeaweedFs::SECRET_KEY.to_owned()),
        ("WebDAV", server.webdav().unwrap_or_default()),
    ];
    Ok(Running { facts, data: server.data(), _server: Box::new(server) })
}

fn moto() -> io::Result<Running> {
    let server = Moto::start()?;
    let facts = vec![
        ("endpoint", server.endpoint()),
        ("bucket", Moto::BUCKET.to_owned()),
        ("region", Moto::REGION.to_owned()),
        ("access key", Moto::ACCESS_KEY.to_owned()),
        ("secret key", Moto::SECRET_KEY.to_owned()),
    ];
    Ok(Running { facts, data: server.data(), _server: Box::new(server) })
}

fn with_password(url: String) -> Vec<(&'static str, String)> {
    vec![("address", url), ("user", USER.to_owned()), ("password", PASSWORD.to_owned())]
}

fn apache(tls: bool) -> io::Result<Running> {
    let server = Apache::with(ApacheSetup { tls, ..ApacheSetup::default() })?;
    let mut facts = with_password(server.url());
    if let Some(certificate) = server.certificate() {
        facts.push(("SHA-256", certificate.fingerprint().to_owned()));
    }
    Ok(Running { facts, data: server.data(), _server: Box::new(server) })
}

fn nginx() -> io::Result<Running> {
    let server = Nginx::start()?;
    let facts = with_password(server.url());
    Ok(Running { facts, data: server.data(), _server: Box::new(server) })
}

fn rclone() -> io::Result<Running> {
    let server = Rclone::start()?;
    let facts = with_password(server.url());
    Ok(Running { facts, data: server.data(), _server: Box::new(server) })
}

fn azurite() -> io::Result<Running> {
    let server = Azurite::start()?;
    let facts = vec![
        ("endpoint", server.endpoint()),
        ("container", Azurite::CONTAINER.to_owned()),
        ("account", Azurite::ACCOUNT.to_owned()),
        ("key", Azurite::KEY.to_owned()),
    ];
    Ok(Running { facts, data: server.data(), _server: Box::new(server) })
}

fn fake_gcs() -> io::Result<Running> {
    let server = FakeGcs::start()?;
    let facts = vec![("endpoint", server.endpoint()), ("bucket", FakeGcs::BUCKET.to_owned())];
    Ok(Running { facts, data: server.data(), _server: Box::new(server) })
}
