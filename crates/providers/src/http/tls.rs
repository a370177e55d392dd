//! Whom to trust.

use super::fields::Network;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use rustls::{
    CertificateError, ClientConfig, DigitallySignedStruct, SignatureScheme,
    client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier},
    crypto::CryptoProvider,
    pki_types::{CertificateDer, ServerName, UnixTime},
};
use rustls_platform_verifier::Verifier;
use sha2::{Digest, Sha256};
use std::sync::{Arc, Mutex, PoisonError};
use storage::{Error, ErrorKind, Result};

/// The fingerprint of the last certificate that was not trusted.
#[derive(Clone, Debug, Default)]
pub(super) struct Shown(Arc<Mutex<Option<String>>>);

impl Shown {
    pub(super) fn get(&self) -> Option<String> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn set(&self, fingerprint: String) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(fingerprint);
    }
}

pub(super) fn config(network: &Network, shown: &Shown) -> Result<ClientConfig> {
    let wrong = |error: rustls::Error| Error::new(ErrorKind::Other, "open").because(error);
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let roots = network.authority.as_deref().map(authorities).transpose()?.unwrap_or_default();
    let system = match roots.is_empty() {
        true => Verifier::new(Arc::clone(&provider)),
        false => Verifier::new_with_extra_roots(roots, Arc::clone(&provider)),
    };
    let trust = Trust {
        // A machine without any authorities can still trust a pinned certificate.
        system: system.ok(),
        pinned: network.certificate.clone(),
        shown: shown.clone(),
        provider: Arc::clone(&provider),
    };
    Ok(ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .map_err(wrong)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(trust))
        .with_no_client_auth())
}

/// The certificates in `text`, which is PEM.
pub(super) fn authorities(text: &str) -> Result<Vec<CertificateDer<'static>>> {
    const BEGIN: &str = "-----BEGIN CERTIFICATE-----";
    const END: &str = "-----END CERTIFICATE-----";
    let wrong = || Error::new(ErrorKind::Other, "open").because("this is no certificate");
    let parts = text.split(BEGIN).skip(1).map(|part| {
        let (digits, _) = part.split_once(END).ok_or_else(wrong)?;
        let digits: String = digits.split_whitespace().collect();
        BASE64_STANDARD.decode(digits).map(CertificateDer::from).map_err(|_| wrong())
    });
    let found = parts.collect::<Result<Vec<_>>>()?;
    // What the verifier would refuse later, without a word.
    let mut store = rustls::RootCertStore::empty();
    let sound = found.iter().all(|certificate| store.add(certificate.clone()).is_ok());
    if found.is_empty() || !sound { Err(wrong()) } else { Ok(found) }
}

/// As people compare it: two digits each, with colons between.
fn fingerprint(certificate: &CertificateDer<'_>) -> (String, String) {
    let plain = hex::encode(Sha256::digest(certificate));
    let pairs: Vec<String> = plain
        .as_bytes()
        .chunks(2)
        .map(|pair| String::from_utf8_lossy(pair).to_uppercase())
        .collect();
    (plain, pairs.join(":"))
}

/// Trusts what the system trusts, and the one certificate that was pinned.
#[derive(Debug)]
struct Trust {
    system: Option<Verifier>,
    pinned: Option<String>,
    shown: Shown,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Trust {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        server_name: &ServerName<'_>,
        ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        let (plain, spoken) = fingerprint(end_entity);
        if let Some(pinned) = &self.pinned {
            // Pinned, it is this one or none: a certificate that an authority
            // has signed for somebody else is not what was compared.
            return if *pinned == plain {
                Ok(ServerCertVerified::assertion())
            } else {
                self.shown.set(spoken);
                Err(CertificateError::ApplicationVerificationFailure.into())
            };
        }
        let verified = match &self.system {
            Some(system) => system.verify_server_cert(
                end_entity,
                intermediates,
                server_name,
                ocsp_response,
                now,
            ),
            None => Err(CertificateError::UnknownIssuer.into()),
        };
        verified.inspect_err(|_| self.shown.set(spoken))
    }

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls12_signature(message, certificate, signature, known)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signature: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        let known = &self.provider.signature_verification_algorithms;
        rustls::crypto::verify_tls13_signature(message, certificate, signature, known)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
