//! Galleries in JSON.

use halftone_core::gallery::GalleryState;
use halftone_core::id::{CollectionId, PhotoId, PriceListId};
use halftone_core::ports::galleries::GalleryFilter;
use halftone_core::ports::photos::PhotoCounts;
use halftone_core::processing_draft::ProcessingDraft;
use halftone_core::services::error::{FieldExt as _, InvalidField, Resource};
use halftone_core::services::galleries::{GalleryChange, GalleryView, NewGallery};
use halftone_core::text::{Name, Prose, Tags};
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use crate::api::galleries::processing::{ProcessingBody, ProcessingObject};
use crate::api::nullable::change;
use crate::api::search::list_text;
use crate::api::time::Time;

/// An ordered set of photos.
#[derive(Debug, Object)]
#[oai(rename = "Gallery")]
pub(crate) struct GalleryObject {
    /// Its id.
    id: String,
    /// To which collection it belongs.
    collection_id: Option<String>,
    /// Its name.
    name: String,
    /// What clients read under the name.
    description: String,
    /// Its tags.
    tags: Vec<String>,
    /// Whether clients can see it: `draft`, `live` or `archived`.
    state: String,
    /// The photo on its cover.
    cover_photo_id: Option<String>,
    /// How many photos have arrived.
    photo_count: u64,
    /// How many photos are in each state.
    photo_states: PhotoStates,
    /// What can be ordered from it.
    price_list_id: Option<String>,
    /// How its renditions are made.
    processing: ProcessingObject,
    /// When it was made.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// How many photos are in each state.
#[derive(Debug, Object)]
pub(crate) struct PhotoStates {
    /// A ticket was issued, the bytes are not confirmed.
    pending: u64,
    /// Waiting to be processed.
    uploaded: u64,
    /// Being processed.
    processing: u64,
    /// Can be seen.
    ready: u64,
    /// Cannot be processed.
    failed: u64,
}

/// A gallery that is to be made.
#[derive(Debug, Object)]
#[oai(rename = "NewGallery")]
pub(crate) struct NewGalleryBody {
    /// Its name, 1 to 200 characters.
    name: String,
    /// What clients read under the name, at most 5,000 characters.
    description: Option<String>,
    /// Its tags, at most 50.
    tags: Option<Vec<String>>,
    /// To which collection it belongs.
    collection_id: Option<String>,
    /// What can be ordered from it.
    price_list_id: Option<String>,
    /// How its renditions are made; what is left out takes its default.
    processing: Option<ProcessingBody>,
}

/// What is to change in a gallery; what is left out stays.
#[derive(Debug, Object)]
pub(crate) struct GalleryPatch {
    /// Its name, 1 to 200 characters.
    name: Option<String>,
    /// What clients read under the name, at most 5,000 characters.
    description: Option<String>,
    /// Its tags, at most 50.
    tags: Option<Vec<String>>,
    /// To which collection it belongs; null for none.
    collection_id: MaybeUndefined<String>,
    /// Whether clients can see it: `draft`, `live` or `archived`.
    state: Option<String>,
    /// The photo on its cover; null for the first.
    cover_photo_id: MaybeUndefined<String>,
    /// What can be ordered from it; null for nothing.
    price_list_id: MaybeUndefined<String>,
    /// How its renditions are made; what is left out stays.
    processing: Option<ProcessingBody>,
}

/// Which galleries a list holds.
#[derive(Debug)]
pub(crate) struct GalleryQuery {
    pub(crate) collection_id: Option<String>,
    pub(crate) state: Option<String>,
    pub(crate) text: Option<String>,
}

impl From<GalleryView> for GalleryObject {
    fn from(view: GalleryView) -> Self {
        let gallery = view.gallery.value;
        Self {
            id: gallery.id.to_string(),
            collection_id: gallery.collection.map(|id| id.to_string()),
            name: gallery.name.to_string(),
            description: gallery.description.to_string(),
            tags: gallery.tags.as_slice().iter().map(ToString::to_string).collect(),
            state: gallery.state.as_str().to_owned(),
            cover_photo_id: gallery.cover.map(|id| id.to_string()),
            photo_count: view.photos.arrived(),
            photo_states: view.photos.into(),
            price_list_id: gallery.price_list.map(|id| id.to_string()),
            processing: (&gallery.processing).into(),
            created_at: gallery.created_at.into(),
            updated_at: gallery.updated_at.into(),
        }
    }
}

impl From<PhotoCounts> for PhotoStates {
    fn from(counts: PhotoCounts) -> Self {
        Self {
            pending: counts.pending,
            uploaded: counts.uploaded,
            processing: counts.processing,
            ready: counts.ready,
            failed: counts.failed,
        }
    }
}

impl TryFrom<NewGalleryBody> for NewGallery {
    type Error = InvalidField;

    fn try_from(body: NewGalleryBody) -> Result<Self, InvalidField> {
        Ok(Self {
            name: Name::parse(&body.name).field("name")?,
            description: Prose::parse(&body.description.unwrap_or_default()).field("description")?,
            tags: Tags::parse(&body.tags.unwrap_or_default()).field("tags")?,
            collection: body.collection_id.as_deref().map(parse_collection).transpose()?,
            price_list: body.price_list_id.as_deref().map(parse_price_list).transpose()?,
            processing: body.processing.map(ProcessingDraft::try_from).transpose()?.unwrap_or_default(),
        })
    }
}

impl TryFrom<GalleryPatch> for GalleryChange {
    type Error = InvalidField;

    fn try_from(body: GalleryPatch) -> Result<Self, InvalidField> {
        let cover = |id: String| PhotoId::parse(&id).map_err(|_| unknown("cover_photo_id", Resource::Photo));
        Ok(Self {
            name: body.name.as_deref().map(Name::parse).transpose().field("name")?,
            description: body.description.as_deref().map(Prose::parse).transpose().field("description")?,
            tags: body.tags.as_deref().map(Tags::parse).transpose().field("tags")?,
            collection: change(body.collection_id, |id| parse_collection(&id))?,
            state: body.state.as_deref().map(GalleryState::parse).transpose().field("state")?,
            cover: change(body.cover_photo_id, cover)?,
            price_list: change(body.price_list_id, |id| parse_price_list(&id))?,
            processing: body.processing.map(ProcessingDraft::try_from).transpose()?,
        })
    }
}

impl TryFrom<GalleryQuery> for GalleryFilter {
    type Error = InvalidField;

    fn try_from(query: GalleryQuery) -> Result<Self, InvalidField> {
        // A form that was left empty asks for nothing.
        let filled = |text: Option<String>| text.filter(|text| !text.is_empty());
        Ok(Self {
            collection: filled(query.collection_id).as_deref().map(parse_collection).transpose()?,
            state: filled(query.state).as_deref().map(GalleryState::parse).transpose().field("state")?,
            text: list_text(query.text.as_deref())?,
        })
    }
}

fn unknown(field: &str, resource: Resource) -> InvalidField {
    InvalidField::unknown(field, resource)
}

fn parse_collection(id: &str) -> Result<CollectionId, InvalidField> {
    CollectionId::parse(id).map_err(|_| unknown("collection_id", Resource::Collection))
}

fn parse_price_list(id: &str) -> Result<PriceListId, InvalidField> {
    PriceListId::parse(id).map_err(|_| unknown("price_list_id", Resource::PriceList))
}
