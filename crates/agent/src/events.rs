//! What the application tells by itself, passed on to the window, the tray and
//! the desktop.

use crate::desk::At;
use app::{Event, Topic};
use std::time::Duration;
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::Instant,
};

/// How often the tray is drawn anew, at most.
const TRAY: Duration = Duration::from_secs(2);

pub(crate) async fn pass_on(at: At, mut events: Receiver<Event>) {
    let mut drawn = Instant::now();
    let mut stale = false;
    loop {
        let due = drawn + TRAY;
        let event = tokio::select! {
            event = events.recv() => event,
            () = tokio::time::sleep_until(due), if stale => {
                (stale, drawn) = (false, Instant::now());
                at.refresh().await;
                continue;
            }
        };
        match event {
            Ok(event) => one(&at, event).await,
            // Some were missed: everything is asked for anew.
            Err(RecvError::Lagged(_)) => {
                at.tell("changed", &app::Changed { topics: Topic::ALL.to_vec() });
            }
            Err(RecvError::Closed) => return,
        }
        stale = true;
    }
}

async fn one(at: &At, event: Event) {
    match event {
        Event::Progress(progress) => at.tell("backup:progress", &progress),
        Event::Status(status) => {
            at.ended(&status).await;
            at.tell("backup:status", &status);
        }
        Event::Queue(stats) => {
            at.tell("queue:stats", &stats);
            at.when_done(&stats).await;
        }
        Event::Changed(changed) => at.tell("changed", &changed),
    }
}
