//! Where selections are kept.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::event::Event;
use crate::id::{ClientId, SelectionId, ShareId, StudioId};
use crate::page::{Page, PageLimit, PageRequest, Version, Versioned};
use crate::ports::error::StorageError;
use crate::selection::ClientSelections;
use crate::share::ShareTarget;

/// Keeps the selections of clients, one document for each client. The rules of writes and events are those of
/// [`StudioRepository`](super::studios::StudioRepository).
#[async_trait]
pub trait SelectionRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores the first selections of a client.
    ///
    /// # Errors
    /// `AlreadyExists` if the client has a document.
    async fn create(&self, selections: &ClientSelections) -> Result<Version, StorageError>;

    /// The selections of this client.
    async fn find_by_client(
        &self,
        studio: StudioId,
        client: ClientId,
    ) -> Result<Option<Versioned<ClientSelections>>, StorageError>;

    /// The document that holds this selection.
    async fn find_by_selection(
        &self,
        studio: StudioId,
        selection: SelectionId,
    ) -> Result<Option<Versioned<ClientSelections>>, StorageError>;

    /// Replaces the document if its version is still `seen`, and records `events` in the same write.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` if it was changed in between.
    async fn update(
        &self,
        selections: &ClientSelections,
        seen: Version,
        events: &[Event],
    ) -> Result<Version, StorageError>;

    /// The documents of clients who came through shares of any of these targets (at most 10), newest (highest
    /// client id) first.
    async fn list(
        &self,
        studio: StudioId,
        targets: &[ShareTarget],
        page: &PageRequest,
    ) -> Result<Page<Versioned<ClientSelections>>, StorageError>;

    /// The studio's documents whose [latest submission](ClientSelections::latest_submission) is at or after `since`, by that
    /// instant and then by client, at most `limit`. MUST NOT cost more for a studio with many clients than for one with few.
    async fn list_submitted(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<ClientSelections>>, StorageError>;

    /// Removes the selections of all clients of a share for good.
    async fn purge_by_share(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError>;
}
