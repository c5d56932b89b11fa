//! What the tables of documents have in common: versions, deletion marks and keyset pages.

use std::collections::BTreeMap;
use std::fmt::Display;
use std::ops::Bound;

use halftone_core::id::StudioId;
use halftone_core::page::{Cursor, Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use jiff::Timestamp;
use uuid::Uuid;

/// A document that says where it belongs.
pub(super) trait Document: Clone {
    /// Its id.
    type Id: Copy + Ord + Display;

    fn id(&self) -> Self::Id;

    /// To whom it belongs.
    fn studio(&self) -> StudioId;
}

/// An id that is a UUID inside, as every id of ours is.
pub(super) trait UuidId: Copy + Ord + Display {
    fn uuid(self) -> Uuid;

    fn from_uuid(uuid: Uuid) -> Self;
}

macro_rules! uuid_ids {
    ($($id:ident),* $(,)?) => {
        $(impl UuidId for halftone_core::id::$id {
            fn uuid(self) -> Uuid {
                self.as_uuid()
            }

            fn from_uuid(uuid: Uuid) -> Self {
                Self::from_uuid(uuid)
            }
        })*
    };
}

uuid_ids!(
    StudioId,
    CollectionId,
    GalleryId,
    PhotoId,
    ShareId,
    ClientId,
    PriceListId,
    OrderId,
    PackId,
    ArchiveId,
    ApiKeyId,
    DeliveryId,
    JobId
);

macro_rules! document {
    ($type:ty, $id_type:ident, $id:ident, $studio:ident) => {
        impl $crate::memory::table::Document for $type {
            type Id = halftone_core::id::$id_type;

            fn id(&self) -> Self::Id {
                self.$id
            }

            fn studio(&self) -> halftone_core::id::StudioId {
                self.$studio
            }
        }
    };
}
pub(super) use document;

/// One document with what the backend keeps beside it.
#[derive(Debug, Clone)]
pub(super) struct Row<T> {
    pub(super) value: T,
    version: Version,
    deleted_at: Option<Timestamp>,
}

impl<T: Clone> Row<T> {
    pub(super) fn to_versioned(&self) -> Versioned<T> {
        Versioned::new(self.value.clone(), self.version)
    }

    pub(super) const fn is_deleted(&self) -> bool {
        self.deleted_at.is_some()
    }
}

/// Documents of one kind, by id.
#[derive(Debug)]
pub(super) struct Table<Id, T> {
    rows: BTreeMap<Id, Row<T>>,
}

impl<Id, T> Default for Table<Id, T> {
    fn default() -> Self {
        Self { rows: BTreeMap::new() }
    }
}

impl<Id: UuidId, T: Document<Id = Id>> Table<Id, T> {
    /// Adds a new document; an id stays taken while its document is only marked as deleted.
    pub(super) fn create(&mut self, operation: &'static str, value: &T) -> Result<Version, StorageError> {
        let id = value.id();
        if self.rows.contains_key(&id) {
            return Err(StorageError::new(StorageErrorKind::AlreadyExists, operation, id));
        }
        self.rows.insert(id, Row { value: value.clone(), version: Version::FIRST, deleted_at: None });
        Ok(Version::FIRST)
    }

    /// Whether the id is taken, also by a deleted document.
    pub(super) fn contains(&self, id: Id) -> bool {
        self.rows.contains_key(&id)
    }

    /// The studio's document, unless it is marked as deleted.
    pub(super) fn find(&self, studio: StudioId, id: Id) -> Option<&Row<T>> {
        self.find_in_any_studio(id).filter(|row| row.value.studio() == studio)
    }

    /// The document, whosever it is, unless it is marked as deleted.
    pub(super) fn find_in_any_studio(&self, id: Id) -> Option<&Row<T>> {
        self.rows.get(&id).filter(|row| !row.is_deleted())
    }

    /// All documents by id, also deleted ones.
    pub(super) fn rows(&self) -> impl DoubleEndedIterator<Item = &Row<T>> {
        self.rows.values()
    }

    /// The first document that `is_it`, whosever it is, unless it is marked as deleted.
    pub(super) fn find_where(&self, is_it: impl Fn(&T) -> bool) -> Option<Versioned<T>> {
        self.rows.values().find(|row| !row.is_deleted() && is_it(&row.value)).map(Row::to_versioned)
    }

    /// Replaces a document whose version is still `seen`.
    pub(super) fn update(
        &mut self,
        operation: &'static str,
        value: &T,
        seen: Version,
    ) -> Result<Version, StorageError> {
        let id = value.id();
        let failed = |kind| StorageError::new(kind, operation, id);
        let row = self
            .rows
            .get_mut(&id)
            .filter(|row| !row.is_deleted() && row.value.studio() == value.studio())
            .ok_or_else(|| failed(StorageErrorKind::NotFound))?;
        if row.version != seen {
            return Err(failed(StorageErrorKind::Conflict));
        }
        row.value = value.clone();
        row.version = seen.next();
        Ok(row.version)
    }

    /// Hides the studio's document. The first mark's time stays.
    pub(super) fn mark_deleted(&mut self, studio: StudioId, id: Id, at: Timestamp) {
        if let Some(row) = self.rows.get_mut(&id).filter(|row| row.value.studio() == studio) {
            row.deleted_at.get_or_insert(at);
        }
    }

    /// Removes the studio's document, deleted or not, and gives it back.
    pub(super) fn remove(&mut self, studio: StudioId, id: Id) -> Option<T> {
        self.rows.get(&id).filter(|row| row.value.studio() == studio)?;
        self.rows.remove(&id).map(|row| row.value)
    }

    /// Removes every document that `is_it` and gives their ids back.
    pub(super) fn remove_where(&mut self, is_it: impl Fn(&T) -> bool) -> Vec<Id> {
        let removed: Vec<Id> =
            self.rows.values().filter(|row| is_it(&row.value)).map(|row| row.value.id()).collect();
        for id in &removed {
            self.rows.remove(id);
        }
        removed
    }

    /// A page of the studio's documents that the filter admits, highest id first, without deleted ones.
    pub(super) fn page_newest(
        &self,
        studio: StudioId,
        page: &PageRequest,
        admits: impl Fn(&T) -> bool,
    ) -> Page<Versioned<T>> {
        let end = match &page.after {
            Some(cursor) => Bound::Excluded(Id::from_uuid(cursor.id())),
            None => Bound::Unbounded,
        };
        let items = self
            .rows
            .range((Bound::Unbounded, end))
            .rev()
            .map(|(_, row)| row)
            .filter(|row| !row.is_deleted() && row.value.studio() == studio && admits(&row.value))
            .take(page.limit.get() + 1)
            .map(Row::to_versioned)
            .collect();
        Page::cut(items, page.limit, |item: &Versioned<T>| Cursor::new("", item.value.id().uuid()))
    }

    /// The studio's documents that have an instant at or after `since`, by it and then by id, without deleted ones.
    pub(super) fn since(
        &self,
        studio: StudioId,
        since: Timestamp,
        most: usize,
        instant: impl Fn(&T) -> Option<Timestamp>,
    ) -> Vec<&Row<T>> {
        let rows = self.rows.values().filter(|row| !row.is_deleted() && row.value.studio() == studio);
        let timed = rows.filter_map(|row| Some((instant(&row.value).filter(|at| *at >= since)?, row)));
        let mut timed: Vec<(Timestamp, &Row<T>)> = timed.collect();
        // Rows come by id, and the sort is stable.
        timed.sort_by_key(|(at, _)| *at);
        timed.into_iter().take(most).map(|(_, row)| row).collect()
    }

    /// A page of what is marked as deleted, of all studios, by id.
    pub(super) fn page_deleted(&self, page: &PageRequest) -> Page<(StudioId, Id)> {
        let deleted = self.rows.values().filter(|row| row.is_deleted());
        page_by_id(deleted.map(|row| (row.value.studio(), row.value.id())), page, |(_, id)| id.uuid())
    }
}

/// Whether an id was made before an instant, to the millisecond, which is all that ids tell.
pub(super) fn is_made_before(made_at: Timestamp, instant: Timestamp) -> bool {
    made_at.as_millisecond() < instant.as_millisecond()
}

/// A page of entries that come in the order of their ids.
pub(super) fn page_by_id<T>(
    entries: impl Iterator<Item = T>,
    page: &PageRequest,
    id_of: impl Fn(&T) -> Uuid,
) -> Page<T> {
    let after = page.after.as_ref().map(Cursor::id);
    let items = entries
        .filter(|entry| after.is_none_or(|after| id_of(entry) > after))
        .take(page.limit.get() + 1)
        .collect();
    Page::cut(items, page.limit, |entry| Cursor::new("", id_of(entry)))
}
