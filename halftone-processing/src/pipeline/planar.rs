//! The way of a usual JPEG: planes of YCbCr from the decoder to the encoder.
//!
//! An upright picture is marked and written while it is decoded, a strip after the other; one that has to be turned is marked and
//! written once it is there.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into a level's entry is compiled without its instructions"
)]

use bytes::Bytes;
use fearless_simd::Simd;
use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::{RenderError, RenderedImage, RenderedPhoto};
use halftone_core::rendition::{ColourPolicy, ProcessingOptions, Quality, RenditionFormat};

use super::{DeliveryOptions, Output, Pipeline, facts, is_nearly_the_picture};
use crate::colour::{self, RgbSpace, SourceColour};
use crate::decode::Source;
use crate::decode::planar::{Finish, Wanted};
use crate::encode::{Attachments, begin_planes, encode_planes};
use crate::error::internal;
use crate::jpeg::encoder::StripWriter;
use crate::orient::Orientation;
use crate::placeholder::placeholder;
use crate::planes::{Plane, PlaneShrinker, Planes, convert, shrunk};
use crate::simd::{self, Work};
use crate::watermark::{Mark, MarkRequest};

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
        let output = Output { space: &space, credit: &source.metadata().credit, format: options.format };
        let request = MarkRequest {
            watermark: &options.watermark,
            logo,
            size: proof_size,
            space: &space,
            limits: &self.limits,
        };
        let mark = self.marks.find_or_prepare(&request)?;
        let finishing = || output.begin(proof_size, options.proof_quality, mark.as_deref());
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
        let file = match decoded.finished {
            Some(finishing) => finishing.file(),
            None => finishing()?.finish(&mut proof),
        };
        let small = convert::rgb_of_planes(&thumb).ok_or_else(|| internal("the thumb has no pixels"))?;
        let placeholder = placeholder(&small, &space)?;
        if is_nearly_the_picture(thumb_size, proof_size, source.size()) {
            thumb = shrunk(&proof, thumb_size);
        }
        Ok(Some(RenderedPhoto {
            facts: facts(source),
            proof: RenderedImage { bytes: file, size: proof_size, format: options.format },
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
        let output = Output { space: &space, credit: &source.metadata().credit, format: options.format };
        let finishing = || output.begin(orientation.size(size), options.quality, None);
        let early = if orientation == Orientation::Upright { Some(finishing()?) } else { None };
        let Some(decoded) = source.decode_planes(wanted, early, self.resources())? else {
            return Ok(None);
        };
        let mut picture = decoded.picture.upright(orientation);
        let size = picture.size();
        let bytes = match decoded.finished {
            Some(finishing) => finishing.file(),
            None => finishing()?.finish(&mut picture),
        };
        Ok(Some(RenderedImage { bytes, size, format: options.format }))
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
        Ok(Finishing { mark, writer: begin_planes(size, quality, self.attachments())? })
    }
}

/// Marks a picture and writes it, a strip of rows after the other.
#[derive(Debug)]
struct Finishing<'a> {
    mark: Option<&'a Mark>,
    writer: StripWriter,
}

impl Finishing<'_> {
    /// Does the strips whose rows of luma are there, `made` of them, and whose chroma is.
    #[inline(always)]
    fn strips<S: Simd>(&mut self, simd: S, planes: [&mut Plane; 3], made: usize) {
        let [luma, blue, red] = planes;
        loop {
            let rows = self.writer.next_rows();
            if rows.is_empty() || rows.end > made {
                return;
            }
            if let Some(mark) = self.mark {
                mark.apply_to_rows(simd, [&mut *luma, &mut *blue, &mut *red], &rows);
            }
            self.writer.write(simd, [&*luma, &*blue, &*red]);
        }
    }

    /// Does the whole picture.
    fn finish(self, picture: &mut Planes) -> Bytes {
        simd::run(FinishingAll { finishing: self, picture })
    }

    /// What was written, once all is.
    fn file(self) -> Bytes {
        Bytes::from(self.writer.finish())
    }
}

impl Finish for Finishing<'_> {
    #[inline(always)]
    fn advance<S: Simd>(&mut self, simd: S, picture: &mut [PlaneShrinker; 3]) {
        let [luma, blue, red] = picture;
        let height = luma.plane().height();
        // A row of chroma belongs to two of luma; the last one to what is left.
        let with_chroma = |made: usize, total: usize| if made == total { height } else { 2 * made };
        let [blue_made, red_made] =
            [&*blue, &*red].map(|chroma| with_chroma(chroma.made(), chroma.plane().height()));
        let made = luma.made().min(blue_made).min(red_made);
        self.strips(simd, [luma.plane_mut(), blue.plane_mut(), red.plane_mut()], made);
    }
}

struct FinishingAll<'a, 'm> {
    finishing: Finishing<'m>,
    picture: &'a mut Planes,
}

impl Work for FinishingAll<'_, '_> {
    type Output = Bytes;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) -> Bytes {
        let Planes { luma, chroma: [blue, red] } = self.picture;
        let height = luma.height();
        self.finishing.strips(simd, [luma, blue, red], height);
        self.finishing.file()
    }
}
