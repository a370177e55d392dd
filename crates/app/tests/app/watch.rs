//! What the application tells by itself.

use crate::world::{World, back_up};
use app::{Application, Cancel, Event, RunStatus, Topic, Trigger};
use std::{sync::Arc, time::Duration};
use tokio::{sync::broadcast::Receiver, time::timeout};

/// Events until one fits.
async fn until(events: &mut Receiver<Event>, fits: impl Fn(&Event) -> bool) -> Vec<Event> {
    let mut seen = Vec::new();
    loop {
        let event = timeout(Duration::from_secs(30), events.recv()).await;
        let event = event.expect("an event comes").expect("it is told");
        let done = fits(&event);
        seen.push(event);
        if done {
            return seen;
        }
    }
}

fn is_end(event: &Event) -> bool {
    matches!(event, Event::Status(status) if status.status.is_over())
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_waits_is_done_and_told() {
    let world = World::new();
    let (session, application, _) = world.begun().await;
    let session = Arc::new(session);
    let mut events = session.listen();
    let cancel = Cancel::new();
    let watching = tokio::spawn({
        let (session, cancel) = (Arc::clone(&session), cancel.clone());
        async move { session.watch(&cancel).await }
    });
    let seen = until(&mut events, is_end).await;
    let Some(Event::Status(end)) = seen.last() else { panic!("the end") };
    assert_eq!(end.status, RunStatus::Success);
    assert_eq!(end.message, "Documents to disk: done, and read back.");
    assert_eq!(application.run(&end.run_id).await.expect("it").status, RunStatus::Success);
    let seen = until(&mut events, |event| matches!(event, Event::Changed(_))).await;
    let queue = seen.iter().find_map(|event| match event {
        Event::Queue(stats) => Some(*stats),
        _ => None,
    });
    let queue = queue.expect("how much there is to do");
    assert_eq!((queue.waiting, queue.active, queue.completed, queue.failed), (0, 0, 1, 0));

    // Another process makes a plan run: this one hears of it.
    let ids = application.queue_backups(&[], Trigger::Command).await.expect("asked for");
    let seen = until(&mut events, is_end).await;
    assert!(matches!(seen.last(), Some(Event::Status(end)) if end.run_id == ids[0]));

    // And of what is no run.
    let mut events = session.listen();
    application.set_notifications(false).await.expect("it is set");
    let told = |event: &Event| matches!(event, Event::Changed(changed) if changed.topics.contains(&Topic::Plans));
    until(&mut events, told).await;
    cancel.cancel();
    watching.await.expect("it ends");
}

/// While one process works, another asks for the same and watches.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_at_once_make_one_backup() {
    let world = World::new();
    let (_, application, words) = world.begun().await;
    let other = Application::open(&world.data(), Some(&words), world.ambient()).await;
    let other = other.expect("it opens");
    let (one, two) = tokio::join!(back_up(&application), back_up(&other));
    assert_eq!(one.id, two.id);
    assert_eq!(one.status, RunStatus::Success);
}
