//! A stamp in YCbCr, laid over planes without leaving them.
//!
//! Laying one colour over another is linear, and so is the step from RGB to YCbCr: the result is that of laying the stamp over the RGB
//! picture and converting that, but for rounding.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into a level's entry is compiled without its instructions"
)]

use super::stamp::Stamp;
use crate::planes::convert::luma_of;
use crate::planes::{Plane, Planes};

/// One copy of the mark, for any place.
#[derive(Debug, Clone)]
pub(super) struct PlanarStamp {
    luma: Rows<LumaInk>,
    /// By whether the stamp's left and its top lie on an odd pixel: which pixels share their chroma depends on it.
    chroma: [[Rows<ChromaInk>; 2]; 2],
}

/// Premultiplied luma and alpha.
type LumaInk = [u8; 2];

/// Premultiplied blue and red chroma, each with their zero at 128 times alpha, in parts of 255; and alpha.
type ChromaInk = [u16; 3];

/// Rows of ink, without the empty parts at their ends.
#[derive(Debug, Clone)]
struct Rows<T> {
    inks: Vec<T>,
    /// For each row: in which column it begins, and where its inks begin and end.
    spans: Vec<(usize, usize, usize)>,
}

impl<T: Copy> Rows<T> {
    const fn new() -> Self {
        Self { inks: Vec::new(), spans: Vec::new() }
    }

    fn push(&mut self, column: usize, inks: impl Iterator<Item = T>) {
        let begin = self.inks.len();
        self.inks.extend(inks);
        self.spans.push((column, begin, self.inks.len()));
    }

    /// Blends each row over a plane's, the stamp's left top corner at `(left, top)`; what lies outside is cut off.
    #[inline(always)]
    fn blend(&self, (left, top): (i64, i64), plane: &mut Plane, blend: impl Fn(&mut u8, &T)) {
        for (row, (column, begin, end)) in (top..).zip(&self.spans) {
            let Some(y) = usize::try_from(row).ok().filter(|y| *y < plane.height()) else {
                continue;
            };
            let from = left + i64::try_from(*column).unwrap_or(i64::MAX);
            let skipped = usize::try_from(-from).unwrap_or(0).min(end - begin);
            let x = usize::try_from(from).unwrap_or(0).min(plane.width());
            let samples = &mut plane.row_mut(y)[x..];
            samples
                .iter_mut()
                .zip(&self.inks[begin + skipped..*end])
                .for_each(|(sample, ink)| blend(sample, ink));
        }
    }
}

impl PlanarStamp {
    pub(super) fn new(stamp: &Stamp) -> Self {
        let mut luma = Rows::new();
        for y in 0..stamp.height() as usize {
            let (start, inks) = stamp.row(y);
            luma.push(
                start as usize,
                inks.iter().map(|[red, green, blue, alpha]| [luma_of([*red, *green, *blue]), *alpha]),
            );
        }
        let chroma = [false, true]
            .map(|is_left_odd| [false, true].map(|is_top_odd| chroma_rows(stamp, is_left_odd, is_top_odd)));
        Self { luma, chroma }
    }

    /// Blends the stamp with its top left corner at `place`; what lies outside is cut off.
    pub(super) fn blend(&self, place: (i64, i64), planes: &mut Planes) {
        self.luma.blend(place, &mut planes.luma, |sample, [ink, alpha]| {
            let kept = (u32::from(*sample) * (255 - u32::from(*alpha)) + 127) / 255;
            *sample = u8::try_from(u32::from(*ink) + kept).unwrap_or(u8::MAX);
        });
        let (left, top) = place;
        let rows = &self.chroma[usize::from(left % 2 != 0)][usize::from(top % 2 != 0)];
        let place = (left.div_euclid(2), top.div_euclid(2));
        for (number, plane) in planes.chroma.iter_mut().enumerate() {
            rows.blend(place, plane, |sample, ink| {
                let mixed = u32::from(*sample) * (255 - u32::from(ink[2])) + u32::from(ink[number]) + 127;
                *sample = u8::try_from(mixed / 255).unwrap_or(u8::MAX);
            });
        }
    }

    /// Memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        let chroma = self.chroma.iter().flatten();
        size_of_val(self.luma.inks.as_slice())
            + chroma.map(|rows| size_of_val(rows.inks.as_slice())).sum::<usize>()
    }
}

/// The mean ink of each four pixels that share their chroma.
fn chroma_rows(stamp: &Stamp, is_left_odd: bool, is_top_odd: bool) -> Rows<ChromaInk> {
    let (across, down) = (usize::from(is_left_odd), usize::from(is_top_odd));
    let mut rows = Rows::new();
    for y in 0..(stamp.height() as usize + down).div_ceil(2) {
        let lines = [2 * y, 2 * y + 1].map(|line| {
            line.checked_sub(down)
                .filter(|line| *line < stamp.height() as usize)
                .map(|line| stamp.row(line))
                .map(|(start, inks)| (start as usize, inks))
        });
        let filled = || lines.iter().flatten().filter(|(_, inks)| !inks.is_empty());
        let first = filled().map(|(start, _)| (start + across) / 2).min().unwrap_or(0);
        let end =
            filled().map(|(start, inks)| (start + inks.len() + across).div_ceil(2)).max().unwrap_or(first);
        rows.push(
            first,
            (first..end).map(|x| {
                let mut sum = [0_i64; 4];
                for column in [2 * x, 2 * x + 1].into_iter().filter_map(|column| column.checked_sub(across)) {
                    for (start, inks) in lines.iter().flatten() {
                        let ink = column
                            .checked_sub(*start)
                            .and_then(|at| inks.get(at))
                            .copied()
                            .unwrap_or_default();
                        sum.iter_mut().zip(ink).for_each(|(sum, channel)| *sum += i64::from(channel));
                    }
                }
                chroma_ink(sum)
            }),
        );
    }
    rows
}

/// Ink of the sum of four premultiplied pixels.
fn chroma_ink([red, green, blue, alpha]: [i64; 4]) -> ChromaInk {
    // JFIF 1.02 in millionths.
    let blue_chroma = 500_000 * blue - 168_736 * red - 331_264 * green;
    let red_chroma = 500_000 * red - 418_688 * green - 81_312 * blue;
    let alpha = (alpha + 2) / 4;
    let centred = |chroma: i64| {
        let parts = (chroma * 255 + 2_000_000).div_euclid(4_000_000);
        u16::try_from((parts + 128 * alpha).clamp(0, 255 * alpha)).expect("at most 255 times 255")
    };
    [centred(blue_chroma), centred(red_chroma), u16::try_from(alpha).expect("a mean of bytes")]
}
