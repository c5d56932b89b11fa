//! The port that turns originals into renditions.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use crate::fault::{Fault, FaultKind};
use crate::geometry::PixelSize;
use crate::print::PrintLayout;
use crate::rendition::{Placeholder, ProcessingOptions, Quality, RenditionFormat};

/// Renders pictures. It knows nothing of galleries: bytes and options in, bytes out.
///
/// Equal inputs MUST give equal bytes for one [`version`](Self::version). A mark that cannot be applied (a
/// missing logo, a glyph the font lacks) MUST be an error, never an unmarked picture. Limits on pixels and
/// bytes MUST be checked before memory is allocated for them.
#[async_trait]
pub trait Renderer: fmt::Debug + Send + Sync + 'static {
    /// A number that changes whenever the bytes that this renderer makes change.
    fn version(&self) -> u32;

    /// Makes the proof and the thumb of one original.
    async fn render_proof(&self, request: ProofRequest) -> Result<RenderedPhoto, RenderError>;

    /// Makes both anew with another mark, at a fraction of the cost of [`render_proof`](Self::render_proof): its bytes MUST be the
    /// same. The options MUST be those that the base was made with, but for the mark. A base that cannot be used is
    /// `Malformed`, and its original can.
    async fn mark_anew(&self, request: MarkRequest) -> Result<MarkedPhoto, RenderError>;

    /// Makes a clean, downsized copy. The caller must hold a grant for it.
    async fn render_delivery(&self, request: DeliveryRequest) -> Result<RenderedImage, RenderError>;

    /// Cuts a print out of an original: exactly the pixels asked for, sRGB with its profile, JPEG of the highest quality with
    /// full chroma. A part with fewer pixels is enlarged. The caller must see to it that it goes to the studio alone.
    async fn render_print(&self, request: PrintRequest) -> Result<RenderedImage, RenderError>;

    /// Checks that the bytes can serve as the logo of a watermark (a PNG within the limits) and tells its size.
    async fn inspect_logo(&self, logo: Bytes) -> Result<PixelSize, RenderError>;
}

/// What [`Renderer::render_proof`] works from.
#[derive(Debug, Clone)]
pub struct ProofRequest {
    /// The original's bytes.
    pub original: Bytes,
    /// How to derive the renditions.
    pub options: ProcessingOptions,
    /// The logo's bytes, needed if the options name an image as the mark.
    pub logo: Option<Bytes>,
    /// Whether [`RenderedPhoto::base`] is wanted.
    pub keep_base: bool,
}

/// What [`Renderer::mark_anew`] works from.
#[derive(Debug, Clone)]
pub struct MarkRequest {
    /// What an earlier rendering kept.
    pub base: ProofBase,
    /// How to derive the renditions.
    pub options: ProcessingOptions,
    /// The logo's bytes, needed if the options name an image as the mark.
    pub logo: Option<Bytes>,
}

/// What [`Renderer::render_delivery`] works from.
#[derive(Debug, Clone)]
pub struct DeliveryRequest {
    /// The original's bytes.
    pub original: Bytes,
    /// Longest side of the result in pixels.
    pub long_edge_px: u32,
    /// Quality of the result.
    pub quality: Quality,
    /// Format of the result.
    pub format: RenditionFormat,
}

/// What [`Renderer::render_print`] works from.
#[derive(Debug, Clone)]
pub struct PrintRequest {
    /// The original's bytes.
    pub original: Bytes,
    /// Which part, at which size.
    pub layout: PrintLayout,
}

/// The renditions of one original and what was read from it on the way.
#[derive(Debug, Clone)]
pub struct RenderedPhoto {
    /// What the original's header and EXIF say.
    pub facts: PhotoFacts,
    /// What clients are shown.
    pub marked: MarkedPhoto,
    /// What [`Renderer::mark_anew`] needs, if it was wanted and there is a quicker way than from the original.
    pub base: Option<ProofBase>,
}

/// The renditions of one original.
#[derive(Debug, Clone)]
pub struct MarkedPhoto {
    /// The marked, downsized picture.
    pub proof: RenderedImage,
    /// The small picture.
    pub thumb: RenderedImage,
    /// The blurred placeholder.
    pub placeholder: Placeholder,
}

/// A proof before its mark, in the renderer's own form. It is a clean picture: it goes to the store under a
/// [`BaseKey`](crate::object_key::BaseKey), and to nobody.
#[derive(Clone, PartialEq, Eq)]
pub struct ProofBase(Bytes);

impl ProofBase {
    /// What a renderer made, or what the store kept of it.
    pub const fn new(bytes: Bytes) -> Self {
        Self(bytes)
    }

    /// For the renderer and the store.
    pub const fn bytes(&self) -> &Bytes {
        &self.0
    }
}

impl fmt::Debug for ProofBase {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_tuple("ProofBase").field(&self.0.len()).finish()
    }
}

/// One encoded picture.
#[derive(Clone)]
pub struct RenderedImage {
    /// The file.
    pub bytes: Bytes,
    /// Its size, upright.
    pub size: PixelSize,
    /// Its format.
    pub format: RenditionFormat,
}

impl fmt::Debug for RenderedImage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("RenderedImage")
            .field("bytes", &self.bytes.len())
            .field("size", &self.size)
            .field("format", &self.format)
            .finish()
    }
}

/// What an original says of itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PhotoFacts {
    /// Size in pixels after EXIF orientation.
    pub size: PixelSize,
    /// `DateTimeOriginal`. Without an EXIF offset it is the camera's clock taken as UTC.
    pub captured_at: Option<Timestamp>,
    /// Maker and model, for example `NIKON D5300`.
    pub camera: Option<String>,
    /// The lens's model.
    pub lens: Option<String>,
}

/// Why a picture could not be rendered, by whose fault it is.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RenderError {
    /// The file is damaged or incomplete.
    #[error("the file is damaged: {detail}")]
    Malformed {
        /// What is wrong, for the log and the photographer.
        detail: String,
    },
    /// The file is over a limit on pixels, bytes or sides.
    #[error("the picture is too large: {detail}")]
    TooLarge {
        /// Which limit, with both numbers.
        detail: String,
    },
    /// The file is not of a kind that Halftone reads.
    #[error("the file is of a kind that is not supported: {detail}")]
    Unsupported {
        /// What it is instead.
        detail: String,
    },
    /// The watermark cannot be applied: a glyph the font lacks, a missing or unreadable logo.
    #[error("the watermark cannot be applied: {detail}")]
    Watermark {
        /// What is missing.
        detail: String,
    },
    /// Our own fault; worth another try.
    #[error("rendering failed: {detail}")]
    Internal {
        /// What happened.
        detail: String,
    },
}

impl RenderError {
    /// Whether the same request might succeed later.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Internal { .. })
    }

    /// What the photographer is told.
    pub fn fault(&self) -> Fault {
        let (kind, sentence) = match self {
            Self::Malformed { detail } => (
                FaultKind::Damaged,
                format!(
                    "The file is damaged or incomplete ({detail}). Please export it again and upload it anew."
                ),
            ),
            Self::TooLarge { detail } => {
                (FaultKind::TooLarge, format!("The picture is too large ({detail})."))
            }
            Self::Unsupported { detail } => {
                (FaultKind::Unsupported, format!("This kind of file is not supported ({detail})."))
            }
            Self::Watermark { detail } => (
                FaultKind::Watermark,
                format!(
                    "The watermark cannot be applied ({detail}). Please change it in the gallery's settings."
                ),
            ),
            Self::Internal { .. } => {
                (FaultKind::Server, "Processing failed through a fault of the server.".to_owned())
            }
        };
        Fault::new(kind, &sentence)
    }
}
