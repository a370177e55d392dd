//! Servers as destinations, through the command line: added, backed up to,
//! restored from and judged by restic.

use std::{fs, path::Path, process::Command};

use serde_json::Value;
use servers::{Apache, ClientKey, OpenSsh, PASSWORD, SeaweedFs, USER};
use tests::{
    compare::{Tolerance, assert_same},
    content::random,
    installation::Installation,
    keepstead::refusal,
    program::Running,
    sandbox::{Sandbox, restored},
};

/// A file that holds a secret.
fn secret(sandbox: &Sandbox, name: &str, text: &str) -> String {
    let path = sandbox.path(name);
    fs::write(&path, text).expect("a file");
    path.to_str().expect("a path").to_owned()
}

/// Adds a destination, backs a folder up to it, loses the folder and gets it
/// back; what `destination add` said.
fn there_and_back(sandbox: &Sandbox, installation: &Installation, add: &[&str]) -> Value {
    let large = random(5, 3 << 20);
    let files: [(&str, &[u8]); 4] = [
        ("letter.txt", b"Dear me"),
        ("house/deed.pdf", b"%PDF-"),
        ("empty", b""),
        ("a/large", &large),
    ];
    let source = sandbox.source("documents", &files);
    let added =
        installation.run([&["destination", "add", "--json", "--name", "There"], add].concat());
    let added = added.succeeds().json_lines().remove(0);
    let path = source.to_str().expect("a path");
    installation.run(["plan", "add", "Documents", "--to", "There", "--source", path]).succeeds();
    installation.run(["run"]).succeeds();
    assert_eq!(installation.status()["state"], "warning", "the kit is not confirmed");

    // The second time nothing is sent again, and damage would be seen.
    let ran = installation.run(["run", "--json"]).succeeds();
    let lines = ran.json_lines();
    let run = lines.iter().find(|line| line["message_type"] == "run").expect("how the run ended");
    assert_eq!((&run["status"], &run["files_new"]), (&"SUCCESS".into(), &0.into()), "{ran}");
    installation.run(["verify", "There"]).succeeds();

    let kept = sandbox.path("kept");
    Command::new("cp").arg("-a").args([&source, &kept]).status().expect("a copy to compare with");
    fs::remove_dir_all(&source).expect("the original is lost");
    let target = sandbox.path("target");
    let to = target.to_str().expect("a path");
    installation.run(["restore", "--from", "There", "--target", to]).succeeds();
    assert_same(&kept, &restored(&target, &source), Tolerance::default());
    added
}

/// Another program opens the backup with the words of the kit.
fn judge(sandbox: &Sandbox, installation: &Installation, repository: &str, more: &[(&str, &str)]) {
    let program = std::env::var_os("KEEPSTEAD_TEST_RESTIC_NEW").expect("restic");
    let mut command = Command::new(program);
    command.args(["check", "--read-data", "--no-cache", "--repo", repository]);
    command.env("RESTIC_PASSWORD", installation.words()).env("HOME", sandbox.home());
    Running::start({
        command.envs(more.iter().copied());
        command
    })
    .finish()
    .succeeds();
}

/// Nothing of what is secret lies in the data folder, not even in a part of it.
fn assert_sealed(folder: &Path, secret: &str) {
    for file in tests::sandbox::files_below(folder) {
        let bytes = fs::read(&file).expect("a file");
        let found = bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
        assert!(!found, "{} holds a secret", file.display());
    }
}

#[test]
fn a_bucket_is_backed_up_to_and_restored_from() {
    let (sandbox, server) = (Sandbox::new(), SeaweedFs::start().expect("SeaweedFS"));
    let installation = Installation::new(&sandbox);
    let file = secret(&sandbox, "secret", SeaweedFs::SECRET_KEY);
    let endpoint = format!("endpoint={}", server.endpoint());
    let key = format!("access_key_id={}", SeaweedFs::ACCESS_KEY);
    let bucket = format!("bucket={}", SeaweedFs::BUCKET);
    let secret = format!("secret_access_key={file}");
    let said = ["--set", &endpoint, "--set", &key, "--secret-file", &secret];
    let choices = [&["destination", "choices", "--kind", "s3", "bucket"][..], &said].concat();
    let choices = installation.run(choices).succeeds();
    assert_eq!(choices.stdout.trim(), SeaweedFs::BUCKET);
    let add = [&["--kind", "s3", "--set", &bucket, "--set", "folder=Our home"][..], &said].concat();
    let added = there_and_back(&sandbox, &installation, &add);
    let login = [
        ("AWS_ACCESS_KEY_ID", SeaweedFs::ACCESS_KEY),
        ("AWS_SECRET_ACCESS_KEY", SeaweedFs::SECRET_KEY),
    ];
    let repository = added["repository"].as_str().expect("where restic finds it");
    judge(&sandbox, &installation, repository, &login);
    assert_sealed(installation.data(), SeaweedFs::SECRET_KEY);

    // The same place is not taken twice, and another name is a new one.
    let again = installation.run([&["destination", "add", "--json"][..], &add].concat());
    assert_eq!(refusal(again).code, "name_taken");
    let edited = installation.run(["destination", "edit", "There", "--rename", "Cloud", "--json"]);
    assert_eq!(edited.succeeds().json()["name"], "Cloud");
    installation.run(["destination", "test", "Cloud"]).succeeds();
}

#[test]
fn a_webdav_server_is_backed_up_to_and_restored_from() {
    let (sandbox, server) = (Sandbox::new(), Apache::start().expect("Apache"));
    let installation = Installation::new(&sandbox);
    let file = secret(&sandbox, "secret", PASSWORD);
    let (url, user) = (format!("url={}", server.url()), format!("user={USER}"));
    let password = format!("password={file}");
    let folder = "folder=Back ups/ä";
    let add = ["--kind", "webdav", "--set", &url, "--set", &user, "--set", folder];
    let add = [&add[..], &["--secret-file", &password]].concat();
    let added = there_and_back(&sandbox, &installation, &add);
    let obscured = Command::new("rclone").args(["obscure", PASSWORD]).output().expect("rclone");
    let obscured = String::from_utf8(obscured.stdout).expect("text");
    let login = [("RCLONE_WEBDAV_PASS", obscured.trim())];
    judge(&sandbox, &installation, added["repository"].as_str().expect("a place"), &login);
    // On the server's own disk it is a repository like any other.
    let on_disk = server.data().join("Back ups/ä/vault");
    judge(&sandbox, &installation, on_disk.to_str().expect("a path"), &[]);
    assert_sealed(installation.data(), PASSWORD);
}

#[test]
fn a_server_reached_by_ssh_is_backed_up_to_and_restored_from() {
    let (sandbox, server) = (Sandbox::new(), OpenSsh::start().expect("OpenSSH"));
    let installation = Installation::new(&sandbox);
    let host = format!("host={}", server.host());
    let port = format!("port={}", server.port());
    let user = format!("user={}", server.user());
    let key = format!("key_file={}", server.key_file(ClientKey::Ed25519).display());
    let folder = format!("folder={}/Back ups", server.folder().display());
    let shown = server.fingerprint().expect("a fingerprint");
    let fingerprint = format!("fingerprint={shown}");
    let mut add = vec!["--kind", "sftp", "--set", "sign_in=key"];
    for said in [&host, &port, &user, &key, &folder] {
        add.extend(["--set", said]);
    }
    // Nobody has vouched for the server yet: it is shown, and not signed in to.
    let refused = installation.run([&["destination", "add", "--json"][..], &add].concat());
    let refused = refusal(refused);
    assert_eq!(refused.code, "untrusted");
    assert!(refused.message.contains(&shown), "{}", refused.message);

    add.extend(["--set", &fingerprint]);
    there_and_back(&sandbox, &installation, &add);
    let on_disk = server.folder().join("Back ups/vault");
    judge(&sandbox, &installation, on_disk.to_str().expect("a path"), &[]);
}

/// What is secret goes to no other server than it was said for.
#[test]
fn secrets_are_said_again_for_another_server() {
    let (sandbox, server) = (Sandbox::new(), Apache::start().expect("Apache"));
    let installation = Installation::new(&sandbox);
    let password = format!("password={}", secret(&sandbox, "secret", PASSWORD));
    let (url, user) = (format!("url={}", server.url()), format!("user={USER}"));
    let add = ["destination", "add", "--name", "There", "--kind", "webdav", "--set", &url];
    let add = [&add[..], &["--set", &user, "--secret-file", &password]].concat();
    installation.run(add).succeeds();
    // Who listens at the other address is told nothing.
    let other = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    other.set_nonblocking(true).expect("it does not wait");
    let elsewhere = format!("url=http://{}/", other.local_addr().expect("an address"));
    let edit = |said: &[&str]| {
        installation.run([&["destination", "edit", "There", "--json"][..], said].concat())
    };
    let refused = refusal(edit(&["--set", &elsewhere]));
    assert_eq!(refused.code, "bad_settings");
    assert!(refused.message.contains("Password: Say it again"), "{}", refused.message);
    assert!(other.accept().is_err(), "somebody called");
    let proxied = refusal(edit(&["--set", "proxy=http://127.0.0.1:9"]));
    assert_eq!(proxied.code, "bad_settings");
    // What does not lead anywhere else needs nothing said again.
    edit(&["--set", "concurrency=2"]).succeeds();
    edit(&["--set", &url, "--secret-file", &password]).succeeds();
    let shown = ["url=http://me:mine@nas.home/", "proxy=http://me:mine@proxy.home:3128"];
    for said in shown {
        assert_eq!(refusal(edit(&["--set", said])).code, "bad_settings", "{said}");
    }
}

#[test]
fn what_was_said_wrongly_is_named_and_changes_nothing() {
    let sandbox = Sandbox::new();
    let installation = Installation::new(&sandbox);
    let refused = |arguments: &[&str]| {
        refusal(installation.run([&["destination", "add", "--json"][..], arguments].concat()))
    };
    let wrong = refused(&["--kind", "s3", "--set", "colour=red"]);
    assert_eq!(wrong.code, "bad_settings");
    for word in ["colour", "Access key ID", "Bucket", "Secret access key"] {
        assert!(wrong.message.contains(word), "{}", wrong.message);
    }
    assert_eq!(refused(&["--kind", "tape"]).code, "bad_settings");
    let nobody = ["--kind", "webdav", "--set", "url=http://127.0.0.1:9/"];
    assert_eq!(refused(&nobody).code, "unreachable");
    let list = installation.run(["destination", "list", "--json"]).succeeds().json();
    assert_eq!(list, Value::Array(Vec::new()));
}
