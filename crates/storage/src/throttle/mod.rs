//! A store that moves no more bytes a second than it may.
//!
//! It stands in front of any other store and paces the bytes of bodies and
//! reads; listings and the like are small and pass as they are. All transfers of
//! one direction share one [`Limiter`], which can be set anew while they run.

mod limiter;
mod store;

pub use limiter::Limiter;
pub use store::ThrottledStore;

/// How many bytes a second may go each way.
#[derive(Debug, Default)]
pub struct Limits {
    /// To the destination.
    pub upload: Limiter,
    /// From it.
    pub download: Limiter,
}
