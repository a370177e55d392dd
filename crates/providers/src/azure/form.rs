//! What has to be said about Azure Blob Storage.

use crate::{
    Descriptor, Field, FieldKind, Values,
    http::{fields, host_of},
    objects::PRICE,
};
use base64::{Engine as _, prelude::BASE64_STANDARD};

pub(super) static DESCRIPTOR: Descriptor = Descriptor {
    id: "azure",
    label: "Azure Blob Storage",
    about: "A container in a storage account of Microsoft Azure.",
    icon: "cloud",
    cost: "Microsoft charges for what is kept, for requests and for what is read back.",
    fields: &[
        Field::new("account", "Storage account", FieldKind::Text)
            .leads()
            .help("Its name, without .blob.core.windows.net."),
        Field::new(
            "sign_in",
            "Sign in with",
            FieldKind::Choice(&[("key", "Access key"), ("sas", "Shared access signature")]),
        )
        .or("key"),
        Field::new("key", "Access key", FieldKind::Secret)
            .shown_if("sign_in", &["key"])
            .help("Under Security, Access keys."),
        Field::new("sas", "Shared access signature", FieldKind::Secret)
            .shown_if("sign_in", &["sas"])
            .help("It has to allow reading, writing, deleting and listing."),
        Field::new("container", "Container", FieldKind::Text).help("It must be there already."),
        Field::new("folder", "Folder", FieldKind::Folder)
            .optional()
            .help("Empty: the whole container."),
        Field::new("endpoint", "Address", FieldKind::Url)
            .optional()
            .advanced()
            .help("Of another cloud than the public one. Empty: that of the account."),
        PRICE,
        fields::CERTIFICATE,
        fields::AUTHORITY,
        fields::CONCURRENCY,
        fields::REQUESTS,
        fields::STALLED,
        fields::PROXY,
        fields::PROXY_USER,
        fields::PROXY_PASSWORD,
    ],
    presets: &[],
};

pub(super) fn check(values: &Values) -> Vec<(&'static str, String)> {
    let mut wrong = fields::check(values);
    let endpoint = values.text("endpoint").trim();
    if !endpoint.is_empty() && host_of(endpoint).is_none() {
        wrong.push(("endpoint", "This is no address.".into()));
    }
    let plain = |text: &str, least: usize, more: &str| {
        let known = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || more.contains(c);
        text.is_empty() || (text.chars().all(known) && text.len() >= least && text.len() <= 63)
    };
    if !plain(values.text("account").trim(), 3, "") {
        wrong.push(("account", "An account's name has small letters and digits.".into()));
    }
    if !plain(values.text("container").trim(), 3, "-$") {
        let why = "A container's name has 3 to 63 small letters, digits and hyphens.";
        wrong.push(("container", why.into()));
    }
    if let Some(key) = values.secret("key")
        && BASE64_STANDARD.decode(key).is_err()
    {
        wrong.push(("key", "This is no access key: some of it is missing.".into()));
    }
    wrong
}
