//! What is done with arbitrary bytes, one function a parser.
//!
//! No bytes may make a parser panic, take memory without bound or run for
//! ever; and what a parser takes must be written and read back the same. The
//! functions stand here, and not in the fuzz targets, because the engine's
//! ordinary tests run them too.

#![allow(clippy::unwrap_used, reason = "a panic is what fuzzing looks for")]

use vault::{
    Config, LockFile,
    crypto::MasterKey,
    format::{Snapshot, Tree, go_json},
    index::{Index, IndexFile},
    pack::{length_of_header, parse_header, parse_pack},
};

/// A parser, and the name of its corpus.
pub type Target = (&'static str, fn(&[u8]));

/// All parsers.
pub const TARGETS: [Target; 9] = [
    ("config", config),
    ("header", header),
    ("index", index),
    ("key", key),
    ("lock", lock),
    ("pack", pack),
    ("snapshot", snapshot),
    ("tree", tree),
    ("unquote", unquote),
];

/// The JSON of a configuration.
pub fn config(bytes: &[u8]) {
    if let Ok(config) = Config::parse(bytes) {
        assert_eq!(config.version, 2);
    }
}

/// The opened header of a pack.
pub fn header(bytes: &[u8]) {
    if let Ok(blobs) = parse_header(bytes) {
        assert_eq!(length_of_header(&blobs) as usize, bytes.len() + 32);
        let mut end = 0;
        for blob in blobs {
            assert_eq!(blob.offset, end);
            end += blob.length;
        }
    }
}

/// The JSON of an index.
pub fn index(bytes: &[u8]) {
    let Ok(file) = IndexFile::parse(bytes) else { return };
    let mut index = Index::default();
    for (pack, blobs) in &file.packs {
        index.add_pack(*pack, blobs).unwrap();
        for blob in blobs {
            assert!(blob.offset.checked_add(blob.length).is_some());
            let place = index.find(blob.kind, &blob.id).unwrap();
            assert_eq!(place.blob.id, blob.id);
        }
    }
}

/// A key file.
pub fn key(bytes: &[u8]) {
    let _ = vault::parses_as_key_file(bytes);
}

/// The JSON of a lock.
pub fn lock(bytes: &[u8]) {
    let _ = LockFile::parse(bytes);
}

/// A pack: as it is, and with the bytes as its header, sealed as they should
/// be, because the seal stops everything else.
pub fn pack(bytes: &[u8]) {
    let master = MasterKey::from_bytes(&[7; 64]);
    assert!(parse_pack(&master, bytes).is_err());
    let mut sealed = Vec::new();
    master.seal_into(&model::random::SeededRandom::new(1), bytes, &mut sealed);
    let length = u32::try_from(sealed.len()).unwrap();
    sealed.extend_from_slice(&length.to_le_bytes());
    // There is nothing before the header, so only an empty one is right.
    assert_eq!(parse_pack(&master, &sealed).is_ok(), bytes.is_empty());
}

/// The JSON of a snapshot.
pub fn snapshot(bytes: &[u8]) {
    if let Ok(snapshot) = Snapshot::parse(bytes) {
        let written = snapshot.to_json().unwrap();
        let read = Snapshot::parse(&written).unwrap();
        assert_eq!(read.to_json().unwrap(), written);
    }
}

/// The JSON of a tree: one that is taken leads nowhere else, and is written
/// and read back the same.
pub fn tree(bytes: &[u8]) {
    let Ok(tree) = Tree::parse(bytes) else { return };
    for node in &tree.nodes {
        assert!(!matches!(&*node.name, b"" | b"." | b".."));
        assert!(!node.name.iter().any(|byte| matches!(byte, b'/' | 0)));
    }
    assert!(tree.nodes.windows(2).all(|pair| pair[0].name < pair[1].name));
    if let Ok(written) = tree.to_bytes() {
        let read = Tree::parse(&written).unwrap();
        assert_eq!(read.to_bytes().unwrap(), written);
    }
}

/// A name as Go quotes it.
pub fn unquote(bytes: &[u8]) {
    let reads_back = |name: &[u8]| {
        let quoted = String::from_utf8(go_json::quote(name)).unwrap();
        assert_eq!(go_json::unquote(&quoted).as_deref(), Ok(name));
    };
    reads_back(bytes);
    if let Ok(text) = std::str::from_utf8(bytes)
        && let Ok(name) = go_json::unquote(text)
    {
        reads_back(&name);
    }
}
