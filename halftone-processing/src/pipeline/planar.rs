//! The way of a usual JPEG: planes of YCbCr from the decoder to the encoder.
//!
//! An upright picture is marked and written while it is decoded, a strip after the other; one that has to be turned is marked and
//! written once it is there.

use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::{MarkedPhoto, RenderError, RenderedImage, RenderedPhoto};
use halftone_core::rendition::{ColourPolicy, Placeholder, Quality, RenditionFormat};

use super::base::Base;
use super::finishing::{Files, Finishing};
use super::{DeliveryOptions, Output, Pipeline, ProofJob, facts, is_nearly_the_picture};
use crate::colour::{self, RgbSpace, SourceColour};
use crate::decode::planar::{Requantised, Wanted};
use crate::decode::{Resources, Source};
use crate::encode::{Attachments, begin_planes, encode_planes};
use crate::error::internal;
use crate::jpeg::encoder::steps_of;
use crate::orient::Orientation;
use crate::placeholder::placeholder;
use crate::planes::{Planes, convert, shrunk};
use crate::raster::Raster;
use crate::watermark::{LazyMark, Mark, MarkRequest};

impl Pipeline {
    /// Makes proof and thumb without leaving YCbCr; `None` if the original has to go the other way.
    pub(super) fn render_planar(
        &self,
        source: &Source<'_>,
        job: &ProofJob<'_>,
    ) -> Result<Option<RenderedPhoto>, RenderError> {
        let options = job.options;
        let Some(space) = kept_space(source, options.colour, options.format) else {
            return Ok(None);
        };
        let size = source.size().shrunk_to(options.proof_long_edge.get());
        let thumb_size = size.shrunk_to(options.thumb_long_edge.get());
        let orientation = source.orientation();
        let request = MarkRequest {
            watermark: &options.watermark,
            logo: job.logo,
            size,
            space: &space,
            limits: &self.limits,
        };
        let job = PlanarJob {
            source,
            output: Output { space: &space, credit: &source.metadata().credit, format: options.format },
            mark: self.marks.lazy(request),
            quality: options.proof_quality,
            size,
            thumb_size,
            wanted: Wanted {
                size: orientation.size(size),
                thumb: Some(orientation.size(thumb_size)),
                orientation,
            },
            is_thumb_marked: is_nearly_the_picture(thumb_size, size, source.size()),
            keeps_base: job.keeps_base,
            resources: self.resources(),
        };
        match job.requantised()? {
            Some(photo) => Ok(Some(photo)),
            None => job.decoded(),
        }
    }

    /// Makes a clean copy without leaving YCbCr; `None` if the original has to go the other way.
    pub(super) fn deliver_planar(
        &self,
        source: &Source<'_>,
        options: DeliveryOptions,
    ) -> Result<Option<RenderedImage>, RenderError> {
        let Some(space) = kept_space(source, ColourPolicy::Keep, options.format) else {
            return Ok(None);
        };
        let orientation = source.orientation();
        let size = orientation.size(source.size().shrunk_to(options.long_edge_px.max(1)));
        let wanted = Wanted { size, thumb: None, orientation };
        let output = Output { space: &space, credit: &source.metadata().credit, format: options.format };
        let finishing = || output.begin(orientation.size(size), options.quality, None);
        if size == source.size() && orientation == Orientation::Upright {
            let steps = steps_of(options.quality.get());
            if let Some(whole) = source.requantise(&steps, None, finishing, self.resources())? {
                let bytes = whole.finished.files().marked;
                return Ok(Some(RenderedImage { bytes, size, format: options.format }));
            }
        }
        let is_upright = orientation == Orientation::Upright;
        let early = || if is_upright { finishing().map(Some) } else { Ok(None) };
        let Some(decoded) = source.decode_planes(wanted, early, self.resources())? else {
            return Ok(None);
        };
        let picture = decoded.picture.upright(orientation);
        let size = picture.size();
        let files = match decoded.finished {
            Some(finishing) => finishing.files(),
            None => finishing()?.finish(&picture),
        };
        Ok(Some(RenderedImage { bytes: files.marked, size, format: options.format }))
    }
}

/// A JPEG that is made without leaving YCbCr.
struct PlanarJob<'a> {
    source: &'a Source<'a>,
    output: Output<'a>,
    mark: LazyMark<'a>,
    quality: Quality,
    /// Of the proof and of the thumb, upright.
    size: PixelSize,
    thumb_size: PixelSize,
    /// The same as they are stored.
    wanted: Wanted,
    is_thumb_marked: bool,
    keeps_base: bool,
    resources: Resources<'a>,
}

impl PlanarJob<'_> {
    /// One that is marked and written while it is decoded, if it is upright.
    fn decoded(&self) -> Result<Option<RenderedPhoto>, RenderError> {
        let is_upright = self.wanted.orientation == Orientation::Upright;
        let early = || if is_upright { self.finishing().map(Some) } else { Ok(None) };
        let Some(decoded) = self.source.decode_planes(self.wanted, early, self.resources)? else {
            return Ok(None);
        };
        let (mut proof, mut thumb) = self.upright(decoded.picture, decoded.thumb);
        let files = match decoded.finished {
            Some(finishing) => finishing.files(),
            None => self.finishing()?.finish(&proof),
        };
        let placeholder = self.placeholder(&thumb)?;
        if self.is_thumb_marked {
            if let Some(mark) = self.mark.get()? {
                mark.apply_to_planes(&mut proof);
            }
            thumb = shrunk(&proof, self.thumb_size);
        }
        self.photo(files, &thumb, placeholder).map(Some)
    }

    /// One that is as large as its original; `None` if it has to be made like any other.
    fn requantised(&self) -> Result<Option<RenderedPhoto>, RenderError> {
        let is_whole = self.size == self.source.size() && self.wanted.orientation == Orientation::Upright;
        if !is_whole || self.is_thumb_marked {
            return Ok(None);
        }
        let (steps, thumb) = (steps_of(self.quality.get()), Some(self.thumb_size));
        match self.source.requantise(&steps, thumb, || self.finishing(), self.resources)? {
            Some(Requantised { finished, thumb: Some(thumb) }) => {
                let placeholder = self.placeholder(&thumb)?;
                self.photo(finished.files(), &thumb, placeholder).map(Some)
            }
            _ => Ok(None),
        }
    }

    fn finishing(&self) -> Result<Finishing<'_>, RenderError> {
        let finishing = self.output.begin(self.size, self.quality, self.mark.get()?)?;
        let keeps_base = self.keeps_base && !self.is_thumb_marked;
        Ok(if keeps_base { finishing.keeping_clean() } else { finishing })
    }

    /// The proof and its thumb, turned, before any mark.
    fn upright(&self, proof: Planes, thumb: Option<Planes>) -> (Planes, Planes) {
        let orientation = self.wanted.orientation;
        let proof = proof.upright(orientation);
        let thumb = match thumb {
            Some(thumb) => thumb.upright(orientation),
            None => shrunk(&proof, self.thumb_size),
        };
        (proof, thumb)
    }

    /// Of a thumb before any mark.
    fn placeholder(&self, thumb: &Planes) -> Result<Placeholder, RenderError> {
        placeholder(&rgb_of(thumb)?, self.output.space)
    }

    fn photo(
        &self,
        files: Files,
        thumb: &Planes,
        placeholder: Placeholder,
    ) -> Result<RenderedPhoto, RenderError> {
        let thumb = self.output.file_of_planes(thumb, Quality::THUMB)?;
        let base = files.clean.map(|clean| {
            Base { clean, thumb: thumb.bytes.clone(), placeholder: placeholder.clone() }.to_bytes()
        });
        let proof = RenderedImage { bytes: files.marked, size: self.size, format: self.output.format };
        let marked = MarkedPhoto { proof, thumb, placeholder };
        Ok(RenderedPhoto { facts: facts(self.source), marked, base })
    }
}

fn rgb_of(planes: &Planes) -> Result<Raster, RenderError> {
    convert::rgb_of_planes(planes).ok_or_else(|| internal("a rendition has no pixels"))
}

/// The colour space of the renditions, if they can be made of the original's own numbers.
fn kept_space(source: &Source<'_>, policy: ColourPolicy, format: RenditionFormat) -> Option<RgbSpace> {
    if format != RenditionFormat::Jpeg {
        return None;
    }
    let colours = SourceColour { profile: source.profile(), is_adobe_rgb: source.metadata().is_adobe_rgb };
    colour::space_of(source.jpeg_channels()?, colours, policy)
}

impl Output<'_> {
    fn attachments(&self) -> Attachments<'_> {
        Attachments { profile: self.space.profile(), credit: Some(self.credit) }
    }

    fn file_of_planes(&self, picture: &Planes, quality: Quality) -> Result<RenderedImage, RenderError> {
        let bytes = encode_planes(picture, quality, self.attachments())?;
        Ok(RenderedImage { bytes, size: picture.size(), format: self.format })
    }

    fn begin<'m>(
        &self,
        size: PixelSize,
        quality: Quality,
        mark: Option<&'m Mark>,
    ) -> Result<Finishing<'m>, RenderError> {
        Ok(Finishing::new(begin_planes(size, quality, self.attachments())?, mark))
    }
}
