//! The inverse transform, against its definition in double precision.

use std::f64::consts::PI;

use fearless_simd::Simd;
use jpeg_encoder::{ColorType, Encoder};
use proptest::prelude::*;

use super::inputs::decoded;
use crate::jpeg::entropy::{Batch, LANES};
use crate::jpeg::scan::SIDES;
use crate::jpeg::transform::{Inverse, Samples, mean};
use crate::simd::{self, Work};

/// Half a level for the rounding to whole ones, and the thousandth that single precision may add.
const TOLERANCE: f64 = 0.501;

struct Transforming<'a> {
    inverse: &'a Inverse,
    batch: &'a Batch,
}

impl Work for Transforming<'_> {
    type Output = Samples;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Samples {
        let mut samples = [[0; LANES]; 64];
        self.inverse.apply(simd, self.batch, &mut samples);
        samples
    }
}

/// The orthonormal cosine transform of `side` points, once each way, and an eighth of `side` so that the mean stays: T.81, A.3.3, for a
/// `side` of 8.
fn exact(side: usize, block: &[f64; 64], x: usize, y: usize) -> f64 {
    let real = |count: usize| f64::from(u8::try_from(count).unwrap());
    let weight = |sample: usize, frequency: usize| {
        let norm = if frequency == 0 { 1.0 } else { 2.0 };
        let angle = (2.0 * real(sample) + 1.0) * real(frequency) * PI / (2.0 * real(side));
        (norm / real(side)).sqrt() * angle.cos()
    };
    let mut sum = 0.0;
    for row in 0..side {
        for column in 0..side {
            sum += block[row * 8 + column] * weight(y, row) * weight(x, column);
        }
    }
    (sum * real(side) / 8.0 + 128.0).clamp(0.0, 255.0)
}

proptest! {
    #[test]
    fn samples_are_those_of_the_definition_within_rounding(
        coefficients in proptest::collection::vec(-8_i16..=8, 64),
        steps in proptest::collection::vec(1_u16..=40, 64),
        side in 0_usize..5,
    ) {
        let side = SIDES[side];
        let steps: [u16; 64] = steps.try_into().unwrap();
        // Another block in each lane.
        let coefficient = |place: usize, lane: usize| coefficients[(place + 7 * lane) % 64];
        let mut batch: Batch = [0; 2048];
        for lane in 0..LANES {
            for place in 0..side * side {
                batch[place * LANES + lane] = coefficient(place / side * 8 + place % side, lane);
            }
        }
        let inverse = Inverse::new(side, &steps);
        let samples = simd::run(Transforming { inverse: &inverse, batch: &batch });
        for lane in 0..LANES {
            let block: [f64; 64] =
                std::array::from_fn(|place| f64::from(coefficient(place, lane)) * f64::from(steps[place]));
            for (place, sample) in samples.iter().take(side * side).enumerate() {
                let (sample, expected) = (f64::from(sample[lane]), exact(side, &block, place % side, place / side));
                prop_assert!((sample - expected).abs() <= TOLERANCE, "{place} of {side}: {sample} for {expected}");
            }
        }
    }

    #[test]
    fn the_mean_of_a_block_is_its_first_coefficient(dc in -2048_i16..=2047, step in 1_u16..=255) {
        let expected = (f64::from(dc) * f64::from(step) / 8.0 + 128.0).clamp(0.0, 255.0);
        prop_assert!((f64::from(mean(dc, step)) - expected).abs() <= 0.5);
    }

    #[test]
    fn scaled_samples_are_means_where_the_picture_is_smooth(side in 0_usize..5, quality in 90_u8..=100) {
        let side = SIDES[side];
        let pixels: Vec<u8> = (0..64 * 64).map(|at: usize| u8::try_from(60 + at % 64 + at / 64).unwrap()).collect();
        let mut file = Vec::new();
        Encoder::new(&mut file, quality).encode(&pixels, 64, 64, ColorType::Luma).unwrap();
        let rows = decoded(&file, side).unwrap();
        for (y, row) in rows.rows[0].iter().take(8 * side).enumerate() {
            for (x, sample) in row.iter().take(8 * side).enumerate() {
                let [across, down, scale] = [x, y, side].map(|count| f64::from(u8::try_from(count).unwrap()));
                let expected = 59.0 + (across + down + 1.0) * 8.0 / scale;
                prop_assert!((f64::from(*sample) - expected).abs() < 3.0, "{x},{y} of {side}: {sample} for {expected}");
            }
        }
    }
}
