//! TIFF, strip by strip or tile by tile.

use std::io::Cursor;

use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;
use tiff::decoder::{ChunkType, Decoder, DecodingResult, Limits as TiffLimits};
use tiff::tags::Tag;
use tiff::{ColorType, TiffError};

use super::reduce::{RowReducer, on_white, reduced_bytes};
use super::{Header, Opened};
use crate::error::{malformed, too_large, unsupported};
use crate::limits::Limits;
use crate::metadata::{self, Metadata};
use crate::raster::{Channels, Raster};

/// The value of `ExtraSamples` for colours already multiplied with alpha: TIFF 6.0, section 18.
const ASSOCIATED: u16 = 1;

type TiffDecoder<'a> = Decoder<Cursor<&'a [u8]>>;

pub(super) fn open(bytes: &[u8], limits: &Limits) -> Result<Opened, RenderError> {
    let mut decoder = decoder(bytes, limits)?;
    let (width, height) = decoder.dimensions().map_err(|cause| explain(&cause))?;
    limits.check_picture(width, height)?;
    Layout::read(&mut decoder)?;
    let metadata = Metadata::read(metadata::tiff_blocks(bytes));
    let profile = metadata::tiff_profile(bytes).map(<[u8]>::to_vec);
    Ok(Opened { header: Header::Tiff, width, height, metadata, profile })
}

pub(super) fn decode(bytes: &[u8], target: PixelSize, limits: &Limits) -> Result<Raster, RenderError> {
    let mut decoder = decoder(bytes, limits)?;
    let (width, height) = decoder.dimensions().map_err(|cause| explain(&cause))?;
    let size = PixelSize::new(width, height).map_err(|_| malformed("it has no pixels"))?;
    let layout = Layout::read(&mut decoder)?;
    let mut reducer = RowReducer::new(size, target, layout.channels());
    let (chunk_width, chunk_height) = decoder.chunk_dimensions();
    if chunk_width == 0 || chunk_height == 0 {
        return Err(malformed("its strips have no size"));
    }
    let chunks_across = match decoder.get_chunk_type() {
        ChunkType::Strip => 1,
        ChunkType::Tile => width.div_ceil(chunk_width),
    };
    let row_samples = width as usize * layout.samples;
    let mut flat = Vec::new();
    for band_index in 0..height.div_ceil(chunk_height) {
        let rows = chunk_height.min(height - band_index * chunk_height) as usize;
        let mut band = vec![0; rows * row_samples];
        for across in 0..chunks_across {
            let index = band_index * chunks_across + across;
            let left = across as usize * chunk_width as usize * layout.samples;
            read_chunk(&mut decoder, index, layout.samples, &mut band, row_samples, left)?;
        }
        for row in band.chunks_exact(row_samples) {
            reducer.push(layout.row(row, &mut flat))?;
        }
    }
    reducer.finish()
}

/// Reads one strip or tile as 8 bits into its place in the band.
fn read_chunk(
    decoder: &mut TiffDecoder<'_>,
    index: u32,
    samples: usize,
    band: &mut [u8],
    band_row: usize,
    left: usize,
) -> Result<(), RenderError> {
    let (width, _) = decoder.chunk_data_dimensions(index);
    let data = match decoder.read_chunk(index).map_err(|cause| explain(&cause))? {
        DecodingResult::U8(data) => data,
        // Exact rounding of v / 257.
        DecodingResult::U16(data) => data.iter().map(|value| to_eight_bits(*value)).collect(),
        _ => {
            return Err(unsupported(
                "this TIFF has floating-point or 32-bit channels; please export it with 8 or 16 bits",
            ));
        }
    };
    let chunk_row = width as usize * samples;
    if chunk_row == 0 {
        return Err(malformed("a strip has no size"));
    }
    for (row, target) in data.chunks_exact(chunk_row).zip(band.chunks_exact_mut(band_row)) {
        target
            .get_mut(left..left + chunk_row)
            .ok_or_else(|| malformed("a tile lies outside the picture"))?
            .copy_from_slice(row);
    }
    Ok(())
}

fn to_eight_bits(value: u16) -> u8 {
    u8::try_from((u32::from(value) + 128) / 257).unwrap_or(u8::MAX)
}

/// How the samples of one pixel become channels.
struct Layout {
    samples: usize,
    kind: Kind,
}

enum Kind {
    Plain(Channels),
    /// Grey or RGB with alpha that the colours were not multiplied with.
    Alpha(Channels),
    /// Grey or RGB already multiplied with its alpha.
    Premultiplied(Channels),
    /// CMYK with an alpha that paper does not show.
    CmykAlpha,
}

impl Layout {
    fn read(decoder: &mut TiffDecoder<'_>) -> Result<Self, RenderError> {
        let planar: Option<u16> =
            decoder.find_tag_unsigned(Tag::PlanarConfiguration).map_err(|cause| explain(&cause))?;
        if planar == Some(2) {
            return Err(unsupported(
                "this TIFF stores its channels apart (planar); please export it interleaved",
            ));
        }
        let alpha = |decoder: &mut TiffDecoder<'_>, channels| {
            let extra: Option<Vec<u16>> = decoder.find_tag_unsigned_vec(Tag::ExtraSamples).ok().flatten();
            if extra.is_some_and(|extra| extra.first() == Some(&ASSOCIATED)) {
                Kind::Premultiplied(channels)
            } else {
                Kind::Alpha(channels)
            }
        };
        let (samples, kind) = match decoder.colortype().map_err(|cause| explain(&cause))? {
            ColorType::Gray(8 | 16) => (1, Kind::Plain(Channels::Grey)),
            ColorType::GrayA(8 | 16) => (2, alpha(decoder, Channels::Grey)),
            ColorType::RGB(8 | 16) => (3, Kind::Plain(Channels::Rgb)),
            ColorType::RGBA(8 | 16) => (4, alpha(decoder, Channels::Rgb)),
            ColorType::CMYK(8 | 16) => (4, Kind::Plain(Channels::Cmyk)),
            ColorType::CMYKA(8 | 16) => (5, Kind::CmykAlpha),
            other => {
                return Err(unsupported(format!(
                    "this TIFF stores its colours as {other:?}; please export it as RGB"
                )));
            }
        };
        Ok(Self { samples, kind })
    }

    const fn channels(&self) -> Channels {
        match &self.kind {
            Kind::Plain(channels) | Kind::Alpha(channels) | Kind::Premultiplied(channels) => *channels,
            Kind::CmykAlpha => Channels::Cmyk,
        }
    }

    fn row<'r>(&self, row: &'r [u8], flat: &'r mut Vec<u8>) -> &'r [u8] {
        match &self.kind {
            Kind::Plain(_) => row,
            Kind::Alpha(Channels::Grey) => on_white::<2>(row, flat),
            Kind::Alpha(_) => on_white::<4>(row, flat),
            Kind::Premultiplied(channels) => {
                flat.clear();
                for pixel in row.chunks_exact(self.samples) {
                    let paper = 255 - pixel[self.samples - 1];
                    flat.extend(pixel[..channels.count()].iter().map(|value| value.saturating_add(paper)));
                }
                flat
            }
            Kind::CmykAlpha => {
                flat.clear();
                let (pixels, _) = row.as_chunks::<5>();
                for pixel in pixels {
                    flat.extend_from_slice(&pixel[..4]);
                }
                flat
            }
        }
    }
}

/// One band of strips or tiles in its own depth and as 8 bits, and the reduced picture.
pub(super) fn peak_bytes(bytes: &[u8], size: PixelSize, target: PixelSize) -> u64 {
    // An unreadable header has been refused before; the most that a pixel can take is the safe answer.
    let (rows, pixel_bytes) = decoder(bytes, &Limits::default())
        .ok()
        .and_then(|mut decoder| {
            let colours = decoder.colortype().ok()?;
            let sample_bytes = u64::from(colours.bit_depth()).div_ceil(8);
            Some((decoder.chunk_dimensions().1, u64::from(colours.num_samples()) * sample_bytes))
        })
        .unwrap_or((size.height(), 16));
    let band = u64::from(rows.min(size.height())) * u64::from(size.width());
    band * (pixel_bytes * 2 + 4) + reduced_bytes(size, target, Channels::Cmyk)
}

fn decoder<'a>(bytes: &'a [u8], limits: &Limits) -> Result<TiffDecoder<'a>, RenderError> {
    let working = usize::try_from(limits.max_working_bytes).unwrap_or(usize::MAX);
    let mut most = TiffLimits::default();
    most.decoding_buffer_size = working;
    most.intermediate_buffer_size = working;
    Ok(Decoder::new(Cursor::new(bytes)).map_err(|cause| explain(&cause))?.with_limits(most))
}

fn explain(cause: &TiffError) -> RenderError {
    match cause {
        TiffError::UnsupportedError(detail) => {
            unsupported(format!("this TIFF uses a rare feature ({detail}); please export it without"))
        }
        TiffError::LimitsExceeded | TiffError::IntSizeError => too_large("it does not fit into memory"),
        TiffError::IoError(_) => malformed("the file ends in the middle of the picture"),
        other => malformed(format!("its data is broken ({other})")),
    }
}
