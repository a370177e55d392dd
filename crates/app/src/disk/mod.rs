//! Which disk a folder lies on.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
use linux as platform;
#[cfg(not(target_os = "linux"))]
mod unknown;
#[cfg(not(target_os = "linux"))]
use unknown as platform;

use std::path::Path;

/// What a folder lies on, as far as the system tells.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Disk {
    /// The physical disks below it, sorted; empty when that cannot be told.
    pub(crate) devices: Vec<String>,
    /// Whether it is a share of another machine.
    pub(crate) network: bool,
    /// Whether it comes and goes.
    pub(crate) removable: bool,
}

impl Disk {
    /// Of a folder that exists.
    pub(crate) fn of(folder: &Path) -> Self {
        platform::disk_of(folder).unwrap_or_default()
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
        Disk { devices, network, removable: false }
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
