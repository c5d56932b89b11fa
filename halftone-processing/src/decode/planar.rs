//! JPEGs straight to planes of the wanted size, by our own decoder.
//!
//! Every answer here may be `None`: the picture then takes the way over the established decoder, which knows the
//! rare kinds of JPEG and finds the words for broken ones.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into a level's entry is compiled without its instructions"
)]

use fearless_simd::Simd;
use halftone_core::geometry::PixelSize;

use super::jpeg;
use super::jpeg_header::JpegHeader;
use crate::jpeg::frame::Frame;
use crate::jpeg::scan::{self, RowSink, SIDES};
use crate::orient::Orientation;
use crate::planes::{Plane, PlaneShrinker, Planes, Side, chroma_sides, convert};
use crate::raster::Raster;

/// What is wanted of a picture. All sizes are of the picture as it is stored.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Wanted {
    /// The size of the proof.
    pub(crate) size: PixelSize,
    /// The size of the thumb, to be made from the means of blocks where these are enough.
    pub(crate) thumb: Option<PixelSize>,
    /// How the picture will be turned.
    pub(crate) orientation: Orientation,
}

/// A picture as it is stored, at its wanted sizes.
#[derive(Debug)]
pub(crate) struct Shrunk {
    pub(crate) picture: Planes,
    pub(crate) thumb: Option<Planes>,
}

/// Decodes to planes with half-size chroma.
pub(super) fn planes(bytes: &[u8], header: &JpegHeader, wanted: Wanted) -> Option<Shrunk> {
    let frame = read(bytes, header)?;
    let picture = Grid { size: wanted.size, chroma: Chroma::Half, orientation: wanted.orientation };
    let thumb = wanted.thumb.map(|size| Grid { size, ..picture }).filter(|grid| {
        (0..frame.components()).all(|component| grid.fits_into(frame.samples(component, 1), component))
    });
    let mut sink = Shrinkers::new(&frame, picture, thumb);
    scan::decode(&frame, &sink.sides.clone(), &mut sink)?;
    Some(Shrunk {
        picture: planes_from(sink.picture, wanted.size)?,
        thumb: match thumb {
            Some(grid) => Some(planes_from(sink.thumb, grid.size)?),
            None => None,
        },
    })
}

/// Decodes to RGB, for what has to leave YCbCr.
pub(super) fn rgb(bytes: &[u8], header: &JpegHeader, size: PixelSize) -> Option<Raster> {
    let frame = read(bytes, header)?;
    if frame.components() != 3 {
        return None;
    }
    let grid = Grid { size, chroma: Chroma::Full, orientation: Orientation::Upright };
    let mut sink = Shrinkers::new(&frame, grid, None);
    scan::decode(&frame, &sink.sides.clone(), &mut sink)?;
    let mut planes = sink.picture.into_iter().map(PlaneShrinker::finish);
    let [luma, blue, red] = [planes.next()??, planes.next()??, planes.next()??];
    convert::rgb_of(&luma, [&blue, &red])
}

fn read<'a>(bytes: &'a [u8], header: &JpegHeader) -> Option<Frame<'a>> {
    (!header.is_progressive && jpeg::is_ycbcr(header)).then(|| Frame::read(bytes))?
}

fn planes_from(shrinkers: Vec<PlaneShrinker>, size: PixelSize) -> Option<Planes> {
    let mut planes = shrinkers.into_iter().map(PlaneShrinker::finish);
    let luma = planes.next()??;
    let (width, height) = chroma_sides(size);
    let mut chroma = || planes.next().unwrap_or_else(|| Some(Plane::filled(width, height, 128)));
    Some(Planes { luma, chroma: [chroma()?, chroma()?] })
}

/// How much chroma a picture gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Chroma {
    Full,
    Half,
}

/// A picture to be made.
#[derive(Debug, Clone, Copy)]
struct Grid {
    size: PixelSize,
    chroma: Chroma,
    orientation: Orientation,
}

impl Grid {
    /// Samples of a component.
    fn samples(self, component: usize) -> (usize, usize) {
        match (component, self.chroma) {
            (1.., Chroma::Half) => chroma_sides(self.size),
            _ => (self.size.width() as usize, self.size.height() as usize),
        }
    }

    fn fits_into(self, source: (usize, usize), component: usize) -> bool {
        let (width, height) = self.samples(component);
        source.0 >= width && source.1 >= height
    }

    fn shrinker(self, frame: &Frame<'_>, component: usize, side: usize) -> PlaneShrinker {
        let source = frame.samples(component, side);
        let target = self.samples(component);
        let (across, down) = frame.extent(component);
        #[expect(clippy::cast_precision_loss, reason = "1 to 8")]
        let scale = side as f64 / 8.0;
        let is_half = component > 0 && self.chroma == Chroma::Half;
        let covered = |side: u32| if is_half { f64::from(side) / 2.0 } else { f64::from(side) };
        // Pairs of pixels share their chroma, and are counted from the edge where the upright picture begins. If the
        // stored picture has its odd pixel out at that edge, its pairs begin one pixel outside.
        let shift =
            |side: u32, is_reversed: bool| if is_half && is_reversed && side % 2 == 1 { -0.5 } else { 0.0 };
        let (reversed_across, reversed_down) = self.orientation.reverses();
        PlaneShrinker::new(
            Side {
                source: source.0,
                extent: across * scale,
                target: target.0,
                target_extent: covered(self.size.width()),
                shift: shift(self.size.width(), reversed_across),
            },
            Side {
                source: source.1,
                extent: down * scale,
                target: target.1,
                target_extent: covered(self.size.height()),
                shift: shift(self.size.height(), reversed_down),
            },
        )
    }
}

/// Shrinks every component as it is decoded.
struct Shrinkers {
    /// Eighths at which each component is decoded: the smallest that is not below its wanted size.
    sides: Vec<usize>,
    picture: Vec<PlaneShrinker>,
    thumb: Vec<PlaneShrinker>,
}

impl Shrinkers {
    fn new(frame: &Frame<'_>, picture: Grid, thumb: Option<Grid>) -> Self {
        let sides: Vec<usize> = (0..frame.components())
            .map(|component| {
                let is_enough = |side: &usize| picture.fits_into(frame.samples(component, *side), component);
                SIDES.into_iter().find(is_enough).unwrap_or(8)
            })
            .collect();
        Self {
            picture: (0..)
                .zip(&sides)
                .map(|(component, side)| picture.shrinker(frame, component, *side))
                .collect(),
            thumb: thumb.map_or_else(Vec::new, |thumb| {
                (0..frame.components()).map(|component| thumb.shrinker(frame, component, 1)).collect()
            }),
            sides,
        }
    }
}

impl RowSink for Shrinkers {
    #[inline(always)]
    fn take_row<S: Simd>(&mut self, simd: S, component: usize, row: &[u8]) {
        self.picture[component].push(simd, row);
    }

    #[inline(always)]
    fn take_means<S: Simd>(&mut self, simd: S, component: usize, means: &[u8]) {
        if let Some(shrinker) = self.thumb.get_mut(component) {
            shrinker.push(simd, means);
        }
    }
}
