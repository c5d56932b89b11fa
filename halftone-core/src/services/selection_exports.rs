//! Exporting selections for raw converters and spreadsheets.

use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::ops::Range;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use futures_util::stream;
use sha2::{Digest as _, Sha256};

use crate::access::Principal;
use crate::export::{ExportFormat, Exported, ExportedPick, Marks};
use crate::id::{GalleryId, PhotoId, SelectionId, StudioId};
use crate::page::PageLimit;
use crate::photo::Photo;
use crate::ports::objects::{ObjectBody, ObjectInfo};
use crate::selection::{Pick, Selection};
use crate::services::error::{Absent, Resource};
use crate::services::selecting::SelectingError;
use crate::services::{Dependencies, Shared};
use crate::text::{Filename, Name};

/// Exports selections.
#[derive(Debug, Clone)]
pub struct SelectionExportService {
    world: Shared,
}

/// A selection as a file.
#[derive(Debug, Clone)]
pub struct ExportedFile {
    /// The name under which it is saved.
    pub filename: Filename,
    /// Its media type.
    pub media_type: &'static str,
    /// Size and mark of it.
    pub info: ObjectInfo,
    content: Exported,
}

impl ExportedFile {
    /// Its bytes, wholly or in part.
    pub fn read(&self, range: Option<Range<u64>>) -> ObjectBody {
        let size_bytes = self.info.size_bytes;
        let range = range.map_or(0..size_bytes, |range| range.start..range.end.min(size_bytes));
        let pieces = self.content.pieces(range.clone()).into_iter().map(Ok);
        ObjectBody { info: self.info.clone(), range, stream: Box::pin(stream::iter(pieces)) }
    }
}

impl SelectionExportService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Exports a selection of one of the studio's clients, whatever its state, in the order of the picks. Photos that were
    /// deleted meanwhile are left out.
    pub async fn export(
        &self,
        principal: &Principal,
        selection: SelectionId,
        format: ExportFormat,
        marks: &Marks,
    ) -> Result<ExportedFile, SelectingError> {
        let studio = principal.manage()?;
        let selection = self.find(studio, selection).await?;
        let picks = self.picks(studio, &selection).await?;
        let content = Exported::new(format, &picks, marks, selection.updated_at);
        let size_bytes = content.size_bytes();
        let etag = mark(&content);
        Ok(ExportedFile {
            filename: format.filename(&selection.name),
            media_type: format.media_type(),
            info: ObjectInfo { size_bytes, etag, modified_at: selection.updated_at },
            content,
        })
    }

    async fn find(&self, studio: StudioId, selection: SelectionId) -> Result<Selection, SelectingError> {
        let absent = Absent::new(Resource::Selection);
        let found = self.world().metadata().selections.find_by_selection(studio, selection).await?;
        let selections = found.ok_or(absent)?.value.selections;
        let found = selections.into_iter().find(|candidate| candidate.id == selection);
        found.ok_or_else(|| absent.into())
    }

    async fn picks(
        &self,
        studio: StudioId,
        selection: &Selection,
    ) -> Result<Vec<ExportedPick>, SelectingError> {
        let metadata = self.world().metadata();
        let mut galleries: HashMap<GalleryId, Option<Name>> = HashMap::new();
        let mut exported = Vec::with_capacity(selection.picks.len());
        for part in selection.picks.chunks(PageLimit::MOST.get()) {
            let ids: Vec<PhotoId> = part.iter().map(|pick| pick.photo).collect();
            let found = metadata.photos.find_many(studio, &ids).await?;
            let mut photos: HashMap<PhotoId, Photo> =
                found.into_iter().map(|photo| (photo.value.id, photo.value)).collect();
            for pick in part {
                let Some(photo) = photos.remove(&pick.photo) else { continue };
                if let Entry::Vacant(place) = galleries.entry(photo.gallery) {
                    let gallery = metadata.galleries.find(studio, photo.gallery).await?;
                    place.insert(gallery.map(|gallery| gallery.value.name));
                }
                // A photo of a deleted gallery is deleted too.
                if let Some(Some(gallery)) = galleries.get(&photo.gallery) {
                    exported.push(exported_pick(pick, photo, gallery));
                }
            }
        }
        Ok(exported)
    }
}

fn exported_pick(pick: &Pick, photo: Photo, gallery: &Name) -> ExportedPick {
    ExportedPick {
        photo: photo.id,
        filename: photo.filename,
        gallery: gallery.clone(),
        comment: pick.comment.clone(),
        picked_at: pick.at,
        title: photo.title,
        captured_at: photo.facts.as_ref().and_then(|facts| facts.captured_at),
        camera: photo.facts.and_then(|facts| facts.camera),
        sha256: photo.sha256,
    }
}

/// Half of the content's SHA-256: what is the same has the same mark, and a download that broke off can go on.
fn mark(content: &Exported) -> String {
    let mut hasher = Sha256::new();
    for piece in content.pieces(0..content.size_bytes()) {
        hasher.update(&piece);
    }
    let hash: [u8; 32] = hasher.finalize().into();
    URL_SAFE_NO_PAD.encode(&hash[..16])
}
