//! What can be said about the way to any destination that speaks HTTP.

use crate::{Field, FieldKind, Secret, Values};
use std::{num::NonZeroU32, time::Duration};
use storage::ErrorKind;

/// So long nothing may move, in seconds, unless something else is said.
const STALL: &str = "60";

/// The certificate that a server of one's own shows.
pub(crate) const CERTIFICATE: Field =
    Field::new("certificate", "Trusted certificate", FieldKind::Text)
        .optional()
        .advanced()
        .leads()
        .mends(ErrorKind::Untrusted)
        .help(
            "The SHA-256 fingerprint of the server's own certificate, for a NAS whose certificate \
             no authority has signed. Compare it with the one that the NAS shows.",
        );

/// An authority of one's own.
pub(crate) const AUTHORITY: Field =
    Field::new("authority", "Certificate authority", FieldKind::LongText)
        .optional()
        .advanced()
        .leads()
        .help("The certificate of your own authority, beginning with -----BEGIN CERTIFICATE-----.");

pub(crate) const PROXY: Field = Field::new("proxy", "Proxy", FieldKind::Text)
    .optional()
    .advanced()
    .leads()
    .help("Such as http://proxy.home:3128. Empty: what the system says.");

pub(crate) const PROXY_USER: Field =
    Field::new("proxy_user", "User of the proxy", FieldKind::Text).optional().advanced();

pub(crate) const PROXY_PASSWORD: Field =
    Field::new("proxy_password", "Password of the proxy", FieldKind::Secret).optional().advanced();

pub(crate) const REQUESTS: Field =
    Field::new("requests_per_second", "Requests a second", FieldKind::Number(1, 1000))
        .optional()
        .advanced()
        .help("Empty: as many as are needed.");

pub(crate) const STALLED: Field =
    Field::new("timeout", "Give up after", FieldKind::Number(5, 3600))
        .optional()
        .advanced()
        .or(STALL)
        .help("Seconds in which nothing moves. A slow connection that moves is never given up.");

/// How many transfers at once.
pub(crate) const CONCURRENCY: Field =
    Field::new("concurrency", "Transfers at once", FieldKind::Number(1, 32))
        .optional()
        .advanced()
        .help("Empty: what serves this kind of destination best.");

/// The way to a destination.
#[derive(Clone, Debug)]
pub(crate) struct Network {
    /// The SHA-256 of the one certificate that is trusted beside those the
    /// system trusts, in lowercase hexadecimal.
    pub(crate) certificate: Option<String>,
    /// Certificates of authorities, in PEM.
    pub(crate) authority: Option<String>,
    pub(crate) proxy: Option<String>,
    pub(crate) proxy_login: Option<(String, Secret)>,
    pub(crate) requests_per_second: Option<NonZeroU32>,
    pub(crate) stall: Duration,
}

impl Network {
    pub(crate) fn of(values: &Values) -> Self {
        let said = |key| Some(values.text(key).trim().to_owned()).filter(|text| !text.is_empty());
        let password = |user| {
            let password = values.secret(PROXY_PASSWORD.key).unwrap_or_default();
            (user, Secret::new(password.to_owned()))
        };
        let seconds = values.number(STALLED.key).unwrap_or(60);
        Self {
            certificate: said(CERTIFICATE.key).map(|text| plain_fingerprint(&text)),
            authority: said(AUTHORITY.key),
            proxy: said(PROXY.key),
            proxy_login: said(PROXY_USER.key).map(password),
            requests_per_second: values
                .number(REQUESTS.key)
                .and_then(|rate| u32::try_from(rate).ok())
                .and_then(NonZeroU32::new),
            stall: Duration::from_secs(seconds),
        }
    }
}

/// The digits of a fingerprint, however it is written.
fn plain_fingerprint(text: &str) -> String {
    let digits = text.strip_prefix("SHA256:").or(text.strip_prefix("SHA-256:")).unwrap_or(text);
    digits.chars().filter(char::is_ascii_hexdigit).collect::<String>().to_lowercase()
}

/// What is wrong with the values of these fields.
pub(crate) fn check(values: &Values) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    let network = Network::of(values);
    if network.certificate.is_some_and(|digits| digits.len() != 64) {
        wrong.push((CERTIFICATE.key, "This is no SHA-256 fingerprint: it has 64 digits.".into()));
    }
    if let Some(authority) = &network.authority
        && super::tls::authorities(authority).is_err()
    {
        wrong.push((AUTHORITY.key, "This is no certificate.".into()));
    }
    match network.proxy.as_deref() {
        // They would be kept and shown in clear.
        Some(proxy) if proxy.contains('@') => {
            wrong.push((PROXY.key, "Say user and password of the proxy below, not here.".into()));
        }
        Some(proxy) if reqwest::Proxy::all(proxy).is_err() => {
            wrong.push((PROXY.key, "This is no address of a proxy.".into()));
        }
        _ => {}
    }
    wrong
}
