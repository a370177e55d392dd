//! A run that stands still for a while.

use crate::world::{World, succeeded};
use app::{
    Application, Cancel, Code, Event, LogEntry, RestoreOrder, RunEntry, RunStatus, TrayAct,
    TrayIcon, Trigger, WhereTo,
};
use std::{future::Future, sync::Arc, time::Duration};
use store::Store;
use tokio::time::{sleep, timeout};

/// As long as anything may take on a busy machine.
pub(crate) const LONG: Duration = Duration::from_secs(60);

/// Waits until something is so.
pub(crate) async fn until<T, F: Future<Output = Option<T>>>(
    what: &str,
    mut is: impl FnMut() -> F,
) -> T {
    let found = async {
        loop {
            if let Some(found) = is().await {
                return found;
            }
            sleep(Duration::from_millis(20)).await;
        }
    };
    timeout(LONG, found).await.unwrap_or_else(|_| panic!("waited too long for {what}"))
}

/// Writes what takes a few seconds to back up.
fn write_much(world: &World) {
    let ambient = world.ambient();
    let mut content = vec![0; 8 << 20];
    for number in 0..40 {
        ambient.random.fill(&mut content);
        world.write(&format!("home/documents/large/{number}.raw"), &content);
    }
}

async fn log(application: &Application, run: &str) -> Vec<LogEntry> {
    application.log(run).await.expect("a log")
}

/// Has all that waits done, beside the test.
pub(crate) fn work(application: &Application) -> tokio::task::JoinHandle<bool> {
    let application = application.clone();
    tokio::spawn(async move { application.work_off().await.expect("it works") })
}

/// The run that is under way.
pub(crate) async fn active(application: &Application) -> RunEntry {
    let found = async || {
        let all = application.working().await.expect("runs");
        all.into_iter().find(|run| run.status.is_active())
    };
    until("a run under way", found).await
}

/// Pauses a run, and waits until it stands still.
async fn pause(application: &Application, run: &str) {
    let paused = application.pause_run(run).await.expect("it is paused");
    assert!(paused.paused);
    let stands = async || {
        let all = log(application, run).await;
        all.iter().any(|line| line.message == "Paused.").then_some(())
    };
    until("the run to stand still", stands).await;
    // What was on its way has arrived by then.
    sleep(Duration::from_secs(2)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_run_stands_still_holds_the_queue_and_goes_on() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    // "latest" is told by the time, so the second backup must be later.
    world.pass(1);
    write_much(&world);
    let ids = application.queue_backups(&[], Trigger::Manual).await.expect("asked for");
    let working = work(&application);
    let run = active(&application).await;
    assert_eq!((run.id.as_str(), run.paused), (ids[0].as_str(), false));
    pause(&application, &run.id).await;

    let before = application.run(&run.id).await.expect("the run");
    assert!(before.status.is_active() && before.paused, "{before:?}");
    let standing = before.progress.expect("how far it is");
    assert_eq!((standing.bytes_per_second, standing.seconds_left), (0, None));
    // Somebody waits for files: not even a restore overtakes it.
    let restore = application
        .queue_restore(
            &RestoreOrder {
                destination: application.destinations().await.expect("one").remove(0).id,
                plan: None,
                backup: "latest".to_owned(),
                include: Vec::new(),
                patterns: Vec::new(),
                to: WhereTo::Elsewhere {
                    folder: world.text("restored"),
                    existing: app::Existing::Refuse,
                },
            },
            Trigger::Manual,
        )
        .await
        .expect("asked for");
    sleep(Duration::from_secs(2)).await;
    let after = application.run(&run.id).await.expect("the run").progress.expect("its progress");
    assert_eq!(after, standing, "nothing moves");
    assert!(after.bytes_done < after.total_bytes || !after.counted, "it is in the middle");
    let status = async |id: &str| application.run(id).await.expect("it").status;
    assert_eq!(status(&restore).await, RunStatus::Pending);
    // Asked for once more, it is the same run, and it stays paused.
    let again = application.queue_backups(&[], Trigger::Manual).await.expect("asked for");
    assert_eq!(again, ids);
    assert!(application.pause_run(&run.id).await.expect("it is paused already").paused);

    assert!(!application.resume_run(&run.id).await.expect("it goes on").paused);
    assert!(working.await.expect("the work"));
    let run = application.run(&run.id).await.expect("the run");
    succeeded(&run);
    assert!(!run.paused);
    assert_eq!(status(&restore).await, RunStatus::Success);
    let said: Vec<_> = log(&application, &run.id).await.into_iter().map(|it| it.message).collect();
    assert_eq!(said, ["Paused.", "Resumed.", "Done, and read back."]);
    assert_eq!(
        std::fs::read(world.path("home/documents/large/39.raw")).expect("a file"),
        std::fs::read(
            world.path("restored").join(
                world.path("home/documents/large/39.raw").strip_prefix("/").expect("absolute")
            )
        )
        .expect("it is restored"),
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_paused_run_can_be_cancelled_and_then_it_is_over() {
    let world = World::new();
    write_much(&world);
    let (_, application, _) = world.begun().await;
    let working = work(&application);
    let run = active(&application).await;
    pause(&application, &run.id).await;
    application.cancel_run(&run.id).await.expect("it is asked to stop");
    timeout(Duration::from_secs(10), working).await.expect("it ends soon").expect("the work");
    let ended = application.run(&run.id).await.expect("the run");
    assert_eq!((ended.status, ended.paused), (RunStatus::Cancelled, false));
    for refused in [application.pause_run(&run.id).await, application.resume_run(&run.id).await] {
        let error = refused.expect_err("it is over");
        assert_eq!(error.code, Code::RunOver);
        assert!(error.message.starts_with("Documents to disk has ended"), "{error}");
    }
    let nobody = application.pause_run("00000000-0000-4000-8000-000000000000").await;
    assert_eq!(nobody.expect_err("there is none").code, Code::NoSuchRun);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_ends_with_the_program_and_the_run_is_taken_up() {
    let world = World::new();
    write_much(&world);
    let (_, application, words) = world.begun().await;
    let working = work(&application);
    let run = active(&application).await;
    pause(&application, &run.id).await;
    application.stop_working();
    timeout(Duration::from_secs(10), working).await.expect("it ends soon").expect("the work");
    let closed = application.run(&run.id).await.expect("the run");
    assert_eq!((closed.status, closed.paused), (RunStatus::Failed, false));
    assert_eq!(closed.error.expect("why").code, "interrupted");

    let later = Application::open(&world.data(), Some(&words), world.ambient()).await;
    let later = later.expect("it opens");
    let waiting = later.working().await.expect("runs").remove(0);
    assert_eq!((waiting.status, waiting.trigger), (RunStatus::Pending, Trigger::Resume));
    let error = later.pause_run(&waiting.id).await.expect_err("it has not begun");
    assert_eq!(error.code, Code::RunWaits);
    assert!(!later.resume_run(&waiting.id).await.expect("nothing to do").paused);
    assert_eq!(later.pause_all().await.expect("nothing to do"), []);
    later.work_off().await.expect("it works");
    succeeded(&later.run(&waiting.id).await.expect("the run"));
}

/// A process that was killed left its run paused by its row.
#[tokio::test]
async fn what_died_paused_is_over() {
    let world = World::new();
    let (_, application, _) = world.begun().await;
    let run = application.working().await.expect("runs").remove(0).id;
    let path = world.data().join("keepstead.db");
    let store = Store::open(&path, &world.ambient()).await.expect("it opens");
    let id = run.parse().expect("an id");
    store.runs().start(id, world.ambient().clock.now()).await.expect("it is started");
    store.runs().set_paused(id, true).await.expect("it is paused");
    // What takes it up is younger.
    world.pass(1);
    let error = application.resume_run(&run).await.expect_err("nobody works on it");
    assert_eq!(error.code, Code::RunOver);
    let closed = application.run(&run).await.expect("the run");
    assert_eq!((closed.status, closed.paused), (RunStatus::Failed, false));
    application.work_off().await.expect("it works");
    let newest = application.runs(&app::RunsWanted { limit: 1, ..Default::default() }).await;
    succeeded(&newest.expect("runs").remove(0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pause_is_told_and_the_tray_takes_it_back() {
    let world = World::new();
    write_much(&world);
    let (session, application, _) = world.begun().await;
    assert_eq!(session.tray().await.hold, None, "what waits cannot be paused");
    let session = Arc::new(session);
    let mut events = session.listen();
    let cancel = Cancel::new();
    let watching = tokio::spawn({
        let (session, cancel) = (Arc::clone(&session), cancel.clone());
        async move { session.watch(&cancel).await }
    });
    active(&application).await;
    let hold = session.tray().await.hold.expect("a way to pause");
    assert_eq!((hold.text.as_str(), hold.act), ("Pause backups", TrayAct::Pause));
    assert_eq!(application.pause_all().await.expect("paused").len(), 1);

    let mut next = async |fits: &dyn Fn(&Event) -> bool| {
        let found = async {
            loop {
                let event = events.recv().await.expect("it is told");
                if fits(&event) {
                    return event;
                }
            }
        };
        timeout(LONG, found).await.expect("it comes")
    };
    let said = |text: &'static str| move |event: &Event| matches!(event, Event::Status(status) if status.message == text);
    next(&said("Documents to disk: paused.")).await;
    next(&|event| matches!(event, Event::Progress(progress) if progress.paused)).await;
    let tray = session.tray().await;
    let running = tray.running.expect("it is under way still");
    assert!(running.text.starts_with("Documents to disk: paused"), "{}", running.text);
    let hold = tray.hold.expect("a way to go on");
    assert_eq!((hold.text.as_str(), hold.act), ("Resume backups", TrayAct::Resume));
    assert_ne!(tray.icon, TrayIcon::Working, "nothing moves");

    assert_eq!(application.pause_all().await.expect("it is so already"), []);
    assert_eq!(application.resume_all().await.expect("it goes on").len(), 1);
    next(&said("Documents to disk: under way.")).await;
    next(&said("Documents to disk: done, and read back.")).await;
    assert_eq!(session.tray().await.hold, None);
    cancel.cancel();
    watching.await.expect("it ends");
}
