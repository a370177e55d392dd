//! Linux and macOS.

use crate::host::Host;

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

/// Whether a process of this number runs on this machine, as far as it can be
/// told: a doubt counts as yes.
pub(crate) fn process_exists(pid: u64) -> bool {
    let Some(pid) = i32::try_from(pid).ok().and_then(rustix::process::Pid::from_raw) else {
        return true;
    };
    rustix::process::test_kill_process(pid) != Err(rustix::io::Errno::SRCH)
}

/// Whether the limit of open files, of this process or the system, was reached.
pub(crate) fn is_exhausted(error: &std::io::Error) -> bool {
    use rustix::io::Errno;
    matches!(Errno::from_io_error(error), Some(Errno::MFILE | Errno::NFILE | Errno::NOMEM))
}
