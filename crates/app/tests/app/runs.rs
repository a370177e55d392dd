//! Plans and their runs over time.

use crate::world::{World, back_up, succeeded};
use app::{ActivityWanted, Code, LogPlace, PlanDraft, RunStatus, RunsWanted, State, Trigger};
use std::fs;

#[tokio::test]
async fn a_changed_plan_keeps_its_history_and_its_absent_sources() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    let plan = application.plan("Documents").await.expect("the plan");
    world.write("home/photos/one.jpg", b"photo");
    let draft = PlanDraft {
        name: "Papers".to_owned(),
        description: " All of them ".to_owned(),
        sources: vec![world.text("home/documents"), world.text("home/photos")],
        excludes: vec!["*.tmp".to_owned(), " ".to_owned(), "*.tmp".to_owned()],
        destinations: plan.targets.iter().map(|target| target.destination.clone()).collect(),
    };
    let saved = application.save_plan(Some(&plan.id), &draft).await.expect("it is saved");
    assert_eq!((saved.id.as_str(), saved.name.as_str()), (plan.id.as_str(), "Papers"));
    assert_eq!((saved.description.as_str(), saved.excludes.len()), ("All of them", 1));
    assert_eq!(saved.newest_copy_at, plan.newest_copy_at, "its history stays with it");
    assert_eq!(saved.sources.len(), 2);
    // A source that is away stays in the plan; a new one must be there.
    fs::rename(world.path("home/photos"), world.path("away")).expect("it is away");
    application.save_plan(Some(&plan.id), &draft).await.expect("it may be away");
    let mut typo = draft.clone();
    typo.sources.push(world.text("home/typo"));
    let refused = application.save_plan(Some(&plan.id), &typo).await.expect_err("refused");
    assert_eq!(refused.code, Code::SourceMissing);
    // And the run says what it did not find.
    let run = back_up(&application).await;
    assert_eq!(run.status, RunStatus::PartialSuccess);
    let reasons = application.skipped_reasons(&run.id).await.expect("reasons");
    assert_eq!((reasons.len(), reasons[0].reason.as_str(), reasons[0].files), (1, "missing", 1));
    assert_eq!(application.plan("Papers").await.expect("it").state, State::Warning);
    let skipped = application.skipped(&run.id, None, 0, 10).await.expect("files");
    assert_eq!((skipped.len(), skipped[0].accepted), (1, false));
    application.accept_skipped(&run.id, skipped[0].path.clone()).await.expect("accepted");
    assert!(application.skipped(&run.id, None, 0, 10).await.expect("files")[0].accepted);
    let other = application.accept_skipped(&run.id, world.text("nowhere")).await;
    assert_eq!(other.expect_err("it was not skipped").code, Code::NoSuchPath);
}

#[tokio::test]
async fn a_failure_is_new_once_until_it_succeeds_again() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    fs::rename(world.path("disk"), world.path("pulled")).expect("it is pulled");
    let mut told = Vec::new();
    for _ in 0..3 {
        world.pass(1);
        let run = back_up(&application).await;
        assert_eq!(run.error.as_ref().map(|error| error.code.as_str()), Some("not_mounted"));
        told.push(application.is_new_failure(&run.id).await.expect("known"));
    }
    assert_eq!(told, [true, false, false]);
    fs::rename(world.path("pulled"), world.path("disk")).expect("it is back");
    world.pass(1);
    let run = back_up(&application).await;
    succeeded(&run);
    assert!(!application.is_new_failure(&run.id).await.expect("known"));
    fs::rename(world.path("disk"), world.path("pulled")).expect("it is pulled");
    world.pass(1);
    let run = back_up(&application).await;
    assert!(application.is_new_failure(&run.id).await.expect("known"));
    // The days tell the worst of each.
    let plan = application.plan("Documents").await.expect("the plan");
    assert_eq!((plan.days[89].status, plan.days[89].runs), (Some(RunStatus::Failed), 6));
    assert_eq!(plan.last_status, Some(RunStatus::Failed));
}

#[tokio::test]
async fn what_ages_becomes_out_of_date() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    let state = async || application.plan("Documents").await.expect("the plan").word;
    let fresh = state().await;
    assert_ne!(fresh, "Out of date");
    world.pass(24 * 10 + 12);
    assert_eq!(state().await, fresh, "seven days and a half more");
    world.pass(1);
    assert_eq!(state().await, "Out of date");
    back_up(&application).await;
    assert_eq!(state().await, fresh);
    let days = application.plan("Documents").await.expect("the plan").days;
    assert_eq!(days.iter().filter(|day| day.runs > 0).count(), 2);
    assert_eq!(days[0].date, "2026-09-08");
}

/// With an empty clock battery a computer starts in 1970: backups are made and
/// read back all the same, and no age is believed.
#[tokio::test]
async fn a_clock_before_2020_is_said_and_does_no_harm() {
    const SAYS: &str = "clock is wrong";
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    let doubts = async || {
        let verdict = application.verdict().await.expect("a verdict");
        verdict.reasons.iter().any(|reason| reason.contains(SAYS))
    };
    assert!(!doubts().await);
    world.clock.set("1970-01-01T00:10:00Z".parse().expect("a moment"));
    assert!(doubts().await);
    world.write("home/documents/new.txt", b"written in 1970");
    succeeded(&back_up(&application).await);
    assert!(doubts().await);
    world.clock.set(world.clock_after(1).parse().expect("a moment"));
    assert!(!doubts().await);
    succeeded(&back_up(&application).await);
    let runs = application.runs(&RunsWanted { limit: 10, ..RunsWanted::default() }).await;
    assert_eq!(runs.expect("runs").len(), 3);
}

#[tokio::test]
async fn runs_and_their_log_come_in_pages() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    for _ in 0..4 {
        world.pass(1);
        back_up(&application).await;
    }
    let mut wanted = RunsWanted { limit: 2, ..RunsWanted::default() };
    let mut seen = Vec::new();
    loop {
        let page = application.runs(&wanted).await.expect("a page");
        let Some(last) = page.last() else { break };
        wanted.before = Some(last.id.clone());
        seen.extend(page.into_iter().map(|run| run.queued_at));
    }
    assert_eq!(seen.len(), 5);
    assert!(seen.windows(2).all(|pair| pair[0] > pair[1]), "{seen:?}");

    let mut wanted = ActivityWanted { limit: 2, ..ActivityWanted::default() };
    let mut lines = Vec::new();
    loop {
        let page = application.activity(&wanted).await.expect("a page");
        let Some(last) = page.last() else { break };
        let (at, run) = (last.at.clone(), last.run.clone());
        wanted.before = Some(LogPlace { at, run, seq: last.seq });
        lines.extend(page);
    }
    assert!(lines.len() >= 5 && lines.iter().all(|line| line.plan == "Documents"), "{lines:?}");
    wanted = ActivityWanted { contains: Some("read BACK".into()), limit: 50, ..wanted };
    wanted.before = None;
    assert_eq!(application.activity(&wanted).await.expect("lines").len(), 5);
}

#[tokio::test]
async fn what_ends_in_the_middle_is_taken_up() {
    let world = World::new();
    let (_, application, words) = world.begun().await;
    application.stop_working();
    // Stopped before it began: it waits still.
    application.work_off().await.expect("it ends at once");
    let waiting = application.working().await.expect("runs");
    assert_eq!((waiting.len(), waiting[0].status), (1, RunStatus::Pending));
    // Another start does it.
    let later = app::Application::open(&world.data(), Some(&words), world.ambient()).await;
    let later = later.expect("it opens");
    later.work_off().await.expect("it works");
    let run = later.run(&waiting[0].id).await.expect("the run");
    succeeded(&run);
    assert_eq!(run.trigger, Trigger::Manual);
}
