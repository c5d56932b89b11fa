//! PNG, row by row.

use std::io::Cursor;

use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;
use png::{ColorType, Decoder, DecodingError, Info, Limits as PngLimits, Reader, Transformations};

use super::reduce::{RowReducer, reduced_bytes};
use super::{Header, Opened};
use crate::error::{malformed, too_large, unsupported};
use crate::limits::Limits;
use crate::metadata::{Blocks, Metadata};
use crate::raster::{Channels, Raster};

/// What profiles, texts and rows may take inside the decoder: 32 MiB.
const MAX_CHUNK_BYTES: usize = 32 * 1024 * 1024;

/// The keyword of an XMP packet: XMP specification part 3, section 1.1.5.
const XMP_KEYWORD: &str = "XML:com.adobe.xmp";

type PngReader<'a> = Reader<Cursor<&'a [u8]>>;

pub(super) fn open(bytes: &[u8], limits: &Limits) -> Result<Opened, RenderError> {
    let (width, height, _) = header(bytes)?;
    limits.check_picture(width, height)?;
    let reader = reader(bytes, Transformations::IDENTITY)?;
    let info = reader.info();
    let xmp = xmp_packet(info);
    let exif = info.exif_metadata.as_deref();
    let metadata = Metadata::read(Blocks { exif, iptc: None, xmp: xmp.as_deref().map(str::as_bytes) });
    let profile = info.icc_profile.as_deref().map(<[u8]>::to_vec);
    Ok(Opened { header: Header::Png, width, height, metadata, profile })
}

fn xmp_packet(info: &Info<'_>) -> Option<String> {
    let chunk = info.utf8_text.iter().find(|chunk| chunk.keyword == XMP_KEYWORD)?;
    // A compressed packet may be a bomb, and nobody writes one.
    if chunk.compressed { None } else { chunk.get_text().ok() }
}

/// Width, height and whether the rows are interlaced, before any decoder allocates for them.
fn header(bytes: &[u8]) -> Result<(u32, u32, bool), RenderError> {
    let short = || malformed("the file ends within its header");
    if bytes.get(12..16).ok_or_else(short)? != b"IHDR" {
        return Err(malformed("its header is missing"));
    }
    let number =
        |at: usize| bytes.get(at..).and_then(<[u8]>::first_chunk).map(|four| u32::from_be_bytes(*four));
    let width = number(16).ok_or_else(short)?;
    let height = number(20).ok_or_else(short)?;
    let is_interlaced = *bytes.get(28).ok_or_else(short)? != 0;
    Ok((width, height, is_interlaced))
}

fn reader(bytes: &[u8], transformations: Transformations) -> Result<PngReader<'_>, RenderError> {
    let mut decoder = Decoder::new_with_limits(Cursor::new(bytes), PngLimits { bytes: MAX_CHUNK_BYTES });
    decoder.set_transformations(transformations);
    decoder.read_info().map_err(|cause| explain(&cause))
}

pub(super) fn decode(bytes: &[u8], target: PixelSize) -> Result<Raster, RenderError> {
    // Palettes and small depths become 8 bits, transparency becomes alpha, 16 bits lose their lower half.
    let mut reader = reader(bytes, Transformations::EXPAND | Transformations::STRIP_16)?;
    let (width, height) = reader.info().size();
    let size = PixelSize::new(width, height).map_err(|_| malformed("it has no pixels"))?;
    let flatten = Flatten::of(reader.output_color_type().0)?;
    let mut reducer = RowReducer::new(size, target, flatten.channels());
    let mut flat = Vec::new();
    if reader.info().interlaced {
        let needed = reader.output_buffer_size().ok_or_else(|| too_large("it does not fit into memory"))?;
        let mut whole = vec![0; needed];
        let frame = reader.next_frame(&mut whole).map_err(|cause| explain(&cause))?;
        for row in whole.chunks_exact(frame.line_size).take(height as usize) {
            reducer.push(flatten.row(row, &mut flat))?;
        }
    } else {
        for _ in 0..height {
            let row = reader.next_row().map_err(|cause| explain(&cause))?;
            let row = row.ok_or_else(|| malformed("the file ends before the last row of the picture"))?;
            reducer.push(flatten.row(row.data(), &mut flat))?;
        }
    }
    reducer.finish()
}

/// Decodes a whole PNG with its alpha as RGBA; for logos, whose size the caller has checked.
pub(crate) fn rgba(bytes: &[u8], limits: &Limits) -> Result<(PixelSize, Vec<u8>), RenderError> {
    let (width, height, _) = header(bytes)?;
    let most = limits.max_logo_side_px;
    if width > most || height > most {
        return Err(too_large(format!("it has {width} x {height} pixels and each side may have {most}")));
    }
    let size = PixelSize::new(width, height).map_err(|_| malformed("it has no pixels"))?;
    let mut reader = reader(bytes, Transformations::ALPHA | Transformations::STRIP_16)?;
    let needed = reader.output_buffer_size().ok_or_else(|| too_large("it does not fit into memory"))?;
    let mut data = vec![0; needed];
    reader.next_frame(&mut data).map_err(|cause| explain(&cause))?;
    let data = match reader.output_color_type().0 {
        ColorType::Rgba => data,
        ColorType::GrayscaleAlpha => {
            let (pixels, _) = data.as_chunks::<2>();
            pixels.iter().flat_map(|[grey, alpha]| [*grey, *grey, *grey, *alpha]).collect()
        }
        ColorType::Rgb | ColorType::Grayscale | ColorType::Indexed => {
            return Err(unsupported("its transparency cannot be read"));
        }
    };
    Ok((size, data))
}

/// Interlaced files are held whole; others are averaged row by row.
pub(super) fn peak_bytes(bytes: &[u8], size: PixelSize, target: PixelSize) -> u64 {
    const WIDEST_PIXEL_BYTES: u64 = 8;
    let is_interlaced = header(bytes).is_ok_and(|(_, _, is_interlaced)| is_interlaced);
    let rows = if is_interlaced { size.area() * 4 } else { 0 };
    rows + u64::from(size.width()) * WIDEST_PIXEL_BYTES * 4 + reduced_bytes(size, target, Channels::Rgb)
}

/// Lays rows with alpha on white paper.
#[derive(Clone, Copy)]
enum Flatten {
    Grey,
    GreyAlpha,
    Rgb,
    Rgba,
}

impl Flatten {
    fn of(colours: ColorType) -> Result<Self, RenderError> {
        match colours {
            ColorType::Grayscale => Ok(Self::Grey),
            ColorType::GrayscaleAlpha => Ok(Self::GreyAlpha),
            ColorType::Rgb => Ok(Self::Rgb),
            ColorType::Rgba => Ok(Self::Rgba),
            ColorType::Indexed => Err(unsupported("its palette cannot be read")),
        }
    }

    const fn channels(self) -> Channels {
        match self {
            Self::Grey | Self::GreyAlpha => Channels::Grey,
            Self::Rgb | Self::Rgba => Channels::Rgb,
        }
    }

    fn row<'r>(self, row: &'r [u8], flat: &'r mut Vec<u8>) -> &'r [u8] {
        match self {
            Self::Grey | Self::Rgb => row,
            Self::GreyAlpha => super::reduce::on_white::<2>(row, flat),
            Self::Rgba => super::reduce::on_white::<4>(row, flat),
        }
    }
}

fn explain(cause: &DecodingError) -> RenderError {
    match cause {
        DecodingError::IoError(_) => malformed("the file ends in the middle of the picture"),
        DecodingError::LimitsExceeded => too_large("its rows or its metadata need too much memory"),
        DecodingError::Format(detail) => malformed(format!("its data is broken ({detail})")),
        DecodingError::Parameter(detail) => malformed(format!("its data is broken ({detail})")),
    }
}
