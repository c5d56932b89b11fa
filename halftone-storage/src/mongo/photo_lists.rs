//! Lists of a gallery's photos, whose cost does not grow with the gallery.
//!
//! Each order has a field of its own that holds the sort key and the id in one text, so that the place of a cursor
//! is one bound of one index, and no two photos share a place. The indexes lead with gallery and state, so a list
//! over several states merges one walk for each; what a client sees is one state, and one query.

use futures_util::TryStreamExt as _;
use halftone_core::id::{GalleryId, PhotoId, StudioId};
use halftone_core::page::{Cursor, Page, PageLimit, PageRequest, Versioned};
use halftone_core::photo::{Photo, PhotoSort, PhotoStateKind};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::photos::{PhotoChange, PhotoCounts, PhotoFilter};
use jiff::Timestamp;
use mongodb::bson::{self, Document, RawDocumentBuf, doc};
use serde::Deserialize;
use uuid::Uuid;

use super::error::Fault;
use super::photos::TABLE;
use super::searches::words;
use super::store::Store;
use super::table::{Walk, after, one_more, walk_since};
use super::values::{id, instant, nanoseconds};

/// Lower than every character of a sort key, so that a key which begins like another stands before it.
const SEPARATOR: char = '\u{1f}';

/// The field by which photos stand in this order.
pub(super) const fn place_field(sort: PhotoSort) -> &'static str {
    match sort {
        PhotoSort::CapturedAt => "by_capture",
        PhotoSort::Filename => "by_filename",
        PhotoSort::UploadedAt => "by_upload",
    }
}

/// Where a photo stands in a list: by its key, and among equals by its id.
pub(super) fn place(key: &str, photo: Uuid) -> String {
    format!("{key}{SEPARATOR}{}", photo.hyphenated())
}

fn walk(
    (studio, gallery): (StudioId, GalleryId),
    state: PhotoStateKind,
    filter: &PhotoFilter,
    page: &PageRequest,
) -> Walk {
    let field = place_field(filter.sort);
    let mut conditions = doc! {
        "studio": id(studio.as_uuid()),
        "gallery": id(gallery.as_uuid()),
        "deleted": false,
        "state": state.as_str(),
    };
    if let Some(cursor) = &page.after {
        conditions.insert(field, doc! { "$gt": place(cursor.key(), cursor.id()) });
    }
    conditions.extend(narrowing(filter));
    Walk { filter: conditions, sort: doc! { field: 1 } }
}

/// What no index knows: looked at while walking. An index of its own for each of them and each order would be six more to
/// keep at every write of a photo, for lists that a gallery of a few thousand photos answers in one walk.
fn narrowing(filter: &PhotoFilter) -> Document {
    let mut conditions = Document::new();
    if let Some(section) = filter.section {
        conditions.insert("section", id(section.as_uuid()));
    }
    if let Some(tag) = &filter.tag {
        conditions.insert("tags", tag.as_str());
    }
    conditions.extend(filter.text.as_ref().map(words).unwrap_or_default());
    conditions
}

/// A page of the gallery's photos that the filter admits.
pub(super) async fn list(
    store: &Store,
    gallery: (StudioId, GalleryId),
    filter: &PhotoFilter,
    page: &PageRequest,
) -> Result<Page<Versioned<Photo>>, Fault> {
    let states = PhotoStateKind::ALL.into_iter().filter(|state| filter.admits(*state));
    let walks = states.map(|state| walk(gallery, state, filter, page)).collect();
    let found = TABLE.walk_all::<Photo>(store, walks, one_more(page)).await?;
    let mut items: Vec<(Cursor, Versioned<Photo>)> = found
        .into_iter()
        .map(|(id, photo)| (Cursor::new(filter.sort.key(&photo.value), id), photo))
        .collect();
    items.sort_by(|(left, _), (right, _)| (left.key(), left.id()).cmp(&(right.key(), right.id())));
    Ok(Page::cut(items, page.limit, |(cursor, _)| cursor.clone()).map(|(_, photo)| photo))
}

#[derive(Deserialize)]
struct StateCount {
    #[serde(rename = "_id")]
    state: String,
    photos: i64,
}

/// How many photos a gallery has, counted over an index.
pub(super) async fn count(store: &Store, studio: StudioId, gallery: GalleryId) -> Result<PhotoCounts, Fault> {
    let pipeline = [
        doc! { "$match": {
            "studio": id(studio.as_uuid()), "gallery": id(gallery.as_uuid()), "deleted": false,
        } },
        doc! { "$group": { "_id": "$state", "photos": { "$sum": 1_i64 } } },
    ];
    let groups: Vec<Document> = TABLE.collection(store).aggregate(pipeline).await?.try_collect().await?;
    let mut counts = PhotoCounts::default();
    for group in groups {
        let group: StateCount = bson::deserialize_from_document(group)?;
        let state = PhotoStateKind::parse(&group.state).map_err(|_| StorageErrorKind::Corrupt)?;
        let photos = u64::try_from(group.photos).map_err(|_| StorageErrorKind::Corrupt)?;
        match state {
            PhotoStateKind::Pending => counts.pending = photos,
            PhotoStateKind::Uploaded => counts.uploaded = photos,
            PhotoStateKind::Processing => counts.processing = photos,
            PhotoStateKind::Ready => counts.ready = photos,
            PhotoStateKind::Failed => counts.failed = photos,
        }
    }
    Ok(counts)
}

#[derive(Deserialize)]
struct Listed {
    #[serde(rename = "_id")]
    id: bson::Uuid,
}

/// A page of the ids of all photos of a gallery, deleted ones too.
pub(super) async fn list_ids(
    store: &Store,
    studio: StudioId,
    gallery: GalleryId,
    page: &PageRequest,
) -> Result<Page<PhotoId>, Fault> {
    let mut filter = doc! { "studio": id(studio.as_uuid()), "gallery": id(gallery.as_uuid()) };
    filter.extend(after(page));
    let walk = Walk { filter, sort: doc! { "_id": 1 } };
    let read = |document: &RawDocumentBuf| {
        let listed: Listed = bson::deserialize_from_slice(document.as_bytes())?;
        Ok(PhotoId::from_uuid(Uuid::from_bytes(listed.id.bytes())))
    };
    let found = TABLE.fetch(store, walk, doc! { "_id": 1 }, one_more(page)).await?;
    let ids: Result<Vec<_>, Fault> = found.iter().map(read).collect();
    Ok(Page::cut(ids?, page.limit, |id| Cursor::new("", id.as_uuid())))
}

/// What the index says of a photo that was written.
#[derive(Deserialize)]
struct Changed {
    #[serde(rename = "_id")]
    id: bson::Uuid,
    gallery: bson::Uuid,
    updated_at: i64,
}

/// Which photos were written since an instant.
pub(super) async fn list_changed(
    store: &Store,
    studio: StudioId,
    since: Timestamp,
    limit: PageLimit,
) -> Result<Vec<PhotoChange>, Fault> {
    let walk = walk_since(studio, "updated_at", since);
    let fields = doc! { "gallery": 1, "updated_at": 1 };
    let read = |document: &RawDocumentBuf| {
        let changed: Changed = bson::deserialize_from_slice(document.as_bytes())?;
        Ok(PhotoChange {
            photo: PhotoId::from_uuid(Uuid::from_bytes(changed.id.bytes())),
            gallery: GalleryId::from_uuid(Uuid::from_bytes(changed.gallery.bytes())),
            at: instant(changed.updated_at),
        })
    };
    TABLE.fetch(store, walk, fields, limit.get()).await?.iter().map(read).collect()
}

/// Photos that have been in a state for long, of all studios.
pub(super) async fn list_stalled(
    store: &Store,
    state: PhotoStateKind,
    before: Timestamp,
    limit: PageLimit,
) -> Result<Vec<Versioned<Photo>>, Fault> {
    let walk = Walk {
        filter: doc! {
            "deleted": false, "state": state.as_str(), "updated_at": { "$lt": nanoseconds(before) },
        },
        sort: doc! { "updated_at": 1, "_id": 1 },
    };
    let found = TABLE.walk(store, walk, limit.get()).await?;
    Ok(found.into_iter().map(|(_, photo)| photo).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_ordered_by_key_and_then_by_id() {
        let (low, high) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let ordered = [("", high), ("IMG", low), ("IMG", high), ("IMG 1", low), ("IMG_1", low), ("Img", low)];
        let places: Vec<String> = ordered.iter().map(|(key, id)| place(key, *id)).collect();
        assert!(places.is_sorted(), "{places:?}");
    }
}
