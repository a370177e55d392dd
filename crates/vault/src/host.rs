//! Who makes a backup, as snapshots, keys and locks name them.

/// The machine and account that work on a repository.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Host {
    /// The name of the machine.
    pub hostname: String,
    /// The name of the account.
    pub username: String,
    /// The number of the account; 0 where there is none.
    pub uid: u32,
    /// The number of its group; 0 where there is none.
    pub gid: u32,
    /// The process.
    pub pid: u32,
}

impl Host {
    /// This machine, this account, this process.
    #[must_use]
    pub fn current() -> Self {
        crate::platform::current_host()
    }
}

/// The present moment as repositories write it: RFC 3339 with the zone's offset.
pub(crate) fn now(clock: &dyn model::Clock) -> String {
    clock.now_zoned().strftime("%Y-%m-%dT%H:%M:%S%.f%:z").to_string()
}
