//! Values out of rows. Whatever cannot be read names table, column and row.

use crate::{Error, Result, platform};
use jiff::Timestamp;
use model::{
    DestinationId, GroupId, KeySlotKind, LogLevel, MachineId, PlanId, RunId, RunKind, RunStatus,
    TargetId, TargetKind, Trigger,
};
use sqlx::{Row as _, sqlite::SqliteRow};
use std::{collections::BTreeMap, path::PathBuf};

/// A table as errors name it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Table {
    pub(crate) name: &'static str,
    /// The columns of its primary key.
    pub(crate) key: &'static [&'static str],
}

/// A row of a table.
pub(crate) struct Row {
    row: SqliteRow,
    table: Table,
}

type ReadError = Box<dyn std::error::Error + Send + Sync>;

/// What a column can be read as.
pub(crate) trait Value: Sized {
    fn read(row: &SqliteRow, column: &str) -> Result<Self, ReadError>;
}

impl Row {
    pub(crate) fn new(table: Table, row: SqliteRow) -> Self {
        Self { row, table }
    }

    pub(crate) fn get<T: Value>(&self, column: &'static str) -> Result<T> {
        T::read(&self.row, column).map_err(|source| Error::Malformed {
            table: self.table.name,
            column,
            row: self.key(),
            source,
        })
    }

    /// The primary key for people, even if it is what is malformed.
    fn key(&self) -> String {
        let part = |column: &&str| {
            self.row
                .try_get_unchecked::<Vec<u8>, _>(*column)
                .map_or_else(|_| "?".to_owned(), |bytes| String::from_utf8_lossy(&bytes).into())
        };
        self.table.key.iter().map(part).collect::<Vec<_>>().join("/")
    }
}

macro_rules! plain {
    ($($type:ty)*) => {$(
        impl Value for $type {
            fn read(row: &SqliteRow, column: &str) -> Result<Self, ReadError> {
                Ok(row.try_get(column)?)
            }
        }

        impl Value for Option<$type> {
            fn read(row: &SqliteRow, column: &str) -> Result<Self, ReadError> {
                Ok(row.try_get(column)?)
            }
        }
    )*};
}
plain! { String i64 bool Vec<u8> }

/// Types that are made from a plainer one, and so can fail again.
macro_rules! made_from {
    ($plain:ty: $($type:ty => $make:expr;)*) => {$(
        impl Value for $type {
            fn read(row: &SqliteRow, column: &str) -> Result<Self, ReadError> {
                let make: fn($plain) -> Result<Self, ReadError> = $make;
                make(<$plain>::read(row, column)?)
            }
        }

        impl Value for Option<$type> {
            fn read(row: &SqliteRow, column: &str) -> Result<Self, ReadError> {
                let make: fn($plain) -> Result<$type, ReadError> = $make;
                Option::<$plain>::read(row, column)?.map(make).transpose()
            }
        }
    )*};
}
made_from! { i64:
    u64 => |number| Ok(number.try_into()?);
    u32 => |number| Ok(number.try_into()?);
    Timestamp => |millis| Ok(Timestamp::from_millisecond(millis)?);
}
made_from! { String: BTreeMap<String, String> => |text| Ok(serde_json::from_str(&text)?); }
made_from! { Vec<u8>: PathBuf => |bytes| Ok(platform::path_from_bytes(bytes)?); }

macro_rules! words {
    ($($type:ty)*) => { made_from! { String: $($type => |text| Ok(text.parse()?);)* } };
}
words! {
    DestinationId GroupId MachineId PlanId RunId TargetId
    KeySlotKind LogLevel RunKind RunStatus TargetKind Trigger
}
