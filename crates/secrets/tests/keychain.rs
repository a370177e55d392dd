//! The real keychain of Linux, in a session of each test's own: a bus, a home,
//! and GNOME Keyring, which `secret-tool` and `dbus-send` look into as well.
//!
//! Each step of a session is a process of its own: this program, asked for its
//! test `step` alone.
#![cfg(target_os = "linux")]

use model::random::SeededRandom;
use secrets::{Keychain, MasterKey};
use std::{
    env, fs,
    os::unix::fs::PermissionsExt,
    path::Path,
    process::Command,
    time::{Duration, Instant},
};

/// What a step does: an action, the account, and where it matters which key.
const STEP: &str = "KEEPSTEAD_TEST_STEP";
/// A service with a keyring that is open, as after signing in.
const SIGNED_IN: &str =
    "printf secret | gnome-keyring-daemon --replace --unlock --components=secrets >/dev/null 2>&1";
/// What a session of this kind locks when it is left alone.
const LOCK: &str = "dbus-send --session --print-reply --dest=org.freedesktop.secrets \
    /org/freedesktop/secrets org.freedesktop.Secret.Service.Lock \
    array:objpath:/org/freedesktop/secrets/collection/login >/dev/null";
/// A bus that starts no service.
const EMPTY_BUS: &str = r#"<busconfig><type>session</type><listen>unix:tmpdir=/tmp</listen>
    <policy context="default"><allow send_destination="*" eavesdrop="true"/>
    <allow eavesdrop="true"/><allow own="*"/></policy></busconfig>"#;

fn key(number: &str) -> MasterKey {
    MasterKey::generate(&SeededRandom::new(number.parse().expect("a number")))
}

/// Whether two keys are the same, which they do not tell themselves.
fn same(left: &MasterKey, right: &MasterKey) -> bool {
    left.open("record", &right.seal(&SeededRandom::new(1), "record", b"text")).is_ok()
}

/// No test of its own: what the sessions run.
#[test]
fn step() {
    let Ok(step) = env::var(STEP) else { return };
    let words: Vec<&str> = step.split(' ').collect();
    let begin = Instant::now();
    let said = match words[..] {
        ["set", account, number] => match Keychain::system(account).set(&key(number)) {
            Ok(()) => "kept".to_owned(),
            Err(error) => format!("{error:?}"),
        },
        ["get", account, number] => match Keychain::system(account).get() {
            Ok(Some(found)) if same(&found, &key(number)) => "the key".to_owned(),
            Ok(Some(_)) => "another key".to_owned(),
            Ok(None) => "none".to_owned(),
            Err(error) => format!("{error:?}"),
        },
        ["delete", account] => match Keychain::system(account).delete() {
            Ok(()) => "gone".to_owned(),
            Err(error) => format!("{error:?}"),
        },
        _ => panic!("{step} is no step"),
    };
    let slow = if begin.elapsed() > Duration::from_secs(5) { ", late" } else { "" };
    println!("\nsaid: {said}{slow}");
}

/// A command without anything of the session that the tests were started in.
fn command(program: &str, home: &Path) -> Command {
    let mut command = Command::new(program);
    let runtime = home.join("run");
    fs::create_dir_all(&runtime).expect("a folder");
    fs::set_permissions(&runtime, fs::Permissions::from_mode(0o700)).expect("its mode");
    for variable in [
        "DBUS_SESSION_BUS_ADDRESS",
        "DISPLAY",
        "WAYLAND_DISPLAY",
        "GNOME_KEYRING_CONTROL",
        "KEEPSTEAD_KEYCHAIN",
        "XDG_DATA_HOME",
        "XDG_CONFIG_HOME",
        "XDG_CACHE_HOME",
    ] {
        command.env_remove(variable);
    }
    command.env("HOME", home).env("XDG_RUNTIME_DIR", &runtime);
    command
}

fn said(command: &mut Command) -> Vec<String> {
    let ended = command.output().expect("dbus-run-session");
    let (out, err) =
        (String::from_utf8_lossy(&ended.stdout), String::from_utf8_lossy(&ended.stderr));
    assert!(ended.status.success(), "{command:?}: {out}{err}");
    out.lines().filter_map(|line| line.strip_prefix("said: ")).map(str::to_owned).collect()
}

/// What the steps of a session say; `step` is a command in the script.
fn session(bus: Option<&str>, script: &str) -> Vec<String> {
    let home = tempfile::tempdir().expect("a folder");
    let mut command = command("dbus-run-session", home.path());
    if let Some(bus) = bus {
        let file = home.path().join("bus.conf");
        fs::write(&file, bus).expect("a file");
        command.arg("--config-file").arg(file);
    }
    let step = format!("step() {{ {STEP}=\"$*\" \"$SELF\" --exact step --nocapture; }}");
    command.args(["--", "bash", "-ec", &format!("{step}\n{script}")]);
    said(command.env("SELF", env::current_exe().expect("this program")))
}

fn signed_in(script: &str) -> Vec<String> {
    session(None, &format!("{SIGNED_IN}\n{script}"))
}

#[test]
fn a_key_is_kept_from_one_process_to_the_next() {
    let said = signed_in(
        "step get here 1; step set here 1; step get here 1; step set here 2; step get here 2
         step delete here; step get here 2; step delete here",
    );
    assert_eq!(said, ["none", "kept", "the key", "kept", "the key", "gone", "none", "gone"]);
}

#[test]
fn two_installations_do_not_know_each_other() {
    let said = signed_in(
        "step set one 1; step set two 2; step get one 1; step get two 2
         step delete one; step get one 1; step get two 2",
    );
    assert_eq!(said, ["kept", "kept", "the key", "the key", "gone", "none", "the key"]);
}

/// Under the name that is written down, as another program finds it.
#[test]
fn another_program_finds_it_where_it_is_said_to_be() {
    let said = signed_in(
        "step set here 1
         length=$(secret-tool lookup service org.keepstead.desktop username here | wc -c)
         echo said: $length",
    );
    assert_eq!(said, ["kept", "32"]);
}

#[test]
fn a_locked_keyring_says_so_at_once_and_opens_again() {
    let said = signed_in(&format!(
        "step set here 1; {LOCK}; step get here 1; step set here 2; step delete here
         step set new 1; {SIGNED_IN}; step get here 1; step get new 1"
    ));
    assert_eq!(said, ["kept", "Locked", "Locked", "Locked", "Locked", "the key", "none"]);
}

#[test]
fn what_is_no_key_is_not_taken_for_one_and_can_be_replaced() {
    let said = signed_in(
        "printf something | secret-tool store --label=x service org.keepstead.desktop username here
         step get here 1; step set here 1; step get here 1",
    );
    assert_eq!(said, ["Failed", "kept", "the key"]);
}

#[test]
fn a_service_without_a_collection_is_not_a_locked_one() {
    let said = session(
        None,
        "gnome-keyring-daemon --start --components=secrets >/dev/null 2>&1
         step get here 1; step set here 1; step get here 1",
    );
    assert_eq!(said, ["none", "NotSetUp", "none"]);
}

#[test]
fn a_session_without_the_service_has_no_keychain() {
    let said = session(Some(EMPTY_BUS), "step get here 1; step set here 1; step delete here");
    assert_eq!(said, ["Unavailable"; 3]);
}

#[test]
fn a_machine_without_a_bus_has_no_keychain() {
    let home = tempfile::tempdir().expect("a folder");
    let this = env::current_exe().expect("this program");
    let this = this.to_str().expect("a path");
    for bus in [None, Some("unix:path=/nowhere/bus"), Some("nonsense")] {
        for step in ["get here 1", "set here 1", "delete here"] {
            let mut command = command(this, home.path());
            command.args(["--exact", "step", "--nocapture"]).env(STEP, step);
            if let Some(bus) = bus {
                command.env("DBUS_SESSION_BUS_ADDRESS", bus);
            }
            assert_eq!(said(&mut command), ["Unavailable"], "{step} at {bus:?}");
        }
    }
}

#[test]
fn it_can_be_turned_off() {
    let said = signed_in("step set here 1; export KEEPSTEAD_KEYCHAIN=off; step get here 1");
    assert_eq!(said, ["kept", "Off"]);
}
