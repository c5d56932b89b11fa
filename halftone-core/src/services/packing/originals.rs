//! What is the original of each photo of a pack.

use std::collections::HashMap;

use super::wished;
use crate::access::WishedFile;
use crate::id::{PhotoId, ReplacementId};
use crate::pack::{Pack, PackFile};
use crate::photo::Photo;

/// The photos whose original was replaced, each with the replacement that it is now.
#[derive(Debug, Default)]
pub(super) struct Originals(HashMap<PhotoId, ReplacementId>);

impl Originals {
    /// Takes photos as they are now.
    pub(super) fn note(&mut self, photos: impl Iterator<Item = Photo>) {
        self.0.extend(photos.filter_map(|photo| Some((photo.id, photo.replacements.current_id()?))));
    }

    /// Which replacement is the original of a photo; `None` for the file that it was uploaded with.
    pub(super) fn of(&self, photo: PhotoId) -> Option<ReplacementId> {
        self.0.get(&photo).copied()
    }

    /// The file of a pack as a wish.
    pub(super) fn wished(&self, pack: &Pack, file: PackFile) -> WishedFile {
        wished(pack.id, file, file.photo().and_then(|photo| self.of(photo)))
    }
}
