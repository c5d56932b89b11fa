//! A stamp in YCbCr, laid over planes without leaving them.
//!
//! Laying one colour over another is linear, and so is the step from RGB to YCbCr: the result is that of laying the stamp over the RGB
//! picture and converting that, but for rounding.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into a level's entry is compiled without its instructions"
)]

use std::ops::Range;

use fearless_simd::Simd;

use super::ink::Ink;
use super::stamp::Stamp;
use crate::planes::Plane;
use crate::planes::convert::luma_of;

/// One copy of the mark, for any place.
#[derive(Debug, Clone)]
pub(super) struct PlanarStamp {
    luma: Ink,
    /// By whether the stamp's left and its top lie on an odd pixel: which pixels share their chroma depends on it. Blue, then red.
    chroma: [[[Ink; 2]; 2]; 2],
}

impl PlanarStamp {
    pub(super) fn new(stamp: &Stamp) -> Self {
        let mut luma = Ink::default();
        for y in 0..stamp.height() as usize {
            let (start, inks) = stamp.row(y);
            luma.push_row(
                start as usize,
                inks.iter().map(|[red, green, blue, alpha]| {
                    // A premultiplied colour is not brighter than its alpha, but may be rounded so.
                    let added = u16::from(luma_of([*red, *green, *blue]).min(*alpha));
                    (*alpha, added * 255)
                }),
            );
        }
        let chroma = [false, true]
            .map(|is_left_odd| [false, true].map(|is_top_odd| chroma_inks(stamp, is_left_odd, is_top_odd)));
        Self { luma, chroma }
    }

    /// Lays what falls on these rows of luma over the planes, which are luma, blue and red, with the stamp's top left corner at
    /// `place`. The rows begin with an even one, and end with one or with the picture.
    #[inline(always)]
    pub(super) fn blend<S: Simd>(
        &self,
        simd: S,
        place: (i64, i64),
        planes: [&mut Plane; 3],
        rows: Range<usize>,
    ) {
        let [luma, blue, red] = planes;
        self.luma.blend(simd, place, luma, rows.clone());
        let (left, top) = place;
        let inks = self.chroma(Self::parity(place));
        let place = (left.div_euclid(2), top.div_euclid(2));
        let rows = rows.start / 2..rows.end.div_ceil(2);
        for (ink, plane) in inks.iter().zip([blue, red]) {
            ink.blend(simd, place, plane, rows.clone());
        }
    }

    /// What is laid over luma.
    pub(super) const fn luma(&self) -> &Ink {
        &self.luma
    }

    /// What is laid over blue and red where a stamp's left top corner has this parity.
    pub(super) const fn chroma(&self, (left, top): (usize, usize)) -> &[Ink; 2] {
        &self.chroma[left][top]
    }

    /// Whether a place's left and its top are odd: 0 or 1 each.
    pub(super) fn parity((left, top): (i64, i64)) -> (usize, usize) {
        (usize::from(left % 2 != 0), usize::from(top % 2 != 0))
    }

    /// Memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        let chroma = self.chroma.as_flattened().as_flattened();
        self.luma.bytes() + chroma.iter().map(Ink::bytes).sum::<usize>()
    }
}

/// The filled part of a row of a stamp: where it begins, and its premultiplied pixels.
type Line<'a> = (usize, &'a [[u8; 4]]);

/// The mean ink of each four pixels that share their chroma.
fn chroma_inks(stamp: &Stamp, is_left_odd: bool, is_top_odd: bool) -> [Ink; 2] {
    let (across, down) = (usize::from(is_left_odd), usize::from(is_top_odd));
    let mut inks = [Ink::default(), Ink::default()];
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
        let sums: Vec<[i64; 4]> = (first..end).map(|x| sum_of_four(x, across, &lines)).collect();
        for (number, ink) in inks.iter_mut().enumerate() {
            ink.push_row(first, sums.iter().map(|sum| chroma_of(*sum, number)));
        }
    }
    inks
}

/// The sum of the four premultiplied pixels that share the chroma of a column.
fn sum_of_four(x: usize, across: usize, lines: &[Option<Line<'_>>; 2]) -> [i64; 4] {
    let mut sum = [0; 4];
    for column in [2 * x, 2 * x + 1].into_iter().filter_map(|column| column.checked_sub(across)) {
        for (start, inks) in lines.iter().flatten() {
            let ink = column.checked_sub(*start).and_then(|at| inks.get(at)).copied().unwrap_or_default();
            sum.iter_mut().zip(ink).for_each(|(sum, channel)| *sum += i64::from(channel));
        }
    }
    sum
}

/// Alpha, and what is added to the blue (0) or the red (1) chroma of the sum of four premultiplied pixels.
fn chroma_of([red, green, blue, alpha]: [i64; 4], number: usize) -> (u8, u16) {
    // JFIF 1.02 in millionths.
    let chroma = match number {
        0 => 500_000 * blue - 168_736 * red - 331_264 * green,
        _ => 500_000 * red - 418_688 * green - 81_312 * blue,
    };
    let alpha = (alpha + 2) / 4;
    let parts = (chroma * 255 + 2_000_000).div_euclid(4_000_000);
    let added = u16::try_from((parts + 128 * alpha).clamp(0, 255 * alpha)).expect("at most 255 times 255");
    (u8::try_from(alpha).expect("a mean of bytes"), added)
}
