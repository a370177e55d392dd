//! The fuzz targets, for a while and on a stable compiler: every parser gets
//! the committed seeds and a few thousand mutations of them, the same on every
//! machine.

#[allow(unreachable_pub, reason = "a crate of its own elsewhere")]
#[path = "../../../../fuzz/src/lib.rs"]
mod fuzz;

use model::{Random, random::SeededRandom};
use std::{
    fs,
    panic::{AssertUnwindSafe, catch_unwind},
    path::Path,
};

/// Mutations of the seeds of each parser.
const MUTATIONS: u64 = 4000;

fn seeds(target: &str) -> Vec<Vec<u8>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus").join(target);
    let mut paths: Vec<_> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

fn below(random: &SeededRandom, limit: usize) -> usize {
    let mut bytes = [0; 8];
    random.fill(&mut bytes);
    usize::try_from(u64::from_le_bytes(bytes) % limit.max(1) as u64).unwrap()
}

/// One to four changes: bits flipped, parts removed, doubled, or taken from
/// another seed, and numbers at the limits.
fn mutate(random: &SeededRandom, seeds: &[Vec<u8>]) -> Vec<u8> {
    let mut bytes = seeds[below(random, seeds.len())].clone();
    for _ in 0..=below(random, 4) {
        let at = below(random, bytes.len() + 1);
        let end = (at + below(random, 24)).min(bytes.len());
        match below(random, 6) {
            0 if at < bytes.len() => bytes[at] ^= 1 << below(random, 8),
            1 => drop(bytes.drain(at..end)),
            2 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            3 => {
                let other = &seeds[below(random, seeds.len())];
                let from = below(random, other.len() + 1);
                let to = (from + below(random, 60)).min(other.len());
                bytes.splice(at..end, other[from..to].iter().copied());
            }
            4 => {
                let odd: [&[u8]; 12] = [
                    b"18446744073709551615",
                    b"-1",
                    b"4294967296",
                    b"null",
                    b"[]",
                    b"{}",
                    b"\"\\u0000\"",
                    b"\\xff",
                    b"..",
                    b"/",
                    b"\"",
                    b"1e999",
                ];
                bytes.splice(at..end, odd[below(random, odd.len())].iter().copied());
            }
            _ => {
                let mut noise = vec![0; below(random, 12)];
                random.fill(&mut noise);
                bytes.splice(at..at, noise);
            }
        }
    }
    bytes
}

fn survives(target: &str, run: fn(&[u8]), bytes: &[u8]) {
    if catch_unwind(AssertUnwindSafe(|| run(bytes))).is_err() {
        panic!("{target} does not bear {}", bytes.escape_ascii());
    }
}

#[test]
fn no_parser_fails_on_the_seeds_or_what_becomes_of_them() {
    for (target, run) in fuzz::TARGETS {
        let seeds = seeds(target);
        assert!(!seeds.is_empty(), "no seeds for {target}");
        for seed in &seeds {
            survives(target, run, seed);
        }
        let random = SeededRandom::new(2026);
        for _ in 0..MUTATIONS {
            survives(target, run, &mutate(&random, &seeds));
        }
    }
}

#[test]
fn every_parser_takes_one_of_its_seeds() {
    // Mutations of what is refused at the first byte would test nothing.
    use vault::{Config, LockFile, format, index::IndexFile, pack::parse_header};
    let any = |target: &str, takes: fn(&[u8]) -> bool| {
        assert!(seeds(target).iter().any(|seed| takes(seed)), "{target}");
    };
    any("config", |bytes| Config::parse(bytes).is_ok());
    any("header", |bytes| parse_header(bytes).is_ok_and(|blobs| blobs.len() > 1));
    any("index", |bytes| IndexFile::parse(bytes).is_ok_and(|file| !file.packs.is_empty()));
    any("key", vault::parses_as_key_file);
    any("lock", |bytes| LockFile::parse(bytes).is_ok());
    any("snapshot", |bytes| format::Snapshot::parse(bytes).is_ok());
    any("tree", |bytes| format::Tree::parse(bytes).is_ok_and(|tree| tree.nodes.len() > 1));
    any("unquote", |bytes| bytes.contains(&b'\\'));
}
