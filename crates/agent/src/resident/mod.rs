//! The program that stays, on Linux: a tray on the session's bus, one instance,
//! and the window in a process of its own.

mod icon;
mod instance;
mod window;

use crate::{
    desk::{At, HIDDEN, Shell},
    menu,
};
use instance::Start;
use serde_json::value::RawValue;
use std::{io, sync::Arc};
use tokio::{
    runtime::Builder,
    sync::{Notify, mpsc},
};
use window::{Wanted, Windows};

/// As many as wait for something now and then; what is worked on has threads
/// of its own.
const THREADS: usize = 2;

/// Stays until it is told to end.
///
/// # Errors
/// When the system gives it no threads.
pub fn run() -> io::Result<()> {
    let hidden = std::env::args().skip(1).any(|argument| argument == HIDDEN);
    let runtime = Builder::new_multi_thread().worker_threads(THREADS).enable_all().build()?;
    runtime.block_on(stay(hidden));
    // What still reads a disk that hangs does not keep the program.
    runtime.shutdown_background();
    Ok(())
}

async fn stay(hidden: bool) {
    let at = At::default();
    let end = Arc::new(Notify::new());
    let (windows, wanted) = mpsc::unbounded_channel();
    let show = windows.clone();
    let starts = move |start: Start| {
        let _ = show.send(Wanted::Environment(start.environment));
        if !start.hidden {
            let _ = show.send(Wanted::Window(None));
        }
    };
    // Held until the end: with it goes the name that makes it the one.
    let _instance = match instance::claim(hidden, starts).await {
        instance::Claim::Ours(instance) => instance,
        instance::Claim::AnothersIs => return,
    };
    if !hidden {
        // The window first: it is what a person waits for.
        let _ = windows.send(Wanted::Window(None));
    }
    tokio::spawn(Windows::new(at.clone()).keep(wanted));
    let shell = Resident { windows, icon: icon::show(at.clone()), end: Arc::clone(&end) };
    tokio::select! {
        () = at.serve(Box::new(shell)) => {}
        () = end.notified() => {}
    }
}

struct Resident {
    windows: mpsc::UnboundedSender<Wanted>,
    icon: mpsc::UnboundedSender<menu::Icon>,
    end: Arc<Notify>,
}

// Who is not there any more needs no telling.
impl Shell for Resident {
    fn tell(&self, event: &'static str, payload: Box<RawValue>) {
        let _ = self.windows.send(Wanted::Tell(event, payload));
    }

    fn show(&self, to: Option<&str>) {
        let _ = self.windows.send(Wanted::Window(to.map(str::to_owned)));
    }

    fn draw(&self, icon: menu::Icon) {
        let _ = self.icon.send(icon);
    }

    fn end(&self) {
        self.end.notify_one();
    }
}
