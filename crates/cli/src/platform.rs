//! What differs between systems: requests to end, and the echo of a terminal.

#[cfg(not(unix))]
pub(crate) use other::{Asked, Silence};
#[cfg(unix)]
pub(crate) use unix::{Asked, Silence};

#[cfg(unix)]
mod unix {
    use rustix::termios::{LocalModes, OptionalActions, Termios, tcgetattr, tcsetattr};
    use std::{io, time::Duration};
    use tokio::signal::unix::{Signal, SignalKind, signal};

    /// Requests to end: Ctrl-C, SIGTERM, and a terminal that is closed.
    pub(crate) struct Asked {
        interrupt: Signal,
        terminate: Signal,
        hangup: Option<Signal>,
        had_terminal: bool,
    }

    impl Asked {
        pub(crate) fn new() -> io::Result<Self> {
            let interrupt = signal(SignalKind::interrupt())?;
            let terminate = signal(SignalKind::terminate())?;
            let hangup = if ignores_hangup() { None } else { Some(signal(SignalKind::hangup())?) };
            Ok(Self { interrupt, terminate, hangup, had_terminal: has_terminal() })
        }

        pub(crate) async fn next(&mut self) {
            tokio::select! {
                _ = self.interrupt.recv() => {}
                _ = self.terminate.recv() => {}
                () = closed(self.hangup.as_mut(), self.had_terminal) => {}
            }
        }
    }

    /// The terminal was closed. SIGHUP alone does not say so: restic sends it to
    /// whoever holds a lock, to see whether there is such a process.
    async fn closed(hangup: Option<&mut Signal>, had_terminal: bool) {
        let Some(signal) = hangup else { return std::future::pending().await };
        loop {
            signal.recv().await;
            // The signal may come before the terminal is taken away.
            tokio::time::sleep(Duration::from_millis(100)).await;
            if had_terminal && !has_terminal() {
                return;
            }
        }
    }

    fn has_terminal() -> bool {
        std::fs::File::open("/dev/tty").is_ok()
    }

    /// Whether this was started to outlive its terminal, as nohup does. Only
    /// Linux tells.
    fn ignores_hangup() -> bool {
        let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
        let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
        let ignored = ignored.and_then(|mask| u64::from_str_radix(mask.trim(), 16).ok());
        // The first bit stands for the first signal, SIGHUP.
        ignored.is_some_and(|mask| mask & 1 == 1)
    }

    /// As long as it lives, the terminal does not show what is typed.
    pub(crate) struct Silence(Option<Termios>);

    impl Silence {
        pub(crate) fn begin() -> Self {
            let Ok(before) = tcgetattr(io::stdin()) else { return Self(None) };
            let mut silent = before.clone();
            silent.local_modes -= LocalModes::ECHO | LocalModes::ECHONL;
            let silenced = tcsetattr(io::stdin(), OptionalActions::Now, &silent);
            Self(silenced.is_ok().then_some(before))
        }
    }

    impl Drop for Silence {
        fn drop(&mut self) {
            if let Some(before) = &self.0 {
                // A terminal that is gone needs no echo.
                let _ = tcsetattr(io::stdin(), OptionalActions::Now, before);
            }
        }
    }
}

#[cfg(not(unix))]
mod other {
    use std::io;
    use tokio::signal::windows::{CtrlC, ctrl_c};

    /// Requests to end: Ctrl-C.
    pub(crate) struct Asked(CtrlC);

    impl Asked {
        pub(crate) fn new() -> io::Result<Self> {
            ctrl_c().map(Self)
        }

        pub(crate) async fn next(&mut self) {
            self.0.recv().await;
        }
    }

    /// The question itself silences the terminal.
    pub(crate) struct Silence;

    impl Silence {
        pub(crate) fn begin() -> Self {
            Self
        }
    }
}
