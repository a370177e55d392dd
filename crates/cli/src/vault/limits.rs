//! How much of the connection and the processors a command may take.

use app::vault::{Progress, Vault};
use clap::Args;
use std::num::NonZeroU64;

#[derive(Debug, Args)]
pub(super) struct Limits {
    /// Send at most this many KiB a second to the repository
    #[arg(long, value_name = "KiB/s", value_parser = clap::value_parser!(u64).range(..1 << 40))]
    limit_upload: Option<u64>,
    /// Read at most this many KiB a second from the repository
    #[arg(long, value_name = "KiB/s", value_parser = clap::value_parser!(u64).range(..1 << 40))]
    limit_download: Option<u64>,
    /// Take at most this part of the time of all processors
    #[arg(long, value_name = "PERCENT", value_parser = clap::value_parser!(u8).range(1..=100))]
    cpu: Option<u8>,
}

impl Limits {
    /// Has `vault`, and work that reports to `progress`, keep to them. 0 bytes
    /// are no limit, as for restic.
    pub(super) fn apply(&self, vault: &Vault, progress: &Progress) {
        progress.control.set_cpu(self.cpu);
        let bytes = |limit: Option<u64>| NonZeroU64::new(limit? << 10);
        vault.limits().upload.set(bytes(self.limit_upload));
        vault.limits().download.set(bytes(self.limit_download));
    }
}
