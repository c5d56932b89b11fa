//! A photo as its studio sees it, and what is sent to change one or many.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halftone_core::fault::Fault;
use halftone_core::id::{PhotoId, SectionId};
use halftone_core::photo::{Photo, PhotoState, PhotoStateKind};
use halftone_core::services::error::{FieldExt as _, InvalidField, Resource};
use halftone_core::services::photos::{BatchAction, BatchOutcome, PhotoChange, PhotoView};
use halftone_core::text::{InvalidValue, Line, Prose, Tags};
use poem_openapi::Object;
use poem_openapi::types::MaybeUndefined;

use crate::api::nullable::change;
use crate::api::photos::replacement::ReplacementObject;
use crate::api::time::Time;
use crate::links::Links;
use crate::problem::Problem;

/// A photo.
#[derive(Debug, Object)]
#[oai(rename = "Photo")]
pub(crate) struct PhotoObject {
    /// Its id.
    id: String,
    /// In which gallery it is.
    gallery_id: String,
    /// The name that the camera gave it.
    filename: String,
    /// What the edited file was called that is the original now.
    replacement_filename: Option<String>,
    /// The file that is about to replace the original, or was refused.
    replacement: Option<ReplacementObject>,
    /// Size of the original in bytes.
    size: u64,
    /// The media type that was announced.
    content_type: String,
    /// SHA-256 of the original in hexadecimal, once it is known.
    sha256: Option<String>,
    /// How far it is: `pending`, `uploaded`, `processing`, `ready` or `failed`. A photo whose original is about to be
    /// replaced by a file that has arrived is `processing`; it is shown as it was meanwhile.
    state: String,
    /// Why it failed, in a sentence for the photographer.
    failure: Option<String>,
    /// The same as a word for programs: `damaged`, `too_large`, `unsupported`, `watermark`, `missing`, `mismatch`, `server` or
    /// `other`. There may be more of them one day.
    failure_kind: Option<String>,
    /// Width in pixels after EXIF orientation, once it is known.
    width: Option<u32>,
    /// Height in pixels after EXIF orientation, once it is known.
    height: Option<u32>,
    /// When it was taken.
    captured_at: Option<Time>,
    /// Maker and model of the camera.
    camera: Option<String>,
    /// The lens.
    lens: Option<String>,
    /// Its title; may be empty.
    title: String,
    /// Its description; may be empty.
    description: String,
    /// Its tags.
    tags: Vec<String>,
    /// The chapter it is in.
    section: Option<String>,
    /// A `ThumbHash` in base64.
    placeholder: Option<String>,
    /// The URL of the thumb, once it is ready.
    thumb_url: Option<String>,
    /// The URL of the proof, once it is ready.
    proof_url: Option<String>,
    /// When its ticket was issued.
    created_at: Time,
    /// When it was last changed.
    updated_at: Time,
}

/// What is to change in a photo; what is left out stays.
#[derive(Debug, Object)]
pub(crate) struct PhotoPatch {
    /// The title; null clears it.
    title: MaybeUndefined<String>,
    /// The description; null clears it.
    description: MaybeUndefined<String>,
    /// All tags, at most 50.
    tags: Option<Vec<String>>,
    /// The chapter; null takes the photo out of it.
    section: MaybeUndefined<String>,
}

/// The same deed for many photos.
#[derive(Debug, Object)]
pub(crate) struct PhotoBatch {
    /// Which photos, 1 to 500.
    ids: Vec<String>,
    /// What to do: `delete`, `tag`, `section` or `retry`.
    action: String,
    /// For `tag`: the tags that are added.
    tags: Option<Vec<String>>,
    /// For `section`: the chapter; null takes the photos out of theirs.
    section: MaybeUndefined<String>,
}

/// How a batch went.
#[derive(Debug, Object)]
pub(crate) struct PhotoBatchReport {
    /// One entry for each different id, in the order of the request.
    results: Vec<PhotoBatchResult>,
}

/// How a batch went for one photo.
#[derive(Debug, Object)]
pub(crate) struct PhotoBatchResult {
    /// Which photo.
    id: String,
    /// Whether it was done.
    ok: bool,
    /// Why not.
    error: Option<Problem>,
}

impl PhotoObject {
    /// Shows a photo, with its URLs as the caller can use them.
    pub(crate) fn new(view: &PhotoView, links: &Links) -> Self {
        let photo = &view.photo.value;
        let facts = photo.facts.as_ref();
        let fault = fault(photo);
        Self {
            id: photo.id.to_string(),
            gallery_id: photo.gallery.to_string(),
            filename: photo.filename.to_string(),
            replacement_filename: photo.replacements.current.as_ref().map(|now| now.filename.to_string()),
            replacement: photo.replacements.next.as_ref().map(Into::into),
            size: photo.size_bytes.get(),
            content_type: photo.content_type.as_str().to_owned(),
            sha256: photo.sha256.map(|hash| hash.to_string()),
            state: state(photo).as_str().to_owned(),
            failure: fault.map(|fault| fault.sentence.to_string()),
            failure_kind: fault.map(|fault| fault.kind.as_str().to_owned()),
            width: facts.map(|facts| facts.size.width()),
            height: facts.map(|facts| facts.size.height()),
            captured_at: facts.and_then(|facts| facts.captured_at).map(Into::into),
            camera: facts.and_then(|facts| facts.camera.as_ref()).map(ToString::to_string),
            lens: facts.and_then(|facts| facts.lens.as_ref()).map(ToString::to_string),
            title: photo.title.to_string(),
            description: photo.description.to_string(),
            tags: photo.tags.as_slice().iter().map(ToString::to_string).collect(),
            section: photo.section.map(|section| section.to_string()),
            placeholder: placeholder(photo),
            thumb_url: view.thumb.as_ref().map(|link| links.absolute(link)),
            proof_url: view.proof.as_ref().map(|link| links.absolute(link)),
            created_at: photo.created_at.into(),
            updated_at: photo.updated_at.into(),
        }
    }
}

/// To its studio, a photo is not done while a new original waits for a worker.
fn state(photo: &Photo) -> PhotoStateKind {
    if photo.replacements.arrived().is_some() { PhotoStateKind::Processing } else { photo.state.kind() }
}

const fn fault(photo: &Photo) -> Option<&Fault> {
    match &photo.state {
        PhotoState::Failed { reason, .. } => Some(reason),
        PhotoState::Pending { .. }
        | PhotoState::Uploaded { .. }
        | PhotoState::Processing { .. }
        | PhotoState::Ready { .. } => None,
    }
}

fn placeholder(photo: &Photo) -> Option<String> {
    match &photo.state {
        PhotoState::Ready { renditions, .. } => Some(STANDARD.encode(renditions.placeholder.as_bytes())),
        PhotoState::Pending { .. }
        | PhotoState::Uploaded { .. }
        | PhotoState::Processing { .. }
        | PhotoState::Failed { .. } => None,
    }
}

impl TryFrom<PhotoPatch> for PhotoChange {
    type Error = InvalidField;

    fn try_from(patch: PhotoPatch) -> Result<Self, InvalidField> {
        let title = change(patch.title, |text| Line::parse(&text)).field("title")?;
        let description = change(patch.description, |text| Prose::parse(&text)).field("description")?;
        Ok(Self {
            title: title.map(|title| title.unwrap_or_else(Line::empty)),
            description: description.map(|text| text.unwrap_or_else(Prose::empty)),
            tags: patch.tags.as_deref().map(Tags::parse).transpose().field("tags")?,
            section: change(patch.section, |section| parse_section(&section))?,
        })
    }
}

fn parse_section(section: &str) -> Result<SectionId, InvalidField> {
    SectionId::parse(section).map_err(|_| InvalidField::unknown("section", Resource::Section))
}

impl PhotoBatch {
    /// The most photos of one batch.
    const MOST: usize = 500;

    /// Which photos, and what to do with them.
    pub(crate) fn parse(&self) -> Result<(Vec<PhotoId>, BatchAction), InvalidField> {
        Ok((parse_photo_ids(&self.ids, "ids", Self::MOST)?, self.parse_action()?))
    }

    fn parse_action(&self) -> Result<BatchAction, InvalidField> {
        let missing = |field: &str| InvalidField::new(field, InvalidValue::new("value", "must be given"));
        match self.action.as_str() {
            "delete" => Ok(BatchAction::Delete),
            "retry" => Ok(BatchAction::Retry),
            "tag" => {
                let tags = self.tags.as_deref().ok_or_else(|| missing("tags"))?;
                Ok(BatchAction::Tag(Tags::parse(tags).field("tags")?))
            }
            "section" => {
                let section = self.section.as_opt_ref().ok_or_else(|| missing("section"))?;
                Ok(BatchAction::Section(section.map(|section| parse_section(section)).transpose()?))
            }
            _ => {
                let rule = InvalidValue::new("action", "must be delete, tag, section or retry");
                Err(InvalidField::new("action", rule))
            }
        }
    }
}

/// Reads between one and `most` ids of photos.
pub(crate) fn parse_photo_ids(
    ids: &[String],
    field: &str,
    most: usize,
) -> Result<Vec<PhotoId>, InvalidField> {
    if ids.is_empty() || ids.len() > most {
        let rule = InvalidValue::new("ids", format!("must be 1 to {most}"));
        return Err(InvalidField::new(field, rule));
    }
    let parse = |(position, id): (usize, &String)| {
        let unknown = || InvalidField::unknown(format!("{field}[{position}]"), Resource::Photo);
        PhotoId::parse(id).map_err(|_| unknown())
    };
    ids.iter().enumerate().map(parse).collect()
}

impl From<Vec<BatchOutcome>> for PhotoBatchReport {
    fn from(outcomes: Vec<BatchOutcome>) -> Self {
        let results = outcomes.into_iter().map(|outcome| PhotoBatchResult {
            id: outcome.photo.to_string(),
            ok: outcome.result.is_ok(),
            error: outcome.result.err().map(Problem::of),
        });
        Self { results: results.collect() }
    }
}
