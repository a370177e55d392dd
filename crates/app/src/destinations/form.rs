//! What has to be said about each kind of destination, as the window and the
//! command line ask for it.

use providers::{Descriptor, Field, FieldKind, Preset};
use serde::Serialize;

/// A kind of destination that is no folder of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct DestinationKind {
    /// What it is called on the command line, such as `s3`.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// What it is for.
    pub about: String,
    /// A Lucide icon.
    pub icon: String,
    /// What services of this kind charge for; may be empty.
    pub cost: String,
    /// What has to be said, in the order in which it is asked.
    pub fields: Vec<KindField>,
    /// Services of this kind whose particulars are known.
    pub presets: Vec<KindPreset>,
}

/// One thing that has to be said.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct KindField {
    /// What it is called on the command line.
    pub key: String,
    /// What people call it.
    pub label: String,
    /// Where to find it, or what happens without it; may be empty.
    pub help: String,
    /// What it holds.
    pub shape: FieldShape,
    /// Whether it must be said, where it is shown.
    pub required: bool,
    /// What it is when nothing is said.
    pub default: String,
    /// Whether most people leave it alone.
    pub advanced: bool,
    /// Whether what it holds is sealed, and never shown again.
    pub secret: bool,
    /// Shown only while another field holds something.
    pub shown_if: Option<ShownIf>,
}

/// What a field holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
#[serde(tag = "is", rename_all = "snake_case")]
pub enum FieldShape {
    /// One line.
    Text,
    /// Many lines.
    LongText,
    /// An address that begins with `https://` or `http://`.
    Url,
    /// The name or address of a machine.
    Host,
    /// A whole number.
    Number {
        /// The least.
        least: u64,
        /// The most.
        most: u64,
    },
    /// One of these.
    Choice {
        /// What there is to choose from.
        options: Vec<KindOption>,
    },
    /// `true` or `false`.
    Flag,
    /// What is there can be listed, and chosen from.
    Chosen,
    /// A folder of the destination.
    Folder,
}

/// Something to choose from.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct KindOption {
    /// What the field holds then.
    pub value: String,
    /// What people call it.
    pub label: String,
}

/// When a field is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct ShownIf {
    /// The other field.
    pub field: String,
    /// It holds one of these.
    pub values: Vec<String>,
}

/// A service whose particulars are known.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, specta::Type)]
pub struct KindPreset {
    /// What it is called on the command line.
    pub id: String,
    /// What people call it.
    pub label: String,
    /// Where to find what has to be said; may be empty.
    pub help: String,
    /// Fields of which nothing need be said.
    pub hides: Vec<String>,
    /// What it charges for; empty where that is as with its kind.
    pub cost: String,
}

impl From<&Descriptor> for DestinationKind {
    fn from(kind: &Descriptor) -> Self {
        Self {
            id: kind.id.into(),
            label: kind.label.into(),
            about: kind.about.into(),
            icon: kind.icon.into(),
            cost: kind.cost.into(),
            fields: kind.fields.iter().map(KindField::from).collect(),
            presets: kind.presets.iter().map(KindPreset::from).collect(),
        }
    }
}

impl From<&Field> for KindField {
    fn from(field: &Field) -> Self {
        Self {
            key: field.key.into(),
            label: field.label.into(),
            help: field.help.into(),
            shape: shape(field.kind),
            required: field.required,
            default: field.default.into(),
            advanced: field.advanced,
            secret: field.is_secret(),
            shown_if: field.shown_if.map(|(field, values)| ShownIf {
                field: field.into(),
                values: values.iter().map(|value| (*value).into()).collect(),
            }),
        }
    }
}

fn shape(kind: FieldKind) -> FieldShape {
    match kind {
        FieldKind::Text | FieldKind::Secret => FieldShape::Text,
        FieldKind::LongText | FieldKind::SecretText => FieldShape::LongText,
        FieldKind::Url => FieldShape::Url,
        FieldKind::Host => FieldShape::Host,
        FieldKind::Number(least, most) => FieldShape::Number { least, most },
        FieldKind::Flag => FieldShape::Flag,
        FieldKind::Chosen => FieldShape::Chosen,
        FieldKind::Folder => FieldShape::Folder,
        FieldKind::Choice(options) => FieldShape::Choice {
            options: options
                .iter()
                .map(|(value, label)| KindOption { value: (*value).into(), label: (*label).into() })
                .collect(),
        },
    }
}

impl From<&Preset> for KindPreset {
    fn from(preset: &Preset) -> Self {
        Self {
            id: preset.id.into(),
            label: preset.label.into(),
            help: preset.help.into(),
            hides: preset.hides.iter().map(|key| (*key).into()).collect(),
            cost: preset.cost.into(),
        }
    }
}
