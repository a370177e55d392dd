//! Which servers are trusted, and that nothing is told to others.

use super::Said;
use crate::{key, never};
use servers::OpenSsh;
use std::{error::Error as _, fs, process::Command};
use storage::{Error, ErrorKind};

/// What the server writes down as soon as somebody begins to sign in.
const SIGN_IN: &str = "userauth-request";

fn cause(error: &Error) -> String {
    error.source().unwrap().to_string()
}

#[tokio::test]
async fn an_unknown_server_is_shown_and_told_nothing() {
    let server = OpenSsh::start().unwrap();
    let nothing = server.home().join("known_hosts").display().to_string();
    let said = Said::about(&server).with("fingerprint", "").with("known_hosts", &nothing);
    let error = said.refused().await;
    assert_eq!(error.kind(), ErrorKind::Untrusted);
    assert_eq!(error.presented(), Some(&*server.fingerprint().unwrap()));
    assert!(cause(&error).contains("not known yet"), "{}", cause(&error));
    assert!(!server.said().contains(SIGN_IN), "{}", server.said());

    // What it showed, once somebody has compared it, is enough.
    said.with("fingerprint", error.presented().unwrap()).open().await.unwrap();
    assert!(server.said().contains(SIGN_IN), "the log shows no sign-in at all");
}

#[tokio::test]
async fn a_server_in_known_hosts_is_trusted() {
    let server = OpenSsh::start().unwrap();
    let file = server.home().join("known_hosts");
    let said = Said::about(&server)
        .with("fingerprint", "")
        .with("known_hosts", &file.display().to_string());
    fs::write(&file, server.known_hosts_line().unwrap()).unwrap();
    said.open().await.unwrap();
    let hashed = Command::new("ssh-keygen").args(["-q", "-H", "-f"]).arg(&file).output().unwrap();
    assert!(hashed.status.success());
    assert!(!fs::read_to_string(&file).unwrap().contains("127.0.0.1"));
    said.open().await.unwrap();
}

#[tokio::test]
async fn a_changed_host_key_is_told_apart_and_told_nothing() {
    let mut server = OpenSsh::start().unwrap();
    let file = server.home().join("known_hosts");
    fs::write(&file, server.known_hosts_line().unwrap()).unwrap();
    let known = Said::about(&server)
        .with("fingerprint", "")
        .with("known_hosts", &file.display().to_string());
    let pinned = Said::about(&server);
    let store = pinned.open().await.unwrap();

    server.stop();
    server.make_host_key().unwrap();
    server.start_again().unwrap();
    let shown = server.fingerprint().unwrap();
    let error = known.refused().await;
    assert_eq!((error.kind(), error.presented()), (ErrorKind::Untrusted, Some(&*shown)));
    assert!(cause(&error).contains("another key"), "{}", cause(&error));
    let error = pinned.refused().await;
    assert_eq!((error.kind(), error.presented()), (ErrorKind::Untrusted, Some(&*shown)));
    // A store that was open before does not sign in to the other server either.
    let mut kind = store.stat(&key("a"), &never()).await.unwrap_err().kind();
    if kind == ErrorKind::Unreachable {
        kind = store.stat(&key("a"), &never()).await.unwrap_err().kind();
    }
    assert_eq!(kind, ErrorKind::Untrusted);
    assert!(!server.said().contains(SIGN_IN), "{}", server.said());
}
