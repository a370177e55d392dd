//! The engine, from outside: on repositories in memory and trees on a disk.

#![allow(clippy::unwrap_used, reason = "a panic is how a test fails")]

mod backup;
mod breaking;
mod check;
mod check_part;
mod common;
mod control;
mod copies;
mod copy;
mod copy_faults;
mod copy_model;
mod count;
mod dice;
mod faults;
mod forge;
mod forget;
mod fuzz_corpus;
#[cfg(target_os = "linux")]
mod holes;
mod journal;
mod judge;
mod life;
mod locks;
mod museum;
mod pair;
mod prune;
mod prune_faults;
mod prune_model;
mod repair_index;
mod repair_snapshots;
mod restore;
mod restore_any;
mod restore_beside;
mod restore_faults;
mod restore_model;
mod restore_process;
mod restore_resume;
mod restore_target;
