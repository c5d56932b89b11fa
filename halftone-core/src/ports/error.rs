//! The one error of every storage port.

use std::error::Error;
use std::fmt;

/// What kind of failure a storage port met. Callers decide by kind; messages are for logs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum StorageErrorKind {
    /// What was to be changed does not exist.
    NotFound,
    /// What was to be created exists already, or another document holds a value that must be unique.
    AlreadyExists,
    /// The document was changed since it was read.
    Conflict,
    /// The content that arrived is not what was announced (length or checksum).
    Mismatch,
    /// The backend refuses our credentials.
    PermissionDenied,
    /// What is stored cannot be read: a damaged document, or a record whose bytes are missing.
    Corrupt,
    /// The backend cannot be reached, is busy, or has no room.
    Unavailable,
    /// Anything else.
    Unexpected,
}

impl StorageErrorKind {
    /// Whether the same call might succeed later. A lost race is not: it must be read again first.
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Unavailable)
    }
}

/// A storage port failed.
#[derive(Debug, thiserror::Error)]
#[error("{operation} {subject}: {}", describe(*kind))]
pub struct StorageError {
    kind: StorageErrorKind,
    operation: &'static str,
    subject: Subject,
    source: Option<Box<dyn Error + Send + Sync + 'static>>,
}

const fn describe(kind: StorageErrorKind) -> &'static str {
    match kind {
        StorageErrorKind::NotFound => "not found",
        StorageErrorKind::AlreadyExists => "exists already",
        StorageErrorKind::Conflict => "changed in between",
        StorageErrorKind::Mismatch => "not what was announced",
        StorageErrorKind::PermissionDenied => "permission denied",
        StorageErrorKind::Corrupt => "corrupt",
        StorageErrorKind::Unavailable => "unavailable",
        StorageErrorKind::Unexpected => "unexpected failure",
    }
}

/// What an operation was about: an id or a key, never a secret or a person.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Subject(String);

impl fmt::Display for Subject {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl StorageError {
    /// Reports that `operation` on `subject` failed. The subject is an id or an object key, never a secret.
    pub fn new(kind: StorageErrorKind, operation: &'static str, subject: impl fmt::Display) -> Self {
        Self { kind, operation, subject: Subject(subject.to_string()), source: None }
    }

    /// Attaches the driver's error.
    #[must_use]
    pub fn with_source(mut self, source: impl Into<Box<dyn Error + Send + Sync + 'static>>) -> Self {
        self.source = Some(source.into());
        self
    }

    /// The kind, by which callers decide.
    pub const fn kind(&self) -> StorageErrorKind {
        self.kind
    }
}
