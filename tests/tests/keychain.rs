//! The application and the keychain of a session, GNOME Keyring, as a person
//! meets them: it unlocks by itself, and says why when it does not.

use serde_json::Value;
use tests::{installation::Installation, sandbox::Sandbox};

/// As after signing in: a keyring that is open.
const SIGN_IN: &str =
    "printf secret | gnome-keyring-daemon --replace --unlock --components=secrets >/dev/null 2>&1";
const LOCK: &str = "dbus-send --session --print-reply --dest=org.freedesktop.secrets \
    /org/freedesktop/secrets org.freedesktop.Secret.Service.Lock \
    array:objpath:/org/freedesktop/secrets/collection/login >/dev/null";

/// What each command of the script answered, on whichever output.
fn answers(installation: &Installation, script: &str) -> Vec<Value> {
    let script = script.replace("STATUS", "keepstead run --json 2>&1");
    let outcome = installation.session(&format!("{SIGN_IN}\n{script}\ntrue")).succeeds();
    outcome.json_lines()
}

#[test]
fn a_session_with_a_keyring_unlocks_by_itself() {
    let sandbox = Sandbox::new();
    let installation = Installation::none(&sandbox);
    let said = answers(
        &installation,
        &format!(
            "keepstead kit create --json; STATUS
             {LOCK}; STATUS"
        ),
    );
    assert_eq!(said[0]["keychain"], "stored", "{said:?}");
    assert_eq!(said[1]["code"], "no_such_plan", "it is open, and there is no plan: {said:?}");
    assert_eq!(said[2]["code"], "app_locked", "{said:?}");
    let message = said[2]["message"].as_str().expect("a sentence");
    assert!(message.contains("this system's keychain is locked"), "{message}");
    assert!(said[2]["hint"].as_str().expect("a way out").contains("KEEPSTEAD_UNLOCK"), "{said:?}");
}

#[test]
fn the_words_open_it_where_the_keyring_does_not() {
    let sandbox = Sandbox::new();
    let installation = Installation::none(&sandbox);
    let said = answers(
        &installation,
        &format!(
            "words=$(keepstead kit create --quiet)
             {LOCK}; STATUS
             KEEPSTEAD_UNLOCK=$words STATUS
             {SIGN_IN}; STATUS
             secret-tool clear service org.keepstead.desktop; STATUS
             KEEPSTEAD_UNLOCK=$words STATUS; STATUS"
        ),
    );
    let of = |at: usize| said[at]["code"].as_str();
    assert_eq!(of(0), Some("app_locked"), "{said:?}");
    assert_eq!(of(1), Some("no_such_plan"), "{said:?}");
    assert_eq!(of(2), Some("no_such_plan"), "the keyring is open again: {said:?}");
    assert_eq!(of(3), Some("app_locked"), "{said:?}");
    let message = said[3]["message"].as_str().expect("a sentence");
    assert!(message.contains("does not hold its key"), "{message}");
    assert_eq!(of(4), Some("no_such_plan"), "{said:?}");
    assert_eq!(of(5), Some("no_such_plan"), "the words put the key back: {said:?}");
}

#[test]
fn a_session_without_a_keyring_asks_for_the_words() {
    let sandbox = Sandbox::new();
    let installation = Installation::none(&sandbox);
    // The service that the bus starts by itself has no collection.
    let outcome = installation.session(
        "keepstead kit create --json
         keepstead run --json 2>&1
         true",
    );
    let said = outcome.succeeds().json_lines();
    assert_eq!(said[0]["keychain"], "unavailable", "{said:?}");
    assert_eq!(said[1]["code"], "app_locked", "{said:?}");
}
