//! The inverse transform, from the lowest `side x side` coefficients of a block straight to `side x side` samples.
//!
//! Keeping only the lowest frequencies and transforming them back with a shorter cosine transform is an ideal low-pass at the
//! block's own resolution: the picture comes out scaled by `side / 8` without a pixel of the full size being made.
//! The arithmetic is that of the definition (ITU-T T.81, A.3.3) in single precision, split into even and odd frequencies;
//! a sample is within one thousandth of the exact value before it is rounded.

use std::f64::consts::PI;

use fearless_simd::{Simd, SimdBase as _, f32x8, i16x16, i32x8};

use super::entropy::{Batch, LANES};

/// The sides that there is a transform for, in eighths of the full size. Those between a half and the whole would be
/// as long to compile as all others together, for pictures that are hardly larger than their proofs.
pub(crate) const SIDES: [usize; 5] = [1, 2, 3, 4, 8];

/// Samples of [`LANES`] blocks: by row and column in the block, then by block.
pub(super) type Samples = [[u8; LANES]; 64];

/// The transform of one component: its basis and its quantisation.
#[derive(Debug)]
pub(super) struct Inverse {
    side: usize,
    /// `basis[sample][frequency]`, with the scale of the two-dimensional transform's one direction.
    basis: [[f32; 8]; 8],
    /// Quantisation steps in the order of a [`Batch`].
    steps: [f32; 64],
}

impl Inverse {
    /// For samples of `side` by `side` a block, one of [`SIDES`]. The table is in rows of 8.
    pub(super) fn new(side: usize, table: &[u16; 64]) -> Self {
        let mut basis = [[0.0; 8]; 8];
        for (sample, row) in basis.iter_mut().enumerate().take(side) {
            for (frequency, weight) in row.iter_mut().enumerate().take(side) {
                *weight = weight_of(side, sample, frequency);
            }
        }
        let mut steps = [0.0; 64];
        for row in 0..side {
            for column in 0..side {
                steps[row * side + column] = f32::from(table[row * 8 + column]);
            }
        }
        Self { side, basis, steps }
    }

    /// Samples on a side of a block.
    pub(super) const fn side(&self) -> usize {
        self.side
    }

    /// Makes the samples of a batch.
    #[inline(always)]
    pub(super) fn apply<S: Simd>(&self, simd: S, batch: &Batch, samples: &mut Samples) {
        match self.side {
            1 => self.apply_to::<S, 1>(simd, batch, samples),
            2 => self.apply_to::<S, 2>(simd, batch, samples),
            3 => self.apply_to::<S, 3>(simd, batch, samples),
            4 => self.apply_to::<S, 4>(simd, batch, samples),
            _ => self.apply_to::<S, 8>(simd, batch, samples),
        }
    }

    #[inline(always)]
    fn apply_to<S: Simd, const SIDE: usize>(&self, simd: S, batch: &Batch, samples: &mut Samples) {
        simd.vectorize(
            #[inline(always)]
            || self.transform::<S, SIDE>(simd, batch, samples),
        );
    }

    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255")]
    #[expect(clippy::needless_range_loop, reason = "rows and columns change places")]
    fn transform<S: Simd, const SIDE: usize>(&self, simd: S, batch: &Batch, samples: &mut Samples) {
        let mut halves = [[[simd.splat_f32x8(0.0); SIDE]; SIDE]; 2];
        // Columns first, then rows; the lower and the upper eight lanes each for itself.
        for column in 0..SIDE {
            let mut low = [simd.splat_f32x8(0.0); SIDE];
            let mut high = low;
            for row in 0..SIDE {
                let place = row * SIDE + column;
                let step = simd.splat_f32x8(self.steps[place]);
                let coefficients = i16x16::from_slice(simd, &batch[place * LANES..place * LANES + LANES]);
                let (first, second) = simd.widen_i16x16(coefficients);
                low[row] = simd.cvt_f32_i32x8(first) * step;
                high[row] = simd.cvt_f32_i32x8(second) * step;
            }
            let (low, high) = (self.line_of(simd, low), self.line_of(simd, high));
            for row in 0..SIDE {
                halves[0][row][column] = low[row];
                halves[1][row][column] = high[row];
            }
        }
        for row in 0..SIDE {
            let [low, high] = [self.line_of(simd, halves[0][row]), self.line_of(simd, halves[1][row])];
            for column in 0..SIDE {
                let words = simd.saturating_narrow_i32x8(level(simd, low[column]), level(simd, high[column]));
                let mut sample = [0_i16; LANES];
                words.store_slice(&mut sample);
                for (place, word) in samples[row * SIDE + column].iter_mut().zip(sample) {
                    *place = word as u8;
                }
            }
        }
    }

    /// The transform in one direction; a long one as a function of its own, because
    /// thirty-two copies of it in one take minutes to compile.
    #[inline(always)]
    fn line_of<S: Simd, const SIDE: usize>(&self, simd: S, line: [f32x8<S>; SIDE]) -> [f32x8<S>; SIDE] {
        if SIDE < 8 {
            return self.line(simd, line);
        }
        simd.vectorize(
            #[inline(always)]
            || self.line(simd, line),
        )
    }

    /// See [`Inverse::line_of`].
    #[inline(always)]
    fn line<S: Simd, const SIDE: usize>(&self, simd: S, line: [f32x8<S>; SIDE]) -> [f32x8<S>; SIDE] {
        let mut out = line;
        for sample in 0..SIDE.div_ceil(2) {
            let mut even = line[0] * simd.splat_f32x8(self.basis[sample][0]);
            for frequency in (2..SIDE).step_by(2) {
                even += line[frequency] * simd.splat_f32x8(self.basis[sample][frequency]);
            }
            let mut odd = simd.splat_f32x8(0.0);
            for frequency in (1..SIDE).step_by(2) {
                odd += line[frequency] * simd.splat_f32x8(self.basis[sample][frequency]);
            }
            // The sample in the middle comes last, and its odd part is zero.
            out[SIDE - 1 - sample] = even - odd;
            out[sample] = even + odd;
        }
        out
    }
}

/// Shifts a sample to 0..=255 and rounds it.
#[inline(always)]
fn level<S: Simd>(simd: S, value: f32x8<S>) -> i32x8<S> {
    let shifted = value + simd.splat_f32x8(128.5);
    simd.cvt_i32_f32x8(
        simd.min_f32x8(simd.max_f32x8(shifted, simd.splat_f32x8(0.0)), simd.splat_f32x8(255.0)),
    )
}

/// The weight of a frequency in a sample. A shorter transform of the same coefficients keeps the block's mean.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "numbers up to 15")]
fn weight_of(side: usize, sample: usize, frequency: usize) -> f32 {
    if frequency == 0 {
        return 0.125_f64.sqrt() as f32;
    }
    let angle = (2 * sample + 1) as f64 * frequency as f64 * PI / (2 * side) as f64;
    (angle.cos() / 2.0) as f32
}

/// The mean of a block from its DC coefficient alone.
pub(super) fn mean(dc: i16, step: u16) -> u8 {
    let sum = i32::from(dc) * i32::from(step);
    u8::try_from(((sum + 4) >> 3).saturating_add(128).clamp(0, 255)).expect("clamped")
}
