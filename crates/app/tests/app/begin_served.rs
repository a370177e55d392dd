//! The first steps with a server as the place for the copies.

use crate::world::{World, contents, finish, succeeded};
use app::{
    Ambient, Application, Beginning, Code, Existing, Holds, NewKit, Phase, RemoteOrder,
    RestoreOrder, RunsWanted, Session, Trigger, WhereTo,
};
use servers::{Apache, PASSWORD, USER};
use std::{
    fs,
    path::{Path, PathBuf},
};

/// A place on a server, as the form of the window says it.
fn at(url: &str, folder: &str) -> RemoteOrder {
    let said = [("url", url), ("user", USER), ("folder", folder)];
    RemoteOrder {
        kind: "webdav".to_owned(),
        values: said.map(|(key, text)| (key.to_owned(), text.to_owned())).into(),
        secrets: [("password".to_owned(), PASSWORD.to_owned())].into(),
        ..RemoteOrder::default()
    }
}

/// The last step with nothing but servers.
fn beginning(world: &World, kit: &NewKit, remotes: &[RemoteOrder]) -> Beginning {
    let usual = world.beginning(&kit.words, &kit.questions);
    Beginning { places: Vec::new(), remotes: remotes.to_vec(), ..usual }
}

/// The first steps up to the last one.
async fn ready(world: &World, remotes: &[RemoteOrder]) -> (Session, Beginning) {
    // Servers have the clock of this machine, and refusals tell it.
    world.clock.set(Ambient::system().clock.now());
    let session = world.session().await;
    let kit = session.new_kit().await.expect("a kit");
    let beginning = beginning(world, &kit, remotes);
    (session, beginning)
}

/// Has the first backup made, and sees that it succeeded.
async fn first_backup(session: &Session) -> Application {
    let application = session.application().await.expect("it is open");
    assert!(application.work_off().await.expect("it works"));
    let runs = application.runs(&RunsWanted { limit: 9, ..RunsWanted::default() }).await;
    let runs = runs.expect("runs");
    assert_eq!(runs.len(), 1);
    succeeded(&runs[0]);
    application
}

/// Whether a file below a folder holds this.
fn holds(folder: &Path, secret: &str) -> Option<PathBuf> {
    let found = |bytes: &[u8]| bytes.windows(secret.len()).any(|part| part == secret.as_bytes());
    contents(folder).into_iter().find(|(_, bytes)| found(bytes)).map(|(path, _)| path)
}

#[tokio::test]
async fn a_server_alone_holds_the_first_backup() {
    let (world, server) = (World::new(), Apache::start().expect("Apache"));
    let order = RemoteOrder { name: Some("Cloud".into()), ..at(&server.url(), "Back ups/ä") };
    let (session, beginning) = ready(&world, std::slice::from_ref(&order)).await;
    let before = contents(&world.path(""));

    // The form is filled in, and nothing is set up yet.
    let cancel = app::Cancel::new();
    let wrong = RemoteOrder { values: [].into(), ..order.clone() };
    let wrong = session.wrong_settings(&wrong).await.expect("an answer");
    assert_eq!(wrong.iter().map(|wrong| &*wrong.field).collect::<Vec<_>>(), ["url"]);
    assert_eq!(session.wrong_settings(&order).await, Ok(Vec::new()));
    session.make_remote_folder(&order, "Back ups", &cancel).await.expect("it is made");
    let folders = session.remote_choices(&order, "folder", "", &cancel).await.expect("folders");
    assert_eq!(folders.iter().map(|it| &*it.label).collect::<Vec<_>>(), ["Back ups"]);
    let tried = session.try_remote(&order, &cancel).await.expect("it works");
    assert_eq!(tried.holds, Holds::Nothing);
    assert!(contents(&server.data()).is_empty(), "the trial leaves nothing");
    let of = RemoteOrder { of: Some("Cloud".into()), ..order.clone() };
    let of = session.try_remote(&of, &cancel).await.expect_err("there is no destination");
    assert_eq!(of.code, Code::NoSuchDestination);
    assert_eq!(contents(&world.path("")), before);
    assert!(!world.data().exists());

    session.begin(&beginning).await.expect("it begins");
    let application = first_backup(&session).await;
    let destination = application.destinations().await.expect("a list").remove(0);
    assert_eq!((&*destination.name, destination.off_disk), ("Cloud", Some(true)));
    assert_eq!(holds(&world.data(), PASSWORD), None, "the password is sealed");

    // The original is lost, and comes back.
    let documents = contents(&world.path("home/documents"));
    fs::remove_dir_all(world.path("home/documents")).expect("it is lost");
    let order = RestoreOrder {
        destination: "Cloud".to_owned(),
        plan: None,
        backup: "latest".to_owned(),
        include: Vec::new(),
        patterns: Vec::new(),
        to: WhereTo::in_place(Existing::KeepBoth),
    };
    let run = application.queue_restore(&order, Trigger::Manual).await.expect("queued");
    succeeded(&finish(&application, &[run]).await);
    assert_eq!(contents(&world.path("home/documents")), documents);

    // The form answers as it did, and knows what is set up now.
    assert_eq!(
        session.try_remote(&at(&server.url(), "b"), &cancel).await.map(|it| it.free),
        Ok(None)
    );
}

#[tokio::test]
async fn servers_and_folders_are_begun_with_together() {
    let (world, server) = (World::new(), Apache::start().expect("Apache"));
    // A folder takes another name than the one that was given.
    let named = |name: &str, folder| RemoteOrder {
        name: Some(name.to_owned()),
        ..at(&server.url(), folder)
    };
    let remotes = [named("disk", "a"), named("Far", "b")];
    let (session, mut beginning) = ready(&world, &remotes).await;
    beginning.places = vec![world.text("disk/Keepstead")];
    let begun = session.begin(&beginning).await.expect("it begins");
    assert_eq!(begun.runs.len(), 3);
    let application = session.application().await.expect("it is open");
    let plan = application.plans().await.expect("plans").remove(0);
    let names: Vec<_> = plan.targets.iter().map(|target| &*target.destination_name).collect();
    assert_eq!(names, ["disk 2", "disk", "Far"]);
    assert!(application.work_off().await.expect("it works"));
    for run in
        application.runs(&RunsWanted { limit: 9, ..RunsWanted::default() }).await.expect("runs")
    {
        succeeded(&run);
    }
}

#[tokio::test]
async fn what_is_wrong_with_a_server_is_refused_before_anything_is_written() {
    let (world, server) = (World::new(), Apache::start().expect("Apache"));
    let good = at(&server.url(), "a");
    let mut password = good.clone();
    password.secrets.insert("password".into(), "not this one".into());
    let mut missing = good.clone();
    missing.values.remove("url");
    let of = RemoteOrder { of: Some("Cloud".into()), ..good.clone() };
    let long = RemoteOrder { name: Some("n".repeat(101)), ..good.clone() };
    let named = |folder| RemoteOrder { name: Some("Cloud".into()), ..at(&server.url(), folder) };
    let nobody = at("http://127.0.0.1:9/", "a");
    let (session, usual) = ready(&world, &[]).await;
    let before = contents(&world.path(""));
    for (remotes, code) in [
        (vec![], Code::PlanIncomplete),
        (vec![password.clone()], Code::BadCredentials),
        // Also where everything else is right.
        (vec![at(&server.url(), "b"), password], Code::BadCredentials),
        (vec![missing], Code::BadSettings),
        (vec![of], Code::NoSuchDestination),
        (vec![long], Code::BadName),
        (vec![named("a"), named("b")], Code::NameTaken),
        (
            vec![good.clone(), RemoteOrder { name: Some("Again".into()), ..good.clone() }],
            Code::NameTaken,
        ),
        (vec![nobody], Code::Unreachable),
    ] {
        let beginning = Beginning { remotes, ..usual.clone() };
        let refused = session.begin(&beginning).await.expect_err("it is refused");
        assert_eq!(refused.code, code, "{refused:?}");
        assert!(!refused.hint.is_empty(), "{refused:?}");
        assert_eq!(contents(&world.path("")), before, "{code:?}");
        assert!(!world.data().exists(), "{code:?}");
        assert!(contents(&server.data()).is_empty(), "{code:?}");
        assert_eq!(session.state().await.phase, Phase::NotSetUp);
    }
    let beginning = Beginning { remotes: vec![good], ..usual };
    session.begin(&beginning).await.expect("it begins all the same");
}

#[tokio::test]
async fn backups_of_other_words_on_a_server_are_not_touched() {
    let server = Apache::start().expect("Apache");
    let remotes = [at(&server.url(), "Back ups")];
    let (first, other) = (World::new(), World::new());
    let (session, beginning) = ready(&first, &remotes).await;
    session.begin(&beginning).await.expect("it begins");
    first_backup(&session).await;
    session.close().await;
    let (session, beginning) = ready(&other, &remotes).await;
    let theirs = contents(&server.data());
    assert!(theirs.iter().any(|(path, _)| path.starts_with("Back ups/vault/data")));
    let tried = session.try_remote(&remotes[0], &app::Cancel::new()).await.expect("it works");
    assert_eq!(tried.holds, Holds::Keepstead);
    let refused = session.begin(&beginning).await.expect_err("it is refused");
    assert_eq!(refused.code, Code::WrongPassphrase, "{refused:?}");
    assert!(refused.message.contains("another recovery kit"), "{refused:?}");
    assert_eq!(session.state().await.phase, Phase::NotSetUp);
    assert!(!other.data().exists());
    assert!(contents(&server.data()) == theirs, "something of theirs is another");
}

#[tokio::test]
async fn a_vault_that_a_broken_off_start_left_on_a_server_is_in_nobodys_way() {
    let server = Apache::start().expect("Apache");
    let remotes = [at(&server.url(), "Back ups")];
    // Killed before anything was backed up: its words are gone with it.
    for _ in 0..2 {
        let world = World::new();
        let (session, beginning) = ready(&world, &remotes).await;
        session.begin(&beginning).await.expect("it begins");
        session.close().await;
    }
    let old = contents(&server.data().join("Back ups/vault"));
    let world = World::new();
    let (session, beginning) = ready(&world, &remotes).await;
    session.begin(&beginning).await.expect("it begins");
    first_backup(&session).await;
    assert_eq!(contents(&server.data().join("Back ups/vault-unused-2")), old, "it is kept");
    assert_eq!(contents(&server.data().join("Back ups/vault-unused-1")).len(), old.len());
}

/// A folder that turns out bad once the server is a destination: what was
/// written until then is no installation, and the next try works.
#[tokio::test]
async fn what_breaks_off_after_the_server_can_be_begun_again() {
    let (world, server) = (World::new(), Apache::start().expect("Apache"));
    let (session, mut beginning) = ready(&world, &[at(&server.url(), "a")]).await;
    world.write("other/keepstead-destination.json", b"{}");
    beginning.places = vec![world.text("other")];
    let refused = session.begin(&beginning).await.expect_err("it is refused");
    assert_eq!(refused.code, Code::NotOurs);
    assert_eq!(session.state().await.phase, Phase::NotSetUp);
    assert_eq!(world.session().await.state().await.phase, Phase::NotSetUp);
    beginning.places.clear();
    session.begin(&beginning).await.expect("the server is taken as it is");
    let application = first_backup(&session).await;
    assert_eq!(application.destinations().await.expect("a list").len(), 1);
}
