//! The forward transform with quantisation.

use fearless_simd::{Simd, SimdBase as _, SimdMask as _, f32x8, i16x16, i32x8};

/// Quantised coefficients of a block and which of them are not zero. Both lie transposed: the place of the coefficient in
/// row `r` and column `c` is `8 c + r`, because the transform ends with columns in its lanes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Quantised {
    pub(super) values: [i16; 64],
    pub(super) filled: u64,
}

impl Quantised {
    pub(super) const EMPTY: Self = Self { values: [0; 64], filled: 0 };

    #[inline(always)]
    pub(super) fn new<S: Simd>(simd: S, values: &[i16; 64]) -> Self {
        let mut block = Self { values: *values, filled: 0 };
        for (part, values) in values.as_chunks::<16>().0.iter().enumerate() {
            block.filled |= filled(simd, i16x16::from_slice(simd, values)) << (16 * part);
        }
        block
    }
}

/// The transform and the quantisation of one table.
#[derive(Debug)]
pub(super) struct Forward {
    /// What to multiply a transformed value with, transposed: the scale of the transform and the step.
    factors: [[f32; 8]; 8],
    /// What to add to a quotient's magnitude before its fraction is cut off.
    rounding: [[f32; 8]; 8],
}

impl Forward {
    /// For quantisation steps in rows of 8. An AC quotient of `threshold` and more becomes 1.
    #[expect(clippy::cast_possible_truncation, reason = "factors below one")]
    pub(super) fn new(steps: &[u16; 64], threshold: f32) -> Self {
        let mut forward = Self { factors: [[0.0; 8]; 8], rounding: [[1.0 - threshold; 8]; 8] };
        for row in 0..8 {
            for column in 0..8 {
                let scale =
                    8.0 * output_scale(row) * output_scale(column) * f64::from(steps[row * 8 + column]);
                forward.factors[column][row] = (1.0 / scale) as f32;
            }
        }
        forward.rounding[0][0] = 0.5;
        forward
    }

    /// Transforms the 8 x 8 samples whose rows begin at multiples of `stride` into a block.
    #[inline(always)]
    pub(super) fn apply<S: Simd>(&self, simd: S, samples: &[u8], stride: usize, block: &mut Quantised) {
        simd.vectorize(
            #[inline(always)]
            || self.apply_inlined(simd, samples, stride, block),
        );
    }

    #[inline(always)]
    fn apply_inlined<S: Simd>(&self, simd: S, samples: &[u8], stride: usize, block: &mut Quantised) {
        let mut lines = [simd.splat_f32x8(0.0); 8];
        for (row, line) in lines.iter_mut().enumerate() {
            let samples: &[u8; 8] = samples[row * stride..].first_chunk().expect("rows of 8 samples");
            let mut levels = [0.0; 8];
            for (level, sample) in levels.iter_mut().zip(samples) {
                *level = f32::from(*sample) - 128.0;
            }
            *line = f32x8::from_slice(simd, &levels);
        }
        let lines = transform(simd, transpose(simd, transform(simd, lines)));
        block.filled = 0;
        // Most columns are empty, but which ones they are nobody can foretell: asking costs more than it saves.
        for (pair, values) in block.values.as_chunks_mut::<16>().0.iter_mut().enumerate() {
            let low = self.quantised(simd, lines[2 * pair], 2 * pair);
            let high = self.quantised(simd, lines[2 * pair + 1], 2 * pair + 1);
            let words = simd.saturating_narrow_i32x8(low, high);
            words.store_slice(values);
            block.filled |= filled(simd, words) << (16 * pair);
        }
    }

    /// A column of quotients, rounded.
    #[inline(always)]
    fn quantised<S: Simd>(&self, simd: S, line: f32x8<S>, column: usize) -> i32x8<S> {
        let quotient = line * f32x8::from_slice(simd, &self.factors[column]);
        let magnitude = simd.abs_f32x8(quotient) + f32x8::from_slice(simd, &self.rounding[column]);
        simd.cvt_i32_f32x8(simd.copysign_f32x8(magnitude, quotient))
    }
}

/// Which values are not zero, the first one in the lowest bit.
#[inline(always)]
fn filled<S: Simd>(simd: S, values: i16x16<S>) -> u64 {
    !simd.simd_eq_i16x16(values, simd.splat_i16x16(0)).to_bitmask() & 0xffff
}

/// By how much [`transform`]'s output is too large: Arai, Agui and Nakajima leave these factors to the quantisation.
fn output_scale(frequency: usize) -> f64 {
    if frequency == 0 {
        return 1.0;
    }
    #[expect(clippy::cast_precision_loss, reason = "numbers up to 7")]
    let angle = frequency as f64 * std::f64::consts::PI / 16.0;
    angle.cos() * std::f64::consts::SQRT_2
}

/// The cosine transform of eight values, lane by lane, with five multiplications: Y. Arai, T. Agui, M. Nakajima, "A Fast DCT-SQ
/// Scheme for Images", Trans. IEICE E71, 1988; the flow graph is figure 4-8 of Pennebaker and Mitchell.
#[inline(always)]
fn transform<S: Simd>(simd: S, line: [f32x8<S>; 8]) -> [f32x8<S>; 8] {
    let factor = |value: f32| simd.splat_f32x8(value);
    // Not with `map`, which is a function of its own with the portable instructions.
    let (sum_0, difference_0) = (line[0] + line[7], line[0] - line[7]);
    let (sum_1, difference_1) = (line[1] + line[6], line[1] - line[6]);
    let (sum_2, difference_2) = (line[2] + line[5], line[2] - line[5]);
    let (sum_3, difference_3) = (line[3] + line[4], line[3] - line[4]);

    let (outer, inner) = (sum_0 + sum_3, sum_1 + sum_2);
    let (outer_rest, inner_rest) = (sum_0 - sum_3, sum_1 - sum_2);
    let turned = (inner_rest + outer_rest) * factor(std::f32::consts::FRAC_1_SQRT_2);

    let low = difference_3 + difference_2;
    let middle = difference_2 + difference_1;
    let high = difference_1 + difference_0;
    // cos(3 pi / 8), sqrt(2) times the cosine and the sine of pi / 8 as that figure has them.
    let shared = (low - high) * factor(0.382_683_43);
    let low = low * factor(0.541_196_1) + shared;
    let high = high * factor(1.306_563) + shared;
    let middle = middle * factor(std::f32::consts::FRAC_1_SQRT_2);
    let (above, below) = (difference_0 + middle, difference_0 - middle);
    [
        outer + inner,
        above + high,
        outer_rest + turned,
        below - low,
        outer - inner,
        below + low,
        outer_rest - turned,
        above - high,
    ]
}

/// Rows become columns: three times the shuffle that puts the two halves' lines in turn.
#[inline(always)]
fn transpose<S: Simd>(simd: S, mut lines: [f32x8<S>; 8]) -> [f32x8<S>; 8] {
    for _ in 0..3 {
        let from = lines;
        for index in 0..4 {
            lines[2 * index] = simd.zip_low_f32x8(from[index], from[index + 4]);
            lines[2 * index + 1] = simd.zip_high_f32x8(from[index], from[index + 4]);
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use std::f64::consts::PI;

    use super::*;
    use crate::simd::{self, Work};

    struct One<'a>(&'a Forward, &'a [u8; 64]);

    impl Work for One<'_> {
        type Output = Quantised;

        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> Quantised {
            let mut block = Quantised::EMPTY;
            self.0.apply(simd, self.1, 8, &mut block);
            block
        }
    }

    /// The definition: ITU-T T.81, A.3.3.
    fn exact(samples: &[u8; 64], row: usize, column: usize) -> f64 {
        let weight = |frequency: usize| if frequency == 0 { 0.5_f64.sqrt() } else { 1.0 };
        let cosine = |place: usize, frequency: usize| {
            let half_steps = u32::try_from((2 * place + 1) * frequency).unwrap();
            (f64::from(half_steps) * PI / 16.0).cos()
        };
        let sum: f64 = (0..64)
            .map(|at| (f64::from(samples[at]) - 128.0) * cosine(at / 8, row) * cosine(at % 8, column))
            .sum();
        sum * weight(row) * weight(column) / 4.0
    }

    #[test]
    fn coefficients_are_those_of_the_definition() {
        let forward = Forward::new(&[1; 64], 0.5);
        for seed in 1..50_u32 {
            let samples: [u8; 64] = std::array::from_fn(|at| {
                (seed.wrapping_mul(2_654_435_761).wrapping_mul(u32::try_from(at).unwrap() + 7) >> 24) as u8
            });
            let block = simd::run(One(&forward, &samples));
            for row in 0..8 {
                for column in 0..8 {
                    let got = f64::from(block.values[column * 8 + row]);
                    let wanted = exact(&samples, row, column);
                    assert!((got - wanted).abs() < 0.51, "{row},{column}: {got} for {wanted}");
                    assert_eq!(got != 0.0, block.filled >> (column * 8 + row) & 1 == 1);
                }
            }
        }
    }
}
