//! Object storage: what S3, Azure Blob and Google Cloud Storage have in common.
//!
//! OpenDAL makes and signs the requests and reads the answers; they go out by
//! [`http`](crate::http), which tries again and knows what a refusal means. An
//! object in memory is one request; one that is longer than [`SINGLE`], or as
//! long but not in memory, goes in parts, of which a few are in memory.
//!
//! Invariants: an object appears whole, because every service publishes it when
//! it is complete; nothing outside the folder is named in a request.
//!
//! Deliberately absent: renaming, which no object storage has, and folders,
//! which are parts of names.

mod browse;
mod failure;
mod read;
mod service;
mod transport;
mod write;

pub(crate) use self::service::{Objects, Service, capabilities, joined};
use self::{
    browse::{folders, reach},
    failure::failed,
    transport::Transport,
};
use crate::{
    Field, FieldKind,
    http::{Call, Http},
};
use async_trait::async_trait;
use futures_util::stream::{self, StreamExt};
use opendal::{Entry as Found, HttpTransporter, Operator};
use std::fmt;
use storage::{
    Body, ByteRange, ByteStream, Cancel, Capabilities, Capacity, Entry, EntryStream, Error,
    ErrorKind, Key, Overwrite, Prefix, PutMode, Result, Store, unless_cancelled,
};

/// The longest object that is sent in one request although it is not in memory.
pub(crate) const SINGLE: u64 = 16 << 20;
/// How many operations at once serve a service best.
const CONCURRENCY: usize = 8;
/// How many objects are deleted one by one at once, where they are.
const DELETED_AT_ONCE: usize = 8;

/// Whether a service keeps to `If-None-Match`.
pub(crate) const CONDITIONS: Field = Field::new(
    "conditions",
    "Never overwrites",
    FieldKind::Choice(&[
        ("unknown", "Look before each file"),
        ("yes", "The service refuses by itself"),
    ]),
)
.optional()
.advanced()
.or("unknown")
.help("Whether the service keeps to the condition If-None-Match. If it does, a request is saved.");

/// What the service charges for keeping, in any currency.
pub(crate) const PRICE: Field = Field::new("price", "Price per GB and month", FieldKind::Text)
    .optional()
    .advanced()
    .help("Such as 0.023. With it Keepstead says what the backups there cost.");

/// What services differ in.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Traits {
    /// What is said of them.
    pub(crate) capabilities: Capabilities,
    /// Whether `If-None-Match: *` is known to be kept to. Otherwise it is sent
    /// all the same, after a look.
    pub(crate) conditions: bool,
    /// Whether the last bytes of an object can be asked for without knowing
    /// how long it is.
    pub(crate) suffixes: bool,
    /// Whether an object may go in parts.
    pub(crate) parts: bool,
}

/// A folder in an object storage.
pub(crate) struct ObjectStore {
    operator: Operator,
    http: Http,
    location: String,
    traits: Traits,
}

impl fmt::Debug for ObjectStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ObjectStore").field("location", &self.location).finish_non_exhaustive()
    }
}

impl ObjectStore {
    pub(crate) fn new(operator: Operator, http: Http, location: String, traits: Traits) -> Self {
        Self { operator, http, location, traits }
    }

    /// What requests of one operation go through.
    fn with(&self, call: &Call) -> Operator {
        through(&self.operator, call)
    }

    async fn find(&self, key: &Key, cancel: &Cancel) -> Result<Option<u64>> {
        let path = path(key, "stat")?;
        let call = self.http.call("stat");
        let operator = self.with(&call);
        match unless_cancelled(cancel, "stat", operator.stat(path)).await? {
            Ok(found) if found.is_dir() => Ok(None),
            // What answers to everything with "yes" knows of no version.
            Ok(found) if found.etag().is_none() && found.version().is_none() => {
                Err(Error::new(ErrorKind::NotThisService, "stat").at(key.as_str()))
            }
            Ok(found) => Ok(Some(found.content_length())),
            Err(error) => match failed(error, &call).at(key.as_str()) {
                error if error.kind() == ErrorKind::NotFound => Ok(None),
                error => Err(error),
            },
        }
    }

    /// Deletes objects in one request, or says why not.
    async fn delete_together(&self, keys: &[Key]) -> Result<()> {
        let paths = keys.iter().map(|key| path(key, "delete")).collect::<Result<Vec<_>>>()?;
        let call = self.http.call("delete");
        let operator = self.with(&call);
        operator.delete_iter(paths).await.map_err(|error| failed(error, &call))
    }

    async fn delete_alone(&self, key: &Key) -> Result<()> {
        let path = path(key, "delete")?;
        let call = self.http.call("delete");
        match self.with(&call).delete(path).await {
            Ok(()) => Ok(()),
            Err(error) => match failed(error, &call).at(key.as_str()) {
                error if error.kind() == ErrorKind::NotFound => Ok(()),
                error => Err(error),
            },
        }
    }
}

/// `operator`, with requests that go out by `call`.
pub(crate) fn through(operator: &Operator, call: &Call) -> Operator {
    let transport = HttpTransporter::new(Transport(call.clone()));
    let context = operator.context().with_http_transport(transport);
    operator.clone().with_context(context)
}

/// An object's name as OpenDAL takes it. It would cut blanks off the ends, and
/// so name another object.
fn path<'k>(key: &'k Key, operation: &'static str) -> Result<&'k str> {
    let name = key.as_str();
    if name.trim() == name {
        return Ok(name);
    }
    Err(Error::new(ErrorKind::Unsupported, operation).at(name))
}

/// The entry of an object; `None` for what stands for a folder.
fn entry(found: &Found) -> Option<Result<Entry>> {
    if found.metadata().is_dir() || found.path().ends_with('/') {
        return None;
    }
    let length = found.metadata().content_length();
    // What somebody else put there under a name that none of ours can have is
    // none of ours.
    let key = Key::new(found.path()).ok()?;
    Some(Ok(Entry { key, length, hash: None }))
}

#[async_trait]
impl Store for ObjectStore {
    fn capabilities(&self) -> Capabilities {
        self.traits.capabilities
    }

    fn location(&self) -> String {
        self.location.clone()
    }

    async fn put(&self, key: &Key, body: Body, mode: PutMode, cancel: &Cancel) -> Result<()> {
        self.write(key, &body, mode, cancel).await.map_err(|error| error.at(key.as_str()))
    }

    async fn get(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<ByteStream> {
        self.open(key, range, cancel).await
    }

    async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>> {
        let length = self.find(key, cancel).await?;
        Ok(length.map(|length| Entry { key: key.clone(), length, hash: None }))
    }

    fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
        let folder = prefix.as_folder().map_or_else(String::new, |folder| format!("{folder}/"));
        let (call, cancel) = (self.http.call("list"), cancel.clone());
        let begin = {
            let (operator, cancel, call) = (self.with(&call), cancel.clone(), call.clone());
            async move {
                let lister = operator.lister_with(&folder).recursive(true);
                let lister = unless_cancelled(&cancel, "list", lister.into_future()).await?;
                lister.map_err(|error| failed(error, &call))
            }
        };
        stream::once(begin)
            .flat_map(move |lister| match lister {
                Err(error) => stream::iter([Err(error)]).boxed(),
                Ok(lister) => {
                    let (call, cancel) = (call.clone(), cancel.clone());
                    stream::unfold(Some(lister), move |lister| {
                        let (call, cancel) = (call.clone(), cancel.clone());
                        async move {
                            let mut lister = lister?;
                            loop {
                                let next = unless_cancelled(&cancel, "list", lister.next()).await;
                                match next {
                                    Err(error) => return Some((Err(error), None)),
                                    Ok(None) => return None,
                                    Ok(Some(Err(error))) => {
                                        return Some((Err(failed(error, &call)), None));
                                    }
                                    Ok(Some(Ok(found))) => {
                                        if let Some(entry) = entry(&found) {
                                            return Some((entry, Some(lister)));
                                        }
                                    }
                                }
                            }
                        }
                    })
                    .boxed()
                }
            })
            .boxed()
    }

    async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
        let batch = self.traits.capabilities.delete_batch;
        let mut results = Vec::with_capacity(keys.len());
        for keys in keys.chunks(batch.max(1)) {
            let together = match keys.len() {
                0 | 1 => Ok(Err(Error::new(ErrorKind::Unsupported, "delete"))),
                _ => unless_cancelled(cancel, "delete", self.delete_together(keys)).await,
            };
            match together {
                Ok(Ok(())) => results.extend(keys.iter().map(|_| Ok(()))),
                // Which of them is to blame is not said: each for itself.
                Ok(Err(_)) => {
                    let alone = stream::iter(keys.to_vec()).map(|key| async move {
                        let delete = self.delete_alone(&key);
                        unless_cancelled(cancel, "delete", delete).await.and_then(|result| result)
                    });
                    let alone: Vec<_> = alone.buffered(DELETED_AT_ONCE).collect().await;
                    results.extend(alone);
                }
                Err(_) => {
                    let cancelled = || Error::cancelled("delete");
                    results.extend(keys.iter().map(|key| Err(cancelled().at(key.as_str()))));
                }
            }
        }
        results
    }

    async fn copy(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        if !self.traits.capabilities.server_copy {
            return Err(Error::new(ErrorKind::Unsupported, "copy").at(from.as_str()));
        }
        if from == to {
            return match self.find(from, cancel).await? {
                None => Err(Error::new(ErrorKind::NotFound, "copy").at(from.as_str())),
                Some(_) if overwrite == Overwrite::Refuse => {
                    Err(Error::new(ErrorKind::AlreadyExists, "copy").at(to.as_str()))
                }
                Some(_) => Ok(()),
            };
        }
        if overwrite == Overwrite::Refuse && self.find(to, cancel).await?.is_some() {
            return Err(Error::new(ErrorKind::AlreadyExists, "copy").at(to.as_str()));
        }
        let call = self.http.call("copy");
        let operator = self.with(&call);
        let copy = operator.copy(path(from, "copy")?, path(to, "copy")?);
        match unless_cancelled(cancel, "copy", copy).await? {
            Ok(_) => Ok(()),
            Err(error) => Err(failed(error, &call).at(from.as_str())),
        }
    }

    async fn capacity(&self, _cancel: &Cancel) -> Result<Option<Capacity>> {
        Ok(None)
    }
}
