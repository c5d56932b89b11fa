//! Photos in MongoDB.

use std::collections::HashMap;

use async_trait::async_trait;
use halftone_core::entropy::Entropy as _;
use halftone_core::event::Event;
use halftone_core::id::{GalleryId, PhotoId, SectionId, StudioId};
use halftone_core::page::{Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::photo::{Photo, PhotoSort, PhotoStateKind};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::photos::{PhotoChange, PhotoCounts, PhotoFilter, PhotoRepository};
use halftone_core::search::SearchText;
use jiff::Timestamp;
use mongodb::bson::{self, Bson, Document, doc};

use super::envelope::Record;
use super::error::{Fault, Operation};
use super::photo_lists::{count, list, list_changed, list_ids, list_stalled, place, place_field};
use super::searches;
use super::store::Store;
use super::table::{Table, Walk};
use super::values::{bytes, id, nanoseconds, optional_id};
use crate::os_entropy::OsEntropy;

pub(super) const TABLE: Table = Table("photos");

/// Keeps photos in a collection with one index for each order.
#[derive(Debug)]
pub(super) struct MongoPhotoRepository {
    store: Store,
}

impl MongoPhotoRepository {
    pub(super) const fn new(store: Store) -> Self {
        Self { store }
    }

    /// Removes what a call that failed has stored. If that fails too, pending photos stay behind, which nobody
    /// sees and the sweep drops.
    async fn take_back(&self, batch: &Bson, photos: &[Photo]) {
        let operation = Operation::new("take back", format_args!("{} photos", photos.len()));
        let filter = doc! { "_id": { "$in": ids(photos.iter().map(|photo| photo.id)) }, "batch": batch };
        if let Err(error) = self.store.run(operation, TABLE.remove_all(&self.store, filter)).await {
            let error = &error as &dyn std::error::Error;
            tracing::warn!(error, "photos of a failed call stay until the sweep drops them");
        }
    }
}

fn ids(photos: impl Iterator<Item = PhotoId>) -> Vec<Bson> {
    photos.map(|photo| id(photo.as_uuid())).collect()
}

fn record(photo: &Photo) -> Record {
    let mut record = Record::new(photo.studio, photo.id.as_uuid(), photo)
        .with("gallery", id(photo.gallery.as_uuid()))
        .with("state", photo.state.kind().as_str())
        .with("updated_at", nanoseconds(photo.updated_at))
        .with("section", optional_id(photo.section.map(SectionId::as_uuid)))
        .with("tags", photo.tags.as_slice().iter().map(|tag| tag.as_str().to_owned()).collect::<Vec<_>>())
        .searchable(photo);
    for sort in [PhotoSort::CapturedAt, PhotoSort::Filename, PhotoSort::UploadedAt] {
        record = record.with(place_field(sort), place(&sort.key(photo), photo.id.as_uuid()));
    }
    record
}

async fn insert(store: &Store, batch: &Bson, photos: &[Photo]) -> Result<(), Fault> {
    let envelope = |photo: &Photo| {
        let document: Document = record(photo).with("batch", batch.clone()).into_new(&[]);
        bson::serialize_to_raw_document_buf(&document)
    };
    let documents = photos.iter().map(envelope).collect::<Result<Vec<_>, _>>()?;
    TABLE.collection(store).insert_many(documents).await?;
    Ok(())
}

async fn find_many(
    store: &Store,
    studio: StudioId,
    photos: &[PhotoId],
) -> Result<Vec<Versioned<Photo>>, Fault> {
    if photos.is_empty() {
        return Ok(Vec::new());
    }
    let filter = doc! {
        "_id": { "$in": ids(photos.iter().copied()) }, "studio": id(studio.as_uuid()), "deleted": false,
    };
    let walk = Walk { filter, sort: doc! { "_id": 1 } };
    let found: HashMap<_, Versioned<Photo>> =
        TABLE.walk(store, walk, photos.len()).await?.into_iter().collect();
    Ok(photos.iter().filter_map(|photo| found.get(&photo.as_uuid()).cloned()).collect())
}

#[async_trait]
impl PhotoRepository for MongoPhotoRepository {
    async fn create_many(&self, photos: &[Photo]) -> Result<(), StorageError> {
        if photos.is_empty() {
            return Ok(());
        }
        // Marks what this call stores, so that taking it back touches nobody else's photo of the same id.
        let mut mark = [0; 16];
        OsEntropy.fill(&mut mark);
        let batch = bytes(&mark);
        let operation = Operation::new("create", format_args!("{} photos", photos.len()));
        let outcome = self.store.run(operation, insert(&self.store, &batch, photos)).await;
        if outcome.is_err() {
            self.take_back(&batch, photos).await;
        }
        outcome
    }

    async fn find(&self, studio: StudioId, photo: PhotoId) -> Result<Option<Versioned<Photo>>, StorageError> {
        let operation = Operation::new("find photo", photo);
        self.store.run(operation, TABLE.find(&self.store, studio, photo.as_uuid())).await
    }

    async fn find_many(
        &self,
        studio: StudioId,
        photos: &[PhotoId],
    ) -> Result<Vec<Versioned<Photo>>, StorageError> {
        let operation = Operation::new("find photos of studio", studio);
        self.store.run(operation, find_many(&self.store, studio, photos)).await
    }

    async fn update(&self, photo: &Photo, seen: Version, events: &[Event]) -> Result<Version, StorageError> {
        let operation = Operation::new("update photo", photo.id);
        self.store.run(operation, TABLE.update(&self.store, record(photo), seen, events)).await
    }

    async fn list(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        filter: &PhotoFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Photo>>, StorageError> {
        let operation = Operation::new("list photos of gallery", gallery);
        self.store.run(operation, list(&self.store, (studio, gallery), filter, page)).await
    }

    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Photo>>, StorageError> {
        let operation = Operation::new("search photos of studio", studio);
        let states: Vec<&str> = PhotoStateKind::WITH_BYTES.map(PhotoStateKind::as_str).into();
        let is_there = doc! { "state": { "$in": states } };
        self.store.run(operation, searches::page(&self.store, TABLE, (studio, text), is_there, page)).await
    }

    async fn count_by_gallery(
        &self,
        studio: StudioId,
        gallery: GalleryId,
    ) -> Result<PhotoCounts, StorageError> {
        let operation = Operation::new("count photos of gallery", gallery);
        self.store.run(operation, count(&self.store, studio, gallery)).await
    }

    async fn mark_deleted(
        &self,
        studio: StudioId,
        photo: PhotoId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        let operation = Operation::new("delete photo", photo);
        self.store.run(operation, TABLE.mark_deleted(&self.store, studio, photo.as_uuid(), at)).await
    }

    async fn purge(&self, studio: StudioId, photo: PhotoId) -> Result<(), StorageError> {
        let operation = Operation::new("purge photo", photo);
        self.store.run(operation, TABLE.remove(&self.store, studio, photo.as_uuid())).await
    }

    async fn list_ids(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        page: &PageRequest,
    ) -> Result<Page<PhotoId>, StorageError> {
        let operation = Operation::new("list photos of gallery", gallery);
        self.store.run(operation, list_ids(&self.store, studio, gallery, page)).await
    }

    async fn list_stalled(
        &self,
        state: PhotoStateKind,
        before: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Photo>>, StorageError> {
        let operation = Operation::new("list stalled photos that are", state.as_str());
        self.store.run(operation, list_stalled(&self.store, state, before, limit)).await
    }

    async fn list_changed(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<PhotoChange>, StorageError> {
        let operation = Operation::new("list changed photos of studio", studio);
        self.store.run(operation, list_changed(&self.store, studio, since, limit)).await
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, PhotoId)>, StorageError> {
        let operation = Operation::new("list", "deleted photos");
        let deleted = self.store.run(operation, TABLE.list_deleted(&self.store, page)).await?;
        Ok(deleted.map(|(studio, id)| (studio, PhotoId::from_uuid(id))))
    }
}
