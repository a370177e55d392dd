//! Choosing a folder of a server, and making one.

use super::{Said, context, sftp};
use crate::never;
use providers::{Choice, Missing};
use servers::OpenSsh;
use std::{fs, os::unix::fs::symlink};
use storage::ErrorKind;

#[tokio::test]
async fn folders_are_chosen_level_by_level_from_home() {
    let server = OpenSsh::start_with_password("x").unwrap();
    let server = server.expect("these tests make a user and so run as root");
    let home = server.folder();
    for name in ["b/inner", "a", ".hidden"] {
        fs::create_dir_all(home.join(name)).unwrap();
    }
    fs::write(home.join("file"), "").unwrap();
    symlink(home.join("b"), home.join("link")).unwrap();
    symlink(home.join("nowhere"), home.join("dead")).unwrap();
    let said = Said::about(&server);
    let choose = async |below: &str| {
        let chosen = sftp().choices(&said.0, "folder", below, &context(), &never()).await?;
        Ok::<_, storage::Error>(chosen)
    };
    let choice = |path: &str| Choice {
        value: home.join(path).display().to_string(),
        label: path.rsplit('/').next().unwrap().to_owned(),
    };
    assert_eq!(choose("").await.unwrap(), [choice("a"), choice("b"), choice("link")]);
    assert_eq!(choose(&choice("b").value).await.unwrap(), [choice("b/inner")]);
    assert_eq!(choose("b").await.unwrap(), [choice("b/inner")]);
    assert_eq!(choose("a").await.unwrap(), []);
    assert_eq!(choose("nowhere").await.unwrap_err().kind(), ErrorKind::PlaceMissing);
    assert_eq!(choose("/root").await.unwrap_err().kind(), ErrorKind::PermissionDenied);
    let other = sftp().choices(&said.0, "host", "", &context(), &never()).await;
    assert_eq!(other.unwrap_err().kind(), ErrorKind::Unsupported);

    for _ in 0..2 {
        let made = choice("new/one");
        sftp().make_folder(&said.0, &made.value, &context(), &never()).await.unwrap();
        assert!(home.join("new/one").is_dir());
    }
    let refused = sftp().make_folder(&said.0, "/nope/new", &context(), &never()).await;
    assert_eq!(refused.unwrap_err().kind(), ErrorKind::PermissionDenied);

    // A path that does not begin at the root begins at home.
    for folder in ["backups/mine", "~/backups/mine", "backups/mine/"] {
        let said = said.clone().with("folder", folder);
        let store = sftp().open(&said.0, Missing::Make, &context(), &never()).await.unwrap();
        let (user, port) = (server.user(), server.port());
        let path = home.join("backups/mine");
        let shown = format!("sftp://{user}@127.0.0.1:{port}{}", path.display());
        assert_eq!(store.location(), shown);
    }
}

#[tokio::test]
async fn being_cancelled_ends_it() {
    let server = OpenSsh::start().unwrap();
    let said = Said::about(&server);
    let cancelled = never();
    cancelled.cancel();
    let opened = sftp().open(&said.0, Missing::Make, &context(), &cancelled).await;
    assert_eq!(opened.unwrap_err().kind(), ErrorKind::Cancelled);
    let chosen = sftp().choices(&said.0, "folder", "", &context(), &cancelled).await;
    assert_eq!(chosen.unwrap_err().kind(), ErrorKind::Cancelled);
    let made = sftp().make_folder(&said.0, "x", &context(), &cancelled).await;
    assert_eq!(made.unwrap_err().kind(), ErrorKind::Cancelled);
}
