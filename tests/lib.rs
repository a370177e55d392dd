//! Shared parts of the whole-application tests: odd input, a comparison that
//! misses nothing, the programs under test and their judges.
//!
//! Everything here drives Keepstead from outside, through its command line.
//! What is deliberately absent: any use of the engine's own code to read or
//! write repositories, because then it would judge itself.

pub mod compare;
pub mod content;
pub mod engine;
pub mod folder;
pub mod forge;
pub mod installation;
pub mod judge;
pub mod keepstead;
pub mod mount;
pub mod odd_tree;
pub mod program;
pub mod restic;
pub mod rustic;
pub mod sandbox;
pub mod trials;
pub mod watch;
