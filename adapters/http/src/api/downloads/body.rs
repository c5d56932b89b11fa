//! Archives in requests and replies.

use halftone_core::id::{GalleryId, SelectionId};
use halftone_core::pack::{PackEntries, PackState};
use halftone_core::services::delivering::DownloadSize;
use halftone_core::services::error::{FieldExt as _, InvalidField, Resource};
use halftone_core::services::packing::{PackPhotos, PackView};
use halftone_core::text::InvalidValue;
use poem_openapi::Object;

use crate::api::photos::body::parse_photo_ids;
use crate::api::time::Time;
use crate::links::Links;

/// Which files are wanted. Exactly one of the first three says which photos.
#[derive(Debug, Object)]
pub(crate) struct DownloadRequest {
    /// These photos, at most 10,000.
    photo_ids: Option<Vec<String>>,
    /// Those of a selection; a client names one of its own.
    selection_id: Option<String>,
    /// All of a gallery; a client names one of its link.
    gallery_id: Option<String>,
    /// `proof`, `sized` or `full`. If left out, it is `full` for the studio, and for a client the best that its link permits.
    pub(crate) size: Option<String>,
}

impl DownloadRequest {
    /// Which photos are asked for.
    pub(crate) fn photos(&self) -> Result<PackPhotos, InvalidField> {
        photos(self.photo_ids.as_deref(), self.selection_id.as_deref(), self.gallery_id.as_deref())
    }
}

fn photos(
    ids: Option<&[String]>,
    selection: Option<&str>,
    gallery: Option<&str>,
) -> Result<PackPhotos, InvalidField> {
    match (ids, selection, gallery) {
        (Some(ids), None, None) => {
            Ok(PackPhotos::These(parse_photo_ids(ids, "photo_ids", PackEntries::MOST)?))
        }
        (None, Some(id), None) => SelectionId::parse(id)
            .map(PackPhotos::Selection)
            .map_err(|_| InvalidField::unknown("selection_id", Resource::Selection)),
        (None, None, Some(id)) => GalleryId::parse(id)
            .map(PackPhotos::Gallery)
            .map_err(|_| InvalidField::unknown("gallery_id", Resource::Gallery)),
        _ => {
            let rule = "must be given by exactly one of photo_ids, selection_id and gallery_id";
            Err(InvalidField::new("photo_ids", InvalidValue::new("photos", rule)))
        }
    }
}

/// Reads the size, if there is one.
pub(crate) fn parse_size(size: Option<&str>) -> Result<Option<DownloadSize>, InvalidField> {
    size.filter(|size| !size.is_empty()).map(DownloadSize::parse).transpose().field("size")
}

/// An archive, and how far it is.
#[derive(Debug, Object)]
#[oai(rename = "Download")]
pub(crate) struct DownloadObject {
    /// Its id.
    id: String,
    /// `building`, `ready` or `failed`.
    state: String,
    /// The name under which it is saved.
    filename: String,
    /// How many files it has.
    count: u32,
    /// How many of them are there already.
    done: u32,
    /// Its length in bytes, once it is known.
    size_bytes: Option<u64>,
    /// Where it is fetched, once it is ready. The right to fetch it is inside; a client's ends with its link.
    url: Option<String>,
    /// Why it failed, in a sentence.
    failure: Option<String>,
    /// The same as a word for programs: `gone`, `order_changed`, `damaged`, `too_large`, `too_many`, `unsupported`, `server`
    /// or `other`. There may be more of them one day.
    failure_kind: Option<String>,
    /// When it ends; ask again for a new one.
    expires_at: Time,
}

impl DownloadObject {
    /// Shows an archive, with its URL as the caller can use it.
    pub(crate) fn new(view: &PackView, links: &Links) -> Self {
        let pack = &view.pack;
        // At most 10,000.
        let number = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let fault = match &pack.state {
            PackState::Failed { reason, .. } => Some(reason),
            PackState::Building | PackState::Ready { .. } => None,
        };
        Self {
            id: pack.id.to_string(),
            state: pack.state.as_str().to_owned(),
            filename: pack.filename.to_string(),
            count: number(pack.entries.as_slice().len()),
            done: number(pack.sealed()),
            size_bytes: view.size_bytes(),
            url: view.link.as_ref().map(|link| links.absolute(link)),
            failure: fault.map(|fault| fault.sentence.to_string()),
            failure_kind: fault.map(|fault| fault.kind.as_str().to_owned()),
            expires_at: pack.expires_at.into(),
        }
    }
}
