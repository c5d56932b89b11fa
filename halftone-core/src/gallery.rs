//! Galleries: ordered sets of photos with processing options and a price list.

use jiff::Timestamp;

use crate::id::{CollectionId, GalleryId, PhotoId, PriceListId, SectionId, StudioId};
use crate::rendition::ProcessingOptions;
use crate::text::{InvalidValue, Name, Prose, Tags};

/// An ordered set of photos.
#[derive(Debug, Clone, PartialEq)]
pub struct Gallery {
    /// Its id.
    pub id: GalleryId,
    /// Who owns it.
    pub studio: StudioId,
    /// To which collection it belongs, if any.
    pub collection: Option<CollectionId>,
    /// Its name.
    pub name: Name,
    /// What clients read under the name.
    pub description: Prose,
    /// Its tags.
    pub tags: Tags,
    /// Whether clients can see it.
    pub state: GalleryState,
    /// The photo on its cover.
    pub cover: Option<PhotoId>,
    /// What can be ordered from it.
    pub price_list: Option<PriceListId>,
    /// How its renditions are made.
    pub processing: ProcessingOptions,
    /// Its chapters in order.
    pub sections: Sections,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Whether clients can see a gallery.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum GalleryState {
    /// In the making. The first share makes it live.
    Draft,
    /// Open to everybody with a share.
    Live,
    /// Closed to clients, kept for the studio.
    Archived,
}

impl GalleryState {
    const ALL: [Self; 3] = [Self::Draft, Self::Live, Self::Archived];

    /// The word of the API: `draft`, `live` or `archived`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Draft => "draft",
            Self::Live => "live",
            Self::Archived => "archived",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no state.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or_else(|| InvalidValue::new("gallery state", "must be draft, live or archived"))
    }
}

/// A chapter of a gallery: "Ceremony".
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Its id.
    pub id: SectionId,
    /// Its name.
    pub name: Name,
}

/// The chapters of one gallery, in order: at most 200, with different ids.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Sections(Vec<Section>);

impl Sections {
    /// The most chapters that a gallery has.
    pub const MOST: usize = 200;

    /// Checks number and ids.
    ///
    /// # Errors
    /// Too many, or the same id twice.
    pub fn new(sections: Vec<Section>) -> Result<Self, InvalidValue> {
        if sections.len() > Self::MOST {
            return Err(InvalidValue::new("sections", format!("must be at most {}", Self::MOST)));
        }
        for (position, section) in sections.iter().enumerate() {
            if sections[..position].iter().any(|earlier| earlier.id == section.id) {
                return Err(InvalidValue::new("sections", "must have different ids"));
            }
        }
        Ok(Self(sections))
    }

    /// The chapters in order.
    pub fn as_slice(&self) -> &[Section] {
        &self.0
    }

    /// Whether there is a chapter with this id.
    pub fn contains(&self, section: SectionId) -> bool {
        self.0.iter().any(|candidate| candidate.id == section)
    }
}
