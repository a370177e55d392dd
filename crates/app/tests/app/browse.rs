//! What lies in a backup, and getting it back.

use crate::world::{World, back_up, contents, finish, succeeded};
use app::{Cancel, Code, ItemKind, PathText, RestoreOrder, RunStatus, Trigger, WhereTo};
use std::fs;

fn order(backup: &str, include: &[PathText], to: WhereTo) -> RestoreOrder {
    RestoreOrder {
        destination: "disk".to_owned(),
        plan: None,
        backup: backup.to_owned(),
        include: include.to_vec(),
        patterns: Vec::new(),
        to,
    }
}

#[tokio::test]
async fn a_backup_is_looked_through_from_what_was_backed_up() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    world.pass(1);
    world.write("home/documents/new [1].txt", b"new");
    back_up(&application).await;
    let cancel = Cancel::new();
    let backups = application.backups("disk", &cancel).await.expect("backups");
    assert_eq!(backups.len(), 2);
    assert!(backups[0].time > backups[1].time, "the newest first");
    assert_eq!(backups[0].plan_name.as_deref(), Some("Documents"));
    assert_eq!((backups[0].files, backups[1].files), (Some(3), Some(2)));
    let folder = |path| application.backup_folder("disk", &backups[0].id, path, &cancel);
    let tops = folder(None).await.expect("what was backed up");
    assert_eq!(tops.len(), 1);
    assert_eq!(tops[0].path, world.text("home/documents"));
    assert_eq!(tops[0].kind, ItemKind::Folder);
    let items = folder(Some(tops[0].path.clone())).await.expect("a folder");
    let names: Vec<_> = items.iter().map(|item| item.name.as_str()).collect();
    assert_eq!(names, ["house", "letter.txt", "new [1].txt"]);
    assert_eq!(items[1].size, 7);
    let gone = folder(Some(world.text("home/nowhere"))).await.expect_err("it is not there");
    assert_eq!(gone.code, Code::NoSuchPath);
    // The disk is gone: nothing is shown from memory.
    fs::rename(world.path("disk"), world.path("pulled")).expect("it is pulled");
    let away = application.backups("disk", &cancel).await.expect_err("it is not here");
    assert_eq!(away.code, Code::NotMounted);
}

#[tokio::test]
async fn exactly_what_was_chosen_comes_back() {
    let world = World::new();
    world.write("home/documents/[ab].txt", b"brackets");
    world.write("home/documents/a.txt", b"not chosen");
    let (_, application, _) = world.backed_up().await;
    let backups = application.backups("disk", &Cancel::new()).await.expect("backups");
    let chosen = [world.text("home/documents/[ab].txt"), world.text("home/documents/house")];
    let elsewhere =
        WhereTo::Elsewhere { folder: world.text("restored"), existing: app::Existing::Refuse };
    let order = order(&backups[0].id, &chosen, elsewhere);
    let preview = application.preview_restore(&order, &Cancel::new()).await.expect("a preview");
    assert_eq!((preview.files, preview.bytes, preview.conflicts), (2, 16, 0));
    assert!(preview.free.is_some_and(|free| free > 0));
    assert!(!world.path("restored").exists(), "looking writes nothing");
    let id = application.queue_restore(&order, Trigger::Manual).await.expect("asked for");
    let run = finish(&application, &[id]).await;
    succeeded(&run);
    assert_eq!(run.target, Some(world.text("restored")));
    let below = world
        .path("restored")
        .join(world.path("home/documents").strip_prefix("/").expect("absolute"));
    let names: Vec<_> = contents(&below).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["[ab].txt".into(), std::path::PathBuf::from("house/deed.pdf")]);
    // Once more: what is there stays, and nothing is half done.
    let id = application.queue_restore(&order, Trigger::Manual).await.expect("asked for");
    let run = finish(&application, &[id]).await;
    assert_eq!(run.status, RunStatus::Failed);
    assert_eq!(run.error.map(|error| error.code), Some("target_exists".to_owned()));
}

#[tokio::test]
async fn back_to_where_it_was_beside_what_is_there_or_in_its_place() {
    let world = World::new();
    let (_, application, _) = world.backed_up().await;
    let backups = application.backups("disk", &Cancel::new()).await.expect("backups");
    let letter = [world.text("home/documents/letter.txt")];
    world.write("home/documents/letter.txt", b"Dear you");
    let both = order(&backups[0].id, &letter, WhereTo::KeepBoth);
    let preview = application.preview_restore(&both, &Cancel::new()).await.expect("a preview");
    assert_eq!((preview.files, preview.conflicts), (1, 1));
    let id = application.queue_restore(&both, Trigger::Manual).await.expect("asked for");
    succeeded(&finish(&application, &[id]).await);
    let letters: Vec<_> = contents(&world.path("home/documents"))
        .into_iter()
        .filter(|(name, _)| name.to_string_lossy().starts_with("letter"))
        .collect();
    assert_eq!(letters.len(), 2, "{letters:?}");
    assert!(
        letters
            .iter()
            .any(|(name, text)| { name.to_str() == Some("letter.txt") && text == b"Dear you" })
    );
    assert!(letters.iter().any(|(_, text)| text == b"Dear me"));
    let place = order(&backups[0].id, &letter, WhereTo::InPlace);
    let id = application.queue_restore(&place, Trigger::Manual).await.expect("asked for");
    succeeded(&finish(&application, &[id]).await);
    assert_eq!(fs::read(world.path("home/documents/letter.txt")).expect("it"), b"Dear me");
    assert_eq!(fs::read(world.path("home/documents/house/deed.pdf")).expect("it"), b"%PDF-1.4");
}
