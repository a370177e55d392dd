//! Proving who one is, in every way there is.

use super::Said;
use crate::{key, never, noise};
use servers::{ClientKey, OpenSsh, PASSPHRASE};
use std::error::Error as _;
use storage::{ErrorKind, PutMode};

async fn works(said: &Said) {
    let store = said.open().await.unwrap();
    store.put(&key("a/b"), noise(1, 10).into(), PutMode::Replace, &never()).await.unwrap();
}

async fn is_refused(said: &Said, secret: &str) -> String {
    let error = said.refused().await;
    let cause = error.source().unwrap().to_string();
    assert_eq!(error.kind(), ErrorKind::BadCredentials, "{cause}");
    assert!(secret.is_empty() || !format!("{error} {error:?} {cause}").contains(secret));
    cause
}

#[tokio::test]
async fn keys_sign_in() {
    let server = OpenSsh::start().unwrap();
    let said = Said::about(&server);
    works(&said).await;
    works(&said.clone().with("key", &server.key(ClientKey::Rsa).unwrap())).await;
    let file = server.key_file(ClientKey::Ed25519).display().to_string();
    works(&said.clone().with("key", "").with("key_file", &file)).await;
    // As it arrives when it was pasted on Windows.
    let pasted = server.key(ClientKey::Ed25519).unwrap().replace('\n', "\r\n");
    works(&said.clone().with("key", &format!("\n  {pasted}\n\n"))).await;

    let locked = said.clone().with("key", &server.key(ClientKey::Encrypted).unwrap());
    works(&locked.clone().with("passphrase", PASSPHRASE)).await;
    let why = is_refused(&locked.clone().with("passphrase", "wrong-pass"), "wrong-pass").await;
    assert!(why.contains("does not open"), "{why}");
    let why = is_refused(&locked, "").await;
    assert!(why.contains("needs its passphrase"), "{why}");

    let stranger = server.key(ClientKey::Stranger).unwrap();
    let why = is_refused(&said.clone().with("key", &stranger), &stranger[60..100]).await;
    assert!(why.contains("publickey"), "{why}");
    let why = is_refused(&said.clone().with("key", "no key"), "no key").await;
    assert!(why.contains("no private key"), "{why}");
    let missing = said.clone().with("key", "").with("key_file", "/nowhere/id");
    assert!(is_refused(&missing, "").await.contains("/nowhere/id"));
    is_refused(&said.with("user", "nobody-here"), "").await;
}

#[tokio::test]
async fn an_agent_signs_in() {
    let server = OpenSsh::start().unwrap();
    let said = |socket: &str| {
        Said::about(&server).with("sign_in", "agent").with("key", "").with("agent", socket)
    };
    for keys in [&[ClientKey::Ed25519][..], &[ClientKey::Stranger, ClientKey::Rsa]] {
        let agent = server.agent(keys).unwrap();
        works(&said(&agent.socket().display().to_string())).await;
    }
    let agent = server.agent(&[ClientKey::Stranger]).unwrap();
    is_refused(&said(&agent.socket().display().to_string()), "").await;
    let agent = server.agent(&[]).unwrap();
    let why = is_refused(&said(&agent.socket().display().to_string()), "").await;
    assert!(why.contains("no key"), "{why}");
    let why = is_refused(&said("/nowhere/agent.sock"), "").await;
    assert!(why.contains("agent"), "{why}");
}

#[tokio::test]
async fn a_password_signs_in_whatever_it_is_made_of() {
    const PASSWORD: &str = "p@ß %\"'\\ :$(x)`&";
    let server = OpenSsh::start_with_password(PASSWORD).unwrap();
    let server = server.expect("these tests make a user and so run as root");
    let said = Said::about(&server).with("sign_in", "password").with("key", "");
    works(&said.clone().with("password", PASSWORD)).await;
    for wrong in ["p@ß", "p@ß %\"'\\ :$(x)`& "] {
        let why = is_refused(&said.clone().with("password", wrong), wrong).await;
        assert!(why.contains("password"), "{why}");
    }
}
