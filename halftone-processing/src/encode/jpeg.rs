//! JPEG through `jpeg-encoder`.

use halftone_core::ports::renderer::RenderError;
use halftone_core::rendition::Quality;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, EncodingError, SamplingFactor};

use super::Blocks;
use crate::error::{internal, too_large};
use crate::raster::Raster;

pub(super) fn encode(
    picture: &Raster,
    quality: Quality,
    blocks: &Blocks<'_>,
) -> Result<Vec<u8>, RenderError> {
    let side =
        |side: u32| u16::try_from(side).map_err(|_| too_large("a JPEG has at most 65,535 pixels per side"));
    let (width, height) = (side(picture.width())?, side(picture.height())?);
    // About 2 bits per pixel at the usual quality.
    let mut file = Vec::with_capacity(picture.data().len() / 12 + 4096);
    let mut encoder = Encoder::new(&mut file, quality.get());
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    // The mean of four pixels' chroma, as libjpeg does: one pixel of four would give red edges a jagged fringe.
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    attach(&mut encoder, blocks).map_err(|cause| explain(&cause))?;
    encoder.encode(picture.data(), width, height, ColorType::Rgb).map_err(|cause| explain(&cause))?;
    Ok(file)
}

fn attach(encoder: &mut Encoder<&mut Vec<u8>>, blocks: &Blocks<'_>) -> Result<(), EncodingError> {
    if let Some(exif) = &blocks.exif {
        encoder.add_exif_metadata(exif)?;
    }
    if let Some(xmp) = &blocks.xmp {
        let mut segment = b"http://ns.adobe.com/xap/1.0/\0".to_vec();
        segment.extend_from_slice(xmp.as_bytes());
        encoder.add_app_segment(1, segment)?;
    }
    if let Some(profile) = blocks.profile {
        encoder.add_icc_profile(profile)?;
    }
    Ok(())
}

fn explain(cause: &EncodingError) -> RenderError {
    internal(format!("the JPEG encoder failed: {cause}"))
}
