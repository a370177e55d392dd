//! WebDAV: Nextcloud, ownCloud, Synology, QNAP and every server that speaks
//! RFC 4918.
//!
//! An object is sent under a name of its own, `.keepstead-<16 hexadecimal
//! digits>.tmp`, and moved to its real one when it is there as a whole. `MOVE`
//! with `Overwrite: F` refuses a name that is taken, everywhere; of two writers
//! that move to a new name in the same moment both may be told that they won.
//! `If-None-Match` is not kept to at all.
//!
//! Invariants: nothing is deleted, moved or copied before it was seen to be a
//! file, because the protocol does the same to whole folders; an object is
//! looked at before it is published when it is longer than any that was known
//! to arrive whole, because there are proxies that cut.
//!
//! Deliberately absent: locks, which half of the servers do not have, and
//! removing folders that have become empty.

mod folders;
mod form;
mod login;
mod multistatus;
mod place;
mod provider;
mod read;
mod store;
mod write;

pub(crate) use provider::WebDav;
