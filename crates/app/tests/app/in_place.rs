//! Restores to where files came from, and the names they gave.

use crate::world::{World, back_up, finish, succeeded};
use app::{Application, Existing, PathText, RestoreOrder, Trigger, WhereTo, vault::RenamedFile};
use std::{fs, path::Path};

#[tokio::test]
async fn a_restore_remembers_the_names_it_gave() {
    let world = World::new();
    let (_, application, _) = world.begun().await;
    for number in 0..120 {
        world.write(&format!("home/documents/many/{number:03}.txt"), b"of the backup");
    }
    succeeded(&back_up(&application).await);
    let name = application.destinations().await.expect("a list").remove(0).name;
    for number in 0..120 {
        world.write(&format!("home/documents/many/{number:03}.txt"), b"of today");
    }
    let order = |to| RestoreOrder {
        destination: name.clone(),
        plan: None,
        backup: "latest".to_owned(),
        include: vec![world.text("home/documents/many")],
        patterns: Vec::new(),
        to,
    };
    let restore = async |to| {
        let id = application.queue_restore(&order(to), Trigger::Manual).await.expect("queued");
        finish(&application, &[id]).await
    };

    let run = restore(WhereTo::in_place(Existing::KeepBoth)).await;
    succeeded(&run);
    let renamed = application.renamed(&run.id, 0, 999).await.expect("a list");
    assert_eq!(renamed.len(), 120);
    let first = RenamedFile {
        path: PathText::new(&world.path("home/documents/many/000.txt")),
        name: "000 (backup of 2026-11-25).txt".to_owned(),
        name_hex: None,
    };
    assert_eq!(renamed[0], first);
    let beside = world.path("home/documents/many").join(Path::new(&renamed[0].name));
    assert_eq!(fs::read(beside).expect("it is there"), b"of the backup");
    assert_eq!(application.renamed(&run.id, 119, 9).await.expect("a list"), renamed[119..]);

    // The log names some of them, and counts the rest.
    let log = application.log(&run.id).await.expect("a log");
    assert_eq!(log.len(), 102);
    assert!(log[0].message.ends_with("000.txt is here as 000 (backup of 2026-11-25).txt"));
    assert_eq!(log[100].message, "The names of 20 more were taken.");
    assert_eq!(log[101].message, "Done, and read back.");
}

#[tokio::test]
async fn in_place_by_any_rule_is_one_place() {
    for existing in [Existing::Refuse, Existing::Keep, Existing::KeepBoth, Existing::Overwrite] {
        let world = World::new();
        let (_, application, _) = world.backed_up().await;
        let name = application.destinations().await.expect("a list").remove(0).name;
        fs::remove_file(world.path("home/documents/letter.txt")).expect("it is lost");
        let order = RestoreOrder {
            destination: name,
            plan: Some("Documents".to_owned()),
            backup: "latest".to_owned(),
            include: vec![world.text("home/documents/letter.txt")],
            patterns: Vec::new(),
            to: WhereTo::in_place(existing),
        };
        let preview = application.preview_restore(&order, &app::Cancel::new()).await;
        let preview = preview.expect("a preview");
        assert_eq!((preview.files, preview.conflicts, preview.target.path.as_str()), (1, 0, "/"));
        back(&application, &order).await;
        let letter = fs::read(world.path("home/documents/letter.txt")).expect("it is back");
        assert_eq!(letter, b"Dear me", "{existing:?}");
    }
}

async fn back(application: &Application, order: &RestoreOrder) {
    let id = application.queue_restore(order, Trigger::Manual).await.expect("queued");
    succeeded(&finish(application, &[id]).await);
}
