//! From the coefficients that were kept to rows of samples.

use fearless_simd::Simd;

use super::coefficients::Coefficients;
use crate::jpeg::entropy::{Batch, LANES};
use crate::jpeg::frame::Frame;
use crate::jpeg::scan::{ComponentRows, RowSink, UnitRow, rows_for};
use crate::jpeg::transform::{Inverse, Samples};
use crate::simd::Work;

/// Makes samples of what was read.
pub(super) struct Showing<'a, K> {
    pub(super) frame: &'a Frame<'a>,
    pub(super) sides: &'a [usize],
    pub(super) coefficients: &'a [Coefficients],
    pub(super) sink: &'a mut K,
}

impl<K: RowSink> Work for Showing<'_, K> {
    type Output = Option<()>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Option<()> {
        let (units_across, units_down) = self.frame.units();
        let components = || self.frame.components.iter().zip(self.sides);
        let inverses: Vec<Inverse> =
            components().map(|(component, side)| Inverse::new(*side, &component.steps)).collect();
        let mut row = UnitRow {
            components: components().map(|(one, side)| rows_for(one, *side, units_across)).collect(),
        };
        let mut samples: Samples = [[0; LANES]; 64];
        for y in 0..units_down {
            for (number, rows) in row.components.iter_mut().enumerate() {
                let (component, inverse) = (&self.frame.components[number], &inverses[number]);
                let step = component.steps[0];
                for down in 0..component.down {
                    show(
                        simd,
                        &self.coefficients[number],
                        (inverse, step),
                        (y * component.down + down, down),
                        &mut samples,
                        rows,
                    );
                }
            }
            self.sink.take(simd, &mut row)?;
        }
        Some(())
    }
}

/// Makes the samples of a row of blocks, which is row `of_picture` of the component and row `of_unit` of its unit.
#[inline(always)]
fn show<S: Simd>(
    simd: S,
    coefficients: &Coefficients,
    (inverse, step): (&Inverse, u16),
    (of_picture, of_unit): (usize, usize),
    samples: &mut Samples,
    rows: &mut ComponentRows,
) {
    let across = coefficients.padded.0;
    let mut batch: Batch = [0; 2048];
    for first in (0..across).step_by(LANES) {
        let count = (across - first).min(LANES);
        batch[..coefficients.kept() * LANES].fill(0);
        for (lane, block) in coefficients.shown(of_picture * across + first, count).enumerate() {
            for (place, value) in block.iter().enumerate() {
                batch[(place * LANES + lane) % 2048] = *value;
            }
        }
        rows.fill(simd, inverse, step, &batch, (of_unit, first), samples);
    }
}
