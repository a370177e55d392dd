//! What every byte of a backup goes through, piece by piece, and all of it
//! together: `cargo bench -p vault --bench engine`.
//!
//! How fast files are cut is in `chunker`, what the index costs in memory in
//! `index`.

#![allow(clippy::unwrap_used, reason = "a program for developers")]

#[path = "../tests/vault/common.rs"]
mod common;

use common::{back_up, in_memory, noise};
use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use model::random::SeededRandom;
use std::{hint::black_box, sync::Arc};
use vault::{
    chunker::{Chunker, Cut, Polynomial, Tables},
    crypto::MasterKey,
    format::Id,
    index::{Index, IndexFile},
    pack::{BlobKind, PackedBlob, length_of_header, parse_pack},
};

const MIB: usize = 1 << 20;
const POLYNOMIAL: u64 = 0x003d_a335_8b4d_c173;

fn chunk(criterion: &mut Criterion) {
    let data = noise(32 * MIB, 5);
    let tables = Arc::new(Tables::new(Polynomial::new(POLYNOMIAL).unwrap()));
    let mut group = criterion.benchmark_group("chunk");
    group.throughput(Throughput::Bytes(data.len() as u64)).sample_size(20);
    group.bench_function("noise", |bencher| {
        bencher.iter(|| {
            let (mut chunker, mut rest) = (Chunker::new(Arc::clone(&tables)), &data[..]);
            let mut chunks = 0;
            while let Cut::At(length @ 1..) = chunker.next_cut(rest, true) {
                rest = &rest[length..];
                chunks += 1;
            }
            chunks
        });
    });
    group.finish();
}

fn hash(criterion: &mut Criterion) {
    let data = noise(MIB, 6);
    let mut group = criterion.benchmark_group("hash");
    group.throughput(Throughput::Bytes(MIB as u64));
    group.bench_function("a chunk of 1 MiB", |bencher| bencher.iter(|| Id::of(black_box(&data))));
    group.finish();
}

fn seal(criterion: &mut Criterion) {
    let (data, random) = (noise(MIB, 7), SeededRandom::new(8));
    let key = MasterKey::generate(&random);
    let mut group = criterion.benchmark_group("seal");
    group.throughput(Throughput::Bytes(MIB as u64));
    let mut sealed = Vec::new();
    group.bench_function("seal 1 MiB", |bencher| {
        bencher.iter(|| {
            sealed.clear();
            key.seal_into(&random, black_box(&data), &mut sealed);
        });
    });
    group.bench_function("open 1 MiB", |bencher| {
        bencher.iter_batched_ref(
            || sealed.clone(),
            |sealed| key.open_in_place(sealed).unwrap().len(),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

/// A whole pack of `count` blobs, as the format has it.
fn made_pack(key: &MasterKey, random: &SeededRandom, count: u32) -> Vec<u8> {
    let (mut pack, mut header, mut blobs) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..count {
        let plain = noise(4096, number.into());
        let (id, offset) = (Id::of(&plain), u32::try_from(pack.len()).unwrap());
        key.seal_into(random, &plain, &mut pack);
        let length = u32::try_from(pack.len()).unwrap() - offset;
        header.push(0);
        header.extend(length.to_le_bytes());
        header.extend(id.as_bytes());
        let kind = BlobKind::Data;
        blobs.push(PackedBlob { id, kind, offset, length, uncompressed_length: None });
    }
    key.seal_into(random, &header, &mut pack);
    pack.extend(length_of_header(&blobs).to_le_bytes());
    pack
}

fn pack(criterion: &mut Criterion) {
    let random = SeededRandom::new(9);
    let key = MasterKey::generate(&random);
    let pack = made_pack(&key, &random, 4000);
    let mut group = criterion.benchmark_group("pack");
    group.throughput(Throughput::Elements(4000));
    group.bench_function("read the header of 4,000 blobs", |bencher| {
        bencher.iter(|| parse_pack(&key, black_box(&pack)).unwrap().len());
    });
    // Cut, hash, compress, seal and pack, to memory.
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("file"), noise(64 * MIB, 10)).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    group.throughput(Throughput::Bytes(64 * MIB as u64)).sample_size(10);
    group.bench_function("back up 64 MiB to memory", |bencher| {
        bencher.iter_batched(
            || runtime.block_on(in_memory()),
            |(store, repository)| {
                runtime.block_on(back_up(&repository, folder.path())).unwrap();
                store
            },
            BatchSize::PerIteration,
        );
    });
    group.finish();
}

fn index(criterion: &mut Criterion) {
    let file = made_index(3000, 16);
    let json = index_json(&file);
    let blobs: Vec<Id> =
        file.packs.iter().flat_map(|(_, blobs)| blobs).map(|blob| blob.id).collect();
    let mut group = criterion.benchmark_group("index");
    group.throughput(Throughput::Elements(blobs.len() as u64)).sample_size(20);
    group.bench_function("parse a file", |bencher| {
        bencher.iter(|| IndexFile::parse(black_box(&json)).unwrap().packs.len());
    });
    let add = |file: &IndexFile| {
        let mut index = Index::default();
        for (pack, blobs) in &file.packs {
            index.add_pack(*pack, blobs).unwrap();
        }
        index
    };
    group.bench_function("add a file", |bencher| bencher.iter(|| add(black_box(&file))));
    let index = add(&file);
    group.bench_function("look up", |bencher| {
        bencher.iter(|| blobs.iter().filter(|id| index.contains(BlobKind::Data, id)).count());
    });
    group.finish();
}

fn made_index(packs: u32, per_pack: u32) -> IndexFile {
    let id = |number: u32| Id::of(&number.to_le_bytes());
    let blob = |pack: u32, at: u32| PackedBlob {
        id: id(pack * per_pack + at),
        kind: BlobKind::Data,
        offset: at * 1_000_000,
        length: 1_000_000,
        uncompressed_length: Some(1_500_000),
    };
    let of_pack = |pack| (id(u32::MAX - pack), (0..per_pack).map(|at| blob(pack, at)).collect());
    IndexFile { packs: (0..packs).map(of_pack).collect(), marked: Vec::new() }
}

/// As restic writes it.
fn index_json(file: &IndexFile) -> Vec<u8> {
    let packs = file.packs.iter().map(|(id, blobs)| {
        let blobs = blobs.iter().map(|blob| {
            serde_json::json!({
                "id": blob.id, "type": "data", "offset": blob.offset, "length": blob.length,
                "uncompressed_length": blob.uncompressed_length,
            })
        });
        serde_json::json!({ "id": id, "blobs": blobs.collect::<Vec<_>>() })
    });
    serde_json::to_vec(&serde_json::json!({ "packs": packs.collect::<Vec<_>>() })).unwrap()
}

criterion_group!(benches, chunk, hash, seal, pack, index);
criterion_main!(benches);
