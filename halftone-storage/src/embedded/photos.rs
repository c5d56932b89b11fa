//! Photos in the database.

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{GalleryId, PhotoId, SectionId, StudioId};
use halftone_core::page::{Cursor, Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::photo::{Photo, PhotoSort, PhotoStateKind};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::photos::{PhotoChange, PhotoCounts, PhotoFilter, PhotoRepository};
use halftone_core::search::SearchText;
use jiff::Timestamp;
use rusqlite::params;

use super::columns::{Id, joined_tags, nanoseconds, optional_id};
use super::database::Database;
use super::error::Operation;
use super::outbox::{self, NewEvents};
use super::photo_lists::{PhotoList, STALLED, changed, count, list_ids};
use super::searches;
use super::table::{Conditions, Record, Table, most, read_all};

pub(super) const TABLE: Table = Table("photos");

/// Keeps photos in a table with one index for each order.
#[derive(Debug)]
pub(super) struct EmbeddedPhotoRepository {
    database: Database,
}

impl EmbeddedPhotoRepository {
    pub(super) const fn new(database: Database) -> Self {
        Self { database }
    }
}

fn record(photo: &Photo) -> Record {
    Record::new(photo.studio, photo.id.as_uuid(), photo)
        .with("gallery", Id(photo.gallery.as_uuid()))
        .with("state", photo.state.kind().as_str().to_owned())
        .with("captured_key", PhotoSort::CapturedAt.key(photo))
        .with("filename_key", PhotoSort::Filename.key(photo))
        .with("uploaded_key", PhotoSort::UploadedAt.key(photo))
        .with("updated_at", nanoseconds(photo.updated_at))
        .with("section", optional_id(photo.section.map(SectionId::as_uuid)))
        .with("tags", joined_tags(&photo.tags))
        .searchable(photo)
}

#[async_trait]
impl PhotoRepository for EmbeddedPhotoRepository {
    async fn create_many(&self, photos: &[Photo]) -> Result<(), StorageError> {
        let records: Vec<Record> = photos.iter().map(record).collect();
        let operation = Operation::new("create", format_args!("{} photos", photos.len()));
        self.database
            .write(operation, move |connection| {
                records.iter().try_for_each(|record| TABLE.create(connection, record).map(drop))
            })
            .await
    }

    async fn find(&self, studio: StudioId, photo: PhotoId) -> Result<Option<Versioned<Photo>>, StorageError> {
        let operation = Operation::new("find photo", photo);
        self.database.read(operation, move |connection| TABLE.find(connection, studio, photo.as_uuid())).await
    }

    async fn find_many(
        &self,
        studio: StudioId,
        photos: &[PhotoId],
    ) -> Result<Vec<Versioned<Photo>>, StorageError> {
        let photos = photos.to_vec();
        let operation = Operation::new("find photos of studio", studio);
        self.database
            .read(operation, move |connection| {
                // One snapshot for all of them.
                let snapshot = connection.unchecked_transaction()?;
                let find = |photo: &PhotoId| TABLE.find(&snapshot, studio, photo.as_uuid()).transpose();
                photos.iter().filter_map(find).collect()
            })
            .await
    }

    async fn update(&self, photo: &Photo, seen: Version, events: &[Event]) -> Result<Version, StorageError> {
        let (record, events) = (record(photo), NewEvents::new(photo.id.as_uuid(), events));
        let operation = Operation::new("update photo", photo.id);
        self.database
            .write(operation, move |connection| {
                events.record(connection)?;
                TABLE.update(connection, &record, seen)
            })
            .await
    }

    async fn list(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        filter: &PhotoFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Photo>>, StorageError> {
        let (sort, limit) = (filter.sort, page.limit);
        let list = PhotoList::new(studio, gallery, filter, page);
        let operation = Operation::new("list photos of gallery", gallery);
        let items = self.database.read(operation, move |connection| list.read(connection)).await?;
        Ok(Page::cut(items, limit, |item: &Versioned<Photo>| {
            Cursor::new(sort.key(&item.value), item.value.id.as_uuid())
        }))
    }

    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Photo>>, StorageError> {
        let (text, page) = (text.clone(), page.clone());
        let operation = Operation::new("search photos of studio", studio);
        let is_there = Conditions::default().unlike("state", PhotoStateKind::Pending.as_str().to_owned());
        self.database
            .read(operation, move |connection| {
                searches::page(connection, TABLE, (studio, &text), &is_there, &page)
            })
            .await
    }

    async fn count_by_gallery(
        &self,
        studio: StudioId,
        gallery: GalleryId,
    ) -> Result<PhotoCounts, StorageError> {
        let operation = Operation::new("count photos of gallery", gallery);
        self.database.read(operation, move |connection| count(connection, studio, gallery)).await
    }

    async fn mark_deleted(
        &self,
        studio: StudioId,
        photo: PhotoId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        let operation = Operation::new("delete photo", photo);
        self.database
            .write(operation, move |connection| TABLE.mark_deleted(connection, studio, photo.as_uuid(), at))
            .await
    }

    async fn purge(&self, studio: StudioId, photo: PhotoId) -> Result<(), StorageError> {
        let operation = Operation::new("purge photo", photo);
        self.database
            .write(operation, move |connection| {
                if TABLE.remove(connection, studio, photo.as_uuid())? {
                    outbox::forget(connection, photo.as_uuid())?;
                }
                Ok(())
            })
            .await
    }

    async fn list_ids(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        page: &PageRequest,
    ) -> Result<Page<PhotoId>, StorageError> {
        let page = page.clone();
        let operation = Operation::new("list photos of gallery", gallery);
        self.database.read(operation, move |connection| list_ids(connection, studio, gallery, &page)).await
    }

    async fn list_stalled(
        &self,
        state: PhotoStateKind,
        before: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Photo>>, StorageError> {
        let operation = Operation::new("list stalled photos that are", state.as_str());
        self.database
            .read(operation, move |connection| {
                let parameters = params![state.as_str(), nanoseconds(before), most(limit)];
                let rows = read_all(connection, STALLED, parameters)?;
                Ok(rows.into_iter().map(|(_, photo)| photo).collect())
            })
            .await
    }

    async fn list_changed(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<PhotoChange>, StorageError> {
        let operation = Operation::new("list changed photos of studio", studio);
        self.database.read(operation, move |connection| changed(connection, studio, since, limit)).await
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, PhotoId)>, StorageError> {
        let page = page.clone();
        let operation = Operation::new("list", "deleted photos");
        self.database
            .read(operation, move |connection| {
                let deleted = TABLE.list_deleted(connection, &page)?;
                Ok(deleted.map(|(studio, id)| (studio, PhotoId::from_uuid(id))))
            })
            .await
    }
}
