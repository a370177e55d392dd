//! What the window may call: one file a domain, each command one line.

pub mod about;
