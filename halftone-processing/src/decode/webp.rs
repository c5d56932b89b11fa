//! WebP through `image-webp`.

use std::io::Cursor;

use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;
use image_webp::{DecodingError, WebPDecoder};

use super::reduce::{RowReducer, on_white};
use super::{Header, Opened};
use crate::error::{malformed, too_large, unsupported};
use crate::limits::Limits;
use crate::metadata::{Blocks, Metadata};
use crate::raster::{Channels, Raster};

/// What one metadata chunk may take: 4 MiB.
const MAX_CHUNK_BYTES: usize = 4 * 1024 * 1024;

pub(super) fn open(bytes: &[u8], limits: &Limits) -> Result<Opened, RenderError> {
    let mut decoder = decoder(bytes)?;
    let (width, height) = decoder.dimensions();
    limits.check_picture(width, height)?;
    if decoder.is_animated() {
        return Err(unsupported("this is an animation; please upload still pictures"));
    }
    decoder.set_memory_limit(MAX_CHUNK_BYTES);
    // Broken or oversized metadata is as good as none.
    let exif = decoder.exif_metadata().ok().flatten();
    let xmp = decoder.xmp_metadata().ok().flatten();
    let profile = decoder.icc_profile().ok().flatten();
    // Some writers copy the prefix of the JPEG segment into the chunk.
    let exif = exif.as_deref().map(|block| block.strip_prefix(b"Exif\0\0").unwrap_or(block));
    let metadata = Metadata::read(Blocks { exif, iptc: None, xmp: xmp.as_deref() });
    Ok(Opened { header: Header::WebP, width, height, metadata, profile })
}

pub(super) fn decode(bytes: &[u8], target: PixelSize, limits: &Limits) -> Result<Raster, RenderError> {
    let mut decoder = decoder(bytes)?;
    decoder.set_memory_limit(usize::try_from(limits.max_working_bytes).unwrap_or(usize::MAX));
    let (width, height) = decoder.dimensions();
    let size = PixelSize::new(width, height).map_err(|_| malformed("it has no pixels"))?;
    let needed = decoder.output_buffer_size().ok_or_else(|| too_large("it does not fit into memory"))?;
    let mut data = vec![0; needed];
    decoder.read_image(&mut data).map_err(|cause| explain(&cause))?;
    if !decoder.has_alpha() {
        return Raster::new(width, height, Channels::Rgb, data)
            .ok_or_else(|| malformed("its size is inconsistent"));
    }
    let mut reducer = RowReducer::new(size, target, Channels::Rgb);
    let mut flat = Vec::new();
    for row in data.chunks_exact(width as usize * 4) {
        reducer.push(on_white::<4>(row, &mut flat))?;
    }
    reducer.finish()
}

/// The decoder's planes or its RGBA buffer, and the output.
pub(super) fn peak_bytes(size: PixelSize) -> u64 {
    const BYTES_PER_PIXEL: u64 = 8;
    size.area() * BYTES_PER_PIXEL
}

fn decoder(bytes: &[u8]) -> Result<WebPDecoder<Cursor<&[u8]>>, RenderError> {
    WebPDecoder::new(Cursor::new(bytes)).map_err(|cause| explain(&cause))
}

fn explain(cause: &DecodingError) -> RenderError {
    match cause {
        DecodingError::IoError(_) => malformed("the file ends in the middle of the picture"),
        DecodingError::ImageTooLarge | DecodingError::MemoryLimitExceeded => {
            too_large("it does not fit into memory")
        }
        other => malformed(format!("its data is broken ({other})")),
    }
}
