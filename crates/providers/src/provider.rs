//! What every kind of destination can do before a store is there.

use crate::{Descriptor, Values};
use async_trait::async_trait;
use model::{Clock, Random};
use std::sync::Arc;
use storage::{Cancel, Result, Store, retry::Policy};

/// What a provider takes from outside.
#[derive(Clone, Debug)]
pub struct Context {
    /// Names what is written for a while, and spreads what is tried again.
    pub random: Arc<dyn Random>,
    /// The time, for signatures and for what is tried again.
    pub clock: Arc<dyn Clock>,
    /// How long what fails is tried again.
    pub patience: Policy,
}

/// Whether a destination's folder may be made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Missing {
    /// It fails with [`ErrorKind::PlaceMissing`](storage::ErrorKind::PlaceMissing):
    /// what was there before may be somewhere else.
    Fail,
    /// It is made, with the folders it lies in; never a bucket or a share.
    Make,
}

/// Something that a [`Chosen`](crate::FieldKind::Chosen) or
/// [`Folder`](crate::FieldKind::Folder) field can hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Choice {
    /// What the field would hold.
    pub value: String,
    /// What people call it: the last part of a folder's path.
    pub label: String,
}

/// A kind of destination. One folder of this crate holds all that is known of
/// it; [`all`](crate::all) lists it.
#[async_trait]
pub trait Provider: std::fmt::Debug + Send + Sync {
    /// What has to be said so that it can be reached.
    fn descriptor(&self) -> &'static Descriptor;

    /// What is wrong with `values` that can be seen without the destination;
    /// the key of the field, and a sentence about it. Whether a field that is
    /// required is there, a number is one and a choice is known has been seen
    /// to.
    fn check(&self, values: &Values) -> Vec<(&'static str, String)> {
        let _ = values;
        Vec::new()
    }

    /// Opens the destination's folder: reaches the destination, proves who
    /// this is, and sees that the folder is there.
    ///
    /// # Errors
    /// What keeps it from being used, told apart by
    /// [`Error::kind`](storage::Error::kind).
    async fn open(
        &self,
        values: &Values,
        missing: Missing,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<Arc<dyn Store>>;

    /// What `field` can hold, as the destination says; for a folder, those
    /// right below the folder `below` (empty: the topmost).
    ///
    /// # Errors
    /// As [`open`](Provider::open), and
    /// [`ErrorKind::Unsupported`](storage::ErrorKind::Unsupported) for a field
    /// that is not chosen.
    async fn choices(
        &self,
        values: &Values,
        field: &str,
        below: &str,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<Vec<Choice>>;

    /// Makes the folder `folder`, with those it lies in; one that is there
    /// already is fine.
    ///
    /// # Errors
    /// As [`open`](Provider::open).
    async fn make_folder(
        &self,
        values: &Values,
        folder: &str,
        context: &Context,
        cancel: &Cancel,
    ) -> Result<()>;
}
