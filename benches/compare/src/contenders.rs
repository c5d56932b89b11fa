//! The contenders in Rust: Halftone, the program that comes to mind first, and the fastest one over libjpeg-turbo.

use anyhow::Context as _;
use clap::ValueEnum;
use fast_image_resize::Resizer;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use halftone_core::rendition::ProcessingOptions;
use halftone_core::watermark::Watermark;
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::Pipeline;
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, RgbImage};
use turbojpeg::{Compressor, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

use crate::tile::Tile;

const PROOF_PX: u32 = 2048;
const THUMB_PX: u32 = 400;
const PROOF_QUALITY: u8 = 82;
const THUMB_QUALITY: u8 = 80;

/// Who works.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Contender {
    /// The pipeline of this repository.
    Halftone,
    /// The same, with the instructions alone that every processor of the target has.
    HalftonePortable,
    /// `image` and `imageproc` as their documentation shows them.
    Naive,
    /// libjpeg-turbo at half scale, `fast_image_resize`, libjpeg-turbo.
    Turbojpeg,
}

/// A contender at work.
pub(crate) enum Job {
    Halftone(Box<Pipeline>, Box<ProcessingOptions>),
    Naive(bool),
    Turbojpeg(Option<Tile>),
}

impl Contender {
    pub(crate) fn prepare(self, is_marked: bool) -> anyhow::Result<Job> {
        Ok(match self {
            Self::Halftone | Self::HalftonePortable => {
                halftone_processing::simd::force_portable(self == Self::HalftonePortable);
                let mut options = halftone_benches::usual_options();
                if !is_marked {
                    options.watermark = Watermark::None;
                }
                Job::Halftone(Box::new(Pipeline::new(Limits::default())), Box::new(options))
            }
            Self::Naive => Job::Naive(is_marked),
            Self::Turbojpeg => Job::Turbojpeg(is_marked.then(Tile::draw)),
        })
    }
}

impl Job {
    /// Makes a proof and a thumb.
    pub(crate) fn render(&self, original: &[u8]) -> anyhow::Result<[Vec<u8>; 2]> {
        match self {
            Self::Halftone(pipeline, options) => {
                let photo = pipeline.render_proof(original, options, None)?;
                Ok([photo.proof.bytes.into(), photo.thumb.bytes.into()])
            }
            Self::Naive(is_marked) => naive(original, *is_marked),
            Self::Turbojpeg(tile) => turbojpeg(original, tile.as_ref()),
        }
    }
}

fn naive(original: &[u8], is_marked: bool) -> anyhow::Result<[Vec<u8>; 2]> {
    let picture = image::load_from_memory(original)?;
    let proof = picture.resize(PROOF_PX, PROOF_PX, FilterType::Lanczos3);
    let thumb = proof.resize(THUMB_PX, THUMB_PX, FilterType::Lanczos3);
    let mut proof = proof.to_rgba8();
    if is_marked {
        let tile = Tile::draw();
        imageops::tile(&mut proof, tile.picture());
    }
    let proof = DynamicImage::from(proof).to_rgb8();
    let encode = |picture: &RgbImage, quality: u8| -> anyhow::Result<Vec<u8>> {
        let mut file = Vec::new();
        JpegEncoder::new_with_quality(&mut file, quality).encode_image(picture)?;
        Ok(file)
    };
    Ok([encode(&proof, PROOF_QUALITY)?, encode(&thumb.to_rgb8(), THUMB_QUALITY)?])
}

fn turbojpeg(original: &[u8], tile: Option<&Tile>) -> anyhow::Result<[Vec<u8>; 2]> {
    let mut decompressor = Decompressor::new()?;
    let header = decompressor.read_header(original)?;
    let half = ScalingFactor::new(1, 2);
    decompressor.set_scaling_factor(half)?;
    let (width, height) = (half.scale(header.width), half.scale(header.height));
    let mut pixels = vec![0; width * height * 3];
    let image = Image { pixels: &mut pixels[..], width, pitch: width * 3, height, format: PixelFormat::RGB };
    decompressor.decompress(original, image)?;
    let (mut proof, size) = resized(&pixels, (width, height), PROOF_PX)?;
    let (thumb, thumb_size) = resized(&proof, size, THUMB_PX)?;
    if let Some(tile) = tile {
        tile.blend(&mut proof, size.0);
    }
    Ok([compress(&proof, size, PROOF_QUALITY)?, compress(&thumb, thumb_size, THUMB_QUALITY)?])
}

/// Lanczos to a longest side; the crate's default.
fn resized(
    pixels: &[u8],
    (width, height): (usize, usize),
    longest: u32,
) -> anyhow::Result<(Vec<u8>, (usize, usize))> {
    let side = |side: usize| u32::try_from(side).context("a side of a JPEG");
    let (width, height) = (side(width)?, side(height)?);
    let fitted = |side: u32| (side * longest + width.max(height) / 2) / width.max(height);
    let (to_width, to_height) = (fitted(width), fitted(height));
    let source = TypedImageRef::<U8x3>::from_buffer(width, height, pixels)?;
    let mut resized = vec![0; to_width as usize * to_height as usize * 3];
    let mut target = TypedImage::<U8x3>::from_buffer(to_width, to_height, &mut resized)?;
    Resizer::new().resize_typed(&source, &mut target, None)?;
    Ok((resized, (to_width as usize, to_height as usize)))
}

fn compress(pixels: &[u8], (width, height): (usize, usize), quality: u8) -> anyhow::Result<Vec<u8>> {
    let mut compressor = Compressor::new()?;
    compressor.set_quality(i32::from(quality))?;
    compressor.set_subsamp(Subsamp::Sub2x2)?;
    let image = Image { pixels, width, pitch: width * 3, height, format: PixelFormat::RGB };
    Ok(compressor.compress_to_vec(image)?)
}
