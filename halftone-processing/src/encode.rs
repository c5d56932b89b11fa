//! From pixels to files.

mod jpeg;
mod webp;

use bytes::Bytes;
use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;
use halftone_core::rendition::{Quality, RenditionFormat};

use crate::error::internal;
use crate::jpeg::encoder::StripWriter;
use crate::metadata::{Credit, write};
use crate::planes::Planes;
use crate::raster::{Channels, Raster};

/// What goes into a file beside its pixels.
#[derive(Debug, Clone, Copy, Default)]
pub struct Attachments<'a> {
    /// The ICC profile.
    pub profile: Option<&'a [u8]>,
    /// Authorship, or nothing.
    pub credit: Option<&'a Credit>,
}

/// The blocks as both containers take them.
struct Blocks<'a> {
    profile: Option<&'a [u8]>,
    exif: Option<Vec<u8>>,
    xmp: Option<String>,
}

impl<'a> Attachments<'a> {
    fn blocks(self) -> Blocks<'a> {
        Blocks {
            profile: self.profile,
            exif: self.credit.and_then(write::exif),
            xmp: self.credit.and_then(write::xmp),
        }
    }
}

/// Encodes planes as a baseline JPEG, without converting a sample.
///
/// # Errors
/// As [`encode`].
pub(crate) fn encode_planes(
    picture: &Planes,
    quality: Quality,
    attachments: Attachments<'_>,
) -> Result<Bytes, RenderError> {
    jpeg::encode_planes(picture, quality, &attachments.blocks()).map(Bytes::from)
}

/// Begins a baseline JPEG whose planes will be written strip by strip.
///
/// # Errors
/// As [`encode`].
pub(crate) fn begin_planes(
    size: PixelSize,
    quality: Quality,
    attachments: Attachments<'_>,
) -> Result<StripWriter, RenderError> {
    jpeg::begin(size, quality, &attachments.blocks())
}

/// Encodes an RGB picture: baseline JPEG with 4:2:0 chroma, or lossy WebP.
///
/// # Errors
/// `TooLarge` if the format cannot hold the size, `Internal` if an encoder fails or the picture is not RGB.
///
/// ```
/// use halftone_core::rendition::{Quality, RenditionFormat};
/// use halftone_processing::encode::{Attachments, encode};
/// use halftone_processing::raster::{Channels, Raster};
///
/// let grey = Raster::new(16, 16, Channels::Rgb, vec![128; 16 * 16 * 3]).expect("the size fits");
/// let file = encode(&grey, RenditionFormat::Jpeg, Quality::PROOF_DEFAULT, Attachments::default())?;
/// assert!(file.starts_with(&[0xff, 0xd8]));
/// # Ok::<(), halftone_core::ports::renderer::RenderError>(())
/// ```
pub fn encode(
    picture: &Raster,
    format: RenditionFormat,
    quality: Quality,
    attachments: Attachments<'_>,
) -> Result<Bytes, RenderError> {
    if picture.channels() != Channels::Rgb {
        return Err(internal("only RGB pictures are encoded"));
    }
    let blocks = attachments.blocks();
    let file = match format {
        RenditionFormat::Jpeg => jpeg::encode(picture, quality, &blocks)?,
        RenditionFormat::WebP => webp::encode(picture, quality, &blocks)?,
    };
    Ok(Bytes::from(file))
}
