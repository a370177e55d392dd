//! What is remembered of moments: that a destination was seen, and the first
//! success.

use crate::world::{NOW, World, back_up, succeeded};
use app::{Reach, RunStatus};
use std::{fs, time::Duration};
use store::Store;

async fn database(world: &World) -> Store {
    let path = world.data().join("keepstead.db");
    Store::open(&path, &world.ambient()).await.expect("it opens")
}

/// When the destination was last seen, as the database says, in hours after
/// the beginning.
async fn seen(store: &Store) -> Option<i64> {
    let rows = store.destinations().list().await.expect("destinations");
    let begun: jiff::Timestamp = NOW.parse().expect("a moment");
    rows[0].last_seen_at.map(|seen| (seen.as_second() - begun.as_second()) / 3600)
}

#[tokio::test]
async fn a_destination_was_seen_when_its_marker_was_read() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    let store = database(&world).await;
    assert_eq!(seen(&store).await, Some(0));
    world.pass(1);
    succeeded(&back_up(&application).await);
    assert_eq!(seen(&store).await, Some(1), "a run reached it");
    world.pass(1);
    application.verdict().await.expect("a verdict");
    assert_eq!(seen(&store).await, Some(2), "the verdict looked at it");
    world.pass(1);
    application.destinations().await.expect("a list");
    assert_eq!(seen(&store).await, Some(3), "the list looked at it");
    world.pass(1);
    let name = application.destinations().await.expect("a list").remove(0).name;
    for hours in [5, 6] {
        world.pass(1);
        application.backups(&name, &app::Cancel::new()).await.expect("a list");
        assert_eq!(seen(&store).await, Some(hours), "somebody looked into it");
    }

    // Looking again and again is not written down.
    let version = store.data_version().await.expect("a number");
    for _ in 0..3 {
        world.clock.advance(Duration::from_secs(150));
        application.verdict().await.expect("a verdict");
        application.destinations().await.expect("a list");
    }
    assert_eq!(store.data_version().await.expect("a number"), version);

    fs::rename(world.path("disk"), world.path("pulled")).expect("it is pulled");
    world.pass(48);
    assert_eq!(back_up(&application).await.status, RunStatus::Failed);
    application.verdict().await.expect("a verdict");
    let listed = application.destinations().await.expect("a list").remove(0);
    let then = world.clock_after(6);
    assert_eq!((listed.state, listed.last_seen_at), (Reach::NotMounted, Some(then)));
    // Another folder in its place is not it.
    fs::create_dir_all(world.path("disk/Keepstead")).expect("a folder");
    application.destinations().await.expect("a list");
    assert_eq!(seen(&store).await, Some(6));
}

#[tokio::test]
async fn the_first_success_is_the_first_backup_that_succeeded() {
    let world = World::new();
    let (_, application, _) = world.begun().await;
    let store = database(&world).await;
    let first = async || store.installation().get().await.expect("it").first_success_at;
    fs::rename(world.path("disk"), world.path("pulled")).expect("it is pulled");
    assert_eq!(back_up(&application).await.status, RunStatus::Failed);
    assert_eq!(first().await, None, "a failure is none");
    fs::rename(world.path("pulled"), world.path("disk")).expect("it is back");
    world.pass(1);
    // One that lacks files counts: what it holds can be restored.
    fs::rename(world.path("home/documents"), world.path("away")).expect("it is away");
    let plan = application.plans().await.expect("plans").remove(0);
    world.write("home/more/file", b"more");
    let draft = app::PlanDraft {
        name: plan.name,
        description: String::new(),
        sources: vec![world.text("home/documents"), world.text("home/more")],
        excludes: Vec::new(),
        destinations: plan.targets.iter().map(|target| target.destination.clone()).collect(),
    };
    application.save_plan(Some(&plan.id), &draft).await.expect("it is saved");
    assert_eq!(back_up(&application).await.status, RunStatus::PartialSuccess);
    let then = first().await.expect("it succeeded").to_string();
    assert_eq!(then, world.clock_after(1));
    world.pass(1);
    back_up(&application).await;
    assert_eq!(first().await.expect("it succeeded").to_string(), then, "it stays the first");
}
