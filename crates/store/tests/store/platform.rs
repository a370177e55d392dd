//! Who may read the database, and what happens to those who may not.
#![cfg(unix)]

use crate::{Place, ambient};
use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    process::Command,
};
use store::{Error, Store};

const FOLDER: &str = "KEEPSTEAD_TEST_FOLDER";

fn mode(path: &Path) -> u32 {
    fs::metadata(path).unwrap().permissions().mode() & 0o777
}

fn set_mode(path: &Path, mode: u32) {
    fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
}

/// Runs one of the ignored tests below under a file mask, as `nobody` if asked.
fn again(test: &str, folder: &Path, as_nobody: bool) {
    // The test program may lie where only its builder can reach it.
    let place = tempfile::tempdir().unwrap();
    set_mode(place.path(), 0o755);
    let program = place.path().join("program");
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    set_mode(&program, 0o755);
    let user: &[_] = if as_nobody {
        &["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"]
    } else {
        &[]
    };
    let output = Command::new("sh")
        .args(["-c", "umask 022; exec \"$@\"", "sh"])
        .args(user)
        .arg(&program)
        .args(["--exact", test, "--ignored", "--nocapture"])
        .env(FOLDER, folder)
        .output()
        .expect("there is a shell");
    let said = String::from_utf8_lossy(&output.stdout).into_owned()
        + &String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success() && said.contains("1 passed"), "{said}");
}

fn folder_of_this_run() -> PathBuf {
    std::env::var_os(FOLDER).expect("started by another test").into()
}

#[test]
fn the_files_are_private_under_an_open_mask() {
    let place = Place::new();
    again("platform::open_and_look_at_modes", place.folder.path(), false);
}

#[tokio::test]
#[ignore = "run by the_files_are_private_under_an_open_mask"]
async fn open_and_look_at_modes() {
    let folder = folder_of_this_run().join("new").join("folder");
    let path = folder.join("keepstead.db");
    let store = Store::open(&path, &ambient()).await.unwrap();
    store.settings().set("a", "b").await.unwrap();
    assert_eq!((mode(&folder), mode(folder.parent().unwrap())), (0o700, 0o700));
    let mut names = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let entry = entry.unwrap();
        assert_eq!(mode(&entry.path()), 0o600, "{}", entry.path().display());
        names.push(entry.file_name().into_string().unwrap());
    }
    names.sort();
    assert_eq!(names, ["keepstead.db", "keepstead.db-shm", "keepstead.db-wal"]);
    store.vacuum_into(&folder.join("copy")).await.unwrap();
    assert_eq!(mode(&folder.join("copy")), 0o600);
    store.close().await;

    set_mode(&path, 0o644);
    let _store = Store::open(&path, &ambient()).await.unwrap();
    assert_eq!(mode(&path), 0o600, "what others could read is taken from them");
}

#[tokio::test]
async fn who_may_not_write_is_told_so() {
    let place = Place::new();
    for name in ["folder", "file", "closed"] {
        let folder = place.folder.path().join(name);
        Store::open(&folder.join("keepstead.db"), &ambient()).await.unwrap().close().await;
        for path in [&folder, &folder.join("keepstead.db")] {
            std::os::unix::fs::chown(path, Some(65534), Some(65534)).unwrap();
        }
    }
    let at = |path: &str| place.folder.path().join(path);
    set_mode(place.folder.path(), 0o755);
    set_mode(&at("folder"), 0o555);
    set_mode(&at("file/keepstead.db"), 0o400);
    set_mode(&at("closed/keepstead.db"), 0o000);
    again("platform::nobody_may_not_write", place.folder.path(), true);
}

#[tokio::test]
#[ignore = "run by who_may_not_write_is_told_so"]
async fn nobody_may_not_write() {
    let folder = folder_of_this_run();
    let open = async |path: &str| Store::open(&folder.join(path), &ambient()).await.unwrap_err();
    for path in ["folder/keepstead.db", "file/keepstead.db"] {
        let error = open(path).await;
        assert!(matches!(error, Error::ReadOnly), "{path}: {error:?}");
    }
    for path in ["closed/keepstead.db", "folder/other.db", "new/folder/keepstead.db"] {
        let error = open(path).await;
        assert!(matches!(error, Error::Permission), "{path}: {error:?}");
    }
    assert_eq!(fs::read_dir(folder.join("folder")).unwrap().count(), 1, "nothing was left behind");
}
