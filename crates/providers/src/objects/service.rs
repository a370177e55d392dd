//! What services of object storage differ in, and the provider that each of
//! them makes.

use super::{CONCURRENCY, ObjectStore, PRICE, Traits, folders, reach};
use crate::{
    Choice, Context, Descriptor, Missing, Provider, Values,
    http::{Http, fields, fields::Network},
};
use async_trait::async_trait;
use jiff::Timestamp;
use opendal::Operator;
use std::{fmt, sync::Arc, time::Duration};
use storage::{
    Cancel, Capabilities, Error, ErrorKind, Result, Store, retry::Policy, unless_cancelled,
};

/// Tidying may take so long.
const TIDY: Duration = Duration::from_secs(5);

/// A service of object storage.
#[async_trait]
pub(crate) trait Service: fmt::Debug + Send + Sync {
    /// As [`Provider::descriptor`].
    fn descriptor(&self) -> &'static Descriptor;

    /// As [`Provider::check`].
    fn check(&self, values: &Values) -> Vec<(&'static str, String)>;

    /// As [`Provider::location`].
    fn location(&self, values: &Values) -> String;

    /// As [`Provider::restic`].
    fn restic(&self, values: &Values, below: &str) -> Option<String>;

    /// What makes the requests for what lies in `folder`.
    fn operator(&self, values: &Values, folder: &str) -> Result<Operator>;

    /// What its stores can do.
    fn traits(&self, values: &Values) -> Traits;

    /// Removes what writers left below the folder that are gone at `now`.
    async fn tidy(&self, values: &Values, http: &Http, now: Timestamp) -> Result<()> {
        let (_, _, _) = (values, http, now);
        Ok(())
    }

    /// What a field other than the folder can hold.
    async fn choices(&self, values: &Values, field: &str, http: &Http) -> Result<Vec<Choice>> {
        let (_, _, _) = (values, field, http);
        Err(Error::new(ErrorKind::Unsupported, "list"))
    }
}

/// What every service is capable of, with as many transfers at once as was said.
pub(crate) fn capabilities(values: &Values) -> Capabilities {
    let said = values.number(fields::CONCURRENCY.key).and_then(|count| usize::try_from(count).ok());
    Capabilities {
        atomic_replace: true,
        server_copy: true,
        // What is acknowledged is on the service's disks, as it promises.
        durable: true,
        lists_at_once: true,
        concurrency: said.unwrap_or(CONCURRENCY).max(1),
        pack_size: 32 << 20,
        ..Capabilities::minimal()
    }
}

/// The parts of a path, without those that are empty.
pub(crate) fn joined(parts: &[&str]) -> String {
    let parts = parts.iter().map(|part| part.trim_matches('/')).filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("/")
}

/// The provider of a service.
#[derive(Debug)]
pub(crate) struct Objects<S>(pub(crate) S);

#[async_trait]
impl<S: Service> Provider for Objects<S> {
    fn descriptor(&self) -> &'static Descriptor {
        self.0.descriptor()
    }

    fn check(&self, values: &Values) -> Vec<(&'static str, String)> {
        let mut wrong = self.0.check(values);
        if !values.text(PRICE.key).is_empty() && values.price().is_none() {
            wrong.push((PRICE.key, "This is no price. It looks like 0.023.".into()));
        }
        wrong
    }

    fn location(&self, values: &Values) -> String {
        self.0.location(values)
    }

    fn restic(&self, values: &Values, below: &str) -> Option<String> {
        self.0.restic(values, below)
    }

    /// Whether the folder may be made makes no difference: folders are parts of
    /// names.
    async fn open(
        &self,
        values: &Values,
        _missing: Missing,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<Arc<dyn Store>> {
        let http = Http::new(&Network::of(values), None, context.patience, context)?;
        let operator = self.0.operator(values, values.text("folder"))?;
        reach(&operator, &http, cancel).await?;
        // What is not tidied now is another time: not every service and not every
        // key can do it.
        let tidy = tokio::time::timeout(TIDY, self.0.tidy(values, &http, context.clock.now()));
        let _ = unless_cancelled(cancel, "open", tidy).await?;
        let (location, traits) = (self.0.location(values), self.0.traits(values));
        Ok(Arc::new(ObjectStore::new(operator, http, location, traits)))
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
            "folder" => folders(&self.0.operator(values, "")?, &http, below, cancel).await,
            _ => unless_cancelled(cancel, "list", self.0.choices(values, field, &http)).await?,
        }
    }

    /// There is nothing to be made, but it is seen that there could be.
    async fn make_folder(
        &self,
        values: &Values,
        _folder: &str,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<()> {
        let http = Http::new(&Network::of(values), None, Policy::PERSON, context)?;
        reach(&self.0.operator(values, "")?, &http, cancel).await
    }
}
