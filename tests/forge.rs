//! A counterfeiter: writes sealed objects that no honest program would write.
//!
//! It knows the format on its own account (restic's `doc/design.rst`), so that
//! tests can hand Keepstead a hostile tree, a foreign lock or a repository of
//! the future.

use std::{
    fs,
    path::{Path, PathBuf},
};

use aes::{
    Aes128, Aes256,
    cipher::{BlockCipherEncrypt, KeyInit, KeyIvInit, StreamCipher},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use poly1305::Poly1305;
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::{
    content,
    engine::{Engine, PASSPHRASE},
    restic::Restic,
};

/// The keys of one repository, and where it lies.
#[derive(Debug)]
pub struct Forge {
    repository: PathBuf,
    encrypt: [u8; 32],
    mac_k: [u8; 16],
    mac_r: [u8; 16],
}

impl Forge {
    /// Has restic tell the master key of its repository.
    ///
    /// # Panics
    /// When restic cannot open it.
    #[track_caller]
    #[must_use]
    pub fn new(restic: &Restic) -> Self {
        let text = restic.run(["cat", "masterkey", "--no-lock"]).succeeds().stdout;
        let key: Value = serde_json::from_str(&text).expect("restic prints the key as JSON");
        let part = |value: &Value| -> Vec<u8> {
            STANDARD.decode(value.as_str().expect("a part of the key")).expect("base64")
        };
        let parts = [&key["encrypt"], &key["mac"]["k"], &key["mac"]["r"]].map(part).concat();
        Self::from_parts(restic.repository(), &parts.try_into().expect("64 bytes"))
    }

    fn from_parts(repository: &Path, parts: &[u8; 64]) -> Self {
        let mut key = Self {
            repository: repository.into(),
            encrypt: [0; 32],
            mac_k: [0; 16],
            mac_r: [0; 16],
        };
        key.encrypt.copy_from_slice(&parts[..32]);
        key.mac_k.copy_from_slice(&parts[32..48]);
        key.mac_r.copy_from_slice(&parts[48..]);
        key
    }

    /// Encrypts and authenticates `plain`.
    #[must_use]
    pub fn seal(&self, plain: &[u8]) -> Vec<u8> {
        let seed = plain.iter().fold(7, |sum: u64, &byte| sum.wrapping_mul(31) + u64::from(byte));
        let iv: [u8; 16] = content::random(seed, 16).try_into().expect("16 bytes");
        let mut sealed = plain.to_vec();
        ctr::Ctr128BE::<Aes256>::new(&self.encrypt.into(), &iv.into()).apply_keystream(&mut sealed);
        let mut pad = iv.into();
        Aes128::new(&self.mac_k.into()).encrypt_block(&mut pad);
        let once: [u8; 32] =
            [self.mac_r.as_slice(), pad.as_slice()].concat().try_into().expect("32");
        let tag = Poly1305::new(&once.into()).compute_unpadded(&sealed);
        [iv.as_slice(), &sealed, tag.as_slice()].concat()
    }

    /// Seals `plain` and puts it into `folder` under the name of its hash.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn put(&self, folder: &str, plain: &[u8]) -> String {
        self.put_sealed(folder, &self.seal(plain))
    }

    fn put_sealed(&self, folder: &str, sealed: &[u8]) -> String {
        let id = hash(sealed);
        let mut folder = self.repository.join(folder);
        if folder.ends_with("data") {
            folder.push(&id[..2]);
        }
        fs::create_dir_all(&folder).expect("a folder");
        fs::write(folder.join(&id), sealed).expect("an object");
        id
    }

    /// Replaces all keys by one that opens with the usual passphrase and costs
    /// next to nothing: the tests open repositories thousands of times.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn cheapen_key(&self) {
        let folder = self.repository.join("keys");
        fs::remove_dir_all(&folder).expect("the keys");
        fs::create_dir(&folder).expect("a folder");
        let salt = content::random(1, 64);
        let cost = scrypt::Params::new(4, 1, 1).expect("good parameters");
        let mut derived = [0; 64];
        scrypt::scrypt(PASSPHRASE.as_bytes(), &salt, &cost, &mut derived).expect("64 bytes");
        let user = Self::from_parts(&self.repository, &derived);
        let master = json!({
            "mac": { "k": STANDARD.encode(self.mac_k), "r": STANDARD.encode(self.mac_r) },
            "encrypt": STANDARD.encode(self.encrypt),
        });
        let file = json!({
            "created": "2026-01-02T03:04:05.678901234Z",
            "username": "forger",
            "hostname": "forge",
            "kdf": "scrypt",
            "N": 16,
            "r": 1,
            "p": 1,
            "salt": STANDARD.encode(salt),
            "data": STANDARD.encode(user.seal(master.to_string().as_bytes())),
        });
        self.put_sealed("keys", file.to_string().as_bytes());
    }

    /// Replaces the repository's configuration.
    ///
    /// # Panics
    /// When it cannot be written.
    pub fn put_config(&self, config: &Value) {
        let path = self.repository.join("config");
        fs::remove_file(&path).expect("a configuration to replace");
        fs::write(path, self.seal(config.to_string().as_bytes())).expect("a configuration");
    }

    /// Writes a snapshot of the tree `root`, with packs and an index that hold
    /// all of `blobs` (`"data"` or `"tree"`, plain bytes), and returns its id.
    pub fn put_snapshot(&self, root: &str, blobs: &[(&str, Vec<u8>)]) -> String {
        self.put_blobs(blobs);
        self.put("snapshots", snapshot(root).to_string().as_bytes())
    }

    /// Writes packs and an index that hold all of `blobs`.
    pub fn put_blobs(&self, blobs: &[(&str, Vec<u8>)]) {
        for kind in ["data", "tree"] {
            let of_kind: Vec<&[u8]> = blobs
                .iter()
                .filter(|(it, _)| *it == kind)
                .map(|(_, plain)| plain.as_slice())
                .collect();
            if !of_kind.is_empty() {
                self.put_pack(kind, &of_kind);
            }
        }
    }

    fn put_pack(&self, kind: &str, blobs: &[&[u8]]) {
        let (mut pack, mut header, mut entries) = (Vec::new(), Vec::new(), Vec::new());
        for plain in blobs {
            let sealed = self.seal(plain);
            let length = u32::try_from(sealed.len()).expect("a small blob");
            let digest = Sha256::digest(plain);
            header.push(u8::from(kind == "tree"));
            header.extend_from_slice(&length.to_le_bytes());
            header.extend_from_slice(&digest);
            entries.push(json!({
                "id": hex::encode(digest),
                "type": kind,
                "offset": pack.len(),
                "length": length,
            }));
            pack.extend_from_slice(&sealed);
        }
        let header = self.seal(&header);
        let length = u32::try_from(header.len()).expect("a small header");
        pack.extend_from_slice(&header);
        pack.extend_from_slice(&length.to_le_bytes());
        let id = self.put_sealed("data", &pack);
        let index = json!({ "packs": [{ "id": id, "blobs": entries }] });
        self.put("index", index.to_string().as_bytes());
    }
}

/// A snapshot of the tree `root`.
#[must_use]
pub fn snapshot(root: &str) -> Value {
    json!({
        "time": "2026-01-02T03:04:05.678901234Z",
        "tree": root,
        "paths": ["/forged"],
        "hostname": "forge",
        "username": "forger",
    })
}

/// An entry of a tree, with what it needs and `more`.
///
/// # Panics
/// When `more` is no object.
#[must_use]
pub fn node(name: &str, kind: &str, more: &Value) -> Value {
    let mut node = json!({
        "name": name,
        "type": kind,
        "mode": if kind == "dir" { 0x8000_01ed_u32 } else { 0o644 },
        "mtime": "2026-01-02T03:04:05Z",
        "atime": "2026-01-02T03:04:05Z",
        "ctime": "2026-01-02T03:04:05Z",
        "uid": 0,
        "gid": 0,
        "content": null,
    });
    for (field, value) in more.as_object().expect("an object") {
        node[field] = value.clone();
    }
    node
}

/// A tree of these entries, as it is stored.
#[must_use]
pub fn tree(nodes: &[Value]) -> Vec<u8> {
    let mut text = json!({ "nodes": nodes }).to_string().into_bytes();
    text.push(b'\n');
    text
}

/// The name of these bytes in a repository.
#[must_use]
pub fn hash(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}
