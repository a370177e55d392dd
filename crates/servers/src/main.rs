//! `cargo xtask servers`: real servers for people who try the window by hand.
fn main() {}
