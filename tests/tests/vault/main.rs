//! Keepstead's vault, judged by restic and by bad input.

mod matrix;
