//! Google Cloud Storage.

mod form;

use crate::{
    Choice, Context, Descriptor, Missing, Provider, Values,
    http::{Http, fields::Network},
    objects::{self, ObjectStore, Traits},
};
use async_trait::async_trait;
use base64::{Engine as _, prelude::BASE64_STANDARD};
use opendal::{Operator, services};
use std::sync::Arc;
use storage::{Cancel, Capabilities, Error, ErrorKind, Result, Store, retry::Policy};

/// Google Cloud Storage.
#[derive(Debug)]
pub(crate) struct Gcs;

/// How many operations at once serve it best.
const CONCURRENCY: usize = 8;

#[async_trait]
impl Provider for Gcs {
    fn descriptor(&self) -> &'static Descriptor {
        &form::DESCRIPTOR
    }

    fn check(&self, values: &Values) -> Vec<(&'static str, String)> {
        form::check(values)
    }

    async fn open(
        &self,
        values: &Values,
        _missing: Missing,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<Arc<dyn Store>> {
        let http = Http::new(&Network::of(values), None, context.patience, context)?;
        let operator = operator(values, values.text("folder"))?;
        objects::reach(&operator, &http, cancel).await?;
        Ok(Arc::new(ObjectStore::new(operator, http, location(values), traits(values))))
    }

    async fn choices(
        &self,
        values: &Values,
        field: &str,
        below: &str,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<Vec<Choice>> {
        if field != "folder" {
            return Err(Error::new(ErrorKind::Unsupported, "list"));
        }
        let http = Http::new(&Network::of(values), None, Policy::PERSON, context)?;
        objects::folders(&operator(values, "")?, &http, below, cancel).await
    }

    /// Folders are parts of names: there is nothing to be made.
    async fn make_folder(
        &self,
        values: &Values,
        _folder: &str,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<()> {
        let http = Http::new(&Network::of(values), None, Policy::PERSON, context)?;
        objects::reach(&operator(values, "")?, &http, cancel).await
    }
}

fn location(values: &Values) -> String {
    let (bucket, folder) = (values.text("bucket"), values.text("folder").trim_matches('/'));
    match folder {
        "" => format!("{bucket} at Google Cloud Storage"),
        folder => format!("{bucket}/{folder} at Google Cloud Storage"),
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
        Some(key) => builder.credential(&BASE64_STANDARD.encode(key)),
        None => builder.skip_signature(),
    };
    Operator::new(builder).map_err(|error| {
        Error::new(ErrorKind::BadCredentials, "open").because(format!("{}", error.kind()))
    })
}

fn traits(values: &Values) -> Traits {
    let conditions = values.text(objects::CONDITIONS.key) != "unknown";
    let concurrency = values.number("concurrency").and_then(|count| usize::try_from(count).ok());
    Traits {
        capabilities: Capabilities {
            atomic_create: conditions,
            atomic_replace: true,
            server_copy: true,
            durable: true,
            lists_at_once: true,
            max_object: Some(5 << 40),
            concurrency: concurrency.unwrap_or(CONCURRENCY).max(1),
            pack_size: 32 << 20,
            delete_batch: 100,
            ..Capabilities::minimal()
        },
        conditions,
        suffixes: true,
        parts: true,
    }
}
