//! Pictures, files and options that the tests share.

use halftone_core::ports::renderer::{RenderError, RenderedPhoto};
use halftone_core::rendition::{ProcessingOptions, Quality, RenditionFormat};
use halftone_core::text::WatermarkText;
use halftone_core::watermark::{Colour, Placement, Watermark};
use halftone_processing::decode::Source;
use halftone_processing::encode::{Attachments, encode};
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::render_proof;
use halftone_processing::raster::{Channels, Raster};

/// A picture from a function of its places.
pub(crate) fn picture(width: u32, height: u32, colour: impl Fn(u32, u32) -> [u8; 3]) -> Raster {
    let data = (0..height).flat_map(|y| (0..width).map(move |x| (x, y))).flat_map(|(x, y)| colour(x, y));
    Raster::new(width, height, Channels::Rgb, data.collect()).unwrap()
}

/// A picture of one colour.
pub(crate) fn plain(width: u32, height: u32, colour: [u8; 3]) -> Raster {
    picture(width, height, |_, _| colour)
}

/// Four quarters: red, green over blue, yellow, so that each orientation looks different.
pub(crate) fn quarters(width: u32, height: u32) -> Raster {
    picture(width, height, |x, y| match (x < width / 2, y < height / 2) {
        (true, true) => [220, 30, 30],
        (false, true) => [30, 200, 30],
        (true, false) => [30, 30, 220],
        (false, false) => [230, 220, 40],
    })
}

/// A JPEG of high quality without anything but pixels.
pub(crate) fn jpeg(picture: &Raster) -> Vec<u8> {
    encode(picture, RenditionFormat::Jpeg, Quality::parse(98).unwrap(), Attachments::default())
        .unwrap()
        .to_vec()
}

/// A PNG of 8-bit samples.
pub(crate) fn png(width: u32, height: u32, colours: png::ColorType, data: &[u8]) -> Vec<u8> {
    png_of_depth(width, height, colours, png::BitDepth::Eight, data)
}

/// A PNG of any depth.
pub(crate) fn png_of_depth(
    width: u32,
    height: u32,
    colours: png::ColorType,
    depth: png::BitDepth,
    data: &[u8],
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, width, height);
    encoder.set_color(colours);
    encoder.set_depth(depth);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(data).unwrap();
    writer.finish().unwrap();
    file
}

/// Puts segments after the start of a JPEG: marker and payload.
pub(crate) fn with_segments(jpeg: &[u8], segments: &[(u8, Vec<u8>)]) -> Vec<u8> {
    let mut file = jpeg[..2].to_vec();
    for (marker, payload) in segments {
        file.extend([0xff, *marker]);
        file.extend(u16::try_from(payload.len() + 2).unwrap().to_be_bytes());
        file.extend(payload);
    }
    file.extend(&jpeg[2..]);
    file
}

/// An EXIF segment of a block.
pub(crate) fn exif_segment(block: &[u8]) -> (u8, Vec<u8>) {
    (0xe1, [b"Exif\0\0", block].concat())
}

/// ICC segments of a profile, in one part.
pub(crate) fn icc_segment(profile: &[u8]) -> (u8, Vec<u8>) {
    (0xe2, [b"ICC_PROFILE\0\x01\x01", profile].concat())
}

/// A value of an EXIF field.
#[derive(Debug, Clone)]
pub(crate) enum Value {
    Text(String),
    Short(u16),
    /// A further directory.
    Directory(Vec<(u16, Value)>),
}

/// A text value.
pub(crate) fn text(value: &str) -> Value {
    Value::Text(value.to_owned())
}

/// Writes a big-endian EXIF block, as an independent check of the little-endian one that the pipeline writes.
pub(crate) fn exif_block(fields: &[(u16, Value)]) -> Vec<u8> {
    let mut block = b"MM\0*\0\0\0\x08".to_vec();
    write_directory(&mut block, fields);
    block
}

fn write_directory(block: &mut Vec<u8>, fields: &[(u16, Value)]) {
    let number = |value: usize| u32::try_from(value).unwrap().to_be_bytes();
    let start = block.len();
    block.extend(u16::try_from(fields.len()).unwrap().to_be_bytes());
    block.resize(start + 2 + fields.len() * 12 + 4, 0);
    for (index, (tag, value)) in fields.iter().enumerate() {
        let at = block.len();
        let (kind, count, inline): (u16, usize, [u8; 4]) = match value {
            Value::Short(value) => (3, 1, [value.to_be_bytes()[0], value.to_be_bytes()[1], 0, 0]),
            Value::Directory(fields) => {
                write_directory(block, fields);
                (4, 1, number(at))
            }
            Value::Text(text) if text.len() < 4 => {
                let mut inline = [0; 4];
                inline[..text.len()].copy_from_slice(text.as_bytes());
                (2, text.len() + 1, inline)
            }
            Value::Text(text) => {
                block.extend(text.as_bytes());
                block.push(0);
                (2, text.len() + 1, number(at))
            }
        };
        let entry = start + 2 + index * 12;
        block[entry..entry + 2].copy_from_slice(&tag.to_be_bytes());
        block[entry + 2..entry + 4].copy_from_slice(&kind.to_be_bytes());
        block[entry + 4..entry + 8].copy_from_slice(&number(count));
        block[entry + 8..entry + 12].copy_from_slice(&inline);
    }
}

/// Options without a mark.
pub(crate) fn unmarked() -> ProcessingOptions {
    ProcessingOptions::with_watermark(Watermark::None)
}

/// Options with a white text.
pub(crate) fn marked(text: &str, placement: Placement) -> ProcessingOptions {
    ProcessingOptions::with_watermark(Watermark::Text {
        text: WatermarkText::parse(text).unwrap(),
        colour: Colour::WHITE,
        placement,
    })
}

/// Renders within the default limits.
pub(crate) fn render(original: &[u8], options: &ProcessingOptions) -> Result<RenderedPhoto, RenderError> {
    render_proof(original, options, None, &Limits::default())
}

/// Decodes a file of ours at full size.
pub(crate) fn decoded(file: &[u8]) -> Raster {
    let limits = Limits::default();
    Source::open(file, &limits).unwrap().decode(u32::MAX, &limits).unwrap()
}

/// The colour at a place.
pub(crate) fn at(picture: &Raster, x: u32, y: u32) -> [u8; 3] {
    let start = y as usize * picture.row_bytes() + x as usize * 3;
    picture.data()[start..start + 3].try_into().unwrap()
}

/// Whether two colours differ by no more than `tolerance` in each channel.
pub(crate) fn is_near(one: [u8; 3], other: [u8; 3], tolerance: u8) -> bool {
    one.iter().zip(other).all(|(left, right)| left.abs_diff(right) <= tolerance)
}
