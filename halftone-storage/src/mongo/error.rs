//! Sorts what the driver, the server and damaged documents report into the kinds of the ports.

use std::fmt;
use std::time::Duration;

use halftone_core::ports::error::{StorageError, StorageErrorKind};
use mongodb::error::{Error, ErrorKind, WriteFailure};

use crate::documents::DamagedDocument;

/// What is being done, and to what: the first half of every error message.
#[derive(Debug, Clone)]
pub(super) struct Operation {
    name: &'static str,
    subject: String,
}

impl Operation {
    /// `subject` is an id, never a secret or a person.
    pub(super) fn new(name: &'static str, subject: impl fmt::Display) -> Self {
        Self { name, subject: subject.to_string() }
    }

    /// The port's error for what went wrong on the way.
    pub(super) fn failed(&self, fault: impl Into<Fault>) -> StorageError {
        let fault = fault.into();
        let error = StorageError::new(fault.kind(), self.name, &self.subject);
        match fault {
            Fault::Kind(_) => error,
            Fault::Driver(source) => error.with_source(*source),
            Fault::Shape(source) => error.with_source(*source),
            Fault::Document(source) => error.with_source(source),
            Fault::Late(source) => error.with_source(source),
        }
    }
}

/// Why an operation inside the backend failed.
#[derive(Debug)]
pub(super) enum Fault {
    /// The contract says so; there is nothing more to tell.
    Kind(StorageErrorKind),
    /// The driver or the server failed.
    Driver(Box<Error>),
    /// What is stored is not of the expected shape.
    Shape(Box<mongodb::bson::error::Error>),
    /// A value of what is stored breaks a rule.
    Document(DamagedDocument),
    /// The operation did not end in time.
    Late(Overdue),
}

/// An operation was given up because the server did not answer in time.
#[derive(Debug, thiserror::Error)]
#[error("no answer within {0:?}")]
pub(super) struct Overdue(pub(super) Duration);

impl Fault {
    pub(super) fn kind(&self) -> StorageErrorKind {
        match self {
            Self::Kind(kind) => *kind,
            Self::Driver(error) => driver_kind(error),
            Self::Shape(_) | Self::Document(_) => StorageErrorKind::Corrupt,
            Self::Late(_) => StorageErrorKind::Unavailable,
        }
    }
}

impl From<StorageErrorKind> for Fault {
    fn from(kind: StorageErrorKind) -> Self {
        Self::Kind(kind)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Driver(Box::new(error))
    }
}

impl From<mongodb::bson::error::Error> for Fault {
    fn from(error: mongodb::bson::error::Error) -> Self {
        Self::Shape(Box::new(error))
    }
}

impl From<DamagedDocument> for Fault {
    fn from(error: DamagedDocument) -> Self {
        Self::Document(error)
    }
}

impl From<Overdue> for Fault {
    fn from(error: Overdue) -> Self {
        Self::Late(error)
    }
}

fn driver_kind(error: &Error) -> StorageErrorKind {
    match &*error.kind {
        ErrorKind::Authentication { .. } => StorageErrorKind::PermissionDenied,
        ErrorKind::Command(error) => code_kind(error.code),
        ErrorKind::Write(WriteFailure::WriteError(error)) => code_kind(error.code),
        ErrorKind::InsertMany(error) => match error.write_errors.as_ref().and_then(|errors| errors.first()) {
            Some(error) => code_kind(error.code),
            None => StorageErrorKind::Unavailable,
        },
        // Of a failed write concern it is known that one server has the write, but not whether a majority will.
        ErrorKind::Write(WriteFailure::WriteConcernError(_))
        | ErrorKind::Io(_)
        | ErrorKind::DnsResolve { .. }
        | ErrorKind::ServerSelection { .. }
        | ErrorKind::ConnectionPoolCleared { .. }
        | ErrorKind::Shutdown => StorageErrorKind::Unavailable,
        // The enum is not exhaustive; the rest are mistakes of ours or of the configuration.
        _ => StorageErrorKind::Unexpected,
    }
}

/// The kind of a server's error code; the names are those of `error_codes.yml` in MongoDB's repository.
fn code_kind(code: i32) -> StorageErrorKind {
    match code {
        // DuplicateKey, and its older number.
        11_000 | 11_001 => StorageErrorKind::AlreadyExists,
        // Unauthorized, AuthenticationFailed.
        13 | 18 => StorageErrorKind::PermissionDenied,
        // HostUnreachable, HostNotFound, LockTimeout, MaxTimeMSExpired, WriteConcernFailed, NetworkTimeout,
        // ShutdownInProgress, UnsatisfiableWriteConcern, WriteConflict, PrimarySteppedDown, ExceededTimeLimit,
        // SocketException, NotWritablePrimary, InterruptedAtShutdown, Interrupted, InterruptedDueToReplStateChange,
        // NotPrimaryNoSecondaryOk, NotPrimaryOrSecondary, OutOfDiskSpace.
        6 | 7 | 24 | 50 | 64 | 89 | 91 | 100 | 112 | 189 | 262 | 9_001 | 10_107 | 11_600 | 11_601
        | 11_602 | 13_435 | 13_436 | 14_031 => StorageErrorKind::Unavailable,
        _ => StorageErrorKind::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;
    use std::io;

    use super::*;

    #[test]
    fn codes_are_sorted_into_kinds() {
        assert_eq!(code_kind(11_000), StorageErrorKind::AlreadyExists);
        assert_eq!(code_kind(13), StorageErrorKind::PermissionDenied);
        assert_eq!(code_kind(59), StorageErrorKind::Unexpected);
        for transient in [112, 189, 10_107, 11_600, 13_435] {
            assert!(code_kind(transient).is_transient(), "{transient}");
        }
    }

    #[test]
    fn a_broken_connection_is_transient_and_stays_attached() {
        let broken = Error::from(io::Error::from(io::ErrorKind::ConnectionReset));
        let error = Operation::new("find photo", "seven").failed(broken);
        assert_eq!(error.to_string(), "find photo seven: unavailable");
        assert!(error.kind().is_transient());
        assert!(error.source().is_some_and(<dyn std::error::Error>::is::<Error>));
    }

    #[test]
    fn an_overdue_answer_is_transient() {
        let error = Operation::new("find photo", "seven").failed(Overdue(Duration::from_secs(1)));
        assert!(error.kind().is_transient());
    }
}
