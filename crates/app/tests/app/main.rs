//! The use cases with a clock of their own: what a shell that stays open goes
//! through, on folders of a temporary directory.

mod begin;
mod begin_served;
mod browse;
mod clean_up;
mod in_place;
mod limits;
mod locked;
mod moments;
mod pause;
mod runs;
mod tray;
mod verify;
mod watch;
mod world;
