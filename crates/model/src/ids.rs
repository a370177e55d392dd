//! What things are called: random identifiers, one type a noun, so that a plan
//! is never taken for a destination.
//!
//! Invariant: an id is a UUID of version 4, written in lower case with hyphens
//! and in no other way.

use crate::Random;
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};
use uuid::Uuid;

/// The text is not an id.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not an id: expected 32 hexadecimal digits in five groups")]
pub struct InvalidId;

fn random(random: &dyn Random) -> Uuid {
    let mut bytes = [0; 16];
    random.fill(&mut bytes);
    uuid::Builder::from_random_bytes(bytes).into_uuid()
}

/// Reads the one form in which ids are written. The library would also take
/// braces, a `urn:` and capitals.
fn parse(text: &str) -> Result<Uuid, InvalidId> {
    let id = Uuid::try_parse(text).map_err(|_| InvalidId)?;
    if id.hyphenated().encode_lower(&mut Uuid::encode_buffer()) == text {
        Ok(id)
    } else {
        Err(InvalidId)
    }
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(try_from = "String", into = "String")]
        pub struct $name(Uuid);

        impl $name {
            /// An id that nothing else has.
            #[must_use]
            pub fn new(source: &dyn Random) -> Self {
                Self(random(source))
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.as_hyphenated().fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }

        impl FromStr for $name {
            type Err = InvalidId;

            fn from_str(text: &str) -> Result<Self, InvalidId> {
                parse(text).map(Self)
            }
        }

        impl TryFrom<String> for $name {
            type Error = InvalidId;

            fn try_from(text: String) -> Result<Self, InvalidId> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(id: $name) -> Self {
                id.to_string()
            }
        }
    )*};
}

ids! {
    /// A plan: what is backed up, where to, when, and how long it is kept.
    PlanId
    /// One destination of one plan, with the kind of backup that goes there.
    TargetId
    /// A place that backups go to.
    DestinationId
    /// One run, of one target.
    RunId
    /// The runs that one trigger started together.
    GroupId
    /// An installation of Keepstead.
    MachineId
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::SeededRandom;

    #[test]
    fn an_id_is_a_random_uuid_of_version_4() {
        let random = SeededRandom::new(1);
        let (one, two) = (PlanId::new(&random), PlanId::new(&random));
        assert_ne!(one, two);
        assert_eq!((one.0.get_version_num(), one.0.get_variant()), (4, uuid::Variant::RFC4122));
    }

    #[test]
    fn an_id_is_read_as_it_was_written() {
        let id = RunId::new(&SeededRandom::new(2));
        assert_eq!(id.to_string().len(), 36);
        assert_eq!(id.to_string().parse(), Ok(id));
        let json = serde_json::to_string(&id).unwrap();
        assert_eq!(json, format!("\"{id}\""));
        assert_eq!(serde_json::from_str::<RunId>(&json).unwrap(), id);
    }

    #[test]
    fn other_forms_are_no_ids() {
        let id = RunId::new(&SeededRandom::new(3));
        let other =
            [format!("{{{id}}}"), format!("urn:uuid:{id}"), id.to_string().to_uppercase(), {
                id.to_string().replace('-', "")
            }];
        for text in other.iter().map(String::as_str).chain(["", "plan", "../../etc/passwd"]) {
            assert_eq!(text.parse::<RunId>(), Err(InvalidId), "{text}");
            let json = serde_json::to_string(text).unwrap();
            assert!(serde_json::from_str::<RunId>(&json).is_err(), "{text}");
        }
    }
}
