//! What was said about one destination.

use std::{collections::BTreeMap, fmt};
use zeroize::Zeroizing;

/// A secret in memory: wiped when dropped, and never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Zeroizing<String>);

impl Secret {
    /// Takes it as it is.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(Zeroizing::new(text))
    }

    /// The secret itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("(secret)")
    }
}

/// What was said about one destination: by key, secrets apart from the rest.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Values {
    /// What may be shown.
    pub plain: BTreeMap<String, String>,
    /// What may not.
    pub secret: BTreeMap<String, Secret>,
}

impl Values {
    /// What a field holds; empty when nothing was said. Never a secret.
    #[must_use]
    pub fn text(&self, key: &str) -> &str {
        self.plain.get(key).map_or("", String::as_str)
    }

    /// What a secret field holds, when anything was said.
    #[must_use]
    pub fn secret(&self, key: &str) -> Option<&str> {
        self.secret.get(key).map(Secret::reveal).filter(|text| !text.is_empty())
    }

    /// The number in a field; `None` when it is empty or no number.
    #[must_use]
    pub fn number(&self, key: &str) -> Option<u64> {
        self.text(key).trim().parse().ok()
    }

    /// What it costs to keep a GB (10^9 bytes) for a month, where that was said.
    #[must_use]
    pub fn price(&self) -> Option<f64> {
        let price: f64 = self.text("price").trim().replace(',', ".").parse().ok()?;
        (price.is_finite() && price >= 0.0).then_some(price)
    }

    /// Whether a flag is set.
    #[must_use]
    pub fn flag(&self, key: &str) -> bool {
        self.text(key) == "true"
    }
}
