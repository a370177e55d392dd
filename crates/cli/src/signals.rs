//! Ctrl-C, and the system's request to end.

use app::Cancel;

/// Cancels `cancel` at the first Ctrl-C or SIGTERM, and ends the program at the
/// second.
pub(crate) fn watch(cancel: &Cancel) -> std::io::Result<()> {
    let cancel = cancel.clone();
    let mut asked = Asked::new()?;
    tokio::spawn(async move {
        asked.next().await;
        cancel.cancel();
        asked.next().await;
        std::process::exit(1);
    });
    Ok(())
}

#[cfg(unix)]
struct Asked {
    interrupt: tokio::signal::unix::Signal,
    terminate: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Asked {
    fn new() -> std::io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { interrupt, terminate: signal(SignalKind::terminate())? })
    }

    async fn next(&mut self) {
        tokio::select! {
            _ = self.interrupt.recv() => {}
            _ = self.terminate.recv() => {}
        }
    }
}

#[cfg(not(unix))]
struct Asked(tokio::signal::windows::CtrlC);

#[cfg(not(unix))]
impl Asked {
    fn new() -> std::io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        self.0.recv().await;
    }
}
