//! Writing objects.

use super::{ObjectStore, SINGLE, failure::failed, path};
use crate::http::Call;
use bytes::Bytes;
use futures_util::stream::StreamExt;
use opendal::{Buffer, Metadata, Writer};
use std::{future::Future, time::Duration};
use storage::{Body, ByteStream, Cancel, Error, ErrorKind, Key, PutMode, Result, unless_cancelled};

/// The usual size of a part.
const PART: u64 = 8 << 20;
/// No service takes more than 10,000 parts.
const PARTS: u64 = 9_000;
/// How many parts are on their way at once, each in memory.
const PARTS_AT_ONCE: usize = 2;
/// What is all out may be there already. So long its answer is waited for when
/// somebody says stop.
const GRACE: Duration = Duration::from_millis(800);

impl ObjectStore {
    pub(super) async fn write(
        &self,
        key: &Key,
        body: &Body,
        mode: PutMode,
        cancel: &Cancel,
    ) -> Result<()> {
        let taken = || Error::new(ErrorKind::AlreadyExists, "put");
        if cancel.is_cancelled() {
            return Err(Error::cancelled("put"));
        }
        let create = mode == PutMode::CreateNew;
        if create && !self.traits.conditions && self.find(key, cancel).await?.is_some() {
            return Err(taken());
        }
        let mut again = true;
        loop {
            let call = self.http.call("put").with_pace(body.pace());
            let error = match self.send(key, &body.unpaced(), create, &call, cancel).await {
                Err(error) if call.is_doubtful() => error,
                result => return result,
            };
            // The answer to an earlier request may have been lost: then what is
            // there is what was sent, or the service has closed the upload that
            // the same request is made for again.
            let kind = error.kind();
            let is_closed = matches!(kind, ErrorKind::NotFound | ErrorKind::NotThisService);
            if !is_closed && kind != ErrorKind::AlreadyExists {
                return Err(error);
            }
            if storage::retry::is_there(self, key, &body.unpaced(), cancel).await? {
                return Ok(());
            }
            if !is_closed || !std::mem::take(&mut again) {
                return Err(error);
            }
        }
    }

    async fn send(
        &self,
        key: &Key,
        body: &Body,
        create: bool,
        call: &Call,
        cancel: &Cancel,
    ) -> Result<()> {
        match body.chunks() {
            Some(chunks) if body.length() <= 2 * SINGLE || !self.traits.parts => {
                self.write_whole(key, Buffer::from(chunks.to_vec()), create, call, cancel).await
            }
            None if body.length() <= SINGLE || !self.traits.parts => {
                let gathered = unless_cancelled(cancel, "put", gather(body.stream())).await??;
                self.write_whole(key, Buffer::from(gathered), create, call, cancel).await
            }
            _ => self.write_parts(key, body, create, call, cancel).await,
        }
    }

    async fn write_whole(
        &self,
        key: &Key,
        buffer: Buffer,
        create: bool,
        call: &Call,
        cancel: &Cancel,
    ) -> Result<()> {
        let operator = self.with(call);
        let write = operator.write_with(path(key, "put")?, buffer).if_not_exists(create);
        let write = async { acknowledged(&write.await.map_err(|error| failed(error, call))?) };
        finish(call, cancel, write).await
    }

    async fn write_parts(
        &self,
        key: &Key,
        body: &Body,
        create: bool,
        call: &Call,
        cancel: &Cancel,
    ) -> Result<()> {
        let operator = self.with(call);
        let part = body.length().div_ceil(PARTS).max(PART);
        let writer = operator
            .writer_with(path(key, "put")?)
            .if_not_exists(create)
            .chunk(usize::try_from(part).unwrap_or(usize::MAX))
            .concurrent(PARTS_AT_ONCE);
        let writer = unless_cancelled(cancel, "put", writer.into_future()).await?;
        let mut writer = writer.map_err(|error| failed(error, call))?;
        let send = send_parts(&mut writer, body.stream(), call);
        let sent = unless_cancelled(cancel, "put", send).await.and_then(|result| result);
        if let Err(error) = sent {
            abandon(writer);
            return Err(error);
        }
        let close =
            async { acknowledged(&writer.close().await.map_err(|error| failed(error, call))?) };
        let closed = finish(call, cancel, close).await;
        if closed.is_err() {
            abandon(writer);
        }
        closed
    }
}

/// Every service says which version of an object it has stored. What says no
/// more than "yes" is something else in between, that has stored nothing.
fn acknowledged(stored: &Metadata) -> Result<()> {
    let version = stored.etag().or(stored.version());
    if version.is_some_and(|version| !version.is_empty()) {
        return Ok(());
    }
    let why = "the answer does not say what was stored";
    Err(Error::new(ErrorKind::NotThisService, "put").because(why))
}

async fn send_parts(writer: &mut Writer, mut bytes: ByteStream, call: &Call) -> Result<()> {
    while let Some(piece) = bytes.next().await.transpose()? {
        if !piece.is_empty() {
            writer.write(piece).await.map_err(|error| failed(error, call))?;
        }
    }
    Ok(())
}

/// Parts of what will never be whole cost money where they lie. Whoever stopped
/// the write does not wait for it.
fn abandon(mut writer: Writer) {
    tokio::spawn(async move {
        // Where it fails the service's own rule for unfinished uploads remains.
        let _ = writer.abort().await;
    });
}

async fn gather(mut bytes: ByteStream) -> Result<Vec<Bytes>> {
    let mut gathered = Vec::new();
    while let Some(piece) = bytes.next().await.transpose()? {
        gathered.push(piece);
    }
    Ok(gathered)
}

/// Waits for `work`; when somebody says stop, no longer than it takes to know
/// whether what has gone out is there.
async fn finish(
    call: &Call,
    cancel: &Cancel,
    work: impl Future<Output = Result<()>>,
) -> Result<()> {
    let mut work = std::pin::pin!(work);
    tokio::select! {
        result = &mut work => result,
        () = cancel.cancelled() => {
            if !call.stop() && let Ok(result) = tokio::time::timeout(GRACE, work).await {
                return result;
            }
            Err(Error::cancelled("put"))
        }
    }
}
