//! The keychain and the recovery kit.

use super::{Answer, At};
use app::{KitAnswer, PathText, RemoteOrder, Security, Topic};
use std::path::PathBuf;

/// Where the key lies, and what became of the kit.
#[specta::specta]
pub(super) async fn security(desk: At) -> Answer<Security> {
    desk.application().await?.security().await
}

/// The eight words, for whoever asks for them.
#[specta::specta]
pub(super) async fn kit_words(desk: At) -> Answer<Vec<String>> {
    desk.application().await?.kit_words().await
}

/// The places of two words that are asked for, from 0.
#[specta::specta]
pub(super) async fn kit_questions(desk: At) -> Answer<Vec<usize>> {
    Ok(desk.application().await?.kit_questions().await?.to_vec())
}

/// Takes two words as proof that the kit is at hand.
#[specta::specta]
pub(super) async fn confirm_kit(desk: At, answers: Vec<KitAnswer>) -> Answer<Security> {
    let application = desk.application().await?;
    desk.changing(&[Topic::Security, Topic::Verdict], application.confirm_answers(&answers)).await
}

/// Writes the kit as a PDF into the downloads, and says where: before `begin`
/// for the places named, after it for all destinations.
#[specta::specta]
pub(super) async fn save_kit(
    desk: At,
    places: Vec<PathText>,
    remotes: Vec<RemoteOrder>,
) -> Answer<PathText> {
    let places: Vec<PathBuf> = places.into_iter().map(PathBuf::from).collect();
    desk.session().await.save_kit(&places, &remotes).await
}

/// Opens the PDF that was saved last, to be printed.
#[specta::specta]
pub(super) async fn show_kit(desk: At) -> Answer<()> {
    let kit = desk.session().await.saved_kit()?;
    crate::desktop::open_path(&kit)
}
