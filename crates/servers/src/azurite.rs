//! Azurite, which imitates Azure's blob storage.

use std::{io, process::Command};

use crate::{Process, accessors::accessors, folder::Folder, http, ports::free_port, programs};

/// The version of the interface that the container is made with.
const VERSION: &str = "2021-12-02";

/// A running Azurite with one container.
#[derive(Debug)]
pub struct Azurite {
    process: Process,
    port: u16,
}

accessors!(Azurite);

impl Azurite {
    /// The container that is there from the beginning.
    pub const CONTAINER: &'static str = "keepstead";
    /// The account that every Azurite has.
    pub const ACCOUNT: &'static str = "devstoreaccount1";
    /// Its key, which is no secret.
    pub const KEY: &'static str =
        "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";

    /// Starts it.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> io::Result<Self> {
        let folder = Folder::new()?;
        let data = folder.shared("data")?;
        let port = free_port()?;
        let mut command = Command::new(programs::program("azurite-blob")?);
        command.args(["--silent", "--skipApiVersionCheck", "--disableTelemetry"]);
        command.args(["--blobHost", "127.0.0.1", "--blobPort", &port.to_string()]);
        command.arg("--location").arg(data).env("HOME", folder.path());
        let process = Process::start("Azurite", command, folder, &[port])?.unasked();
        make_container(port)?;
        Ok(Self { process, port })
    }

    /// Its address, with the account: `http://127.0.0.1:port/devstoreaccount1`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}/{}", self.port, Self::ACCOUNT)
    }
}

/// Makes the container with a request signed by the account's key ("Authorize
/// with Shared Key" in Azure's documentation).
fn make_container(port: u16) -> io::Result<()> {
    use base64::{Engine as _, engine::general_purpose::STANDARD};

    let (account, container) = (Azurite::ACCOUNT, Azurite::CONTAINER);
    let date = programs::run(
        Command::new("date").args(["-u", "+%a, %d %b %Y %H:%M:%S GMT"]).env("LC_ALL", "C"),
    )?;
    let date = date.trim();
    // The method, eleven headers that are not sent, those of Azure, the resource.
    let text = format!(
        "PUT{}x-ms-date:{date}\nx-ms-version:{VERSION}\n/{account}/{account}/{container}\n\
         restype:container",
        "\n".repeat(12)
    );
    let key = STANDARD.decode(Azurite::KEY).map_err(io::Error::other)?;
    let key: String = key.iter().map(|byte| format!("{byte:02x}")).collect();
    let folder = Folder::new()?;
    let file = folder.path().join("text");
    std::fs::write(&file, text)?;
    let mac = programs::run(
        Command::new(programs::program("openssl")?)
            .args(["dgst", "-sha256", "-r", "-mac", "HMAC", "-macopt", &format!("hexkey:{key}")])
            .arg(file),
    )?;
    let digits = mac.split_whitespace().next().unwrap_or_default();
    let mac: Result<Vec<u8>, _> = (0..digits.len() / 2)
        .map(|byte| u8::from_str_radix(&digits[2 * byte..2 * byte + 2], 16))
        .collect();
    let mac = STANDARD.encode(mac.map_err(io::Error::other)?);
    let headers = [
        ("x-ms-date", date),
        ("x-ms-version", VERSION),
        ("Authorization", &format!("SharedKey {account}:{mac}")),
    ];
    let path = format!("/{account}/{container}?restype=container");
    http::expect(port, "PUT", &path, &headers, &[201, 409])
}
