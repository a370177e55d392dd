//! What a destination can do beyond the minimum.

/// The hash of an object's bytes that a destination reports by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ContentHash {
    /// MD5 of the whole object.
    Md5,
    /// SHA-256 of the whole object.
    Sha256,
    /// CRC-32C of the whole object.
    Crc32c,
    /// Microsoft's QuickXorHash.
    QuickXor,
    /// Dropbox's content hash.
    Dropbox,
}

/// What a destination can do, and what it is best asked to do at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capabilities {
    /// Of several writers of one new name exactly one wins. Without it,
    /// [`PutMode::CreateNew`](crate::PutMode::CreateNew) looks first and may race.
    pub atomic_create: bool,
    /// While an object is replaced the old or the new one is there. Without it,
    /// there may be neither for a moment, but never a part of one.
    pub atomic_replace: bool,
    /// [`Store::rename`](crate::Store::rename) works, whole or not at all.
    pub rename: bool,
    /// [`Store::copy`](crate::Store::copy) works without the bytes passing through here.
    pub server_copy: bool,
    /// An interrupted write of a large object goes on where it stopped.
    pub resumable: bool,
    /// Names that differ only in case are different objects.
    pub case_sensitive: bool,
    /// After a successful write the object survives a power cut.
    pub durable: bool,
    /// Whoever lists after a successful write finds the object, on whatever
    /// machine.
    pub lists_at_once: bool,
    /// The largest object in bytes.
    pub max_object: Option<u64>,
    /// The hash reported with each object.
    pub hash: Option<ContentHash>,
    /// How many operations at once serve it best; at least 1.
    pub concurrency: usize,
    /// The pack size in bytes that serves it best.
    pub pack_size: u64,
    /// How many objects one delete request may name; at least 1.
    pub delete_batch: usize,
}

impl Capabilities {
    /// A destination that promises nothing it does not have to.
    #[must_use]
    pub const fn minimal() -> Self {
        Self {
            atomic_create: false,
            atomic_replace: false,
            rename: false,
            server_copy: false,
            resumable: false,
            case_sensitive: true,
            durable: false,
            lists_at_once: false,
            max_object: None,
            hash: None,
            concurrency: 1,
            pack_size: 16 << 20,
            delete_batch: 1,
        }
    }
}

/// The room at a destination, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Capacity {
    /// What it holds in all, where it says so.
    pub total: Option<u64>,
    /// What is left for this account.
    pub free: Option<u64>,
}
