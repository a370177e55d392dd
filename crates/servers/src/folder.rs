//! The folder that a server has for itself.

use std::{
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};
use tempfile::TempDir;

use crate::programs;

/// A folder, with small file systems in it where quotas are wanted. It goes when
/// it is dropped.
#[derive(Debug)]
pub struct Folder {
    folder: Option<TempDir>,
    path: PathBuf,
    mounted: Vec<PathBuf>,
    strays: Vec<PathBuf>,
}

impl From<TempDir> for Folder {
    fn from(folder: TempDir) -> Self {
        let path = folder.path().to_owned();
        Self { folder: Some(folder), path, mounted: Vec::new(), strays: Vec::new() }
    }
}

impl Folder {
    /// An empty one.
    ///
    /// # Errors
    /// When none can be made.
    pub fn new() -> io::Result<Self> {
        Ok(tempfile::Builder::new().prefix("keepstead-server-").tempdir()?.into())
    }

    /// Where it is.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// A new folder in it that everyone may write to: servers that root starts
    /// go on as somebody else.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn shared(&self, name: &str) -> io::Result<PathBuf> {
        let folder = self.path.join(name);
        fs::create_dir(&folder)?;
        open_to_all(&self.path, 0o755)?;
        open_to_all(&folder, 0o777)?;
        Ok(folder)
    }

    /// A new folder in it that holds so many bytes and no more, which needs root.
    ///
    /// # Errors
    /// When it cannot be mounted.
    pub fn small(&mut self, name: &str, bytes: u64) -> io::Result<PathBuf> {
        let folder = self.shared(name)?;
        let options = format!("size={bytes},mode=0777");
        programs::run(
            Command::new("mount")
                .args(["-t", "tmpfs", "-o", &options, "keepstead-server"])
                .arg(&folder),
        )?;
        self.mounted.push(folder.clone());
        Ok(folder)
    }

    /// Remembers a file that the server leaves elsewhere.
    pub fn owns(&mut self, path: impl Into<PathBuf>) {
        self.strays.push(path.into());
    }

    /// Shell commands that do what dropping does.
    pub(crate) fn removal(&self) -> String {
        let quoted =
            |path: &Path| format!("'{}'", path.display().to_string().replace('\'', r"'\''"));
        let mut commands = String::new();
        for folder in &self.mounted {
            commands += &format!("umount -l {}; ", quoted(folder));
        }
        for path in self.strays.iter().chain([&self.path]) {
            commands += &format!("rm -rf {}; ", quoted(path));
        }
        commands
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        for folder in &self.mounted {
            let mut unmount = Command::new("umount");
            let _ = unmount.arg("-l").arg(folder).stderr(Stdio::null()).status();
        }
        for path in &self.strays {
            let _ = fs::remove_file(path);
        }
        drop(self.folder.take());
    }
}

#[cfg(unix)]
pub(crate) fn open_to_all(path: &Path, mode: u32) -> io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs::set_permissions(path, fs::Permissions::from_mode(mode))
}

#[cfg(not(unix))]
pub(crate) fn open_to_all(_: &Path, _: u32) -> io::Result<()> {
    Ok(())
}
