//! JPEG through `jpeg-decoder`, scaled while it is decoded.

use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;
use jpeg_decoder::{ColorTransform, Decoder, Error, PixelFormat};

use super::jpeg_header::{self, JpegHeader};
use super::{Header, Opened};
use crate::error::{internal, malformed, unsupported};
use crate::limits::Limits;
use crate::metadata::{Blocks, Metadata};
use crate::raster::{Channels, Raster};

pub(super) fn open(bytes: &[u8], limits: &Limits) -> Result<Opened, RenderError> {
    let (header, blocks) = jpeg_header::read(bytes)?;
    limits.check_picture(header.width, header.height)?;
    let metadata = Metadata::read(Blocks { exif: blocks.exif, iptc: blocks.iptc, xmp: blocks.xmp });
    let (width, height) = (header.width, header.height);
    Ok(Opened { profile: blocks.profile(), header: Header::Jpeg(Box::new(header)), width, height, metadata })
}

pub(super) fn decode(bytes: &[u8], header: &JpegHeader, target: PixelSize) -> Result<Raster, RenderError> {
    let mut decoder = Decoder::new(bytes);
    decoder.set_color_transform(colour_transform(header));
    decoder.read_info().map_err(|cause| explain(&cause))?;
    let (width, height) = scaled_size(header, scale(header, target));
    // The decoder stops at the first scale at which either side is large enough: only the long side may decide.
    let wanted = |side: u32, is_long: bool| {
        if is_long { u16::try_from(side).unwrap_or(u16::MAX) } else { u16::MAX }
    };
    let is_wide = header.width >= header.height;
    decoder.scale(wanted(width, is_wide), wanted(height, !is_wide)).map_err(|cause| explain(&cause))?;
    let data = decoder.decode().map_err(|cause| explain(&cause))?;
    let info = decoder.info().ok_or_else(|| internal("the decoder forgot its header"))?;
    let channels = match info.pixel_format {
        PixelFormat::L8 => Channels::Grey,
        PixelFormat::RGB24 => Channels::Rgb,
        PixelFormat::CMYK32 => Channels::Cmyk,
        PixelFormat::L16 => return Err(unsupported("this is a JPEG with 16 bits per channel")),
    };
    let mut raster = Raster::new(info.width.into(), info.height.into(), channels, data)
        .ok_or_else(|| malformed("the picture has fewer pixels than its header announces"))?;
    // Adobe writes CMYK inverted and the decoder turns it back; other writers' inks were right before that.
    if channels == Channels::Cmyk && header.adobe_transform.is_none() {
        raster.data_mut().iter_mut().for_each(|ink| *ink = 255 - *ink);
    }
    Ok(raster)
}

/// Whether the picture is of luma and chroma, or of luma alone.
pub(super) fn is_ycbcr(header: &JpegHeader) -> bool {
    matches!(colour_transform(header), ColorTransform::YCbCr | ColorTransform::Grayscale)
}

/// The decision of libjpeg, which all cameras and editors were tested against.
fn colour_transform(header: &JpegHeader) -> ColorTransform {
    let ids: Vec<u8> = header.components.iter().map(|component| component.id).collect();
    match (ids.as_slice(), header.adobe_transform) {
        ([_], _) => ColorTransform::Grayscale,
        ([_, _, _], _) if header.is_jfif => ColorTransform::YCbCr,
        ([_, _, _], Some(0)) | ([b'R', b'G', b'B'], None) => ColorTransform::RGB,
        ([_, _, _], _) => ColorTransform::YCbCr,
        (_, Some(2)) => ColorTransform::YCCK,
        _ => ColorTransform::CMYK,
    }
}

/// Eighths of the full size: the smallest scale at which neither side falls below the target.
fn scale(header: &JpegHeader, target: PixelSize) -> u32 {
    [1, 2, 4]
        .into_iter()
        .find(|eighths| {
            let (width, height) = scaled_size(header, *eighths);
            width >= target.width() && height >= target.height()
        })
        .unwrap_or(8)
}

fn scaled_size(header: &JpegHeader, eighths: u32) -> (u32, u32) {
    ((header.width * eighths).div_ceil(8), (header.height * eighths).div_ceil(8))
}

/// Planes, the interleaved picture, and for progressive files every coefficient as 16 bits.
pub(super) fn peak_bytes(header: &JpegHeader, target: PixelSize) -> u64 {
    let most_across = header.components.iter().map(|component| component.across).max().unwrap_or(1);
    let most_down = header.components.iter().map(|component| component.down).max().unwrap_or(1);
    let blocks_across = u64::from(header.width.div_ceil(8 * u32::from(most_across)));
    let blocks_down = u64::from(header.height.div_ceil(8 * u32::from(most_down)));
    let blocks: u64 = header
        .components
        .iter()
        .map(|component| {
            blocks_across * u64::from(component.across) * blocks_down * u64::from(component.down)
        })
        .sum();
    let eighths = u64::from(scale(header, target));
    let (width, height) = scaled_size(header, scale(header, target));
    let planes = blocks * eighths * eighths;
    let interleaved = u64::from(width) * u64::from(height) * header.components.len() as u64;
    // A sequential file's coefficients wait row by row for their transform; half of them at once is pessimistic.
    let coefficients = blocks * 64 * if header.is_progressive { 2 } else { 1 };
    planes + interleaved + coefficients
}

fn explain(cause: &Error) -> RenderError {
    match cause {
        Error::Unsupported(feature) => {
            unsupported(format!("this JPEG uses a rare feature ({feature:?}); please export it again"))
        }
        Error::Io(_) => malformed("the file ends in the middle of the picture"),
        Error::Format(detail) => malformed(format!("its picture data is broken ({detail})")),
        Error::Internal(detail) => malformed(format!("its picture data is broken ({detail})")),
    }
}
