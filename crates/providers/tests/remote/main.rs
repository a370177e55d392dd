//! Destinations that are reached over a network, against the servers that
//! people run.

mod conformance;
mod grounds;

use model::{SystemClock, SystemRandom};
use providers::{Context, Missing, Values};
use std::sync::Arc;
use storage::{Cancel, Result, Store, retry::Policy};

fn context() -> Context {
    Context { random: Arc::new(SystemRandom), clock: Arc::new(SystemClock), patience: Policy::RUN }
}

/// Opens a destination of this kind, and makes its folder.
async fn open(kind: &str, values: &Values) -> Result<Arc<dyn Store>> {
    let provider = providers::find(kind).expect("a kind that there is");
    let wrong = provider.check(values);
    assert!(wrong.is_empty(), "{wrong:?}");
    provider.open(values, Missing::Make, &context(), &Cancel::new()).await
}
