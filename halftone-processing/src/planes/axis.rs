//! The weights of a resize in one direction.

use std::f64::consts::PI;

/// Weights are whole numbers of this part of one.
pub(super) const WEIGHT_BITS: u32 = 14;

/// Lobes of the Lanczos kernel on each side.
const LOBES: f64 = 3.0;

/// What is resized in one direction, counted in samples.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Side {
    /// Samples of the source.
    pub(crate) source: usize,
    /// How many of them the picture covers: the last may lie partly outside.
    pub(crate) extent: f64,
    /// Samples of the result.
    pub(crate) target: usize,
    /// How many of them the picture covers.
    pub(crate) target_extent: f64,
    /// How far the grid of the result lies ahead of the source's, in samples of the result.
    pub(crate) shift: f64,
}

impl Side {
    /// Whether the result is the source, sample for sample.
    pub(super) fn is_copy(&self) -> bool {
        self.source == self.target
            && (self.extent - self.target_extent).abs() < 1e-9
            && self.shift.abs() < 1e-9
    }
}

/// For every sample of the result: which samples of the source it is the weighted sum of.
#[derive(Debug, Clone)]
pub(super) struct Axis {
    /// Samples that each sum takes, a multiple of 8; the surplus has no weight.
    taps: usize,
    /// Samples that have weight at most.
    used: usize,
    /// As narrow as they can be: they are read again for every row.
    starts: Vec<u32>,
    weights: Vec<i16>,
}

impl Axis {
    /// The weights of one direction.
    ///
    /// Lanczos with three lobes, widened for shrinking so that nothing aliases, as every tool that photographers know
    /// does it. Weights outside the source are shared out among those inside.
    pub(super) fn new(side: Side) -> Self {
        let Side { source, target, .. } = side;
        let ratio = side.extent / side.target_extent;
        let widened = ratio.max(1.0);
        let reach = LOBES * widened;
        let used = (whole(2.0 * reach) + 1).min(source);
        let taps = used.next_multiple_of(8);
        let mut axis = Self { taps, used, starts: Vec::new(), weights: vec![0; taps * target] };
        let step = Angle::new(PI / widened / LOBES);
        let mut raw = Vec::with_capacity(used);
        for (sample, weights) in axis.weights.chunks_exact_mut(taps).enumerate() {
            let centre = (real(sample) + 0.5 + side.shift) * ratio;
            // The first sample whose middle lies within reach.
            let start = whole((centre - reach - 0.5).max(0.0).ceil()).min(source - used);
            axis.starts.push(u32::try_from(start).expect("a side of a picture"));
            let first = real(start) + 0.5 - centre;
            let mut angle = Angle::new(PI * first / widened / LOBES);
            raw.clear();
            raw.extend((0..used).map(|tap| {
                let weight = lanczos((first + real(tap)) / widened, angle.sine);
                angle = angle.plus(step);
                weight
            }));
            quantise(&raw, weights);
        }
        axis
    }

    /// Samples that one sum takes, with the surplus.
    pub(super) const fn taps(&self) -> usize {
        self.taps
    }

    /// Samples that one sum takes, without the surplus.
    pub(super) const fn used(&self) -> usize {
        self.used
    }

    /// The first sample of the source that counts for a sample of the result.
    #[inline(always)]
    pub(super) fn start(&self, sample: usize) -> usize {
        self.starts[sample] as usize
    }

    /// The weights for a sample of the result.
    #[inline(always)]
    pub(super) fn weights(&self, sample: usize) -> &[i16] {
        &self.weights[sample * self.taps..(sample + 1) * self.taps]
    }

    /// Starts and weights of all samples.
    #[inline(always)]
    pub(super) fn all(&self) -> (&[u32], &[i16]) {
        (&self.starts, &self.weights)
    }
}

/// Rounds weights to whole numbers whose sum is exactly one, so that a plain area keeps its value.
fn quantise(raw: &[f64], weights: &mut [i16]) {
    let one = 1_i32 << WEIGHT_BITS;
    let sum: f64 = raw.iter().sum();
    let mut left = one;
    let scale = f64::from(one) / sum;
    for (weight, raw) in weights.iter_mut().zip(raw) {
        #[expect(clippy::cast_possible_truncation, reason = "a part of one, between -1 and 2 times 2^14")]
        let rounded = rounded(raw * scale) as i16;
        *weight = rounded;
        left -= i32::from(rounded);
    }
    let largest = weights.iter_mut().max().expect("there is a weight");
    *largest += i16::try_from(left).expect("half a unit for each weight at most");
}

/// The nearest whole number, of a value between -32,768 and 32,767. The cast cuts off, and costs no call as rounding does where
/// processors need not have an instruction for it.
#[expect(clippy::cast_possible_truncation, reason = "small values")]
const fn rounded(value: f64) -> i32 {
    (value + 32_768.5) as i32 - 32_768
}

/// The sine and the cosine of an angle. Those of angles with equal steps between them follow from one another, which costs a fraction of
/// calculating each, and for the few taps of a sum as good as nothing of their precision.
#[derive(Debug, Clone, Copy)]
struct Angle {
    sine: f64,
    cosine: f64,
}

impl Angle {
    fn new(radians: f64) -> Self {
        let (sine, cosine) = radians.sin_cos();
        Self { sine, cosine }
    }

    fn plus(self, step: Self) -> Self {
        Self {
            sine: self.sine * step.cosine + self.cosine * step.sine,
            cosine: self.cosine * step.cosine - self.sine * step.sine,
        }
    }
}

/// The kernel at `x`; `slow` is the sine of the slower of its two waves there.
fn lanczos(x: f64, slow: f64) -> f64 {
    if x.abs() < 1e-9 {
        return 1.0;
    }
    if x.abs() >= LOBES {
        return 0.0;
    }
    // The faster wave has three times the angle, and its sine follows too.
    let fast = slow * (3.0 - 4.0 * slow * slow);
    fast * slow * LOBES / (PI * x).powi(2)
}

#[expect(clippy::cast_precision_loss, reason = "sides of pictures")]
const fn real(count: usize) -> f64 {
    count as f64
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "positive sides of pictures")]
const fn whole(length: f64) -> usize {
    length as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    fn whole_side(source: usize, target: usize) -> Side {
        Side { source, extent: real(source), target, target_extent: real(target), shift: 0.0 }
    }

    #[test]
    fn the_weights_of_every_sample_add_up_to_one_and_lie_inside() {
        for (source, target) in [(2250, 2048), (3000, 2048), (7, 3), (1, 1), (5, 5), (3, 9), (750, 400)] {
            let axis = Axis::new(whole_side(source, target));
            for sample in 0..target {
                assert_eq!(
                    axis.weights(sample).iter().map(|weight| i32::from(*weight)).sum::<i32>(),
                    1 << 14
                );
                assert!(axis.start(sample) + axis.used() <= source);
            }
        }
    }

    #[test]
    fn the_same_size_copies_every_sample() {
        let axis = Axis::new(whole_side(40, 40));
        for sample in 0..40 {
            assert_eq!(axis.weights(sample)[sample - axis.start(sample)], 1 << 14);
        }
    }
}
