//! Coefficients of one file as they are in another with other steps, without a transform back and forth.

use fearless_simd::{Simd, SimdBase as _, f32x8, i16x16, i32x8};

use super::entropy::{Batch, LANES};
use super::frame::{Component, Frame};
use super::strip::THRESHOLD;
use super::transform::mean;

/// Quantises the blocks of a picture anew, and keeps the means of a row of units.
#[derive(Debug)]
pub(crate) struct Requantiser {
    channels: Vec<Channel>,
    batch: Box<Batch>,
}

#[derive(Debug)]
struct Channel {
    /// `None` where the steps are the same: such coefficients stay as they are, bit for bit.
    ratios: Option<Box<Ratios>>,
    /// The step of the first coefficient.
    step: u16,
    means: Vec<u8>,
    /// From a row of means to the next.
    stride: usize,
}

/// By the place of a coefficient in a transposed block.
#[derive(Debug)]
struct Ratios {
    factors: [f32; 64],
    /// What to add to a quotient's magnitude before its fraction is cut off.
    rounding: [f32; 64],
}

impl Requantiser {
    /// For a picture whose blocks come as [`super::scan::decode_quantised`] gives them. The steps are those of luma and of chroma, in
    /// rows of 8.
    pub(crate) fn new(frame: &Frame<'_>, steps: &[[u16; 64]; 2]) -> Self {
        let (units_across, _) = frame.units();
        let channel = |(number, component): (usize, &Component)| {
            let stride = (units_across * component.across).next_multiple_of(LANES);
            Channel {
                ratios: Ratios::of(&component.steps, &steps[number.min(1)]).map(Box::new),
                step: component.steps[0],
                means: vec![0; stride * component.down],
                stride,
            }
        };
        Self {
            channels: frame.components.iter().enumerate().map(channel).collect(),
            batch: Box::new([0; 2048]),
        }
    }

    /// Takes a batch of whole blocks, which is that of row `down` of the unit's blocks and begins with block `first` of it.
    #[inline(always)]
    pub(crate) fn apply<'a, S: Simd>(
        &'a mut self,
        simd: S,
        component: usize,
        (down, first): (usize, usize),
        batch: &'a Batch,
    ) -> &'a Batch {
        let channel = &mut self.channels[component];
        let means = &mut channel.means[down * channel.stride + first..][..LANES];
        for (mean_of_block, block) in means.iter_mut().zip(batch.as_chunks::<64>().0) {
            *mean_of_block = mean(block[0], channel.step);
        }
        let Some(ratios) = &channel.ratios else { return batch };
        simd.vectorize(
            #[inline(always)]
            || ratios.apply(simd, batch, &mut self.batch),
        );
        &self.batch
    }

    /// Rows of the means of a component's blocks: the component at one eighth of its size.
    #[inline(always)]
    pub(crate) fn means(&self, component: usize) -> impl Iterator<Item = &[u8]> {
        let channel = &self.channels[component];
        channel.means.chunks_exact(channel.stride)
    }
}

impl Ratios {
    /// `None` if there is no difference.
    fn of(from: &[u16; 64], to: &[u16; 64]) -> Option<Self> {
        let mut ratios = Self { factors: [1.0; 64], rounding: [1.0 - THRESHOLD; 64] };
        for (place, (from, to)) in from.iter().zip(to).enumerate() {
            ratios.factors[place % 8 * 8 + place / 8] = f32::from(*from) / f32::from(*to);
        }
        ratios.rounding[0] = 0.5;
        (from != to).then_some(ratios)
    }

    #[inline(always)]
    fn apply<S: Simd>(&self, simd: S, from: &Batch, to: &mut Batch) {
        let none = simd.splat_i16x16(0);
        let blocks = from.as_chunks::<64>().0.iter().zip(to.as_chunks_mut::<64>().0);
        for (from, to) in blocks.take(LANES) {
            let parts = from.as_chunks::<16>().0.iter().zip(to.as_chunks_mut::<16>().0);
            for (part, (from, to)) in parts.enumerate() {
                // Most of them are empty.
                if *from == [0; 16] {
                    none.store_slice(to);
                    continue;
                }
                let (low, high) = simd.widen_i16x16(i16x16::from_slice(simd, from));
                let low = self.quotients(simd, 16 * part, simd.cvt_f32_i32x8(low));
                let high = self.quotients(simd, 16 * part + 8, simd.cvt_f32_i32x8(high));
                simd.saturating_narrow_i32x8(low, high).store_slice(to);
            }
        }
    }

    /// Of the eight coefficients from `place` on.
    #[inline(always)]
    fn quotients<S: Simd>(&self, simd: S, place: usize, values: f32x8<S>) -> i32x8<S> {
        let quotients = values * f32x8::from_slice(simd, &self.factors[place..place + 8]);
        let magnitudes =
            simd.abs_f32x8(quotients) + f32x8::from_slice(simd, &self.rounding[place..place + 8]);
        simd.cvt_i32_f32x8(simd.copysign_f32x8(magnitudes, quotients))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simd::{self, Work};

    struct Applied<'a>(&'a Ratios, &'a Batch);

    impl Work for Applied<'_> {
        type Output = Box<Batch>;

        #[inline(always)]
        fn run<S: Simd>(self, simd: S) -> Box<Batch> {
            let mut batch = Box::new([77; 2048]);
            self.0.apply(simd, self.1, &mut batch);
            batch
        }
    }

    #[test]
    fn quotients_are_rounded_as_those_of_samples_are() {
        let number = |at: usize| u16::try_from(at).unwrap();
        let from: [u16; 64] = std::array::from_fn(|at| 1 + number(at % 7));
        let to: [u16; 64] = std::array::from_fn(|at| 1 + number(at * 3 % 50));
        let ratios = Ratios::of(&from, &to).unwrap();
        let batch: Batch =
            std::array::from_fn(
                |at| if at % 5 < 3 { number(at * 73 % 2047).cast_signed() - 1023 } else { 0 },
            );
        let found = simd::run(Applied(&ratios, &batch));
        for (place, (value, found)) in batch.iter().zip(&*found).take(64 * LANES).enumerate() {
            let natural = place % 64 % 8 * 8 + place % 64 / 8;
            let quotient = f64::from(*value) * f64::from(from[natural]) / f64::from(to[natural]);
            let rounding = if natural == 0 { 0.5 } else { 1.0 - f64::from(THRESHOLD) };
            let magnitude = quotient.abs() + rounding;
            let expected = magnitude.floor().copysign(quotient);
            // Single precision may fall on the other side of a whole number.
            let is_close = (magnitude - magnitude.round()).abs() < 1e-3;
            assert!(is_close || (f64::from(*found) - expected).abs() < 0.5, "{value} at {place}: {found}");
        }
    }

    #[test]
    fn values_that_no_file_should_have_are_held_at_the_largest_number() {
        let ratios = Ratios::of(&[255; 64], &[1; 64]).unwrap();
        let found = simd::run(Applied(&ratios, &[i16::MIN; 2048]));
        assert_eq!(found[..64 * LANES], [i16::MIN; 64 * LANES]);
    }

    #[test]
    fn the_same_steps_need_no_arithmetic() {
        assert!(Ratios::of(&[3; 64], &[3; 64]).is_none());
    }
}
