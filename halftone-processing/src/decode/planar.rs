//! JPEGs straight to planes of the wanted size, by our own decoder.
//!
//! Every answer here may be `None`: the picture then takes the way over the established decoder, which knows the
//! rare kinds of JPEG and finds the words for broken ones.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into a level's entry is compiled without its instructions"
)]

mod beside;
mod requantised;

use fearless_simd::Simd;
use halftone_core::geometry::PixelSize;

use super::jpeg;
use super::jpeg_header::JpegHeader;
use crate::cores::Cores;
use crate::jpeg::frame::Frame;
use crate::jpeg::scan::{self, RowSink, SIDES, UnitRow};
use crate::orient::Orientation;
use crate::planes::{Plane, PlaneShrinker, Planes, Side, chroma_sides, convert};
use crate::raster::Raster;

pub(crate) use requantised::Requantised;
pub(super) use requantised::requantised;

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

/// Works on a picture while it is decoded.
pub(crate) trait Finish: Send {
    /// Takes what is there of a picture with three components, upright as it is stored.
    fn advance<S: Simd>(&mut self, simd: S, picture: &[PlaneShrinker; 3]);
}

/// A picture as it is stored, at its wanted sizes.
#[derive(Debug)]
pub(crate) struct Shrunk<F> {
    pub(crate) picture: Planes,
    pub(crate) thumb: Option<Planes>,
    /// Who has worked on the picture to its end. `None` if nobody did, because it is grey.
    pub(crate) finished: Option<F>,
}

/// Decodes to planes with half-size chroma, on a second core too if one is idle.
pub(super) fn planes<F: Finish>(
    bytes: &[u8],
    header: &JpegHeader,
    wanted: Wanted,
    finish: Option<F>,
    cores: Option<&Cores>,
) -> Option<Shrunk<F>> {
    let frame = read(bytes, header)?;
    let picture = Grid { size: wanted.size, chroma: Chroma::Half, orientation: wanted.orientation };
    let thumb = wanted.thumb.map(|size| Grid { size, ..picture }).filter(|grid| {
        (0..frame.components()).all(|component| grid.fits_into(frame.samples(component, 1), component))
    });
    let mut sink = Shrinkers::new(&frame, picture, thumb);
    sink.finish = finish.filter(|_| frame.components() == 3);
    sink.decode(&frame, cores)?;
    Some(Shrunk {
        picture: planes_from(sink.picture, wanted.size)?,
        thumb: match thumb {
            Some(grid) => Some(planes_from(sink.thumb, grid.size)?),
            None => None,
        },
        finished: sink.finish,
    })
}

/// Decodes to RGB, for what has to leave YCbCr.
pub(super) fn rgb(
    bytes: &[u8],
    header: &JpegHeader,
    size: PixelSize,
    cores: Option<&Cores>,
) -> Option<Raster> {
    let frame = read(bytes, header)?;
    if frame.components() != 3 {
        return None;
    }
    let grid = Grid { size, chroma: Chroma::Full, orientation: Orientation::Upright };
    let mut sink: Shrinkers<Nobody> = Shrinkers::new(&frame, grid, None);
    sink.decode(&frame, cores)?;
    let mut planes = sink.picture.into_iter().map(PlaneShrinker::finish);
    let [luma, blue, red] = [planes.next()??, planes.next()??, planes.next()??];
    convert::rgb_of(&luma, [&blue, &red])
}

fn read<'a>(bytes: &'a [u8], header: &JpegHeader) -> Option<Frame<'a>> {
    jpeg::is_ycbcr(header).then(|| Frame::read(bytes))?
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

    /// Whether so many samples of a component are enough for the files that will be made. All of them halve chroma: what leaves YCbCr before
    /// that needs no more of it than a resize to one half has a use for, which is 1.4 times as much and not 2.
    fn is_served_by(self, source: (usize, usize), component: usize) -> bool {
        match (component, self.chroma) {
            (1.., Chroma::Full) => {
                let (width, height) = self.samples(component);
                10 * source.0 >= 7 * width && 10 * source.1 >= 7 * height
            }
            _ => self.fits_into(source, component),
        }
    }

    /// One for each component.
    fn shrinkers(self, frame: &Frame<'_>, sides: &[usize]) -> Vec<PlaneShrinker> {
        let mut shrinkers: Vec<PlaneShrinker> = Vec::new();
        for (component, side) in (0..frame.components()).zip(sides) {
            // Red is sampled as blue is, nearly always, and its weights need not be calculated again.
            let shrinker = match shrinkers.last() {
                Some(blue) if component == 2 && sides[1] == *side && frame.are_alike(1, 2) => blue.clone(),
                _ => self.shrinker(frame, component, *side),
            };
            shrinkers.push(shrinker);
        }
        shrinkers
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

/// Works on nothing.
pub(crate) enum Nobody {}

impl Finish for Nobody {
    #[inline(always)]
    fn advance<S: Simd>(&mut self, _simd: S, _picture: &[PlaneShrinker; 3]) {
        match *self {}
    }
}

/// Shrinks every component as it is decoded.
struct Shrinkers<F> {
    /// Eighths at which each component is decoded: the smallest that is enough for its wanted size.
    sides: Vec<usize>,
    picture: Vec<PlaneShrinker>,
    thumb: Vec<PlaneShrinker>,
    finish: Option<F>,
}

impl<F: Finish> Shrinkers<F> {
    fn new(frame: &Frame<'_>, picture: Grid, thumb: Option<Grid>) -> Self {
        let sides: Vec<usize> = (0..frame.components())
            .map(|component| {
                let is_enough =
                    |side: &usize| picture.is_served_by(frame.samples(component, *side), component);
                SIDES.into_iter().find(is_enough).unwrap_or(8)
            })
            .collect();
        Self {
            picture: picture.shrinkers(frame, &sides),
            thumb: thumb.map_or_else(Vec::new, |thumb| thumb.shrinkers(frame, &[1; 3])),
            sides,
            finish: None,
        }
    }

    fn decode(&mut self, frame: &Frame<'_>, cores: Option<&Cores>) -> Option<()> {
        let sides = self.sides.clone();
        // A picture that is decoded before a second thread has begun needs none.
        let core = cores.filter(|_| frame.is_long()).and_then(Cores::try_spare);
        if core.is_some()
            && let Ok(decoded) = beside::decode(frame, &sides, self)
        {
            return decoded;
        }
        scan::decode(frame, &sides, self)
    }
}

impl<F: Finish> RowSink for Shrinkers<F> {
    #[inline(always)]
    fn take<S: Simd>(&mut self, simd: S, row: &mut UnitRow) -> Option<()> {
        for (shrinker, component) in self.picture.iter_mut().zip(&row.components) {
            component.rows().for_each(|row| shrinker.push(simd, row));
        }
        for (shrinker, component) in self.thumb.iter_mut().zip(&row.components) {
            component.means().for_each(|means| shrinker.push(simd, means));
        }
        if let (Some(finish), Some(picture)) = (&mut self.finish, self.picture.first_chunk()) {
            finish.advance(simd, picture);
        }
        Some(())
    }
}
