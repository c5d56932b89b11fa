//! The resize against exact arithmetic: every sample of the source counts, with a weight that was not rounded.

use std::f64::consts::PI;

use fearless_simd::Simd;
use proptest::prelude::*;

use super::PlaneShrinker;
use crate::planes::{Plane, Side};
use crate::simd::{self, Work};

struct Pushing<'a> {
    plane: &'a Plane,
    across: Side,
    down: Side,
}

impl Work for Pushing<'_> {
    type Output = Plane;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Plane {
        let mut shrinker = PlaneShrinker::new(self.across, self.down);
        (0..self.plane.height()).for_each(|row| shrinker.push(simd, self.plane.row(row)));
        shrinker.finish().unwrap()
    }
}

fn real(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

/// Lanczos with three lobes, by its definition.
fn lanczos(x: f64) -> f64 {
    let sinc = |x: f64| if x == 0.0 { 1.0 } else { (PI * x).sin() / (PI * x) };
    if x.abs() < 3.0 { sinc(x) * sinc(x / 3.0) } else { 0.0 }
}

/// How much each sample of the source counts for one of the result.
fn weights(side: Side, sample: usize) -> Vec<f64> {
    let ratio = side.extent / side.target_extent;
    let centre = (real(sample) + 0.5 + side.shift) * ratio;
    let weights: Vec<f64> =
        (0..side.source).map(|tap| lanczos((real(tap) + 0.5 - centre) / ratio.max(1.0))).collect();
    let sum: f64 = weights.iter().sum();
    weights.iter().map(|weight| weight / sum).collect()
}

/// The samples of the result, row by row, before they are rounded.
fn exact(plane: &Plane, across: Side, down: Side) -> Vec<f64> {
    let columns: Vec<Vec<f64>> = (0..across.target).map(|sample| weights(across, sample)).collect();
    let rows: Vec<Vec<f64>> = (0..plane.height())
        .map(|y| {
            let row = plane.row(y);
            let sum = |weights: &Vec<f64>| -> f64 {
                weights.iter().zip(row).map(|(weight, sample)| weight * f64::from(*sample)).sum()
            };
            columns.iter().map(sum).collect()
        })
        .collect();
    let mut samples = Vec::new();
    for y in 0..down.target {
        let weights = weights(down, y);
        for x in 0..across.target {
            let sum: f64 = weights.iter().zip(&rows).map(|(weight, row)| weight * row[x]).sum();
            samples.push(sum.clamp(0.0, 255.0));
        }
    }
    samples
}

/// Noise, or the hardest edges there are.
fn plane(width: usize, height: usize, seed: u32, is_hard: bool) -> Plane {
    let mut state = seed;
    let mut sample = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let [high, ..] = state.to_be_bytes();
        if !is_hard {
            high
        } else if high < 128 {
            0
        } else {
            255
        }
    };
    Plane::from_samples(width, height, (0..width * height).map(|_| sample()).collect()).unwrap()
}

fn side(source: usize, target: usize, is_partly_outside: bool, is_shifted: bool) -> Side {
    Side {
        source,
        extent: if is_partly_outside { real(source) - 0.5 } else { real(source) },
        target,
        target_extent: real(target),
        shift: if is_shifted { -0.5 } else { 0.0 },
    }
}

proptest! {
    #[test]
    fn samples_are_those_of_exact_arithmetic_within_one_level(
        (width, height) in (8_usize..120, 8_usize..60),
        (narrower, lower) in (0.17..1.0_f64, 0.17..1.0_f64),
        (is_partly_outside, is_shifted, is_hard) in any::<(bool, bool, bool)>(),
        seed in any::<u32>(),
    ) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a part of a small side")]
        let part = |side: usize, part: f64| ((real(side) * part) as usize).max(1);
        let across = side(width, part(width, narrower), is_partly_outside, is_shifted);
        let down = side(height, part(height, lower), is_partly_outside, is_shifted);
        let source = plane(width, height, seed, is_hard);
        let shrunk = simd::run(Pushing { plane: &source, across, down });
        for (at, (sample, expected)) in shrunk.samples().iter().zip(exact(&source, across, down)).enumerate() {
            let difference = (f64::from(*sample) - expected.round()).abs();
            prop_assert!(difference <= 1.0, "{across:?} {down:?}, sample {at}: {sample} for {expected}");
        }
    }
}

/// What is cut off of the products is given back on average: a picture gets neither lighter nor darker.
#[test]
fn a_picture_keeps_its_light() {
    for (target, lower) in [(273, 182), (137, 91), (59, 39)] {
        let (across, down) = (side(300, target, false, false), side(200, lower, false, false));
        let source = plane(300, 200, 1, false);
        let shrunk = simd::run(Pushing { plane: &source, across, down });
        let differences: f64 = shrunk
            .samples()
            .iter()
            .zip(exact(&source, across, down))
            .map(|(sample, expected)| f64::from(*sample) - expected)
            .sum();
        let mean = differences / real(shrunk.samples().len());
        assert!(mean.abs() < 0.1, "{target}x{lower}: lighter by {mean}");
    }
}
