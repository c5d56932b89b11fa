//! Photos in memory.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Bound;

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{GalleryId, PhotoId, StudioId};
use halftone_core::page::{Cursor, Page, PageLimit, PageRequest, Version, Versioned};
use halftone_core::photo::{Photo, PhotoSort, PhotoStateKind};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::photos::{PhotoChange, PhotoCounts, PhotoFilter, PhotoRepository};
use halftone_core::text::fold;
use jiff::Timestamp;

use super::outbox::Origin;
use super::state::SharedState;
use super::table::{Row, Table, document, page_by_id};

document!(Photo, PhotoId, id, studio);

/// The photos and, for each gallery and order, their places in it.
#[derive(Debug, Default)]
pub(super) struct Photos {
    table: Table<PhotoId, Photo>,
    places: BTreeMap<GalleryId, [BTreeSet<(String, PhotoId)>; 3]>,
}

const SORTS: [PhotoSort; 3] = [PhotoSort::CapturedAt, PhotoSort::Filename, PhotoSort::UploadedAt];

impl Photos {
    fn enter(&mut self, photo: &Photo) {
        let places = self.places.entry(photo.gallery).or_default();
        for (set, sort) in places.iter_mut().zip(SORTS) {
            set.insert((sort.key(photo), photo.id));
        }
    }

    fn leave(&mut self, photo: &Photo) {
        if let Some(places) = self.places.get_mut(&photo.gallery) {
            for (set, sort) in places.iter_mut().zip(SORTS) {
                set.remove(&(sort.key(photo), photo.id));
            }
            if places.iter().all(BTreeSet::is_empty) {
                self.places.remove(&photo.gallery);
            }
        }
    }

    fn create_many(&mut self, photos: &[Photo]) -> Result<(), StorageError> {
        let mut ids = BTreeSet::new();
        if let Some(taken) =
            photos.iter().find(|photo| self.table.contains(photo.id) || !ids.insert(photo.id))
        {
            return Err(StorageError::new(StorageErrorKind::AlreadyExists, "create photo", taken.id));
        }
        for photo in photos {
            self.table.create("create photo", photo)?;
            self.enter(photo);
        }
        Ok(())
    }

    fn update(&mut self, photo: &Photo, seen: Version) -> Result<Version, StorageError> {
        let before = self.table.find(photo.studio, photo.id).map(|row| row.value.clone());
        let version = self.table.update("update photo", photo, seen)?;
        if let Some(before) = before {
            self.leave(&before);
        }
        self.enter(photo);
        Ok(version)
    }

    fn purge(&mut self, studio: StudioId, photo: PhotoId) {
        if let Some(purged) = self.table.remove(studio, photo) {
            self.leave(&purged);
        }
    }

    /// The gallery's photos in this order from the cursor on, without deleted ones.
    fn walk<'walk>(
        &'walk self,
        (studio, gallery): (StudioId, GalleryId),
        sort: PhotoSort,
        after: Option<&Cursor>,
    ) -> impl Iterator<Item = &'walk Row<Photo>> {
        let start = match after {
            Some(cursor) => Bound::Excluded((cursor.key().to_owned(), PhotoId::from_uuid(cursor.id()))),
            None => Bound::Unbounded,
        };
        let sets = self.places.get(&gallery).into_iter();
        let places = sets.flat_map(move |sets| sets.iter().zip(SORTS).filter(move |(_, of)| *of == sort));
        places
            .flat_map(move |(set, _)| set.range((start.clone(), Bound::Unbounded)))
            .filter_map(move |(_, photo)| self.table.find(studio, *photo))
    }
}

fn admits(filter: &PhotoFilter, photo: &Photo) -> bool {
    filter.admits(photo.state.kind())
        && filter.tag.as_ref().is_none_or(|tag| photo.tags.as_slice().contains(tag))
        && filter.section.is_none_or(|section| photo.section == Some(section))
        && filter.text.as_deref().is_none_or(|text| {
            let text = fold(text);
            [photo.filename.as_str(), photo.title.as_str()].iter().any(|field| fold(field).contains(&text))
        })
}

/// Keeps photos in a map, with an ordered index for each sort.
#[derive(Debug)]
pub struct MemoryPhotoRepository {
    state: SharedState,
}

impl MemoryPhotoRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl PhotoRepository for MemoryPhotoRepository {
    async fn create_many(&self, photos: &[Photo]) -> Result<(), StorageError> {
        self.state.lock().photos.create_many(photos)
    }

    async fn find(&self, studio: StudioId, photo: PhotoId) -> Result<Option<Versioned<Photo>>, StorageError> {
        Ok(self.state.lock().photos.table.find(studio, photo).map(Row::to_versioned))
    }

    async fn find_many(
        &self,
        studio: StudioId,
        photos: &[PhotoId],
    ) -> Result<Vec<Versioned<Photo>>, StorageError> {
        let state = self.state.lock();
        let found = photos.iter().filter_map(|photo| state.photos.table.find(studio, *photo));
        Ok(found.map(Row::to_versioned).collect())
    }

    async fn update(&self, photo: &Photo, seen: Version, events: &[Event]) -> Result<Version, StorageError> {
        let mut state = self.state.lock();
        let version = state.photos.update(photo, seen)?;
        state.events.record(Origin::Photo(photo.id), events);
        Ok(version)
    }

    async fn list(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        filter: &PhotoFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Photo>>, StorageError> {
        let state = self.state.lock();
        let items = state
            .photos
            .walk((studio, gallery), filter.sort, page.after.as_ref())
            .filter(|row| admits(filter, &row.value))
            .take(page.limit.get() + 1)
            .map(Row::to_versioned)
            .collect();
        Ok(Page::cut(items, page.limit, |item: &Versioned<Photo>| {
            Cursor::new(filter.sort.key(&item.value), item.value.id.as_uuid())
        }))
    }

    async fn count_by_gallery(
        &self,
        studio: StudioId,
        gallery: GalleryId,
    ) -> Result<PhotoCounts, StorageError> {
        let state = self.state.lock();
        let mut counts = PhotoCounts::default();
        for row in state.photos.walk((studio, gallery), PhotoSort::UploadedAt, None) {
            *match row.value.state.kind() {
                PhotoStateKind::Pending => &mut counts.pending,
                PhotoStateKind::Uploaded => &mut counts.uploaded,
                PhotoStateKind::Processing => &mut counts.processing,
                PhotoStateKind::Ready => &mut counts.ready,
                PhotoStateKind::Failed => &mut counts.failed,
            } += 1;
        }
        Ok(counts)
    }

    async fn mark_deleted(
        &self,
        studio: StudioId,
        photo: PhotoId,
        at: Timestamp,
    ) -> Result<(), StorageError> {
        self.state.lock().photos.table.mark_deleted(studio, photo, at);
        Ok(())
    }

    async fn purge(&self, studio: StudioId, photo: PhotoId) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        state.photos.purge(studio, photo);
        if !state.photos.table.contains(photo) {
            state.events.purge(Origin::Photo(photo));
        }
        Ok(())
    }

    async fn list_ids(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        page: &PageRequest,
    ) -> Result<Page<PhotoId>, StorageError> {
        let state = self.state.lock();
        let photos = state.photos.table.rows().map(|row| &row.value);
        let ids =
            photos.filter(|photo| photo.studio == studio && photo.gallery == gallery).map(|photo| photo.id);
        Ok(page_by_id(ids, page, |id| id.as_uuid()))
    }

    async fn list_stalled(
        &self,
        state: PhotoStateKind,
        before: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Photo>>, StorageError> {
        let locked = self.state.lock();
        let is_stalled = |photo: &Photo| photo.state.kind() == state && photo.updated_at < before;
        let rows = locked.photos.table.rows().filter(|row| !row.is_deleted() && is_stalled(&row.value));
        let mut stalled: Vec<&Row<Photo>> = rows.collect();
        stalled.sort_by_key(|row| (row.value.updated_at, row.value.id));
        Ok(stalled.into_iter().take(limit.get()).map(Row::to_versioned).collect())
    }

    async fn list_changed(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<PhotoChange>, StorageError> {
        let state = self.state.lock();
        let changed = state.photos.table.since(studio, since, limit.get(), |photo| Some(photo.updated_at));
        let change = |row: &Row<Photo>| PhotoChange {
            photo: row.value.id,
            gallery: row.value.gallery,
            at: row.value.updated_at,
        };
        Ok(changed.into_iter().map(change).collect())
    }

    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, PhotoId)>, StorageError> {
        Ok(self.state.lock().photos.table.page_deleted(page))
    }
}
