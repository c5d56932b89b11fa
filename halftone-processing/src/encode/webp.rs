//! WebP through libwebp, and the container that carries profile and authorship:
//! RFC 9649, section 2.7, "Extended File Format".

use halftone_core::ports::renderer::RenderError;
use halftone_core::rendition::Quality;
use webp::{Encoder, WebPConfig};

use super::Blocks;
use crate::error::{internal, too_large};
use crate::raster::Raster;

/// RFC 9649, section 2.5: 14 bits per side.
const MAX_SIDE_PX: u32 = 16_383;

/// libwebp's effort, 0 to 6. Its default of 4 takes two and a half times as long as 2 for files of the same size.
const METHOD: i32 = 2;

const ICC_FLAG: u8 = 0x20;
const EXIF_FLAG: u8 = 0x08;
const XMP_FLAG: u8 = 0x04;

pub(super) fn encode(
    picture: &Raster,
    quality: Quality,
    blocks: &Blocks<'_>,
) -> Result<Vec<u8>, RenderError> {
    if picture.width().max(picture.height()) > MAX_SIDE_PX {
        return Err(too_large(format!("a WebP has at most {MAX_SIDE_PX} pixels per side")));
    }
    let mut config =
        WebPConfig::new().map_err(|()| internal("libwebp has another version than its bindings"))?;
    config.quality = f32::from(quality.get());
    config.method = METHOD;
    let simple = Encoder::from_rgb(picture.data(), picture.width(), picture.height())
        .encode_advanced(&config)
        .map_err(|cause| internal(format!("the WebP encoder failed: {cause:?}")))?;
    if blocks.profile.is_none() && blocks.exif.is_none() && blocks.xmp.is_none() {
        return Ok(simple.to_vec());
    }
    extend(&simple, picture, blocks)
}

/// Wraps a simple file into an extended one.
fn extend(simple: &[u8], picture: &Raster, blocks: &Blocks<'_>) -> Result<Vec<u8>, RenderError> {
    const RIFF_HEADER_BYTES: usize = 12;
    let bitstream =
        simple.get(RIFF_HEADER_BYTES..).ok_or_else(|| internal("the WebP encoder wrote no file"))?;
    let flag = |is_there: bool, flag: u8| if is_there { flag } else { 0 };
    let flags = flag(blocks.profile.is_some(), ICC_FLAG)
        | flag(blocks.exif.is_some(), EXIF_FLAG)
        | flag(blocks.xmp.is_some(), XMP_FLAG);
    let mut header = vec![flags, 0, 0, 0];
    // Both sides as 24 bits, less one.
    header.extend_from_slice(&(picture.width() - 1).to_le_bytes()[..3]);
    header.extend_from_slice(&(picture.height() - 1).to_le_bytes()[..3]);

    let mut file = b"RIFF\0\0\0\0WEBP".to_vec();
    // The order of the chunks is the container's.
    push_chunk(&mut file, *b"VP8X", &header)?;
    if let Some(profile) = blocks.profile {
        push_chunk(&mut file, *b"ICCP", profile)?;
    }
    file.extend_from_slice(bitstream);
    if let Some(exif) = &blocks.exif {
        push_chunk(&mut file, *b"EXIF", exif)?;
    }
    if let Some(xmp) = &blocks.xmp {
        push_chunk(&mut file, *b"XMP ", xmp.as_bytes())?;
    }
    let length = chunk_length(file.len() - 8)?;
    file[4..8].copy_from_slice(&length);
    Ok(file)
}

fn push_chunk(file: &mut Vec<u8>, name: [u8; 4], payload: &[u8]) -> Result<(), RenderError> {
    file.extend_from_slice(&name);
    file.extend_from_slice(&chunk_length(payload.len())?);
    file.extend_from_slice(payload);
    if payload.len() % 2 == 1 {
        file.push(0);
    }
    Ok(())
}

fn chunk_length(bytes: usize) -> Result<[u8; 4], RenderError> {
    u32::try_from(bytes).map(u32::to_le_bytes).map_err(|_| internal("a WebP file of over 4 GiB"))
}
