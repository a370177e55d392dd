//! Freeing the room of what no backup needs.

use crate::world::{World, back_up, contents, finish, succeeded};
use app::{
    Application, Cancel, CleanUpPlan, Code, DestinationEntry, RunEntry, RunKind, RunResult,
    RunStatus, Trigger, vault::ForgetRequest,
};
use std::{fs, path::PathBuf};
use store::Store;

/// A destination with a backup that is gone: most of what is stored is no longer
/// needed. The run that made the newest backup as well.
async fn with_waste(world: &World) -> (app::Session, Application, RunEntry) {
    world.write_random("home/documents/film.raw", 400_000);
    let (session, application, words) = world.backed_up().await;
    fs::remove_file(world.path("home/documents/film.raw")).expect("a file");
    world.write_random("home/documents/new.raw", 50_000);
    world.pass(1);
    let newest = back_up(&application).await;
    succeeded(&newest);
    let vault = world.vault(&words).await;
    let cancel = Cancel::new();
    let first = vault.list(&cancel).await.expect("backups").into_iter().next().expect("the first");
    assert_ne!(Some(&first.id), newest.backup_id.as_ref());
    let planned = vault.plan_forget(&ForgetRequest::Backups(vec![first.id]), &cancel).await;
    vault.forget(&planned.expect("a plan"), &cancel).await.expect("it is gone");
    (session, application, newest)
}

async fn plan(application: &Application) -> CleanUpPlan {
    application.plan_clean_up("disk", &Cancel::new()).await.expect("a plan")
}

async fn clean_up(application: &Application, plan: &CleanUpPlan) -> RunEntry {
    let id = application.queue_clean_up("disk", &plan.id, Trigger::Manual).await;
    finish(application, &[id.expect("asked for")]).await
}

fn came_to(run: &RunEntry) -> (u64, u64, u64) {
    assert_eq!((run.status, run.kind), (RunStatus::Success, RunKind::Prune), "{run:?}");
    match run.result {
        Some(RunResult::CleanedUp { bytes_freed, bytes_waiting, bytes_rewritten }) => {
            (bytes_freed, bytes_waiting, bytes_rewritten)
        }
        _ => panic!("{run:?}"),
    }
}

async fn disk(application: &Application) -> DestinationEntry {
    application.destinations().await.expect("one").remove(0)
}

async fn is_sound(application: &Application) {
    let depth = app::Depth::Everything;
    let id = application.queue_verify("disk", depth, Trigger::Manual).await.expect("asked for");
    let run = finish(application, &[id]).await;
    assert!(
        matches!(run.result, Some(RunResult::Verified { errors: 0, remarks: 0, .. })),
        "{run:?}"
    );
}

/// What the destination has of files, without locks that come and go.
fn all(world: &World) -> Vec<(PathBuf, Vec<u8>)> {
    contents(&world.path("disk"))
}

#[tokio::test]
async fn what_was_shown_is_done_and_deleted_a_day_later() {
    let world = World::new();
    let (_, application, _) = with_waste(&world).await;
    let before = all(&world);
    let shown = plan(&application).await;
    assert_eq!(all(&world), before, "to look changes nothing");
    assert_eq!((shown.destination.as_str(), shown.empty, shown.backups), ("disk", false, 1));
    assert_eq!(shown.destination_id, disk(&application).await.id);
    assert_eq!((shown.frees_now, shown.waiting, &shown.waiting_until), (0, 0, &None));
    assert_eq!((shown.stored, shown.grace_seconds), (world.stored_bytes(), 86_400));
    assert!(shown.frees_later > 400_000 && shown.reclaimable > 400_000, "{shown:?}");
    assert!(shown.rewritten > 0, "letter and film lie in one file: {shown:?}");
    assert!(shown.needed < shown.stored - shown.reclaimable + 1_000, "{shown:?}");
    let known = disk(&application).await;
    assert_eq!((known.stored, known.reclaimable), (Some(shown.stored), Some(shown.reclaimable)));
    assert_eq!(plan(&application).await, shown, "and the same is shown again");

    let (freed, waiting, rewritten) = came_to(&clean_up(&application, &shown).await);
    assert_eq!((freed, waiting), (0, shown.frees_later));
    assert!((shown.rewritten..shown.rewritten + 1_000).contains(&rewritten), "{rewritten}");
    let marked = disk(&application).await;
    assert_eq!(marked.stored, Some(world.stored_bytes()));
    assert_eq!(marked.stored, Some(shown.stored + rewritten));
    assert_eq!(marked.reclaimable, Some(waiting));
    is_sound(&application).await;
    let waits = plan(&application).await;
    assert!(waits.empty && waits.frees_now == 0 && waits.frees_later == 0, "{waits:?}");
    assert_eq!((waits.waiting, waits.reclaimable), (waiting, waiting));
    assert_eq!(waits.waiting_until.as_deref(), Some(world.clock_after(25).as_str()));
    assert_eq!(came_to(&clean_up(&application, &waits).await), (0, waiting, 0));

    world.pass(24);
    let now = plan(&application).await;
    assert_eq!((now.frees_now, now.frees_later, now.waiting), (waiting, 0, 0), "{now:?}");
    assert_eq!(now.reclaimable, waiting);
    assert_ne!(now.id, waits.id, "the time is over, so it is another plan");
    assert_eq!(came_to(&clean_up(&application, &now).await), (waiting, 0, 0));
    let done = disk(&application).await;
    assert_eq!(done.stored, Some(world.stored_bytes()));
    assert_eq!((done.stored, done.reclaimable), (Some(now.stored - waiting), Some(0)));
    is_sound(&application).await;
    let nothing = plan(&application).await;
    assert!(nothing.empty && nothing.reclaimable == 0, "{nothing:?}");
}

#[tokio::test]
async fn what_is_no_longer_what_was_shown_is_not_done() {
    let world = World::new();
    let (_, application, _) = with_waste(&world).await;
    let shown = plan(&application).await;
    world.write_random("home/documents/later.raw", 10_000);
    world.pass(1);
    succeeded(&back_up(&application).await);
    let before = all(&world);
    let refuse = async |plan: &CleanUpPlan| {
        let run = clean_up(&application, plan).await;
        assert_eq!((run.status, run.result), (RunStatus::Failed, None));
        assert_eq!(run.error.map(|error| error.code), Some("plan_outdated".to_owned()));
    };
    refuse(&shown).await;
    assert_eq!(all(&world), before);
    let new = plan(&application).await;
    assert_ne!(new.id, shown.id);
    came_to(&clean_up(&application, &new).await);
    let waits = plan(&application).await;
    // A day later it would delete: nobody was asked about that.
    world.pass(24);
    let before = all(&world);
    refuse(&waits).await;
    assert_eq!(all(&world), before);
}

/// A destination that hides a backup would have its contents deleted.
#[tokio::test]
async fn nothing_is_done_while_the_newest_backup_is_not_listed() {
    let world = World::new();
    let (_, application, newest) = with_waste(&world).await;
    let shown = plan(&application).await;
    let id = newest.backup_id.expect("its id");
    let listed = world.path("disk/Keepstead/vault/snapshots").join(&id);
    let hidden = world.path("hidden");
    // Another backup is listed, so that it is not just empty.
    world.write_random("home/other/file.raw", 10_000);
    let draft = app::PlanDraft {
        name: "Other".to_owned(),
        description: String::new(),
        sources: vec![world.text("home/other")],
        excludes: Vec::new(),
        destinations: vec!["disk".to_owned()],
    };
    application.save_plan(None, &draft).await.expect("a plan");
    world.pass(1);
    let ids = application.queue_backups(&["Other".to_owned()], Trigger::Manual).await;
    succeeded(&finish(&application, &ids.expect("asked for")).await);
    let fresh = plan(&application).await;
    fs::rename(&listed, &hidden).expect("it is hidden");
    let before = all(&world);

    let refused = application.plan_clean_up("disk", &Cancel::new()).await.expect_err("refused");
    assert_eq!(refused.code, Code::MissingObject);
    assert!(refused.message.starts_with("The newest backup of \"Documents\" is not listed"));
    assert!(refused.hint.contains("back \"Documents\" up once more"), "{refused:?}");
    for plan in [&shown, &fresh] {
        let run = clean_up(&application, plan).await;
        assert_eq!(run.error.map(|error| error.code), Some("missing_object".to_owned()));
    }
    assert_eq!(all(&world), before, "nothing was touched");

    // It was removed on purpose: the plan is backed up once more.
    world.pass(1);
    for run in application.queue_backups(&[], Trigger::Manual).await.expect("asked for") {
        succeeded(&finish(&application, &[run]).await);
    }
    came_to(&clean_up(&application, &plan(&application).await).await);
    is_sound(&application).await;
}

#[tokio::test]
async fn it_is_asked_for_once_and_not_again_when_it_was_interrupted() {
    let world = World::new();
    let (session, application, _) = with_waste(&world).await;
    let shown = plan(&application).await;
    let queue = async |plan: &str| {
        let id = application.queue_clean_up("disk", plan, Trigger::Manual).await;
        id.expect("asked for")
    };
    let (one, two) = tokio::join!(queue(&shown.id), queue(&shown.id));
    assert_eq!(one, two);
    assert_ne!(queue("another").await, one, "it is about something else");
    let running = session.tray().await.running.expect("it waits");
    assert_eq!(running.text, "Cleaning up disk: waiting for its turn");

    let path = world.data().join("keepstead.db");
    let store = Store::open(&path, &world.ambient()).await.expect("it opens");
    let now = world.ambient().clock.now();
    store.runs().start(one.parse().expect("an id"), now).await.expect("it is started");
    application.work_off().await.expect("it works");
    let run = application.run(&one).await.expect("the run");
    let error = run.error.expect("why");
    assert_eq!((run.status, error.code.as_str()), (RunStatus::Failed, "interrupted"));
    assert_eq!(error.hint, "Clean up again: it goes on from there.");
    assert_eq!(application.working().await.expect("runs"), []);
    came_to(&clean_up(&application, &shown).await);
}

#[tokio::test]
async fn looking_ends_when_nobody_looks_any_more() {
    let world = World::new();
    let (session, _, _) = with_waste(&world).await;
    let before = all(&world);
    let (planned, ()) = tokio::join!(session.plan_clean_up("disk"), async {
        session.stop_planning();
    });
    assert_eq!(planned.expect_err("it was stopped").code, Code::Cancelled);
    assert_eq!(all(&world), before);
    // Asked for again, the first ends.
    let (first, second) =
        tokio::join!(session.plan_clean_up("disk"), session.plan_clean_up("disk"));
    assert_eq!(first.expect_err("it was stopped").code, Code::Cancelled);
    second.expect("a plan");
    session.stop_planning();
    session.plan_clean_up("disk").await.expect("nothing was under way");
}

#[tokio::test]
async fn a_destination_that_is_away_is_left_alone() {
    let world = World::new();
    let (_, application, _) = with_waste(&world).await;
    let shown = plan(&application).await;
    fs::rename(world.path("disk"), world.path("pulled")).expect("it is pulled");
    let refused = application.plan_clean_up("disk", &Cancel::new()).await.expect_err("refused");
    assert_eq!(refused.code, Code::NotMounted);
    let run = clean_up(&application, &shown).await;
    assert_eq!(run.error.as_ref().map(|error| error.code.as_str()), Some("not_mounted"));
    assert_eq!(app::failure_notice(&run).0, "disk could not be cleaned up");
}
