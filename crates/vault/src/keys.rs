//! Key files: the master key, sealed with a key that scrypt derives from a
//! passphrase. A repository may have several.
//!
//! Source: restic's design document, section "Keys, Encryption and MAC".

use crate::{
    crypto::MasterKey,
    error::{Error, Result},
    format::{Id, null_is_zero},
    host::Host,
    layout::{self, FileKind},
    repository::Repository,
};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use model::Ambient;
use serde::{Deserialize, Serialize};
use storage::{Cancel, PutMode, Store, StoreExt};
use zeroize::{Zeroize, ZeroizeOnDrop, Zeroizing};

/// What a repository is opened with. Wiped from memory when dropped.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct Passphrase(String);

impl Passphrase {
    /// Takes the passphrase as it is.
    ///
    /// # Errors
    /// When it is empty: restic refuses such repositories.
    pub fn new(text: String) -> Result<Self> {
        if text.is_empty() { Err(Error::EmptyPassphrase) } else { Ok(Self(text)) }
    }
}

impl std::fmt::Debug for Passphrase {
    /// Never the passphrase itself.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Passphrase")
    }
}

/// The memory of all parts of scrypt that are worked on at once, in bytes, unless
/// a single one has more.
const LANES_MEMORY: u64 = 96 << 20;

/// How expensive scrypt is made: memory is `128 × n × r` bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KdfCost {
    /// log₂ of N.
    pub log_n: u8,
    /// The block size parameter.
    pub r: u32,
    /// The parallelisation parameter.
    pub p: u32,
}

impl Default for KdfCost {
    /// N = 2¹⁵, r = 8, p = 4: four times 32 MiB, as restic asks for where it takes it
    /// half a second. Two and four processors share it evenly; of five parts, two
    /// would work on the last one alone.
    fn default() -> Self {
        Self { log_n: 15, r: 8, p: 4 }
    }
}

impl KdfCost {
    /// For a passphrase that was drawn from 2¹⁰⁰ or more, all as likely: no number
    /// of tries finds it, so that one part is enough.
    pub const DRAWN: Self = Self { log_n: 14, r: 8, p: 1 };

    /// What a stored key may ask for, so that a damaged or hostile key file
    /// takes neither the memory nor the day: 1 GiB, and a few minutes.
    fn within_reason(self) -> bool {
        let blocks = u64::from(self.r) << self.log_n.min(40);
        self.log_n <= 30
            && (1..=1 << 10).contains(&self.r)
            && (1..=1 << 10).contains(&self.p)
            && blocks <= 1 << 23
            && blocks * u64::from(self.p) <= 1 << 27
    }

    fn derive(self, passphrase: &Passphrase, salt: &[u8]) -> Option<MasterKey> {
        let params = scrypt::Params::new(self.log_n, self.r, self.p).ok()?;
        let mut bytes = Zeroizing::new([0; 64]);
        let lanes = rayon::ThreadPoolBuilder::new().num_threads(self.threads()).build().ok()?;
        lanes
            .install(|| scrypt::scrypt(passphrase.0.as_bytes(), salt, &params, &mut *bytes))
            .ok()?;
        Some(MasterKey::from_bytes(&bytes))
    }

    /// How many of its `p` parts are worked on at once: each takes the memory.
    fn threads(self) -> usize {
        let each = (u64::from(self.r) << self.log_n.min(40)) * 128;
        let fit = usize::try_from(LANES_MEMORY / each.max(1)).unwrap_or(1);
        let processors = std::thread::available_parallelism().map_or(1, usize::from);
        fit.min(processors).min(self.p as usize).max(1)
    }
}

/// A key file as it is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct KeyInfo {
    /// Its id.
    pub id: Id,
    /// When it was made, RFC 3339; empty where it does not say, as that of
    /// rustic.
    pub created: String,
    /// By whom, or empty.
    pub username: String,
    /// Where, or empty.
    pub hostname: String,
    /// Whether the repository was opened with it.
    pub current: bool,
}

/// The JSON of a key file.
#[derive(Serialize, Deserialize)]
struct KeyFile {
    #[serde(default, deserialize_with = "null_is_zero")]
    created: String,
    #[serde(default, deserialize_with = "null_is_zero")]
    username: String,
    #[serde(default, deserialize_with = "null_is_zero")]
    hostname: String,
    kdf: String,
    #[serde(rename = "N")]
    n: u64,
    r: u32,
    p: u32,
    salt: String,
    data: String,
}

impl KeyFile {
    fn parse(id: &Id, bytes: &[u8]) -> Result<Self> {
        let file: Self = serde_json::from_slice(bytes)
            .map_err(|_| Error::damaged_id("key", id, "it is not the JSON of a key"))?;
        if file.kdf != "scrypt" || !file.n.is_power_of_two() || !file.cost().within_reason() {
            return Err(Error::damaged_id("key", id, "its key derivation cannot be used"));
        }
        Ok(file)
    }

    fn cost(&self) -> KdfCost {
        #[expect(clippy::cast_possible_truncation, reason = "at most 63")]
        let log_n = self.n.trailing_zeros() as u8;
        KdfCost { log_n, r: self.r, p: self.p }
    }

    /// The master key, `None` when the passphrase is not the right one.
    fn open(&self, id: &Id, passphrase: &Passphrase) -> Result<Option<MasterKey>> {
        let not_base64 = |_| Error::damaged_id("key", id, "it holds no base64");
        let salt = BASE64.decode(&self.salt).map_err(not_base64)?;
        let mut data = BASE64.decode(&self.data).map_err(not_base64)?;
        let derived = self
            .cost()
            .derive(passphrase, &salt)
            .ok_or_else(|| Error::damaged_id("key", id, "its key derivation cannot be used"))?;
        let Ok(json) = derived.open_in_place(&mut data) else { return Ok(None) };
        let json = Zeroizing::new(json.to_vec());
        MasterKey::from_json(&json)
            .map(Some)
            .ok_or_else(|| Error::damaged_id("key", id, "it holds no master key"))
    }
}

/// Parses a key file: for fuzzing. Never panics.
#[doc(hidden)]
#[must_use]
pub fn parses_as_key_file(bytes: &[u8]) -> bool {
    KeyFile::parse(&Id::of(bytes), bytes).is_ok() && MasterKey::from_json(bytes).is_none()
}

/// Seals `master` with `passphrase` and stores it as a new key file.
pub(crate) async fn add(
    store: &dyn Store,
    master: &MasterKey,
    passphrase: &Passphrase,
    cost: KdfCost,
    host: &Host,
    ambient: &Ambient,
    cancel: &Cancel,
) -> Result<Id> {
    let mut salt = [0; 64];
    ambient.random.fill(&mut salt);
    let secret = passphrase.clone();
    let derived = tokio::task::spawn_blocking(move || cost.derive(&secret, &salt))
        .await
        .ok()
        .flatten()
        .ok_or(Error::Internal("the key derivation failed"))?;
    let mut data = Vec::new();
    derived.seal_into(&*ambient.random, &master.to_json()?, &mut data);
    let file = KeyFile {
        created: crate::host::now(&*ambient.clock),
        username: host.username.clone(),
        hostname: host.hostname.clone(),
        kdf: "scrypt".to_owned(),
        n: 1 << cost.log_n,
        r: cost.r,
        p: cost.p,
        salt: BASE64.encode(salt),
        data: BASE64.encode(&data),
    };
    let json = serde_json::to_vec(&file).map_err(|_| Error::Internal("a key is plain JSON"))?;
    let id = Id::of(&json);
    store.put(&FileKind::Key.key(&id), json.into(), PutMode::CreateNew, cancel).await?;
    Ok(id)
}

/// Finds the key file that `passphrase` opens.
pub(crate) async fn find(
    store: &dyn Store,
    passphrase: &Passphrase,
    cancel: &Cancel,
) -> Result<(Id, MasterKey)> {
    let mut files = FileKind::Key.list(store, cancel).await?;
    if files.is_empty() {
        return Err(Error::NoKeys);
    }
    files.sort_unstable();
    // A damaged key file must not hide a sound one, nor look like a typing error.
    let mut damage = None;
    for (id, _) in files {
        let attempt = async {
            let bytes = layout::load_verbatim(store, FileKind::Key, &id, cancel).await?;
            let file = KeyFile::parse(&id, &bytes)?;
            let passphrase = passphrase.clone();
            tokio::task::spawn_blocking(move || file.open(&id, &passphrase))
                .await
                .map_err(|_| Error::Internal("opening a key failed"))?
        };
        match attempt.await {
            Ok(Some(master)) => return Ok((id, master)),
            Ok(None) => {}
            Err(error @ (Error::Damaged { .. } | Error::Missing(_))) => damage = Some(error),
            Err(error) => return Err(error),
        }
        if cancel.is_cancelled() {
            return Err(Error::Cancelled);
        }
    }
    Err(damage.unwrap_or(Error::WrongPassphrase))
}

impl Repository {
    /// All keys of the repository.
    ///
    /// # Errors
    /// When one of them cannot be read.
    pub async fn keys(&self, cancel: &Cancel) -> Result<Vec<KeyInfo>> {
        let mut keys = Vec::new();
        for (id, _) in FileKind::Key.list(self.store(), cancel).await? {
            let bytes = layout::load_verbatim(self.store(), FileKind::Key, &id, cancel).await?;
            let file = KeyFile::parse(&id, &bytes)?;
            keys.push(KeyInfo {
                id,
                created: file.created,
                username: file.username,
                hostname: file.hostname,
                current: id == self.key_id(),
            });
        }
        keys.sort_by(|a, b| (&a.created, a.id).cmp(&(&b.created, b.id)));
        Ok(keys)
    }

    /// Adds a key that opens with `passphrase`, and proves that it does.
    ///
    /// # Errors
    /// When it cannot be stored or read back.
    pub async fn add_key(
        &self,
        passphrase: &Passphrase,
        cost: KdfCost,
        host: &Host,
        cancel: &Cancel,
    ) -> Result<Id> {
        let id = add(self.store(), self.master(), passphrase, cost, host, self.ambient(), cancel)
            .await?;
        let bytes = layout::load_verbatim(self.store(), FileKind::Key, &id, cancel).await?;
        let file = KeyFile::parse(&id, &bytes)?;
        let secret = passphrase.clone();
        let opened = tokio::task::spawn_blocking(move || file.open(&id, &secret))
            .await
            .map_err(|_| Error::Internal("opening a key failed"))??;
        match opened {
            Some(_) => Ok(id),
            None => Err(Error::damaged_id("key", &id, "it does not open with its passphrase")),
        }
    }

    /// Removes a key. The one in use stays.
    ///
    /// # Errors
    /// [`Error::KeyInUse`], or when it is not there.
    pub async fn remove_key(&self, id: &Id, cancel: &Cancel) -> Result<()> {
        if *id == self.key_id() {
            return Err(Error::KeyInUse);
        }
        let key = FileKind::Key.key(id);
        if self.store().stat(&key, cancel).await?.is_none() {
            return Err(Error::Missing(format!("key {id}")));
        }
        Ok(self.store().delete_one(&key, cancel).await?)
    }

    /// Replaces the passphrase of the key in use: the new key is stored and
    /// proved before the old one goes. Returns the new key's id.
    ///
    /// # Errors
    /// When either step fails; the old passphrase then still works.
    pub async fn change_passphrase(
        &mut self,
        passphrase: &Passphrase,
        cost: KdfCost,
        host: &Host,
        cancel: &Cancel,
    ) -> Result<Id> {
        let id = self.add_key(passphrase, cost, host, cancel).await?;
        self.store().delete_one(&FileKind::Key.key(&self.key_id()), cancel).await?;
        self.set_key_id(id);
        Ok(id)
    }
}
