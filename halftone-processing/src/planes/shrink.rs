//! A resize that takes rows as they arrive, so that only a few of them are ever held.
//!
//! Each row is resized across at once and kept with six fractional bits; as soon as the rows for a row of the result are
//! there, they are summed. Both directions calculate in whole numbers, so that every level of instructions gives
//! the same samples.

use fearless_simd::Simd;
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

/// Rows in, a smaller plane out.
#[derive(Debug, Clone)]
pub(crate) struct PlaneShrinker {
    across: Axis,
    down: Axis,
    source_rows: usize,
    /// The last rows, resized across, in turn.
    ring: Vec<i16>,
    /// One row with zeros behind it, for the surplus taps.
    padded: Vec<u8>,
    taken: usize,
    plane: Plane,
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
            (0..plane.height()).for_each(|row| shrinker.push(simd, plane.row(row)));
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
            made: 0,
            is_copy: across.is_copy() && down.is_copy(),
            across: across_axis,
            down: down_axis,
        }
    }

    /// Takes the next row, which may be longer than the source is wide. Rows beyond the source's height are ignored.
    #[inline(always)]
    pub(crate) fn push<S: Simd>(&mut self, simd: S, row: &[u8]) {
        if self.taken == self.source_rows {
            return;
        }
        let width = self.plane.width;
        if self.is_copy {
            self.plane.row_mut(self.taken).copy_from_slice(&row[..width]);
            self.taken += 1;
            self.made += 1;
            return;
        }
        let slot = self.taken % self.down.used();
        let source = self.padded.len() - self.across.taps();
        self.padded[..source].copy_from_slice(&row[..source]);
        let resized = &mut self.ring[slot * width..(slot + 1) * width];
        simd.vectorize(
            #[inline(always)]
            || resize_across(&self.across, &self.padded, resized),
        );
        self.taken += 1;
        while self.made < self.plane.height && self.down.start(self.made) + self.down.used() <= self.taken {
            let made = self.made;
            simd.vectorize(
                #[inline(always)]
                || sum_rows(&self.down, made, &self.ring, self.plane.row_mut(made)),
            );
            self.made += 1;
        }
    }

    /// Rows of the plane that are there.
    pub(crate) const fn made(&self) -> usize {
        self.made
    }

    /// The plane, of which [`PlaneShrinker::made`] rows are there.
    pub(crate) const fn plane(&self) -> &Plane {
        &self.plane
    }

    /// The plane, once every row was taken.
    pub(crate) fn finish(self) -> Option<Plane> {
        (self.made == self.plane.height).then_some(self.plane)
    }
}

#[inline(always)]
fn resize_across(axis: &Axis, row: &[u8], resized: &mut [i16]) {
    match axis.taps() {
        8 => resize_across_by_eight(axis, row, resized),
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
fn resize_across_by_eight(axis: &Axis, row: &[u8], resized: &mut [i16]) {
    let (starts, weights) = axis.all();
    let (weights, _) = weights.as_chunks::<8>();
    let ((starts, last_starts), (weights, last_weights)) =
        (starts.as_chunks::<4>(), weights.as_chunks::<4>());
    let (places, last_places) = resized.as_chunks_mut::<4>();
    let at = |start: u32| row[start as usize..].first_chunk::<8>().expect("the row is padded");
    for ((place, start), weights) in places.iter_mut().zip(starts).zip(weights) {
        let first = pairs(at(start[0]), &weights[0]);
        let second = pairs(at(start[1]), &weights[1]);
        let third = pairs(at(start[2]), &weights[2]);
        let fourth = pairs(at(start[3]), &weights[3]);
        let (upper, lower) = (halves(first, second), halves(third, fourth));
        let sums = add([upper[0], upper[1], lower[0], lower[1]], [upper[2], upper[3], lower[2], lower[3]]);
        *place = [narrow(sums[0]), narrow(sums[1]), narrow(sums[2]), narrow(sums[3])];
    }
    for ((place, start), weights) in last_places.iter_mut().zip(last_starts).zip(last_weights) {
        *place = narrow(dot(at(*start), weights));
    }
}

/// The sums of neighbouring products.
#[inline(always)]
fn pairs(samples: &[u8; 8], weights: &[i16; 8]) -> [i32; 4] {
    let mut sums = [0; 4];
    for (pair, sum) in sums.iter_mut().enumerate() {
        *sum = i32::from(samples[2 * pair]) * i32::from(weights[2 * pair])
            + i32::from(samples[2 * pair + 1]) * i32::from(weights[2 * pair + 1]);
    }
    sums
}

/// The sums of the first and the second halves of two, in turn.
#[inline(always)]
fn halves(one: [i32; 4], other: [i32; 4]) -> [i32; 4] {
    add([one[0], other[0], one[1], other[1]], [one[2], other[2], one[3], other[3]])
}

#[inline(always)]
fn add(one: [i32; 4], other: [i32; 4]) -> [i32; 4] {
    [one[0] + other[0], one[1] + other[1], one[2] + other[2], one[3] + other[3]]
}

#[inline(always)]
fn resize_across_by<const TAPS: usize>(axis: &Axis, row: &[u8], resized: &mut [i16]) {
    let (starts, weights) = axis.all();
    let (weights, _) = weights.as_chunks::<TAPS>();
    for ((place, start), weights) in resized.iter_mut().zip(starts).zip(weights) {
        let samples: &[u8; TAPS] = row[*start as usize..].first_chunk().expect("the row is padded");
        *place = narrow(dot(samples, weights));
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
#[expect(clippy::cast_sign_loss, reason = "clamped")]
fn sum_rows(axis: &Axis, sample: usize, ring: &[i16], out: &mut [u8]) {
    /// Samples that are summed at once: what fits the registers.
    const STRIP: usize = 64;
    let (width, used, start) = (out.len(), axis.used(), axis.start(sample));
    let weights = &axis.weights(sample)[..used];
    // What the products lose on average is given back, half a unit for each, and half a level for rounding.
    let lost = i16::try_from(weights.iter().filter(|weight| **weight != 0).count() / 2).unwrap_or(0);
    let begin = (1 << (SUM_BITS - 1)) + if lost > 1 { lost } else { 0 };
    for (strip, out) in out.chunks_mut(STRIP).enumerate() {
        let mut sums = [begin; STRIP];
        for (tap, weight) in weights.iter().enumerate() {
            let row = (start + tap) % used * width + strip * STRIP;
            let samples = &ring[row..row + out.len()];
            for (sum, sample) in sums.iter_mut().zip(samples) {
                *sum += upper_half(*sample, *weight);
            }
        }
        for (place, sum) in out.iter_mut().zip(sums) {
            *place = (sum >> SUM_BITS).clamp(0, 255) as u8;
        }
    }
}

#[inline(always)]
const fn upper_half(sample: i16, weight: i16) -> i16 {
    ((sample as i32 * weight as i32) >> 16) as i16
}
