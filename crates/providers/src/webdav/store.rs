//! A folder on a WebDAV server.

use super::{
    folders::Folders,
    multistatus::{self, Found},
    place::{Place, parts_of},
};
use crate::http::{Answer, Call, Http, Request};
use async_trait::async_trait;
use futures_util::stream::{self, FuturesUnordered, StreamExt};
use http::{HeaderName, Method, StatusCode};
use model::{Clock, Random};
use std::{
    sync::{Arc, atomic::AtomicU64},
    time::Duration,
};
use storage::{
    Body, ByteRange, ByteStream, Cancel, Capabilities, Capacity, Entry, EntryStream, Error,
    ErrorKind, Key, Overwrite, Prefix, PutMode, Result, Store, unless_cancelled,
};

/// What is not whole yet is called so.
const TEMP: (&str, &str) = (".keepstead-", ".tmp");
/// What is longer than a listing of a folder with a million files is none.
const LISTING: u64 = 1 << 30;
/// How many folders are listed at once.
const LISTED_AT_ONCE: usize = 8;
/// How often a folder is listed that is there and is said not to be, and the
/// time between.
const LISTED_AGAIN: usize = 10;
const AGAIN: Duration = Duration::from_millis(50);
/// How many objects are deleted at once.
const DELETED_AT_ONCE: usize = 8;
/// What was left half written for so long is nobody's any more, in seconds.
const ABANDONED: i64 = 24 * 60 * 60;

pub(super) const DEPTH: HeaderName = HeaderName::from_static("depth");
pub(super) const DESTINATION: HeaderName = HeaderName::from_static("destination");
pub(super) const OVERWRITE: HeaderName = HeaderName::from_static("overwrite");

/// A folder on a WebDAV server.
#[derive(Debug)]
pub(super) struct DavStore {
    pub(super) http: Http,
    pub(super) place: Place,
    pub(super) folders: Folders,
    /// The parts of the folder's own path.
    own: Vec<String>,
    capabilities: Capabilities,
    /// Where uploads in parts go, where the server takes them.
    pub(super) uploads: Option<Place>,
    pub(super) random: Arc<dyn Random>,
    clock: Arc<dyn Clock>,
    /// The longest object that is known to have arrived whole.
    pub(super) arrived: AtomicU64,
    /// How an object is replaced.
    pub(super) replacing: Replacing,
}

impl DavStore {
    pub(super) fn new(
        http: Http,
        place: Place,
        uploads: Option<Place>,
        replacing: Replacing,
        capabilities: Capabilities,
        random: Arc<dyn Random>,
        clock: Arc<dyn Clock>,
    ) -> Self {
        let url = place.folder_url("");
        let own = parts_of(&url, &url).unwrap_or_default();
        let (folders, arrived) = (Folders::default(), AtomicU64::new(0));
        Self { http, place, folders, own, capabilities, uploads, random, clock, arrived, replacing }
    }

    /// An object's address.
    pub(super) fn url(&self, key: &Key, operation: &'static str) -> Result<String> {
        if is_temp(key.split().1) {
            return Err(Error::new(ErrorKind::Unsupported, operation).at(key.as_str()));
        }
        Ok(self.place.url(key.as_str()))
    }

    /// A file's length; `None` when there is no file of that name.
    pub(super) async fn find(&self, call: &Call, key: &Key) -> Result<Option<u64>> {
        let url = self.url(key, call.operation())?;
        let found = look(call, &url).await.map_err(|error| error.at(key.as_str()))?;
        match found {
            Some(Found { is_folder: false, length: Some(length), .. }) => Ok(Some(length)),
            Some(Found { is_folder: true, .. }) | None => Ok(None),
            Some(_) => Err(Error::new(ErrorKind::NotThisService, call.operation())),
        }
    }

    /// What is right in `folder`, which is below this store's: the files, and
    /// the names of folders.
    async fn list_folder(&self, folder: String, call: &Call) -> Result<Listed> {
        let url = self.place.folder_url(&folder);
        let Some(answer) = self.ask_for_folder(&folder, &url, call).await? else {
            return Ok(Listed::default());
        };
        let now = self.clock.now().as_second();
        let mut listed = Listed::default();
        let mut names: Vec<String> = self.own.clone();
        names.extend(folder.split('/').filter(|part| !part.is_empty()).map(str::to_owned));
        for found in multistatus::parse(&answer.read(LISTING).await?, &url)? {
            let Some(rest) = found.parts.strip_prefix(&*names) else {
                // Of another place, as behind a proxy that rewrites paths.
                return Err(Error::new(ErrorKind::NotThisService, "list").at(folder));
            };
            let [name] = rest else { continue };
            let key = if folder.is_empty() { name.clone() } else { format!("{folder}/{name}") };
            if found.is_folder {
                listed.folders.push(key);
            } else if is_temp(name) {
                if found
                    .modified
                    .and_then(|text| seconds(&text))
                    .is_some_and(|then| now.saturating_sub(then) > ABANDONED)
                {
                    listed.abandoned.push(key);
                }
            } else if let Ok(key) = Key::new(key) {
                let wrong = || Error::new(ErrorKind::NotThisService, "list").at(key.as_str());
                let length = found.length.ok_or_else(wrong)?;
                listed.files.push(Entry { key, length, hash: None });
            }
        }
        Ok(listed)
    }

    /// The answer about what is right in a folder; `None` when there is none.
    ///
    /// Some servers answer so as well when a file goes away while they read the
    /// folder. An empty listing is believed only when the folder itself is
    /// looked for and not found.
    async fn ask_for_folder(&self, folder: &str, url: &str, call: &Call) -> Result<Option<Answer>> {
        let mut tries = 0;
        loop {
            let answer = call.send(propfind(url, "1", multistatus::ASKED)).await?;
            match answer.status {
                StatusCode::MULTI_STATUS => return Ok(Some(answer)),
                // A web page.
                status if status.is_success() => {
                    return Err(Error::new(ErrorKind::NotThisService, "list").at(folder));
                }
                _ => {}
            }
            let refusal = call.refusal(&answer).at(folder);
            if !self.is_folder(call, folder).await.unwrap_or(true) {
                return Ok(None);
            }
            tries += 1;
            if tries == LISTED_AGAIN || refusal.kind() != ErrorKind::NotFound {
                return Err(match refusal.kind() {
                    ErrorKind::NotFound => Error::new(ErrorKind::PlaceMissing, "list").at(folder),
                    _ => refusal,
                });
            }
            tokio::time::sleep(AGAIN).await;
        }
    }

    /// Whether a folder is there, and not a file, nor a file where one of the
    /// folders it lies in would be, of which some servers say nothing clear.
    async fn is_folder(&self, call: &Call, folder: &str) -> Result<bool> {
        let mut path = Some(folder);
        while let Some(folder) = path.filter(|folder| !folder.is_empty()) {
            match look(call, &self.place.url(folder)).await {
                Ok(found) => return Ok(found.is_some_and(|found| found.is_folder)),
                Err(error) if folder.contains('/') => drop(error),
                Err(error) => return Err(error),
            }
            path = folder.rsplit_once('/').map(|(above, _)| above);
        }
        Ok(true)
    }

    async fn delete_file(&self, key: &Key, call: &Call) -> Result<()> {
        // The protocol would delete a folder with all that is in it.
        if self.find(call, key).await?.is_none() {
            return Ok(());
        }
        let request = Request::new(Method::DELETE, self.url(key, "delete")?).header(DEPTH, "0");
        let answer = call.send(request).await?;
        match answer.status.as_u16() {
            200 | 202 | 204 | 404 | 410 => Ok(()),
            _ => Err(call.refusal(&answer).at(key.as_str())),
        }
    }

    /// `MOVE` or `COPY` of a file.
    async fn transfer(
        &self,
        call: &Call,
        method: &str,
        (from, to): (&Key, &Key),
        overwrite: Overwrite,
    ) -> Result<()> {
        let operation = call.operation();
        if self.find(call, from).await?.is_none() {
            return Err(Error::new(ErrorKind::NotFound, operation).at(from.as_str()));
        }
        if from == to {
            return match overwrite {
                Overwrite::Allow => Ok(()),
                Overwrite::Refuse => {
                    Err(Error::new(ErrorKind::AlreadyExists, operation).at(to.as_str()))
                }
            };
        }
        self.folders.make_for(&self.place, to.split().0, call).await?;
        let (from, to) = (self.url(from, operation)?, self.url(to, operation)?);
        let allowed = overwrite == Overwrite::Allow;
        transfer(call, method, &from, &to, allowed).await
    }
}

/// How an object is replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Replacing {
    /// What is sent to its name replaces it when it is there as a whole.
    AtOnce,
    /// What is moved to its name replaces it at once.
    ByMove,
    /// What is moved to its name removes it first, for all that is known.
    WithAGap,
}

/// What lies right in a folder.
#[derive(Debug, Default)]
struct Listed {
    files: Vec<Entry>,
    folders: Vec<String>,
    abandoned: Vec<String>,
}

/// Whether a name is that of something that is not whole yet.
fn is_temp(name: &str) -> bool {
    let digits = name.strip_prefix(TEMP.0).and_then(|rest| rest.strip_suffix(TEMP.1));
    digits.is_some_and(|digits| digits.len() == 16)
}

/// A name of its own for what is not whole yet.
pub(super) fn temp_name(random: &dyn Random) -> String {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    format!("{}{}{}", TEMP.0, hex::encode(bytes), TEMP.1)
}

/// The second of a moment as HTTP writes it.
fn seconds(text: &str) -> Option<i64> {
    let parser = jiff::fmt::rfc2822::DateTimeParser::new();
    parser.parse_timestamp(text.trim()).ok().map(jiff::Timestamp::as_second)
}

pub(super) fn propfind(url: &str, depth: &str, asked: &'static str) -> Request {
    let method = Method::from_bytes(b"PROPFIND").unwrap_or_default();
    Request::new(method, url)
        .header(DEPTH, depth)
        .header(http::header::CONTENT_TYPE, "application/xml; charset=utf-8")
        .body(Body::from(bytes::Bytes::from_static(asked.as_bytes())))
}

/// What is at an address; `None` when nothing is.
pub(super) async fn look(call: &Call, url: &str) -> Result<Option<Found>> {
    let answer = call.send(propfind(url, "0", multistatus::ASKED)).await?;
    match answer.status {
        StatusCode::MULTI_STATUS => {
            let found = multistatus::parse(&answer.read(LISTING).await?, url)?;
            match <[Found; 1]>::try_from(found) {
                Ok([found]) => Ok(Some(found)),
                Err(_) => Err(Error::new(ErrorKind::NotThisService, call.operation())),
            }
        }
        StatusCode::NOT_FOUND => Ok(None),
        // A web page; or a server without the protocol.
        status if status.is_success() => {
            Err(Error::new(ErrorKind::NotThisService, call.operation()))
        }
        StatusCode::METHOD_NOT_ALLOWED | StatusCode::NOT_IMPLEMENTED => {
            Err(Error::new(ErrorKind::NotThisService, call.operation()))
        }
        _ => Err(call.refusal(&answer)),
    }
}

/// `MOVE` or `COPY` from one address to another.
pub(super) async fn transfer(
    call: &Call,
    method: &str,
    from: &str,
    to: &str,
    overwrite: bool,
) -> Result<()> {
    let method = Method::from_bytes(method.as_bytes()).unwrap_or_default();
    let request = Request::new(method, from)
        .header(DESTINATION, to)
        .header(OVERWRITE, if overwrite { "T" } else { "F" });
    let answer = call.send(request).await?;
    match answer.status {
        StatusCode::CREATED | StatusCode::NO_CONTENT => Ok(()),
        // Some of what answers so to everything is in between, and no server.
        status if status.is_success() && status != StatusCode::MULTI_STATUS => {
            match look(call, to).await? {
                Some(_) => Ok(()),
                None => Err(Error::new(ErrorKind::NotThisService, call.operation())),
            }
        }
        _ => {
            let refusal = call.refusal(&answer);
            // Whoever loses a race is told of it as of any failure by some.
            let lost_a_race = !overwrite
                && matches!(refusal.kind(), ErrorKind::PermissionDenied | ErrorKind::Other)
                && matches!(look(call, to).await, Ok(Some(_)));
            match lost_a_race {
                true => Err(Error::new(ErrorKind::AlreadyExists, call.operation())),
                false => Err(refusal),
            }
        }
    }
}

#[async_trait]
impl Store for DavStore {
    fn capabilities(&self) -> Capabilities {
        self.capabilities
    }

    fn location(&self) -> String {
        self.place.in_words()
    }

    async fn put(&self, key: &Key, body: Body, mode: PutMode, cancel: &Cancel) -> Result<()> {
        self.write(key, &body, mode, cancel).await.map_err(|error| error.at(key.as_str()))
    }

    async fn get(&self, key: &Key, range: ByteRange, cancel: &Cancel) -> Result<ByteStream> {
        self.open(key, range, cancel).await.map_err(|error| error.at(key.as_str()))
    }

    async fn stat(&self, key: &Key, cancel: &Cancel) -> Result<Option<Entry>> {
        let call = self.http.call("stat");
        let length = unless_cancelled(cancel, "stat", self.find(&call, key)).await??;
        Ok(length.map(|length| Entry { key: key.clone(), length, hash: None }))
    }

    /// Folder by folder: what asks for all at once is refused by most servers.
    fn list<'a>(&'a self, prefix: &Prefix, cancel: &Cancel) -> EntryStream<'a> {
        let call = self.http.call("list");
        let top = prefix.as_folder().unwrap_or_default().to_owned();
        let walk = Walk {
            waiting: vec![top],
            under_way: FuturesUnordered::new(),
            ready: Vec::new(),
            abandoned: Vec::new(),
        };
        let cancel = cancel.clone();
        stream::unfold(Some(walk), move |walk| {
            let (call, cancel) = (call.clone(), cancel.clone());
            async move {
                let mut walk = walk?;
                loop {
                    if let Some(entry) = walk.ready.pop() {
                        return Some((Ok(entry), Some(walk)));
                    }
                    while walk.under_way.len() < LISTED_AT_ONCE
                        && let Some(folder) = walk.waiting.pop()
                    {
                        let call = call.clone();
                        let listing = async move { self.list_folder(folder, &call).await };
                        walk.under_way.push(listing);
                    }
                    let next = unless_cancelled(&cancel, "list", walk.under_way.next()).await;
                    match next {
                        Err(error) | Ok(Some(Err(error))) => return Some((Err(error), None)),
                        Ok(Some(Ok(listed))) => {
                            walk.ready = listed.files;
                            walk.waiting.extend(listed.folders);
                            walk.abandoned.extend(listed.abandoned);
                        }
                        Ok(None) => {
                            for key in &walk.abandoned {
                                // In nobody's way if it stays.
                                let url = self.place.url(key);
                                let delete = Request::new(Method::DELETE, url).header(DEPTH, "0");
                                let _ = unless_cancelled(&cancel, "list", call.send(delete)).await;
                            }
                            return None;
                        }
                    }
                }
            }
        })
        .boxed()
    }

    async fn delete(&self, keys: &[Key], cancel: &Cancel) -> Vec<Result<()>> {
        let call = self.http.call("delete");
        stream::iter(keys.to_vec())
            .map(|key| {
                let call = call.clone();
                async move {
                    let delete = self.delete_file(&key, &call);
                    unless_cancelled(cancel, "delete", delete).await.and_then(|result| result)
                }
            })
            .buffered(DELETED_AT_ONCE)
            .collect()
            .await
    }

    async fn rename(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        let call = self.http.call("rename");
        let work = self.transfer(&call, "MOVE", (from, to), overwrite);
        unless_cancelled(cancel, "rename", work).await?.map_err(|error| error.at(to.as_str()))
    }

    async fn copy(
        &self,
        from: &Key,
        to: &Key,
        overwrite: Overwrite,
        cancel: &Cancel,
    ) -> Result<()> {
        let call = self.http.call("copy");
        let work = self.transfer(&call, "COPY", (from, to), overwrite);
        unless_cancelled(cancel, "copy", work).await?.map_err(|error| error.at(to.as_str()))
    }

    async fn capacity(&self, cancel: &Cancel) -> Result<Option<Capacity>> {
        let call = self.http.call("capacity");
        unless_cancelled(cancel, "capacity", self.room(&call)).await?
    }
}

impl DavStore {
    /// The room that is left, where the server says so (RFC 4331).
    pub(super) async fn room(&self, call: &Call) -> Result<Option<Capacity>> {
        let url = self.place.folder_url("");
        let answer = call.send(propfind(&url, "0", multistatus::ASKED_ROOM)).await?;
        if answer.status != StatusCode::MULTI_STATUS {
            return Ok(None);
        }
        let found = multistatus::parse(&answer.read(LISTING).await?, &url)?;
        let room = found.into_iter().next().and_then(|found| {
            let free = found.free?;
            Some(Capacity {
                total: found.used.and_then(|used| used.checked_add(free)),
                free: Some(free),
            })
        });
        Ok(room)
    }
}

/// A listing under way.
struct Walk<F> {
    waiting: Vec<String>,
    under_way: FuturesUnordered<F>,
    ready: Vec<Entry>,
    abandoned: Vec<String>,
}
