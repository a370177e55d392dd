//! Servers, and what has to be said to reach them.

use crate::{sftp::Said, smb};
use providers::{Secret, Values};
use servers::{
    Apache, ApacheSetup, Azurite, FakeGcs, GcsSink, Moto, Nginx, OpenSsh, PASSWORD, Rclone, Samba,
    SeaweedFs, USER,
};
use std::{
    any::Any,
    path::PathBuf,
    sync::{Arc, LazyLock},
};

/// What a server does not promise: the point, and why.
pub(super) type Absent = &'static [(&'static str, &'static str)];

type Running = Box<dyn Any + Send + Sync>;
type Asked = Box<dyn Fn() -> usize + Send + Sync>;

const NO_RENAME: (&str, &str) = ("rename", "object storage has no renaming");
const LOOKS_FIRST: (&str, &str) = (
    "create new",
    "the server is not known to keep to If-None-Match: a look comes first, and two writers may race",
);
const LOOKS_ITSELF: (&str, &str) = (
    "create new",
    "the server looks whether the name is taken, and then moves: two writers may race",
);
const WITH_A_GAP: (&str, &str) = (
    "overwrite",
    "the server removes what is there before it moves: for a moment there is neither",
);

/// A server that runs, and what has to be said to reach it.
pub(super) struct Ground {
    /// What the server is called.
    pub(super) server: &'static str,
    pub(super) kind: &'static str,
    /// Its address without what comes after the port, to put a proxy in front.
    pub(super) address: String,
    pub(super) values: Values,
    /// Points that it does not promise.
    pub(super) absent: Absent,
    /// Where its files lie on this machine, if they do one by one.
    pub(super) disk: Option<PathBuf>,
    /// How many requests it says that it was sent, where no proxy can tell them
    /// apart.
    pub(super) asked: Option<Asked>,
    _running: Running,
}

impl Ground {
    /// The same, reached by another address.
    pub(super) fn through(&self, address: &str) -> Values {
        let mut values = self.values.clone();
        for key in ["endpoint", "url"] {
            if let Some(said) = values.plain.get_mut(key) {
                *said = said.replace(&self.address, address);
            }
        }
        values
    }

    /// The same, in another folder.
    pub(super) fn in_folder(&self, address: &str, folder: &str) -> Values {
        let mut values = self.through(address);
        values.plain.insert("folder".to_owned(), folder.to_owned());
        values
    }

    /// What is to be said for a folder of its own.
    pub(super) fn apart(&self, folder: &str) -> Values {
        let mut values = self.values.clone();
        match self.kind {
            "local" => return values,
            // Its folders begin where the disk does.
            "sftp" => values
                .plain
                .insert("folder".to_owned(), format!("{}/{folder}", self.values.text("folder"))),
            _ => values.plain.insert("folder".to_owned(), folder.to_owned()),
        };
        values
    }

    /// The port in its address.
    pub(super) fn port(&self) -> u16 {
        self.address.rsplit(':').next().and_then(|port| port.parse().ok()).expect("a port")
    }
}

/// One server of each kind, for tests that keep to a folder
/// of their own. They end with the tests.
pub(super) mod shared {
    use super::{Ground, LazyLock};

    static APACHE: LazyLock<Ground> = LazyLock::new(super::apache);
    static SEAWEEDFS: LazyLock<Ground> = LazyLock::new(|| super::seaweedfs("yes"));
    static AZURITE: LazyLock<Ground> = LazyLock::new(super::azurite);
    static LOOKS_FIRST: LazyLock<Ground> = LazyLock::new(|| super::seaweedfs("unknown"));
    static NGINX: LazyLock<Ground> = LazyLock::new(super::nginx);
    static LOCAL: LazyLock<Ground> = LazyLock::new(super::local);
    static FAKE_GCS: LazyLock<Ground> = LazyLock::new(super::fake_gcs);
    static GCS_SINK: LazyLock<Ground> = LazyLock::new(super::gcs_sink);
    static OPENSSH: LazyLock<Ground> = LazyLock::new(super::openssh);
    static SAMBA: LazyLock<Ground> = LazyLock::new(super::samba);
    static OPENSSH_THAT_COUNTS: LazyLock<Ground> = LazyLock::new(super::openssh_that_counts);
    static SAMBA_THAT_COUNTS: LazyLock<Ground> = LazyLock::new(super::samba_that_counts);

    pub(in super::super) fn webdav() -> &'static Ground {
        &APACHE
    }

    pub(in super::super) fn nginx() -> &'static Ground {
        &NGINX
    }

    pub(in super::super) fn s3() -> &'static Ground {
        &SEAWEEDFS
    }

    pub(in super::super) fn s3_that_looks_first() -> &'static Ground {
        &LOOKS_FIRST
    }

    pub(in super::super) fn local() -> &'static Ground {
        &LOCAL
    }

    pub(in super::super) fn azure() -> &'static Ground {
        &AZURITE
    }

    pub(in super::super) fn gcs() -> &'static Ground {
        &FAKE_GCS
    }

    /// For what is long.
    pub(in super::super) fn gcs_sink() -> &'static Ground {
        &GCS_SINK
    }

    pub(in super::super) fn sftp() -> &'static Ground {
        &OPENSSH
    }

    pub(in super::super) fn smb() -> &'static Ground {
        &SAMBA
    }

    pub(in super::super) fn sftp_that_counts() -> &'static Ground {
        &OPENSSH_THAT_COUNTS
    }

    pub(in super::super) fn smb_that_counts() -> &'static Ground {
        &SAMBA_THAT_COUNTS
    }
}

/// A folder of this machine.
pub(super) fn local() -> Ground {
    let folder = tempfile::tempdir().unwrap();
    Ground {
        server: "ext4",
        kind: "local",
        address: String::new(),
        values: values(&[("folder", folder.path().to_str().unwrap())], &[]),
        absent: &[],
        disk: Some(folder.path().to_owned()),
        asked: None,
        _running: Box::new(folder),
    }
}

fn values(plain: &[(&str, &str)], secret: &[(&str, &str)]) -> Values {
    let plain = plain.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
    let secret =
        secret.iter().map(|(key, value)| ((*key).to_owned(), Secret::new((*value).to_owned())));
    Values { plain: plain.collect(), secret: secret.collect() }
}

/// `http://127.0.0.1:port` of an address.
fn origin(url: &str) -> String {
    url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/")
}

fn webdav(server: &'static str, url: &str, login: bool, running: Running) -> Ground {
    let (user, password) = if login { (USER, PASSWORD) } else { ("", "") };
    let plain = [("url", url), ("user", user), ("folder", "Keep stead/ä")];
    Ground {
        server,
        kind: "webdav",
        address: origin(url),
        values: values(&plain, &[("password", password)]),
        absent: if matches!(server, "rclone" | "SeaweedFS") {
            &[LOOKS_ITSELF, WITH_A_GAP]
        } else {
            &[LOOKS_ITSELF]
        },
        disk: None,
        asked: None,
        _running: running,
    }
}

pub(super) fn apache() -> Ground {
    let server = Apache::start().unwrap();
    webdav("Apache", &server.url(), true, Box::new(server))
}

/// Apache with the addresses of a Nextcloud, which takes uploads in parts.
pub(super) fn apache_in_parts() -> Apache {
    Apache::with(ApacheSetup { nextcloud: true, ..ApacheSetup::default() }).unwrap()
}

/// The destination at [`apache_in_parts`].
pub(super) fn nextcloud(server: Apache) -> Ground {
    let url = server.url();
    webdav("Apache, in parts", &url, true, Box::new(server))
}

pub(super) fn nginx() -> Ground {
    let server = Nginx::start().unwrap();
    webdav("nginx", &server.url(), true, Box::new(server))
}

pub(super) fn rclone() -> Ground {
    let server = Rclone::start().unwrap();
    webdav("rclone", &server.url(), true, Box::new(server))
}

pub(super) fn seaweedfs_webdav() -> Ground {
    let server = SeaweedFs::with_webdav().unwrap();
    let url = format!("{}buckets/{}", server.webdav().unwrap(), SeaweedFs::BUCKET);
    webdav("SeaweedFS", &url, false, Box::new(server))
}

fn s3(
    server: &'static str,
    endpoint: &str,
    (key, secret, bucket): (&str, &str, &str),
    conditions: &str,
    running: Running,
) -> Ground {
    let plain = [
        ("endpoint", endpoint),
        ("region", "us-east-1"),
        ("access_key_id", key),
        ("bucket", bucket),
        ("folder", "a/folder"),
        ("conditions", conditions),
    ];
    Ground {
        server,
        kind: "s3",
        address: origin(endpoint),
        values: values(&plain, &[("secret_access_key", secret)]),
        absent: if conditions == "yes" { &[NO_RENAME] } else { &[LOOKS_FIRST, NO_RENAME] },
        disk: None,
        asked: None,
        _running: running,
    }
}

pub(super) fn seaweedfs(conditions: &str) -> Ground {
    let server = SeaweedFs::start().unwrap();
    let login = (SeaweedFs::ACCESS_KEY, SeaweedFs::SECRET_KEY, SeaweedFs::BUCKET);
    let name = if conditions == "yes" { "SeaweedFS" } else { "SeaweedFS, conditions unknown" };
    s3(name, &server.endpoint(), login, conditions, Box::new(server))
}

pub(super) fn moto(conditions: &str) -> Ground {
    let server = Moto::start().unwrap();
    let login = (Moto::ACCESS_KEY, Moto::SECRET_KEY, Moto::BUCKET);
    s3("moto", &server.endpoint(), login, conditions, Box::new(server))
}

pub(super) fn azurite() -> Ground {
    let server = Azurite::start().unwrap();
    let endpoint = server.endpoint();
    let plain = [
        ("endpoint", &*endpoint),
        ("account", Azurite::ACCOUNT),
        ("sign_in", "key"),
        ("container", Azurite::CONTAINER),
        ("folder", "a/folder"),
    ];
    Ground {
        server: "Azurite",
        kind: "azure",
        address: origin(&endpoint),
        values: values(&plain, &[("key", Azurite::KEY)]),
        absent: &[NO_RENAME],
        disk: None,
        asked: None,
        _running: Box::new(server),
    }
}

pub(super) fn fake_gcs() -> Ground {
    let server = FakeGcs::start().unwrap();
    let endpoint = server.endpoint();
    gcs("fake-gcs-server", &endpoint, FakeGcs::BUCKET, Box::new(server))
}

fn gcs_sink() -> Ground {
    let server = GcsSink::start().unwrap();
    let endpoint = server.endpoint();
    gcs("one that keeps nothing", &endpoint, GcsSink::BUCKET, Box::new(server))
}

fn gcs(server: &'static str, endpoint: &str, bucket: &str, running: Running) -> Ground {
    let plain = [
        ("endpoint", endpoint),
        ("bucket", bucket),
        ("folder", "a/folder"),
        ("conditions", "unknown"),
    ];
    Ground {
        server,
        kind: "gcs",
        address: origin(endpoint),
        values: values(&plain, &[]),
        absent: &[LOOKS_FIRST, NO_RENAME],
        disk: None,
        asked: None,
        _running: running,
    }
}

pub(super) fn openssh() -> Ground {
    of_openssh(Arc::new(OpenSsh::start().unwrap()))
}

fn openssh_that_counts() -> Ground {
    let mut server = OpenSsh::start().unwrap();
    server.write_requests_down().unwrap();
    let server = Arc::new(server);
    let asked = Arc::clone(&server);
    Ground { asked: Some(Box::new(move || asked.requests().unwrap())), ..of_openssh(server) }
}

fn of_openssh(server: Arc<OpenSsh>) -> Ground {
    Ground {
        server: "OpenSSH",
        kind: "sftp",
        address: format!("{}:{}", server.host(), server.port()),
        values: Said::about(&server).0,
        absent: &[],
        disk: Some(server.folder()),
        asked: None,
        _running: Box::new(server),
    }
}

pub(super) fn samba() -> Ground {
    of_samba(Arc::new(smb::samba()))
}

fn samba_that_counts() -> Ground {
    let mut server = smb::samba();
    server.write_requests_down().unwrap();
    let server = Arc::new(server);
    let asked = Arc::clone(&server);
    Ground { asked: Some(Box::new(move || asked.requests())), ..of_samba(server) }
}

fn of_samba(server: Arc<Samba>) -> Ground {
    Ground {
        server: "Samba",
        kind: "smb",
        address: format!("127.0.0.1:{}", server.port()),
        values: smb::values(&server, "backup", "a/store"),
        absent: &[],
        disk: Some(server.folder()),
        asked: None,
        _running: Box::new(server),
    }
}
