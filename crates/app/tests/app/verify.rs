//! Verifying what lies at a destination.

use crate::{
    pause::{LONG, active, until, work},
    world::{World, back_up, contents, finish, succeeded},
};
use app::{
    Application, Cancel, Code, Depth, DestinationEntry, Fix, LogLevel, RestoreOrder, RunEntry,
    RunKind, RunLimits, RunResult, RunStatus, State, Trigger, WhereTo, failure_notice,
    vault::Progress,
};
use std::{fs, sync::Arc, time::Duration};
use store::Store;
use tokio::time::timeout;

const ALL: [Depth; 3] = [Depth::Structure, Depth::Sample, Depth::Everything];
/// As much as two seconds read at 1 MiB a second do not finish.
const LARGE: usize = 6 << 20;

/// Verifies an hour later, and says how it went.
async fn verify(world: &World, application: &Application, depth: Depth) -> RunEntry {
    world.pass(1);
    let id = application.queue_verify("disk", depth, Trigger::Manual).await.expect("asked for");
    finish(application, &[id]).await
}

async fn disk(application: &Application) -> DestinationEntry {
    application.destinations().await.expect("one").remove(0)
}

/// The word of the verdict on the one plan.
async fn word(application: &Application) -> String {
    application.plan("Documents").await.expect("the plan").word
}

/// Turns a bit of what is stored, in the middle of the largest file of it.
fn damage(world: &World) -> std::path::PathBuf {
    let (path, length) = world.stored().remove(0);
    let mut bytes = fs::read(&path).expect("a file");
    let middle = usize::try_from(length / 2).expect("small");
    bytes[middle] ^= 1;
    fs::remove_file(&path).expect("a file");
    fs::write(&path, bytes).expect("a file");
    path
}

#[tokio::test]
async fn what_is_sound_is_said_to_be() {
    let world = World::new();
    world.write_random("home/documents/film.raw", 300_000);
    let (_, application, _) = world.backed_up().await;
    assert_eq!(disk(&application).await.verified, None);
    let before = contents(&world.path("disk"));
    for depth in ALL.into_iter().chain([Depth::Everything]) {
        let run = verify(&world, &application, depth).await;
        assert_eq!(
            (run.status, run.kind, run.verified),
            (RunStatus::Success, RunKind::Verify, true)
        );
        assert_eq!((run.plan.as_str(), run.destination.as_str()), ("", "disk"));
        let Some(RunResult::Verified { depth: read, backups, bytes, bytes_read, errors, remarks }) =
            run.result
        else {
            panic!("{run:?}")
        };
        assert_eq!((read, backups, errors, remarks), (depth, 1, 0, 0));
        assert_eq!(bytes, world.stored_bytes());
        match depth {
            Depth::Structure => assert_eq!(bytes_read, 0),
            Depth::Sample => assert!((1..=bytes).contains(&bytes_read), "{bytes_read}"),
            // The second time as well: what it says it reads it reads itself.
            Depth::Everything => assert_eq!(bytes_read, bytes),
        }
        let said = application.log(&run.id).await.expect("a log");
        let said: Vec<_> = said.iter().map(|line| line.message.as_str()).collect();
        assert_eq!(said, ["Done, no errors were found."]);
        let disk = disk(&application).await;
        let verified = disk.verified.expect("it was verified");
        assert_eq!((verified.run, verified.depth, verified.sound), (run.id, depth, true));
        assert_eq!(Some(verified.at), run.ended_at);
        assert_eq!((disk.stored, disk.reclaimable), (Some(bytes), Some(0)));
        assert_eq!(disk.measured_at, run.ended_at);
    }
    assert_eq!(contents(&world.path("disk")), before, "nothing was changed");
}

#[tokio::test]
async fn the_newest_backup_of_a_plan_is_missed_when_it_is_not_listed() {
    let world = World::new();
    world.write_random("home/documents/film.raw", 30_000);
    let (_, application, _) = world.backed_up().await;
    let backup = async || {
        world.pass(1);
        back_up(&application).await.backup_id.expect("its id")
    };
    let (older, newest) = (backup().await, backup().await);
    let file = |id: &str| world.path("disk/Keepstead/vault/snapshots").join(id);
    // An older one may go, by whatever rule.
    fs::remove_file(file(&older)).expect("a file");
    succeeded(&verify(&world, &application, Depth::Structure).await);
    fs::remove_file(file(&newest)).expect("a file");
    for depth in ALL {
        let run = verify(&world, &application, depth).await;
        assert_eq!(run.error.map(|error| error.code), Some("damaged".to_owned()));
        let log = application.log(&run.id).await.expect("a log");
        let missed = format!("snapshots/{newest}: It is missing.");
        assert!(log.iter().any(|line| line.message == missed), "{log:?}");
        assert_eq!(word(&application).await, "Damaged");
    }
    // What is on this computer is backed up once more, and that is the newest.
    backup().await;
    succeeded(&verify(&world, &application, Depth::Everything).await);
    assert_ne!(word(&application).await, "Damaged");
}

#[tokio::test]
async fn damage_is_found_told_and_stays_until_as_much_is_found_sound() {
    let world = World::new();
    world.write_random("home/documents/film.raw", 300_000);
    let (_, application, words) = world.backed_up().await;
    let sound = word(&application).await;
    let damaged = damage(&world);
    // Names and lengths are what they were.
    let run = verify(&world, &application, Depth::Structure).await;
    assert_eq!(run.status, RunStatus::Success, "{run:?}");

    let run = verify(&world, &application, Depth::Everything).await;
    let error = run.error.clone().expect("why");
    assert_eq!(
        (run.status, error.code.as_str(), run.verified),
        (RunStatus::Failed, "damaged", false)
    );
    assert!(error.message.starts_with("Backups on disk are damaged"), "{error:?}");
    assert!(error.hint.contains("keepstead vault repair"), "{error:?}");
    let Some(RunResult::Verified { depth: Depth::Everything, errors, .. }) = run.result else {
        panic!("{run:?}")
    };
    assert!(errors > 0);
    let log = application.log(&run.id).await.expect("a log");
    let name = damaged.file_name().and_then(|name| name.to_str()).expect("a name");
    let named = log.iter().filter(|line| line.message.contains(name));
    let named: Vec<_> = named.map(|line| (line.level, line.message.contains("film.raw"))).collect();
    assert!(named.contains(&(LogLevel::Error, true)), "{log:?}");
    assert!(named.iter().all(|(level, _)| *level == LogLevel::Error), "{log:?}");
    assert_eq!(
        log.last().map(|line| (line.level, &line.message)),
        Some((LogLevel::Error, &error.message))
    );
    assert!(application.is_new_failure(&run.id).await.expect("known"));
    assert_eq!(failure_notice(&run).0, "Backups on disk are damaged");

    let verdict = application.verdict().await.expect("a verdict");
    assert_eq!((verdict.state, verdict.word.as_str()), (State::Failed, "Damaged"));
    assert!(verdict.sentence.starts_with("Backups on disk are damaged"), "{verdict:?}");
    assert_eq!(verdict.fix, Some(Fix::ShowRun { run: run.id.clone() }));
    assert_eq!(word(&application).await, "Damaged");
    let measured = disk(&application).await;
    assert_eq!(measured.verified.map(|verified| verified.sound), Some(false));
    assert_eq!((measured.stored, measured.reclaimable), (Some(world.stored_bytes()), None));

    // Less than that proves nothing, and a new backup neither.
    let run = verify(&world, &application, Depth::Structure).await;
    assert_eq!(run.status, RunStatus::Success);
    assert!(disk(&application).await.verified.expect("it was").sound, "the last one was");
    assert_eq!(word(&application).await, "Damaged");
    succeeded(&back_up(&application).await);
    assert_eq!(word(&application).await, "Damaged");
    let again = verify(&world, &application, Depth::Everything).await;
    assert_eq!(again.status, RunStatus::Failed);
    assert!(!application.is_new_failure(&again.id).await.expect("known"), "it was told");

    // As the hint says: without the damaged file, an index of what is left, and
    // a new backup.
    fs::remove_file(&damaged).expect("a file");
    let vault = world.vault(&words).await;
    let (progress, cancel) = (Arc::new(Progress::default()), Cancel::new());
    let planned = vault.plan_index_repair(&progress, &cancel).await.expect("a plan");
    vault.repair_index(&planned, &cancel).await.expect("it is repaired");
    assert_eq!(word(&application).await, "Damaged");
    world.pass(1);
    succeeded(&back_up(&application).await);
    assert_eq!(word(&application).await, "Damaged");
    let run = verify(&world, &application, Depth::Everything).await;
    assert_eq!(run.status, RunStatus::Success, "{run:?}");
    assert_eq!(word(&application).await, sound);
}

#[tokio::test]
async fn what_cannot_even_be_opened_is_damaged() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    let config = world.path("disk/Keepstead/vault/config");
    let good = fs::read(&config).expect("a file");
    let write = |bytes: &[u8]| {
        fs::remove_file(&config).expect("a file");
        fs::write(&config, bytes).expect("a file");
    };
    write(b"nonsense that is longer than what seals it");
    let run = verify(&world, &application, Depth::Structure).await;
    let error = run.error.expect("why");
    assert_eq!((run.status, error.code.as_str()), (RunStatus::Failed, "damaged"));
    assert!(error.message.starts_with("Backups on disk are damaged"), "{error:?}");
    assert!(matches!(run.result, Some(RunResult::Verified { errors: 1, backups: 0, .. })));
    assert_eq!(word(&application).await, "Damaged");
    write(&good);
    assert_eq!(verify(&world, &application, Depth::Structure).await.status, RunStatus::Success);
    assert_ne!(word(&application).await, "Damaged");
}

#[tokio::test]
async fn what_harms_nothing_is_a_remark() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    let name = "5a".repeat(32);
    world.write(&format!("disk/Keepstead/vault/data/5a/{name}"), &[7; 5_000]);
    let run = verify(&world, &application, Depth::Everything).await;
    assert_eq!(run.status, RunStatus::Success, "{run:?}");
    assert!(matches!(run.result, Some(RunResult::Verified { errors: 0, remarks: 1, .. })));
    let log = application.log(&run.id).await.expect("a log");
    assert_eq!(log[0].level, LogLevel::Warning);
    assert!(log[0].message.starts_with(&format!("data/5a/{name}: ")), "{log:?}");
    let disk = disk(&application).await;
    assert_eq!((disk.stored, disk.reclaimable), (Some(world.stored_bytes()), Some(5_000)));
    assert!(disk.verified.expect("it was").sound);
}

#[tokio::test]
async fn a_destination_that_is_away_proves_nothing() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    fs::rename(world.path("disk"), world.path("pulled")).expect("it is pulled");
    let run = verify(&world, &application, Depth::Everything).await;
    let error = run.error.clone().expect("why");
    assert_eq!((run.status, error.code.as_str()), (RunStatus::Failed, "not_mounted"));
    assert_eq!(run.result, None);
    assert_eq!(failure_notice(&run).0, "disk could not be verified");
    assert_eq!(disk(&application).await.verified, None);
    assert_ne!(word(&application).await, "Damaged");
    assert!(application.is_new_failure(&run.id).await.expect("known"));

    // Damage is news although the last one had failed as well.
    fs::rename(world.path("pulled"), world.path("disk")).expect("it is back");
    fs::remove_file(&world.stored()[0].0).expect("a file");
    let run = verify(&world, &application, Depth::Structure).await;
    assert_eq!(run.error.as_ref().map(|error| error.code.as_str()), Some("damaged"));
    assert!(application.is_new_failure(&run.id).await.expect("known"));
    let unknown = application.queue_verify("nowhere", Depth::Sample, Trigger::Manual).await;
    assert_eq!(unknown.expect_err("there is none").code, Code::NoSuchDestination);
}

#[tokio::test]
async fn it_is_asked_for_once_and_restores_go_first() {
    let world = World::new();
    let (session, application, words) = world.backed_up().await;
    let other = Application::open(&world.data(), Some(&words), world.ambient()).await;
    let other = other.expect("it opens");
    let everything = Depth::Everything;
    let (one, two) = tokio::join!(
        application.queue_verify("disk", everything, Trigger::Manual),
        other.queue_verify("disk", everything, Trigger::Command),
    );
    let one = one.expect("asked for");
    assert_eq!(one, two.expect("asked for"));
    let less = application.queue_verify("disk", Depth::Structure, Trigger::Manual).await;
    assert_ne!(less.expect("asked for"), one, "it is something else");
    let running = session.tray().await.running.expect("it waits");
    assert_eq!(running.text, "Verifying disk: waiting for its turn");
    let order = RestoreOrder {
        destination: "disk".to_owned(),
        plan: None,
        backup: "latest".to_owned(),
        include: Vec::new(),
        patterns: Vec::new(),
        to: WhereTo::Elsewhere { folder: world.text("restored"), existing: app::Existing::Refuse },
    };
    let restore = application.queue_restore(&order, Trigger::Manual).await.expect("asked for");
    let waiting = application.working().await.expect("runs");
    assert_eq!((waiting.len(), &waiting[0].id), (3, &restore));
    application.work_off().await.expect("it works");
    let run = application.run(&one).await.expect("the run");
    assert_eq!((run.status, run.target), (RunStatus::Success, None));
    // It is over: the next one is another.
    let again = application.queue_verify("disk", everything, Trigger::Manual).await;
    assert_ne!(again.expect("asked for"), one);
}

/// A verification that reads slowly, and has begun to read.
async fn reading(
    world: &World,
    application: &Application,
) -> (RunEntry, tokio::task::JoinHandle<bool>) {
    world.pass(1);
    // To open it takes what one second lets through.
    let slow = RunLimits { download_kib: Some(1024), ..RunLimits::default() };
    application.set_limits(&slow).await.expect("it is set");
    let everything = Depth::Everything;
    application.queue_verify("disk", everything, Trigger::Manual).await.expect("asked for");
    let working = work(application);
    let run = active(application).await;
    let counted = async || {
        let run = application.run(&run.id).await.expect("the run");
        run.progress.filter(|progress| progress.counted).map(drop)
    };
    until("it to know how much there is", counted).await;
    (run, working)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_pauses_and_what_is_cancelled_proves_nothing() {
    let world = World::new();
    world.write_random("home/documents/film.raw", LARGE);
    let (session, application, _) = world.backed_up().await;
    let (run, working) = reading(&world, &application).await;
    let now = application.run(&run.id).await.expect("the run");
    assert_eq!((now.status, now.result.clone()), (RunStatus::Running, None), "it sends nothing");
    assert!(application.pause_run(&run.id).await.expect("it is paused").paused);
    let hold = session.tray().await.hold.expect("a way to go on");
    assert_eq!(hold.text, "Resume the verification");
    application.resume_run(&run.id).await.expect("it goes on");
    application.cancel_run(&run.id).await.expect("it is asked to stop");
    timeout(LONG, working).await.expect("it ends").expect("the work");
    let ended = application.run(&run.id).await.expect("the run");
    assert_eq!((ended.status, ended.result, ended.bytes_stored), (RunStatus::Cancelled, None, 0));
    assert_eq!(disk(&application).await.verified, None);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_ends_in_the_middle_is_not_asked_for_again() {
    let world = World::new();
    world.write_random("home/documents/film.raw", LARGE);
    let (_, application, words) = world.backed_up().await;
    let (run, working) = reading(&world, &application).await;
    application.stop_working();
    timeout(LONG, working).await.expect("it ends").expect("the work");
    let ended = application.run(&run.id).await.expect("the run");
    let error = ended.error.expect("why");
    assert_eq!((error.code.as_str(), ended.result), ("interrupted", None));
    assert_eq!(error.hint, "Verify again.");
    assert_eq!(application.working().await.expect("runs"), []);
    assert_eq!(disk(&application).await.verified, None);

    // The same when its process was killed.
    let later = Application::open(&world.data(), Some(&words), world.ambient()).await;
    let later = later.expect("it opens");
    let id = later.queue_verify("disk", Depth::Sample, Trigger::Manual).await.expect("asked for");
    let path = world.data().join("keepstead.db");
    let store = Store::open(&path, &world.ambient()).await.expect("it opens");
    let now = world.ambient().clock.now();
    store.runs().start(id.parse().expect("an id"), now).await.expect("it is started");
    assert!(later.work_off().await.expect("it works"));
    let killed = later.run(&id).await.expect("the run");
    assert_eq!(killed.error.map(|error| error.code), Some("interrupted".to_owned()));
    let runs = later.runs(&app::RunsWanted { limit: 10, ..Default::default() }).await;
    assert_eq!(runs.expect("runs").len(), 3, "a backup and two verifications");
}

#[tokio::test]
async fn what_is_stored_is_known_from_the_first_backup_on() {
    let world = World::new();
    let (_, application, _) = world.begun().await;
    let empty = disk(&application).await;
    assert_eq!((empty.stored, empty.reclaimable), (Some(0), Some(0)));
    application.work_off().await.expect("it works");
    let first = disk(&application).await.stored.expect("it is known");
    world.write_random("home/documents/film.raw", 200_000);
    world.pass(1);
    let run = back_up(&application).await;
    let second = disk(&application).await;
    assert_eq!(second.stored, Some(first + run.bytes_stored));
    assert!(run.bytes_stored > 200_000);
    assert_eq!(second.measured_at, empty.measured_at, "that was added, not measured");
    // Up to what is not the contents of files: a few hundred bytes.
    let really = world.stored_bytes();
    assert!(second.stored.expect("it is known").abs_diff(really) < 2_000, "{second:?} {really}");
    timeout(Duration::from_secs(60), verify(&world, &application, Depth::Structure))
        .await
        .expect("it ends");
    assert_eq!(disk(&application).await.stored, Some(really));
}
