//! What is laid over samples, row by row.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into a level's entry is compiled without its instructions"
)]

use std::ops::Range;

use fearless_simd::Simd;

use super::stamp::Stamp;
use crate::planes::Plane;
use crate::raster::Raster;

/// Samples of a piece are a multiple of this: what is left of a row of vectors is laid one by one.
const LANES: usize = 16;

/// So many samples without ink end a piece. What is between the letters of a turned text is most of its rows.
const GAP: usize = 32;

/// The ink of one plane, or of pixels whose channels lie side by side.
///
/// A sample keeps `kept` of its 255 parts and gets `added`, in the same parts: chroma has its zero at 128.
#[derive(Debug, Clone, Default)]
pub(super) struct Ink {
    kept: Vec<u8>,
    added: Vec<u16>,
    pieces: Vec<Piece>,
    /// For each row, how many pieces there are up to its end.
    ends: Vec<usize>,
}

/// Samples side by side.
#[derive(Debug, Clone)]
struct Piece {
    column: usize,
    /// Where its parts are.
    parts: Range<usize>,
}

impl Ink {
    /// That of a stamp, for pixels of red, green and blue.
    pub(super) fn of_rgb(stamp: &Stamp) -> Self {
        let mut ink = Self::default();
        for y in 0..stamp.height() as usize {
            let (start, pixels) = stamp.row(y);
            // A premultiplied colour is not brighter than its alpha, but may be rounded so.
            let parts = pixels.iter().flat_map(|[red, green, blue, alpha]| {
                [red, green, blue].map(|channel| (*alpha, u16::from(*channel.min(alpha)) * 255))
            });
            ink.push_row(3 * start as usize, parts);
        }
        ink
    }

    /// Takes the alpha of the samples of the next row from a column on, and what is added to each.
    pub(super) fn push_row(&mut self, column: usize, parts: impl Iterator<Item = (u8, u16)>) {
        let mut gap = GAP;
        for (at, (alpha, added)) in parts.enumerate() {
            if alpha == 0 {
                gap += 1;
                continue;
            }
            if gap < GAP {
                self.kept.resize(self.kept.len() + gap, 255);
                self.added.resize(self.added.len() + gap, 0);
            } else {
                self.end_piece();
                let begin = self.kept.len();
                self.pieces.push(Piece { column: column + at, parts: begin..begin });
            }
            self.kept.push(255 - alpha);
            self.added.push(added);
            gap = 0;
        }
        self.end_piece();
        self.ends.push(self.pieces.len());
    }

    /// Fills up the last piece, if that was not done.
    fn end_piece(&mut self) {
        if let Some(last) = self.pieces.last_mut() {
            let length = (self.kept.len() - last.parts.start).next_multiple_of(LANES);
            last.parts.end = last.parts.start + length;
            self.kept.resize(last.parts.end, 255);
            self.added.resize(last.parts.end, 0);
        }
    }

    fn row(&self, row: usize) -> &[Piece] {
        let begin = row.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.pieces[begin..self.ends[row]]
    }

    /// Rows and columns of the samples that are not kept as they are.
    pub(super) fn places(&self) -> impl Iterator<Item = (i64, i64)> {
        let rows = (0..).zip(0..self.ends.len());
        let pieces = rows.flat_map(|(number, row)| self.row(row).iter().map(move |piece| (number, piece)));
        pieces.flat_map(|(row, Piece { column, parts })| {
            let first = i64::try_from(*column).expect("inside a stamp");
            let columns = (first..).zip(&self.kept[parts.clone()]).filter(|(_, kept)| **kept < 255);
            columns.map(move |(column, _)| (row, column))
        })
    }

    /// Lays what falls on these rows of a plane over them, the stamp's left top corner at `(left, top)`; what lies outside the plane is cut
    /// off.
    #[inline(always)]
    pub(super) fn blend<S: Simd>(
        &self,
        simd: S,
        (left, top): (i64, i64),
        plane: &mut Plane,
        rows: Range<usize>,
    ) {
        for y in rows {
            self.blend_row(simd, (left, top), y, plane.row_mut(y));
        }
    }

    /// The same for all rows of a picture, and for the ink of its channels.
    #[inline(always)]
    pub(super) fn blend_rgb<S: Simd>(&self, simd: S, (left, top): (i64, i64), picture: &mut Raster) {
        let row_bytes = picture.row_bytes();
        for (y, row) in picture.data_mut().chunks_exact_mut(row_bytes).enumerate() {
            self.blend_row(simd, (3 * left, top), y, row);
        }
    }

    #[inline(always)]
    fn blend_row<S: Simd>(&self, simd: S, (left, top): (i64, i64), y: usize, samples: &mut [u8]) {
        let line = i64::try_from(y).ok().and_then(|y| usize::try_from(y - top).ok());
        let Some(line) = line.filter(|line| *line < self.ends.len()) else {
            return;
        };
        for Piece { column, parts } in self.row(line) {
            let from = left + i64::try_from(*column).unwrap_or(i64::MAX);
            let first = usize::try_from(-from).unwrap_or(0).min(parts.len()) + parts.start;
            let x = usize::try_from(from).unwrap_or(0).min(samples.len());
            let (kept, added) = (&self.kept[first..parts.end], &self.added[first..parts.end]);
            simd.vectorize(
                #[inline(always)]
                || lay_over(&mut samples[x..], kept, added),
            );
        }
    }

    /// Memory that it takes.
    pub(super) fn bytes(&self) -> usize {
        size_of_val(self.kept.as_slice())
            + size_of_val(self.added.as_slice())
            + size_of_val(self.pieces.as_slice())
            + size_of_val(self.ends.as_slice())
    }
}

#[inline(always)]
fn lay_over(samples: &mut [u8], kept: &[u8], added: &[u16]) {
    for ((sample, kept), added) in samples.iter_mut().zip(kept).zip(added) {
        // At most 255 times 255, because nothing is added beyond what is not kept. The rest divides by 255 and rounds, exactly.
        let sum = u16::from(*sample) * u16::from(*kept) + *added + 128;
        *sample = ((sum + (sum >> 8)) >> 8) as u8;
    }
}
