//! What has to be said about Google Cloud Storage.

use crate::{
    Descriptor, Field, FieldKind, Values,
    http::{fields, host_of},
    objects::{CONDITIONS, PRICE},
};

pub(super) static DESCRIPTOR: Descriptor = Descriptor {
    id: "gcs",
    label: "Google Cloud Storage",
    about: "A bucket of Google Cloud. Google Drive is another thing.",
    icon: "cloud",
    cost: "Google charges for what is kept, for requests and for what is read back.",
    fields: &[
        Field::new("bucket", "Bucket", FieldKind::Text)
            .help("It must be there already. One for backups alone is best."),
        Field::new("key", "Key of a service account", FieldKind::SecretText)
            .shown_if("sign_in", &["key"])
            .help(
                "The JSON file that is downloaded when a key is made under IAM, Service accounts. \
                 The account needs the role Storage Object Admin on this bucket.",
            ),
        Field::new("folder", "Folder", FieldKind::Folder)
            .optional()
            .help("Empty: the whole bucket."),
        Field::new("endpoint", "Address", FieldKind::Url)
            .optional()
            .advanced()
            .help("Of a server that speaks its language. Empty: Google's."),
        Field::new(
            "sign_in",
            "Sign in with",
            FieldKind::Choice(&[
                ("key", "The key of a service account"),
                ("nothing", "Nothing: the server asks for none"),
            ]),
        )
        .optional()
        .advanced()
        .or("key"),
        CONDITIONS.or("yes"),
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
    let is_key = |text: &str| {
        serde_json::from_str::<serde_json::Value>(text)
            .is_ok_and(|key| key["private_key"].is_string() && key["client_email"].is_string())
    };
    if values.secret("key").is_some_and(|key| !is_key(key)) {
        let why = "This is not the JSON file of a service account's key.";
        wrong.push(("key", why.into()));
    }
    wrong
}
