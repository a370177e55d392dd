//! Destinations that are no folder of this machine, on the command line.

use crate::{
    failure::Result,
    output::{Output, size, visible},
    passphrase,
};
use app::{
    Cancel, Code, DestinationKind, Error, FieldShape, KindField, RemoteOrder, TriedRemote,
    destination_kind, destination_kinds,
};
use clap::Args;
use std::{collections::BTreeMap, env, path::PathBuf};

/// Stands before the name of a secret in the environment.
const VARIABLE: &str = "KEEPSTEAD_SECRET_";

/// What is said about a destination that is no folder of this machine.
#[derive(Clone, Debug, Default, Args)]
pub(super) struct Said {
    /// What the destination says already, as `destination kinds` lists it: a
    /// setting, and what it holds
    #[arg(long = "set", value_name = "SETTING=VALUE", value_parser = pair)]
    values: Vec<(String, String)>,
    /// A secret setting, and a file that holds it. Without, it is taken from
    /// the variable KEEPSTEAD_SECRET_<SETTING>, or asked for
    #[arg(long = "secret-file", value_name = "SETTING=FILE", value_parser = pair)]
    secrets: Vec<(String, String)>,
}

fn pair(text: &str) -> std::result::Result<(String, String), String> {
    match text.split_once('=') {
        Some((key, value)) if !key.is_empty() => Ok((key.to_owned(), value.to_owned())),
        _ => Err("it has the form SETTING=VALUE".to_owned()),
    }
}

impl Said {
    /// All that was said. `asks` is whether a secret that is missing is asked
    /// for.
    pub(super) async fn order(
        self,
        kind: &str,
        preset: Option<String>,
        name: Option<String>,
        asks: bool,
        cancel: &Cancel,
    ) -> Result<RemoteOrder> {
        let values: BTreeMap<String, String> = self.values.into_iter().collect();
        let mut secrets = BTreeMap::new();
        for (key, file) in self.secrets {
            let text = passphrase::from_file(&PathBuf::from(file))?;
            secrets.insert(key, text);
        }
        let kinds = destination_kinds();
        for field in kinds.iter().filter(|known| known.id == kind).flat_map(|kind| &kind.fields) {
            let variable = format!("{VARIABLE}{}", field.key.to_uppercase());
            if !field.secret || secrets.contains_key(&field.key) {
                continue;
            }
            if let Some(value) = env::var_os(&variable) {
                let text = value.into_string().map_err(|_| not_text(&variable))?;
                secrets.insert(field.key.clone(), text);
            } else if asks && field.required && is_shown(field, &values, &kinds, kind) {
                let text = passphrase::ask_for(&format!("{}: ", field.label), cancel).await?;
                secrets.insert(field.key.clone(), text);
            }
        }
        Ok(RemoteOrder { kind: kind.to_owned(), preset, name, values, secrets, of: None })
    }
}

/// The settings of which nothing need be said, because the service is known.
pub(super) fn hidden_by(order: &RemoteOrder) -> Result<Vec<String>> {
    let presets = destination_kind(&order.kind)?.presets.into_iter();
    let mut known = presets.filter(|preset| Some(&preset.id) == order.preset.as_ref());
    Ok(known.next().map(|preset| preset.hides).unwrap_or_default())
}

/// Whether a field is asked for, with what was said so far.
fn is_shown(
    field: &KindField,
    values: &BTreeMap<String, String>,
    kinds: &[DestinationKind],
    kind: &str,
) -> bool {
    let Some(shown) = &field.shown_if else { return true };
    let default = || {
        let kind = kinds.iter().find(|known| known.id == kind)?;
        Some(kind.fields.iter().find(|other| other.key == shown.field)?.default.clone())
    };
    let value = values.get(&shown.field).cloned().or_else(default).unwrap_or_default();
    shown.values.contains(&value)
}

fn not_text(variable: &str) -> Error {
    Error {
        code: Code::PassphraseUnreadable,
        message: format!("The secret in {variable} is not UTF-8. Nothing was changed."),
        hint: "Write it into a file and name that with --secret-file.".to_owned(),
        remedy: None,
    }
}

/// Lists the kinds, or all that can be said about one.
pub(super) fn say_kinds(output: Output, wanted: Option<&str>) -> Result<()> {
    let Some(wanted) = wanted else {
        let kinds = destination_kinds();
        if output.json {
            output.value(&kinds)?;
        }
        for kind in &kinds {
            output.say(&format!("{:<8}  {}: {}", kind.id, kind.label, kind.about))?;
        }
        return Ok(());
    };
    let kind = destination_kind(wanted)?;
    if output.json {
        output.value(&kind)?;
    }
    output.say(&format!("{}: {}", kind.label, kind.about))?;
    for field in &kind.fields {
        output.say(&field_line(field))?;
    }
    if !kind.cost.is_empty() {
        output.say(&format!("  {}", kind.cost))?;
    }
    for preset in &kind.presets {
        let help = format!("{} {} {}", preset.label, preset.help, preset.cost);
        output.say(&format!("  --preset {:<12}  {}", preset.id, help.trim()))?;
    }
    Ok(())
}

fn field_line(field: &KindField) -> String {
    let option = if field.secret { "--secret-file" } else { "--set" };
    let mut notes = Vec::new();
    if let FieldShape::Choice { options } = &field.shape {
        let options = options.iter().map(|option| option.value.as_str());
        notes.push(format!("one of {}", options.collect::<Vec<_>>().join(", ")));
    }
    if field.required {
        notes.push("required".to_owned());
    }
    if !field.default.is_empty() {
        notes.push(format!("usually {}", field.default));
    }
    let notes = if notes.is_empty() { String::new() } else { format!(" ({})", notes.join("; ")) };
    format!("  {option} {:<20}  {}{notes}. {}", format!("{}=", field.key), field.label, field.help)
        .trim_end()
        .to_owned()
}

/// What a trial found.
pub(super) fn say_tried(output: Output, tried: &TriedRemote) -> Result<()> {
    let free = tried.free.map(|free| format!(", {} free", size(free))).unwrap_or_default();
    output.say(&format!(
        "{}: an answer takes {} ms, {} a second were written and read back{free}",
        visible(&tried.place),
        tried.latency_ms,
        size(tried.bytes_per_second),
    ))
}
