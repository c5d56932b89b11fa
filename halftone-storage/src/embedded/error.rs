//! Sorts what SQLite, the file system and damaged documents report into the kinds of the ports.

use std::error::Error;
use std::fmt;
use std::io;

use halftone_core::ports::error::{StorageError, StorageErrorKind};
use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::documents::DamagedDocument;

/// What is being done, and to what: the first half of every error message.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    name: &'static str,
    subject: String,
}

impl Operation {
    /// `subject` is an id or an object key, never a secret or a person.
    pub(super) fn new(name: &'static str, subject: impl fmt::Display) -> Self {
        Self { name, subject: subject.to_string() }
    }

    /// The port's error for what went wrong on the way.
    pub(super) fn failed(&self, fault: impl Into<Fault>) -> StorageError {
        let fault = fault.into();
        let error = StorageError::new(fault.kind(), self.name, &self.subject);
        match fault {
            Fault::Kind(_) => error,
            Fault::Driver(source) => error.with_source(source),
            Fault::File(source) => error.with_source(source),
            Fault::Document(source) => error.with_source(source),
            Fault::Refused(_, source) => error.with_source(source),
            Fault::Stopped(reason) => error.with_source(reason),
            Fault::Port(source) => source,
        }
    }
}

/// Why an operation inside the backend failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The contract says so; there is nothing more to tell.
    Kind(StorageErrorKind),
    /// SQLite failed.
    Driver(rusqlite::Error),
    /// The file system failed.
    File(io::Error),
    /// What is stored cannot be read.
    Document(DamagedDocument),
    /// It cannot be done, for a reason that the reader of the log needs to know.
    Refused(StorageErrorKind, Box<dyn Error + Send + Sync + 'static>),
    /// The work did not come to its end.
    Stopped(&'static str),
    /// Somebody else's error, such as that of a stream that is being stored, passed on as it is.
    Port(StorageError),
}

impl Fault {
    fn kind(&self) -> StorageErrorKind {
        match self {
            Self::Kind(kind) | Self::Refused(kind, _) => *kind,
            Self::Driver(error) => driver_kind(error),
            Self::File(error) => file_kind(error),
            Self::Document(_) => StorageErrorKind::Corrupt,
            Self::Stopped(_) => StorageErrorKind::Unexpected,
            Self::Port(error) => error.kind(),
        }
    }
}

impl From<StorageErrorKind> for Fault {
    fn from(kind: StorageErrorKind) -> Self {
        Self::Kind(kind)
    }
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        Self::Driver(error)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<DamagedDocument> for Fault {
    fn from(error: DamagedDocument) -> Self {
        Self::Document(error)
    }
}

impl From<StorageError> for Fault {
    fn from(error: StorageError) -> Self {
        Self::Port(error)
    }
}

fn driver_kind(error: &rusqlite::Error) -> StorageErrorKind {
    match error {
        rusqlite::Error::SqliteFailure(failure, _) => failure_kind(*failure),
        rusqlite::Error::FromSqlConversionFailure(..)
        | rusqlite::Error::InvalidColumnType(..)
        | rusqlite::Error::IntegralValueOutOfRange(..)
        | rusqlite::Error::Utf8Error(..) => StorageErrorKind::Corrupt,
        // The enum is not exhaustive; the rest are mistakes of ours in SQL or parameters.
        _ => StorageErrorKind::Unexpected,
    }
}

fn failure_kind(failure: ffi::Error) -> StorageErrorKind {
    match failure.code {
        ErrorCode::ConstraintViolation => match failure.extended_code {
            ffi::SQLITE_CONSTRAINT_UNIQUE | ffi::SQLITE_CONSTRAINT_PRIMARYKEY => {
                StorageErrorKind::AlreadyExists
            }
            // A check, a type or a foreign key that our own statement broke.
            _ => StorageErrorKind::Unexpected,
        },
        ErrorCode::DatabaseBusy
        | ErrorCode::DatabaseLocked
        | ErrorCode::DiskFull
        | ErrorCode::SystemIoFailure
        | ErrorCode::OutOfMemory
        | ErrorCode::CannotOpen
        | ErrorCode::OperationInterrupted => StorageErrorKind::Unavailable,
        ErrorCode::PermissionDenied | ErrorCode::ReadOnly | ErrorCode::AuthorizationForStatementDenied => {
            StorageErrorKind::PermissionDenied
        }
        ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StorageErrorKind::Corrupt,
        // The enum is not exhaustive; see above.
        _ => StorageErrorKind::Unexpected,
    }
}

fn file_kind(error: &io::Error) -> StorageErrorKind {
    match error.kind() {
        io::ErrorKind::NotFound => StorageErrorKind::NotFound,
        io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
            StorageErrorKind::PermissionDenied
        }
        // An object that is shorter than it was when it was opened.
        io::ErrorKind::UnexpectedEof => StorageErrorKind::Corrupt,
        // A full disk, an exceeded quota, too many open files, a failing device: all may be over later.
        _ => StorageErrorKind::Unavailable,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    fn sqlite(extended_code: i32) -> StorageErrorKind {
        driver_kind(&rusqlite::Error::SqliteFailure(ffi::Error::new(extended_code), None))
    }

    #[test]
    fn sqlite_codes_are_sorted_into_kinds() {
        assert_eq!(sqlite(ffi::SQLITE_CONSTRAINT_UNIQUE), StorageErrorKind::AlreadyExists);
        assert_eq!(sqlite(ffi::SQLITE_CONSTRAINT_PRIMARYKEY), StorageErrorKind::AlreadyExists);
        assert_eq!(sqlite(ffi::SQLITE_CONSTRAINT_CHECK), StorageErrorKind::Unexpected);
        assert_eq!(sqlite(ffi::SQLITE_FULL), StorageErrorKind::Unavailable);
        assert_eq!(sqlite(ffi::SQLITE_BUSY), StorageErrorKind::Unavailable);
        assert_eq!(sqlite(ffi::SQLITE_IOERR), StorageErrorKind::Unavailable);
        assert_eq!(sqlite(ffi::SQLITE_READONLY), StorageErrorKind::PermissionDenied);
        assert_eq!(sqlite(ffi::SQLITE_CORRUPT), StorageErrorKind::Corrupt);
        assert_eq!(sqlite(ffi::SQLITE_NOTADB), StorageErrorKind::Corrupt);
    }

    #[test]
    fn a_full_disk_is_transient() {
        let full = io::Error::from(io::ErrorKind::StorageFull);
        assert!(file_kind(&full).is_transient());
    }

    #[test]
    fn the_driver_stays_attached_and_the_message_names_operation_and_subject() {
        let error = Operation::new("find photo", "seven").failed(rusqlite::Error::InvalidQuery);
        assert_eq!(error.to_string(), "find photo seven: unexpected failure");
        assert!(error.source().is_some_and(<dyn Error>::is::<rusqlite::Error>));
    }
}
