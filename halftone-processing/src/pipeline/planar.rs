//! The way of a usual JPEG: planes of YCbCr from the decoder to the encoder.

use halftone_core::ports::renderer::{RenderError, RenderedImage, RenderedPhoto};
use halftone_core::rendition::{ColourPolicy, ProcessingOptions, Quality, RenditionFormat};

use super::{DeliveryOptions, Output, Pipeline, facts, is_nearly_the_picture};
use crate::colour::{self, RgbSpace, SourceColour};
use crate::decode::Source;
use crate::decode::planar::{Shrunk, Wanted};
use crate::encode::{Attachments, encode_planes};
use crate::error::internal;
use crate::placeholder::placeholder;
use crate::planes::{Planes, convert, shrunk};
use crate::watermark::MarkRequest;

impl Pipeline {
    /// Makes proof and thumb without leaving YCbCr; `None` if the original has to go the other way.
    pub(super) fn render_planar(
        &self,
        source: &Source<'_>,
        options: &ProcessingOptions,
        logo: Option<&[u8]>,
    ) -> Result<Option<RenderedPhoto>, RenderError> {
        let Some(space) = kept_space(source, options.colour, options.format) else {
            return Ok(None);
        };
        let proof_size = source.size().shrunk_to(options.proof_long_edge.get());
        let thumb_size = proof_size.shrunk_to(options.thumb_long_edge.get());
        let orientation = source.orientation();
        let wanted = Wanted {
            size: orientation.size(proof_size),
            thumb: Some(orientation.size(thumb_size)),
            orientation,
        };
        let Some(Shrunk { picture, thumb }) = source.decode_planes(wanted, &self.limits)? else {
            return Ok(None);
        };
        let mut proof = picture.upright(orientation);
        let mut thumb = match thumb {
            Some(thumb) => thumb.upright(orientation),
            None => shrunk(&proof, thumb_size),
        };
        let small = convert::rgb_of_planes(&thumb).ok_or_else(|| internal("the thumb has no pixels"))?;
        let placeholder = placeholder(&small, &space)?;
        let request = MarkRequest {
            watermark: &options.watermark,
            logo,
            size: proof_size,
            space: &space,
            limits: &self.limits,
        };
        if let Some(mark) = self.marks.find_or_prepare(&request)? {
            mark.apply_to_planes(&mut proof);
        }
        if is_nearly_the_picture(thumb_size, proof_size, source.size()) {
            thumb = shrunk(&proof, thumb_size);
        }
        let output = Output { space: &space, credit: &source.metadata().credit, format: options.format };
        Ok(Some(RenderedPhoto {
            facts: facts(source),
            proof: output.file_of_planes(&proof, options.proof_quality)?,
            thumb: output.file_of_planes(&thumb, Quality::THUMB)?,
            placeholder,
        }))
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
        let Some(decoded) = source.decode_planes(wanted, &self.limits)? else {
            return Ok(None);
        };
        let picture = decoded.picture.upright(orientation);
        let output = Output { space: &space, credit: &source.metadata().credit, format: options.format };
        output.file_of_planes(&picture, options.quality).map(Some)
    }
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
    fn file_of_planes(&self, picture: &Planes, quality: Quality) -> Result<RenderedImage, RenderError> {
        let attachments = Attachments { profile: self.space.profile(), credit: Some(self.credit) };
        let bytes = encode_planes(picture, quality, attachments)?;
        Ok(RenderedImage { bytes, size: picture.size(), format: self.format })
    }
}
