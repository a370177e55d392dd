//! How far the application is opened, its first steps, and the verdict.

use super::{Answer, At};
use app::{AppState, Beginning, Begun, NewKit, SuggestedFolder, Verdict};

/// Which program this is, and how far it is opened. Never fails.
#[specta::specta]
pub(super) async fn app_state(desk: At) -> AppState {
    desk.session().await.state().await
}

/// Opens the application with the eight words of the recovery kit.
#[specta::specta]
pub(super) async fn unlock(desk: At, words: String) -> Answer<AppState> {
    desk.session().await.unlock(&words).await
}

/// Tries the keychain, or the database, once more.
#[specta::specta]
pub(super) async fn open_again(desk: At) -> AppState {
    desk.session().await.open_again().await
}

/// Renames a damaged database, so that a new one can be begun, and says to
/// what.
#[specta::specta]
pub(super) async fn set_database_aside(desk: At) -> Answer<String> {
    desk.session().await.set_database_aside().await
}

/// The folders that most people want to keep, those that are there.
#[specta::specta]
pub(super) async fn suggested_folders(_desk: At) -> Answer<Vec<SuggestedFolder>> {
    Ok(app::suggested_folders())
}

/// Makes the words of a new recovery kit, the same ones until `begin`.
#[specta::specta]
pub(super) async fn new_kit(desk: At) -> Answer<NewKit> {
    desk.session().await.new_kit().await
}

/// Sets everything up: key, destinations, plan, first runs. Nothing is written
/// before.
#[specta::specta]
pub(super) async fn begin(desk: At, beginning: Beginning) -> Answer<Begun> {
    desk.session().await.begin(&beginning).await
}

/// Whether everything is protected. Needs no secret.
#[specta::specta]
pub(super) async fn verdict(desk: At) -> Answer<Verdict> {
    desk.session().await.verdict().await
}
