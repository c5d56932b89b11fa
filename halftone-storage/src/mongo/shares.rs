//! Shares and their activity in MongoDB.

use async_trait::async_trait;
use futures_util::TryStreamExt as _;
use halftone_core::collection::Collection;
use halftone_core::event::Event;
use halftone_core::gallery::Gallery;
use halftone_core::id::{ShareId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::shares::{ShareRepository, Visit, VisitTarget};
use halftone_core::secret::TokenHash;
use halftone_core::share::{Activity, Share, ShareStatistics, ShareTarget};
use mongodb::bson::{self, Document, doc};
use serde::Deserialize;
use uuid::Uuid;

use super::envelope::{Record, value_of};
use super::error::{Fault, Operation};
use super::store::Store;
use super::table::Table;
use super::values::{bytes, id, optional_id};
use super::{activities, clients, collections, galleries, studios};
use crate::documents::Stored;

pub(super) const TABLE: Table = Table("shares");

/// Keeps shares in a collection, and their activity in another.
#[derive(Debug)]
pub(super) struct MongoShareRepository {
    store: Store,
}

impl MongoShareRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }
}

/// What a share opens, in one field: a letter for the kind, then the id.
pub(super) fn target_field(target: ShareTarget) -> String {
    match target {
        ShareTarget::Gallery(gallery) => format!("g/{gallery}"),
        ShareTarget::Collection(collection) => format!("c/{collection}"),
    }
}

fn record(share: &Share) -> Record {
    let (gallery, collection) = match share.target {
        ShareTarget::Gallery(gallery) => (Some(gallery.as_uuid()), None),
        ShareTarget::Collection(collection) => (None, Some(collection.as_uuid())),
    };
    Record::new(share.studio, share.id.as_uuid(), share)
        .with("target", target_field(share.target))
        .with("gallery", optional_id(gallery))
        .with("collection", optional_id(collection))
        .with("token_hash", bytes(share.token_hash.as_bytes()))
}

/// The share with its studio and what it opens, in one round trip.
fn visit_pipeline(share: ShareId) -> Vec<Document> {
    let mut pipeline = vec![doc! { "$match": { "_id": id(share.as_uuid()), "deleted": false } }];
    for (table, field) in
        [(studios::TABLE, "studio"), (galleries::TABLE, "gallery"), (collections::TABLE, "collection")]
    {
        pipeline.push(doc! { "$lookup": {
            "from": table.0, "localField": field, "foreignField": "_id", "as": table.0,
        } });
    }
    // Of the studio only its mark is of interest.
    pipeline.push(doc! { "$project": { "studios.body": 0, "studios.events": 0 } });
    pipeline
}

#[derive(Deserialize)]
#[serde(bound(deserialize = ""))]
struct FoundVisit {
    studio: bson::Uuid,
    body: <Share as Stored>::Document,
    studios: Vec<Found<bson::Document>>,
    galleries: Vec<Found<<Gallery as Stored>::Document>>,
    collections: Vec<Found<<Collection as Stored>::Document>>,
}

#[derive(Deserialize)]
struct Found<D> {
    studio: bson::Uuid,
    deleted: bool,
    body: Option<D>,
}

/// The one document that was looked up, if it is of this studio and not deleted.
fn living<D>(found: Vec<Found<D>>, studio: bson::Uuid) -> Option<Found<D>> {
    found.into_iter().find(|document| document.studio == studio && !document.deleted)
}

impl FoundVisit {
    fn open(self) -> Result<Visit, Fault> {
        let share: Share = value_of(self.body)?;
        let mut target = None;
        if living(self.studios, self.studio).is_some() {
            if let Some(body) = living(self.galleries, self.studio).and_then(|gallery| gallery.body) {
                target = Some(VisitTarget::Gallery(value_of(body)?));
            } else if let Some(body) = living(self.collections, self.studio).and_then(|found| found.body) {
                target = Some(VisitTarget::Collection(value_of(body)?));
            }
        }
        Ok(Visit { share, target })
    }
}

async fn find_visit(store: &Store, share: ShareId) -> Result<Option<Visit>, Fault> {
    let mut found = TABLE.collection(store).aggregate(visit_pipeline(share)).await?;
    let Some(document) = found.try_next().await? else { return Ok(None) };
    let visit: FoundVisit = bson::deserialize_from_document(document)?;
    Ok(Some(visit.open()?))
}

/// Removes the share first, so that nothing new is recorded, and then what hangs on it. Going on after a crash
/// finds the rest by the share's id.
async fn purge(store: &Store, studio: StudioId, share: Uuid) -> Result<(), Fault> {
    TABLE.remove(store, studio, share).await?;
    let of_share = doc! { "studio": id(studio.as_uuid()), "share": id(share) };
    activities::TABLE.remove_all(store, of_share.clone()).await?;
    clients::TABLE.remove_all(store, of_share).await
}

#[async_trait]
impl ShareRepository for MongoShareRepository {
    async fn create(&self, share: &Share) -> Result<Version, StorageError> {
        let operation = Operation::new("create share", share.id);
        self.store.run(operation, TABLE.create(&self.store, record(share), &[])).await
    }

    async fn find(&self, studio: StudioId, share: ShareId) -> Result<Option<Versioned<Share>>, StorageError> {
        let operation = Operation::new("find share", share);
        self.store.run(operation, TABLE.find(&self.store, studio, share.as_uuid())).await
    }

    async fn find_in_any_studio(&self, share: ShareId) -> Result<Option<Versioned<Share>>, StorageError> {
        let operation = Operation::new("find share", share);
        let filter = doc! { "_id": id(share.as_uuid()), "deleted": false };
        self.store.run(operation, TABLE.find_where(&self.store, filter)).await
    }

    async fn find_visit(&self, share: ShareId) -> Result<Option<Visit>, StorageError> {
        let operation = Operation::new("find visit of share", share);
        self.store.run(operation, find_visit(&self.store, share)).await
    }

    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Versioned<Share>>, StorageError> {
        let operation = Operation::new("find share", "by its token");
        let filter = doc! { "token_hash": bytes(hash.as_bytes()), "deleted": false };
        self.store.run(operation, TABLE.find_where(&self.store, filter)).await
    }

    async fn update(&self, share: &Share, seen: Version) -> Result<Version, StorageError> {
        let operation = Operation::new("update share", share.id);
        self.store.run(operation, TABLE.update(&self.store, record(share), seen, &[])).await
    }

    async fn list(
        &self,
        studio: StudioId,
        target: ShareTarget,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Share>>, StorageError> {
        let operation = Operation::new("list shares of studio", studio);
        let conditions = doc! { "target": target_field(target) };
        self.store.run(operation, TABLE.list_newest(&self.store, studio, conditions, page)).await
    }

    async fn record(
        &self,
        studio: StudioId,
        share: ShareId,
        activity: &Activity,
        events: &[Event],
    ) -> Result<(), StorageError> {
        let operation = Operation::new("record activity of share", share);
        self.store.run(operation, activities::record(&self.store, (studio, share), activity, events)).await
    }

    async fn statistics(&self, studio: StudioId, share: ShareId) -> Result<ShareStatistics, StorageError> {
        let operation = Operation::new("read statistics of share", share);
        self.store.run(operation, activities::statistics(&self.store, studio, share)).await
    }

    async fn list_activity(
        &self,
        studio: StudioId,
        share: ShareId,
        page: &PageRequest,
    ) -> Result<Page<Activity>, StorageError> {
        let operation = Operation::new("list activity of share", share);
        self.store.run(operation, activities::list(&self.store, studio, share, page)).await
    }

    async fn purge(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError> {
        let operation = Operation::new("purge share", share);
        self.store.run(operation, purge(&self.store, studio, share.as_uuid())).await
    }
}
