//! What the window may call: one file a domain, each command one line.
//!
//! A command that changes something says what has to be asked for anew. The
//! window's commands and their types, and what answers them, are all made of
//! the one list below.

mod backups;
mod desktop;
mod destinations;
mod folders;
mod plans;
mod runs;
mod security;
mod session;
mod settings;

use crate::desk::At;
use app::{AppState, Error};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{
    Map, Value,
    value::{RawValue, to_raw_value},
};
use specta::{Types, datatype::Function};

type Answer<T> = Result<T, Error>;
/// What a command is called with: its arguments by name, in camel case.
pub type Arguments = Map<String, Value>;

macro_rules! commands {
    ($($domain:ident :: $name:ident ( $($argument:ident),* );)*) => {
        /// The names of all commands.
        pub const NAMES: &[&str] = &[$(stringify!($name)),*];

        #[cfg(test)]
        const ARGUMENTS: &[(&str, &[&str])] =
            &[$((stringify!($name), &[$(stringify!($argument)),*])),*];

        /// The commands with their types, from which the window's bindings are
        /// generated.
        pub fn functions(types: &mut Types) -> Vec<Function> {
            specta::function::collect_functions![$($domain::$name),*](types)
        }

        /// Answers a command, as JSON.
        ///
        /// # Errors
        /// What the command answers, or [`Error::fault`] when there is no such
        /// command or an argument does not fit.
        pub(crate) async fn answer(
            at: At,
            command: &str,
            mut arguments: Arguments,
        ) -> Answer<Box<RawValue>> {
            match command {
                $(stringify!($name) => {
                    $(let $argument = take(&mut arguments, stringify!($argument))?;)*
                    $domain::$name(at, $($argument),*).await.reply()
                })*
                _ => Err(Error::fault()),
            }
        }
    };
}

commands! {
    session::app_state();
    session::unlock(words);
    session::open_again();
    session::set_database_aside();
    session::suggested_folders();
    session::new_kit();
    session::begin(beginning);
    session::verdict();
    folders::list_folder(path, hidden);
    folders::measure(slot, folders, excludes);
    destinations::places();
    destinations::try_place(path);
    destinations::destinations();
    destinations::add_destination(path, name, adopt);
    destinations::destination_kinds();
    destinations::wrong_settings(order);
    destinations::try_remote(order);
    destinations::remote_choices(order, field, below);
    destinations::make_remote_folder(order, folder);
    destinations::add_remote(order, adopt);
    destinations::change_remote(id, order);
    destinations::rename_destination(id, name);
    destinations::remove_destination(id);
    destinations::test_destination(id);
    destinations::verify_destination(id, depth);
    destinations::plan_clean_up(id);
    destinations::stop_clean_up_plan();
    destinations::clean_up(id, plan);
    plans::plans();
    plans::plan(id);
    plans::save_plan(id, draft);
    plans::enable_plan(id, enabled);
    plans::remove_plan(id);
    runs::back_up(plans);
    runs::cancel_run(id);
    runs::pause_run(id);
    runs::resume_run(id);
    runs::run(id);
    runs::working();
    runs::runs(filter);
    runs::skipped(run, reason, offset, limit);
    runs::skipped_reasons(run);
    runs::accept_skipped(run, path);
    runs::run_log(run);
    runs::activity(filter);
    backups::backups(destination);
    backups::backup_folder(destination, backup, path);
    backups::preview_restore(order);
    backups::restore(order);
    security::security();
    security::kit_words();
    security::kit_questions();
    security::confirm_kit(answers);
    security::save_kit(places, remotes);
    security::show_kit();
    settings::limits();
    settings::set_limits(limits);
    desktop::desktop();
    desktop::set_start_at_login(on);
    desktop::set_notifications(on);
    desktop::send_test_notification();
    desktop::show_folder(path);
    desktop::quit(finish);
}

/// An argument; what was not sent is `null`.
fn take<T: DeserializeOwned>(arguments: &mut Arguments, name: &str) -> Answer<T> {
    let sent = arguments.remove(&camel_case(name)).unwrap_or_default();
    serde_json::from_value(sent).map_err(|_| Error::fault())
}

/// The name of an argument as the bindings have it.
fn camel_case(name: &str) -> String {
    let mut parts = name.split('_');
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |name, part| {
        let (head, tail) = part.split_at(part.len().min(1));
        name + &head.to_uppercase() + tail
    })
}

/// What a command answers: most may fail, some never do.
trait Reply {
    fn reply(self) -> Answer<Box<RawValue>>;
}

impl<T: Serialize> Reply for Answer<T> {
    fn reply(self) -> Answer<Box<RawValue>> {
        self.and_then(|value| to_raw_value(&value).map_err(|_| Error::fault()))
    }
}

impl Reply for AppState {
    fn reply(self) -> Answer<Box<RawValue>> {
        Ok(self).reply()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The window sends each argument under the name that the function has for
    /// it; the list says under which it is looked for.
    #[test]
    fn arguments_are_looked_for_under_the_names_they_are_sent_with() {
        let functions = functions(&mut Types::default());
        assert_eq!(functions.len(), ARGUMENTS.len());
        for (function, (name, arguments)) in functions.iter().zip(ARGUMENTS) {
            let sent: Vec<_> = function.args().iter().map(|(name, _)| name.as_ref()).collect();
            assert_eq!((function.name(), &sent[..]), (*name, *arguments));
        }
    }

    #[tokio::test]
    async fn what_does_not_fit_is_refused() {
        let arguments = |text: &str| serde_json::from_str(text).expect("JSON");
        let refused = [("format_disk", "{}"), ("unlock", "{}"), ("quit", r#"{"finish":"yes"}"#)];
        for (command, with) in refused {
            let answer = At::default().call(command, arguments(with)).await;
            assert_eq!(answer.expect_err(command).code, app::Code::Internal, "{command}");
        }
    }
}
