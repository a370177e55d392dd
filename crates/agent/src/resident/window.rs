//! The window's process: started when a window is wanted, gone when it is
//! closed.

use crate::{
    desk::At,
    desktop,
    link::{self, Call, Incoming, Told},
};
use serde_json::value::RawValue;
use std::{
    collections::HashMap,
    io,
    os::{fd::OwnedFd, unix::net::UnixStream},
    process::Stdio,
};
use tokio::{
    process::{Child, Command},
    sync::mpsc::{UnboundedReceiver, UnboundedSender},
};

/// The program with the window, beside this one.
const PROGRAM: &str = "keepstead-app";

/// What is asked of whoever keeps the window.
pub(super) enum Wanted {
    /// A window, at a screen where one is named.
    Window(Option<String>),
    /// That an open window is told something.
    Tell(&'static str, Box<RawValue>),
    /// That windows open on the desktop where this is so.
    Environment(HashMap<String, String>),
}

/// Keeps the one window.
pub(super) struct Windows {
    at: At,
    environment: HashMap<String, String>,
    open: Option<Open>,
}

struct Open {
    process: Child,
    told: UnboundedSender<Told>,
}

impl Windows {
    pub(super) fn new(at: At) -> Self {
        Self { at, environment: HashMap::new(), open: None }
    }

    /// Does what is asked for until nobody is left to ask.
    pub(super) async fn keep(mut self, mut wanted: UnboundedReceiver<Wanted>) {
        loop {
            tokio::select! {
                asked = wanted.recv() => match asked {
                    Some(asked) => self.answer(asked).await,
                    None => return,
                },
                () = closed(&mut self.open) => {
                    self.open = None;
                    let at = self.at.clone();
                    tokio::spawn(async move { at.window_closed().await });
                }
            }
        }
    }

    async fn answer(&mut self, asked: Wanted) {
        match (asked, &self.open) {
            // A window that is about to go is seen to be gone next.
            (Wanted::Tell(name, payload), Some(open)) => {
                let _ = open.told.send(Told::Event { name: name.to_owned(), payload });
            }
            (Wanted::Tell(..), None) => {}
            (Wanted::Environment(environment), _) => self.environment.extend(environment),
            (Wanted::Window(to), Some(open)) => {
                let _ = open.told.send(Told::Show { to });
            }
            (Wanted::Window(to), None) => match self.start(to.as_deref()) {
                Ok(open) => self.open = Some(open),
                Err(_) => {
                    let words = app::shell_words();
                    // The tray still works where this cannot be said.
                    let _ = desktop::notify(words.product, words.no_window).await;
                }
            },
        }
    }

    fn start(&self, to: Option<&str>) -> io::Result<Open> {
        let (ours, theirs) = UnixStream::pair()?;
        let mut command = Command::new(std::env::current_exe()?.with_file_name(PROGRAM));
        command.arg(link::WINDOW).args(to).envs(&self.environment);
        // The window needs no secret.
        command.env_remove("KEEPSTEAD_UNLOCK");
        command.stdin(Stdio::from(OwnedFd::from(theirs)));
        let process = command.spawn()?;
        let (calls, told) = link::open(ours)?;
        tokio::spawn(serve(self.at.clone(), calls, told.clone()));
        Ok(Open { process, told })
    }
}

/// Waits until the window's process is gone; for ever where there is none.
async fn closed(open: &mut Option<Open>) {
    match open {
        // One that cannot be waited for is not there.
        Some(open) => drop(open.process.wait().await),
        None => std::future::pending().await,
    }
}

/// Answers the window's calls, each by itself, until it is gone.
async fn serve(at: At, mut calls: Incoming, told: UnboundedSender<Told>) {
    while let Ok(Some(Call { id, command, arguments })) = calls.next().await {
        let (at, told) = (at.clone(), told.clone());
        tokio::spawn(async move {
            let answer = at.call(&command, arguments).await;
            // Whoever closed the window does not wait for it.
            let _ = told.send(Told::answer(id, answer));
        });
    }
}
