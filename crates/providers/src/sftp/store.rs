//! The store itself.

use super::{changes, list, place::Place, read::Reading, wire, write::Unfinished};
use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::{self, StreamExt};
use std::sync::Arc;
use storage::{
    Body, ByteRange, ByteStream, Cancel, Capabilities, Capacity, Entry, EntryStream, Error,
    ErrorKind, Key, Overwrite, Prefix, PutMode, Result, Store, unless_cancelled,
};

/// A store in a folder of a server.
#[derive(Debug)]
pub(super) struct SftpStore {
    place: Arc<Place>,
    capabilities: Capabilities,
    location: String,
}

impl SftpStore {
    pub(super) fn new(place: Place) -> Self {
        let (settings, abilities) = (&place.link.settings, place.abilities);
        let capabilities = Capabilities {
            atomic_create: abilities.atomic_create,
            atomic_replace: abilities.atomic_replace,
            rename: true,
            server_copy: abilities.server_copy,
            case_sensitive: abilities.case_sensitive,
            durable: abilities.durable,
            lists_at_once: true,
            concurrency: settings.concurrency,
            pack_size: 16 << 20,
            delete_batch: 1000,
            ..Capabilities::minimal()
        };
        let host = &settings.host;
        let host = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let port = match settings.port {
            22 => String::new(),
            port => format!(":{port}"),
        };
        let location = format!("sftp://{}@{host}{port}{}", settings.user, place.root());
        Self { place: Arc::new(place), capabilities, location }
    }
}

#[async_trait]
impl Store for SftpStore {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn location(&self) -> String {
        self.location.clone()
    }

    async fn put(&self, key: &Key, body: Body, mode: PutMode, cancel: &Cancel) -> Result<()> {
        let overwrite = match mode {
            PutMode::CreateNew => Overwrite::Refuse,
            PutMode::Replace => Overwrite::Allow,
        };
        let writing = async {
            let length = body.length();
            let mut object = Unfinished::begin(&self.place, "put", key, length, overwrite).await?;
            object.write(body.stream()).await?;
            Ok::<_, Error>(object)
        };
        let object = unless_cancelled(cancel, "put", writing).await??;
        object.publish(overwrite, cancel).await
    }

    async fn get(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<ByteStream> {
        let opening = Reading::open(&self.place, key, range);
        let reading = unless_cancelled(cancel, "get", opening).await??;
        let cancel = cancel.clone();
        let pieces = stream::unfold(Some(reading), move |reading| {
            let cancel = cancel.clone();
            async move {
                let mut reading = reading.filter(|reading| reading.left() > 0)?;
                let next = unless_cancelled(&cancel, "get", reading.next()).await;
                match next.and_then(|next| next) {
                    Ok(piece) => piece.map(|piece| (Ok(piece), Some(reading))),
                    Err(error) => Some((Err(error), None)),
                }
            }
        });
        Ok(pieces.boxed())
    }

    async fn read(
        &self,
        key: &Key,
        range: ByteRange,
        limit: u64,
        cancel: &Cancel,
    ) -> Result<Bytes> {
        let reading = async { Reading::open(&self.place, key, range).await?.all(limit).await };
        unless_cancelled(cancel, "get", reading).await?
    }

    async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>> {
        let looking = async {
            let session = self.place.session("stat").await?;
            let found = changes::look(&self.place, &session, key, "stat").await?;
            let Some(found) = found else { return Ok(None) };
            let Some(length) = found.length else {
                let error = Error::new(ErrorKind::Damaged, "stat").at(key.as_str());
                return Err(error.because("the server does not say how long the object is"));
            };
            Ok(Some(Entry { key: key.clone(), length, hash: None }))
        };
        unless_cancelled(cancel, "stat", looking).await?
    }

    fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
        list::list(Arc::clone(&self.place), prefix, cancel.clone())
    }

    async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
        if keys.is_empty() {
            return Vec::new();
        }
        changes::delete(&self.place, keys, cancel).await
    }

    async fn rename(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        let renaming = changes::rename(&self.place, from, to, overwrite);
        unless_cancelled(cancel, "rename", renaming).await?
    }

    async fn copy(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        if !self.capabilities.server_copy {
            return Err(Error::new(ErrorKind::Unsupported, "copy").at(from.as_str()));
        }
        let copying = changes::copy(&self.place, from, to, overwrite);
        let object = unless_cancelled(cancel, "copy", copying).await??;
        object.publish(overwrite, cancel).await
    }

    async fn capacity(&self, cancel: &Cancel) -> Result<Option<Capacity>> {
        let asking = async {
            let session = self.place.session("capacity").await?;
            if !session.extensions.statvfs {
                return Ok(None);
            }
            let asked = session.ask(wire::statvfs(self.place.root())).await;
            let reply = match asked {
                Ok(asked) => asked.extended().await,
                Err(fault) => Err(fault),
            };
            match reply {
                Ok(reply) => Ok(wire::room_of(reply)
                    .map(|room| Capacity { total: Some(room.total), free: Some(room.free) })),
                Err(fault) => Err(self.place.explain(&session, fault, "capacity", "", 0).await),
            }
        };
        unless_cancelled(cancel, "capacity", asking).await?
    }
}
