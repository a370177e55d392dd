//! Mounts for tests: a small file system, to be filled to the brim, and a folder
//! that is seen twice.

use std::{
    fs,
    path::{Path, PathBuf},
};

use rustix::mount::{MountFlags, UnmountFlags, mount, unmount};

/// A mounted file system in memory, unmounted when dropped.
#[derive(Debug)]
pub struct SmallDisk(PathBuf);

impl SmallDisk {
    /// Mounts `mebibytes` of room at `path`, which is made.
    ///
    /// # Panics
    /// When it cannot be mounted: only root may.
    #[must_use]
    pub fn mount(path: &Path, mebibytes: u32) -> Self {
        fs::create_dir(path).expect("a folder to mount at");
        let options = std::ffi::CString::new(format!("size={mebibytes}m,mode=0755")).expect("text");
        mount("tmpfs", path, "tmpfs", MountFlags::empty(), Some(options.as_c_str()))
            .unwrap_or_else(|error| panic!("run the tests as root: mounting failed: {error}"));
        Self(path.to_path_buf())
    }

    /// Makes it read-only, or writable again.
    ///
    /// # Panics
    /// When it cannot be changed.
    pub fn set_read_only(&self, read_only: bool) {
        let flags = if read_only { MountFlags::RDONLY } else { MountFlags::empty() };
        rustix::mount::mount_remount(&self.0, flags, "").expect("another mode of the mount");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        // A program that was killed late may still stand on it.
        let _ = unmount(&self.0, UnmountFlags::DETACH);
    }
}

/// A folder that is seen at a second place, until this is dropped.
#[derive(Debug)]
pub struct SecondView(PathBuf);

impl SecondView {
    /// Shows `folder` at `place`, which is there.
    ///
    /// # Panics
    /// When it cannot be mounted: only root may.
    #[must_use]
    pub fn mount(folder: &Path, place: &Path) -> Self {
        rustix::mount::mount_bind(folder, place)
            .unwrap_or_else(|error| panic!("run the tests as root: mounting failed: {error}"));
        Self(place.to_path_buf())
    }
}

impl Drop for SecondView {
    fn drop(&mut self) {
        let _ = unmount(&self.0, UnmountFlags::DETACH);
    }
}
