//! A certificate that nobody vouches for.

use std::{
    io,
    path::{Path, PathBuf},
    process::Command,
};

use crate::programs;

/// A certificate for 127.0.0.1 and localhost, signed by itself.
#[derive(Debug)]
pub struct Certificate {
    file: PathBuf,
    fingerprint: String,
}

impl Certificate {
    /// Makes `certificate.pem` and `key.pem` in `folder`.
    pub(crate) fn new(folder: &Path) -> io::Result<Self> {
        let file = folder.join("certificate.pem");
        let openssl = programs::program("openssl")?;
        programs::run(
            Command::new(&openssl)
                .args(["req", "-x509", "-nodes", "-days", "30", "-subj", "/CN=localhost"])
                .args(["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
                .args(["-addext", "subjectAltName=IP:127.0.0.1,DNS:localhost"])
                // Of a site, not of an authority, which TLS libraries tell apart.
                .args(["-addext", "basicConstraints=critical,CA:FALSE"])
                .arg("-keyout")
                .arg(folder.join("key.pem"))
                .arg("-out")
                .arg(&file),
        )?;
        let printed = programs::run(
            Command::new(openssl)
                .args(["x509", "-noout", "-fingerprint", "-sha256", "-in"])
                .arg(&file),
        )?;
        let fingerprint = printed.trim().rsplit('=').next().unwrap_or_default();
        Ok(Self { file, fingerprint: fingerprint.replace(':', "").to_lowercase() })
    }

    /// The file that holds it, as PEM.
    #[must_use]
    pub fn file(&self) -> &Path {
        &self.file
    }

    /// The SHA-256 of it, in lower-case hexadecimal digits.
    #[must_use]
    pub fn fingerprint(&self) -> &str {
        &self.fingerprint
    }
}
