//! What can go wrong with the database, in the terms a caller acts on.

use std::path::PathBuf;

/// The result of an operation of the store.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// A failure of the store.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The database is damaged, or the file is no database of Keepstead's.
    /// Nothing was moved or changed; see
    /// [`Store::set_aside`](crate::Store::set_aside).
    #[error("the database is damaged: {}", path.display())]
    Corrupt {
        /// The database.
        path: PathBuf,
    },
    /// A newer Keepstead wrote the database. Nothing was changed.
    #[error("the database has version {found}, and this program knows versions up to {known}")]
    Newer {
        /// The version of the database.
        found: u32,
        /// The newest version that this program knows.
        known: u32,
    },
    /// Another process kept the database locked for too long. Trying again helps.
    #[error("the database is in use by another program")]
    Busy,
    /// The disk that holds the database is full.
    #[error("the disk that holds the database is full")]
    Full,
    /// The database can be read but not written.
    #[error("the database can only be read")]
    ReadOnly,
    /// This account may not read the database or look into its folder.
    #[error("this account may not open the database")]
    Permission,
    /// Something with the same unique value is there already.
    #[error("there already: {column}")]
    Taken {
        /// The table and column, or columns, that must differ.
        column: String,
    },
    /// A row refers to one that is not there, or one that is still needed was
    /// to be deleted.
    #[error("a reference to another row does not allow it")]
    Reference,
    /// A value that the table does not take.
    #[error("the table does not take it: {rule}")]
    Refused {
        /// The rule, as the database words it.
        rule: String,
    },
    /// A stored value does not mean anything.
    #[error("table {table}, column {column}, row {row}: the value cannot be read")]
    Malformed {
        /// The table.
        table: &'static str,
        /// The column.
        column: &'static str,
        /// The row's primary key.
        row: String,
        /// What is wrong with the value. Never the value itself.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// A path that cannot be stored on this operating system.
    #[error("the path is not Unicode and cannot be stored here: {}", .0.display())]
    Path(PathBuf),
    /// Anything else; the source says what.
    #[error("the database failed")]
    Other(#[source] Box<dyn std::error::Error + Send + Sync>),
}

/// Primary result codes: <https://www.sqlite.org/rescode.html>.
mod code {
    pub(super) const PERM: i32 = 3;
    pub(super) const BUSY: i32 = 5;
    pub(super) const LOCKED: i32 = 6;
    pub(super) const READONLY: i32 = 8;
    pub(super) const CORRUPT: i32 = 11;
    pub(super) const FULL: i32 = 13;
    pub(super) const NOTADB: i32 = 26;
    /// An extended code: `ON DELETE RESTRICT` is a trigger to SQLite.
    pub(super) const CONSTRAINT_TRIGGER: i32 = 19 | (7 << 8);
    /// An extended code: no room for the file of shared memory.
    pub(super) const IOERR_SHMSIZE: i32 = 10 | (19 << 8);
}

impl Error {
    /// What an error of the library means for the database at `path`.
    pub(crate) fn from_sqlx(error: sqlx::Error, path: &std::path::Path) -> Self {
        let database = match error {
            sqlx::Error::Database(database) => database,
            sqlx::Error::PoolTimedOut => return Self::Busy,
            sqlx::Error::Io(error) => return error.into(),
            other => return Self::Other(other.into()),
        };
        let after_colon =
            || database.message().rsplit(": ").next().unwrap_or_default().trim().to_owned();
        match database.kind() {
            sqlx::error::ErrorKind::UniqueViolation => {
                return Self::Taken { column: after_colon() };
            }
            sqlx::error::ErrorKind::ForeignKeyViolation => return Self::Reference,
            sqlx::error::ErrorKind::CheckViolation | sqlx::error::ErrorKind::NotNullViolation => {
                return Self::Refused { rule: after_colon() };
            }
            _ => {}
        }
        let extended: i32 = database.code().and_then(|code| code.parse().ok()).unwrap_or_default();
        match extended & 0xff {
            _ if extended == code::IOERR_SHMSIZE => Self::Full,
            _ if extended == code::CONSTRAINT_TRIGGER => Self::Reference,
            code::CORRUPT | code::NOTADB => Self::Corrupt { path: path.into() },
            code::BUSY | code::LOCKED => Self::Busy,
            code::FULL => Self::Full,
            code::READONLY => Self::ReadOnly,
            code::PERM => Self::Permission,
            _ => Self::Other(database.into()),
        }
    }
}

impl From<std::io::Error> for Error {
    fn from(error: std::io::Error) -> Self {
        use std::io::ErrorKind;
        match error.kind() {
            ErrorKind::PermissionDenied => Self::Permission,
            ErrorKind::ReadOnlyFilesystem => Self::ReadOnly,
            ErrorKind::StorageFull | ErrorKind::QuotaExceeded => Self::Full,
            _ => Self::Other(error.into()),
        }
    }
}
