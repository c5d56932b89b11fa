//! Lists of a gallery's photos, whose cost does not grow with the gallery.
//!
//! Each index of the table leads with gallery and state, so a list over several states merges one walk for each
//! of them; every walk begins right after the cursor and ends with the page.

use halftone_core::id::{GalleryId, PhotoId, StudioId};
use halftone_core::page::{Cursor, Page, PageLimit, PageRequest, Versioned};
use halftone_core::photo::{Photo, PhotoSort, PhotoStateKind};
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::photos::{PhotoChange, PhotoCounts, PhotoFilter};
use jiff::Timestamp;
use rusqlite::types::Value;
use rusqlite::{Connection, params, params_from_iter};

use super::columns::{Id, instant, nanoseconds, one_tag};
use super::error::Fault;
use super::table::{Conditions, after, most, one_more, read_all};

pub(super) const STALLED: &str = "SELECT id, version, document FROM photos
     WHERE state = ? AND updated_at < ? AND deleted_at IS NULL ORDER BY updated_at, id LIMIT ?";

pub(super) const CHANGED: &str = "SELECT id, gallery, updated_at FROM photos
     WHERE studio = ? AND updated_at >= ? AND deleted_at IS NULL ORDER BY updated_at, id LIMIT ?";

pub(super) const IDS: &str =
    "SELECT id FROM photos WHERE gallery = ? AND id > ? AND studio = ? ORDER BY id LIMIT ?";

pub(super) const COUNTS: &str = "SELECT state, photos FROM photo_counts WHERE studio = ? AND gallery = ?";

/// Which photos were written since an instant; the index alone answers it.
pub(super) fn changed(
    connection: &Connection,
    studio: StudioId,
    since: Timestamp,
    limit: PageLimit,
) -> Result<Vec<PhotoChange>, Fault> {
    let mut statement = connection.prepare_cached(CHANGED)?;
    let parameters = params![Id(studio.as_uuid()), nanoseconds(since), most(limit)];
    let rows = statement.query_map(parameters, |row| {
        Ok(PhotoChange {
            photo: PhotoId::from_uuid(row.get::<_, Id>(0)?.0),
            gallery: GalleryId::from_uuid(row.get::<_, Id>(1)?.0),
            at: instant(row.get(2)?),
        })
    })?;
    Ok(rows.collect::<rusqlite::Result<_>>()?)
}

const fn sort_column(sort: PhotoSort) -> &'static str {
    match sort {
        PhotoSort::CapturedAt => "captured_key",
        PhotoSort::Filename => "filename_key",
        PhotoSort::UploadedAt => "uploaded_key",
    }
}

/// A page of a gallery's photos, as a query.
#[derive(Debug)]
pub(super) struct PhotoList {
    pub(super) sql: String,
    values: Vec<Value>,
}

impl PhotoList {
    pub(super) fn new(
        studio: StudioId,
        gallery: GalleryId,
        filter: &PhotoFilter,
        page: &PageRequest,
    ) -> Self {
        let column = sort_column(filter.sort);
        let conditions = Conditions::default()
            .equal("section", filter.section.map(|section| Id(section.as_uuid())))
            .contains("tags", filter.tag.as_ref().map(|tag| one_tag(tag.as_str())))
            .words(filter.text.as_ref());
        let walk = format!(
            "SELECT id, version, document, {column} AS place FROM photos
             WHERE gallery = ? AND state = ? AND ({column}, id) > (?, ?) AND deleted_at IS NULL AND studio = ?{}",
            conditions.sql()
        );
        let states: Vec<PhotoStateKind> =
            PhotoStateKind::ALL.into_iter().filter(|state| filter.admits(*state)).collect();
        let walks = vec![walk.as_str(); states.len()].join(" UNION ALL ");
        let sql = format!("{walks} ORDER BY place, id LIMIT ?");
        let place = page.after.as_ref().map_or_else(String::new, |cursor| cursor.key().to_owned());
        let values_of = |state: &PhotoStateKind| {
            let head = [
                Id(gallery.as_uuid()).into(),
                Value::Text(state.as_str().to_owned()),
                Value::Text(place.clone()),
                after(page),
                Id(studio.as_uuid()).into(),
            ];
            head.into_iter().chain(conditions.values()).collect::<Vec<Value>>()
        };
        let values = states.iter().flat_map(values_of).chain([one_more(page)]).collect();
        Self { sql, values }
    }

    /// The photos of the page and one more if the list goes on.
    pub(super) fn read(&self, connection: &Connection) -> Result<Vec<Versioned<Photo>>, Fault> {
        let rows = read_all(connection, &self.sql, params_from_iter(&self.values))?;
        Ok(rows.into_iter().map(|(_, photo)| photo).collect())
    }
}

/// How many photos a gallery has, read off the counters.
pub(super) fn count(
    connection: &Connection,
    studio: StudioId,
    gallery: GalleryId,
) -> Result<PhotoCounts, Fault> {
    let mut counts = PhotoCounts::default();
    let mut statement = connection.prepare_cached(COUNTS)?;
    let mut rows = statement.query(params![Id(studio.as_uuid()), Id(gallery.as_uuid())])?;
    while let Some(row) = rows.next()? {
        let state = row.get_ref(0)?.as_str().map_err(rusqlite::Error::from)?;
        let state = PhotoStateKind::parse(state).map_err(|_| StorageErrorKind::Corrupt)?;
        let photos = u64::try_from(row.get::<_, i64>(1)?).map_err(|_| StorageErrorKind::Corrupt)?;
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

/// A page of the ids of all photos of a gallery, deleted ones too.
pub(super) fn list_ids(
    connection: &Connection,
    studio: StudioId,
    gallery: GalleryId,
    page: &PageRequest,
) -> Result<Page<PhotoId>, Fault> {
    let mut statement = connection.prepare_cached(IDS)?;
    let parameters = params![Id(gallery.as_uuid()), after(page), Id(studio.as_uuid()), one_more(page)];
    let rows = statement.query_map(parameters, |row| Ok(PhotoId::from_uuid(row.get::<_, Id>(0)?.0)))?;
    let ids = rows.collect::<rusqlite::Result<Vec<_>>>()?;
    Ok(Page::cut(ids, page.limit, |id| Cursor::new("", id.as_uuid())))
}
