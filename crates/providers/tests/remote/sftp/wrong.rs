//! Everything that can be wrong with what was said, told apart.

use super::{Said, context, sftp};
use crate::{key, never, noise};
use providers::Missing;
use servers::{ClientKey, OpenSsh, free_port};
use std::{
    fs,
    io::{Read as _, Write as _},
    net::TcpListener,
    os::unix::fs::{PermissionsExt as _, symlink},
    thread,
    time::{Duration, Instant},
};
use storage::{ErrorKind, PutMode, Retry};

#[tokio::test]
async fn a_server_that_is_not_there_cannot_be_reached() {
    let server = OpenSsh::start().unwrap();
    let said = Said::about(&server);
    for wrong in [
        said.clone().with("host", "does-not-exist.invalid"),
        said.clone().with("port", &free_port().unwrap().to_string()),
    ] {
        let error = wrong.refused().await;
        assert_eq!((error.kind(), error.retry()), (ErrorKind::Unreachable, Retry::Soon));
    }
}

/// A port at which something says `words` when it is spoken to, and then waits
/// or hangs up.
fn something_else(words: &'static str, waits: bool) -> u16 {
    let listener = TcpListener::bind(("127.0.0.1", 0)).unwrap();
    let port = listener.local_addr().unwrap().port();
    thread::spawn(move || {
        let mut kept = Vec::new();
        for stream in listener.incoming() {
            let mut stream = stream.unwrap();
            let _ = stream.read(&mut [0; 100]);
            let _ = stream.write_all(words.as_bytes());
            if waits {
                kept.push(stream);
            }
        }
    });
    port
}

#[tokio::test]
async fn a_port_of_another_service_is_told_apart_from_silence() {
    let server = OpenSsh::start().unwrap();
    let said = Said::about(&server).with("timeout", "5");
    for (words, waits, expected) in [
        ("HTTP/1.1 400 Bad Request\r\n\r\n<html>", false, ErrorKind::NotThisService),
        ("220 ftp.example.org\r\n", true, ErrorKind::NotThisService),
        ("\u{15}\u{3}\u{1}", false, ErrorKind::NotThisService),
        ("", false, ErrorKind::Unreachable),
        ("", true, ErrorKind::Unreachable),
    ] {
        let port = something_else(words, waits);
        let since = Instant::now();
        let error = said.clone().with("port", &port.to_string()).refused().await;
        assert_eq!(error.kind(), expected, "{words:?}: {error:?}");
        assert!(since.elapsed() < Duration::from_secs(8), "{words:?}: {:?}", since.elapsed());
    }
}

#[tokio::test]
async fn a_server_that_is_no_use_says_why() {
    let mut server = OpenSsh::start().unwrap();
    let said = Said::about(&server);
    for (lines, expected) in [
        // It runs something else instead.
        ("ForceCommand echo hello", ErrorKind::NotThisService),
        ("MaxSessions 0", ErrorKind::NotThisService),
        // It knows nothing but what is broken since long.
        ("KexAlgorithms diffie-hellman-group1-sha1", ErrorKind::NotThisService),
        ("AuthenticationMethods publickey,password", ErrorKind::BadCredentials),
    ] {
        server.configure(lines).unwrap();
        let error = said.refused().await;
        assert_eq!(error.kind(), expected, "{lines}: {error:?}");
        assert_eq!(error.retry(), Retry::Never);
    }
    // It ends the connection after the first attempt that fails.
    server.configure("MaxAuthTries 1").unwrap();
    let wrong = said.with("key", &server.key(ClientKey::Stranger).unwrap());
    let error = wrong.refused().await;
    assert_eq!(error.kind(), ErrorKind::BadCredentials, "{error:?}");
}

#[tokio::test]
async fn a_folder_that_is_missing_is_made_only_when_asked() {
    let server = OpenSsh::start().unwrap();
    let missing = server.folder().join("a/b c/ü");
    let said = Said::about(&server).with("folder", &missing.display().to_string());
    let error = said.refused().await;
    assert_eq!((error.kind(), error.retry()), (ErrorKind::PlaceMissing, Retry::Never));
    assert!(!server.folder().join("a").exists());
    for _ in 0..2 {
        let store = sftp().open(&said.0, Missing::Make, &context(), &never()).await.unwrap();
        store.put(&key("x"), noise(1, 1).into(), PutMode::Replace, &never()).await.unwrap();
    }
    assert!(missing.join("x").is_file());

    fs::write(server.folder().join("file"), "").unwrap();
    for name in ["file", "file/below"] {
        let there = server.folder().join(name).display().to_string();
        let said = Said::about(&server).with("folder", &there);
        assert_eq!(said.refused().await.kind(), ErrorKind::PlaceMissing);
        let made = sftp().open(&said.0, Missing::Make, &context(), &never()).await;
        assert!(made.is_err());
    }
    // A folder may be reached through a link; what lies in it may not.
    symlink(&missing, server.folder().join("link")).unwrap();
    let link = server.folder().join("link").display().to_string();
    let store = Said::about(&server).with("folder", &link).open().await.unwrap();
    assert!(store.stat(&key("x"), &never()).await.unwrap().is_some());
}

#[tokio::test]
async fn a_folder_that_vanishes_is_not_made_and_not_empty() {
    let server = OpenSsh::start().unwrap();
    let folder = server.folder().join("disk");
    fs::create_dir(&folder).unwrap();
    let store =
        Said::about(&server).with("folder", &folder.display().to_string()).open().await.unwrap();
    let (a, b) = (key("x/a"), key("y/b"));
    store.put(&a, noise(1, 9).into(), PutMode::CreateNew, &never()).await.unwrap();
    fs::rename(&folder, server.folder().join("away")).unwrap();
    let mut kinds = Vec::new();
    for (name, mode) in [(&a, PutMode::Replace), (&b, PutMode::CreateNew)] {
        kinds.push(store.put(name, noise(2, 9).into(), mode, &never()).await.err());
    }
    kinds.push(store.stat(&a, &never()).await.err());
    kinds.push(store.get(&a, storage::ByteRange::Whole, &never()).await.err());
    for prefix in [storage::Prefix::everything(), storage::Prefix::folder("x").unwrap()] {
        kinds.push(storage::StoreExt::list_all(&*store, &prefix, &never()).await.err());
    }
    kinds.push(store.delete(std::slice::from_ref(&a), &never()).await.pop().unwrap().err());
    for (at, error) in kinds.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| panic!("operation {at} succeeded"));
        assert_eq!(error.kind(), ErrorKind::PlaceMissing, "operation {at}: {error:?}");
    }
    assert!(!folder.exists());
    fs::rename(server.folder().join("away"), &folder).unwrap();
    assert!(store.stat(&a, &never()).await.unwrap().is_some());
}

#[tokio::test]
async fn what_the_account_may_not_do_is_said() {
    let server = OpenSsh::start_with_password("x").unwrap();
    let server = server.expect("these tests make a user and so run as root");
    let (shut, fixed) = (server.folder().join("shut"), server.folder().join("fixed"));
    fs::create_dir_all(shut.join("in")).unwrap();
    fs::set_permissions(&shut, fs::Permissions::from_mode(0o700)).unwrap();
    fs::create_dir(&fixed).unwrap();
    fs::write(fixed.join("there"), "x").unwrap();

    let below = Said::about(&server).with("folder", &shut.join("in").display().to_string());
    assert_eq!(below.refused().await.kind(), ErrorKind::PermissionDenied);
    // One that can be read can be opened.
    let store =
        Said::about(&server).with("folder", &fixed.display().to_string()).open().await.unwrap();
    for (name, mode) in [("a", PutMode::CreateNew), ("b/c", PutMode::Replace)] {
        let error = store.put(&key(name), noise(1, 1).into(), mode, &never()).await.unwrap_err();
        let found = (error.kind(), error.retry());
        assert_eq!(found, (ErrorKind::PermissionDenied, Retry::Never), "{error:?}");
    }
    let deleted = store.delete(&[key("there"), key("nothing")], &never()).await;
    assert_eq!(deleted[0].as_ref().unwrap_err().kind(), ErrorKind::PermissionDenied);
    assert!(deleted[1].is_ok());
}
