//! Writing objects: under a name of its own, and then moved.

use super::{
    folders,
    place::Place,
    store::{DavStore, Replacing, look, temp_name, transfer},
};
use crate::http::{Call, Request};
use bytes::Bytes;
use futures_util::stream::StreamExt;
use http::{HeaderName, Method};
use std::{future::Future, sync::atomic::Ordering, time::Duration};
use storage::{Body, Cancel, Error, ErrorKind, Key, PutMode, Result, Retry, unless_cancelled};

/// What is moved is moved, whoever says stop; so long its answer is waited for.
const GRACE: Duration = Duration::from_millis(800);
/// A part of an upload in parts. Nextcloud takes parts from 5 MiB on, and
/// proxies in front of it often no more than 10 MB at once.
const PART: u64 = 9 << 20;

const TOTAL: HeaderName = HeaderName::from_static("oc-total-length");

impl DavStore {
    pub(super) async fn write(
        &self,
        key: &Key,
        body: &Body,
        mode: PutMode,
        cancel: &Cancel,
    ) -> Result<()> {
        if cancel.is_cancelled() {
            return Err(Error::cancelled("put"));
        }
        let target = self.url(key, "put")?;
        let call = self.http.call("put").with_pace(body.pace());
        let body = body.unpaced();
        let in_parts = self.uploads.as_ref().filter(|_| body.length() > PART);
        let sent = match in_parts {
            Some(uploads) => {
                self.folders.make_for(&self.place, key.split().0, &call).await?;
                Sent::Parts(uploads.folder_url(&temp_name(&*self.random)), self.http.call("put"))
            }
            // `MOVE` onto a name that is taken removes what is there first.
            None if mode == PutMode::Replace && self.replacing == Replacing::AtOnce => {
                let send = async {
                    self.send_whole(key, &target, &body, &call).await?;
                    // A call of its own: that all has gone out stays known.
                    self.arrived_at(&target, body.length(), &self.http.call("put")).await
                };
                return self.finished(&call, cancel, send, body.length()).await;
            }
            None => {
                let name = temp_name(&*self.random);
                let temp = match key.split().0 {
                    Some(folder) => format!("{folder}/{name}"),
                    None => name,
                };
                Sent::Whole(self.place.url(&temp), self.http.call("put"))
            }
        };
        let send = async {
            match &sent {
                Sent::Whole(url, _) => self.send_whole(key, url, &body, &call).await,
                Sent::Parts(url, _) => send_parts(url, &body, &call).await,
            }
        };
        let sending = unless_cancelled(cancel, "put", send).await;
        if let Err(error) = sending.and_then(|result| result) {
            sent.remove();
            return Err(self.is_full(error, body.length()).await);
        }
        match self.publish(&sent, &target, mode, &body, cancel).await {
            Ok(()) => Ok(()),
            Err(error) => {
                sent.remove();
                let doubtful =
                    matches!(error.kind(), ErrorKind::AlreadyExists | ErrorKind::NotFound);
                if doubtful && sent.call().is_doubtful() {
                    // Moved, and the answer was lost.
                    if storage::retry::is_there(self, key, &body, cancel).await? {
                        return Ok(());
                    }
                }
                Err(error)
            }
        }
    }

    /// Waits for what is sent to its real name.
    async fn finished(
        &self,
        call: &Call,
        cancel: &Cancel,
        send: impl Future<Output = Result<()>>,
        length: u64,
    ) -> Result<()> {
        let mut send = std::pin::pin!(send);
        let sent = tokio::select! {
            result = &mut send => result,
            () = cancel.cancelled() => {
                if call.stop() {
                    return Err(Error::cancelled("put"));
                }
                // It may be there already.
                match tokio::time::timeout(GRACE, send).await {
                    Ok(result) => result,
                    Err(_) => Err(Error::cancelled("put")),
                }
            },
        };
        match sent {
            Ok(()) => Ok(()),
            Err(error) => Err(self.is_full(error, length).await),
        }
    }

    /// Sends an object.
    async fn send_whole(&self, key: &Key, url: &str, body: &Body, call: &Call) -> Result<()> {
        let folder = key.split().0;
        self.folders.make_for(&self.place, folder, call).await?;
        let mut again = true;
        loop {
            let request = Request::new(Method::PUT, url)
                .header(http::header::CONTENT_TYPE, "application/octet-stream")
                .body(call.paced(body.clone()));
            let answer = call.send(request).await?;
            match answer.status.as_u16() {
                200..=299 => return Ok(()),
                // The folder was there when it was looked at.
                403 | 404 | 409 if again => {
                    again = false;
                    self.folders.forget().await;
                    self.folders.make_for(&self.place, folder, call).await?;
                }
                _ => return Err(call.refusal(&answer)),
            }
        }
    }

    /// That what was sent to its real name is there: what replaces another one
    /// shows in no other way that it was stored. Somebody else may have replaced
    /// it since.
    async fn arrived_at(&self, url: &str, length: u64, call: &Call) -> Result<()> {
        let found = look(call, url).await?;
        let is_shorter = length > self.arrived.load(Ordering::Relaxed)
            && found.as_ref().and_then(|found| found.length).is_some_and(|there| there < length);
        if found.is_none() || is_shorter {
            let why = "it did not arrive whole, and the server said nothing of it";
            let error = Error::new(ErrorKind::Damaged, "put").because(why);
            // A shorter one may be somebody else's.
            let advice = if is_shorter { Retry::Soon } else { Retry::Never };
            return Err(error.retry_advice(advice));
        }
        self.arrived.fetch_max(length, Ordering::Relaxed);
        Ok(())
    }

    /// Gives what was sent its real name.
    async fn publish(
        &self,
        sent: &Sent,
        target: &str,
        mode: PutMode,
        body: &Body,
        cancel: &Cancel,
    ) -> Result<()> {
        let length = body.length();
        let overwrite = mode == PutMode::Replace;
        let call = sent.call();
        let publish = async {
            let known = self.arrived.load(Ordering::Relaxed);
            match sent {
                Sent::Whole(url, _) => {
                    if length > known {
                        whole(call, url, length).await?;
                    }
                    transfer(call, "MOVE", url, target, overwrite).await?;
                }
                // The server puts them together, and compares the length.
                Sent::Parts(url, _) => {
                    let from = format!("{url}.file");
                    let method = Method::from_bytes(b"MOVE").unwrap_or_default();
                    let request = Request::new(method, from)
                        .header(super::store::DESTINATION, target)
                        .header(super::store::OVERWRITE, if overwrite { "T" } else { "F" })
                        .header(TOTAL, length.to_string());
                    let answer = call.send(request).await?;
                    if !answer.status.is_success() {
                        return Err(call.refusal(&answer));
                    }
                    if length > known
                        && let Err(error) = whole(call, target, length).await
                    {
                        if !overwrite && error.kind() == ErrorKind::Damaged {
                            // It has just been made here, and is not whole.
                            let _ = call.send(Request::new(Method::DELETE, target)).await;
                        }
                        return Err(error);
                    }
                }
            }
            self.arrived.fetch_max(length, Ordering::Relaxed);
            Ok(())
        };
        let mut publish = std::pin::pin!(publish);
        tokio::select! {
            result = &mut publish => result,
            () = cancel.cancelled() => match tokio::time::timeout(GRACE, publish).await {
                Ok(result) => result,
                Err(_) => Err(Error::cancelled("put")),
            },
        }
    }

    /// A failure that may be one of room is one where there is none.
    async fn is_full(&self, error: Error, length: u64) -> Error {
        if !matches!(error.kind(), ErrorKind::Unreachable | ErrorKind::Other) {
            return error;
        }
        let call = self.http.call("put");
        match self.room(&call).await {
            Ok(Some(room)) if room.free.is_some_and(|free| free < length) => {
                Error::new(ErrorKind::OutOfSpace, "put")
            }
            _ => error,
        }
    }
}

/// What was sent and has no real name yet.
enum Sent {
    /// One file.
    Whole(String, Call),
    /// A folder with parts.
    Parts(String, Call),
}

impl Sent {
    fn call(&self) -> &Call {
        match self {
            Self::Whole(_, call) | Self::Parts(_, call) => call,
        }
    }

    /// Removes it; whoever waits for the write does not wait for this.
    fn remove(&self) {
        let (url, call) = match self {
            Self::Whole(url, call) | Self::Parts(url, call) => (url.clone(), call.clone()),
        };
        tokio::spawn(async move {
            // A file that stays is removed by a listing a day later, parts by the
            // server's own rule.
            let _ = call.send(Request::new(Method::DELETE, url)).await;
        });
    }
}

/// That a file of this length is there.
async fn whole(call: &Call, url: &str, length: u64) -> Result<()> {
    let found = look(call, url).await?;
    if found.as_ref().and_then(|found| found.length) == Some(length) {
        return Ok(());
    }
    let there = found.and_then(|found| found.length).unwrap_or(0);
    let why = format!("{there} of {length} bytes arrived, and the server said nothing of it");
    Err(Error::new(ErrorKind::Damaged, "put").because(why).retry_advice(Retry::Never))
}

/// Sends a body in parts, into a folder of its own. One part is in memory.
async fn send_parts(folder: &str, body: &Body, call: &Call) -> Result<()> {
    folders::make(call, folder).await?;
    let mut bytes = body.stream();
    let (mut part, mut gathered, mut number) = (Vec::<Bytes>::new(), 0_u64, 0_u32);
    loop {
        let piece = bytes.next().await.transpose()?;
        let is_last = piece.is_none();
        let mut piece = piece.unwrap_or_default();
        while gathered + piece.len() as u64 >= PART || (is_last && gathered > 0) {
            let room = usize::try_from(PART - gathered).unwrap_or(usize::MAX);
            part.push(piece.split_to(room.min(piece.len())));
            number += 1;
            let request = Request::new(Method::PUT, format!("{folder}{number:05}"))
                .header(TOTAL, body.length().to_string())
                .body(call.paced(Body::from_chunks(std::mem::take(&mut part))));
            gathered = 0;
            let answer = call.send(request).await?;
            if !answer.status.is_success() {
                return Err(call.refusal(&answer));
            }
        }
        gathered += piece.len() as u64;
        part.push(piece);
        if is_last {
            return Ok(());
        }
    }
}

/// Where the uploads of a Nextcloud or ownCloud user go, from the address of
/// their files.
pub(super) fn uploads_of(base: &str) -> Option<Place> {
    let (server, rest) = base.split_once("/remote.php/dav/files/")?;
    let user = rest.trim_matches('/').split('/').next().filter(|user| !user.is_empty())?;
    Place::new(&format!("{server}/remote.php/dav/uploads/{user}"), "").ok()
}
