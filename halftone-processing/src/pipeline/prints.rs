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
use crate::error::internal;
use crate::metadata::{Credit, write};
use crate::orient::Orientation;
use crate::raster::Raster;
use crate::resize::resize_part;

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
            let orientation = source.orientation();
            let decoded = match shrunk(&source, long_edge_px) {
                Some(shrunk) => shrunk,
                None => source.decode_checked(long_edge_px, &self.limits)?,
            };
            let part = part_of(&decoded, stored_part(layout.crop, orientation));
            let print = resize_part(&decoded, part, orientation.size(layout.size))?;
            drop(decoded);
            let colours =
                SourceColour { profile: source.profile(), is_adobe_rgb: source.metadata().is_adobe_rgb };
            let (print, space) = colour::to_rgb(orientation.apply(print), colours, ColourPolicy::Srgb)?;
            let bytes = encode(&print, layout.dpi, &space, &source.metadata().credit)?;
            Ok(RenderedImage { bytes, size: layout.size, format: RenditionFormat::Jpeg })
        })
    }
}

/// The fast way for a usual JPEG of which the print needs less than all. Its chroma is as coarse as the file's, which a
/// picture that is shrunk once more does not show; at full size it would.
fn shrunk(source: &Source<'_>, long_edge_px: u32) -> Option<Raster> {
    let stored = source.orientation().size(source.size());
    (long_edge_px < stored.long_edge()).then(|| source.decode_rgb_checked(stored.shrunk_to(long_edge_px)))?
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

/// Where a part of the upright picture lies in the stored one: `[left, top, width, height]` in fractions of its sides.
fn stored_part(crop: CropRect, orientation: Orientation) -> [f64; 4] {
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

/// Fractions in pixels, inside the picture in spite of rounding.
fn part_of(picture: &Raster, [left, top, width, height]: [f64; 4]) -> [f64; 4] {
    let (full_width, full_height) = (f64::from(picture.width()), f64::from(picture.height()));
    let left = (left * full_width).clamp(0.0, full_width);
    let top = (top * full_height).clamp(0.0, full_height);
    [left, top, (width * full_width).min(full_width - left), (height * full_height).min(full_height - top)]
}

fn encode(print: &Raster, dpi: u16, space: &RgbSpace, credit: &Credit) -> Result<Bytes, RenderError> {
    let side =
        |side: u32| u16::try_from(side).map_err(|_| internal("a print has a side over the limit of JPEG"));
    let (width, height) = (side(print.width())?, side(print.height())?);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, QUALITY);
    encoder.set_sampling_factor(SamplingFactor::F_1_1);
    encoder.set_density(PixelDensity::dpi(dpi));
    attach(&mut encoder, space, credit).map_err(failed)?;
    encoder.encode(print.data(), width, height, ColorType::Rgb).map_err(failed)?;
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

fn failed(error: EncodingError) -> RenderError {
    internal(format!("the print could not be encoded: {error}"))
}
