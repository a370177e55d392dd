//! Azure Blob Storage.

mod form;

use crate::{
    Choice, Context, Descriptor, Missing, Provider, Values,
    http::{Http, fields::Network, host_of},
    objects::{self, ObjectStore, Traits},
};
use async_trait::async_trait;
use opendal::{Operator, services};
use std::sync::Arc;
use storage::{Cancel, Capabilities, Error, ErrorKind, Result, Store, retry::Policy};

/// Azure Blob Storage.
#[derive(Debug)]
pub(crate) struct Azure;

/// How many operations at once serve it best.
const CONCURRENCY: usize = 8;

#[async_trait]
impl Provider for Azure {
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
    let host = host_of(&endpoint(values)).unwrap_or_default();
    let (container, folder) = (values.text("container"), values.text("folder").trim_matches('/'));
    match folder {
        "" => format!("{container} at {host}"),
        folder => format!("{container}/{folder} at {host}"),
    }
}

fn endpoint(values: &Values) -> String {
    match values.text("endpoint").trim().trim_end_matches('/') {
        "" => format!("https://{}.blob.core.windows.net", values.text("account").trim()),
        said => said.to_owned(),
    }
}

fn operator(values: &Values, folder: &str) -> Result<Operator> {
    let mut builder = services::Azblob::default()
        .endpoint(&endpoint(values))
        .account_name(values.text("account").trim())
        .container(values.text("container").trim())
        .root(&format!("/{}", folder.trim_matches('/')));
    builder = match values.text("sign_in") {
        "sas" => {
            builder.sas_token(values.secret("sas").unwrap_or_default().trim_start_matches('?'))
        }
        _ => builder.account_key(values.secret("key").unwrap_or_default()),
    };
    Operator::new(builder).map_err(|error| {
        // The key is no base64, which is all that is looked at here.
        Error::new(ErrorKind::BadCredentials, "open").because(format!("{}", error.kind()))
    })
}

fn traits(values: &Values) -> Traits {
    let concurrency = values.number("concurrency").and_then(|count| usize::try_from(count).ok());
    Traits {
        capabilities: Capabilities {
            atomic_create: true,
            atomic_replace: true,
            server_copy: true,
            durable: true,
            lists_at_once: true,
            max_object: Some(190 << 40),
            concurrency: concurrency.unwrap_or(CONCURRENCY).max(1),
            pack_size: 32 << 20,
            delete_batch: 256,
            ..Capabilities::minimal()
        },
        conditions: true,
        // "Range: bytes=-n" is not among those it takes.
        suffixes: false,
        parts: true,
    }
}
