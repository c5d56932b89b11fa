//! The contenders in Rust: Halftone, the program that comes to mind first, the fastest one over libjpeg-turbo, and libwebp alone.

use std::num::NonZeroUsize;
use std::path::Path;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use clap::ValueEnum;
use fast_image_resize::Resizer;
use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::U8x3;
use futures::executor::block_on;
use halftone_core::ports::renderer::{ProofBase, ProofRequest, RenderedPhoto, Renderer as _};
use halftone_core::rendition::ProcessingOptions;
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::Pipeline;
use halftone_processing::renderer::{PooledRenderer, RendererSpec};
use image::codecs::jpeg::JpegEncoder;
use image::imageops::{self, FilterType};
use image::{DynamicImage, RgbImage};
use turbojpeg::{Compressor, Decompressor, Image, PixelFormat, ScalingFactor, Subsamp};

use crate::kinds::{FULL_SIZE_QUALITY, Kind};
use crate::pixels;
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
    /// libwebp at method 2, on pixels that are there.
    Libwebp,
    /// The pipeline of this repository, on the bases of proofs.
    MarkAnew,
}

/// What is wanted of a contender.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wish {
    pub(crate) kind: Kind,
    pub(crate) is_marked: bool,
    /// How many threads share the work at each picture.
    pub(crate) sharing: Option<NonZeroUsize>,
}

/// A contender at work.
pub(crate) enum Job {
    Halftone(Box<Pipeline>, Box<ProcessingOptions>),
    HalftoneShared(Box<PooledRenderer>, Box<ProcessingOptions>),
    Naive(Wish),
    Turbojpeg(Option<Tile>),
    Libwebp,
    MarkAnew(Box<Pipeline>, Box<ProcessingOptions>),
}

impl Contender {
    pub(crate) fn prepare(self, wish: Wish) -> anyhow::Result<Job> {
        let is_able = match self {
            Self::Halftone => true,
            Self::Naive => matches!(wish.kind, Kind::Proof | Kind::FullSize),
            Self::HalftonePortable | Self::Turbojpeg | Self::MarkAnew => wish.kind == Kind::Proof,
            Self::Libwebp => wish.kind == Kind::Webp,
        };
        ensure!(is_able, "{self:?} does not make this kind");
        ensure!(self == Self::Halftone || wish.sharing.is_none(), "{self:?} does not share a picture");
        Ok(match (self, wish.sharing) {
            (Self::Halftone | Self::HalftonePortable, None) => {
                halftone_processing::simd::force_portable(self == Self::HalftonePortable);
                let options = wish.kind.options(wish.is_marked)?;
                Job::Halftone(Box::new(Pipeline::new(Limits::default())), Box::new(options))
            }
            (Self::Halftone | Self::HalftonePortable, Some(threads)) => {
                let renderer = PooledRenderer::new(RendererSpec::with_threads(threads))?;
                Job::HalftoneShared(Box::new(renderer), Box::new(wish.kind.options(wish.is_marked)?))
            }
            (Self::Naive, _) => Job::Naive(wish),
            (Self::Turbojpeg, _) => Job::Turbojpeg(wish.is_marked.then(Tile::draw)),
            (Self::Libwebp, _) => Job::Libwebp,
            (Self::MarkAnew, _) => {
                let options = wish.kind.options(wish.is_marked)?;
                Job::MarkAnew(Box::new(Pipeline::new(Limits::default())), Box::new(options))
            }
        })
    }
}

impl Job {
    /// Makes a proof and a thumb.
    pub(crate) fn render(&self, original: Vec<u8>) -> anyhow::Result<[Vec<u8>; 2]> {
        match self {
            Self::Halftone(pipeline, options) => Ok(files(pipeline.render_proof(&original, options, None)?)),
            Self::HalftoneShared(renderer, options) => {
                let original = Bytes::from(original);
                let options = (**options).clone();
                let request = ProofRequest { original, options, logo: None, keep_base: false };
                Ok(files(block_on(renderer.render_proof(request))?))
            }
            Self::Naive(wish) => naive(&original, *wish),
            Self::Turbojpeg(tile) => turbojpeg(&original, tile.as_ref()),
            Self::Libwebp => pixels::encode(&original),
            Self::MarkAnew(pipeline, options) => {
                let marked = pipeline.mark_anew(&ProofBase::new(original.into()), options, None)?;
                Ok([marked.proof.bytes.into(), marked.thumb.bytes.into()])
            }
        }
    }
}

/// Writes what a pipeline keeps of an original's proof.
pub(crate) fn write_base(original: &Path, base: &Path) -> anyhow::Result<()> {
    let file = std::fs::read(original).with_context(|| original.display().to_string())?;
    let options = Kind::Proof.options(false)?;
    let photo = Pipeline::new(Limits::default()).render_proof_with_base(&file, &options, None)?;
    let kept = photo.base.context("a usual original has a base")?;
    std::fs::write(base, kept.bytes()).with_context(|| base.display().to_string())
}

fn files(photo: RenderedPhoto) -> [Vec<u8>; 2] {
    [photo.marked.proof.bytes.into(), photo.marked.thumb.bytes.into()]
}

fn naive(original: &[u8], wish: Wish) -> anyhow::Result<[Vec<u8>; 2]> {
    let picture = image::load_from_memory(original)?;
    let (proof, quality) = match wish.kind {
        Kind::FullSize => (picture, FULL_SIZE_QUALITY),
        _ => (picture.resize(PROOF_PX, PROOF_PX, FilterType::Lanczos3), PROOF_QUALITY),
    };
    let thumb = match wish.kind {
        // The quick way, which is what its documentation recommends for this.
        Kind::FullSize => proof.thumbnail(THUMB_PX, THUMB_PX),
        _ => proof.resize(THUMB_PX, THUMB_PX, FilterType::Lanczos3),
    };
    let mut proof = proof.into_rgba8();
    if wish.is_marked {
        let tile = Tile::draw();
        imageops::tile(&mut proof, tile.picture());
    }
    let proof = DynamicImage::from(proof).to_rgb8();
    let encode = |picture: &RgbImage, quality: u8| -> anyhow::Result<Vec<u8>> {
        let mut file = Vec::new();
        JpegEncoder::new_with_quality(&mut file, quality).encode_image(picture)?;
        Ok(file)
    };
    Ok([encode(&proof, quality)?, encode(&thumb.to_rgb8(), THUMB_QUALITY)?])
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
