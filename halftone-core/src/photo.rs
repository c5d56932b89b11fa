//! Photos: one uploaded picture each, and the states it goes through.

use std::fmt;

use jiff::Timestamp;

use crate::fault::Fault;
use crate::geometry::PixelSize;
use crate::id::{GalleryId, PhotoId, SectionId, StudioId};
use crate::rendition::Renditions;
use crate::text::{Filename, InvalidValue, Line, Prose, Tags};

mod replacement;

pub use replacement::{CurrentReplacement, Replacement, ReplacementState, Replacements, ShapeRule};

/// One uploaded picture.
#[derive(Debug, Clone, PartialEq)]
pub struct Photo {
    /// Its id.
    pub id: PhotoId,
    /// Who owns it.
    pub studio: StudioId,
    /// In which gallery it is.
    pub gallery: GalleryId,
    /// The name that the camera gave it; never changed.
    pub filename: Filename,
    /// Size of the original in bytes: announced at first, checked at completion.
    pub size_bytes: FileSize,
    /// The media type that was announced. What the file really is, its bytes tell.
    pub content_type: SourceType,
    /// SHA-256 of the original: announced or computed when the upload was completed.
    pub sha256: Option<Sha256Hash>,
    /// How far it is.
    pub state: PhotoState,
    /// What took the place of the original, and what is about to.
    pub replacements: Replacements,
    /// What the original says of itself; known once it was processed.
    pub facts: Option<StoredFacts>,
    /// A title.
    pub title: Line,
    /// A description.
    pub description: Prose,
    /// Its tags.
    pub tags: Tags,
    /// In which chapter it is.
    pub section: Option<SectionId>,
    /// When its ticket was issued.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What was read from an original.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredFacts {
    /// Size in pixels after EXIF orientation.
    pub size: PixelSize,
    /// When it was taken.
    pub captured_at: Option<Timestamp>,
    /// Maker and model.
    pub camera: Option<Line>,
    /// The lens's model.
    pub lens: Option<Line>,
}

/// How far a photo is.
#[derive(Debug, Clone, PartialEq)]
pub enum PhotoState {
    /// A ticket was issued; the bytes have not been confirmed.
    Pending {
        /// When the ticket ends.
        expires_at: Timestamp,
    },
    /// The original is safe and waits for processing.
    Uploaded {
        /// Since when.
        at: Timestamp,
    },
    /// A worker is at it.
    Processing {
        /// Since when.
        since: Timestamp,
    },
    /// The renditions can be seen.
    Ready {
        /// Which ones.
        renditions: Renditions,
        /// Since when.
        at: Timestamp,
    },
    /// It cannot be processed.
    Failed {
        /// Why.
        reason: Fault,
        /// Since when.
        at: Timestamp,
    },
}

/// The kinds of [`PhotoState`], without their data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PhotoStateKind {
    /// See [`PhotoState::Pending`].
    Pending,
    /// See [`PhotoState::Uploaded`].
    Uploaded,
    /// See [`PhotoState::Processing`].
    Processing,
    /// See [`PhotoState::Ready`].
    Ready,
    /// See [`PhotoState::Failed`].
    Failed,
}

impl PhotoStateKind {
    /// Every kind.
    pub const ALL: [Self; 5] = [Self::Pending, Self::Uploaded, Self::Processing, Self::Ready, Self::Failed];

    /// Those in which the original is safe.
    pub const WITH_BYTES: [Self; 4] = [Self::Uploaded, Self::Processing, Self::Ready, Self::Failed];

    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Pending => "pending",
            Self::Uploaded => "uploaded",
            Self::Processing => "processing",
            Self::Ready => "ready",
            Self::Failed => "failed",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no state.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).ok_or_else(|| {
            InvalidValue::new("photo state", "must be pending, uploaded, processing, ready or failed")
        })
    }
}

/// A photo cannot go from one state to the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a photo that is {} cannot become {}", from.as_str(), to.as_str())]
pub struct InvalidPhotoTransition {
    /// Where it is.
    pub from: PhotoStateKind,
    /// Where it was to go.
    pub to: PhotoStateKind,
}

impl PhotoState {
    /// The kind of this state.
    pub const fn kind(&self) -> PhotoStateKind {
        match self {
            Self::Pending { .. } => PhotoStateKind::Pending,
            Self::Uploaded { .. } => PhotoStateKind::Uploaded,
            Self::Processing { .. } => PhotoStateKind::Processing,
            Self::Ready { .. } => PhotoStateKind::Ready,
            Self::Failed { .. } => PhotoStateKind::Failed,
        }
    }

    const fn refuse<T>(&self, to: PhotoStateKind) -> Result<T, InvalidPhotoTransition> {
        Err(InvalidPhotoTransition { from: self.kind(), to })
    }

    /// The upload was completed.
    ///
    /// # Errors
    /// The photo was not pending.
    pub fn upload(self, at: Timestamp) -> Result<Self, InvalidPhotoTransition> {
        match self {
            Self::Pending { .. } => Ok(Self::Uploaded { at }),
            Self::Uploaded { .. } | Self::Processing { .. } | Self::Ready { .. } | Self::Failed { .. } => {
                self.refuse(PhotoStateKind::Uploaded)
            }
        }
    }

    /// A worker begins with a photo that has no renditions yet, or begins again after a crash.
    ///
    /// # Errors
    /// The photo's bytes are not there yet, or it is past processing.
    pub fn begin(self, since: Timestamp) -> Result<Self, InvalidPhotoTransition> {
        match self {
            Self::Uploaded { .. } | Self::Processing { .. } => Ok(Self::Processing { since }),
            Self::Pending { .. } | Self::Ready { .. } | Self::Failed { .. } => {
                self.refuse(PhotoStateKind::Processing)
            }
        }
    }

    /// The renditions are stored. Also swaps the renditions of a photo that is ready, in one write.
    ///
    /// # Errors
    /// The photo is pending.
    pub fn finish(self, renditions: Renditions, at: Timestamp) -> Result<Self, InvalidPhotoTransition> {
        match self {
            Self::Uploaded { .. } | Self::Processing { .. } | Self::Ready { .. } | Self::Failed { .. } => {
                Ok(Self::Ready { renditions, at })
            }
            Self::Pending { .. } => self.refuse(PhotoStateKind::Ready),
        }
    }

    /// It cannot be processed. A photo that is ready fails too: when a new watermark cannot be applied, the
    /// renditions with the old one are not what the studio wants clients to see.
    ///
    /// # Errors
    /// The photo is pending.
    pub fn fail(self, reason: Fault, at: Timestamp) -> Result<Self, InvalidPhotoTransition> {
        match self {
            Self::Uploaded { .. } | Self::Processing { .. } | Self::Ready { .. } | Self::Failed { .. } => {
                Ok(Self::Failed { reason, at })
            }
            Self::Pending { .. } => self.refuse(PhotoStateKind::Failed),
        }
    }

    /// The photographer asks for another try.
    ///
    /// # Errors
    /// The photo has not failed.
    pub fn retry(self, at: Timestamp) -> Result<Self, InvalidPhotoTransition> {
        match self {
            Self::Failed { .. } => Ok(Self::Uploaded { at }),
            Self::Pending { .. } | Self::Uploaded { .. } | Self::Processing { .. } | Self::Ready { .. } => {
                self.refuse(PhotoStateKind::Uploaded)
            }
        }
    }
}

/// The orders in which photos are listed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum PhotoSort {
    /// By capture time, those without one last; then filename; then id.
    #[default]
    CapturedAt,
    /// By filename, then id.
    Filename,
    /// By the time of the ticket, then id.
    UploadedAt,
}

impl PhotoSort {
    const ALL: [Self; 3] = [Self::CapturedAt, Self::Filename, Self::UploadedAt];

    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CapturedAt => "captured_at",
            Self::Filename => "filename",
            Self::UploadedAt => "uploaded_at",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no order.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|sort| sort.as_str() == word)
            .ok_or_else(|| InvalidValue::new("sort", "must be captured_at, filename or uploaded_at"))
    }

    /// The text by which `photo` stands in this order, compared byte by byte; the id decides between equals.
    ///
    /// A backend stores it beside the document and indexes it, so every backend sorts alike.
    pub fn key(self, photo: &Photo) -> String {
        match self {
            Self::CapturedAt => {
                // The separator is lower than every character of a filename, and "~" is higher than digits.
                let captured_at = photo.facts.as_ref().and_then(|facts| facts.captured_at);
                let time = captured_at.map_or_else(|| "~".to_owned(), sortable_time);
                format!("{time}\u{1f}{}", photo.filename)
            }
            Self::Filename => photo.filename.as_str().to_owned(),
            Self::UploadedAt => sortable_time(photo.created_at),
        }
    }
}

fn sortable_time(time: Timestamp) -> String {
    format!("{time:.9}")
}

/// The SHA-256 of a file; printed as 64 lower-case hexadecimal digits.
///
/// ```
/// use halftone_core::photo::Sha256Hash;
/// assert!(Sha256Hash::parse(&"ab".repeat(32)).is_ok());
/// assert!(Sha256Hash::parse("abc").is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256Hash([u8; 32]);

impl Sha256Hash {
    /// Takes a digest.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Reads 64 hexadecimal digits, in either case.
    ///
    /// # Errors
    /// The text is something else.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let invalid = || InvalidValue::new("SHA-256", "must be 64 hexadecimal digits");
        if text.len() != 64 || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Err(invalid());
        }
        let mut bytes = [0_u8; 32];
        for (index, byte) in bytes.iter_mut().enumerate() {
            *byte = u8::from_str_radix(&text[2 * index..2 * index + 2], 16).map_err(|_| invalid())?;
        }
        Ok(Self(bytes))
    }
}

impl fmt::Display for Sha256Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(formatter, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256Hash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Sha256Hash({self})")
    }
}

/// The size of an uploaded file in bytes: at least 1. The upper limit is the installation's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileSize(u64);

impl FileSize {
    /// Checks that there is something.
    ///
    /// # Errors
    /// The number is zero, or more than 2^53 (JSON's exact integers end there).
    pub fn parse(bytes: u64) -> Result<Self, InvalidValue> {
        if bytes == 0 {
            return Err(InvalidValue::new("file size", "must not be zero"));
        }
        if bytes > 1 << 53 {
            return Err(InvalidValue::new("file size", "is absurd"));
        }
        Ok(Self(bytes))
    }

    /// Bytes.
    pub const fn get(self) -> u64 {
        self.0
    }
}

/// The media types that a photo may be announced with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SourceType {
    /// `image/jpeg`
    Jpeg,
    /// `image/png`
    Png,
    /// `image/webp`
    WebP,
    /// `image/tiff`
    Tiff,
}

impl SourceType {
    const ALL: [Self; 4] = [Self::Jpeg, Self::Png, Self::WebP, Self::Tiff];

    /// The media type.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::Png => "image/png",
            Self::WebP => "image/webp",
            Self::Tiff => "image/tiff",
        }
    }

    /// Reads a media type, in any case and with parameters, and its usual misspellings.
    ///
    /// # Errors
    /// The type is not one that Halftone reads.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let essence = text.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
        let essence = match essence.as_str() {
            "image/jpg" | "image/pjpeg" => "image/jpeg",
            "image/tif" => "image/tiff",
            other => other,
        };
        Self::ALL.into_iter().find(|source| source.as_str() == essence).ok_or_else(|| {
            InvalidValue::new("content type", "must be image/jpeg, image/png, image/webp or image/tiff")
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn hashes_round_trip(bytes in any::<[u8; 32]>()) {
            let hash = Sha256Hash::from_bytes(bytes);
            prop_assert_eq!(Sha256Hash::parse(&hash.to_string()), Ok(hash));
        }
    }

    #[test]
    fn a_pending_photo_cannot_fail_or_finish() {
        let pending = PhotoState::Pending { expires_at: Timestamp::UNIX_EPOCH };
        let reason = Fault::missing();
        assert!(pending.clone().fail(reason, Timestamp::UNIX_EPOCH).is_err());
        assert!(pending.retry(Timestamp::UNIX_EPOCH).is_err());
    }

    #[test]
    fn only_a_failed_photo_is_retried() {
        let failed = PhotoState::Failed { reason: Fault::missing(), at: Timestamp::UNIX_EPOCH };
        assert_eq!(
            failed.retry(Timestamp::UNIX_EPOCH).map(|state| state.kind()),
            Ok(PhotoStateKind::Uploaded)
        );
        let processing = PhotoState::Processing { since: Timestamp::UNIX_EPOCH };
        assert!(processing.retry(Timestamp::UNIX_EPOCH).is_err());
    }

    #[test]
    fn sortable_times_have_one_width() {
        let whole: Timestamp = "2026-05-14T19:02:11Z".parse().unwrap();
        let fraction: Timestamp = "2026-05-14T19:02:11.5Z".parse().unwrap();
        assert_eq!(sortable_time(whole).len(), sortable_time(fraction).len());
        assert!(sortable_time(whole) < sortable_time(fraction));
    }
}
