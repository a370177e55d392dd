//! Locked: what can be said without a secret is said, and nothing else is done.

use crate::world::World;
use app::{Application, Code, Installation, Phase};

#[tokio::test]
async fn the_verdict_needs_no_secret() {
    let world = World::new();
    let (_, application, words) = world.backed_up().await;
    let open = application.verdict().await.expect("a verdict");
    let locked = Installation::open(&world.data(), world.ambient()).await.expect("it is found");
    assert_eq!(locked.verdict().await.expect("the same"), open);
    let session = world.session().await;
    let state = session.state().await;
    if state.phase == Phase::Ready {
        // This machine has a keychain that opens it.
        return;
    }
    assert_eq!(state.phase, Phase::Locked);
    assert_eq!(session.verdict().await.expect("the same"), open);
    assert_eq!(session.application().await.err().map(|error| error.code), Some(Code::AppLocked));
    let wrong = "abacus abdomen abide ablaze able abnormal abrasive abroad";
    for typed in ["", "one two", wrong] {
        let refused = session.unlock(typed).await.expect_err("it stays locked");
        assert_eq!(refused.code, Code::WrongPassphrase);
        assert_eq!(session.state().await.phase, Phase::Locked);
    }
    session.unlock(&words.to_uppercase()).await.expect("it opens");
    assert_eq!(session.state().await.phase, Phase::Ready);
    Application::open(&world.data(), Some(&words), world.ambient()).await.expect("so does this");
}
