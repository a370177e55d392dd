//! Files and folders of a size that few have.

use std::{
    fs::{self, File},
    ops::Range,
    os::unix::fs::{FileExt as _, MetadataExt as _},
    path::Path,
    time::Duration,
};

use tests::{
    content,
    engine::Engine,
    judge::comes_back,
    program::{Outcome, Running},
    sandbox::{Sandbox, restored},
};

const LIMIT: Duration = Duration::from_secs(3600);
/// The most memory, in KiB, that work on 64 GiB may take.
const MEMORY: u64 = 150 << 10;

/// The most memory that a program had, in KiB, and what came out of it.
fn with_memory(running: Running) -> (Outcome, u64) {
    let id = running.id();
    let watching = std::thread::spawn(move || {
        let mut most = 0;
        // The kernel keeps the most there ever was, so nothing is missed but
        // what comes in the last moment.
        while let Some(now) = high_water(id) {
            most = most.max(now);
            std::thread::sleep(Duration::from_millis(20));
        }
        most
    });
    let outcome = running.finish_within(LIMIT);
    (outcome, watching.join().expect("a number"))
}

fn high_water(id: i32) -> Option<u64> {
    let status = fs::read_to_string(format!("/proc/{id}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    line.trim().strip_suffix(" kB")?.parse().ok()
}

/// A file of which a few MiB are no holes: at the start, in the middle, and at
/// the very end.
fn sparse(path: &Path, length: u64) {
    let file = File::create(path).expect("a file");
    file.set_len(length).expect("its length");
    for (number, at) in [0, length / 2 + 12_345, length - (1 << 20)].into_iter().enumerate() {
        let bytes = content::random(number as u64, 1 << 20);
        file.write_all_at(&bytes, at).expect("bytes in it");
    }
}

/// Where a file has no holes, as the system tells it.
fn filled(path: &Path) -> Vec<Range<u64>> {
    use rustix::fs::{SeekFrom, seek};
    let file = File::open(path).expect("a file");
    let (mut at, mut found) = (0, Vec::new());
    while let Ok(start) = seek(&file, SeekFrom::Data(at)) {
        at = seek(&file, SeekFrom::Hole(start)).expect("the end of the file at the latest");
        found.push(start..at);
    }
    found
}

/// Compares two files wherever one of them has no hole.
fn same_where_filled(one: &Path, other: &Path) {
    let files = [one, other].map(|path| File::open(path).expect("a file"));
    for range in [filled(one), filled(other)].concat() {
        let mut bytes = [vec![0; 1 << 20], vec![0; 1 << 20]];
        for at in range.clone().step_by(1 << 20) {
            let length = (range.end - at).min(1 << 20) as usize;
            for (file, bytes) in files.iter().zip(&mut bytes) {
                file.read_exact_at(&mut bytes[..length], at).expect("bytes of it");
            }
            assert!(bytes[0][..length] == bytes[1][..length], "within 1 MiB from {at} on");
        }
    }
}

/// Backs up a sparse file and brings it back, each within so many KiB of memory.
#[allow(clippy::print_stdout, reason = "the figures are for docs/benchmarks.md")]
fn sparse_comes_back(length: u64, memory_limit: u64) {
    let sandbox = Sandbox::new();
    let keepstead = sandbox.repository("repository");
    let source = sandbox.source("source", &[("small", b"beside it")]);
    let file = source.join("sparse");
    sparse(&file, length);
    let within = |what: &str, running: Running| {
        let (outcome, memory) = with_memory(running);
        outcome.succeeds();
        println!("{what} of {} GiB: {} MiB of memory", length >> 30, memory >> 10);
        assert!(memory > 0 && memory <= memory_limit, "{memory} KiB: {what}");
    };

    within("backup", keepstead.start("backup", [source.as_os_str()]));
    let snapshot = keepstead.snapshots().pop().expect("a snapshot");
    let target = sandbox.path("target");
    let arguments = [snapshot.as_ref(), "--target".as_ref(), target.as_os_str()];
    within("restore", keepstead.start("restore", arguments));
    let copy = restored(&target, &file);
    let (before, after) = (file.metadata().expect("a file"), copy.metadata().expect("a file"));
    assert_eq!(before.len(), after.len());
    // Each stretch of content may cost the rest of its blob.
    assert!(after.blocks() * 512 <= before.blocks() * 512 + (32 << 20), "{}", after.blocks());
    same_where_filled(&file, &copy);
    within("check", keepstead.start("check", ["--read-data"]));
    within("backup without a change", keepstead.start("backup", [source.as_os_str()]));
}

#[test]
#[ignore = "slow: cargo xtask slow sparse"]
fn sparse_64_gib() {
    sparse_comes_back(64 << 30, MEMORY);
}

/// Its list of chunks alone has two million entries, 134 MiB of JSON.
#[test]
#[ignore = "slow: cargo xtask slow sparse"]
fn sparse_1_tib() {
    sparse_comes_back(1 << 40, 512 << 10);
}

#[test]
#[ignore = "slow: cargo xtask slow crowd"]
fn a_million_files_in_one_folder() {
    let sandbox = Sandbox::new();
    let keepstead = sandbox.repository("repository");
    let source = sandbox.source("source", &[]);
    fs::create_dir(&source).expect("a folder");
    for number in 0..1_000_000_u32 {
        // Scattered, so that the order they are made in is not that of their names.
        let name = format!("{:08x}", number.wrapping_mul(2_654_435_761));
        fs::write(source.join(name), format!("file {}", number / 3)).expect("a file");
    }
    let (outcome, memory) = with_memory(keepstead.start("backup", [source.as_os_str()]));
    outcome.succeeds();
    println!("backup: {} MiB of memory", memory >> 10);
    let (outcome, memory) = with_memory(keepstead.start("backup", [source.as_os_str()]));
    outcome.succeeds();
    println!("backup without a change: {} MiB of memory", memory >> 10);
    let snapshots = keepstead.snapshots();
    assert_eq!(snapshots.len(), 2);
    comes_back(&sandbox, &keepstead, &snapshots[0], &source);
}
