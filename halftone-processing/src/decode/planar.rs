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
mod rgb;

use std::convert::Infallible;

use fearless_simd::Simd;
use halftone_core::geometry::PixelSize;

use super::jpeg;
use super::jpeg_header::JpegHeader;
use crate::cores::Cores;
use crate::jpeg::frame::Frame;
use crate::jpeg::scan::{self, RowSink, SIDES, UnitRow};
use crate::orient::Orientation;
use crate::planes::{Plane, PlaneShrinker, Planes, Side, chroma_sides};
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
///
/// # Errors
/// Those of `begin`.
pub(super) fn planes<F: Finish, E>(
    bytes: &[u8],
    header: &JpegHeader,
    wanted: Wanted,
    begin: impl FnOnce() -> Result<Option<F>, E>,
    cores: Option<&Cores>,
) -> Result<Option<Shrunk<F>>, E> {
    let Some(coded) = Coded::read(bytes, header) else {
        return Ok(None);
    };
    let frame = &coded.frame;
    let picture = Grid { size: wanted.size, chroma: Chroma::Half, orientation: wanted.orientation };
    let thumb =
        wanted.thumb.map(|size| Grid { size, ..picture }).filter(|grid| grid.is_served_by_means(frame));
    let sides = picture.sides(frame);
    let make = || {
        Ok(Shrinkers {
            picture: picture.shrinkers(frame, &sides),
            thumb: thumb.map_or_else(Vec::new, |thumb| thumb.shrinkers(frame, &[1; 3])),
            finish: begin()?.filter(|_| frame.components() == 3),
        })
    };
    let shrinkers = coded.decode(&sides, make, cores)?;
    Ok(shrinkers.and_then(|shrinkers| shrinkers.planes(wanted.size, thumb.map(|grid| grid.size))))
}

/// [`planes`] on one thread, and nobody finishes them.
pub(super) fn planes_alone(bytes: &[u8], header: &JpegHeader, wanted: Wanted) -> Option<Shrunk<Nobody>> {
    let Ok(planes) = planes(bytes, header, wanted, || NOBODY, None);
    planes
}

/// Decodes to RGB, for what has to leave YCbCr; the thumb too, where the means of blocks are enough for it.
pub(super) fn rgb(
    bytes: &[u8],
    header: &JpegHeader,
    size: PixelSize,
    thumb_size: Option<PixelSize>,
    cores: Option<&Cores>,
) -> Option<(Raster, Option<Raster>)> {
    let coded = Coded::read(bytes, header).filter(|coded| coded.frame.components() == 3)?;
    let frame = &coded.frame;
    let picture = Grid { size, chroma: Chroma::Full, orientation: Orientation::Upright };
    let thumb = thumb_size.map(|size| Grid { size, ..picture }).filter(|grid| grid.is_served_by_means(frame));
    let sides = picture.sides(frame);
    let make = || Ok::<_, Infallible>(rgb::Shrinkers::new(frame, &sides, picture, thumb));
    let Ok(decoded) = coded.decode(&sides, make, cores);
    decoded?.pictures()
}

/// A picture that our own decoder may know how to decode.
struct Coded<'a> {
    frame: Frame<'a>,
    /// Of its first scan's data.
    scan_bytes: usize,
}

impl<'a> Coded<'a> {
    fn read(file: &'a [u8], header: &JpegHeader) -> Option<Self> {
        let frame = jpeg::is_ycbcr(header).then(|| Frame::read(file))??;
        let scan_bytes = (header.first_scan_end + frame.bytes_to_end()).saturating_sub(file.len());
        Some(Self { frame, scan_bytes })
    }

    /// Decodes it to so many eighths of each component, on a second core too if one is idle.
    ///
    /// # Errors
    /// Those of `make`.
    fn decode<K: RowSink + Send, E>(
        &self,
        sides: &[usize],
        make: impl FnOnce() -> Result<K, E>,
        cores: Option<&Cores>,
    ) -> Result<Option<K>, E> {
        let frame = &self.frame;
        // A picture that is decoded before a second thread has begun needs none.
        let core = cores.filter(|_| frame.is_long()).and_then(Cores::try_spare);
        if core.is_some() {
            return beside::decode(frame, sides, self.scan_bytes, make);
        }
        let mut sink = make()?;
        Ok(scan::decode(frame, sides, &mut sink).map(|()| sink))
    }
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

    /// Whether one sample of each block is enough.
    fn is_served_by_means(self, frame: &Frame<'_>) -> bool {
        (0..frame.components()).all(|component| self.is_served_by(frame.samples(component, 1), component))
    }

    /// Eighths at which each component is decoded: the smallest that is enough for its wanted size.
    fn sides(self, frame: &Frame<'_>) -> Vec<usize> {
        let side = |component| {
            let is_enough = |side: &usize| self.is_served_by(frame.samples(component, *side), component);
            SIDES.into_iter().find(is_enough).unwrap_or(8)
        };
        (0..frame.components()).map(side).collect()
    }

    /// One for each component.
    fn shrinkers(self, frame: &Frame<'_>, sides: &[usize]) -> Vec<PlaneShrinker> {
        let mut shrinkers: Vec<PlaneShrinker> = Vec::new();
        for (component, side) in (0..frame.components()).zip(sides) {
            // Red is sampled as blue is, nearly always, and its weights need not be calculated again.
            let shrinker = match shrinkers.last() {
                Some(blue) if component == 2 && sides[1] == *side && frame.are_alike(1, 2) => blue.another(),
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

/// What begins nobody's work.
const NOBODY: Result<Option<Nobody>, Infallible> = Ok(None);

impl Finish for Nobody {
    #[inline(always)]
    fn advance<S: Simd>(&mut self, _simd: S, _picture: &[PlaneShrinker; 3]) {
        match *self {}
    }
}

/// Shrinks every component as it is decoded.
struct Shrinkers<F> {
    picture: Vec<PlaneShrinker>,
    thumb: Vec<PlaneShrinker>,
    finish: Option<F>,
}

impl<F> Shrinkers<F> {
    /// What was made, once every row was taken.
    fn planes(self, size: PixelSize, thumb_size: Option<PixelSize>) -> Option<Shrunk<F>> {
        Some(Shrunk {
            picture: planes_from(self.picture, size)?,
            thumb: match thumb_size {
                Some(size) => Some(planes_from(self.thumb, size)?),
                None => None,
            },
            finished: self.finish,
        })
    }
}

impl<F: Finish> RowSink for Shrinkers<F> {
    #[inline(always)]
    fn take<S: Simd>(&mut self, simd: S, row: &mut UnitRow) -> Option<()> {
        push_all(simd, &mut self.picture, &mut self.thumb, row);
        if let (Some(finish), Some(picture)) = (&mut self.finish, self.picture.first_chunk()) {
            finish.advance(simd, picture);
        }
        Some(())
    }
}

/// Pushes the samples of a row of units, and their means.
#[inline(always)]
fn push_all<S: Simd>(simd: S, picture: &mut [PlaneShrinker], thumb: &mut [PlaneShrinker], row: &UnitRow) {
    // Loops, because the closure of a call need not be inlined.
    for (shrinker, component) in picture.iter_mut().zip(&row.components) {
        for row in component.rows() {
            shrinker.push(simd, row);
        }
    }
    for (shrinker, component) in thumb.iter_mut().zip(&row.components) {
        for means in component.means() {
            shrinker.push(simd, means);
        }
    }
}
