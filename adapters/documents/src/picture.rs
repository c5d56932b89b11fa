//! Thumbs: from the bytes of a rendition to a small JPEG that a document embeds.
//!
//! The bytes are decoded and encoded anew, so that nothing but pixels gets into a document, and a document of a thousand lines
//! stays small.

use std::collections::HashMap;
use std::io::Cursor;

use bytes::Bytes;
use halftone_core::geometry::PixelSize;
use image::codecs::jpeg::JpegDecoder;
use image::codecs::webp::WebPDecoder;
use image::imageops::thumbnail;
use image::{DynamicImage, ImageDecoder, ImageResult, Limits, RgbImage};
use jpeg_encoder::{ColorType, Encoder};

/// The most bytes of a thumb that are looked at.
const MOST_BYTES: usize = 2 * 1024 * 1024;
/// The longest side of a thumb that is decoded, in pixels.
const MOST_SIDE: u32 = 4_096;
/// What decoding may allocate: three bytes for each pixel of the largest thumb, and as much again for the decoder.
const MOST_ALLOCATED_BYTES: u64 = 2 * 3 * (MOST_SIDE as u64).pow(2);
/// The longest side of a picture in a document, in pixels: over 250 dpi in the largest frame.
const LONG_EDGE_PX: u32 = 256;
/// Of JPEG, from 1 to 100. Pictures of a thumb's size show artefacts below it.
const QUALITY: u8 = 85;

/// A picture that a document can embed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Picture {
    pub(crate) jpeg: Vec<u8>,
    pub(crate) size: PixelSize,
}

/// The pictures of one document. A photo that is ordered in several sizes is one picture.
#[derive(Debug, Default)]
pub(crate) struct Album {
    pictures: Vec<Picture>,
    known: HashMap<Bytes, Option<usize>>,
}

impl Album {
    /// The place of a thumb's picture and its size; nothing if the bytes are no picture.
    pub(crate) fn add(&mut self, thumb: &Bytes) -> Option<(usize, PixelSize)> {
        let place = self.known.get(thumb).copied().unwrap_or_else(|| {
            let place = from_thumb(thumb).map(|picture| {
                self.pictures.push(picture);
                self.pictures.len() - 1
            });
            self.known.insert(thumb.clone(), place);
            place
        })?;
        Some((place, self.pictures[place].size))
    }

    pub(crate) fn into_pictures(self) -> Vec<Picture> {
        self.pictures
    }
}

/// Makes the picture of a thumb, or nothing if its bytes are damaged, too large or of another kind.
fn from_thumb(bytes: &[u8]) -> Option<Picture> {
    match decoded(bytes) {
        Ok(image) => encoded(&image),
        Err(error) => {
            // An empty frame shows it; the document is needed all the same.
            tracing::debug!(error = &error as &dyn std::error::Error, "a thumb cannot be decoded");
            None
        }
    }
}

fn decoded(bytes: &[u8]) -> ImageResult<RgbImage> {
    if bytes.len() > MOST_BYTES {
        return Err(too_large());
    }
    if bytes.starts_with(b"\xff\xd8\xff") {
        limited(JpegDecoder::new(Cursor::new(bytes))?)
    } else if bytes.starts_with(b"RIFF") {
        limited(WebPDecoder::new(Cursor::new(bytes))?)
    } else {
        Err(image::ImageError::Unsupported(image::error::UnsupportedError::from_format_and_kind(
            image::error::ImageFormatHint::Unknown,
            image::error::UnsupportedErrorKind::Format(image::error::ImageFormatHint::Unknown),
        )))
    }
}

fn limited(mut decoder: impl ImageDecoder) -> ImageResult<RgbImage> {
    let mut limits = Limits::default();
    limits.max_image_width = Some(MOST_SIDE);
    limits.max_image_height = Some(MOST_SIDE);
    limits.max_alloc = Some(MOST_ALLOCATED_BYTES);
    // The decoder does not charge the pixels themselves.
    limits.reserve(decoder.total_bytes())?;
    decoder.set_limits(limits)?;
    Ok(DynamicImage::from_decoder(decoder)?.into_rgb8())
}

fn too_large() -> image::ImageError {
    image::ImageError::Limits(image::error::LimitError::from_kind(
        image::error::LimitErrorKind::InsufficientMemory,
    ))
}

fn encoded(image: &RgbImage) -> Option<Picture> {
    let size = PixelSize::new(image.width(), image.height()).ok()?.shrunk_to(LONG_EDGE_PX);
    let small = thumbnail(image, size.width(), size.height());
    let mut jpeg = Vec::new();
    let (width, height) = (u16::try_from(size.width()).ok()?, u16::try_from(size.height()).ok()?);
    Encoder::new(&mut jpeg, QUALITY).encode(&small, width, height, ColorType::Rgb).ok()?;
    Some(Picture { jpeg, size })
}
