//! How much runs take, and changes of it while they are under way.

use crate::{
    pause::{LONG, active, until, work},
    world::{World, succeeded},
};
use app::{Application, Cancel, Code, Event, RestoreOrder, RunLimits, Topic, Trigger, WhereTo};
use std::{sync::Arc, time::Duration};
use tokio::time::{sleep, timeout};

const NONE: RunLimits =
    RunLimits { upload_kib: None, download_kib: None, cpu_percent: None, background: false };

fn write(world: &World, megabytes: usize) {
    let mut content = vec![0; megabytes << 20];
    world.ambient().random.fill(&mut content);
    world.write("home/documents/film.raw", &content);
}

/// How many bytes of files lie below a folder.
fn size(world: &World, folder: &str) -> u64 {
    let all = crate::world::contents(&world.path(folder));
    all.iter().map(|(_, content)| content.len() as u64).sum()
}

async fn set(application: &Application, limits: RunLimits) {
    assert_eq!(application.set_limits(&limits).await.expect("it is set"), limits);
}

#[tokio::test]
async fn limits_are_kept_and_those_that_make_no_sense_refused() {
    let world = World::new();
    let (_, application, words) = world.begun().await;
    assert_eq!(application.limits().await.expect("limits"), NONE, "there is none at first");
    let some = RunLimits {
        upload_kib: Some(500),
        download_kib: Some(1),
        cpu_percent: Some(99),
        background: true,
    };
    set(&application, some).await;
    let again = app::Application::open(&world.data(), Some(&words), world.ambient()).await;
    assert_eq!(again.expect("it opens").limits().await.expect("limits"), some);
    for wrong in [
        RunLimits { upload_kib: Some(0), ..NONE },
        RunLimits { download_kib: Some(1 << 40), ..NONE },
        RunLimits { cpu_percent: Some(0), ..NONE },
        RunLimits { cpu_percent: Some(100), ..NONE },
    ] {
        let error = application.set_limits(&wrong).await.expect_err("refused");
        assert_eq!(error.code, Code::BadLimit);
    }
    assert_eq!(application.limits().await.expect("limits"), some);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_holds_an_upload_back_until_it_is_taken_away() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    write(&world, 24);
    // The whole of it would take more than six minutes.
    set(&application, RunLimits { upload_kib: Some(64), ..NONE }).await;
    let before = size(&world, "disk");
    application.queue_backups(&[], Trigger::Manual).await.expect("asked for");
    let working = work(&application);
    let run = active(&application).await;
    sleep(Duration::from_secs(6)).await;
    let moved = size(&world, "disk").saturating_sub(before);
    assert!(moved < 2 << 20, "{moved} bytes are there");
    assert!(!application.run(&run.id).await.expect("the run").is_over());

    set(&application, NONE).await;
    timeout(LONG, working).await.expect("it ends soon").expect("the work");
    succeeded(&application.run(&run.id).await.expect("the run"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_limit_that_comes_while_a_restore_is_under_way_holds_it_back() {
    let world = World::new();
    write(&world, 24);
    let (_, application, _) = world.backed_up().await;
    set(&application, RunLimits { download_kib: Some(64), ..NONE }).await;
    let order = RestoreOrder {
        destination: application.destinations().await.expect("one").remove(0).id,
        plan: None,
        backup: "latest".to_owned(),
        include: Vec::new(),
        patterns: Vec::new(),
        to: WhereTo::Elsewhere { folder: world.text("restored"), existing: app::Existing::Refuse },
    };
    let id = application.queue_restore(&order, Trigger::Manual).await.expect("asked for");
    let working = work(&application);
    active(&application).await;
    sleep(Duration::from_secs(5)).await;
    let run = application.run(&id).await.expect("the run");
    let moved = run.progress.map_or(0, |progress| progress.bytes_moved);
    assert!(moved < 2 << 20, "{moved} bytes were read");
    // To look through what is there is not held back.
    let cancel = Cancel::new();
    let listed = application.backups(&order.destination, &cancel);
    assert_eq!(timeout(Duration::from_secs(5), listed).await.expect("soon").expect("it").len(), 1);
    set(&application, NONE).await;
    timeout(LONG, working).await.expect("it ends soon").expect("the work");
    succeeded(&application.run(&id).await.expect("the run"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_share_of_the_processors_counts_at_once() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    write(&world, 300);
    set(&application, RunLimits { cpu_percent: Some(1), ..NONE }).await;
    application.queue_backups(&[], Trigger::Manual).await.expect("asked for");
    let working = work(&application);
    let run = active(&application).await;
    sleep(Duration::from_secs(6)).await;
    let progress = application.run(&run.id).await.expect("the run").progress.expect("progress");
    assert!(progress.bytes_moved < 100 << 20, "{progress:?}");
    set(&application, NONE).await;
    timeout(LONG, working).await.expect("it ends soon").expect("the work");
    succeeded(&application.run(&run.id).await.expect("the run"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn another_process_changes_a_limit_and_it_is_told() {
    let world = World::new();
    let (session, application, words) = world.backed_up().await;
    write(&world, 24);
    let session = Arc::new(session);
    set(&application, RunLimits { upload_kib: Some(64), ..NONE }).await;
    let mut events = session.listen();
    let cancel = Cancel::new();
    let watching = tokio::spawn({
        let (session, cancel) = (Arc::clone(&session), cancel.clone());
        async move { session.watch(&cancel).await }
    });
    application.queue_backups(&[], Trigger::Manual).await.expect("asked for");
    let run = active(&application).await;
    let other = Application::open(&world.data(), Some(&words), world.ambient()).await;
    let other = other.expect("it opens");
    // What the start of the run tells is not what is waited for.
    sleep(Duration::from_secs(2)).await;
    while events.try_recv().is_ok() {}
    set(&other, RunLimits { cpu_percent: Some(50), upload_kib: Some(64), ..NONE }).await;
    let told = async {
        loop {
            let event = events.recv().await.expect("it is told");
            let topic = |changed: &app::Changed| changed.topics.contains(&Topic::Settings);
            if matches!(&event, Event::Changed(changed) if topic(changed)) {
                return;
            }
        }
    };
    timeout(Duration::from_secs(5), told).await.expect("while the run is under way");
    assert!(!application.run(&run.id).await.expect("the run").is_over());
    set(&other, NONE).await;
    let ended = async || application.run(&run.id).await.ok().filter(app::RunEntry::is_over);
    succeeded(&until("the end", ended).await);
    cancel.cancel();
    watching.await.expect("it ends");
}
