//! What counting ahead costs a backup in which hardly anything changed.
//!
//! `cargo bench -p vault --bench count -- FOLDER [RUNS]` backs FOLDER up to
//! memory once, and then again and again, alternately without and with counting.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a program for developers")]

use model::{Ambient, clock::SystemClock, random::SystemRandom};
use std::{sync::Arc, time::Instant};
use storage::{Cancel, MemoryStore};
use vault::{Host, InitOptions, Passphrase, Progress, Repository, backup::BackupOptions};

#[tokio::main]
async fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|a| a != "--bench").collect();
    let [folder, runs @ ..] = &arguments[..] else {
        println!("Which folder? cargo bench -p vault --bench count -- FOLDER [RUNS]");
        return;
    };
    let runs: usize = runs.first().map_or(10, |runs| runs.parse().unwrap());
    let ambient = Ambient { clock: Arc::new(SystemClock), random: Arc::new(SystemRandom) };
    let (host, cancel) = (Host::current(), Cancel::new());
    let passphrase = Passphrase::new("x".to_owned()).unwrap();
    let options = InitOptions::default();
    let store = Arc::new(MemoryStore::new());
    let made = Repository::init(store, &passphrase, options, &host, ambient, &cancel).await;
    let repository = Arc::new(made.unwrap());
    let backup = async |count| {
        let options = BackupOptions { count, ..BackupOptions::new(vec![folder.into()]) };
        let progress = Arc::new(Progress::default());
        let begun = Instant::now();
        let watch = Arc::clone(&progress);
        let known = tokio::spawn(async move {
            while !watch.counted() {
                tokio::time::sleep(std::time::Duration::from_millis(5)).await;
            }
            begun.elapsed()
        });
        repository.backup(&options, &host, &progress, &cancel).await.unwrap();
        (begun.elapsed().as_secs_f64(), known.await.unwrap().as_secs_f64())
    };
    let (first, known) = backup(true).await;
    println!("first backup, counted: {first:.2} s, totals after {known:.2} s");
    for _ in 0..runs {
        let (without, _) = backup(false).await;
        let (with, known) = backup(true).await;
        println!("without {without:.3} s, with {with:.3} s, totals after {known:.3} s");
    }
}
