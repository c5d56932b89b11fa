//! Prints: a part of an original at exactly the pixels that a lab asks for.

use bytes::Bytes;
use halftone_core::geometry::{CropRect, PixelSize};
use halftone_core::ports::renderer::{RenderError, RenderedImage};
use halftone_core::print::PrintLayout;
use halftone_core::rendition::{ColourPolicy, RenditionFormat};
use jpeg_encoder::{ColorType, Encoder, EncodingError, JfifWrite, PixelDensity, SamplingFactor};

use super::{Pipeline, guarded};
use crate::colour::{self, RgbSpace, SourceColour};
use crate::decode::Source;
use crate::decode::planar::{Shrunk, Wanted};
use crate::error::internal;
use crate::metadata::{Credit, write};
use crate::orient::Orientation;
use crate::planes::convert;
use crate::raster::Raster;
use crate::resize::{resize_part, resize_plane_part};

/// Quality on the scale of libjpeg: steps of one, which no lab's printer shows.
const QUALITY: u8 = 100;

/// How much finer than the print a picture is decoded: scaled decoding blurs a little, and the resizer takes the last step.
const OVERSAMPLING: f64 = 2.0;

/// The print, its conversion, what the resizer keeps between its two steps, and the file.
const BYTES_PER_PIXEL: u64 = 9;

/// The first bytes of an APP1 segment that holds XMP.
const XMP_HEADER: &[u8] = b"http://ns.adobe.com/xap/1.0/\0";

impl Pipeline {
    /// Cuts a print out of an original and makes it exactly as many pixels as the layout says, in sRGB with its profile, as JPEG of
    /// the highest quality with full chroma. A part that has fewer pixels is enlarged.
    ///
    /// # Errors
    /// `Malformed`, `TooLarge` or `Unsupported` for the file.
    pub fn render_print(&self, original: &[u8], layout: &PrintLayout) -> Result<RenderedImage, RenderError> {
        self.render_print_within(original, layout, |_| ())
    }

    /// See [`Pipeline::render_proof_within`].
    pub(crate) fn render_print_within<R>(
        &self,
        original: &[u8],
        layout: &PrintLayout,
        reserve: impl FnOnce(u64) -> R,
    ) -> Result<RenderedImage, RenderError> {
        guarded(|| {
            let source = Source::open(original, &self.limits)?;
            let long_edge_px = needed_edge(source.size(), layout);
            let finishing = layout.size.area() * BYTES_PER_PIXEL;
            let peak = source.decoding_bytes(long_edge_px) + finishing;
            self.limits.check_working(peak)?;
            let _reserved = reserve(peak);
            let print = if let Some(print) = planar_part(&source, layout, long_edge_px)? {
                print
            } else {
                let decoded = source.decode_checked(long_edge_px, &self.limits)?;
                let (part, size) = stored_part(&source, layout, (decoded.width(), decoded.height()));
                resize_part(&decoded, part, size)?
            };
            let colours =
                SourceColour { profile: source.profile(), is_adobe_rgb: source.metadata().is_adobe_rgb };
            let (print, space) =
                colour::to_rgb(source.orientation().apply(print), colours, ColourPolicy::Srgb)?;
            let bytes = encode(&print, layout.dpi, &space, &source.metadata().credit)?;
            Ok(RenderedImage { bytes, size: layout.size, format: RenditionFormat::Jpeg })
        })
    }
}

/// The way of a usual JPEG: luma and chroma are cut and resized each from its own size, and never exist as a large picture in
/// RGB. `None` leaves it to the other way.
fn planar_part(
    source: &Source<'_>,
    layout: &PrintLayout,
    long_edge_px: u32,
) -> Result<Option<Raster>, RenderError> {
    let stored = source.orientation().size(source.size());
    let size = stored.shrunk_to(long_edge_px);
    let wanted = Wanted { size, thumb: None, orientation: Orientation::Upright };
    let Some(Shrunk { picture, .. }) = source.decode_planes_checked(wanted) else { return Ok(None) };
    let (part, size) = stored_part(source, layout, (size.width(), size.height()));
    // A chroma sample lies in the middle of four of luma, so half of a place is the same place.
    let half = part.map(|side| side / 2.0);
    let luma = resize_plane_part(&picture.luma, part, size)?;
    let [blue, red] = &picture.chroma;
    let chroma = [resize_plane_part(blue, half, size)?, resize_plane_part(red, half, size)?];
    drop(picture);
    Ok(convert::rgb_of(&luma, [&chroma[0], &chroma[1]]))
}

/// How long the longer side of the whole picture has to be for its part to have the print's pixels, and some more.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "cut off at the picture's own side"
)]
fn needed_edge(picture: PixelSize, layout: &PrintLayout) -> u32 {
    let across = f64::from(layout.size.width()) / (f64::from(picture.width()) * layout.crop.width());
    let down = f64::from(layout.size.height()) / (f64::from(picture.height()) * layout.crop.height());
    let edge = (across.max(down) * OVERSAMPLING * f64::from(picture.long_edge())).ceil();
    edge.min(f64::from(picture.long_edge())) as u32
}

/// Where the crop lies in the stored picture, decoded to these sides: `[left, top, width, height]` in pixels, inside the picture in
/// spite of rounding. And the size of the print before it is turned upright.
fn stored_part(
    source: &Source<'_>,
    layout: &PrintLayout,
    (width, height): (u32, u32),
) -> ([f64; 4], PixelSize) {
    let orientation = source.orientation();
    let [left, top, across, down] = turned(layout.crop, orientation);
    let (width, height) = (f64::from(width), f64::from(height));
    let left = (left * width).clamp(0.0, width);
    let top = (top * height).clamp(0.0, height);
    let part = [left, top, (across * width).min(width - left), (down * height).min(height - top)];
    (part, orientation.size(layout.size))
}

/// A part of the upright picture as one of the stored picture, in fractions of its sides.
fn turned(crop: CropRect, orientation: Orientation) -> [f64; 4] {
    let [mut left, mut top, width, height] = if orientation.turns() {
        [crop.y(), crop.x(), crop.height(), crop.width()]
    } else {
        [crop.x(), crop.y(), crop.width(), crop.height()]
    };
    let (reverses_rows, reverses_columns) = orientation.reverses();
    if reverses_rows {
        left = 1.0 - left - width;
    }
    if reverses_columns {
        top = 1.0 - top - height;
    }
    [left, top, width, height]
}

fn encode(print: &Raster, dpi: u16, space: &RgbSpace, credit: &Credit) -> Result<Bytes, RenderError> {
    let side =
        |side: u32| u16::try_from(side).map_err(|_| internal("a print has a side over the limit of JPEG"));
    let (width, height) = (side(print.width())?, side(print.height())?);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    encoder.set_density(PixelDensity::dpi(dpi));
    attach(&mut encoder, space, credit).map_err(|error| failed(&error))?;
    encoder.encode(print.data(), width, height, ColorType::Rgb).map_err(|error| failed(&error))?;
    Ok(file.into())
}

fn attach<W: JfifWrite>(
    encoder: &mut Encoder<W>,
    space: &RgbSpace,
    credit: &Credit,
) -> Result<(), EncodingError> {
    if let Some(exif) = write::exif(credit) {
        encoder.add_exif_metadata(&exif)?;
    }
    if let Some(xmp) = write::xmp(credit) {
        encoder.add_app_segment(1, [XMP_HEADER, xmp.as_bytes()].concat())?;
    }
    if let Some(profile) = space.profile() {
        encoder.add_icc_profile(profile)?;
    }
    Ok(())
}

fn failed(error: &EncodingError) -> RenderError {
    internal(format!("the print could not be encoded: {error}"))
}
