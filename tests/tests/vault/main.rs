//! Keepstead's vault, judged by restic and by bad input.

mod chunks;
mod damage;
mod destinations;
mod excludes;
mod hostile;
mod keys;
mod kills;
mod locks;
mod matrix;
mod output;
mod parents;
mod restores;
mod sources;
mod strange;
