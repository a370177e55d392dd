//! What the index costs: how long it takes to load, how much memory it takes,
//! and how fast it finds a blob.
//!
//! `cargo bench -p vault --bench index -- [BLOBS] [BLOBS A PACK]` makes a
//! repository of nothing but index files in memory, 1,000,000 blobs in packs of
//! 16 unless told otherwise, loads it once in a process that is otherwise
//! idle, and then looks blobs up.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for developers")]

#[path = "../tests/vault/common.rs"]
mod common;
#[path = "../tests/vault/forge.rs"]
mod forge;

use forge::Forge;
use model::{Random, random::SeededRandom};
use std::{fmt::Write, time::Instant};
use storage::Cancel;
use vault::{format::Id, index::Index, layout::FileKind, pack::BlobKind};

/// As many as restic and Keepstead write into one index file.
const BLOBS_PER_FILE: usize = 50_000;

fn id(random: &SeededRandom) -> Id {
    let mut bytes = [0; 32];
    random.fill(&mut bytes);
    Id::from_bytes(bytes)
}

/// The memory of this process, in bytes.
fn resident() -> usize {
    let pages = std::fs::read_to_string("/proc/self/statm").unwrap();
    pages.split(' ').nth(1).unwrap().parse::<usize>().unwrap() * 4096
}

/// The most memory this process ever had, in bytes.
fn peak() -> usize {
    let status = std::fs::read_to_string("/proc/self/status").unwrap();
    let line = status.lines().find(|line| line.starts_with("VmHWM")).unwrap();
    line.split_whitespace().nth(1).unwrap().parse::<usize>().unwrap() * 1024
}

#[tokio::main]
async fn main() {
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let blobs = arguments.next().map_or(1_000_000, |text| text.parse().unwrap());
    let per_pack = arguments.next().map_or(16, |text| text.parse().unwrap());
    let (forge, repository) = Forge::new().await;
    let random = SeededRandom::new(3);
    let mut known = Vec::new();
    let mut files = 0;
    let mut written = 0;
    while written < blobs {
        let in_file = BLOBS_PER_FILE.min(blobs - written);
        let mut json = String::from("{\"packs\":[");
        for at in 0..in_file {
            if at % per_pack == 0 {
                let end = if at == 0 { "" } else { "]}," };
                write!(json, "{end}{{\"id\":\"{}\",\"blobs\":[", id(&random)).unwrap();
            } else {
                json.push(',');
            }
            let blob = id(&random);
            if known.len() < 100_000 {
                known.push(blob);
            }
            let offset = at % per_pack * 1_000_000;
            let length = 900_000 + at % 1000;
            write!(
                json,
                "{{\"id\":\"{blob}\",\"type\":\"data\",\"offset\":{offset},\"length\":{length},\
                 \"uncompressed_length\":{}}}",
                length * 3 / 2
            )
            .unwrap();
        }
        json.push_str("]}]}");
        let plain = [&[2][..], &zstd::bulk::compress(json.as_bytes(), 3).unwrap()].concat();
        forge.put(FileKind::Index, &plain);
        files += 1;
        written += in_file;
    }
    let before = resident();
    let begun = Instant::now();
    repository.load_index(&Cancel::new()).await.unwrap();
    let took = begun.elapsed();
    let (after, most) = (resident(), peak());
    let (packs, found, _) = repository.with_index(Index::counts);
    assert_eq!(found, blobs);
    println!(
        "{blobs} blobs in {packs} packs, {files} files: loaded in {:.3} s",
        took.as_secs_f64()
    );
    let each = |bytes: usize| bytes as f64 / blobs as f64;
    println!(
        "memory after: {:.1} bytes a blob; at most while loading: {:.1}",
        each(after.saturating_sub(before)),
        each(most.saturating_sub(before))
    );
    let unknown: Vec<Id> = (0..known.len()).map(|_| id(&random)).collect();
    for (what, ids, expected) in [("known", &known, true), ("unknown", &unknown, false)] {
        let begun = Instant::now();
        let mut times = 0u32;
        while begun.elapsed().as_millis() < 500 {
            for blob in ids {
                let found = repository.with_index(|index| index.contains(BlobKind::Data, blob));
                assert_eq!(found, expected);
                times += 1;
            }
        }
        println!(
            "{what}: {:.0} ns a look-up",
            begun.elapsed().as_secs_f64() * 1e9 / f64::from(times)
        );
    }
}
