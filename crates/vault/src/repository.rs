//! A repository that is open: its configuration, its index, its blobs.

use crate::{
    chunker::{Polynomial, Tables},
    crypto::MasterKey,
    error::{Error, Result},
    file_cache::FileCache,
    format::{Id, PastNode, Snapshot, Tree},
    host::Host,
    index::{Index, IndexFile, Place},
    keys::{self, KdfCost, Passphrase},
    layout::{self, FileKind},
    opener::Openers,
    pack::BlobKind,
};
use bytes::Bytes;
use futures_util::{StreamExt, TryStreamExt, stream};
use model::Ambient;
use serde::{Deserialize, Serialize};
use std::{
    path::Path,
    sync::{Arc, RwLock},
};
use storage::{ByteRange, Cancel, ErrorKind, PutMode, Store, StoreExt};
use tokio::sync::Semaphore;

/// The version that is written.
const VERSION: u32 = 2;

/// The configuration of a repository.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Config {
    /// The version of the format; 2.
    pub version: u32,
    /// A random id.
    pub id: Id,
    /// What cuts file contents into chunks.
    pub chunker_polynomial: Polynomial,
}

impl Config {
    /// Reads the JSON of a configuration. Never panics, whatever the bytes.
    ///
    /// # Errors
    /// When it is none, its version cannot be used, or its polynomial is not
    /// irreducible.
    pub fn parse(json: &[u8]) -> Result<Self> {
        #[derive(Deserialize)]
        struct Version {
            version: u32,
        }
        let damaged = || Error::damaged("config", "it is not the JSON of a configuration");
        let Version { version } = serde_json::from_slice(json).map_err(|_| damaged())?;
        if version != VERSION {
            return Err(Error::UnsupportedVersion(version));
        }
        // A polynomial that is not irreducible is refused here as well.
        serde_json::from_slice(json).map_err(|_| damaged())
    }
}

/// How a repository is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct InitOptions {
    /// How expensive guessing the passphrase is made.
    pub cost: KdfCost,
    /// The polynomial of another repository, so that copies between the two
    /// deduplicate; a random one when there is none.
    pub polynomial: Option<Polynomial>,
}

/// A repository that is open. Cheap to share; the index is loaded on demand.
#[derive(Debug)]
pub struct Repository {
    store: Arc<dyn Store>,
    ambient: Ambient,
    master: MasterKey,
    key_id: Id,
    config: Config,
    tables: Arc<Tables>,
    index: RwLock<Index>,
    /// How many index files may be opened at once.
    opening: Semaphore,
    openers: Arc<Openers>,
    /// Copies of index and snapshot files on this machine.
    copies: Option<Arc<FileCache>>,
    /// What lies in packs that are going to be deleted. It is read, and never
    /// deduplicated against.
    marked: RwLock<Index>,
}

impl Repository {
    /// Makes a repository in an empty folder of a destination and opens it.
    ///
    /// # Errors
    /// [`Error::RepositoryExists`] when there is one, [`Error::HalfCreated`]
    /// when there are backups without a configuration.
    pub async fn init(
        store: Arc<dyn Store>,
        passphrase: &Passphrase,
        options: InitOptions,
        host: &Host,
        ambient: Ambient,
        cancel: &Cancel,
    ) -> Result<Self> {
        if store.stat(&layout::config_key(), cancel).await?.is_some() {
            return Err(Error::RepositoryExists(store.location()));
        }
        for kind in [FileKind::Snapshot, FileKind::Index, FileKind::Pack] {
            if !kind.list(&*store, cancel).await?.is_empty() {
                return Err(Error::HalfCreated(store.location()));
            }
        }
        // Keys without a configuration and without data open nothing: an
        // earlier attempt ended here. They would answer to the passphrase
        // before the new one does.
        let orphans: Vec<_> = FileKind::Key.list(&*store, cancel).await?;
        let master = MasterKey::generate(&*ambient.random);
        let key_id =
            keys::add(&*store, &master, passphrase, options.cost, host, &ambient, cancel).await?;
        let mut id = [0; 32];
        ambient.random.fill(&mut id);
        let config = Config {
            version: VERSION,
            id: Id::from_bytes(id),
            chunker_polynomial: options
                .polynomial
                .unwrap_or_else(|| Polynomial::random(&*ambient.random)),
        };
        let json =
            serde_json::to_vec(&config).map_err(|_| Error::Internal("a config is plain JSON"))?;
        let mut sealed = Vec::new();
        master.seal_into(&*ambient.random, &json, &mut sealed);
        match store.put(&layout::config_key(), sealed.into(), PutMode::CreateNew, cancel).await {
            Ok(()) => {}
            Err(error) => {
                let exists = error.kind() == ErrorKind::AlreadyExists;
                store.delete_one(&FileKind::Key.key(&key_id), &Cancel::new()).await?;
                return Err(if exists {
                    Error::RepositoryExists(store.location())
                } else {
                    error.into()
                });
            }
        }
        for (orphan, _) in orphans {
            store.delete_one(&FileKind::Key.key(&orphan), cancel).await?;
        }
        // What was written must be what a later run can read.
        Self::open(store, passphrase, ambient, cancel).await
    }

    /// Opens a repository.
    ///
    /// # Errors
    /// When there is none, the passphrase is wrong, or the version unknown.
    pub async fn open(
        store: Arc<dyn Store>,
        passphrase: &Passphrase,
        ambient: Ambient,
        cancel: &Cancel,
    ) -> Result<Self> {
        let config = store.read(&layout::config_key(), ByteRange::Whole, 1 << 20, cancel).await;
        let sealed = match config {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == ErrorKind::NotFound => {
                for kind in [FileKind::Key, FileKind::Snapshot, FileKind::Index, FileKind::Pack] {
                    if !kind.list(&*store, cancel).await?.is_empty() {
                        return Err(Error::HalfCreated(store.location()));
                    }
                }
                return Err(Error::NotARepository(store.location()));
            }
            Err(error) => return Err(error.into()),
        };
        let key = keys::find(&*store, passphrase, cancel).await?;
        Self::assemble(store, ambient, key, sealed)
    }

    /// The same repository as whoever knows nothing of it finds it: its
    /// configuration and its key are read again, no index is loaded, and no copy
    /// of this machine is looked at. A key file with the same bytes opens with
    /// the same passphrase, so that nothing is derived from that again.
    ///
    /// # Errors
    /// When its configuration or its key is not there any more, or not as it
    /// was.
    pub async fn anew(&self, cancel: &Cancel) -> Result<Self> {
        let store = self.shared_store();
        let sealed = store.read(&layout::config_key(), ByteRange::Whole, 1 << 20, cancel).await;
        let sealed = sealed.map_err(|error| match error.kind() {
            ErrorKind::NotFound => Error::NotARepository(store.location()),
            _ => error.into(),
        })?;
        layout::load_verbatim(&*store, FileKind::Key, &self.key_id, cancel).await?;
        let key = (self.key_id, self.master.clone());
        let anew = Self::assemble(store, self.ambient.clone(), key, sealed)?;
        if anew.config != self.config {
            return Err(Error::damaged("config", "it is not that of this repository any more"));
        }
        Ok(anew)
    }

    fn assemble(
        store: Arc<dyn Store>,
        ambient: Ambient,
        (key_id, master): (Id, MasterKey),
        sealed: Bytes,
    ) -> Result<Self> {
        let json = layout::open(&master, sealed.into())
            .map_err(|reason| Error::damaged("config", reason))?;
        let config = Config::parse(&json)?;
        let tables = Arc::new(Tables::new(config.chunker_polynomial));
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        let opening = Semaphore::new(processors);
        let openers = Arc::new(Openers::new(&master, processors));
        Ok(Self {
            store,
            ambient,
            master,
            key_id,
            config,
            tables,
            index: RwLock::default(),
            opening,
            openers,
            copies: None,
            marked: RwLock::default(),
        })
    }

    /// Keeps copies of index and snapshot files in `folder`, a folder of this
    /// machine, where the destination is none. A check and a repair read those
    /// of the destination nevertheless.
    ///
    /// # Errors
    /// Not for the state of that folder, which may be full or damaged.
    pub async fn with_copies_in(mut self, folder: &Path) -> Result<Self> {
        if self.store.capabilities().lists_at_once {
            return Ok(self);
        }
        let (folder, id, now) = (folder.to_owned(), self.config.id, self.ambient.clock.now());
        let copies = blocking(move || FileCache::open(&folder, &id, now)).await?;
        self.copies = Some(Arc::new(copies));
        Ok(self)
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> &Config {
        &self.config
    }

    /// The key that opened it.
    #[must_use]
    pub fn key_id(&self) -> Id {
        self.key_id
    }

    pub(crate) fn set_key_id(&mut self, id: Id) {
        self.key_id = id;
    }

    pub(crate) fn store(&self) -> &dyn Store {
        &*self.store
    }

    /// For what outlives the work that began it.
    pub(crate) fn shared_store(&self) -> Arc<dyn Store> {
        Arc::clone(&self.store)
    }

    pub(crate) fn ambient(&self) -> &Ambient {
        &self.ambient
    }

    pub(crate) fn master(&self) -> &MasterKey {
        &self.master
    }

    /// For what opens blobs on other threads.
    pub(crate) fn openers(&self) -> Arc<Openers> {
        Arc::clone(&self.openers)
    }

    pub(crate) fn tables(&self) -> &Arc<Tables> {
        &self.tables
    }

    /// Reads what is known of blobs at this moment.
    pub fn with_index<T>(&self, read: impl FnOnce(&Index) -> T) -> T {
        read(&self.index.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    pub(crate) fn with_index_mut<T>(&self, change: impl FnOnce(&mut Index) -> T) -> T {
        change(&mut self.index.write().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    pub(crate) fn with_marked<T>(&self, read: impl FnOnce(&Index) -> T) -> T {
        read(&self.marked.read().unwrap_or_else(std::sync::PoisonError::into_inner))
    }

    /// Replaces what is known of blobs, and of those in packs that are going to
    /// be deleted.
    pub(crate) fn set_index(&self, index: Index, marked: Index) {
        self.with_index_mut(|current| *current = index);
        *self.marked.write().unwrap_or_else(std::sync::PoisonError::into_inner) = marked;
    }

    /// Reads all index files anew.
    ///
    /// # Errors
    /// When one of them is damaged or cannot be read: without it, blobs would
    /// seem to be missing.
    pub async fn load_index(&self, cancel: &Cancel) -> Result<()> {
        let (mut index, mut marked) = (Index::default(), Index::default());
        let files = self.listed(FileKind::Index, cancel).await?;
        let width = self.store.capabilities().concurrency.max(1);
        // In the order of the listing: when two files disagree, the same one is
        // believed every time.
        let mut loading = stream::iter(files)
            .map(|file| async move {
                let sealed = self.listed_file(FileKind::Index, file, cancel).await?;
                self.open_index_file(&file.0, sealed).await
            })
            .buffered(width);
        while let Some(file) = loading.try_next().await? {
            for (pack, blobs) in file.packs {
                index.add_pack(pack, &blobs)?;
            }
            for pack in file.marked {
                marked.add_pack(pack.id, &pack.blobs)?;
            }
        }
        drop(loading);
        index.settle();
        marked.settle();
        self.set_index(index, marked);
        Ok(())
    }

    /// Reads an index file of the destination.
    pub(crate) async fn load_index_file(&self, id: &Id, cancel: &Cancel) -> Result<IndexFile> {
        let sealed = layout::load_verbatim(self.store(), FileKind::Index, id, cancel).await?;
        self.open_index_file(id, sealed).await
    }

    /// Opens an index file and parses it, off the threads that wait for the
    /// destination, and only as many at once as there are processors: each
    /// takes several times the memory of the file meanwhile.
    async fn open_index_file(&self, id: &Id, sealed: Vec<u8>) -> Result<IndexFile> {
        let _turn = self.opening.acquire().await;
        let master = self.master.clone();
        let parse = move || {
            let json = layout::open(&master, sealed)?;
            IndexFile::parse(&json)
        };
        blocking(parse).await?.map_err(|reason| Error::damaged_id("index", id, reason))
    }

    /// What the destination has of a kind of which there are copies; copies of
    /// anything else are removed.
    async fn listed(&self, kind: FileKind, cancel: &Cancel) -> Result<Vec<(Id, u64)>> {
        let files = kind.list(self.store(), cancel).await?;
        let Some(copies) = self.copies.clone() else { return Ok(files) };
        blocking(move || {
            copies.retain(kind, &files);
            files
        })
        .await
    }

    /// A file that was listed with this length: the copy of it, or what is read
    /// from the destination, and copied.
    async fn listed_file(
        &self,
        kind: FileKind,
        (id, length): (Id, u64),
        cancel: &Cancel,
    ) -> Result<Vec<u8>> {
        if let Some(copies) = self.copies.clone()
            && let Some(copy) = blocking(move || copies.read(kind, &id, length)).await?
        {
            return Ok(copy);
        }
        let sealed = layout::load_verbatim(self.store(), kind, &id, cancel).await?;
        self.copy(kind, id, sealed).await
    }

    /// Keeps a copy of a file, which is handed back.
    async fn copy(&self, kind: FileKind, id: Id, sealed: Vec<u8>) -> Result<Vec<u8>> {
        let Some(copies) = self.copies.clone() else { return Ok(sealed) };
        let random = Arc::clone(&self.ambient.random);
        blocking(move || {
            copies.write(kind, &id, &sealed, &*random);
            sealed
        })
        .await
    }

    /// Stores an index file.
    pub(crate) async fn save_index(&self, file: &IndexFile, cancel: &Cancel) -> Result<Id> {
        self.save_file(FileKind::Index, &file.to_json()?, cancel).await
    }

    pub(crate) async fn save_file(
        &self,
        kind: FileKind,
        json: &[u8],
        cancel: &Cancel,
    ) -> Result<Id> {
        let (store, random) = (self.store(), &*self.ambient.random);
        let (id, sealed) = layout::save(store, &self.master, random, kind, json, cancel).await?;
        if matches!(kind, FileKind::Index | FileKind::Snapshot) {
            self.copy(kind, id, sealed).await?;
        }
        Ok(id)
    }

    /// Reads a snapshot of the destination.
    ///
    /// # Errors
    /// When it is missing or damaged.
    pub async fn snapshot(&self, id: &Id, cancel: &Cancel) -> Result<Snapshot> {
        let sealed = layout::load_verbatim(self.store(), FileKind::Snapshot, id, cancel).await?;
        self.open_snapshot(id, sealed)
    }

    fn open_snapshot(&self, id: &Id, sealed: Vec<u8>) -> Result<Snapshot> {
        let damaged = |reason: String| Error::damaged_id("snapshot", id, reason);
        let json = layout::open(&self.master, sealed).map_err(|reason| damaged(reason.into()))?;
        Snapshot::parse(&json).map_err(|error| damaged(error.to_string()))
    }

    /// All snapshots, oldest first.
    ///
    /// # Errors
    /// When one of them is damaged or cannot be read.
    pub async fn snapshots(&self, cancel: &Cancel) -> Result<Vec<(Id, Snapshot)>> {
        let files = self.listed(FileKind::Snapshot, cancel).await?;
        let width = self.store.capabilities().concurrency.max(1);
        let mut snapshots: Vec<_> = stream::iter(files)
            .map(|file| async move {
                let sealed = self.listed_file(FileKind::Snapshot, file, cancel).await?;
                Ok::<_, Error>((file.0, self.open_snapshot(&file.0, sealed)?))
            })
            .buffer_unordered(width)
            .try_collect()
            .await?;
        snapshots
            .sort_by_key(|(id, snapshot)| (snapshot.time.seconds, snapshot.time.nanoseconds, *id));
        Ok(snapshots)
    }

    /// The snapshot whose id begins with `wanted`, or the latest one for `latest`.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub async fn find_snapshot(&self, wanted: &str, cancel: &Cancel) -> Result<(Id, Snapshot)> {
        let none = || Error::NoSuchSnapshot(wanted.to_owned());
        if wanted == "latest" {
            return self.snapshots(cancel).await?.pop().ok_or_else(none);
        }
        let files = FileKind::Snapshot.list(self.store(), cancel).await?;
        let mut matching =
            files.iter().filter(|(id, _)| !wanted.is_empty() && id.to_string().starts_with(wanted));
        let (id, _) = matching.next().ok_or_else(none)?;
        if matching.next().is_some() {
            return Err(Error::AmbiguousSnapshot(wanted.to_owned()));
        }
        Ok((*id, self.snapshot(id, cancel).await?))
    }

    /// Reads a blob and compares it with its id. When a copy is damaged, the
    /// next one is tried.
    ///
    /// # Errors
    /// When no sound copy is left.
    pub async fn load_blob(&self, kind: BlobKind, id: &Id, cancel: &Cancel) -> Result<Vec<u8>> {
        let word = match kind {
            BlobKind::Data => "blob",
            BlobKind::Tree => "tree",
        };
        let find = |index: &Index| index.find(kind, id);
        let Some(first) = self.with_index(find).or_else(|| self.with_marked(find)) else {
            return Err(Error::Missing(format!("{word} {id}")));
        };
        let error = match self.load_place(&first, cancel).await {
            Err(error @ (Error::Damaged { .. } | Error::Missing(_))) => error,
            other => return other,
        };
        for copy in self.with_index(|index| index.copies(kind, id)) {
            match self.load_place(&copy, cancel).await {
                Err(Error::Damaged { .. } | Error::Missing(_)) => {}
                other => return other,
            }
        }
        Err(error)
    }

    async fn load_place(&self, place: &Place, cancel: &Cancel) -> Result<Vec<u8>> {
        let key = FileKind::Pack.key(&place.pack);
        let (offset, length) = (u64::from(place.blob.offset), u64::from(place.blob.length));
        let range = ByteRange::Exact { offset, length };
        let sealed = match self.store.read(&key, range, length, cancel).await {
            Ok(bytes) => bytes,
            Err(error) => return Err(pack_error(&place.pack, error)),
        };
        self.openers.with(|opener| opener.open(place, &sealed).map(<[u8]>::to_vec))?
    }

    /// Reads a tree.
    ///
    /// # Errors
    /// When it is missing, damaged, or unsound: names that leave a folder never
    /// get past this point.
    pub async fn load_tree(&self, id: &Id, cancel: &Cancel) -> Result<Tree> {
        let json = self.load_blob(BlobKind::Tree, id, cancel).await?;
        Tree::parse(&json).map_err(|error| Error::damaged_id("tree", id, error.to_string()))
    }

    /// The same, of what a backup asks of it.
    pub(crate) async fn load_past_tree(&self, id: &Id, cancel: &Cancel) -> Result<Vec<PastNode>> {
        let json = self.load_blob(BlobKind::Tree, id, cancel).await?;
        PastNode::parse_tree(&json)
            .map_err(|error| Error::damaged_id("tree", id, error.to_string()))
    }
}

/// Runs `work` where it may block.
async fn blocking<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Result<T> {
    let done = tokio::task::spawn_blocking(work).await;
    done.map_err(|_| Error::Internal("reading files of a repository failed"))
}

/// A pack that cannot be read, as an error of the vault.
pub(crate) fn pack_error(pack: &Id, error: storage::Error) -> Error {
    match error.kind() {
        ErrorKind::NotFound => Error::Missing(format!("pack {pack}")),
        ErrorKind::Damaged => Error::damaged_id("pack", pack, "it is shorter than it should be"),
        _ => error.into(),
    }
}
