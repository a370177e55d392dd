//! What has to be said about a share, and the words for it.

use super::names;
use crate::{Descriptor, Field, FieldKind, Preset, Values};

pub(super) static SMB: Descriptor = Descriptor {
    id: "smb",
    label: "Network share (SMB)",
    about: "A share of a NAS, a Windows computer or a file server, reached without mounting it.",
    icon: "server",
    cost: "",
    fields: &[
        Field::new("host", "Server", FieldKind::Host)
            .help("The name or address of the NAS or computer, such as nas.local."),
        Field::new("port", "Port", FieldKind::Number(1, 65_535))
            .or("445")
            .leads()
            .optional()
            .advanced()
            .help("Servers listen on 445 unless somebody changed it."),
        Field::new("user", "User name", FieldKind::Text)
            .help("An account of the server that may write to the share."),
        Field::new("password", "Password", FieldKind::Secret),
        Field::new("domain", "Domain or workgroup", FieldKind::Text)
            .optional()
            .advanced()
            .help("Only for accounts of a Windows domain."),
        Field::new("share", "Share", FieldKind::Chosen)
            .help("The shared folder, by the name the server gives it."),
        Field::new("folder", "Folder", FieldKind::Folder)
            .optional()
            .help("Where in the share the backup is kept. Empty: the share itself."),
        Field::new("concurrency", "Operations at once", FieldKind::Number(1, 32))
            .or("4")
            .optional()
            .advanced(),
        Field::new("timeout", "Time-out in seconds", FieldKind::Number(5, 3_600))
            .or("60")
            .optional()
            .advanced()
            .help("How long the server may say nothing at all before the connection is given up."),
    ],
    presets: &[
        Preset {
            id: "synology",
            label: "Synology",
            help: "Turn on SMB under Control Panel, File Services, and give the account read and \
                   write access to a shared folder.",
            values: &[],
            hides: &["domain", "port"],
            cost: "",
        },
        Preset {
            id: "qnap",
            label: "QNAP",
            help: "Turn on Microsoft Networking under Control Panel, Win/Mac/NFS, and give the \
                   account read and write access to a shared folder.",
            values: &[],
            hides: &["domain", "port"],
            cost: "",
        },
        Preset {
            id: "windows",
            label: "Windows computer",
            help: "Share a folder in its properties under Sharing, and use an account of that \
                   computer that has a password.",
            values: &[],
            hides: &["port"],
            cost: "",
        },
    ],
};

/// What is wrong that can be seen without the server.
pub(super) fn check(values: &Values) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    if values.text("host").contains(['/', '\\', ' ']) {
        wrong.push(("host", "Only the name or address of the server, without slashes.".into()));
    }
    if values.text("share").contains(['/', '\\']) {
        wrong.push(("share", "Only the name of the share; a folder in it goes below.".into()));
    }
    let folder = values.text("folder").trim().trim_matches('/');
    if let Err(why) = names::folder(folder) {
        wrong.push(("folder", format!("Not possible: {why}.")));
    }
    wrong
}

#[cfg(test)]
mod tests {
    use super::{
        super::session::{CONCURRENCY, PATIENCE, PORT},
        *,
    };

    #[test]
    fn defaults_are_those_of_the_code() {
        let of = |key| SMB.fields.iter().find(|field| field.key == key).map(|it| it.default);
        assert_eq!(of("port"), Some(&*PORT.to_string()));
        assert_eq!(of("concurrency"), Some(&*CONCURRENCY.to_string()));
        assert_eq!(of("timeout"), Some(&*PATIENCE.to_string()));
    }

    #[test]
    fn what_cannot_be_a_place_is_seen_at_once() {
        for (key, value, wrong) in [
            ("host", r"\\nas\backup", true),
            ("host", "nas.local", false),
            ("share", "backup/mine", true),
            ("share", "backup", false),
            ("folder", "a/../b", true),
            ("folder", r"a\b", true),
            ("folder", "a:b", true),
            ("folder", "/a/b/", false),
            ("folder", "", false),
        ] {
            let mut values = Values::default();
            values.plain.insert(key.into(), value.into());
            let found = check(&values);
            assert_eq!(!found.is_empty(), wrong, "{key}={value}: {found:?}");
        }
    }
}
