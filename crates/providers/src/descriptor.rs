//! What a person has to say so that a destination can be reached: fields with
//! their words, from which the window's form and the command line are made.

use serde::Serialize;
use storage::ErrorKind;

/// A kind of destination.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Descriptor {
    /// What it is called in the database and on the command line, such as
    /// `s3`. Never changes.
    pub id: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// One sentence: what it is for.
    pub about: &'static str,
    /// A Lucide icon.
    pub icon: &'static str,
    /// One sentence: what services of this kind charge for. Empty where they
    /// charge nothing.
    pub cost: &'static str,
    /// What has to be said, in the order in which it is asked.
    pub fields: &'static [Field],
    /// Services of this kind whose particulars are known.
    pub presets: &'static [Preset],
}

/// One thing that has to be said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Field {
    /// What it is called in the database and on the command line.
    pub key: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Where to find it, or what happens without it. May be empty.
    pub help: &'static str,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether it must be said, where it is shown.
    pub required: bool,
    /// What it is when nothing is said.
    pub default: &'static str,
    /// Whether most people leave it alone.
    pub advanced: bool,
    /// Shown only while another field has one of these values.
    pub shown_if: Option<(&'static str, &'static [&'static str])>,
    /// Decides which server is spoken to, or whether it is believed: with
    /// another value, secrets are not to go there without being said anew.
    #[serde(skip)]
    pub leads: bool,
    /// Takes what an error of this kind presents, and the error is mended.
    #[serde(skip)]
    pub mends: Option<ErrorKind>,
}

impl Field {
    /// A field that must be filled in; what else it is follows with `..`.
    #[must_use]
    pub const fn new(key: &'static str, label: &'static str, kind: FieldKind) -> Self {
        Self {
            key,
            label,
            help: "",
            kind,
            required: true,
            default: "",
            advanced: false,
            shown_if: None,
            leads: matches!(kind, FieldKind::Url | FieldKind::Host),
            mends: None,
        }
    }

    /// The same, and it may stay empty.
    #[must_use]
    pub const fn optional(mut self) -> Self {
        self.required = false;
        self
    }

    /// The same, with what it is when nothing is said.
    #[must_use]
    pub const fn or(mut self, default: &'static str) -> Self {
        self.default = default;
        self
    }

    /// The same, with a sentence of help.
    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = help;
        self
    }

    /// The same, for few.
    #[must_use]
    pub const fn advanced(mut self) -> Self {
        self.advanced = true;
        self
    }

    /// The same, shown only while `other` has one of `values`.
    #[must_use]
    pub const fn shown_if(mut self, other: &'static str, values: &'static [&'static str]) -> Self {
        self.shown_if = Some((other, values));
        self
    }

    /// The same; it decides which server is spoken to, or believed.
    #[must_use]
    pub const fn leads(mut self) -> Self {
        self.leads = true;
        self
    }

    /// The same; it takes what an error of this kind presents.
    #[must_use]
    pub const fn mends(mut self, kind: ErrorKind) -> Self {
        self.mends = Some(kind);
        self
    }

    /// Whether what it holds is sealed, and never shown again.
    #[must_use]
    pub const fn is_secret(&self) -> bool {
        matches!(self.kind, FieldKind::Secret | FieldKind::SecretText)
    }
}

/// What a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum FieldKind {
    /// One line.
    Text,
    /// Many lines.
    LongText,
    /// An address that begins with `https://` or `http://`.
    Url,
    /// The name or address of a machine.
    Host,
    /// A whole number from the first to the second.
    Number(u64, u64),
    /// One of these: the value, and what people call it.
    Choice(&'static [(&'static str, &'static str)]),
    /// `true` or `false`.
    Flag,
    /// A password or a key, on one line.
    Secret,
    /// A secret of many lines, such as a private key: pasted, or read from a
    /// file.
    SecretText,
    /// What is there can be listed, and chosen from.
    Chosen,
    /// A folder of a destination: chosen level by level, and it can be made.
    Folder,
}

/// A service whose particulars are known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Preset {
    /// What it is called on the command line.
    pub id: &'static str,
    /// What people call it.
    pub label: &'static str,
    /// Where to find what has to be said. May be empty.
    pub help: &'static str,
    /// What it says already: keys and values. In a value, `{key}` stands for
    /// what another field holds.
    pub values: &'static [(&'static str, &'static str)],
    /// Fields of which nothing need be said.
    pub hides: &'static [&'static str],
    /// One sentence: what it charges for, where that is known better than of
    /// its kind.
    pub cost: &'static str,
}
