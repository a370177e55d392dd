//! A backup that is killed at any moment leaves a repository that is whole.

use std::{
    ffi::OsStr,
    fs,
    os::unix::fs::MetadataExt,
    time::{Duration, Instant},
};

use rustix::process::Signal;
use tests::{
    content,
    engine::Engine,
    judge::{comes_back, restores},
    sandbox::Sandbox,
    watch::Watch,
};

const ROUNDS: u64 = 6;

/// Fills the source anew, so that every round has data to store: enough for
/// several packs, in large and in small files.
fn refill(source: &std::path::Path, seed: u64) {
    let _ = fs::remove_dir_all(source);
    for folder in 0..10_u64 {
        let folder_path = source.join(format!("folder {folder}"));
        fs::create_dir_all(&folder_path).expect("a folder");
        for file in 0..10_u64 {
            let seed = seed * 1_000 + folder * 10 + file;
            let size = if file == 0 { 4 << 20 } else { 20_000 };
            fs::write(folder_path.join(file.to_string()), content::random(seed, size))
                .expect("a file");
        }
    }
}

#[test]
fn whatever_was_being_written() {
    let sandbox = Sandbox::new();
    let (keepstead, restic) = (sandbox.repository("repository"), sandbox.new_restic("repository"));
    let precious = sandbox.source("precious", &[("a", b"kept"), ("b/c", b"kept too")]);
    let source = sandbox.path("source");
    let first = keepstead.backup(&precious, false);

    // How much happens in the repository during one backup.
    refill(&source, 0);
    let mut watch = Watch::new_files(keepstead.repository());
    keepstead.backup(&source, false);
    let moments = watch.seen().len() as u64;
    assert!(moments > 6, "a lock, packs, an index and a snapshot are written, not {moments} files");

    // The first and the last moments, then any; or each of them.
    let rounds = if tests::trials::are_counted() { moments } else { ROUNDS };
    for round in 1..=rounds {
        refill(&source, round);
        let choice = content::random(round, 8).try_into().map(u64::from_le_bytes).expect("8 bytes");
        let moment = match round {
            _ if rounds == moments => round,
            1 => 1,
            2 => moments,
            3 => moments - 1,
            _ => 1 + choice % moments,
        };
        let mut watch = Watch::new_files(keepstead.repository());
        let running = keepstead.start("backup", [source.as_os_str()]);
        for _ in 0..moment {
            if watch.next_within(Duration::from_secs(20)).is_none() {
                break;
            }
        }
        running.signal(Signal::KILL);
        let killed = running.finish();
        assert!(
            killed.signal.is_some() || killed.code == Some(0),
            "round {round}, moment {moment}: {killed}",
        );

        // Removes locks whose process is gone, and only those.
        let _ = restic.run(["unlock"]).succeeds();
        restic.check();
        keepstead.check();
        let snapshot = keepstead.backup(&source, false);
        restores(&sandbox, &keepstead, &snapshot, &source);
        restores(&sandbox, &keepstead, &first, &precious);
    }
    comes_back(&sandbox, &restic, &first, &precious);
    tests::trials::tried("a program killed at any moment (SIGKILL)", rounds as usize);
}

#[test]
fn a_cancelled_backup() {
    let sandbox = Sandbox::new();
    let keepstead = sandbox.repository("repository");
    let source = sandbox.path("source");
    fs::create_dir(&source).expect("a folder");
    for number in 0..4 {
        fs::write(source.join(number.to_string()), content::random(number, 60 << 20))
            .expect("a file");
    }
    for (json, signal) in [(true, Signal::INT), (false, Signal::TERM)] {
        let mut watch = Watch::new_files(keepstead.repository());
        let arguments: &[&std::ffi::OsStr] =
            if json { &[source.as_ref(), "--json".as_ref()] } else { &[source.as_ref()] };
        let running = keepstead.start("backup", arguments);
        let data = keepstead.repository().join("data");
        watch.wait_for(|path| path.starts_with(&data) && path.is_file());
        running.signal(signal);
        let cancelled = running.finish_within(Duration::from_secs(5));
        let cancelled = tests::keepstead::presentable(cancelled).exits(1);
        assert!(cancelled.stderr.to_lowercase().contains("cancelled"), "{cancelled}");
        if json {
            tests::keepstead::refusal(cancelled).has_code(&["cancelled"]);
        }
        // The lock was taken back, so that restic can take its exclusive one.
        sandbox.new_restic("repository").check();
        keepstead.check();
        assert_eq!(keepstead.snapshots(), [""; 0]);
    }
    let snapshot = keepstead.backup(&source, false);
    comes_back(&sandbox, &keepstead, &snapshot, &source);
}

#[test]
fn a_restore_in_the_middle_of_a_file() {
    let sandbox = Sandbox::new();
    let keepstead = sandbox.repository("repository");
    let source = sandbox.path("source");
    fs::create_dir(&source).expect("a folder");
    fs::write(source.join("large"), content::random(1, 80 << 20)).expect("a file");
    let snapshot = keepstead.backup(&source, false);
    let target = sandbox.path("target");
    let inside = target.join(source.strip_prefix("/").expect("an absolute path"));
    let arguments: [&OsStr; 5] = [
        snapshot.as_ref(),
        "--target".as_ref(),
        target.as_ref(),
        "--limit-download".as_ref(),
        "16000".as_ref(),
    ];
    let running = keepstead.start("restore", arguments);
    let deadline = Instant::now() + Duration::from_secs(20);
    let begun = loop {
        let entry = fs::read_dir(&inside).ok().and_then(|mut entries| entries.next());
        if let Some(Ok(entry)) = entry
            && entry.metadata().is_ok_and(|file| file.blocks() * 512 > 8 << 20)
        {
            break entry;
        }
        assert!(Instant::now() < deadline, "nothing is written");
        std::thread::sleep(Duration::from_millis(20));
    };
    running.signal(Signal::KILL);
    assert!(running.finish().signal.is_some(), "it was faster than the limit");
    let begun = begun.metadata().expect("what is left").ino();

    let again = keepstead.run_restore(&snapshot, &target, &["--existing", "keep"]);
    let _ = again.succeeds();
    let names: Vec<_> = fs::read_dir(&inside).expect("a folder").flatten().collect();
    assert_eq!(names.len(), 1, "{names:?}");
    assert_eq!(names[0].metadata().expect("the file").ino(), begun, "it was begun anew");
    assert!(
        fs::read(inside.join("large")).ok() == fs::read(source.join("large")).ok(),
        "other bytes",
    );
}
