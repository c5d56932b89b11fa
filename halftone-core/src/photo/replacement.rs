//! Files that take the place of a photo's original: the edited picture for the proof that a client has picked.
//!
//! The photo stays the same photo: its id, its camera filename, its tags, and whatever names it, picks and order lines. Its
//! document holds both what is the original now and what is on its way, so that one write swaps them.

use jiff::Timestamp;

use super::{FileSize, Photo, Sha256Hash, SourceType};
use crate::fault::Fault;
use crate::geometry::PixelSize;
use crate::id::ReplacementId;
use crate::object_key::OriginalKey;
use crate::text::{Filename, InvalidValue};

/// What took the place of a photo's original, and what is about to.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Replacements {
    /// The file that is the original now; `None` if it is the one that the photo was uploaded with.
    pub current: Option<CurrentReplacement>,
    /// The file that was announced last, until it has taken the place.
    pub next: Option<Replacement>,
}

/// The file that is a photo's original now.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CurrentReplacement {
    /// Its id; part of the keys of the original and of everything made from it.
    pub id: ReplacementId,
    /// What the edited file was called.
    pub filename: Filename,
    /// When it took the place.
    pub at: Timestamp,
}

/// A file that is to take the place of a photo's original.
#[derive(Debug, Clone, PartialEq)]
pub struct Replacement {
    /// Its id; part of its key.
    pub id: ReplacementId,
    /// What it is called.
    pub filename: Filename,
    /// Its size in bytes, as announced and checked at completion.
    pub size_bytes: FileSize,
    /// The media type that was announced.
    pub content_type: SourceType,
    /// Its SHA-256: announced, or computed on the way.
    pub sha256: Option<Sha256Hash>,
    /// Whether it may have another shape than the picture it replaces.
    pub shape: ShapeRule,
    /// How far it is.
    pub state: ReplacementState,
    /// When its ticket was issued.
    pub asked_at: Timestamp,
}

/// How far a replacement is. Once it has taken the place, it is the [`CurrentReplacement`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReplacementState {
    /// A ticket was issued; the bytes have not been confirmed.
    Pending {
        /// When the ticket ends.
        expires_at: Timestamp,
    },
    /// The bytes are safe and wait for a worker.
    Arrived {
        /// Since when.
        at: Timestamp,
    },
    /// It cannot take the place; the photo stays as it was.
    Refused {
        /// Why.
        reason: Fault,
        /// Since when.
        at: Timestamp,
    },
}

impl ReplacementState {
    /// The word of the API: `pending`, `processing` or `refused`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pending { .. } => "pending",
            Self::Arrived { .. } => "processing",
            Self::Refused { .. } => "refused",
        }
    }
}

/// Whether a replacement may have another shape. Crops of order lines are normalised to the upright original, so they stay
/// right only while the shape does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ShapeRule {
    /// The shape must be the same within [`ShapeRule::TOLERANCE`].
    #[default]
    Same,
    /// Any shape is taken.
    Any,
}

impl ShapeRule {
    /// How far the aspect ratios of two pictures of the same shape may lie apart: one in a hundred. Editors round the sides
    /// of what they export; at 200 pixels a side, the smallest worth printing, half a pixel each way is within it. A crop
    /// that begins or ends one hundredth beside its place stays inside the bleed of a lab.
    pub const TOLERANCE: f64 = 0.01;

    /// The word of the stored form: `same` or `any`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Same => "same",
            Self::Any => "any",
        }
    }

    /// Reads the word of the stored form.
    ///
    /// # Errors
    /// The word names no rule.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        [Self::Same, Self::Any]
            .into_iter()
            .find(|rule| rule.as_str() == word)
            .ok_or_else(|| InvalidValue::new("shape rule", "must be same or any"))
    }

    /// Whether two upright pictures have the same shape.
    ///
    /// ```
    /// use halftone_core::geometry::PixelSize;
    /// use halftone_core::photo::ShapeRule;
    /// let camera = PixelSize::new(6000, 4000)?;
    /// assert!(ShapeRule::is_same(camera, PixelSize::new(2048, 1365)?));
    /// assert!(!ShapeRule::is_same(camera, PixelSize::new(4000, 6000)?));
    /// assert!(!ShapeRule::is_same(camera, PixelSize::new(4000, 4000)?));
    /// # Ok::<(), halftone_core::text::InvalidValue>(())
    /// ```
    pub fn is_same(before: PixelSize, after: PixelSize) -> bool {
        // Of upright sizes, so that a picture that was turned has another ratio, unless it is nearly square; and then a
        // crop of it is nearly as large.
        let ratio = |size: PixelSize| f64::from(size.width()) / f64::from(size.height());
        (ratio(after) / ratio(before) - 1.0).abs() <= Self::TOLERANCE
    }
}

impl Replacements {
    /// Which replacement is the original now.
    pub fn current_id(&self) -> Option<ReplacementId> {
        self.current.as_ref().map(|current| current.id)
    }

    /// The file on its way, if its bytes are awaited.
    pub fn awaited(&self) -> Option<&Replacement> {
        self.next.as_ref().filter(|next| matches!(next.state, ReplacementState::Pending { .. }))
    }

    /// The file on its way, if its bytes are safe and it waits for a worker.
    pub fn arrived(&self) -> Option<&Replacement> {
        self.next.as_ref().filter(|next| matches!(next.state, ReplacementState::Arrived { .. }))
    }

    /// Whether anything may still be read from the file of this replacement.
    pub fn names(&self, id: ReplacementId) -> bool {
        let is_on_its_way = |next: &Replacement| {
            next.id == id
                && match next.state {
                    ReplacementState::Pending { .. } | ReplacementState::Arrived { .. } => true,
                    ReplacementState::Refused { .. } => false,
                }
        };
        self.current_id() == Some(id) || self.next.as_ref().is_some_and(is_on_its_way)
    }
}

impl Photo {
    /// Where its original lies now.
    pub fn original_key(&self) -> OriginalKey {
        OriginalKey { studio: self.studio, photo: self.id, replacement: self.replacements.current_id() }
    }

    /// Where the file of a replacement lies.
    pub const fn replacement_key(&self, id: ReplacementId) -> OriginalKey {
        OriginalKey { studio: self.studio, photo: self.id, replacement: Some(id) }
    }
}
