//! The program, run as a person or a script runs it.

mod cancel;
mod check;
mod closed;
mod copy;
mod errors;
mod generated;
mod home;
mod life;
mod main_job;
mod repair;
mod terminal;
