//! Files derived from an original, and the options by which a gallery derives them.

use std::fmt;

use sha2::{Digest, Sha256};

use crate::geometry::PixelSize;
use crate::id::ReplacementId;
use crate::text::InvalidValue;
use crate::watermark::Watermark;

/// The renditions that a client may be shown. There is deliberately no way from here to an original or to a
/// delivery: those leave the system only through a [`DownloadGrant`](crate::access::DownloadGrant).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ClientRendition {
    /// The small picture of a grid.
    Thumb,
    /// The downsized, watermarked picture.
    Proof,
}

impl ClientRendition {
    /// The word used in keys and URLs.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Thumb => "thumb",
            Self::Proof => "proof",
        }
    }

    /// Reads the word used in keys and URLs.
    pub fn find(word: &str) -> Option<Self> {
        [Self::Thumb, Self::Proof].into_iter().find(|rendition| rendition.as_str() == word)
    }
}

/// The file format of renditions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum RenditionFormat {
    /// Baseline JPEG, 4:2:0.
    #[default]
    Jpeg,
    /// Lossy WebP.
    WebP,
}

impl RenditionFormat {
    /// The word of the API: `jpeg` or `webp`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Jpeg => "jpeg",
            Self::WebP => "webp",
        }
    }

    /// The media type, RFC 6838.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Jpeg => "image/jpeg",
            Self::WebP => "image/webp",
        }
    }

    /// The usual file extension.
    pub const fn extension(self) -> &'static str {
        match self {
            Self::Jpeg => "jpg",
            Self::WebP => "webp",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no format.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        [Self::Jpeg, Self::WebP]
            .into_iter()
            .find(|format| format.as_str() == word)
            .ok_or_else(|| InvalidValue::new("format", "must be jpeg or webp"))
    }
}

/// What happens to a picture's colour profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum ColourPolicy {
    /// The source's RGB profile is carried into the renditions, byte for byte. A profile that is large
    /// or not RGB is converted to sRGB all the same.
    #[default]
    Keep,
    /// The pixels are converted to sRGB.
    Srgb,
}

impl ColourPolicy {
    /// The word of the API: `keep` or `srgb`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Srgb => "srgb",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no policy.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        [Self::Keep, Self::Srgb]
            .into_iter()
            .find(|policy| policy.as_str() == word)
            .ok_or_else(|| InvalidValue::new("colour space", "must be keep or srgb"))
    }
}

macro_rules! bounded_integer {
    ($(#[$doc:meta])* $name:ident($inner:ty), $what:literal, $range:expr, $rule:literal) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name($inner);

        impl $name {
            /// Checks the range.
            ///
            /// # Errors
            /// The number is outside the range of this type.
            pub fn parse(value: u32) -> Result<Self, InvalidValue> {
                match <$inner>::try_from(value) {
                    Ok(value) if $range.contains(&value) => Ok(Self(value)),
                    _ => Err(InvalidValue::new($what, $rule)),
                }
            }

            /// The number.
            pub const fn get(self) -> $inner {
                self.0
            }
        }
    };
}

bounded_integer!(
    /// Longest side of a proof in pixels: 256 to 8192.
    ///
    /// ```
    /// use halftone_core::rendition::ProofEdge;
    /// assert!(ProofEdge::parse(2048).is_ok());
    /// assert!(ProofEdge::parse(0).is_err());
    /// ```
    ProofEdge(u32), "proof long edge", (256..=8192), "must be from 256 to 8192 pixels"
);
bounded_integer!(
    /// Longest side of a thumb in pixels: 64 to 800, so that no thumb replaces a print.
    ///
    /// ```
    /// use halftone_core::rendition::ThumbEdge;
    /// assert!(ThumbEdge::parse(400).is_ok());
    /// assert!(ThumbEdge::parse(4000).is_err());
    /// ```
    ThumbEdge(u32), "thumb long edge", (64..=800), "must be from 64 to 800 pixels"
);
bounded_integer!(
    /// Quality of a JPEG or WebP on the usual scale: 30 to 100.
    ///
    /// ```
    /// use halftone_core::rendition::Quality;
    /// assert!(Quality::parse(82).is_ok());
    /// assert!(Quality::parse(101).is_err());
    /// ```
    Quality(u8), "quality", (30..=100), "must be from 30 to 100"
);

impl ProofEdge {
    /// 2048 pixels: sharp on a full-HD screen and on phones.
    pub const DEFAULT: Self = Self(2048);
}

impl ThumbEdge {
    /// 400 pixels: two columns on a phone at double density.
    pub const DEFAULT: Self = Self(400);
}

impl Quality {
    /// 82: the usual balance for proofs.
    pub const PROOF_DEFAULT: Self = Self(82);
    /// 80: thumbs are not judged.
    pub const THUMB: Self = Self(80);
    /// 92: a delivery is meant to be kept.
    pub const DELIVERY: Self = Self(92);
}

/// How a gallery derives renditions from originals.
#[derive(Debug, Clone, PartialEq)]
pub struct ProcessingOptions {
    /// Longest side of proofs.
    pub proof_long_edge: ProofEdge,
    /// Quality of proofs.
    pub proof_quality: Quality,
    /// Longest side of thumbs.
    pub thumb_long_edge: ThumbEdge,
    /// Format of both.
    pub format: RenditionFormat,
    /// What happens to colour profiles.
    pub colour: ColourPolicy,
    /// The mark of the proofs.
    pub watermark: Watermark,
}

impl ProcessingOptions {
    /// The default sizes and formats with the given mark.
    pub const fn with_watermark(watermark: Watermark) -> Self {
        Self {
            proof_long_edge: ProofEdge::DEFAULT,
            proof_quality: Quality::PROOF_DEFAULT,
            thumb_long_edge: ThumbEdge::DEFAULT,
            format: RenditionFormat::Jpeg,
            colour: ColourPolicy::Keep,
            watermark,
        }
    }

    /// A short name for exactly these options: renditions made with equal options of an equal original under
    /// the same pipeline version have equal fingerprints, and their object keys are deterministic.
    ///
    /// `pipeline_version` is the renderer's, and changes whenever its output bytes do.
    pub fn fingerprint(&self, pipeline_version: u32) -> Fingerprint {
        // The debug form lists every field in order and changes when a field is added, which is just when
        // renditions must be made again.
        let text = format!("{pipeline_version}:{self:?}");
        Fingerprint::from_digest(&Sha256::digest(text.as_bytes()).into())
    }

    /// A short name for these options whatever their mark: a base that was kept under it serves every mark. It is the
    /// [`fingerprint`](Self::fingerprint) of the same options with no mark.
    pub fn base_fingerprint(&self, pipeline_version: u32) -> Fingerprint {
        Self { watermark: Watermark::None, ..self.clone() }.fingerprint(pipeline_version)
    }
}

/// Names a set of processing options; see [`ProcessingOptions::fingerprint`]. Sixteen hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Fingerprint([u8; 8]);

impl Fingerprint {
    /// The beginning of a SHA-256.
    pub(crate) fn from_digest(digest: &[u8; 32]) -> Self {
        let mut bytes = [0; 8];
        bytes.copy_from_slice(&digest[..8]);
        Self(bytes)
    }

    /// Reads the sixteen digits.
    ///
    /// # Errors
    /// The text is not sixteen lower-case hexadecimal digits.
    ///
    /// ```
    /// use halftone_core::rendition::Fingerprint;
    /// assert!(Fingerprint::parse("00ff00ff00ff00ff").is_ok());
    /// assert!(Fingerprint::parse("proof").is_err());
    /// ```
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let is_hex = |byte: u8| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte);
        if text.len() != 16 || !text.bytes().all(is_hex) {
            return Err(InvalidValue::new("fingerprint", "must be sixteen hexadecimal digits"));
        }
        let number = u64::from_str_radix(text, 16)
            .map_err(|_| InvalidValue::new("fingerprint", "must be sixteen hexadecimal digits"))?;
        Ok(Self(number.to_be_bytes()))
    }
}

impl Fingerprint {
    /// The same options for the original that this replacement is: other bytes need other keys. Without a replacement it is
    /// the fingerprint itself.
    #[must_use]
    pub fn of_replacement(self, replacement: Option<ReplacementId>) -> Self {
        let Some(replacement) = replacement else { return self };
        let digest = Sha256::new().chain_update(self.0).chain_update(replacement.as_uuid()).finalize();
        Self::from_digest(&digest.into())
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{:016x}", u64::from_be_bytes(self.0))
    }
}

/// The proof and the thumb of one photo, as stored.
#[derive(Debug, Clone, PartialEq)]
pub struct Renditions {
    /// Which options they were made with; part of their object keys.
    pub fingerprint: Fingerprint,
    /// Their format.
    pub format: RenditionFormat,
    /// Size of the proof.
    pub proof: StoredRendition,
    /// Size of the thumb.
    pub thumb: StoredRendition,
    /// The blurred placeholder.
    pub placeholder: Placeholder,
    /// Under which fingerprint a base is kept, if one is.
    pub base: Option<Fingerprint>,
}

/// What is known of one stored rendition.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredRendition {
    /// Size in pixels, upright.
    pub size: PixelSize,
    /// Size of the file in bytes.
    pub bytes: u64,
}

/// A `ThumbHash` (5 to 25 bytes, Evan Wallace's format): a blurred preview small enough for a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placeholder(Vec<u8>);

impl Placeholder {
    /// Checks the length.
    ///
    /// # Errors
    /// The bytes cannot be a `ThumbHash`.
    pub fn parse(bytes: Vec<u8>) -> Result<Self, InvalidValue> {
        if (5..=25).contains(&bytes.len()) {
            Ok(Self(bytes))
        } else {
            Err(InvalidValue::new("placeholder", "must have 5 to 25 bytes"))
        }
    }

    /// The hash.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::WatermarkText;
    use crate::watermark::{Colour, Placement};

    fn marked(text: &str) -> ProcessingOptions {
        ProcessingOptions::with_watermark(Watermark::Text {
            text: WatermarkText::parse(text).unwrap(),
            colour: Colour::WHITE,
            placement: Placement::default(),
        })
    }

    #[test]
    fn equal_options_have_equal_fingerprints_and_others_do_not() {
        assert_eq!(marked("Studio").fingerprint(1), marked("Studio").fingerprint(1));
        assert_ne!(marked("Studio").fingerprint(1), marked("Studia").fingerprint(1));
        assert_ne!(marked("Studio").fingerprint(1), marked("Studio").fingerprint(2));
    }

    #[test]
    fn fingerprints_round_trip() {
        let fingerprint = marked("Studio").fingerprint(1);
        assert_eq!(Fingerprint::parse(&fingerprint.to_string()), Ok(fingerprint));
    }
}
