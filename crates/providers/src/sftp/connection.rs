//! From a name and a port to a session of the file transfer protocol.
//!
//! Invariants: the host key is judged before anything secret is sent; each step
//! has the time-out of the settings, and none of them waits longer.

use super::{
    errors::Lost, heard::Heard, session::Session, settings::Settings, sign_in::sign_in,
    transport::Ends, trust::Trust,
};
use russh::{
    ChannelMsg, Disconnect, Preferred, SshId, cipher,
    client::{self, DisconnectReason, Handle, Handler},
    keys::PublicKeyOrCertificate,
};
use std::{
    borrow::Cow,
    fmt,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use storage::ErrorKind;
use tokio::net::TcpStream;

/// How many bytes the server may send before it is told that they were taken.
const WINDOW: u32 = 8 << 20;
/// The longest piece of a file in one packet of SSH, both ways.
const PACKET: u32 = 65_535;
/// So many signs of life may stay unanswered.
const KEEPALIVES: usize = 3;

/// Connects, signs in and begins.
///
/// # Errors
/// What kept it from working, told apart by its kind.
pub(super) async fn connect(settings: &Settings) -> Result<Session, Lost> {
    let trust = trust(settings)?;
    let limit = settings.timeout;
    let address = (settings.host.as_str(), settings.port);
    let unreachable = |error: &dyn fmt::Display| Lost::new(ErrorKind::Unreachable, error);
    let stream = within(limit, TcpStream::connect(address))
        .await
        .ok_or_else(|| unreachable(&"no answer to the attempt to connect"))?
        .map_err(|error| unreachable(&error))?;
    let _ = stream.set_nodelay(true);

    let (stream, heard) = Heard::new(stream);
    let told = Told::default();
    let doorkeeper = Doorkeeper { trust: trust.clone(), told: told.clone() };
    let config = Arc::new(config(settings, &trust));
    let connected = within(limit, client::connect_stream(config, stream, doorkeeper)).await;
    let mut server = match connected {
        Some(Ok(server)) => server,
        // A key that is not trusted ends it, and is what matters.
        failed => {
            return Err(match (told.distrust(), told.goodbye(), failed) {
                (Some(lost), ..) => lost,
                (None, Some(words), _) => unreachable(&words),
                (None, None, Some(Err(error))) => heard.explain(&error, is_final(&error)),
                (None, None, _) => heard.explain(&"no answer in time", false),
            });
        }
    };

    let silent = || Lost::new(ErrorKind::TimedOut, "the server does not answer the sign-in");
    let signed_in = within(limit, sign_in(&mut server, settings)).await.ok_or_else(silent)?;
    if let Err(lost) = signed_in {
        // Some servers end the connection after a wrong password, and say so.
        return Err(match told.goodbye() {
            Some(words) if lost.kind() == ErrorKind::Unreachable => {
                Lost::new(ErrorKind::BadCredentials, words)
            }
            _ => lost,
        });
    }
    let silent = || Lost::new(ErrorKind::TimedOut, "the server does not open a channel");
    let ends = within(limit, channel(server)).await.ok_or_else(silent)??;
    Session::begin(ends, limit).await
}

async fn within<F: Future>(limit: Duration, work: F) -> Option<F::Output> {
    tokio::time::timeout(limit, work).await.ok()
}

fn trust(settings: &Settings) -> Result<Trust, Lost> {
    match &settings.fingerprint {
        Some(fingerprint) => Ok(Trust::Fingerprint(fingerprint.clone())),
        None => {
            let file = settings.known_hosts.as_deref();
            Trust::from_file(file, &settings.host, settings.port).map_err(|error| {
                Lost::new(ErrorKind::Other, format!("known_hosts cannot be read: {error}"))
            })
        }
    }
}

fn config(settings: &Settings, trust: &Trust) -> client::Config {
    let usual = Preferred::default();
    let preferred = Preferred {
        key: trust.preferred(&usual.key).into(),
        cipher: Cow::Borrowed(ciphers()),
        ..usual
    };
    client::Config {
        client_id: SshId::Standard(Cow::Borrowed("SSH-2.0-Keepstead")),
        window_size: WINDOW,
        maximum_packet_size: PACKET,
        preferred,
        // A peer that is gone is noticed although nothing is asked of it.
        keepalive_interval: Some(
            (settings.timeout / KEEPALIVES as u32).max(Duration::from_secs(1)),
        ),
        keepalive_max: KEEPALIVES,
        nodelay: true,
        ..client::Config::default()
    }
}

/// The ciphers, fastest first. Only such that also prove that nothing was
/// changed, and those without that older servers have.
fn ciphers() -> &'static [cipher::Name] {
    const AES_FIRST: &[cipher::Name] = &[
        cipher::AES_128_GCM,
        cipher::AES_256_GCM,
        cipher::CHACHA20_POLY1305,
        cipher::AES_256_CTR,
        cipher::AES_192_CTR,
        cipher::AES_128_CTR,
    ];
    const CHACHA_FIRST: &[cipher::Name] = &[
        cipher::CHACHA20_POLY1305,
        cipher::AES_128_GCM,
        cipher::AES_256_GCM,
        cipher::AES_256_CTR,
        cipher::AES_192_CTR,
        cipher::AES_128_CTR,
    ];
    if has_aes() { AES_FIRST } else { CHACHA_FIRST }
}

/// Whether this processor computes AES by itself.
fn has_aes() -> bool {
    #[cfg(any(target_arch = "x86", target_arch = "x86_64"))]
    return std::arch::is_x86_feature_detected!("aes");
    #[cfg(target_arch = "aarch64")]
    return std::arch::is_aarch64_feature_detected!("aes");
    #[cfg(not(any(target_arch = "x86", target_arch = "x86_64", target_arch = "aarch64")))]
    return false;
}

async fn channel(server: Handle<Doorkeeper>) -> Result<Ends, Lost> {
    let gone = |error: russh::Error| match error {
        russh::Error::ChannelOpenFailure(_) => {
            Lost::new(ErrorKind::NotThisService, "the server opens no channel for files")
        }
        error => Lost::new(ErrorKind::Unreachable, error),
    };
    let channel = server.channel_open_session().await.map_err(gone)?;
    let (mut incoming, outgoing) = channel.split();
    outgoing.request_subsystem(true, "sftp").await.map_err(gone)?;
    loop {
        match incoming.wait().await {
            Some(ChannelMsg::Success) => break,
            Some(ChannelMsg::WindowAdjusted { .. }) => {}
            Some(_) | None if !server.is_closed() => {
                return Err(Lost::new(ErrorKind::NotThisService, "the server has no SFTP"));
            }
            _ => return Err(Lost::new(ErrorKind::Unreachable, "the connection was lost")),
        }
    }
    Ok(Ends { incoming, outgoing, tunnel: Tunnel(server) })
}

/// The connection below a channel; it ends when this is dropped.
pub(super) struct Tunnel(Handle<Doorkeeper>);

impl Tunnel {
    /// Says goodbye.
    pub(super) async fn end(self) {
        let _ = self.0.disconnect(Disconnect::ByApplication, "", "").await;
    }
}

/// Whether trying again ends in the same way: the two sides do not understand
/// each other.
fn is_final(error: &russh::Error) -> bool {
    use russh::Error;
    matches!(
        error,
        Error::NoCommonAlgo { .. }
            | Error::UnknownAlgo
            | Error::Version
            | Error::KexInit
            | Error::Kex
            | Error::WrongServerSig
            | Error::PacketSize(_)
            | Error::StrictKeyExchangeViolation { .. }
    )
}

/// What the one who judges the server's key has to tell.
#[derive(Clone, Debug, Default)]
struct Told(Arc<Mutex<(Option<Lost>, Option<String>)>>);

impl Told {
    fn change(&self, change: impl FnOnce(&mut (Option<Lost>, Option<String>))) {
        change(&mut self.0.lock().unwrap_or_else(PoisonError::into_inner));
    }

    /// Why the key is not trusted.
    fn distrust(&self) -> Option<Lost> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).0.clone()
    }

    /// What the server said when it ended the connection.
    fn goodbye(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).1.clone()
    }
}

/// Judges the server's key, and hears how it ends.
struct Doorkeeper {
    trust: Trust,
    told: Told,
}

impl Handler for Doorkeeper {
    type Error = russh::Error;

    async fn check_server_key(
        &mut self,
        shown: &PublicKeyOrCertificate,
    ) -> Result<bool, russh::Error> {
        // No certificate was asked for.
        let PublicKeyOrCertificate::PublicKey { key, .. } = shown else { return Ok(false) };
        match self.trust.judge(key) {
            Ok(()) => Ok(true),
            Err(lost) => {
                self.told.change(|told| told.0 = Some(lost));
                Ok(false)
            }
        }
    }

    async fn disconnected(
        &mut self,
        reason: DisconnectReason<russh::Error>,
    ) -> Result<(), russh::Error> {
        match reason {
            DisconnectReason::ReceivedDisconnect(said) => {
                let words = format!("the server ended the connection: {}", said.message);
                self.told.change(|told| told.1 = Some(words));
                Ok(())
            }
            DisconnectReason::Error(error) => Err(error),
        }
    }
}
