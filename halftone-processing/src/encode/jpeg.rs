//! JPEG through our own encoder.

use halftone_core::ports::renderer::RenderError;
use halftone_core::rendition::Quality;

use super::Blocks;
use crate::error::{internal, too_large};
use crate::jpeg::encoder::{self, Payloads};
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
    check_sides(picture.size().long_edge())?;
    let payloads =
        Payloads { profile: blocks.profile, exif: blocks.exif.as_deref(), xmp: blocks.xmp.as_deref() };
    if !payloads.fit() {
        return Err(internal("what goes into the JPEG beside its picture is too long"));
    }
    Ok(encoder::encode(picture, quality.get(), &payloads))
}

fn check_sides(longest: u32) -> Result<(), RenderError> {
    if longest > MAX_SIDE_PX {
        return Err(too_large(format!("a JPEG has at most {MAX_SIDE_PX} pixels per side")));
    }
    Ok(())
}
