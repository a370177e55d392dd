//! Linux and macOS.

use crate::host::Host;
use rustix::fs::{Mode, OFlags};
use std::{fs::File, io, os::unix::fs::FileExt as _, path::Path};

/// Opens a file that only this account may read, and makes it, with the folders
/// around it, when it is not there. A link is not followed.
pub(crate) fn open_private(path: &Path) -> io::Result<File> {
    use std::os::unix::fs::DirBuilderExt;
    if let Some(folder) = path.parent() {
        std::fs::DirBuilder::new().recursive(true).mode(0o700).create(folder)?;
    }
    let mode = Mode::RUSR | Mode::WUSR;
    let flags = OFlags::RDWR | OFlags::CREATE | OFlags::NOFOLLOW | OFlags::CLOEXEC;
    let file = File::from(rustix::fs::open(path, flags, mode)?);
    // It may have been there before.
    rustix::fs::fchmod(&file, mode)?;
    Ok(file)
}

/// Opens the same for reading.
pub(crate) fn open_private_to_read(path: &Path) -> io::Result<File> {
    let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
    Ok(rustix::fs::open(path, flags, Mode::empty())?.into())
}

/// This machine, this account, this process.
pub(crate) fn current_host() -> Host {
    let uid = rustix::process::getuid().as_raw();
    Host {
        hostname: rustix::system::uname().nodename().to_string_lossy().into_owned(),
        username: uzers::get_user_by_uid(uid)
            .map_or_else(|| uid.to_string(), |user| user.name().to_string_lossy().into_owned()),
        uid,
        gid: rustix::process::getgid().as_raw(),
        pid: std::process::id(),
    }
}

/// What tells this machine, and the container that this process runs in, from
/// others, and this start of it from the one before; `None` where the system
/// does not say.
pub(crate) fn machine() -> Option<(Vec<u8>, Vec<u8>)> {
    #[cfg(target_os = "linux")]
    {
        use std::os::unix::ffi::OsStringExt;
        let mut machine = std::fs::read("/etc/machine-id").ok()?;
        // Numbers of processes mean something in their namespace only.
        let namespace = std::fs::read_link("/proc/self/ns/pid").ok()?;
        machine.extend(namespace.into_os_string().into_vec());
        Some((machine, std::fs::read("/proc/sys/kernel/random/boot_id").ok()?))
    }
    #[cfg(not(target_os = "linux"))]
    None
}

/// Whether a process of this number runs on this machine, as far as it can be
/// told: a doubt counts as yes.
pub(crate) fn process_exists(pid: u64) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else {
        return true;
    };
    rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

/// The time of a processor that this thread has used.
pub(crate) fn processor_time() -> std::time::Duration {
    let used = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    used.try_into().unwrap_or_default()
}

/// Lets this thread run when the others of this machine leave it time. On macOS
/// only whole processes have a priority.
pub(crate) fn yield_to_others() {
    #[cfg(target_os = "linux")]
    {
        // Where it is refused, it runs as the others do.
        let _ = rustix::process::setpriority_process(None, 10);
    }
}

/// Whether the limit of open files, of this process or the system, was reached.
pub(crate) fn is_exhausted(error: &std::io::Error) -> bool {
    use rustix::io::Errno;
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM))
}

/// Reads as much as there is at `offset`, at most as `buffer` holds.
pub(crate) fn read_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<usize> {
    let mut filled = 0;
    while filled < buffer.len() {
        match file.read_at(&mut buffer[filled..], offset + filled as u64) {
            Ok(0) => break,
            Ok(read) => filled += read,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(filled)
}
