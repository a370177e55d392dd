//! What has to be said about a WebDAV server.

use super::place::Place;
use crate::{Descriptor, Field, FieldKind, Preset, Values, http::fields};

pub(super) static DESCRIPTOR: Descriptor = Descriptor {
    id: "webdav",
    label: "WebDAV",
    about: "Nextcloud, ownCloud, a Synology or QNAP NAS, and every server that speaks WebDAV.",
    icon: "globe",
    cost: "",
    fields: &[
        Field::new("url", "Address", FieldKind::Url)
            .help("Of the folder that the server shares, such as https://nas.home:5006/home."),
        Field::new("user", "User", FieldKind::Text)
            .optional()
            .help("Empty: the server asks for none."),
        Field::new("password", "Password", FieldKind::Secret).optional(),
        Field::new("folder", "Folder", FieldKind::Folder)
            .optional()
            .help("Empty: the folder of the address itself."),
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
            id: "nextcloud",
            label: "Nextcloud",
            help: "The address stands under Files, settings, WebDAV: \
                   https://HOST/remote.php/dav/files/USER. Make an app password under Settings, \
                   Security.",
            values: &[],
            hides: &[],
            cost: "",
        },
        Preset {
            id: "owncloud",
            label: "ownCloud",
            help: "The address stands under Files, settings: \
                   https://HOST/remote.php/dav/files/USER. Make an app password under Settings, \
                   Security.",
            values: &[],
            hides: &[],
            cost: "",
        },
        Preset {
            id: "synology",
            label: "Synology",
            help: "Install the package WebDAV Server and turn HTTPS on: https://NAS:5006/home.",
            values: &[],
            hides: &[],
            cost: "",
        },
        Preset {
            id: "qnap",
            label: "QNAP",
            help: "Turn WebDAV on under Applications, Web Server: https://NAS:5001/SHARE.",
            values: &[],
            hides: &[],
            cost: "",
        },
    ],
};

pub(super) fn check(values: &Values) -> Vec<(&'static str, String)> {
    let mut wrong = fields::check(values);
    let url = values.text("url");
    if !url.is_empty() && Place::new(url, "").is_err() {
        let why = "An address begins with https:// or http://, and holds no user or password.";
        wrong.push(("url", why.into()));
    } else if Place::new("https://example.com", values.text("folder")).is_err() {
        wrong.push(("folder", "A folder's name is neither . nor ..".into()));
    }
    wrong
}
