//! Folders of other users, met as somebody who is not root.

use super::{key, names_on_disk, never, noise, open, random};
use providers::LocalStore;
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};
use storage::{ByteRange, ErrorKind, Overwrite, Prefix, PutMode, Retry, Store, StoreExt};

const FOLDER: &str = "KEEPSTEAD_TEST_FOLDER";

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Runs one of the ignored tests below as `nobody`. Root may do everything, so
/// these cases cannot be tried without changing the user; where that is not
/// possible they fail.
fn as_nobody(test: &str, folder: &Path) {
    // The test program may lie where only its builder can reach it.
    let place = tempfile::tempdir().unwrap();
    set_mode(place.path(), 0o755);
    let program = place.path().join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    set_mode(&program, 0o755);
    let output = Command::new("setpriv")
        .args(["--reuid", "65534", "--regid", "65534", "--clear-groups"])
        .arg(&program)
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .expect("setpriv is there");
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "as nobody: {said}");
}

fn folder_of_this_run() -> PathBuf {
    std::env::var_os(FOLDER).expect("started by another test").into()
}

#[tokio::test]
async fn what_is_forbidden_is_said_to_be_forbidden() {
    let parent = tempfile::tempdir().unwrap();
    set_mode(parent.path(), 0o755);
    let root = parent.path().join("root");
    let store = LocalStore::create(&root, random()).await.unwrap();
    for name in ["open/readable", "open/private", "closed/object"] {
        store.put(&key(name), noise(1, 5).into(), PutMode::CreateNew, &never()).await.unwrap();
    }
    for (name, mode) in [("", 0o555), ("open", 0o755), ("open/readable", 0o644), ("closed", 0o700)]
    {
        set_mode(&root.join(name), mode);
    }
    as_nobody("user::nobody_in_a_read_only_folder", &root);
    assert_eq!(names_on_disk(&root).len(), 3);
    set_mode(&root, 0o700);
    as_nobody("user::nobody_before_a_closed_folder", &root);
}

#[tokio::test]
#[ignore = "run as another user by the test above"]
async fn nobody_in_a_read_only_folder() {
    let store = open(&folder_of_this_run()).await;
    let (readable, private) = (key("open/readable"), key("open/private"));
    let read = store.read(&readable, ByteRange::Whole, 9, &never()).await.unwrap();
    assert_eq!(read, noise(1, 5));
    assert!(store.stat(&private, &never()).await.unwrap().is_some());
    let open = Prefix::folder("open").unwrap();
    assert_eq!(store.list_all(&open, &never()).await.unwrap().len(), 2);

    let mut errors = Vec::new();
    for name in ["open/new", "new", "folder/new", "closed/new"] {
        for mode in [PutMode::CreateNew, PutMode::Replace] {
            errors.push(store.put(&key(name), noise(2, 5).into(), mode, &never()).await.err());
        }
    }
    errors.push(store.read(&private, ByteRange::Whole, 9, &never()).await.err());
    errors.push(store.read(&key("closed/object"), ByteRange::Whole, 9, &never()).await.err());
    errors.push(store.stat(&key("closed/object"), &never()).await.err());
    for result in
        store.delete(&[readable.clone(), key("closed/x"), key("closed/y")], &never()).await
    {
        errors.push(result.err());
    }
    errors.push(store.rename(&readable, &key("open/x"), Overwrite::Refuse, &never()).await.err());
    errors.push(store.copy(&readable, &key("open/x"), Overwrite::Refuse, &never()).await.err());
    // A folder that cannot be read must not look like an empty one.
    errors.push(store.list_all(&Prefix::everything(), &never()).await.err());
    errors.push(store.list_all(&Prefix::folder("closed").unwrap(), &never()).await.err());
    for (at, error) in errors.into_iter().enumerate() {
        let error = error.unwrap_or_else(|| panic!("{at} succeeded"));
        let seen = (error.kind(), error.retry());
        assert_eq!(seen, (ErrorKind::PermissionDenied, Retry::Never), "{at}: {error}");
    }
}

#[tokio::test]
#[ignore = "run as another user by the test above"]
async fn nobody_before_a_closed_folder() {
    let error = LocalStore::open(folder_of_this_run(), random()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    let below = folder_of_this_run().join("new");
    let error = LocalStore::create(below, random()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
}
