//! Packs as documents.

use halftone_core::geometry::PixelSize;
use halftone_core::id::{ClientId, OrderId, PackId, PhotoId, ShareId, StudioId};
use halftone_core::pack::{Pack, PackDelivery, PackEntries, PackEntry, PackFile, PackOwner, PackState, Seal};
use halftone_core::photo::Sha256Hash;
use halftone_core::print::PrintLayout;
use halftone_core::rendition::{Fingerprint, RenditionFormat};
use halftone_core::text::{Filename, InvalidValue};
use halftone_core::zip::{Crc32, EntryName};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::fault::FaultDocument;
use super::geometry::CropDocument;
use super::{DamagedDocument, FirstFormat, Stored};

#[derive(Serialize, Deserialize)]
pub(crate) struct PackDocument {
    format: FirstFormat,
    id: PackId,
    studio: StudioId,
    owner: OwnerDocument,
    filename: String,
    entries: Vec<EntryDocument>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    parts: Option<Vec<String>>,
    state: StateDocument,
    expires_at: Timestamp,
    due_at: Timestamp,
    created_at: Timestamp,
    updated_at: Timestamp,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum OwnerDocument {
    Studio,
    Client { share: ShareId, client: ClientId },
    Order { order: OrderId },
}

#[derive(Serialize, Deserialize)]
struct EntryDocument {
    name: String,
    file: FileDocument,
    modified_at: Timestamp,
    seal: Option<SealDocument>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum FileDocument {
    Original { photo: PhotoId },
    Sized { photo: PhotoId, long_edge_px: u32 },
    Proof { photo: PhotoId, fingerprint: String, format: String },
    Print { photo: PhotoId, crop: CropDocument, width_px: u32, height_px: u32, dpi: u16, fingerprint: String },
    Document { number: u16 },
}

#[derive(Serialize, Deserialize)]
struct SealDocument {
    size_bytes: u64,
    crc32: u32,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sha256: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum StateDocument {
    Building,
    Ready { at: Timestamp },
    Failed(FaultDocument),
}

impl Stored for Pack {
    type Document = PackDocument;
}

impl From<&Pack> for PackDocument {
    fn from(pack: &Pack) -> Self {
        Self {
            format: FirstFormat,
            id: pack.id,
            studio: pack.studio,
            owner: OwnerDocument::from(pack.owner),
            filename: pack.filename.to_string(),
            entries: pack.entries.as_slice().iter().map(EntryDocument::from).collect(),
            parts: match &pack.delivery {
                PackDelivery::Streamed => None,
                PackDelivery::Stored { marks } => Some(marks.clone()),
            },
            state: StateDocument::from(&pack.state),
            expires_at: pack.expires_at,
            due_at: pack.due_at,
            created_at: pack.created_at,
            updated_at: pack.updated_at,
        }
    }
}

impl TryFrom<PackDocument> for Pack {
    type Error = DamagedDocument;

    fn try_from(document: PackDocument) -> Result<Self, DamagedDocument> {
        let entries: Result<Vec<PackEntry>, DamagedDocument> =
            document.entries.into_iter().map(PackEntry::try_from).collect();
        Ok(Self {
            id: document.id,
            studio: document.studio,
            owner: document.owner.into(),
            filename: Filename::parse(&document.filename)?,
            entries: PackEntries::new(entries?)?,
            delivery: match document.parts {
                None => PackDelivery::Streamed,
                Some(marks) => PackDelivery::Stored { marks },
            },
            state: document.state.try_into()?,
            expires_at: document.expires_at,
            due_at: document.due_at,
            created_at: document.created_at,
            updated_at: document.updated_at,
        })
    }
}

impl From<PackOwner> for OwnerDocument {
    fn from(owner: PackOwner) -> Self {
        match owner {
            PackOwner::Studio => Self::Studio,
            PackOwner::Client { share, client } => Self::Client { share, client },
            PackOwner::Order(order) => Self::Order { order },
        }
    }
}

impl From<OwnerDocument> for PackOwner {
    fn from(document: OwnerDocument) -> Self {
        match document {
            OwnerDocument::Studio => Self::Studio,
            OwnerDocument::Client { share, client } => Self::Client { share, client },
            OwnerDocument::Order { order } => Self::Order(order),
        }
    }
}

impl From<&PackEntry> for EntryDocument {
    fn from(entry: &PackEntry) -> Self {
        Self {
            name: entry.name.to_string(),
            file: FileDocument::from(entry.file),
            modified_at: entry.modified_at,
            seal: entry.seal.map(SealDocument::from),
        }
    }
}

impl TryFrom<EntryDocument> for PackEntry {
    type Error = DamagedDocument;

    fn try_from(document: EntryDocument) -> Result<Self, DamagedDocument> {
        Ok(Self {
            name: EntryName::restore(document.name)
                .ok_or(DamagedDocument::Encoding("the name of a pack's file leads elsewhere"))?,
            file: document.file.try_into()?,
            modified_at: document.modified_at,
            seal: document.seal.map(Seal::try_from).transpose()?,
        })
    }
}

impl From<Seal> for SealDocument {
    fn from(seal: Seal) -> Self {
        Self {
            size_bytes: seal.size_bytes,
            crc32: seal.crc32.0,
            sha256: seal.sha256.map(|sha256| sha256.to_string()),
        }
    }
}

impl TryFrom<SealDocument> for Seal {
    type Error = InvalidValue;

    fn try_from(document: SealDocument) -> Result<Self, InvalidValue> {
        Ok(Self {
            size_bytes: document.size_bytes,
            crc32: Crc32(document.crc32),
            sha256: document.sha256.as_deref().map(Sha256Hash::parse).transpose()?,
        })
    }
}

impl From<PackFile> for FileDocument {
    fn from(file: PackFile) -> Self {
        match file {
            PackFile::Original { photo } => Self::Original { photo },
            PackFile::Sized { photo, long_edge_px } => Self::Sized { photo, long_edge_px },
            PackFile::Proof { photo, fingerprint, format } => Self::Proof {
                photo,
                fingerprint: fingerprint.to_string(),
                format: format.as_str().to_owned(),
            },
            PackFile::Print { photo, layout, fingerprint } => Self::Print {
                photo,
                crop: CropDocument::from(layout.crop),
                width_px: layout.size.width(),
                height_px: layout.size.height(),
                dpi: layout.dpi,
                fingerprint: fingerprint.to_string(),
            },
            PackFile::Document { number } => Self::Document { number },
        }
    }
}

impl TryFrom<FileDocument> for PackFile {
    type Error = InvalidValue;

    fn try_from(document: FileDocument) -> Result<Self, InvalidValue> {
        Ok(match document {
            FileDocument::Original { photo } => Self::Original { photo },
            FileDocument::Sized { photo, long_edge_px } => Self::Sized { photo, long_edge_px },
            FileDocument::Proof { photo, fingerprint, format } => Self::Proof {
                photo,
                fingerprint: Fingerprint::parse(&fingerprint)?,
                format: RenditionFormat::parse(&format)?,
            },
            FileDocument::Print { photo, crop, width_px, height_px, dpi, fingerprint } => Self::Print {
                photo,
                layout: PrintLayout {
                    crop: crop.try_into()?,
                    size: PixelSize::new(width_px, height_px)?,
                    dpi,
                },
                fingerprint: Fingerprint::parse(&fingerprint)?,
            },
            FileDocument::Document { number } => Self::Document { number },
        })
    }
}

impl From<&PackState> for StateDocument {
    fn from(state: &PackState) -> Self {
        match state {
            PackState::Building => Self::Building,
            PackState::Ready { at } => Self::Ready { at: *at },
            PackState::Failed { reason, at } => Self::Failed(FaultDocument::new(reason, *at)),
        }
    }
}

impl TryFrom<StateDocument> for PackState {
    type Error = InvalidValue;

    fn try_from(document: StateDocument) -> Result<Self, InvalidValue> {
        Ok(match document {
            StateDocument::Building => Self::Building,
            StateDocument::Ready { at } => Self::Ready { at },
            StateDocument::Failed(fault) => {
                let (reason, at) = fault.read()?;
                Self::Failed { reason, at }
            }
        })
    }
}
