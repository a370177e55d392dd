//! Google Cloud Storage.

mod form;

use crate::{
    Descriptor, Values,
    objects::{CONDITIONS, Service, Traits, capabilities, joined},
};
use opendal::{Operator, services};
use reqsign_google::{ServiceAccount, ServiceAccountTokenCredentialProvider};
use storage::{Capabilities, Error, ErrorKind, Result};

/// What a token is to be good for.
const SCOPE: &str = "https://www.googleapis.com/auth/devstorage.read_write";

/// Google Cloud Storage.
#[derive(Debug)]
pub(crate) struct Gcs;

impl Service for Gcs {
    fn descriptor(&self) -> &'static Descriptor {
        &form::DESCRIPTOR
    }

    fn check(&self, values: &Values) -> Vec<(&'static str, String)> {
        form::check(values)
    }

    fn location(&self, values: &Values) -> String {
        let place = joined(&[values.text("bucket"), values.text("folder")]);
        format!("{place} at Google Cloud Storage")
    }

    fn restic(&self, values: &Values, below: &str) -> Option<String> {
        let place = joined(&[values.text("folder"), below]);
        Some(format!("gs:{}:/{place}", values.text("bucket")))
    }

    fn operator(&self, values: &Values, folder: &str) -> Result<Operator> {
        operator(values, folder)
    }

    fn traits(&self, values: &Values) -> Traits {
        let conditions = values.text(CONDITIONS.key) != "unknown";
        Traits {
            capabilities: Capabilities {
                atomic_create: conditions,
                max_object: Some(5 << 40),
                delete_batch: 100,
                ..capabilities(values)
            },
            conditions,
            suffixes: true,
            parts: true,
        }
    }
}

fn operator(values: &Values, folder: &str) -> Result<Operator> {
    let mut builder = services::Gcs::default()
        // Nothing of this machine's own settings is to be used by chance.
        .disable_config_load()
        .disable_vm_metadata()
        .bucket(values.text("bucket").trim())
        .root(&format!("/{}", folder.trim_matches('/')));
    let endpoint = values.text("endpoint").trim().trim_end_matches('/');
    if !endpoint.is_empty() {
        builder = builder.endpoint(endpoint);
    }
    builder = match values.secret("key") {
        // Given the key itself, OpenDAL would ask for a token before each request.
        Some(key) => {
            let account: ServiceAccount = serde_json::from_str(key)
                .map_err(|_| Error::new(ErrorKind::BadCredentials, "open"))?;
            let tokens = ServiceAccountTokenCredentialProvider::new(account).with_scope(SCOPE);
            builder.credential_provider(tokens)
        }
        None => builder.skip_signature(),
    };
    Operator::new(builder).map_err(|error| {
        Error::new(ErrorKind::BadCredentials, "open").because(format!("{}", error.kind()))
    })
}
