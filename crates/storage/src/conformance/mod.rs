//! One suite that every store has to pass.
//!
//! [`check`] runs all points against a store and reports which of them do not
//! hold, so that it can itself be tested with stores that are broken on
//! purpose. Each point works in a folder of its own below `conformance/`; the
//! place should be empty and may be thrown away afterwards. About 400 MiB are
//! written to it and twice as many read, 64 MiB lie there at a time.
//!
//! ```no_run
//! # #[tokio::main(flavor = "current_thread")] async fn main() {
//! use storage::{conformance, MemoryStore, Store};
//! use std::sync::Arc;
//! let place = MemoryStore::new();
//! let report = conformance::check(|| {
//!     let store: Arc<dyn Store> = Arc::new(place.clone());
//!     async { Ok(store) }
//! })
//! .await;
//! assert!(report.is_clean(), "{report}");
//! # }
//! ```
//!
//! Deliberately absent: what needs the power to choose how the destination
//! fails (429, quota, a pulled disk), and what outlives a process (SIGKILL, a
//! power cut). Those are tests of each provider.

mod bytes;
mod changes;
mod names;
mod stopping;

use crate::{Cancel, Error, ErrorKind, Key, Prefix, Result, Store};
use futures_util::future::{FutureExt, LocalBoxFuture};
use std::{fmt, sync::Arc, time::Duration};

/// After this time a point counts as failed.
const POINT_LIMIT: Duration = Duration::from_secs(15 * 60);

/// What the suite found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// Points that hold.
    pub passed: Vec<&'static str>,
    /// Points about something the store declares it cannot do.
    pub absent: Vec<&'static str>,
    /// Points that do not hold, and why.
    pub failed: Vec<(&'static str, String)>,
}

impl Report {
    /// Whether no point failed.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        self.failed.is_empty()
    }

    /// Whether the point of this name failed.
    #[must_use]
    pub fn has_failed(&self, point: &str) -> bool {
        self.failed.iter().any(|(name, _)| *name == point)
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "passed: {}", self.passed.join(", "))?;
        if !self.absent.is_empty() {
            write!(f, "\nabsent: {}", self.absent.join(", "))?;
        }
        for (point, why) in &self.failed {
            write!(f, "\nFAILED {point}: {why}")?;
        }
        Ok(())
    }
}

/// Runs every point. `open` opens the same place anew each time, with nothing
/// remembered from before. Needs a Tokio runtime with time.
pub async fn check<F, O>(open: F) -> Report
where
    F: Fn() -> O,
    O: Future<Output = Result<Arc<dyn Store>>>,
{
    let open = || open().boxed_local();
    let points: [(&'static str, Point); 13] = [
        ("round trip", |ground| bytes::round_trip(ground).boxed_local()),
        ("ranges", |ground| bytes::ranges(ground).boxed_local()),
        ("missing", |ground| names::missing(ground).boxed_local()),
        ("listing", |ground| names::listing(ground).boxed_local()),
        ("prefix", |ground| names::prefix(ground).boxed_local()),
        ("delete", |ground| names::delete(ground).boxed_local()),
        ("create new", |ground| changes::create_new(ground).boxed_local()),
        ("overwrite", |ground| changes::overwrite(ground).boxed_local()),
        ("rename", |ground| changes::rename(ground).boxed_local()),
        ("copy", |ground| changes::copy(ground).boxed_local()),
        ("failing body", |ground| stopping::failing_body(ground).boxed_local()),
        ("cancelled before", |ground| stopping::cancelled_before(ground).boxed_local()),
        ("cancelled during", |ground| stopping::cancelled_during(ground).boxed_local()),
    ];
    let mut report = Report::default();
    for (name, point) in points {
        let run = async {
            let folder = format!("conformance/{}", name.replace(' ', "-"));
            let ground = Ground { store: open().await?, open: &open, folder };
            point(&ground).await
        };
        match tokio::time::timeout(POINT_LIMIT, run).await {
            Ok(Ok(Outcome::Holds)) => report.passed.push(name),
            Ok(Ok(Outcome::Absent)) => report.absent.push(name),
            Ok(Err(Broken(why))) => report.failed.push((name, why)),
            Err(_) => report.failed.push((name, "took longer than 15 minutes".into())),
        }
    }
    report
}

type Point = for<'g, 'a> fn(&'g Ground<'a>) -> LocalBoxFuture<'g, Found>;
type Found = std::result::Result<Outcome, Broken>;
type Opened<'a> = LocalBoxFuture<'a, Result<Arc<dyn Store>>>;

enum Outcome {
    Holds,
    Absent,
}

/// Why a point does not hold.
struct Broken(String);

impl From<Error> for Broken {
    fn from(error: Error) -> Self {
        let cause = std::error::Error::source(&error).map(|cause| format!(" ({cause})"));
        Self(format!("{error}{}", cause.unwrap_or_default()))
    }
}

/// Where a point works.
struct Ground<'a> {
    store: Arc<dyn Store>,
    open: &'a dyn Fn() -> Opened<'a>,
    folder: String,
}

impl Ground<'_> {
    /// The place, as another process would see it.
    async fn fresh(&self) -> Result<Arc<dyn Store>> {
        (self.open)().await
    }

    fn key(&self, name: &str) -> std::result::Result<Key, Broken> {
        Key::new(format!("{}/{name}", self.folder)).map_err(|error| Broken(error.to_string()))
    }

    fn below(&self, name: &str) -> std::result::Result<Prefix, Broken> {
        let folder =
            if name.is_empty() { self.folder.clone() } else { format!("{}/{name}", self.folder) };
        Prefix::folder(folder).map_err(|error| Broken(error.to_string()))
    }
}

/// A token nobody uses.
fn never() -> Cancel {
    Cancel::new()
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> std::result::Result<(), Broken> {
    if holds { Ok(()) } else { Err(Broken(otherwise())) }
}

/// That an operation failed, and in this way.
fn ensure_kind<T>(
    result: Result<T>,
    kind: ErrorKind,
    what: &str,
) -> std::result::Result<(), Broken> {
    match result {
        Err(error) if error.kind() == kind => Ok(()),
        Err(error) => Err(Broken(format!("{what}: {error}, instead of {kind:?}"))),
        Ok(_) => Err(Broken(format!("{what}: success, instead of {kind:?}"))),
    }
}
