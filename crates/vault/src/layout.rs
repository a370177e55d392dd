//! Where the files of a repository lie, and the form they have outside packs.
//!
//! Source: restic's design document, sections "Repository Layout" and
//! "Unpacked Data Format".

use crate::{
    crypto::MasterKey,
    error::{Error, Result},
    format::Id,
};
use model::Random;
use std::{io::Read, time::Duration};
use storage::{ByteRange, Cancel, ErrorKind, Key, Prefix, PutMode, Store, StoreExt};

/// The largest file outside packs that is read, sealed or opened, in bytes.
const LIMIT: u64 = 1 << 30;
/// Marks compressed JSON; anything else begins with `{` or `[`.
const COMPRESSED: u8 = 2;
const LEVEL: i32 = 3;
/// How long tidying up is waited for when the work was cancelled.
const PATIENCE: Duration = Duration::from_millis(300);

/// The files of a repository that are named by the SHA-256 of their bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FileKind {
    /// A sealed master key.
    Key,
    /// One run of a backup.
    Snapshot,
    /// Which blobs lie where.
    Index,
    /// Who works at the moment.
    Lock,
    /// Blobs.
    Pack,
}

impl FileKind {
    /// The folder.
    #[must_use]
    pub fn folder(self) -> &'static str {
        match self {
            Self::Key => "keys",
            Self::Snapshot => "snapshots",
            Self::Index => "index",
            Self::Lock => "locks",
            Self::Pack => "data",
        }
    }

    /// The word for one such file in messages.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Key => "key",
            Self::Snapshot => "snapshot",
            Self::Index => "index",
            Self::Lock => "lock",
            Self::Pack => "pack",
        }
    }

    /// The name of a file.
    #[must_use]
    pub fn key(self, id: &Id) -> Key {
        let name = match self {
            Self::Pack => {
                let id = id.to_string();
                format!("data/{}/{id}", &id[..2])
            }
            _ => format!("{}/{id}", self.folder()),
        };
        own_key(name)
    }

    /// All files of this kind, each once.
    ///
    /// # Errors
    /// When the destination cannot list them all.
    pub async fn list(self, store: &dyn Store, cancel: &Cancel) -> Result<Vec<(Id, u64)>> {
        let prefix = Prefix::folder(self.folder())
            .map_err(|_| Error::Internal("a folder name of the layout is not a key"))?;
        let mut files = Vec::new();
        for entry in store.list_all(&prefix, cancel).await? {
            let (folder, name) = entry.key.split();
            let expected = match self {
                Self::Pack => name.get(..2).map(|two| format!("data/{two}")),
                _ => Some(self.folder().to_owned()),
            };
            // Anything else is not ours: restic ignores it as well.
            if let Ok(id) = name.parse::<Id>()
                && folder == expected.as_deref()
                && name == id.to_string()
            {
                files.push((id, entry.length));
            }
        }
        // A destination that lists a name twice must not be taken to have two.
        files.sort_unstable();
        files.dedup_by_key(|(id, _)| *id);
        Ok(files)
    }
}

/// The configuration's name.
#[must_use]
pub fn config_key() -> Key {
    own_key("config".to_owned())
}

fn own_key(name: String) -> Key {
    #[expect(clippy::expect_used, reason = "made of fixed folders and hexadecimal ids only")]
    Key::new(name).expect("names of the layout are keys")
}

/// Seals `json` and stores it under the hash of its sealed form. It is read
/// back before this succeeds: a destination that says "stored" may be wrong,
/// and a damaged index or snapshot stands in the way of every later run, so
/// what is not as it should be is taken away again. Returns that form too.
pub(crate) async fn save(
    store: &dyn Store,
    key: &MasterKey,
    random: &dyn Random,
    kind: FileKind,
    json: &[u8],
    cancel: &Cancel,
) -> Result<(Id, Vec<u8>)> {
    let mut plain = vec![COMPRESSED];
    zstd::stream::copy_encode(json, &mut plain, LEVEL)
        .map_err(|_| Error::Internal("compressing into memory failed"))?;
    let mut sealed = Vec::new();
    key.seal_into(random, &plain, &mut sealed);
    let id = Id::of(&sealed);
    let key = kind.key(&id);
    let stored = async {
        store.put(&key, sealed.into(), PutMode::CreateNew, cancel).await?;
        match load_verbatim(store, kind, &id, cancel).await {
            Err(Error::Missing(_) | Error::Damaged { .. }) => Err(not_stored(&key)),
            other => other.map(|sealed| (id, sealed)),
        }
    };
    match stored.await {
        Ok(saved) => Ok(saved),
        Err(error) => {
            // Should this fail as well, the first error says more.
            let token = Cancel::new();
            let removing = store.delete_one(&key, &token);
            let given_up = async {
                cancel.cancelled().await;
                tokio::time::sleep(PATIENCE).await;
            };
            tokio::select! {
                biased;
                _ = removing => {}
                () = given_up => {}
            }
            Err(error)
        }
    }
}

/// The destination reported success for what is not there as it should be.
pub(crate) fn not_stored(key: &Key) -> Error {
    storage::Error::new(ErrorKind::Damaged, "put").at(key.as_str()).into()
}

/// Reads and opens what [`save`] stored.
pub(crate) async fn load(
    store: &dyn Store,
    key: &MasterKey,
    kind: FileKind,
    id: &Id,
    cancel: &Cancel,
) -> Result<Vec<u8>> {
    let sealed = load_verbatim(store, kind, id, cancel).await?;
    open(key, sealed).map_err(|reason| Error::damaged_id(kind.word(), id, reason))
}

/// Reads a file and compares its hash with its name.
pub(crate) async fn load_verbatim(
    store: &dyn Store,
    kind: FileKind,
    id: &Id,
    cancel: &Cancel,
) -> Result<Vec<u8>> {
    let bytes = match store.read(&kind.key(id), ByteRange::Whole, LIMIT, cancel).await {
        Ok(bytes) => bytes,
        Err(error) if error.kind() == ErrorKind::NotFound => {
            return Err(Error::Missing(format!("{} {id}", kind.word())));
        }
        Err(error) => return Err(error.into()),
    };
    if bytes.is_empty() {
        return Err(Error::damaged_id(kind.word(), id, "it is empty"));
    }
    if Id::of(&bytes) != *id {
        return Err(Error::damaged_id(kind.word(), id, "its bytes do not match its name"));
    }
    Ok(bytes.into())
}

/// Opens a sealed file and decompresses it.
pub(crate) fn open(key: &MasterKey, mut sealed: Vec<u8>) -> Result<Vec<u8>, &'static str> {
    let plain =
        key.open_in_place(&mut sealed).map_err(|_| "it was changed, or sealed with another key")?;
    match plain.first() {
        Some(b'{' | b'[') => Ok(plain.to_vec()),
        Some(&COMPRESSED) => decompress(&plain[1..], LIMIT),
        Some(_) => Err("its encoding is not known"),
        None => Err("it holds nothing"),
    }
}

/// Decompresses at most `limit` bytes.
fn decompress(compressed: &[u8], limit: u64) -> Result<Vec<u8>, &'static str> {
    let mut plain = Vec::new();
    zstd::stream::read::Decoder::with_buffer(compressed)
        .and_then(|decoder| decoder.take(limit + 1).read_to_end(&mut plain))
        .map_err(|_| "it cannot be decompressed")?;
    if plain.len() as u64 > limit {
        return Err("it decompresses to more than can be used");
    }
    Ok(plain)
}
