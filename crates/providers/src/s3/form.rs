//! What has to be said about S3.

use crate::{
    Descriptor, Field, FieldKind, Preset, Values,
    http::{fields, host_of},
    objects::{CONDITIONS, PRICE},
};
use storage::ErrorKind;

pub(super) static DESCRIPTOR: Descriptor = Descriptor {
    id: "s3",
    label: "S3 storage",
    about: "Amazon S3, Backblaze B2, Cloudflare R2, Wasabi, MinIO and all that speak S3.",
    icon: "cloud",
    cost: "Most services charge for what is kept; some for requests and for what is read back.",
    fields: &[
        Field::new("endpoint", "Address", FieldKind::Url)
            .optional()
            .help("Such as https://s3.example.com. Empty: Amazon's of the region."),
        Field::new("access_key_id", "Access key ID", FieldKind::Text),
        Field::new("secret_access_key", "Secret access key", FieldKind::Secret),
        Field::new("region", "Region", FieldKind::Text)
            .optional()
            .or("us-east-1")
            .mends(ErrorKind::WrongRegion)
            .help("As the service's own pages name it, such as eu-central-1."),
        Field::new("bucket", "Bucket", FieldKind::Chosen)
            .help("It must be there already. One for backups alone is best."),
        Field::new("folder", "Folder", FieldKind::Folder)
            .optional()
            .help("Empty: the whole bucket."),
        Field::new("session_token", "Session token", FieldKind::Secret).optional().advanced(),
        Field::new("storage_class", "Storage class", FieldKind::Text).optional().advanced().help(
            "Such as STANDARD_IA. Not one from which files must be called back first, such as \
             GLACIER.",
        ),
        Field::new(
            "addressing",
            "Addresses",
            FieldKind::Choice(&[
                ("auto", "As the service is known to want it"),
                ("path", "Bucket behind the host's name"),
                ("host", "Bucket in front of the host's name"),
            ]),
        )
        .optional()
        .advanced()
        .or("auto"),
        PRICE,
        CONDITIONS,
        fields::CERTIFICATE,
        fields::AUTHORITY,
        fields::CONCURRENCY,
        fields::REQUESTS,
        fields::STALLED,
        fields::PROXY,
        fields::PROXY_USER,
        fields::PROXY_PASSWORD,
    ],
    presets: &[
        Preset {
            id: "aws",
            label: "Amazon S3",
            help: "Make an access key for a user that may use this bucket only.",
            values: &[("endpoint", "https://s3.{region}.amazonaws.com"), ("conditions", "yes")],
            hides: &["endpoint", "addressing", "certificate", "authority"],
            cost: "Amazon charges for what is kept, for requests and for what is read back.",
        },
        Preset {
            id: "b2",
            label: "Backblaze B2",
            help: "The region stands in the bucket's endpoint: s3.REGION.backblazeb2.com. Make an \
                   application key for this bucket.",
            values: &[("endpoint", "https://s3.{region}.backblazeb2.com"), ("region", "")],
            hides: &["endpoint", "addressing", "certificate", "authority"],
            cost: "Backblaze charges for what is kept, and for what is read back beyond three times that.",
        },
        Preset {
            id: "r2",
            label: "Cloudflare R2",
            help: "The address stands in the bucket's settings: \
                   https://ACCOUNT.r2.cloudflarestorage.com.",
            values: &[("region", "auto"), ("conditions", "yes")],
            hides: &["region", "addressing", "storage_class", "certificate", "authority"],
            cost: "Cloudflare charges for what is kept and for requests; reading back is free.",
        },
        Preset {
            id: "wasabi",
            label: "Wasabi",
            help: "Make an access key for a user that may use this bucket only.",
            values: &[("endpoint", "https://s3.{region}.wasabisys.com")],
            hides: &["endpoint", "addressing", "certificate", "authority"],
            cost: "Wasabi charges for what is kept, and at least 90 days for each file.",
        },
        Preset {
            id: "minio",
            label: "MinIO",
            help: "The address of its API, not of its console: usually port 9000.",
            values: &[("region", "us-east-1"), ("conditions", "yes"), ("addressing", "path")],
            hides: &["storage_class"],
            cost: "Your own server charges nothing.",
        },
        Preset {
            id: "seaweedfs",
            label: "SeaweedFS",
            help: "The address of its S3 gateway: usually port 8333.",
            values: &[("region", "us-east-1"), ("addressing", "path")],
            hides: &["storage_class"],
            cost: "Your own server charges nothing.",
        },
    ],
};

pub(super) fn check(values: &Values) -> Vec<(&'static str, String)> {
    let mut wrong = fields::check(values);
    let endpoint = values.text("endpoint").trim();
    if !endpoint.is_empty() && host_of(endpoint).is_none() {
        wrong.push(("endpoint", "This is no address.".into()));
    }
    // The rules of Amazon's, which others keep to as well.
    let bucket = values.text("bucket").trim();
    let known =
        |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || matches!(c, '.' | '-' | '_');
    let is_name = (3..=63).contains(&bucket.len()) && bucket.chars().all(known);
    if !bucket.is_empty() && !is_name {
        let why = "A bucket's name has 3 to 63 small letters, digits, dots and hyphens.";
        wrong.push(("bucket", why.into()));
    }
    wrong
}
