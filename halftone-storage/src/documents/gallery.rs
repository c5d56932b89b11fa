//! Galleries as documents.

use halftone_core::gallery::{Gallery, GalleryState, Section, Sections};
use halftone_core::id::{CollectionId, GalleryId, PhotoId, PriceListId, SectionId, StudioId};
use halftone_core::text::{InvalidValue, Name, Prose, Tags};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::processing::ProcessingDocument;
use super::{DamagedDocument, FirstFormat, Stored, tag_texts};

#[derive(Serialize, Deserialize)]
pub(crate) struct GalleryDocument {
    format: FirstFormat,
    id: GalleryId,
    studio: StudioId,
    collection: Option<CollectionId>,
    name: String,
    description: String,
    tags: Vec<String>,
    state: String,
    cover: Option<PhotoId>,
    price_list: Option<PriceListId>,
    processing: ProcessingDocument,
    sections: Vec<SectionDocument>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
struct SectionDocument {
    id: SectionId,
    name: String,
}

impl Stored for Gallery {
    type Document = GalleryDocument;
}

impl From<&Gallery> for GalleryDocument {
    fn from(gallery: &Gallery) -> Self {
        let sections = gallery.sections.as_slice().iter();
        Self {
            format: FirstFormat,
            id: gallery.id,
            studio: gallery.studio,
            collection: gallery.collection,
            name: gallery.name.to_string(),
            description: gallery.description.to_string(),
            tags: tag_texts(&gallery.tags),
            state: gallery.state.as_str().to_owned(),
            cover: gallery.cover,
            price_list: gallery.price_list,
            processing: ProcessingDocument::from(&gallery.processing),
            sections: sections
                .map(|section| SectionDocument { id: section.id, name: section.name.to_string() })
                .collect(),
            created_at: gallery.created_at,
            updated_at: gallery.updated_at,
        }
    }
}

impl TryFrom<GalleryDocument> for Gallery {
    type Error = DamagedDocument;

    fn try_from(document: GalleryDocument) -> Result<Self, DamagedDocument> {
        Ok(Self {
            id: document.id,
            studio: document.studio,
            collection: document.collection,
            name: Name::parse(&document.name)?,
            description: Prose::parse(&document.description)?,
            tags: Tags::parse(&document.tags)?,
            state: GalleryState::parse(&document.state)?,
            cover: document.cover,
            price_list: document.price_list,
            processing: document.processing.try_into()?,
            sections: sections(document.sections)?,
            created_at: document.created_at,
            updated_at: document.updated_at,
        })
    }
}

fn sections(documents: Vec<SectionDocument>) -> Result<Sections, InvalidValue> {
    let section =
        |document: SectionDocument| Ok(Section { id: document.id, name: Name::parse(&document.name)? });
    let sections: Result<Vec<Section>, InvalidValue> = documents.into_iter().map(section).collect();
    Sections::new(sections?)
}
