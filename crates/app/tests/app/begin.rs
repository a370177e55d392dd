//! The first steps: nothing is written before the last, and what fails there
//! can be begun again.

use crate::world::{World, contents, succeeded};
use app::{Code, Phase, RunStatus, RunsWanted};
use std::fs;

#[tokio::test]
async fn nothing_is_written_before_the_last_step() {
    let world = World::new();
    let before = contents(&world.path(""));
    let session = world.session().await;
    assert_eq!(session.state().await.phase, Phase::NotSetUp);
    assert_eq!(session.verdict().await.expect("a verdict").word, "Not set up");
    let kit = session.new_kit().await.expect("a kit");
    let again = session.new_kit().await.expect("the same");
    assert_eq!((kit.words.len(), &kit.words), (8, &again.words), "going back keeps the words");
    session.places().await.expect("places");
    session.try_place(&world.path("disk/Keepstead")).await.expect("it can be written to");
    let folders = vec![world.text("home/documents")];
    let measured = session.measure("welcome".into(), folders, Vec::new()).await.expect("measured");
    assert_eq!((measured.files, measured.bytes), (2, 15));
    assert_eq!(contents(&world.path("")), before);
    assert!(!world.data().exists() && !world.path("disk/Keepstead").exists());
}

#[tokio::test]
async fn the_last_step_sets_everything_up_and_the_first_backup_is_made() {
    let world = World::new();
    let (session, application, words) = world.backed_up().await;
    let state = session.state().await;
    assert_eq!(state.phase, Phase::Ready);
    let runs = application.runs(&RunsWanted { limit: 10, ..RunsWanted::default() }).await;
    let runs = runs.expect("runs");
    assert_eq!(runs.len(), 1);
    succeeded(&runs[0]);
    assert_eq!(runs[0].files_total, 2);
    let security = application.security().await.expect("the kit");
    assert!(security.kit_confirmed_at.is_some());
    let plan = application.plans().await.expect("plans").remove(0);
    assert_eq!(plan.newest_copy_at.as_deref(), Some("2026-11-25T14:00:00Z"));
    assert_eq!(plan.days.len(), 90);
    assert_eq!(plan.days[89].runs, 1);
    assert_eq!(plan.excludes, ["*.tmp"]);
    // The same words again: it is set up.
    assert_eq!(session.new_kit().await.err().map(|error| error.code), Some(Code::AlreadySetUp));
    // Another start opens it with the words; there is no keychain here.
    let later = world.session().await;
    if later.state().await.phase == Phase::Locked {
        later.unlock(&words).await.expect("the words open it");
    }
    assert_eq!(later.state().await.phase, Phase::Ready);
}

#[tokio::test]
async fn what_is_wrong_is_refused_before_anything_is_written() {
    let world = World::new();
    let session = world.session().await;
    let kit = session.new_kit().await.expect("a kit");
    let good = world.beginning(&kit.words, &kit.questions);
    let before = contents(&world.path(""));

    let mut wrong_word = good.clone();
    wrong_word.answers[1].word = "zoom".to_owned();
    let mut one_word = good.clone();
    one_word.answers.pop();
    let mut no_source = good.clone();
    no_source.sources = vec![world.text("home/gone")];
    let mut no_place = good.clone();
    no_place.places.clear();
    let mut far_place = good.clone();
    far_place.places = vec![world.text("unplugged/Keepstead")];
    let mut nameless = good.clone();
    nameless.name = "  ".to_owned();
    let mut pattern = good.clone();
    pattern.excludes = vec!["[".to_owned()];
    for (wrong, code) in [
        (wrong_word, Code::WrongKitWord),
        (one_word, Code::WrongKitWord),
        (no_source, Code::SourceMissing),
        (no_place, Code::PlanIncomplete),
        (far_place, Code::FolderMissing),
        (nameless, Code::BadName),
        (pattern, Code::Pattern),
    ] {
        let refused = session.begin(&wrong).await.expect_err("it is refused");
        assert_eq!(refused.code, code, "{refused:?}");
        assert!(!refused.hint.is_empty(), "{refused:?}");
        assert_eq!(contents(&world.path("")), before, "{code:?}");
        assert!(!world.data().exists(), "{code:?}");
        assert_eq!(session.state().await.phase, Phase::NotSetUp);
    }
    session.begin(&good).await.expect("it begins all the same");
}

/// A place that turns out bad in the middle: what was written until then is no
/// installation, and the next try, with the same words, works.
#[tokio::test]
async fn what_breaks_off_in_the_middle_can_be_begun_again() {
    let world = World::new();
    let session = world.session().await;
    let kit = session.new_kit().await.expect("a kit");
    let mut beginning = world.beginning(&kit.words, &kit.questions);
    // The marker of something else: seen only when the destination is added.
    world.write("other/keepstead-destination.json", b"{}");
    beginning.places.push(world.text("other"));
    let refused = session.begin(&beginning).await.expect_err("it is refused");
    assert_eq!(refused.code, Code::NotOurs);
    assert_eq!(session.state().await.phase, Phase::NotSetUp);
    assert_eq!(session.new_kit().await.expect("the kit").words, kit.words, "they may be on paper");
    // Another start, as after a crash at that point.
    assert_eq!(world.session().await.state().await.phase, Phase::NotSetUp);
    beginning.places.pop();
    session.begin(&beginning).await.expect("the first place is taken as it is");
    assert_eq!(session.state().await.phase, Phase::Ready);
    let application = session.application().await.expect("open");
    assert_eq!(application.destinations().await.expect("destinations").len(), 1);
    assert!(application.work_off().await.expect("it works"));
}

#[tokio::test]
async fn backups_of_other_words_are_not_taken_over() {
    let world = World::new();
    drop(world.backed_up().await);
    let other = World::new();
    let session = other.session().await;
    let kit = session.new_kit().await.expect("a kit");
    let mut beginning = other.beginning(&kit.words, &kit.questions);
    beginning.places = vec![world.text("disk/Keepstead")];
    let tried = session.try_place(&world.path("disk/Keepstead")).await.expect("it is writable");
    assert_eq!(tried.holds, app::Holds::Keepstead);
    let refused = session.begin(&beginning).await.expect_err("it is refused");
    assert_eq!(refused.code, Code::WrongPassphrase, "{refused:?}");
    assert!(refused.message.contains("another recovery kit"), "{refused:?}");
    assert!(!other.data().exists());
}

#[tokio::test]
async fn a_vault_that_a_broken_off_start_left_is_in_nobodys_way() {
    let world = World::new();
    // Killed before anything was backed up: its words are gone with it.
    let (begun, application, _) = world.begun().await;
    begun.close().await;
    drop((begun, application));
    let other = World::new();
    let session = other.session().await;
    let kit = session.new_kit().await.expect("a kit");
    let mut beginning = other.beginning(&kit.words, &kit.questions);
    beginning.places = vec![world.text("disk/Keepstead")];
    let old = contents(&world.path("disk/Keepstead/vault"));
    session.begin(&beginning).await.expect("it begins");
    let application = session.application().await.expect("open");
    assert!(application.work_off().await.expect("it works"));
    let wanted = RunsWanted { limit: 1, ..RunsWanted::default() };
    let runs = application.runs(&wanted).await.expect("runs");
    assert_eq!(runs[0].status, RunStatus::Success);
    assert_eq!(contents(&world.path("disk/Keepstead/vault-unused-1")), old, "it is kept");
}

#[tokio::test]
async fn a_damaged_database_is_told_and_kept_aside() {
    let world = World::new();
    let (begun, application, _) = world.begun().await;
    // Dropped, it would still be written for a moment.
    begun.close().await;
    drop((begun, application));
    let database = world.data().join("keepstead.db");
    for companion in ["keepstead.db-wal", "keepstead.db-shm"] {
        let _ = fs::remove_file(world.data().join(companion));
    }
    fs::write(&database, vec![7; 20_000]).expect("damage");
    let session = world.session().await;
    let state = session.state().await;
    assert_eq!(state.phase, Phase::Broken);
    assert_eq!(state.problem.map(|problem| problem.code), Some(Code::StoreDamaged));
    assert_eq!(session.verdict().await.expect_err("it is not known").code, Code::StoreDamaged);
    assert_eq!(session.new_kit().await.err().map(|error| error.code), Some(Code::AlreadySetUp));
    let aside = session.set_database_aside().await.expect("it is set aside");
    assert_eq!(fs::read(aside).expect("it is kept"), vec![7; 20_000]);
    assert_eq!(session.state().await.phase, Phase::NotSetUp);
    assert!(session.set_database_aside().await.is_err(), "there is nothing damaged any more");
}
