//! S3 against servers that people run.

mod conformance;

use model::{SystemClock, SystemRandom};
use providers::{Context, Missing, Provider, Secret, Values};
use servers::SeaweedFs;
use std::sync::Arc;
use storage::{Cancel, Result, Store, retry::Policy};

fn context() -> Context {
    Context { random: Arc::new(SystemRandom), clock: Arc::new(SystemClock), patience: Policy::RUN }
}

fn s3() -> &'static dyn Provider {
    providers::find("s3").expect("S3 is there")
}

/// What is said about a server.
fn values(plain: &[(&str, &str)], secret: &str) -> Values {
    let pair = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
    Values {
        plain: plain.iter().map(pair).collect(),
        secret: [("secret_access_key".to_owned(), Secret::new(secret.to_owned()))].into(),
    }
}

fn of_seaweedfs(server: &SeaweedFs, folder: &str) -> Values {
    let endpoint = server.endpoint();
    let plain = [
        ("endpoint", &*endpoint),
        ("region", SeaweedFs::REGION),
        ("access_key_id", SeaweedFs::ACCESS_KEY),
        ("bucket", SeaweedFs::BUCKET),
        ("folder", folder),
    ];
    values(&plain, SeaweedFs::SECRET_KEY)
}

async fn open(values: &Values) -> Result<Arc<dyn Store>> {
    s3().open(values, Missing::Fail, &context(), &Cancel::new()).await
}
