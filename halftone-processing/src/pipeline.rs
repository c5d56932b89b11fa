//! The stages in their order: decode, shrink, turn upright, manage colour, shrink to the thumb, mark, encode.
//!
//! There are two ways through them. A usual JPEG whose colours can stay never leaves YCbCr: it is decoded straight to the planes of
//! the proof, quantised, marked and written as such (`pipeline/planar.rs`). Everything else becomes an RGB [`Raster`].
//!
//! The proof of a usual JPEG depends on its original only through its quantised coefficients. A base keeps these, and a proof with
//! another mark is made of it (`pipeline/anew.rs`), to the same bytes.
//!
//! Pure functions over bytes. They run on the calling thread for as long as they take; an async program uses
//! [`PooledRenderer`](crate::renderer::PooledRenderer).

mod anew;
mod base;
mod finishing;
mod planar;
mod prints;

use std::panic::{AssertUnwindSafe, catch_unwind};

use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::{
    MarkedPhoto, PhotoFacts, ProofBase, RenderError, RenderedImage, RenderedPhoto,
};
use halftone_core::rendition::{ColourPolicy, ProcessingOptions, Quality, RenditionFormat};

use crate::colour::{self, RgbSpace, SourceColour};
use crate::cores::Cores;
use crate::decode::{Resources, Source};
use crate::encode::{Attachments, encode};
use crate::error::malformed;
use crate::limits::Limits;
use crate::metadata::Credit;
use crate::placeholder::placeholder;
use crate::raster::Raster;
use crate::resize::{resize, resize_owned};
use crate::watermark::{Logo, MarkCache, MarkRequest};

/// Changes whenever the bytes that the pipeline makes change.
pub const VERSION: u32 = 5;

/// How many marks a pipeline keeps: a few galleries at once, each with upright and lying proofs.
const KEPT_MARKS: usize = 12;

/// What a delivery looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct DeliveryOptions {
    /// Longest side in pixels; a smaller original keeps its size.
    pub long_edge_px: u32,
    /// Quality.
    pub quality: Quality,
    /// Format.
    pub format: RenditionFormat,
}

/// What a proof is made from.
#[derive(Debug, Clone, Copy)]
pub(crate) struct ProofJob<'a> {
    pub(crate) original: &'a [u8],
    pub(crate) options: &'a ProcessingOptions,
    pub(crate) logo: Option<&'a [u8]>,
    /// Whether a base is wanted too.
    pub(crate) keeps_base: bool,
}

/// The stages with their limits, and the marks that were rasterised before.
#[derive(Debug)]
pub struct Pipeline {
    limits: Limits,
    marks: MarkCache,
    cores: Option<Cores>,
}

impl Pipeline {
    /// A pipeline within limits that keeps to the thread that calls it.
    pub const fn new(limits: Limits) -> Self {
        Self { limits, marks: MarkCache::new(KEPT_MARKS), cores: None }
    }

    /// A pipeline that takes a second core for a picture where one is idle.
    pub(crate) fn with_cores(limits: Limits, cores: Cores) -> Self {
        Self { limits, marks: MarkCache::new(KEPT_MARKS), cores: Some(cores) }
    }

    const fn resources(&self) -> Resources<'_> {
        Resources { limits: &self.limits, cores: self.cores.as_ref() }
    }

    /// Makes the proof and the thumb of one original; see [`render_proof`].
    ///
    /// # Errors
    /// As [`render_proof`].
    pub fn render_proof(
        &self,
        original: &[u8],
        options: &ProcessingOptions,
        logo: Option<&[u8]>,
    ) -> Result<RenderedPhoto, RenderError> {
        self.render_proof_within(&ProofJob { original, options, logo, keeps_base: false }, |_| ())
    }

    /// [`Pipeline::render_proof`] with a base for [`Pipeline::mark_anew`]. There is none for a WebP, for an original that is no
    /// usual JPEG, and where the thumb carries the mark too.
    ///
    /// # Errors
    /// As [`render_proof`].
    pub fn render_proof_with_base(
        &self,
        original: &[u8],
        options: &ProcessingOptions,
        logo: Option<&[u8]>,
    ) -> Result<RenderedPhoto, RenderError> {
        self.render_proof_within(&ProofJob { original, options, logo, keeps_base: true }, |_| ())
    }

    /// Makes what [`render_proof`] makes of an original, with another mark than before and in a fraction of its time. The options
    /// are those that the base was made with, but for the mark.
    ///
    /// # Errors
    /// `Malformed` for a base that is damaged, of another [`VERSION`] or of other options; `TooLarge`; `Watermark` for a mark that cannot
    /// be applied.
    pub fn mark_anew(
        &self,
        base: &ProofBase,
        options: &ProcessingOptions,
        logo: Option<&[u8]>,
    ) -> Result<MarkedPhoto, RenderError> {
        self.mark_anew_within(base, options, logo, |_| ())
    }

    /// Makes a clean, downsized copy; see [`render_delivery`].
    ///
    /// # Errors
    /// As [`render_delivery`].
    pub fn render_delivery(
        &self,
        original: &[u8],
        options: DeliveryOptions,
    ) -> Result<RenderedImage, RenderError> {
        self.render_delivery_within(original, options, |_| ())
    }

    /// Checks that a file can serve as a logo and tells its size.
    ///
    /// # Errors
    /// As [`Logo::parse`].
    pub fn inspect_logo(&self, logo: &[u8]) -> Result<PixelSize, RenderError> {
        guarded(|| Logo::parse(logo, &self.limits).map(|logo| logo.file_size()))
    }

    /// `reserve` is told the memory that the job is about to take, may wait, and what it returns is held to the end.
    pub(crate) fn render_proof_within<R>(
        &self,
        job: &ProofJob<'_>,
        reserve: impl FnOnce(u64) -> R,
    ) -> Result<RenderedPhoto, RenderError> {
        guarded(|| {
            let options = job.options;
            let source = Source::open(job.original, &self.limits)?;
            let long_edge_px = options.proof_long_edge.get();
            let peak = source.peak_bytes(long_edge_px);
            self.limits.check_working(peak)?;
            let _reserved = reserve(peak);
            if let Some(rendered) = self.render_planar(&source, job)? {
                return Ok(rendered);
            }
            let proof_size = source.size().shrunk_to(long_edge_px);
            let thumb_size = proof_size.shrunk_to(options.thumb_long_edge.get());
            let Upright { picture: mut proof, thumb, space } =
                self.upright(&source, proof_size, Some(thumb_size), options.colour)?;
            let mut thumb = match thumb {
                Some(thumb) => thumb,
                None => resize(&proof, thumb_size)?,
            };
            let placeholder = placeholder(&thumb, &space)?;
            self.mark(&mut proof, options, job.logo, &space)?;
            if is_nearly_the_picture(thumb_size, proof_size, source.size()) {
                thumb = resize(&proof, thumb_size)?;
            }
            let output = Output { space: &space, credit: &source.metadata().credit, format: options.format };
            Ok(RenderedPhoto {
                facts: facts(&source),
                marked: MarkedPhoto {
                    proof: output.file(&proof, options.proof_quality)?,
                    thumb: output.file(&thumb, Quality::THUMB)?,
                    placeholder,
                },
                base: None,
            })
        })
    }

    /// See [`Pipeline::render_proof_within`].
    pub(crate) fn render_delivery_within<R>(
        &self,
        original: &[u8],
        options: DeliveryOptions,
        reserve: impl FnOnce(u64) -> R,
    ) -> Result<RenderedImage, RenderError> {
        guarded(|| {
            let source = Source::open(original, &self.limits)?;
            let long_edge_px = options.long_edge_px.max(1);
            let peak = source.peak_bytes(long_edge_px);
            self.limits.check_working(peak)?;
            let _reserved = reserve(peak);
            if let Some(delivery) = self.deliver_planar(&source, options)? {
                return Ok(delivery);
            }
            let size = source.size().shrunk_to(long_edge_px);
            let Upright { picture, space, .. } = self.upright(&source, size, None, ColourPolicy::Keep)?;
            let output = Output { space: &space, credit: &source.metadata().credit, format: options.format };
            output.file(&picture, options.quality)
        })
    }

    /// The picture at its final size, and its thumb where that costs little.
    fn upright(
        &self,
        source: &Source<'_>,
        size: PixelSize,
        thumb_size: Option<PixelSize>,
        policy: ColourPolicy,
    ) -> Result<Upright, RenderError> {
        let orientation = source.orientation();
        let stored_size = orientation.size(size);
        let stored_thumb = thumb_size.map(|size| orientation.size(size));
        let decoded = source.decode_rgb(stored_size, stored_thumb, self.resources())?;
        let (picture, thumb) = if let Some(decoded) = decoded {
            decoded
        } else {
            let decoded = source.decode(size.long_edge(), &self.limits)?;
            (resize_owned(decoded, stored_size)?, None)
        };
        let colours =
            SourceColour { profile: source.profile(), is_adobe_rgb: source.metadata().is_adobe_rgb };
        // Turned last: the small picture is turned in a fraction of the time.
        let finish = |stored| colour::to_rgb(orientation.apply(stored), colours, policy);
        let (picture, space) = finish(picture)?;
        let thumb = thumb.map(finish).transpose()?.map(|(thumb, _)| thumb);
        Ok(Upright { picture, thumb, space })
    }

    fn mark(
        &self,
        picture: &mut Raster,
        options: &ProcessingOptions,
        logo: Option<&[u8]>,
        space: &RgbSpace,
    ) -> Result<(), RenderError> {
        let size = size_of_picture(picture)?;
        let request = MarkRequest { watermark: &options.watermark, logo, size, space, limits: &self.limits };
        if let Some(mark) = self.marks.find_or_prepare(&request)? {
            mark.apply(picture);
        }
        Ok(())
    }
}

/// Whether a clean thumb would give the picture away: it is no smaller than the proof, or so close to a small
/// original that it serves as well. Two thirds of the side is less than half of the pixels.
fn is_nearly_the_picture(thumb: PixelSize, proof: PixelSize, original: PixelSize) -> bool {
    thumb.long_edge() >= proof.long_edge()
        || 3 * u64::from(thumb.long_edge()) > 2 * u64::from(original.long_edge())
}

/// Makes the proof and the thumb of one original.
///
/// Equal inputs give equal bytes for one [`VERSION`]. The thumb carries no mark unless it would be as large as the
/// proof, or more than two thirds of a small original. Nothing is ever enlarged.
///
/// Many photos of one gallery are faster through one [`Pipeline`], which keeps the mark.
///
/// # Errors
/// `Malformed`, `TooLarge` or `Unsupported` for the file; `Watermark` for a mark that cannot be applied.
pub fn render_proof(
    original: &[u8],
    options: &ProcessingOptions,
    logo: Option<&[u8]>,
    limits: &Limits,
) -> Result<RenderedPhoto, RenderError> {
    Pipeline::new(*limits).render_proof(original, options, logo)
}

/// Makes a clean, downsized copy that keeps the colour profile and the authorship. Nothing is ever enlarged.
///
/// # Errors
/// `Malformed`, `TooLarge` or `Unsupported` for the file.
pub fn render_delivery(
    original: &[u8],
    options: DeliveryOptions,
    limits: &Limits,
) -> Result<RenderedImage, RenderError> {
    Pipeline::new(*limits).render_delivery(original, options)
}

/// A picture and its thumb, upright and in RGB.
struct Upright {
    picture: Raster,
    /// `None` if it is to be made of the picture.
    thumb: Option<Raster>,
    space: RgbSpace,
}

/// What the files of one original have in common.
struct Output<'a> {
    space: &'a RgbSpace,
    credit: &'a Credit,
    format: RenditionFormat,
}

impl Output<'_> {
    fn file(&self, picture: &Raster, quality: Quality) -> Result<RenderedImage, RenderError> {
        let attachments = Attachments { profile: self.space.profile(), credit: Some(self.credit) };
        let bytes = encode(picture, self.format, quality, attachments)?;
        Ok(RenderedImage { bytes, size: size_of_picture(picture)?, format: self.format })
    }
}

fn facts(source: &Source<'_>) -> PhotoFacts {
    let metadata = source.metadata();
    PhotoFacts {
        size: source.size(),
        captured_at: metadata.captured_at,
        camera: metadata.camera.clone(),
        lens: metadata.lens.clone(),
    }
}

fn size_of_picture(picture: &Raster) -> Result<PixelSize, RenderError> {
    PixelSize::new(picture.width(), picture.height()).map_err(|cause| malformed(cause.to_string()))
}

/// The last resort against a decoder that panics: the same file would make it panic again, so the file is at
/// fault and the job is not retried.
fn guarded<T>(job: impl FnOnce() -> Result<T, RenderError>) -> Result<T, RenderError> {
    // The jobs share nothing but the cache of marks, which is sound after any panic.
    catch_unwind(AssertUnwindSafe(job))
        .unwrap_or_else(|_| Err(malformed("its data made the decoder give up")))
}
