//! Galleries in the database.

use async_trait::async_trait;
use halftone_core::gallery::Gallery;
use halftone_core::id::{CollectionId, GalleryId, StudioId};
use halftone_core::page::{Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::galleries::{GalleryFilter, GalleryRepository};
use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Id, optional_id};
use super::database::Database;
use super::error::Operation;
use super::searches;
use super::table::{Conditions, Record, Table};

pub(super) const TABLE: Table = Table("galleries");

pub(super) const COUNT: &str =
    "SELECT count(*) FROM galleries WHERE studio = ? AND collection = ? AND deleted_at IS NULL";

/// Keeps galleries in a table.
#[derive(Debug)]
pub(super) struct EmbeddedGalleryRepository {
    database: Database,
}

impl EmbeddedGalleryRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(gallery: &Gallery) -> Record {
    Record::new(gallery.studio, gallery.id.as_uuid(), gallery)
        .with("collection", optional_id(gallery.collection.map(CollectionId::as_uuid)))
        .with("state", gallery.state.as_str().to_owned())
        .searchable(gallery)
}

pub(super) fn conditions(filter: &GalleryFilter) -> Conditions {
    Conditions::default()
        .equal("collection", filter.collection.map(|collection| Id(collection.as_uuid())))
        .equal("state", filter.state.map(|state| state.as_str().to_owned()))
}

#[async_trait]
impl GalleryRepository for EmbeddedGalleryRepository {
    async fn create(&self, gallery: &Gallery) -> Result<Version, StorageError> {
        let record = record(gallery);
        let operation = Operation::new("create gallery", gallery.id);
        self.database.write(operation, move |connection| TABLE.create(connection, &record)).await
    }

    async fn find(
        &self,
        studio: StudioId,
        gallery: GalleryId,
    ) -> Result<Option<Versioned<Gallery>>, StorageError> {
        let operation = Operation::new("find gallery", gallery);
        self.database
            .read(operation, move |connection| TABLE.find(connection, studio, gallery.as_uuid()))
            .await
    }

    async fn update(&self, gallery: &Gallery, seen: Version) -> Result<Version, StorageError> {
        let record = record(gallery);
        let operation = Operation::new("update gallery", gallery.id);
        self.database.write(operation, move |connection| TABLE.update(connection, &record, seen)).await
    }

    async fn list(
        &self,
        studio: StudioId,
        filter: &GalleryFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Gallery>>, StorageError> {
        let (conditions, text, page) = (conditions(filter), filter.text.clone(), page.clone());
        let operation = Operation::new("list galleries of studio", studio);
        self.database
            .read(operation, move |connection| match text {
                Some(text) => searches::page(connection, TABLE, (studio, &text), &conditions, &page),
                None => TABLE.list_newest(connection, studio, &conditions, &page),
            })
            .await
    }

    async fn count_by_collection(
        &self,
        studio: StudioId,
        collection: CollectionId,
    ) -> Result<u64, StorageError> {
        let operation = Operation::new("count galleries of collection", collection);
        self.database
            .read(operation, move |connection| {
                let parameters = params![Id(studio.as_uuid()), Id(collection.as_uuid())];
                let count: i64 = connection.prepare_cached(COUNT)?.query_row(parameters, |row| row.get(0))?;
                Ok(u64::try_from(count).map_err(|_| StorageErrorKind::Corrupt)?)
            })
            .await
    }

    async fn mark_deleted(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        let operation = Operation::new("delete gallery", gallery);
        self.database
            .write(operation, move |connection| TABLE.mark_deleted(connection, studio, gallery.as_uuid(), at))
            .await
    }

    async fn purge(&self, studio: StudioId, gallery: GalleryId) -> Result<(), StorageError> {
        let operation = Operation::new("purge gallery", gallery);
        self.database
            .write(operation, move |connection| TABLE.remove(connection, studio, gallery.as_uuid()).map(drop))
            .await
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, GalleryId)>, StorageError> {
        let page = page.clone();
        let operation = Operation::new("list", "deleted galleries");
        self.database
            .read(operation, move |connection| {
                let deleted = TABLE.list_deleted(connection, &page)?;
                Ok(deleted.map(|(studio, id)| (studio, GalleryId::from_uuid(id))))
            })
            .await
    }
}
