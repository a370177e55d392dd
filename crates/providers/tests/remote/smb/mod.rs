//! Shares of a real server: the contract, and what a server, a network and a
//! person can do to them.

mod lost;
mod names;
mod wrong;

use super::never;
use model::{SystemClock, random::SeededRandom};
use providers::{Context, Missing, Provider, Secret, Values};
use servers::Samba;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};
use storage::{Error, Result, Store, retry::Policy};

/// As people make them up, and as shells and configurations dislike them.
pub(super) const PASSWORD: &str = r#"p@ß %"'\"#;

pub(super) fn samba() -> Samba {
    Samba::start(PASSWORD).expect("a server of shares")
}

/// What a person would have said of a share.
pub(super) fn values(samba: &Samba, share: &str, folder: &str) -> Values {
    let mut values = Values::default();
    for (key, value) in [
        ("host", "127.0.0.1"),
        ("port", &*samba.port().to_string()),
        ("user", samba.user()),
        ("share", share),
        ("folder", folder),
        ("timeout", "10"),
    ] {
        values.plain.insert(key.into(), value.into());
    }
    values.secret.insert("password".into(), Secret::new(samba.password().into()));
    values
}

fn context() -> Context {
    // Machines do not name their files alike.
    static SEED: AtomicU64 = AtomicU64::new(1);
    let random = SeededRandom::new(SEED.fetch_add(1, Ordering::Relaxed));
    Context { random: Arc::new(random), clock: Arc::new(SystemClock), patience: Policy::PERSON }
}

fn smb() -> &'static dyn Provider {
    providers::find("smb").expect("a kind that there is")
}

/// Opens what was said.
async fn reach(values: &Values, missing: Missing) -> Result<Arc<dyn Store>> {
    smb().open(values, missing, &context(), &never()).await
}

/// A store in a folder of the share that can be written to.
async fn open(samba: &Samba, folder: &str) -> Arc<dyn Store> {
    reach(&values(samba, "backup", folder), Missing::Make).await.expect("the share opens")
}

/// Why something failed, with all that an error would show.
fn failure<T>(result: Result<T>) -> Error {
    let error = result.err().expect("a failure");
    assert!(!format!("{error} {error:?}").contains(PASSWORD), "{error:?} tells the password");
    error
}
