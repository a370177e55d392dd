//! SeaweedFS, a distributed store that speaks S3, and WebDAV when asked to.

use std::{fs, io, process::Command};

use crate::{Process, accessors::accessors, folder::Folder, http, ports::free_ports, programs};

/// A running SeaweedFS with one bucket. On disk lie its volumes, not files as
/// they were stored.
#[derive(Debug)]
pub struct SeaweedFs {
    process: Process,
    port: u16,
    dav: Option<u16>,
}

accessors!(SeaweedFs);

impl SeaweedFs {
    /// The bucket that is there from the beginning.
    pub const BUCKET: &'static str = "keepstead";
    /// The access key, which may do everything.
    pub const ACCESS_KEY: &'static str = "AKKEEPSTEADTEST";
    /// Its secret, with the characters that such keys have.
    pub const SECRET_KEY: &'static str = "wJalr/XUtnFEMI+K7MDENG/bPxRfiCY";
    /// An access key that reads and writes, and may not list.
    pub const UNLISTED_KEY: &'static str = "AKKEEPSTEADUNLISTED";
    /// Any region is taken; this one is usual.
    pub const REGION: &'static str = "us-east-1";

    /// Starts it with S3.
    ///
    /// # Errors
    /// When it does not start.
    pub fn start() -> io::Result<Self> {
        Self::launch(false)
    }

    /// Starts it with S3 and WebDAV, which shows the bucket as `/buckets/keepstead`
    /// and asks for no password.
    ///
    /// # Errors
    /// When it does not start.
    pub fn with_webdav() -> io::Result<Self> {
        Self::launch(true)
    }

    fn launch(webdav: bool) -> io::Result<Self> {
        let mut folder = Folder::new()?;
        let data = folder.shared("data")?;
        let keys = folder.path().join("s3.json");
        fs::write(&keys, identities())?;
        // Each port of a service has a second one for its own kind.
        let [master, master2, volume, volume2, filer, filer2, s3, s3_2, dav] = free_ports()?;
        for (service, port) in [
            ("filer", filer),
            ("s3", s3),
            ("master-grpc", master2),
            ("volume-grpc", volume2),
            ("filer-grpc", filer2),
            ("s3-grpc", s3_2),
        ] {
            folder.owns(format!("/tmp/seaweedfs-{service}-{port}.sock"));
        }
        let mut command = Command::new(programs::program("weed")?);
        command.env("HOME", folder.path()).current_dir(folder.path());
        command.args(["-logtostderr=true", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1"]);
        command.arg(format!("-dir={}", data.display()));
        command.arg(format!("-s3.config={}", keys.display()));
        for (service, port, second) in
            [("master", master, master2), ("volume", volume, volume2), ("filer", filer, filer2)]
        {
            command.arg(format!("-{service}.port={port}"));
            command.arg(format!("-{service}.port.grpc={second}"));
        }
        command.args(["-filer", "-s3", "-s3.port.iceberg=0", "-s3.port.lance=0"]);
        command.arg(format!("-s3.port={s3}")).arg(format!("-s3.port.grpc={s3_2}"));
        command.args(["-volume.max=200", "-volume.minFreeSpace=1MiB"]);
        command.args(["-master.volumeSizeLimitMB=64", "-master.telemetry=false"]);
        // How long it waits for other masters after a restart; there are none.
        command.arg("-master.electionTimeout=1s");
        let mut ports = vec![filer, s3];
        if webdav {
            command.arg("-webdav").arg(format!("-webdav.port={dav}"));
            ports.push(dav);
        }
        let process = Process::start("SeaweedFS", command, folder, &ports)?.unasked();
        // The filer makes it without a signature.
        let path = format!("/buckets/{}/", Self::BUCKET);
        http::expect(filer, "POST", &path, &[], &[200, 201])?;
        Ok(Self { process, port: s3, dav: webdav.then_some(dav) })
    }

    /// Where S3 is spoken: `http://127.0.0.1:port`.
    #[must_use]
    pub fn endpoint(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Where WebDAV is spoken, when it was asked for.
    #[must_use]
    pub fn webdav(&self) -> Option<String> {
        self.dav.map(|port| format!("http://127.0.0.1:{port}/"))
    }
}

fn identities() -> String {
    let identity = |name: &str, access: &str, actions: &str| {
        let secret = SeaweedFs::SECRET_KEY;
        format!(
            r#"{{"name":"{name}","credentials":[{{"accessKey":"{access}","secretKey":"{secret}"}}],
                "actions":[{actions}]}}"#
        )
    };
    let all = r#""Admin","Read","Write","List","Tagging""#;
    let everything = identity("keepstead", SeaweedFs::ACCESS_KEY, all);
    let unlisted = identity("unlisted", SeaweedFs::UNLISTED_KEY, r#""Read","Write""#);
    format!(r#"{{"identities":[{everything},{unlisted}]}}"#)
}
