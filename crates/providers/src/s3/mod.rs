//! S3, as Amazon and many others speak it.

mod buckets;
mod form;
mod signed;
mod uploads;

use crate::{
    Choice, Descriptor, Values,
    http::{Http, host_of},
    objects::{CONDITIONS, Service, Traits, capabilities, joined},
};
use async_trait::async_trait;
use jiff::Timestamp;
use opendal::{Operator, services};
use storage::{Capabilities, Error, ErrorKind, Result};

/// S3.
#[derive(Debug)]
pub(crate) struct S3;

#[async_trait]
impl Service for S3 {
    fn descriptor(&self) -> &'static Descriptor {
        &form::DESCRIPTOR
    }

    fn check(&self, values: &Values) -> Vec<(&'static str, String)> {
        form::check(values)
    }

    fn location(&self, values: &Values) -> String {
        let host = host_of(&endpoint(values)).unwrap_or_default();
        format!("{} at {host}", joined(&[values.text("bucket"), values.text("folder")]))
    }

    fn restic(&self, values: &Values, below: &str) -> Option<String> {
        let place = joined(&[values.text("bucket"), values.text("folder"), below]);
        Some(format!("s3:{}/{place}", endpoint(values)))
    }

    fn operator(&self, values: &Values, folder: &str) -> Result<Operator> {
        operator(values, folder)
    }

    fn traits(&self, values: &Values) -> Traits {
        let conditions = values.text(CONDITIONS.key) == "yes";
        Traits {
            capabilities: Capabilities {
                atomic_create: conditions,
                max_object: Some(5 << 40),
                delete_batch: 1000,
                ..capabilities(values)
            },
            conditions,
            suffixes: true,
            parts: true,
        }
    }

    async fn tidy(&self, values: &Values, http: &Http, now: Timestamp) -> Result<()> {
        uploads::give_up(values, http, now).await
    }

    async fn choices(&self, values: &Values, field: &str, http: &Http) -> Result<Vec<Choice>> {
        match field {
            "bucket" => buckets::list(values, http).await,
            _ => Err(Error::new(ErrorKind::Unsupported, "list")),
        }
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
