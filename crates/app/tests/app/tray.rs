//! What the tray says.

use crate::world::World;
use app::{State, TrayAct, TrayIcon};

#[tokio::test]
async fn the_tray_says_what_the_verdict_says() {
    let world = World::new();
    let session = world.session().await;
    let tray = session.tray().await;
    assert_eq!(tray.icon, TrayIcon::State(State::NotSetUp));
    assert_eq!(tray.verdict.text, "Not set up: Nothing is backed up yet");
    assert!(tray.back_up.is_empty() && tray.running.is_none());
    let fix = tray.fix.expect("what helps");
    assert_eq!(
        (fix.text.as_str(), fix.act),
        ("⚠ Set up the first backup", TrayAct::Go("/".into()))
    );
    let screens: Vec<_> = tray.screens.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(screens, ["Open Keepstead"]);

    let (session, application, _) = world.begun().await;
    let waiting = session.tray().await;
    let running = waiting.running.expect("a run waits");
    assert_eq!(running.text, "Documents to disk: waiting for its turn");
    let plan = application.plans().await.expect("plans").remove(0);
    let ways: Vec<_> = waiting.back_up.iter().map(|line| line.act.clone()).collect();
    assert_eq!(ways, [TrayAct::BackUp(None), TrayAct::BackUp(Some(plan.id))]);

    application.work_off().await.expect("it works");
    let done = session.tray().await;
    let verdict = application.verdict().await.expect("a verdict");
    assert_eq!(done.verdict.text, format!("{}: {}", verdict.word, verdict.line));
    assert_eq!(done.icon, TrayIcon::State(verdict.state));
    assert!(done.running.is_none());
    let screens: Vec<_> = done.screens.iter().map(|line| line.text.as_str()).collect();
    assert_eq!(screens, ["Restore files…", "Open Keepstead", "Settings"]);
}
