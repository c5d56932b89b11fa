//! Selections in MongoDB: one document for each client, which names its selections in a field of its own.

use std::cmp::Reverse;
use std::collections::BTreeSet;

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{ClientId, SelectionId, ShareId, StudioId};
use halftone_core::page::{Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::selections::SelectionRepository;
use halftone_core::selection::ClientSelections;
use halftone_core::share::ShareTarget;
use jiff::Timestamp;
use mongodb::bson::{Bson, doc};

use super::envelope::Record;
use super::error::{Fault, Operation};
use super::shares::target_field;
use super::store::Store;
use super::table::{Table, cut_by_id, newest, one_more, walk_since};
use super::values::{id, nanoseconds};

pub(super) const TABLE: Table = Table("selections");

/// Keeps selections in a collection.
#[derive(Debug)]
pub(super) struct MongoSelectionRepository {
    store: Store,
}

impl MongoSelectionRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

fn record(lists: &ClientSelections) -> Record {
    let selections: Vec<Bson> = lists.selections.iter().map(|selection| id(selection.id.as_uuid())).collect();
    Record::new(lists.studio, lists.client.as_uuid(), lists)
        .with("share", id(lists.share.as_uuid()))
        .with("target", target_field(lists.target))
        .with("selections", selections)
        .with("submitted_at", lists.latest_submission().map(nanoseconds))
}

/// Merges one walk for each target: a single query over all of them would be sorted by DocumentDB after reading
/// every document.
async fn list(
    store: &Store,
    studio: StudioId,
    targets: &BTreeSet<ShareTarget>,
    page: &PageRequest,
) -> Result<Page<Versioned<ClientSelections>>, Fault> {
    let walk = |target: &ShareTarget| newest(studio, doc! { "target": target_field(*target) }, page);
    let walks = targets.iter().map(walk).collect();
    let mut items = TABLE.walk_all(store, walks, one_more(page)).await?;
    items.sort_by_key(|(client, _)| Reverse(*client));
    Ok(cut_by_id(items, page))
}

#[async_trait]
impl SelectionRepository for MongoSelectionRepository {
    async fn create(&self, selections: &ClientSelections) -> Result<Version, StorageError> {
        let operation = Operation::new("create selections of client", selections.client);
        self.store.run(operation, TABLE.create(&self.store, record(selections), &[])).await
    }

    async fn find_by_client(
        &self,
        studio: StudioId,
        client: ClientId,
    ) -> Result<Option<Versioned<ClientSelections>>, StorageError> {
        let operation = Operation::new("find selections of client", client);
        self.store.run(operation, TABLE.find(&self.store, studio, client.as_uuid())).await
    }

    async fn find_by_selection(
        &self,
        studio: StudioId,
        selection: SelectionId,
    ) -> Result<Option<Versioned<ClientSelections>>, StorageError> {
        let operation = Operation::new("find selection", selection);
        let filter = doc! {
            "studio": id(studio.as_uuid()), "selections": id(selection.as_uuid()), "deleted": false,
        };
        self.store.run(operation, TABLE.find_where(&self.store, filter)).await
    }

    async fn update(
        &self,
        selections: &ClientSelections,
        seen: Version,
        events: &[Event],
    ) -> Result<Version, StorageError> {
        let operation = Operation::new("update selections of client", selections.client);
        self.store.run(operation, TABLE.update(&self.store, record(selections), seen, events)).await
    }

    async fn list(
        &self,
        studio: StudioId,
        targets: &[ShareTarget],
        page: &PageRequest,
    ) -> Result<Page<Versioned<ClientSelections>>, StorageError> {
        let operation = Operation::new("list selections of studio", studio);
        let targets: BTreeSet<ShareTarget> = targets.iter().copied().collect();
        self.store.run(operation, list(&self.store, studio, &targets, page)).await
    }

    async fn list_submitted(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<ClientSelections>>, StorageError> {
        let operation = Operation::new("list submitted selections of studio", studio);
        let walk = walk_since(studio, "submitted_at", since);
        self.store.run(operation, TABLE.list_since(&self.store, walk, limit)).await
    }

    async fn purge_by_share(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError> {
        let operation = Operation::new("purge selections of share", share);
        let filter = doc! { "studio": id(studio.as_uuid()), "share": id(share.as_uuid()) };
        self.store.run(operation, TABLE.remove_all(&self.store, filter)).await
    }
}
