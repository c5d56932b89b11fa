//! Where photos are kept.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::event::Event;
use crate::id::{GalleryId, PhotoId, SectionId, StudioId};
use crate::page::{Page, PageLimit, PageRequest, Version, Versioned};
use crate::photo::{Photo, PhotoSort, PhotoStateKind};
use crate::ports::error::StorageError;
use crate::search::SearchText;
use crate::text::Tag;

/// Which photos of a gallery a list holds, and in what order.
///
/// Every order and every state has an index in every backend, so that the cost of a page does not grow with the gallery. A
/// tag, a section and a text are looked at while that index is walked: a page of what is rare may read the whole gallery,
/// but never another one.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PhotoFilter {
    /// The order; see [`PhotoSort::key`].
    pub sort: PhotoSort,
    /// Only those in one of these states; empty for all but `pending`.
    pub states: Vec<PhotoStateKind>,
    /// Only those with this tag.
    pub tag: Option<Tag>,
    /// Only those in this section.
    pub section: Option<SectionId>,
    /// Only those that are found by this text.
    pub text: Option<SearchText>,
}

impl PhotoFilter {
    /// Whether the list holds photos in this state.
    pub fn admits(&self, state: PhotoStateKind) -> bool {
        if self.states.is_empty() { state != PhotoStateKind::Pending } else { self.states.contains(&state) }
    }
}

/// How many photos a gallery has, by state, without deleted ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PhotoCounts {
    /// A ticket was issued, the bytes are not confirmed.
    pub pending: u64,
    /// Waiting for a worker.
    pub uploaded: u64,
    /// A worker is at it.
    pub processing: u64,
    /// Can be seen.
    pub ready: u64,
    /// Cannot be processed.
    pub failed: u64,
}

impl PhotoCounts {
    /// All photos whose bytes are there.
    pub const fn arrived(self) -> u64 {
        self.uploaded + self.processing + self.ready + self.failed
    }
}

/// A photo that was written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PhotoChange {
    /// Which photo.
    pub photo: PhotoId,
    /// In which gallery.
    pub gallery: GalleryId,
    /// Its `updated_at`.
    pub at: Timestamp,
}

/// Keeps photos, one document each. The rules of writes, events and deleted documents are those of
/// [`StudioRepository`](super::studios::StudioRepository); another studio's photo is absent.
///
/// The cost of a page of [`list`](Self::list) MUST NOT grow with the gallery or with the page's place in it.
#[async_trait]
pub trait PhotoRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores new photos, all or none: at most 500. A backend without transactions takes back what it stored when
    /// the call fails; if it crashes in between, pending photos stay behind, which no list shows by default and
    /// the sweep drops.
    ///
    /// # Errors
    /// `AlreadyExists` if an id is taken.
    async fn create_many(&self, photos: &[Photo]) -> Result<(), StorageError>;

    /// The studio's photo with this id.
    async fn find(&self, studio: StudioId, photo: PhotoId) -> Result<Option<Versioned<Photo>>, StorageError>;

    /// Those of at most 500 photos that exist, in the order asked for.
    async fn find_many(
        &self,
        studio: StudioId,
        photos: &[PhotoId],
    ) -> Result<Vec<Versioned<Photo>>, StorageError>;

    /// Replaces the photo if its version is still `seen`, and records `events` in the same write.
    ///
    /// # Errors
    /// `NotFound`, also for a photo that is marked as deleted, or `Conflict` if it was changed in between.
    async fn update(&self, photo: &Photo, seen: Version, events: &[Event]) -> Result<Version, StorageError>;

    /// The gallery's photos that the filter admits, in its order.
    async fn list(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        filter: &PhotoFilter,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Photo>>, StorageError>;

    /// The studio's photos, of all galleries, that are found by a text, newest (highest id) first; pending ones are not.
    ///
    /// What is found MUST follow from [`Searchable`](crate::search::Searchable) alone, and be found as soon as the write
    /// returned that said it. A page MUST NOT look at more than [`WALK_MOST`](crate::search::WALK_MOST) documents: of the
    /// words' [grams](SearchText::gram) a backend counts the documents, up to [`COUNT_MOST`](crate::search::COUNT_MOST),
    /// unless there is but one word, and walks those of the [rarest](SearchText::rarest), highest id first. If it has
    /// looked at so many and the page is not full, the page ends there, and its cursor is the last that was looked at: a
    /// page may hold fewer entries than were asked for, or none, although the list goes on.
    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Photo>>, StorageError>;

    /// How many photos a gallery has. MUST NOT cost more for a large gallery than for a small one in the
    /// embedded backend; others may count over an index.
    async fn count_by_gallery(
        &self,
        studio: StudioId,
        gallery: GalleryId,
    ) -> Result<PhotoCounts, StorageError>;

    /// Hides the photo from `find`, `list` and counts. Marking twice, or marking the absent, succeeds.
    async fn mark_deleted(&self, studio: StudioId, photo: PhotoId, at: Timestamp)
    -> Result<(), StorageError>;

    /// Removes the document and its events for good; removing the absent succeeds.
    async fn purge(&self, studio: StudioId, photo: PhotoId) -> Result<(), StorageError>;

    /// The ids of all photos of a gallery, deleted ones too, by id; for purging.
    async fn list_ids(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        page: &PageRequest,
    ) -> Result<Page<PhotoId>, StorageError>;

    /// Photos of all studios that have been in `state` since before `before` by their `updated_at`, oldest
    /// first, at most `limit`. Deleted ones are left out.
    async fn list_stalled(
        &self,
        state: PhotoStateKind,
        before: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Versioned<Photo>>, StorageError>;

    /// Which of the studio's photos have an `updated_at` at or after `since`, oldest first and then by id, at most `limit`.
    /// Deleted ones are left out. MUST NOT cost more for a large studio than for a small one.
    async fn list_changed(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<PhotoChange>, StorageError>;

    /// The photos of all studios that are marked as deleted but not purged, by id.
    async fn list_deleted(&self, page: &PageRequest) -> Result<Page<(StudioId, PhotoId)>, StorageError>;
}
