//! Selections in memory.

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{ClientId, SelectionId, ShareId, StudioId};
use halftone_core::page::{Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::selections::SelectionRepository;
use halftone_core::selection::ClientSelections;
use halftone_core::share::ShareTarget;
use jiff::Timestamp;

use super::outbox::Origin;
use super::state::SharedState;
use super::table::{Row, document};

document!(ClientSelections, ClientId, client, studio);

/// Keeps the selections of clients in a map.
#[derive(Debug)]
pub struct MemorySelectionRepository {
    state: SharedState,
}

impl MemorySelectionRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl SelectionRepository for MemorySelectionRepository {
    async fn create(&self, selections: &ClientSelections) -> Result<Version, StorageError> {
        self.state.lock().selections.create("create selections", selections)
    }

    async fn find_by_client(
        &self,
        studio: StudioId,
        client: ClientId,
    ) -> Result<Option<Versioned<ClientSelections>>, StorageError> {
        Ok(self.state.lock().selections.find(studio, client).map(Row::to_versioned))
    }

    async fn find_by_selection(
        &self,
        studio: StudioId,
        selection: SelectionId,
    ) -> Result<Option<Versioned<ClientSelections>>, StorageError> {
        let state = self.state.lock();
        Ok(state.selections.find_where(|lists| lists.studio == studio && lists.find(selection).is_some()))
    }

    async fn update(
        &self,
        selections: &ClientSelections,
        seen: Version,
        events: &[Event],
    ) -> Result<Version, StorageError> {
        let mut state = self.state.lock();
        let version = state.selections.update("update selections", selections, seen)?;
        state.events.record(Origin::Selections(selections.client), events);
        Ok(version)
    }

    async fn list(
        &self,
        studio: StudioId,
        targets: &[ShareTarget],
        page: &PageRequest,
    ) -> Result<Page<Versioned<ClientSelections>>, StorageError> {
        Ok(self.state.lock().selections.page_newest(studio, page, |lists| targets.contains(&lists.target)))
    }

    async fn list_submitted(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<ClientSelections>>, StorageError> {
        let state = self.state.lock();
        let submitted =
            state.selections.since(studio, since, limit.get(), ClientSelections::latest_submission);
        Ok(submitted.into_iter().map(Row::to_versioned).collect())
    }

    async fn purge_by_share(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        let purged = state.selections.remove_where(|lists| lists.studio == studio && lists.share == share);
        for client in purged {
            state.events.purge(Origin::Selections(client));
        }
        Ok(())
    }
}
