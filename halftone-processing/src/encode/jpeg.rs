//! JPEG through our own encoder.

use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;
use halftone_core::rendition::Quality;

use super::Blocks;
use crate::error::{internal, too_large};
use crate::jpeg::encoder::{self, Payloads, StripWriter};
use crate::planes::{Planes, convert};
use crate::raster::Raster;

/// The format's limit: ITU-T T.81, B.2.2.
const MAX_SIDE_PX: u32 = 65_535;

pub(super) fn encode(
    picture: &Raster,
    quality: Quality,
    blocks: &Blocks<'_>,
) -> Result<Vec<u8>, RenderError> {
    check_sides(picture.width().max(picture.height()))?;
    encode_planes(&convert::planes_of(picture), quality, blocks)
}

pub(super) fn encode_planes(
    picture: &Planes,
    quality: Quality,
    blocks: &Blocks<'_>,
) -> Result<Vec<u8>, RenderError> {
    let payloads = payloads(picture.size(), blocks)?;
    Ok(encoder::encode(picture, quality.get(), &payloads))
}

/// Begins a file that will be written strip by strip.
pub(super) fn begin(
    size: PixelSize,
    quality: Quality,
    blocks: &Blocks<'_>,
) -> Result<StripWriter, RenderError> {
    Ok(StripWriter::new(size, quality.get(), &payloads(size, blocks)?))
}

/// What goes beside the picture, once it is known that the format takes both.
fn payloads<'a>(size: PixelSize, blocks: &'a Blocks<'_>) -> Result<Payloads<'a>, RenderError> {
    check_sides(size.long_edge())?;
    let payloads =
        Payloads { profile: blocks.profile, exif: blocks.exif.as_deref(), xmp: blocks.xmp.as_deref() };
    if !payloads.fit() {
        return Err(internal("what goes into the JPEG beside its picture is too long"));
    }
    Ok(payloads)
}

fn check_sides(longest: u32) -> Result<(), RenderError> {
    if longest > MAX_SIDE_PX {
        return Err(too_large(format!("a JPEG has at most {MAX_SIDE_PX} pixels per side")));
    }
    Ok(())
}
