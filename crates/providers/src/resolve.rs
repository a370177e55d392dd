//! From what was said to what a provider takes.

use crate::{Field, FieldKind, Preset, Provider, Values};

/// Something that was said wrongly.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wrong {
    /// The key of the field.
    pub field: String,
    /// What people call it.
    pub label: String,
    /// A sentence about it.
    pub message: String,
}

/// What a provider takes: what was said, what the preset says already, and
/// what is so when nothing is said. Nothing is sent.
///
/// # Errors
/// Everything that was said wrongly, or not at all.
pub fn resolve(
    provider: &dyn Provider,
    preset: Option<&str>,
    said: &Values,
) -> Result<Values, Vec<Wrong>> {
    resolve_where(provider, preset, said, &|_| true)
}

/// The same before `field` is chosen: neither it nor what is asked after it
/// need be said.
///
/// # Errors
/// As [`resolve`].
pub fn resolve_before(
    provider: &dyn Provider,
    preset: Option<&str>,
    said: &Values,
    field: &str,
) -> Result<Values, Vec<Wrong>> {
    let fields = provider.descriptor().fields;
    let at = |key: &str| fields.iter().position(|field| field.key == key);
    let chosen = at(field).unwrap_or(fields.len());
    resolve_where(provider, preset, said, &|key| at(key).is_some_and(|at| at < chosen))
}

/// `must` says of which fields something must be said.
fn resolve_where(
    provider: &dyn Provider,
    preset: Option<&str>,
    said: &Values,
    must: &dyn Fn(&str) -> bool,
) -> Result<Values, Vec<Wrong>> {
    let descriptor = provider.descriptor();
    let mut wrong = Vec::new();
    let preset = match preset {
        None | Some("") => None,
        Some(id) => {
            let found = descriptor.presets.iter().find(|preset| preset.id == id);
            if found.is_none() {
                wrong.push(of("preset", "Preset", format!("There is no preset \"{id}\".")));
            }
            found
        }
    };
    for key in said.plain.keys().chain(said.secret.keys()) {
        if !descriptor.fields.iter().any(|field| field.key == key) {
            wrong.push(of(key, key, format!("{} has no setting of that name.", descriptor.label)));
        }
    }
    let mut values = Values::default();
    for field in descriptor.fields {
        if field.is_secret() {
            if let Some(secret) =
                said.secret.get(field.key).filter(|text| !text.reveal().is_empty())
            {
                values.secret.insert(field.key.to_owned(), secret.clone());
            }
            if said.plain.contains_key(field.key) {
                let why = "This is a secret, and is not to be said among what is shown.";
                wrong.push(of(field.key, field.label, why));
            }
            continue;
        }
        let text = said.text(field.key);
        // A private key's lines end as they end.
        let text = if matches!(field.kind, FieldKind::LongText) { text } else { text.trim() };
        let text = if text.is_empty() { otherwise(field, preset) } else { text };
        if !text.is_empty() {
            values.plain.insert(field.key.to_owned(), text.to_owned());
        }
    }
    // What the preset makes of other fields, once these are known.
    let made = preset.map_or(&[][..], |preset| preset.values).iter().filter_map(|(key, text)| {
        let is_said = !said.text(key).trim().is_empty();
        if is_said { None } else { Some((*key, template(text)?)) }
    });
    for (key, (before, from, after)) in made {
        let value = values.text(from).to_owned();
        if value.is_empty() {
            values.plain.remove(key);
            let field = descriptor.fields.iter().find(|field| field.key == from);
            wrong.push(of(from, field.map_or(from, |field| field.label), "This is missing."));
        } else {
            values.plain.insert(key.to_owned(), format!("{before}{value}{after}"));
        }
    }
    for field in descriptor.fields {
        let shown = is_shown(field, &values);
        let (text, secret) = (values.text(field.key), values.secret(field.key));
        if field.required && must(field.key) && shown && text.is_empty() && secret.is_none() {
            wrong.push(of(field.key, field.label, "This is missing."));
        }
        if let Some(why) = misfits(field, text) {
            wrong.push(of(field.key, field.label, why));
        }
    }
    // Of what is hidden nothing is kept.
    let hidden: Vec<_> =
        descriptor.fields.iter().filter(|field| !is_shown(field, &values)).collect();
    for field in hidden {
        values.plain.remove(field.key);
        values.secret.remove(field.key);
    }
    if wrong.is_empty() {
        let label = |key: &str| {
            let field = descriptor.fields.iter().find(|field| field.key == key);
            field.map_or(key, |field| field.label).to_owned()
        };
        let found = provider.check(&values).into_iter();
        wrong.extend(found.map(|(key, message)| of(key, &label(key), message)));
    }
    if wrong.is_empty() { Ok(values) } else { Err(wrong) }
}

fn of(field: &str, label: &str, message: impl Into<String>) -> Wrong {
    Wrong { field: field.to_owned(), label: label.to_owned(), message: message.into() }
}

fn is_shown(field: &Field, values: &Values) -> bool {
    field.shown_if.is_none_or(|(other, wanted)| wanted.contains(&values.text(other)))
}

/// What a field holds when nothing is said.
fn otherwise(field: &Field, preset: Option<&Preset>) -> &'static str {
    preset
        .and_then(|preset| preset.values.iter().find(|(key, _)| *key == field.key))
        .map_or(field.default, |(_, text)| text)
}

/// What stands before `{key}`, the key, and what stands behind it.
fn template(text: &'static str) -> Option<(&'static str, &'static str, &'static str)> {
    let (before, rest) = text.split_once('{')?;
    let (key, after) = rest.split_once('}')?;
    Some((before, key, after))
}

fn misfits(field: &Field, text: &str) -> Option<String> {
    if text.is_empty() {
        return None;
    }
    match field.kind {
        FieldKind::Number(least, most) => {
            let fits = text.parse::<u64>().is_ok_and(|number| (least..=most).contains(&number));
            (!fits).then(|| format!("A whole number from {least} to {most} belongs here."))
        }
        FieldKind::Choice(options) => {
            let known: Vec<_> = options.iter().map(|(value, _)| *value).collect();
            let fits = known.contains(&text);
            (!fits).then(|| format!("One of these belongs here: {}.", known.join(", ")))
        }
        FieldKind::Flag => {
            (!matches!(text, "true" | "false")).then(|| "true or false belongs here.".to_owned())
        }
        FieldKind::Url => {
            let fits = text.starts_with("https://") || text.starts_with("http://");
            let host = text.split_once("://").map_or(text, |(_, rest)| rest);
            let host = host.split(['/', '?', '#']).next().unwrap_or_default();
            match (fits, host.contains('@')) {
                (false, _) => Some("An address begins with https:// or http://.".to_owned()),
                // They would be kept and shown in clear.
                (true, true) => Some("Say user and password below, not in the address.".to_owned()),
                (true, false) => None,
            }
        }
        FieldKind::Host => {
            let odd = |c: char| c.is_whitespace() || matches!(c, '/' | '@' | '\\');
            text.contains(odd).then(|| "Only the name or address of a machine.".to_owned())
        }
        _ => text.contains('\0').then(|| "There is a character that cannot be there.".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Secret, all, find};

    fn said(plain: &[(&str, &str)], secret: &[(&str, &str)]) -> Values {
        let owned = |(key, text): &(&str, &str)| ((*key).to_owned(), (*text).to_owned());
        let sealed =
            |(key, text): &(&str, &str)| ((*key).to_owned(), Secret::new((*text).to_owned()));
        Values {
            plain: plain.iter().map(owned).collect(),
            secret: secret.iter().map(sealed).collect(),
        }
    }

    fn fields(wrong: Vec<Wrong>) -> Vec<String> {
        wrong.into_iter().map(|wrong| wrong.field).collect()
    }

    #[test]
    fn a_preset_says_what_a_service_is_known_for() {
        let s3 = find("s3").unwrap();
        let mut values = said(
            &[("region", "eu-central-1"), ("access_key_id", "AK"), ("bucket", "my-backups")],
            &[("secret_access_key", "secret")],
        );
        let found = resolve(s3, Some("wasabi"), &values).unwrap();
        assert_eq!(found.text("endpoint"), "https://s3.eu-central-1.wasabisys.com");
        assert_eq!(found.text("addressing"), "auto");
        values.plain.insert("endpoint".into(), "https://own.example".into());
        let found = resolve(s3, Some("wasabi"), &values).unwrap();
        assert_eq!(found.text("endpoint"), "https://own.example");
        assert_eq!(fields(resolve(s3, Some("nothing"), &values).unwrap_err()), ["preset"]);

        // Without a region a key goes to no service that was not meant.
        values.plain.remove("endpoint");
        values.plain.remove("region");
        let found = resolve(s3, Some("wasabi"), &values).unwrap();
        assert_eq!(found.text("endpoint"), "https://s3.us-east-1.wasabisys.com");
        assert_eq!(fields(resolve(s3, Some("b2"), &values).unwrap_err()), ["region"]);
        // Only a preset's words are filled in.
        values.plain.insert("folder".into(), "a{region}b".into());
        let found = resolve(s3, Some("wasabi"), &values).unwrap();
        assert_eq!(found.text("folder"), "a{region}b");
    }

    #[test]
    fn everything_that_is_wrong_is_said_at_once() {
        let s3 = find("s3").unwrap();
        let values = said(
            &[("addressing", "odd"), ("concurrency", "0"), ("colour", "red"), ("bucket", "b b b")],
            &[],
        );
        assert_eq!(
            fields(resolve(s3, None, &values).unwrap_err()),
            ["colour", "access_key_id", "secret_access_key", "addressing", "concurrency"]
        );
        let secret = said(&[("secret_access_key", "x")], &[]);
        assert!(
            fields(resolve(s3, None, &secret).unwrap_err()).contains(&"secret_access_key".into())
        );
    }

    #[test]
    fn what_is_chosen_need_not_be_said_before() {
        let sftp = find("sftp").unwrap();
        let values = said(&[("host", "nas"), ("user", "me")], &[]);
        assert_eq!(fields(resolve(sftp, None, &values).unwrap_err()), ["folder"]);
        assert!(resolve_before(sftp, None, &values, "folder").is_ok());
        let nobody = said(&[("host", "nas")], &[]);
        assert_eq!(fields(resolve_before(sftp, None, &nobody, "folder").unwrap_err()), ["user"]);
    }

    #[test]
    fn every_descriptor_makes_sense() {
        for provider in all() {
            let descriptor = provider.descriptor();
            let keys: Vec<_> = descriptor.fields.iter().map(|field| field.key).collect();
            let mut once = keys.clone();
            once.sort_unstable();
            once.dedup();
            assert_eq!(once.len(), keys.len(), "{}", descriptor.id);
            for field in descriptor.fields {
                assert!(misfits(field, field.default).is_none(), "{}", field.key);
                assert!(field.help.is_empty() || field.help.ends_with('.'), "{}", field.key);
                if let Some((other, values)) = field.shown_if {
                    let other = descriptor.fields.iter().find(|field| field.key == other).unwrap();
                    for value in values {
                        assert!(misfits(other, value).is_none(), "{}", field.key);
                    }
                }
            }
            for preset in descriptor.presets {
                let known = |key: &str| keys.contains(&key);
                assert!(preset.hides.iter().all(|key| known(key)), "{}", preset.id);
                assert!(preset.values.iter().all(|(key, _)| known(key)), "{}", preset.id);
            }
        }
    }
}
