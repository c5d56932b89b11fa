//! Photos as documents.

use halftone_core::geometry::PixelSize;
use halftone_core::id::{GalleryId, PhotoId, SectionId, StudioId};
use halftone_core::photo::{FileSize, Photo, PhotoState, Replacements, Sha256Hash, SourceType, StoredFacts};
use halftone_core::text::{Filename, InvalidValue, Line, Prose, Tags};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::FaultDocument;
use super::processing::RenditionsDocument;
use super::replacement::ReplacementsDocument;
use super::{DamagedDocument, FirstFormat, Stored, tag_texts};

#[derive(Serialize, Deserialize)]
pub(crate) struct PhotoDocument {
    format: FirstFormat,
    id: PhotoId,
    studio: StudioId,
    gallery: GalleryId,
    filename: String,
    size_bytes: u64,
    content_type: String,
    sha256: Option<String>,
    state: PhotoStateDocument,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    replacements: Option<ReplacementsDocument>,
    facts: Option<FactsDocument>,
    title: String,
    description: String,
    tags: Vec<String>,
    section: Option<SectionId>,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum PhotoStateDocument {
    Pending { expires_at: Timestamp },
    Uploaded { at: Timestamp },
    Processing { since: Timestamp },
    Ready { renditions: RenditionsDocument, at: Timestamp },
    Failed(FaultDocument),
}

#[derive(Serialize, Deserialize)]
struct FactsDocument {
    width: u32,
    height: u32,
    captured_at: Option<Timestamp>,
    camera: Option<String>,
    lens: Option<String>,
}

impl Stored for Photo {
    type Document = PhotoDocument;
}

impl From<&Photo> for PhotoDocument {
    fn from(photo: &Photo) -> Self {
        Self {
            format: FirstFormat,
            id: photo.id,
            studio: photo.studio,
            gallery: photo.gallery,
            filename: photo.filename.to_string(),
            size_bytes: photo.size_bytes.get(),
            content_type: photo.content_type.as_str().to_owned(),
            sha256: photo.sha256.map(|hash| hash.to_string()),
            state: PhotoStateDocument::from(&photo.state),
            replacements: ReplacementsDocument::of(&photo.replacements),
            facts: photo.facts.as_ref().map(FactsDocument::from),
            title: photo.title.to_string(),
            description: photo.description.to_string(),
            tags: tag_texts(&photo.tags),
            section: photo.section,
            created_at: photo.created_at,
            updated_at: photo.updated_at,
        }
    }
}

impl TryFrom<PhotoDocument> for Photo {
    type Error = DamagedDocument;

    fn try_from(document: PhotoDocument) -> Result<Self, DamagedDocument> {
        Ok(Self {
            id: document.id,
            studio: document.studio,
            gallery: document.gallery,
            filename: Filename::parse(&document.filename)?,
            size_bytes: FileSize::parse(document.size_bytes)?,
            content_type: SourceType::parse(&document.content_type)?,
            sha256: document.sha256.as_deref().map(Sha256Hash::parse).transpose()?,
            state: document.state.try_into()?,
            replacements: document.replacements.map(Replacements::try_from).transpose()?.unwrap_or_default(),
            facts: document.facts.map(StoredFacts::try_from).transpose()?,
            title: Line::parse(&document.title)?,
            description: Prose::parse(&document.description)?,
            tags: Tags::parse(&document.tags)?,
            section: document.section,
            created_at: document.created_at,
            updated_at: document.updated_at,
        })
    }
}

impl From<&PhotoState> for PhotoStateDocument {
    fn from(state: &PhotoState) -> Self {
        match state {
            PhotoState::Pending { expires_at } => Self::Pending { expires_at: *expires_at },
            PhotoState::Uploaded { at } => Self::Uploaded { at: *at },
            PhotoState::Processing { since } => Self::Processing { since: *since },
            PhotoState::Ready { renditions, at } => {
                Self::Ready { renditions: RenditionsDocument::from(renditions), at: *at }
            }
            PhotoState::Failed { reason, at } => Self::Failed(FaultDocument::new(reason, *at)),
        }
    }
}

impl TryFrom<PhotoStateDocument> for PhotoState {
    type Error = DamagedDocument;

    fn try_from(document: PhotoStateDocument) -> Result<Self, DamagedDocument> {
        Ok(match document {
            PhotoStateDocument::Pending { expires_at } => Self::Pending { expires_at },
            PhotoStateDocument::Uploaded { at } => Self::Uploaded { at },
            PhotoStateDocument::Processing { since } => Self::Processing { since },
            PhotoStateDocument::Ready { renditions, at } => {
                Self::Ready { renditions: renditions.try_into()?, at }
            }
            PhotoStateDocument::Failed(fault) => {
                let (reason, at) = fault.read()?;
                Self::Failed { reason, at }
            }
        })
    }
}

impl From<&StoredFacts> for FactsDocument {
    fn from(facts: &StoredFacts) -> Self {
        Self {
            width: facts.size.width(),
            height: facts.size.height(),
            captured_at: facts.captured_at,
            camera: facts.camera.as_ref().map(ToString::to_string),
            lens: facts.lens.as_ref().map(ToString::to_string),
        }
    }
}

impl TryFrom<FactsDocument> for StoredFacts {
    type Error = InvalidValue;

    fn try_from(document: FactsDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            size: PixelSize::new(document.width, document.height)?,
            captured_at: document.captured_at,
            camera: document.camera.as_deref().map(Line::parse).transpose()?,
            lens: document.lens.as_deref().map(Line::parse).transpose()?,
        })
    }
}
