//! What the services of the studio's catalogue (collections, galleries, photos, price lists) share.

use jiff::SignedDuration;

use crate::access::AccessDenied;
use crate::page::Version;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::renderer::RenderError;
use crate::services::error::{Absent, InvalidField};

/// How long the job waits that is enqueued before the write it follows from, so that a crash between the two loses
/// nothing. The write takes milliseconds.
pub(crate) const SAFETY_DELAY: SignedDuration = SignedDuration::from_secs(60);

/// How often a write is tried again that lost a race and can be applied to the new state just as well.
pub(crate) const ATTEMPTS: usize = 8;

/// Why a call on the catalogue failed.
#[derive(Debug, thiserror::Error)]
pub enum CatalogueError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// Something named in the path does not exist.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// Something in the request is not valid.
    #[error(transparent)]
    Invalid(#[from] InvalidField),
    /// The thing is no longer at the version that the caller has seen.
    #[error("it was changed in between")]
    Changed,
    /// The photo's state does not allow this.
    #[error("{reason}")]
    WrongState {
        /// Why.
        reason: String,
    },
    /// A preview needs a photo that is ready.
    #[error("the gallery has no photo that is ready")]
    NothingToPreview,
    /// The preview could not be rendered.
    #[error(transparent)]
    Render(#[from] RenderError),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// The version that a caller insists on, from an `If-Match` header.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Precondition(pub Option<Version>);

impl Precondition {
    /// No condition: the change is applied to whatever is there.
    pub const NONE: Self = Self(None);

    /// Checks the version that was found.
    ///
    /// # Errors
    /// The caller has seen another one.
    pub fn check(self, found: Version) -> Result<(), CatalogueError> {
        match self.0 {
            Some(seen) if seen != found => Err(CatalogueError::Changed),
            Some(_) | None => Ok(()),
        }
    }
}

/// Whether an update lost a race that may be run again: the document was changed, or deleted, since it was read.
/// Reading it again tells which.
pub(crate) const fn is_lost_race(error: &StorageError) -> bool {
    matches!(error.kind(), StorageErrorKind::Conflict | StorageErrorKind::NotFound)
}

/// The error of a write that lost the race every time.
pub(crate) fn exhausted(operation: &'static str, subject: impl std::fmt::Display) -> StorageError {
    StorageError::new(StorageErrorKind::Unavailable, operation, subject)
}
