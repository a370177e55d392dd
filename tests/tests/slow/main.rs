//! Tests that take minutes, or a program that Debian does not have:
//! `cargo xtask slow`.

mod large;
mod machines;
mod rustic;
