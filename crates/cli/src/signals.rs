//! Ctrl-C, and the system's request to end.

use crate::platform::Asked;
use app::Cancel;

/// Cancels `cancel` at the first Ctrl-C or SIGTERM, or when the terminal is closed, and
/// ends the program at the second.
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
