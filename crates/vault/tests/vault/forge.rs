//! A counterfeiter: writes sealed objects into a repository that no honest
//! program would write.
//!
//! It learns the master key from the key file and the passphrase, and puts
//! packs and indexes together itself.

#![allow(dead_code, unreachable_pub, missing_docs, reason = "benchmarks use a part of it")]
#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

use crate::common::{CHEAP, ambient, clock, init};
use base64::{Engine, engine::general_purpose::STANDARD as BASE64};
use model::random::SeededRandom;
use serde_json::{Value, json};
use std::sync::Arc;
use storage::{Key, MemoryStore};
use vault::{Repository, crypto::MasterKey, format::Id, layout::FileKind};

/// The keys of one repository, and where it lies.
pub struct Forge {
    pub store: Arc<MemoryStore>,
    master: MasterKey,
    random: SeededRandom,
}

/// What a blob is said to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Data,
    Tree,
}

/// A pack as an index describes it.
#[derive(Clone, Debug)]
pub struct Pack {
    pub id: Id,
    pub blobs: Vec<Value>,
}

impl Forge {
    /// A new repository, and whoever can forge it.
    pub async fn new() -> (Self, Arc<Repository>) {
        let store = Arc::new(MemoryStore::new());
        let repository = init(store.clone(), ambient(&clock(), 1)).await;
        (Self::of(store), repository)
    }

    /// Learns the master key of a repository of the usual passphrase.
    pub fn of(store: Arc<MemoryStore>) -> Self {
        let objects = store.snapshot();
        let (_, file) = objects.iter().find(|(key, _)| key.as_str().starts_with("keys/")).unwrap();
        let file: Value = serde_json::from_slice(file).unwrap();
        let bytes = |value: &Value| BASE64.decode(value.as_str().unwrap()).unwrap();
        let params = scrypt::Params::new(CHEAP.log_n, CHEAP.r, CHEAP.p).unwrap();
        let mut derived = [0; 64];
        scrypt::scrypt(b"correct horse", &bytes(&file["salt"]), &params, &mut derived).unwrap();
        let mut data = bytes(&file["data"]);
        let json = MasterKey::from_bytes(&derived).open_in_place(&mut data).unwrap().to_vec();
        let stored: Value = serde_json::from_slice(&json).unwrap();
        let (encrypt, mac) = (bytes(&stored["encrypt"]), &stored["mac"]);
        let all = [encrypt, bytes(&mac["k"]), bytes(&mac["r"])].concat();
        let master = MasterKey::from_bytes(&all.try_into().unwrap());
        Self { store, master, random: SeededRandom::new(17) }
    }

    /// Seals `plain` and stores it under the hash of its sealed form.
    pub fn put(&self, kind: FileKind, plain: &[u8]) -> Id {
        let mut sealed = Vec::new();
        self.master.seal_into(&self.random, plain, &mut sealed);
        self.put_sealed(kind, sealed)
    }

    fn put_sealed(&self, kind: FileKind, sealed: Vec<u8>) -> Id {
        let id = Id::of(&sealed);
        self.store.insert(kind.key(&id), sealed);
        id
    }

    /// Stores JSON, as it is.
    pub fn put_json(&self, kind: FileKind, json: &Value) -> Id {
        self.put(kind, json.to_string().as_bytes())
    }

    /// Reads the JSON of a sealed file that a repository has written.
    pub fn read(&self, key: &Key) -> Value {
        let mut sealed = self.store.snapshot()[key].to_vec();
        let plain = self.master.open_in_place(&mut sealed).unwrap();
        match plain[0] {
            2 => serde_json::from_slice(&zstd::stream::decode_all(&plain[1..]).unwrap()).unwrap(),
            _ => serde_json::from_slice(plain).unwrap(),
        }
    }

    /// Stores a pack of `blobs`, which may lie about their kind and their ids.
    pub fn put_pack(&self, blobs: &[(Kind, Id, &[u8])]) -> Pack {
        let (mut pack, mut header, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        for (kind, id, plain) in blobs {
            let offset = pack.len();
            self.master.seal_into(&self.random, plain, &mut pack);
            let length = u32::try_from(pack.len() - offset).unwrap();
            header.push(u8::from(*kind == Kind::Tree));
            header.extend_from_slice(&length.to_le_bytes());
            header.extend_from_slice(id.as_bytes());
            let kind = if *kind == Kind::Tree { "tree" } else { "data" };
            entries.push(json!({ "id": id, "type": kind, "offset": offset, "length": length }));
        }
        let start = pack.len();
        self.master.seal_into(&self.random, &header, &mut pack);
        let length = u32::try_from(pack.len() - start).unwrap();
        pack.extend_from_slice(&length.to_le_bytes());
        Pack { id: self.put_sealed(FileKind::Pack, pack), blobs: entries }
    }

    /// Stores an index of `packs`.
    pub fn put_index(&self, packs: &[&Pack]) -> Id {
        let packs: Vec<Value> =
            packs.iter().map(|pack| json!({ "id": pack.id, "blobs": pack.blobs })).collect();
        self.put(FileKind::Index, json!({ "packs": packs }).to_string().as_bytes())
    }

    /// Stores a snapshot.
    pub fn put_snapshot(&self, tree: &Id) -> Id {
        let snapshot = json!({
            "time": "2026-01-02T03:04:05.678901234Z",
            "tree": tree,
            "paths": ["/nowhere/forged"],
            "hostname": "forge",
        });
        self.put(FileKind::Snapshot, snapshot.to_string().as_bytes())
    }

    /// Stores `trees`, the first of which is the root, and contents, with an
    /// index and a snapshot.
    pub fn put_all(&self, trees: &[String], contents: &[&[u8]]) -> Id {
        let trees: Vec<_> = trees
            .iter()
            .map(|tree| (Kind::Tree, Id::of(tree.as_bytes()), tree.as_bytes()))
            .collect();
        let contents: Vec<_> =
            contents.iter().map(|bytes| (Kind::Data, Id::of(bytes), *bytes)).collect();
        let mut packs = vec![self.put_pack(&trees)];
        if !contents.is_empty() {
            packs.push(self.put_pack(&contents));
        }
        self.put_index(&packs.iter().collect::<Vec<_>>());
        self.put_snapshot(&trees[0].1)
    }

    /// The key of the only object below `folder`.
    pub fn only(&self, folder: &str) -> Key {
        let mut keys = self.store.objects();
        keys.retain(|key| key.as_str().starts_with(folder));
        assert_eq!(keys.len(), 1, "{keys:?}");
        keys.remove(0)
    }
}

/// A tree with these nodes.
pub fn tree(nodes: &[Value]) -> String {
    json!({ "nodes": nodes }).to_string()
}

/// A file. `name` is quoted as Go does it, without the quotes.
pub fn file(name: &str, content: &[&[u8]]) -> Value {
    let size: usize = content.iter().map(|bytes| bytes.len()).sum();
    let ids: Vec<Id> = content.iter().map(|bytes| Id::of(bytes)).collect();
    let mut node = node(name, "file", 0o644);
    node["content"] = json!(ids);
    node["size"] = json!(size);
    node
}

/// A folder that holds `tree`.
pub fn folder(name: &str, tree: &str) -> Value {
    let mut node = node(name, "dir", 0o755 | 1 << 31);
    node["subtree"] = json!(Id::of(tree.as_bytes()));
    node
}

/// A symbolic link.
pub fn link(name: &str, target: &str) -> Value {
    let mut node = node(name, "symlink", 0o777 | 1 << 27);
    node["linktarget"] = json!(target);
    node
}

fn node(name: &str, kind: &str, mode: u32) -> Value {
    json!({
        "name": name,
        "type": kind,
        "mode": mode,
        "mtime": "2020-02-03T04:05:06.789Z",
        "atime": "2020-02-03T04:05:06.789Z",
        "ctime": "2020-02-03T04:05:06.789Z",
        "uid": 0,
        "gid": 0,
        "content": null,
    })
}
