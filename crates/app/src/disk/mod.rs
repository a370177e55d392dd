//! Which disk a folder lies on, and which disks and shares are mounted.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
mod unknown;
#[cfg(not(target_os = "linux"))]
use unknown as platform;

use std::path::{Path, PathBuf};

/// What a folder lies on, as far as the system tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disk {
    /// The physical disks below it, sorted; empty when that cannot be told.
    pub(crate) devices: Vec<String>,
    /// Whether it is a share of another machine.
    pub(crate) network: bool,
    /// Whether it comes and goes.
    pub(crate) removable: bool,
    /// What the system calls the file system on it. Another one mounted in its
    /// place has another name.
    pub(crate) file_system: Option<String>,
}

/// A disk or share that is mounted here and could hold copies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Mounted {
    /// Where.
    pub(crate) point: PathBuf,
    /// What it is called, as far as anything says.
    pub(crate) name: String,
    /// What it lies on.
    pub(crate) disk: Disk,
    /// Whether files can be written on it at all.
    pub(crate) writable: bool,
}

/// How much room there is, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Room {
    /// In all.
    pub(crate) total: Option<u64>,
    /// Left for this account.
    pub(crate) free: Option<u64>,
}

impl Room {
    /// On the file system that a folder lies on.
    pub(crate) fn at(folder: &Path) -> Self {
        platform::room_at(folder).unwrap_or_default()
    }
}

/// Every disk and share that could hold copies, without those that the system
/// itself lies on.
pub(crate) fn mounted() -> Vec<Mounted> {
    platform::mounted()
}

impl Disk {
    /// Of a folder, or of where it would be made.
    pub(crate) fn of(folder: &Path) -> Self {
        let there = folder.ancestors().find(|folder| folder.exists());
        there.and_then(platform::disk_of).unwrap_or_default()
    }

    /// Whether what lies here survives the loss of `other`; `None` when that
    /// cannot be told.
    pub(crate) fn survives(&self, other: &Self) -> Option<bool> {
        if self.network {
            return Some(true);
        }
        if self.devices.is_empty() || other.devices.is_empty() {
            return None;
        }
        Some(!self.devices.iter().any(|device| other.devices.contains(device)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn disk(devices: &[&str], network: bool) -> Disk {
        let devices = devices.iter().map(|&device| device.to_owned()).collect();
        Disk { devices, network, ..Disk::default() }
    }

    #[test]
    fn only_another_disk_or_another_machine_survives() {
        let own = disk(&["sda", "sdb"], false);
        assert_eq!(disk(&["sdc"], false).survives(&own), Some(true));
        assert_eq!(disk(&["sdb"], false).survives(&own), Some(false));
        assert_eq!(disk(&["sdc", "sda"], false).survives(&own), Some(false));
        assert_eq!(disk(&[], true).survives(&own), Some(true));
        assert_eq!(disk(&[], false).survives(&own), None);
        assert_eq!(disk(&["sdc"], false).survives(&disk(&[], false)), None);
    }
}
