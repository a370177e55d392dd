//! What a person can have said wrongly, and what a server may refuse.

use super::{PASSWORD, context, failure, open, reach, samba, smb, values};
use crate::{key, never, noise};
use providers::{Missing, Secret};
use servers::Samba;
use std::{
    io::{Read, Write},
    net::TcpListener,
    os::unix::fs::PermissionsExt,
};
use storage::{ByteRange, ErrorKind, PutMode, Retry, StoreExt};

#[tokio::test]
async fn each_wrong_word_has_its_own_failure() {
    let samba = samba();
    let right = values(&samba, "backup", "");
    let taken = || TcpListener::bind("127.0.0.1:0").unwrap();
    let free = taken().local_addr().unwrap().port().to_string();
    for (field, value, expected) in [
        ("user", "nobody-of-that-name", ErrorKind::BadCredentials),
        ("host", "no-such-host.invalid", ErrorKind::Unreachable),
        ("port", &*free, ErrorKind::Unreachable),
        ("share", "nothing", ErrorKind::PlaceMissing),
        ("share", "IPC$", ErrorKind::PlaceMissing),
        ("folder", "nothing/at/all", ErrorKind::PlaceMissing),
        ("folder", "../outside", ErrorKind::Unsupported),
        ("folder", "a:b", ErrorKind::Unsupported),
    ] {
        let mut values = right.clone();
        values.plain.insert(field.into(), value.into());
        let error = failure(reach(&values, Missing::Fail).await);
        assert_eq!(error.kind(), expected, "{field}={value}: {error:?}");
        // A share is never made.
        let made = reach(&values, Missing::Make).await;
        assert_eq!(made.is_ok(), value == "nothing/at/all", "{field}={value}");
    }
    for password in ["", "wrong", &PASSWORD.to_uppercase(), &format!("{PASSWORD} ")] {
        let mut values = right.clone();
        values.secret.insert("password".into(), Secret::new(password.to_owned()));
        let error = failure(reach(&values, Missing::Fail).await);
        assert_eq!(error.kind(), ErrorKind::BadCredentials, "{password:?}: {error:?}");
        assert_eq!(error.retry(), Retry::Never);
    }
    // With the right words, to see that they are.
    reach(&right, Missing::Fail).await.unwrap();
}

#[tokio::test]
async fn whatever_is_not_smb_is_told_as_such() {
    let samba = samba();
    // One that answers as a web server does, one that greets, one that hangs up.
    for (answer, waits) in
        [("HTTP/1.1 400 Bad Request\r\n\r\n", true), ("SSH-2.0-OpenSSH_9.2\r\n", false), ("", true)]
    {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let serving = std::thread::spawn(move || {
            let (mut client, _) = listener.accept().unwrap();
            if waits {
                let _ = client.read(&mut [0; 4]);
            }
            let _ = client.write_all(answer.as_bytes());
        });
        let mut values = values(&samba, "backup", "");
        values.plain.insert("port".into(), port.to_string());
        let error = failure(reach(&values, Missing::Fail).await);
        assert_eq!(error.kind(), ErrorKind::NotThisService, "{answer:?}: {error:?}");
        serving.join().unwrap();
    }
}

#[tokio::test]
async fn a_share_that_cannot_be_written_can_be_read() {
    let samba = samba();
    std::fs::write(samba.readonly().join("object"), b"bytes").unwrap();
    let values = values(&samba, "readonly", "");
    let store = reach(&values, Missing::Fail).await.unwrap();
    let read = store.read(&key("object"), ByteRange::Whole, 10, &never()).await.unwrap();
    assert_eq!(read, &b"bytes"[..]);
    for mode in [PutMode::CreateNew, PutMode::Replace] {
        for name in ["object", "folder/object", "new"] {
            let put = store.put(&key(name), vec![1].into(), mode, &never()).await;
            let kind = failure(put).kind();
            assert_eq!(kind, ErrorKind::ReadOnly, "{name} {mode:?}");
        }
    }
    let deleted = store.delete_one(&key("object"), &never()).await;
    assert_eq!(failure(deleted).kind(), ErrorKind::ReadOnly);
    let mut deeper = values.clone();
    deeper.plain.insert("folder".into(), "new".into());
    let made = reach(&deeper, Missing::Make).await;
    assert_eq!(failure(made).kind(), ErrorKind::ReadOnly);
}

#[tokio::test]
async fn what_an_account_may_not_do_is_refused() {
    // Asked of whoever mapped to an account without rights.
    let more = "[others]\npath = /\nvalid users = nobody\n\
                [forced]\npath = %PLACE%\nread only = no\nforce user = nobody\n";
    let place = tempfile::tempdir().unwrap();
    std::fs::set_permissions(place.path(), std::fs::Permissions::from_mode(0o755)).unwrap();
    let more = more.replace("%PLACE%", &place.path().display().to_string());
    let samba = Samba::start_with(PASSWORD, &more).unwrap();

    let error = failure(reach(&values(&samba, "others", ""), Missing::Fail).await);
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error:?}");

    let store = reach(&values(&samba, "forced", ""), Missing::Fail).await.unwrap();
    let put = store.put(&key("object"), vec![1].into(), PutMode::CreateNew, &never()).await;
    let error = failure(put);
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error:?}");
}

#[tokio::test]
async fn a_guest_is_not_taken_for_the_account() {
    let more = "guest ok = yes\n[global]\nmap to guest = bad user\n";
    let samba = Samba::start_with(PASSWORD, more).unwrap();
    let mut values = values(&samba, "readonly", "");
    reach(&values, Missing::Fail).await.expect("the account is let in");
    for user in ["nobody-of-that-name", "Guest"] {
        values.plain.insert("user".into(), user.into());
        let error = failure(reach(&values, Missing::Fail).await);
        let kinds = [ErrorKind::BadCredentials, ErrorKind::Untrusted];
        assert!(kinds.contains(&error.kind()), "{user}: {error:?}");
    }
}

#[tokio::test]
async fn what_can_be_chosen_is_listed() {
    let samba = samba();
    for folder in ["b/y", "b/x", "a", "with space"] {
        std::fs::create_dir_all(samba.folder().join(folder)).unwrap();
    }
    std::fs::write(samba.folder().join("file"), b"").unwrap();
    let values = values(&samba, "", "");
    let choices = async |field: &str, below: &str| {
        let mut values = values.clone();
        values.plain.insert("share".into(), "backup".into());
        let found = smb().choices(&values, field, below, &context(), &never()).await?;
        Ok(found.into_iter().map(|it| (it.value, it.label)).collect::<Vec<_>>())
    };
    let pairs = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(a, b)| ((*a).to_owned(), (*b).to_owned())).collect::<Vec<_>>()
    };
    let shares = choices("share", "").await.unwrap();
    assert_eq!(shares, pairs(&[("backup", "backup"), ("readonly", "readonly")]));
    let topmost = choices("folder", "").await.unwrap();
    assert_eq!(topmost, pairs(&[("a", "a"), ("b", "b"), ("with space", "with space")]));
    assert_eq!(choices("folder", "b").await.unwrap(), pairs(&[("b/x", "x"), ("b/y", "y")]));
    assert_eq!(choices("folder", "a").await.unwrap(), pairs(&[]));
    assert_eq!(failure(choices("folder", "nothing").await).kind(), ErrorKind::PlaceMissing);
    assert_eq!(failure(choices("folder", "a/../b").await).kind(), ErrorKind::Unsupported);
    assert_eq!(failure(choices("host", "").await).kind(), ErrorKind::Unsupported);

    let mut values = values;
    values.plain.insert("share".into(), "backup".into());
    for _ in 0..2 {
        smb().make_folder(&values, "n/e/w", &context(), &never()).await.unwrap();
    }
    assert!(samba.folder().join("n/e/w").is_dir());
    let made = smb().make_folder(&values, "n/../w", &context(), &never()).await;
    assert_eq!(failure(made).kind(), ErrorKind::Unsupported);
}

#[tokio::test]
async fn a_full_disk_is_told_and_left_as_it_was() {
    let samba = samba();
    let disk = samba.folder();
    let mounted = std::process::Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=8m", "tmpfs"])
        .arg(&disk)
        .status()
        .unwrap();
    assert!(mounted.success(), "only root can mount a small disk");
    struct Unmount(std::path::PathBuf);
    impl Drop for Unmount {
        fn drop(&mut self) {
            let _ = std::process::Command::new("umount").arg("-l").arg(&self.0).status();
        }
    }
    let _unmount = Unmount(disk.clone());

    let store = open(&samba, "").await;
    let room = store.capacity(&never()).await.unwrap().unwrap();
    assert_eq!(room.total, Some(8 << 20));
    let small = noise(1, 1 << 20);
    store.put(&key("a/kept"), small.clone().into(), PutMode::CreateNew, &never()).await.unwrap();
    for mode in [PutMode::CreateNew, PutMode::Replace] {
        let name = if mode == PutMode::Replace { "a/kept" } else { "a/new" };
        let put = store.put(&key(name), noise(2, 12 << 20).into(), mode, &never()).await;
        let error = failure(put);
        assert_eq!((error.kind(), error.retry()), (ErrorKind::OutOfSpace, Retry::Never));
    }
    crate::ensure_tidy(&disk).await;
    let read = store.read(&key("a/kept"), ByteRange::Whole, 2 << 20, &never()).await.unwrap();
    assert_eq!(read, small);
    // The room is there again.
    store.put(&key("a/new"), noise(3, 5 << 20).into(), PutMode::CreateNew, &never()).await.unwrap();
    let room = store.capacity(&never()).await.unwrap().unwrap();
    assert!(room.free.is_some_and(|free| free < 3 << 20), "{room:?}");
}
