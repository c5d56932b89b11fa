//! A proof with another mark, from its base: only the blocks that the mark touches are more than copied.

#[cfg(test)]
mod tests;

use bytes::Bytes;
use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::{MarkedPhoto, ProofBase, RenderError, RenderedImage};
use halftone_core::rendition::{ProcessingOptions, RenditionFormat};

use super::base::Base;
use super::finishing::Finishing;
use super::{Pipeline, guarded};
use crate::colour;
use crate::decode::{Source, finishing_bytes};
use crate::error::malformed;
use crate::jpeg::encoder::StripWriter;
use crate::jpeg::frame::Frame;
use crate::jpeg::scan;
use crate::watermark::{Mark, MarkRequest};

impl Pipeline {
    /// `reserve` is told the memory that the job is about to take, may wait, and what it returns is held to the end.
    pub(crate) fn mark_anew_within<R>(
        &self,
        base: &ProofBase,
        options: &ProcessingOptions,
        logo: Option<&[u8]>,
        reserve: impl FnOnce(u64) -> R,
    ) -> Result<MarkedPhoto, RenderError> {
        guarded(|| {
            self.limits.check_file(base.bytes().len())?;
            let base = Base::parse(base)?;
            let clean = Source::open(&base.clean, &self.limits).map_err(unusable)?;
            let size = clean.size();
            let thumb_size = Source::open(&base.thumb, &self.limits).map_err(unusable)?.size();
            check_sizes(size, thumb_size, options)?;
            let bytes = finishing_bytes(size);
            self.limits.check_working(bytes)?;
            let _reserved = reserve(bytes);
            let space = colour::space_of_proof(clean.profile(), options.colour)
                .ok_or_else(|| malformed("the base of the proof has a profile that no proof has"))?;
            let request = MarkRequest {
                watermark: &options.watermark,
                logo,
                size,
                space: &space,
                limits: &self.limits,
            };
            let mark = self.marks.find_or_prepare(&request)?;
            let proof = marked(&base.clean, size, options, mark.as_deref())
                .ok_or_else(|| malformed("the base of the proof was made with other options"))?;
            let image = |bytes: Bytes, size: PixelSize| RenderedImage { bytes, size, format: options.format };
            Ok(MarkedPhoto {
                proof: image(proof, size),
                thumb: image(base.thumb, thumb_size),
                placeholder: base.placeholder,
            })
        })
    }
}

/// The file with the mark over it; `None` if it is not one of this encoder with these options.
fn marked(clean: &[u8], size: PixelSize, options: &ProcessingOptions, mark: Option<&Mark>) -> Option<Bytes> {
    let frame = Frame::read(clean)?;
    let header = &clean[..clean.len() - frame.bytes_to_end()];
    let writer = StripWriter::resume(header, size, options.proof_quality.get())?;
    let mut finishing = Finishing::new(writer, mark);
    scan::decode_quantised(&frame, &mut finishing)?;
    Some(finishing.files().marked)
}

/// Sizes that these options give.
fn check_sizes(proof: PixelSize, thumb: PixelSize, options: &ProcessingOptions) -> Result<(), RenderError> {
    let is_so = options.format == RenditionFormat::Jpeg
        && proof == proof.shrunk_to(options.proof_long_edge.get())
        && thumb == proof.shrunk_to(options.thumb_long_edge.get());
    if is_so { Ok(()) } else { Err(malformed("the base of the proof was made with other options")) }
}

/// A base is nobody's photo: whatever is wrong with the pictures in it, the base is damaged. Limits are limits.
fn unusable(cause: RenderError) -> RenderError {
    match cause {
        RenderError::TooLarge { .. } => cause,
        _ => malformed(format!("the base of the proof cannot be read: {cause}")),
    }
}
