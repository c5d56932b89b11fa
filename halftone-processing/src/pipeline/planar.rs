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
use crate::decode::Source;
use crate::decode::planar::{Requantised, Wanted};
use crate::encode::{Attachments, begin_planes, encode_planes};
use crate::error::internal;
use crate::jpeg::encoder::steps_of;
use crate::orient::Orientation;
use crate::placeholder::placeholder;
use crate::planes::{Planes, convert, shrunk};
use crate::watermark::{Mark, MarkRequest};

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
        let proof_size = source.size().shrunk_to(options.proof_long_edge.get());
        let thumb_size = proof_size.shrunk_to(options.thumb_long_edge.get());
        let orientation = source.orientation();
        let output = Output { space: &space, credit: &source.metadata().credit, format: options.format };
        let request = MarkRequest {
            watermark: &options.watermark,
            logo: job.logo,
            size: proof_size,
            space: &space,
            limits: &self.limits,
        };
        let mark = self.marks.find_or_prepare(&request)?;
        let is_thumb_marked = is_nearly_the_picture(thumb_size, proof_size, source.size());
        let finishing = || {
            let finishing = output.begin(proof_size, options.proof_quality, mark.as_deref())?;
            Ok(if job.keeps_base && !is_thumb_marked { finishing.keeping_clean() } else { finishing })
        };
        if proof_size == source.size() && orientation == Orientation::Upright && !is_thumb_marked {
            let steps = steps_of(options.proof_quality.get());
            let whole = source.requantise(&steps, Some(thumb_size), finishing()?, self.resources())?;
            if let Some(Requantised { finished, thumb: Some(thumb) }) = whole {
                let placeholder = placeholder_of(&thumb, &space)?;
                return output.photo(source, proof_size, finished.files(), &thumb, placeholder).map(Some);
            }
        }
        let wanted = Wanted {
            size: orientation.size(proof_size),
            thumb: Some(orientation.size(thumb_size)),
            orientation,
        };
        let early = if orientation == Orientation::Upright { Some(finishing()?) } else { None };
        let Some(decoded) = source.decode_planes(wanted, early, self.resources())? else {
            return Ok(None);
        };
        let mut proof = decoded.picture.upright(orientation);
        let mut thumb = match decoded.thumb {
            Some(thumb) => thumb.upright(orientation),
            None => shrunk(&proof, thumb_size),
        };
        let files = match decoded.finished {
            Some(finishing) => finishing.files(),
            None => finishing()?.finish(&proof),
        };
        let placeholder = placeholder_of(&thumb, &space)?;
        if is_thumb_marked {
            if let Some(mark) = &mark {
                mark.apply_to_planes(&mut proof);
            }
            thumb = shrunk(&proof, thumb_size);
        }
        output.photo(source, proof_size, files, &thumb, placeholder).map(Some)
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
            if let Some(whole) = source.requantise(&steps, None, finishing()?, self.resources())? {
                let bytes = whole.finished.files().marked;
                return Ok(Some(RenderedImage { bytes, size, format: options.format }));
            }
        }
        let early = if orientation == Orientation::Upright { Some(finishing()?) } else { None };
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

/// The placeholder of a clean thumb.
fn placeholder_of(thumb: &Planes, space: &RgbSpace) -> Result<Placeholder, RenderError> {
    let small = convert::rgb_of_planes(thumb).ok_or_else(|| internal("the thumb has no pixels"))?;
    placeholder(&small, space)
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

    /// What a job gives once the proof was written.
    fn photo(
        &self,
        source: &Source<'_>,
        size: PixelSize,
        files: Files,
        thumb: &Planes,
        placeholder: Placeholder,
    ) -> Result<RenderedPhoto, RenderError> {
        let thumb = self.file_of_planes(thumb, Quality::THUMB)?;
        let base = files.clean.map(|clean| {
            Base { clean, thumb: thumb.bytes.clone(), placeholder: placeholder.clone() }.to_bytes()
        });
        let proof = RenderedImage { bytes: files.marked, size, format: self.format };
        Ok(RenderedPhoto { facts: facts(source), marked: MarkedPhoto { proof, thumb, placeholder }, base })
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
