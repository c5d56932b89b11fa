//! A resize that takes rows as they arrive, so that only a few of them are ever held.
//!
//! Each row is resized across at once and kept with six fractional bits; as soon as the rows for a row of the result are
//! there, they are summed. Both directions calculate in whole numbers, so that every level of instructions gives
//! the same samples.

use fearless_simd::{Simd, SimdBase as _, SimdIntWiden as _, i16x8, i16x16, i32x4};
use halftone_core::geometry::PixelSize;

use super::axis::{Axis, Side, WEIGHT_BITS};
use super::{Plane, Planes, chroma_sides};
use crate::simd::{self, Work};

#[cfg(test)]
mod tests;

/// Fractional bits of a sample between the directions.
const FRACTION_BITS: u32 = 6;

/// Fractional bits of a product in the second direction, of which the upper half is kept.
const SUM_BITS: u32 = FRACTION_BITS + WEIGHT_BITS - 16;

/// Samples of a vector.
const LANES: usize = 16;

/// Samples that are summed at once: what fits the registers.
const STRIP: usize = 4 * LANES;

/// Samples behind a row that spare copying it: what the surplus taps of usual sizes read.
pub(crate) const SURPLUS: usize = 32;

/// Rows in, a smaller plane out.
#[derive(Debug)]
pub(crate) struct PlaneShrinker {
    across: Axis,
    down: Axis,
    source_rows: usize,
    /// The last rows, resized across, in turn.
    ring: Vec<i16>,
    /// A row with as much behind it as the surplus taps read, for rows that have not.
    padded: Vec<u8>,
    taken: usize,
    /// The result, or the last rows of it, in turn.
    plane: Plane,
    /// Rows of the result.
    rows: usize,
    made: usize,
    /// Whether the result is the source, sample for sample.
    is_copy: bool,
}

/// Resizes a picture that is already in planes, for example a thumb from a proof.
pub(crate) fn shrunk(planes: &Planes, size: PixelSize) -> Planes {
    simd::run(Shrinking { planes, size })
}

struct Shrinking<'a> {
    planes: &'a Planes,
    size: PixelSize,
}

impl Work for Shrinking<'_> {
    type Output = Planes;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Planes {
        let Planes { luma, chroma: [blue, red] } = self.planes;
        let (from, to) = (self.planes.size(), self.size);
        let chroma = chroma_sides(to);
        let side = |source: usize, target: usize, from: u32, to: u32, part: f64| Side {
            source,
            extent: f64::from(from) * part,
            target,
            target_extent: f64::from(to) * part,
            shift: 0.0,
        };
        let shrink = |plane: &Plane, target: (usize, usize), part: f64| {
            let mut shrinker = PlaneShrinker::new(
                side(plane.width(), target.0, from.width(), to.width(), part),
                side(plane.height(), target.1, from.height(), to.height(), part),
            );
            for row in 0..plane.height() {
                shrinker.push(simd, plane.row(row));
            }
            shrinker.finish().expect("every row was taken")
        };
        let luma = shrink(luma, (to.width() as usize, to.height() as usize), 1.0);
        Planes { luma, chroma: [shrink(blue, chroma, 0.5), shrink(red, chroma, 0.5)] }
    }
}

impl PlaneShrinker {
    pub(crate) fn new(across: Side, down: Side) -> Self {
        let (width, height) = (across.target, down.target);
        let (across_axis, down_axis) = (Axis::new(across), Axis::new(down));
        Self {
            source_rows: down.source,
            ring: vec![0; width * down_axis.used()],
            padded: vec![0; across.source + across_axis.taps()],
            taken: 0,
            plane: Plane::filled(width, height, 0),
            rows: height,
            made: 0,
            is_copy: across.is_copy() && down.is_copy(),
            across: across_axis,
            down: down_axis,
        }
    }

    /// One with the same weights. Not a clone, which would touch the memory of rows that are not there.
    pub(crate) fn another(&self) -> Self {
        Self {
            across: self.across.clone(),
            down: self.down.clone(),
            ring: vec![0; self.ring.len()],
            padded: vec![0; self.padded.len()],
            taken: 0,
            plane: Plane::filled(self.plane.width, self.plane.height, 0),
            made: 0,
            ..*self
        }
    }

    /// Keeps no more than so many rows of the result, the last ones that were made.
    pub(crate) fn keeping(self, rows: usize) -> Self {
        Self { plane: Plane::filled(self.plane.width, rows.min(self.rows), 0), ..self }
    }

    /// Takes the next row, which may be longer than the source is wide. Rows beyond the source's height are ignored.
    #[inline(always)]
    pub(crate) fn push<S: Simd>(&mut self, simd: S, row: &[u8]) {
        if self.taken == self.source_rows {
            return;
        }
        let width = self.plane.width;
        if self.is_copy {
            self.plane.row_mut(self.taken % self.plane.height).copy_from_slice(&row[..width]);
            self.taken += 1;
            self.made += 1;
            return;
        }
        let slot = self.taken % self.down.used();
        let row = if row.len() >= self.padded.len() {
            row
        } else {
            let source = self.padded.len() - self.across.taps();
            self.padded[..source].copy_from_slice(&row[..source]);
            &self.padded
        };
        let resized = &mut self.ring[slot * width..(slot + 1) * width];
        simd.vectorize(
            #[inline(always)]
            || resize_across(simd, &self.across, row, resized),
        );
        self.taken += 1;
        while self.made < self.rows && self.down.start(self.made) + self.down.used() <= self.taken {
            let made = self.made;
            simd.vectorize(
                #[inline(always)]
                || sum_rows(simd, &self.down, made, &self.ring, self.plane.row_mut(made % self.plane.height)),
            );
            self.made += 1;
        }
    }

    /// Rows of the plane that are there.
    pub(crate) const fn made(&self) -> usize {
        self.made
    }

    /// One of the rows that are there and kept.
    #[inline(always)]
    pub(crate) fn row(&self, number: usize) -> &[u8] {
        self.plane.row(number % self.plane.height)
    }

    /// The plane, of which [`PlaneShrinker::made`] rows are there, if all are kept.
    pub(crate) const fn plane(&self) -> &Plane {
        &self.plane
    }

    /// The plane, once every row was taken. `None` before, and if not all are kept.
    pub(crate) fn finish(self) -> Option<Plane> {
        (self.made == self.rows && self.plane.height == self.rows).then_some(self.plane)
    }
}

#[inline(always)]
fn resize_across<S: Simd>(simd: S, axis: &Axis, row: &[u8], resized: &mut [i16]) {
    match axis.taps() {
        8 => resize_across_by_eight(simd, axis, row, resized),
        16 => resize_across_by::<16>(axis, row, resized),
        24 => resize_across_by::<24>(axis, row, resized),
        taps => {
            let (starts, weights) = axis.all();
            for ((place, start), weights) in resized.iter_mut().zip(starts).zip(weights.chunks_exact(taps)) {
                *place = narrow(dot(&row[*start as usize..][..taps], weights));
            }
        }
    }
}

/// Four sums at a time, whose parts are added across the sums and not each for itself.
#[inline(always)]
fn resize_across_by_eight<S: Simd>(simd: S, axis: &Axis, row: &[u8], resized: &mut [i16]) {
    let (starts, weights) = axis.all();
    let (weights, _) = weights.as_chunks::<8>();
    let ((starts, last_starts), (weights, last_weights)) =
        (starts.as_chunks::<4>(), weights.as_chunks::<4>());
    let (places, last_places) = resized.as_chunks_mut::<4>();
    for ((place, start), weights) in places.iter_mut().zip(starts).zip(weights) {
        let parts = |at: usize| {
            let mut widened = [0; 8];
            for (place, sample) in widened.iter_mut().zip(samples::<8>(row, start[at])) {
                *place = i16::from(*sample);
            }
            i16x8::from_slice(simd, &widened).pairwise_dot_product(i16x8::from_slice(simd, &weights[at]))
        };
        let sums = neighbours(neighbours(parts(0), parts(1)), neighbours(parts(2), parts(3)));
        for (place, sum) in place.iter_mut().zip(sums.as_slice()) {
            *place = narrow(*sum);
        }
    }
    for ((place, start), weights) in last_places.iter_mut().zip(last_starts).zip(last_weights) {
        *place = narrow(dot(samples::<8>(row, *start), weights));
    }
}

/// The samples that a sum takes. The row is padded, so they are there.
#[inline(always)]
fn samples<const TAPS: usize>(row: &[u8], start: u32) -> &[u8; TAPS] {
    row[start as usize..start as usize + TAPS].first_chunk().expect("cut to that length")
}

/// The sums of each two neighbours, those of `one` first.
#[inline(always)]
fn neighbours<S: Simd>(one: i32x4<S>, other: i32x4<S>) -> i32x4<S> {
    one.simd.unzip_low_i32x4(one, other) + one.simd.unzip_high_i32x4(one, other)
}

#[inline(always)]
fn resize_across_by<const TAPS: usize>(axis: &Axis, row: &[u8], resized: &mut [i16]) {
    let (starts, weights) = axis.all();
    let (weights, _) = weights.as_chunks::<TAPS>();
    for ((place, start), weights) in resized.iter_mut().zip(starts).zip(weights) {
        *place = narrow(dot(samples::<TAPS>(row, *start), weights));
    }
}

#[inline(always)]
fn dot(samples: &[u8], weights: &[i16]) -> i32 {
    samples.iter().zip(weights).map(|(sample, weight)| i32::from(*sample) * i32::from(*weight)).sum()
}

#[inline(always)]
#[expect(clippy::cast_possible_truncation, reason = "a sample overshoots by less than half of its range")]
const fn narrow(sum: i32) -> i16 {
    const DROPPED: u32 = WEIGHT_BITS - FRACTION_BITS;
    ((sum + (1 << (DROPPED - 1))) >> DROPPED) as i16
}

/// The weighted sum of rows: products lose their lower half, which costs at most a tenth of a level.
#[inline(always)]
fn sum_rows<S: Simd>(simd: S, axis: &Axis, sample: usize, ring: &[i16], out: &mut [u8]) {
    let (width, used, start) = (out.len(), axis.used(), axis.start(sample));
    let weights = &axis.weights(sample)[..used];
    // What the products lose on average is given back, half a unit for each, and half a level for rounding.
    let lost = i16::try_from(weights.iter().filter(|weight| **weight != 0).count() / 2).unwrap_or(0);
    let begin = (1 << (SUM_BITS - 1)) + if lost > 1 { lost } else { 0 };
    // The rows lie in a ring: they begin in the middle of it and go on at its beginning.
    let slot = start % used;
    let (until_end, from_begin) = weights.split_at(used - slot);
    let rows: [WeightedRows<'_>; 2] = [(until_end, &ring[slot * width..]), (from_begin, ring)];
    let (strips, rest) = out.as_chunks_mut::<STRIP>();
    let (parts, singles) = rest.as_chunks_mut::<LANES>();
    let (parts_at, singles_at) = (strips.len() * STRIP, width - singles.len());
    for (number, out) in strips.iter_mut().enumerate() {
        sum_part::<S, { STRIP / LANES }>(simd, begin, (rows, width), number * STRIP, out);
    }
    for (number, out) in parts.iter_mut().enumerate() {
        sum_part::<S, 1>(simd, begin, (rows, width), parts_at + number * LANES, out);
    }
    for (column, place) in singles.iter_mut().enumerate() {
        let mut sum = begin;
        for (weights, rows) in rows {
            for (weight, row) in weights.iter().zip(rows.chunks_exact(width)) {
                sum += upper_half(row[singles_at + column], *weight);
            }
        }
        [*place] = levels([sum]);
    }
}

/// Weights, and rows for them, one behind the other. There may be more rows.
type WeightedRows<'a> = (&'a [i16], &'a [i16]);

/// The sums of as many columns as lie in so many vectors, from `column` on, of rows of this width.
#[inline(always)]
fn sum_part<S: Simd, const VECTORS: usize>(
    simd: S,
    begin: i16,
    (rows, width): ([WeightedRows<'_>; 2], usize),
    column: usize,
    out: &mut [u8],
) {
    let mut sums = [simd.splat_i16x16(begin); VECTORS];
    for (weights, rows) in rows {
        for (weight, row) in weights.iter().zip(rows.chunks_exact(width)) {
            let samples = row[column..column + VECTORS * LANES].as_chunks().0;
            for (sum, samples) in sums.iter_mut().zip(samples) {
                *sum += i16x16::from_slice(simd, &upper_halves(samples, *weight));
            }
        }
    }
    for (places, sum) in out.as_chunks_mut().0.iter_mut().zip(sums) {
        *places = levels(*sum.as_slice().first_chunk::<LANES>().expect("sixteen lanes"));
    }
}

#[inline(always)]
fn upper_halves(samples: &[i16; LANES], weight: i16) -> [i16; LANES] {
    samples.map(
        #[inline(always)]
        |sample| upper_half(sample, weight),
    )
}

/// Rounded already: the half was in the sum from its beginning.
#[inline(always)]
#[expect(clippy::cast_sign_loss, reason = "clamped")]
fn levels<const COUNT: usize>(sums: [i16; COUNT]) -> [u8; COUNT] {
    sums.map(
        #[inline(always)]
        |sum| (sum >> SUM_BITS).clamp(0, 255) as u8,
    )
}

#[inline(always)]
const fn upper_half(sample: i16, weight: i16) -> i16 {
    ((sample as i32 * weight as i32) >> 16) as i16
}
