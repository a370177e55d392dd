//! Ends servers of tests that were killed.

use std::{
    io::{self, Write as _},
    process::{Child, ChildStdin, Command, Stdio},
};

use crate::folder::Folder;

/// A shell that waits for this process to end, in whatever way, and then does
/// what dropping the server would have done. No handler of this process runs
/// when it is killed, and values in statics are never dropped.
#[derive(Debug)]
pub(crate) struct Guard {
    shell: Option<(Child, ChildStdin)>,
}

impl Guard {
    /// Watches over the processes of group `group`.
    pub(crate) fn new(group: u32, folder: &Folder) -> io::Result<Self> {
        if cfg!(not(unix)) {
            return Ok(Self { shell: None });
        }
        let script = format!("read word || {{ kill -9 -{group}; sleep 0.1; {}}}", folder.removal());
        let mut command = Command::new("sh");
        command.arg("-c").arg(script);
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null());
        alone(&mut command);
        // Only this process has the pipe's other end: what std opens, no child inherits.
        let mut shell = command.spawn()?;
        let word = shell.stdin.take();
        Ok(Self { shell: word.map(|word| (shell, word)) })
    }
}

impl Drop for Guard {
    fn drop(&mut self) {
        if let Some((mut shell, mut word)) = self.shell.take() {
            let _ = word.write_all(b"done\n");
            let _ = shell.wait();
        }
    }
}

/// Puts what `command` starts into a group of its own, which can be ended whole.
pub(crate) fn alone(command: &mut Command) {
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(command, 0);
    #[cfg(not(unix))]
    let _ = command;
}
