//! S3, as Amazon and many others speak it.

mod buckets;
mod form;

use crate::{
    Choice, Context, Descriptor, Missing, Provider, Values,
    http::{Http, fields::Network, host_of},
    objects::{self, ObjectStore, Traits},
};
use async_trait::async_trait;
use opendal::{Operator, services};
use std::sync::Arc;
use storage::{
    Cancel, Capabilities, Error, ErrorKind, Result, Store, retry::Policy, unless_cancelled,
};

/// S3.
#[derive(Debug)]
pub(crate) struct S3;

/// How many operations at once serve it best.
const CONCURRENCY: usize = 8;

#[async_trait]
impl Provider for S3 {
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
        let traits = traits(values);
        Ok(Arc::new(ObjectStore::new(operator, http, location(values), traits)))
    }

    async fn choices(
        &self,
        values: &Values,
        field: &str,
        below: &str,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<Vec<Choice>> {
        let http = Http::new(&Network::of(values), None, Policy::PERSON, context)?;
        match field {
            "bucket" => unless_cancelled(cancel, "list", buckets::list(values, &http)).await?,
            "folder" => objects::folders(&operator(values, "")?, &http, below, cancel).await,
            _ => Err(Error::new(ErrorKind::Unsupported, "list")),
        }
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

/// Where it is, in words.
fn location(values: &Values) -> String {
    let host = host_of(&endpoint(values)).unwrap_or_default();
    let (bucket, folder) = (values.text("bucket"), values.text("folder").trim_matches('/'));
    match folder {
        "" => format!("{bucket} at {host}"),
        folder => format!("{bucket}/{folder} at {host}"),
    }
}

/// The address of the service.
fn endpoint(values: &Values) -> String {
    let said = values.text("endpoint").trim().trim_end_matches('/');
    match (said, region(values)) {
        ("", region) => format!("https://s3.{region}.amazonaws.com"),
        (said, _) => said.to_owned(),
    }
}

fn region(values: &Values) -> &str {
    match values.text("region").trim() {
        "" => "us-east-1",
        region => region,
    }
}

fn operator(values: &Values, folder: &str) -> Result<Operator> {
    let endpoint = endpoint(values);
    let mut builder = services::S3::default()
        // Nothing of this machine's own settings is to be used by chance.
        .disable_config_load()
        .endpoint(&endpoint)
        .region(region(values))
        .bucket(values.text("bucket").trim())
        .access_key_id(values.text("access_key_id").trim())
        .secret_access_key(values.secret("secret_access_key").unwrap_or_default())
        .root(&format!("/{}", folder.trim_matches('/')));
    if let Some(token) = values.secret("session_token") {
        builder = builder.session_token(token);
    }
    if !values.text("storage_class").is_empty() {
        builder = builder.default_storage_class(values.text("storage_class"));
    }
    if is_virtual(values, &endpoint) {
        builder = builder.enable_virtual_host_style();
    }
    Operator::new(builder)
        .map_err(|error| Error::new(ErrorKind::Other, "open").because(format!("{}", error.kind())))
}

/// Whether the bucket's name goes in front of the host's: Amazon wants it so,
/// and with most others' certificates it fails.
fn is_virtual(values: &Values, endpoint: &str) -> bool {
    match values.text("addressing") {
        "path" => false,
        "host" => true,
        _ => host_of(endpoint).is_some_and(|host| host.ends_with(".amazonaws.com")),
    }
}

fn traits(values: &Values) -> Traits {
    let conditions = values.text(objects::CONDITIONS.key) == "yes";
    let concurrency = values.number("concurrency").and_then(|count| usize::try_from(count).ok());
    Traits {
        capabilities: Capabilities {
            atomic_create: conditions,
            atomic_replace: true,
            server_copy: true,
            // What is acknowledged is on the service's disks, as it promises.
            durable: true,
            // Part of the protocol since 2020, and of every other server known.
            lists_at_once: true,
            max_object: Some(5 << 40),
            concurrency: concurrency.unwrap_or(CONCURRENCY).max(1),
            pack_size: 32 << 20,
            delete_batch: 1000,
            ..Capabilities::minimal()
        },
        conditions,
        suffixes: true,
        parts: true,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(pairs: &[(&str, &str)]) -> Values {
        let plain = pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned()));
        Values { plain: plain.collect(), ..Values::default() }
    }

    #[test]
    fn the_address_is_the_one_that_was_said_or_amazons() {
        let address = |pairs: &[(&str, &str)]| {
            let values = values(pairs);
            let endpoint = endpoint(&values);
            (is_virtual(&values, &endpoint), endpoint)
        };
        let of_region = address(&[("region", "eu-west-1")]);
        assert_eq!(of_region, (true, "https://s3.eu-west-1.amazonaws.com".to_owned()));
        let own = address(&[("endpoint", "http://nas:9000/ ")]);
        assert_eq!(own, (false, "http://nas:9000".to_owned()));
        let forced = address(&[("endpoint", "https://s3.example"), ("addressing", "host")]);
        assert!(forced.0);
    }
}
