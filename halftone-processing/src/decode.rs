//! From the bytes of an original to pixels.
//!
//! [`Source::open`] reads headers only and checks every limit; [`Source::decode`] then makes pixels, and no more of
//! them than the wanted size needs: JPEGs are scaled while they are decoded, PNG and TIFF rows are averaged
//! as they arrive. Pixels come out as they are stored; [`Orientation`] is applied later, on the small picture.

mod jpeg;
mod jpeg_header;
pub(crate) mod planar;
mod png;
mod reduce;
mod tiff;
mod webp;

pub(crate) use png::rgba as png_rgba;

use std::fmt;

use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;

use crate::cores::Cores;
use crate::error::malformed;
use crate::jpeg::samples::BlockSink;
use crate::limits::Limits;
use crate::metadata::Metadata;
use crate::orient::Orientation;
use crate::raster::{Channels, Raster};
use crate::sniff::SourceFormat;
use planar::{Finish, Nobody, Requantised, Shrunk, Wanted};

/// ICC profiles over this are not read: 4 MiB is several times the largest press profile.
const MAX_READ_PROFILE_BYTES: usize = 4 * 1024 * 1024;

/// The resizer's half-done picture, the proof before and after turning, the mark, the encoder, and the base.
const FINISHING_BYTES_PER_PIXEL: u64 = 20;

/// An upper estimate of the memory that marking and encoding take.
pub(crate) const fn finishing_bytes(size: PixelSize) -> u64 {
    size.area() * FINISHING_BYTES_PER_PIXEL
}

/// An original whose header was read and found within the limits.
///
/// ```
/// use halftone_processing::decode::Source;
/// use halftone_processing::limits::Limits;
/// assert!(Source::open(b"%PDF-1.7", &Limits::default()).is_err());
/// ```
pub struct Source<'a> {
    bytes: &'a [u8],
    header: Header,
    stored_size: PixelSize,
    metadata: Metadata,
    profile: Option<Vec<u8>>,
}

/// What a picture may take.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Resources<'a> {
    pub(crate) limits: &'a Limits,
    /// Where a second core may be found; `None` for a picture that keeps to one.
    pub(crate) cores: Option<&'a Cores>,
}

enum Header {
    Jpeg(Box<jpeg_header::JpegHeader>),
    Png,
    WebP,
    Tiff,
}

/// What a decoder of one format learns before it decodes.
struct Opened {
    header: Header,
    width: u32,
    height: u32,
    metadata: Metadata,
    profile: Option<Vec<u8>>,
}

impl<'a> Source<'a> {
    /// Reads the header and the metadata, and checks the limits on the file, the sides and the area.
    ///
    /// # Errors
    /// `Unsupported`, `TooLarge` or `Malformed`, by what is wrong with the file.
    pub fn open(bytes: &'a [u8], limits: &Limits) -> Result<Self, RenderError> {
        limits.check_file(bytes.len())?;
        let opened = match SourceFormat::sniff(bytes)? {
            SourceFormat::Jpeg => jpeg::open(bytes, limits)?,
            SourceFormat::Png => png::open(bytes, limits)?,
            SourceFormat::WebP => webp::open(bytes, limits)?,
            SourceFormat::Tiff => tiff::open(bytes, limits)?,
        };
        let stored_size = PixelSize::new(opened.width, opened.height)
            .map_err(|_| malformed("its header announces a picture without pixels"))?;
        let profile = opened.profile.filter(|profile| profile.len() <= MAX_READ_PROFILE_BYTES);
        Ok(Self { bytes, header: opened.header, stored_size, metadata: opened.metadata, profile })
    }

    /// The format.
    pub const fn format(&self) -> SourceFormat {
        match self.header {
            Header::Jpeg(_) => SourceFormat::Jpeg,
            Header::Png => SourceFormat::Png,
            Header::WebP => SourceFormat::WebP,
            Header::Tiff => SourceFormat::Tiff,
        }
    }

    /// The size of the upright picture.
    pub const fn size(&self) -> PixelSize {
        self.metadata.orientation.size(self.stored_size)
    }

    /// How to turn what [`Source::decode`] gives.
    pub const fn orientation(&self) -> Orientation {
        self.metadata.orientation
    }

    /// What the file says of itself.
    pub const fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The embedded ICC profile, unchecked.
    pub fn profile(&self) -> Option<&[u8]> {
        self.profile.as_deref()
    }

    /// An upper estimate of the memory that a job for a proof of this long edge takes, the file not counted.
    pub fn peak_bytes(&self, long_edge_px: u32) -> u64 {
        let target = self.stored_size.shrunk_to(long_edge_px);
        self.decoding_bytes(long_edge_px) + finishing_bytes(target)
    }

    /// An upper estimate of the memory that [`Source::decode`] takes, with its result.
    pub(crate) fn decoding_bytes(&self, long_edge_px: u32) -> u64 {
        let target = self.stored_size.shrunk_to(long_edge_px);
        match &self.header {
            Header::Jpeg(header) => jpeg::peak_bytes(header, target),
            Header::Png => png::peak_bytes(self.bytes, self.stored_size, target),
            Header::WebP => webp::peak_bytes(self.stored_size),
            Header::Tiff => tiff::peak_bytes(self.bytes, self.stored_size, target),
        }
    }

    /// Decodes a usual JPEG to planes of exactly the wanted sizes, not yet upright; `None` leaves it to
    /// [`Source::decode`]. Whom `begin` gives works on the picture meanwhile, where that is possible; `begin` itself runs while a second thread
    /// has begun already, where there is one.
    ///
    /// # Errors
    /// `TooLarge` if the estimate of [`Source::peak_bytes`] is over the limit, and those of `begin`.
    pub(crate) fn decode_planes<F: Finish>(
        &self,
        wanted: Wanted,
        begin: impl FnOnce() -> Result<Option<F>, RenderError>,
        resources: Resources<'_>,
    ) -> Result<Option<Shrunk<F>>, RenderError> {
        resources.limits.check_working(self.peak_bytes(wanted.size.long_edge()))?;
        match &self.header {
            Header::Jpeg(header) => planar::planes(self.bytes, header, wanted, begin, resources.cores),
            Header::Png | Header::WebP | Header::Tiff => Ok(None),
        }
    }

    /// Hands the coefficients of a usual JPEG with half-size chroma to whoever finishes the picture, as they are with these steps of luma
    /// and chroma; `None` leaves it to [`Source::decode_planes`].
    ///
    /// # Errors
    /// As [`Source::decode_planes`].
    pub(crate) fn requantise<F: BlockSink>(
        &self,
        steps: &[[u16; 64]; 2],
        thumb: Option<PixelSize>,
        begin: impl FnOnce() -> Result<F, RenderError>,
        resources: Resources<'_>,
    ) -> Result<Option<Requantised<F>>, RenderError> {
        resources.limits.check_working(self.peak_bytes(self.stored_size.long_edge()))?;
        match &self.header {
            Header::Jpeg(header) => planar::requantised(self.bytes, header, steps, thumb, begin),
            Header::Png | Header::WebP | Header::Tiff => Ok(None),
        }
    }

    /// [`Source::decode_planes`] on one thread and with nobody else at work, for a caller who has checked its own estimate.
    pub(crate) fn decode_planes_checked(&self, wanted: Wanted) -> Option<Shrunk<Nobody>> {
        match &self.header {
            Header::Jpeg(header) => planar::planes_alone(self.bytes, header, wanted),
            Header::Png | Header::WebP | Header::Tiff => None,
        }
    }

    /// Decodes a usual JPEG to RGB of exactly a size, and maybe its thumb to exactly another, both not yet upright; `None` leaves it to
    /// [`Source::decode`].
    ///
    /// # Errors
    /// `TooLarge` if the estimate of [`Source::peak_bytes`] is over the limit.
    pub(crate) fn decode_rgb(
        &self,
        size: PixelSize,
        thumb_size: Option<PixelSize>,
        resources: Resources<'_>,
    ) -> Result<Option<(Raster, Option<Raster>)>, RenderError> {
        resources.limits.check_working(self.peak_bytes(size.long_edge()))?;
        Ok(match &self.header {
            Header::Jpeg(header) => planar::rgb(self.bytes, header, size, thumb_size, resources.cores),
            Header::Png | Header::WebP | Header::Tiff => None,
        })
    }

    /// What a JPEG's pixels will be, before they are decoded.
    pub(crate) fn jpeg_channels(&self) -> Option<Channels> {
        match &self.header {
            Header::Jpeg(header) => Some(match header.components.len() {
                1 => Channels::Grey,
                3 => Channels::Rgb,
                _ => Channels::Cmyk,
            }),
            Header::Png | Header::WebP | Header::Tiff => None,
        }
    }

    /// Decodes to a picture that is at least as large as the original shrunk to `long_edge_px`, not yet upright.
    ///
    /// # Errors
    /// `Malformed`, `Unsupported`, or `TooLarge` if the estimate of [`Source::peak_bytes`] is over the limit.
    pub fn decode(&self, long_edge_px: u32, limits: &Limits) -> Result<Raster, RenderError> {
        limits.check_working(self.peak_bytes(long_edge_px))?;
        self.decode_checked(long_edge_px, limits)
    }

    /// [`Source::decode`] for a caller who has checked its own estimate.
    ///
    /// # Errors
    /// `Malformed` or `Unsupported`.
    pub(crate) fn decode_checked(&self, long_edge_px: u32, limits: &Limits) -> Result<Raster, RenderError> {
        let target = self.stored_size.shrunk_to(long_edge_px);
        match &self.header {
            Header::Jpeg(header) => jpeg::decode(self.bytes, header, target),
            Header::Png => png::decode(self.bytes, target),
            Header::WebP => webp::decode(self.bytes, target, limits),
            Header::Tiff => tiff::decode(self.bytes, target, limits),
        }
    }
}

impl fmt::Debug for Source<'_> {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Source")
            .field("format", &self.format())
            .field("bytes", &self.bytes.len())
            .field("stored_size", &self.stored_size)
            .finish_non_exhaustive()
    }
}
