//! Pictures that stay as large as they are: their coefficients never become samples.

use fearless_simd::Simd;
use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;

use super::{Chroma, Coded, Grid, planes_from};
use crate::decode::jpeg_header::JpegHeader;
use crate::jpeg::frame::Frame;
use crate::jpeg::requantise::Requantiser;
use crate::jpeg::samples::{Batch, BlockSink};
use crate::jpeg::scan;
use crate::orient::Orientation;
use crate::planes::{PlaneShrinker, Planes};

/// What came of a picture.
#[derive(Debug)]
pub(crate) struct Requantised<F> {
    /// Who has worked on the coefficients to their end.
    pub(crate) finished: F,
    pub(crate) thumb: Option<Planes>,
}

/// Hands a picture's coefficients on, as they are with other steps, and makes a thumb of the means of its blocks. `None` if these are
/// not enough for it, or for another reason to go another way.
///
/// # Errors
/// Those of `begin`.
pub(in crate::decode) fn requantised<F: BlockSink>(
    bytes: &[u8],
    header: &JpegHeader,
    steps: &[[u16; 64]; 2],
    thumb: Option<PixelSize>,
    begin: impl FnOnce() -> Result<F, RenderError>,
) -> Result<Option<Requantised<F>>, RenderError> {
    let Some((frame, shrinkers)) = prepared(bytes, header, thumb) else {
        return Ok(None);
    };
    // Not before: whoever finishes a large picture takes much memory.
    let sink =
        Requantising { requantiser: Requantiser::new(&frame, steps), thumb: shrinkers, finish: begin()? };
    Ok(sink.decode(&frame, thumb))
}

/// The picture's frame, and what makes its thumb. `None` if there is another way to go.
fn prepared<'a>(
    bytes: &'a [u8],
    header: &JpegHeader,
    thumb: Option<PixelSize>,
) -> Option<(Frame<'a>, Vec<PlaneShrinker>)> {
    let frame = Coded::read(bytes, header)?.frame;
    if !frame.has_half_chroma() {
        return None;
    }
    let grid = |size| Grid { size, chroma: Chroma::Half, orientation: Orientation::Upright };
    let shrinkers = match thumb.map(grid) {
        Some(grid) => grid.is_served_by_means(&frame).then(|| grid.shrinkers(&frame, &[1; 3]))?,
        None => Vec::new(),
    };
    Some((frame, shrinkers))
}

struct Requantising<F> {
    requantiser: Requantiser,
    thumb: Vec<PlaneShrinker>,
    finish: F,
}

impl<F: BlockSink> Requantising<F> {
    fn decode(mut self, frame: &Frame<'_>, thumb: Option<PixelSize>) -> Option<Requantised<F>> {
        scan::decode_quantised(frame, &mut self)?;
        let thumb = match thumb {
            Some(size) => Some(planes_from(self.thumb, size)?),
            None => None,
        };
        Some(Requantised { finished: self.finish, thumb })
    }
}

impl<F: BlockSink> BlockSink for Requantising<F> {
    #[inline(always)]
    fn take_batch<S: Simd>(&mut self, simd: S, component: usize, place: (usize, usize), batch: &Batch) {
        let batch = self.requantiser.apply(simd, component, place, batch);
        self.finish.take_batch(simd, component, place, batch);
    }

    #[inline(always)]
    fn end_row<S: Simd>(&mut self, simd: S) -> Option<()> {
        for (component, shrinker) in self.thumb.iter_mut().enumerate() {
            for means in self.requantiser.means(component) {
                shrinker.push(simd, means);
            }
        }
        self.finish.end_row(simd)
    }
}
