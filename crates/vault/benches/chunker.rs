//! How fast files are cut and trees are written, on one core:
//! `cargo bench -p vault`. The best of many short rounds counts, so that other
//! work on the machine does little harm.

#![expect(clippy::print_stdout, reason = "a bench reports on the terminal")]

use std::{
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use model::{Random, random::SeededRandom};
use vault::{
    chunker::{Chunker, Cut, MAX_SIZE, MIN_SIZE, Polynomial, Tables},
    format::{FormatError, Id, Node, NodeKind, NodeTime, Tree, TreeBuilder},
};

const POLYNOMIAL: u64 = 0x003d_a335_8b4d_c173;
const ROUNDS: usize = 15;

fn main() -> Result<(), FormatError> {
    let mut data = vec![0; 64 << 20];
    SeededRandom::new(5).fill(&mut data);
    let polynomial = Polynomial::new(POLYNOMIAL)?;
    let tables = Arc::new(Tables::new(polynomial));

    let chunks = chunks(&tables, &data);
    let searched: usize = chunks.iter().map(|chunk| chunk.len().saturating_sub(MIN_SIZE)).sum();
    let rolling = Rolling::new();
    let mut side_by_side = Duration::ZERO;
    let mut one_by_one = Duration::ZERO;
    for chunk in &chunks {
        side_by_side += best(|| Chunker::new(Arc::clone(&tables)).next_cut(chunk, true));
        one_by_one += best(|| rolling.next_cut(chunk));
        assert_eq!(rolling.next_cut(chunk), chunk.len());
    }
    for (name, time) in [("side by side", side_by_side), ("one by one  ", one_by_one)] {
        println!(
            "cut, {name}: {:>5.0} MB/s of contents, {:>5.0} MB/s of what must be searched",
            megabytes_per_second(data.len(), time),
            megabytes_per_second(searched, time),
        );
    }

    let nodes: Vec<Node> = (0..200_000).map(node).collect();
    let bytes = write(&nodes)?;
    let written = best(|| write(&nodes));
    let parsed = best(|| Tree::parse(&bytes));
    println!(
        "tree of {} files, {} bytes: write {written:?}, parse {parsed:?}",
        nodes.len(),
        bytes.len()
    );
    Ok(())
}

fn best<T>(mut work: impl FnMut() -> T) -> Duration {
    let round = |_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    };
    (0..ROUNDS).map(round).min().unwrap_or_default()
}

fn megabytes_per_second(bytes: usize, time: Duration) -> f64 {
    bytes as f64 / time.as_secs_f64() / 1e6
}

fn chunks<'a>(tables: &Arc<Tables>, mut data: &'a [u8]) -> Vec<&'a [u8]> {
    let mut chunker = Chunker::new(Arc::clone(tables));
    let mut chunks = Vec::new();
    while let Cut::At(length @ 1..) = chunker.next_cut(data, true) {
        let (chunk, rest) = data.split_at(length);
        chunks.push(chunk);
        data = rest;
    }
    chunks
}

/// The usual way: one fingerprint that rolls through the chunk.
struct Rolling {
    leaving: [u64; 256],
    reduced: [u64; 256],
}

impl Rolling {
    fn new() -> Self {
        let shift = |mut x: u64, bits: usize| {
            for _ in 0..bits {
                x <<= 1;
                x = x.min(x ^ POLYNOMIAL);
            }
            x
        };
        Self {
            leaving: std::array::from_fn(|byte| shift(byte as u64, 63 * 8)),
            reduced: std::array::from_fn(|byte| {
                shift((byte as u64) << 45, 8) | (byte as u64) << 53
            }),
        }
    }

    fn next_cut(&self, chunk: &[u8]) -> usize {
        let chunk = &chunk[..chunk.len().min(MAX_SIZE)];
        let mut window = [0; 64];
        let mut fingerprint = 0_u64;
        for (at, byte) in chunk.iter().enumerate().skip(MIN_SIZE - 64) {
            let old = std::mem::replace(&mut window[at % 64], *byte);
            fingerprint ^= self.leaving[usize::from(old)];
            let index = (fingerprint >> 45) as u8;
            fingerprint = (fingerprint << 8 | u64::from(*byte)) ^ self.reduced[usize::from(index)];
            if fingerprint.trailing_zeros() >= 20 && at + 1 >= MIN_SIZE {
                return at + 1;
            }
        }
        chunk.len()
    }
}

fn node(number: i64) -> Node {
    let time = NodeTime {
        seconds: 1_700_000_000 + number,
        nanoseconds: 123_456_789,
        offset_seconds: 3600,
    };
    Node {
        name: format!("photograph {number:07}.jpg").into_bytes(),
        kind: NodeKind::File,
        mode: 0o644,
        mtime: time,
        atime: time,
        ctime: time,
        uid: 1000,
        gid: 1000,
        user: "someone".to_owned(),
        group: "someone".to_owned(),
        inode: 12_345_678,
        device_id: 2049,
        size: 123_456,
        links: 1,
        content: Some(vec![Id::of(&number.to_le_bytes())]),
        ..Node::default()
    }
}

fn write(nodes: &[Node]) -> Result<Vec<u8>, FormatError> {
    let mut builder = TreeBuilder::new();
    for node in nodes {
        builder.push(node)?;
    }
    Ok(builder.finish())
}
