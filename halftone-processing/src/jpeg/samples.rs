//! From the coefficients of a row of minimum coded units to its samples.
//!
//! A batch of blocks is transformed as soon as it is decoded, or, where another thread does it, a row of units at a time.

use fearless_simd::Simd;

pub(crate) use super::entropy::Batch;
use super::entropy::LANES;
use super::frame::{Component, Frame};
use super::transform::{Inverse, Samples, mean};
use crate::planes::SURPLUS;

/// The samples of a row of minimum coded units.
#[derive(Debug, Clone)]
pub(crate) struct UnitRow {
    pub(crate) components: Vec<ComponentRows>,
}

/// A component's samples of a row of minimum coded units. Samples beyond the picture's edges may follow.
#[derive(Debug, Clone)]
pub(crate) struct ComponentRows {
    samples: Vec<u8>,
    row_length: usize,
    means: Vec<u8>,
    means_length: usize,
}

impl ComponentRows {
    /// Rows of the component at its scale, from the top.
    #[inline(always)]
    pub(crate) fn rows(&self) -> impl Iterator<Item = &[u8]> {
        self.samples.chunks_exact(self.row_length)
    }

    /// Rows of the means of the component's blocks: the component at one eighth of its size.
    #[inline(always)]
    pub(crate) fn means(&self) -> impl Iterator<Item = &[u8]> {
        self.means.chunks_exact(self.means_length)
    }
}

/// Takes a picture from the top.
pub(crate) trait RowSink {
    /// Takes the next row of units, and may leave any other of this picture in its place. `None` ends the decoding.
    fn take<S: Simd>(&mut self, simd: S, row: &mut UnitRow) -> Option<()>;
}

/// Takes the coefficients of a picture from the top.
pub(crate) trait BlockSink {
    /// Takes a batch of a component: that of row `down` of the unit's blocks, from block `first` of it on.
    fn take_batch<S: Simd>(&mut self, simd: S, component: usize, place: (usize, usize), batch: &Batch);

    /// All batches of a row of units were given. `None` ends the decoding.
    fn end_row<S: Simd>(&mut self, simd: S) -> Option<()>;
}

/// The needed coefficients of a row of minimum coded units, to be transformed elsewhere.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BlockRow {
    components: Vec<ComponentBlocks>,
}

/// A component's batches, one after the other, each as long as its coefficients need.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ComponentBlocks {
    coefficients: Vec<i16>,
    /// Of a batch.
    length: usize,
    /// Batches in a row of blocks.
    across: usize,
    /// Blocks of a unit, across.
    in_unit: usize,
}

impl BlockRow {
    /// Room for the blocks of the picture's rows of units.
    pub(crate) fn of_picture(frame: &Frame<'_>, sides: &[usize]) -> Self {
        Self::new(frame, sides, frame.units().0)
    }

    /// Room for the blocks of a row of so many units.
    pub(super) fn new(frame: &Frame<'_>, sides: &[usize], units_across: usize) -> Self {
        let blocks = |(component, side): (&Component, &usize)| {
            let across = (units_across * component.across).div_ceil(LANES);
            let length = side * side * LANES;
            ComponentBlocks {
                coefficients: vec![0; across * component.down * length],
                length,
                across,
                in_unit: component.across,
            }
        };
        Self { components: frame.components.iter().zip(sides).map(blocks).collect() }
    }

    /// Puts a batch into its place; see [`BlockSink::take_batch`].
    #[inline(always)]
    pub(crate) fn put(&mut self, component: usize, (down, first): (usize, usize), batch: &Batch) {
        let blocks = &mut self.components[component];
        let begin = (down * blocks.across + first / LANES) * blocks.length;
        blocks.coefficients[begin..][..blocks.length].copy_from_slice(&batch[..blocks.length]);
    }

    /// The coefficients of a block, which is that of a number in row `down` of the unit's blocks.
    #[inline(always)]
    pub(super) fn block(
        &self,
        component: usize,
        (down, number): (usize, usize),
    ) -> impl Iterator<Item = i16> {
        let blocks = &self.components[component];
        let begin = (down * blocks.across + number / LANES) * blocks.length;
        blocks.coefficients[begin..][..blocks.length].iter().skip(number % LANES).step_by(LANES).copied()
    }

    /// The first coefficient of a unit's last block.
    pub(super) fn last_dc(&self, component: usize, unit: usize) -> i16 {
        let blocks = &self.components[component];
        let down = blocks.coefficients.len() / (blocks.across * blocks.length);
        let mut block = self.block(component, (down - 1, (unit + 1) * blocks.in_unit - 1));
        block.next().expect("a block has coefficients")
    }
}

/// Makes samples of coefficients and hands them on, a row of units at a time.
pub(crate) struct Transformer<'a, K> {
    /// For each component, with the step of its first coefficient.
    inverses: Vec<(Inverse, u16)>,
    row: UnitRow,
    samples: Samples,
    sink: &'a mut K,
}

impl<'a, K: RowSink> Transformer<'a, K> {
    pub(crate) fn new(frame: &Frame<'_>, sides: &[usize], sink: &'a mut K) -> Self {
        let (units_across, _) = frame.units();
        let components = || frame.components.iter().zip(sides);
        let inverse = |(component, side): (&Component, &usize)| {
            (Inverse::new(*side, &component.steps), component.steps[0])
        };
        Self {
            inverses: components().map(inverse).collect(),
            row: UnitRow {
                components: components().map(|(one, side)| rows_for(one, *side, units_across)).collect(),
            },
            samples: [[0; LANES]; 64],
            sink,
        }
    }

    /// Takes all batches of a row of units at once.
    #[inline(always)]
    pub(crate) fn take_blocks<S: Simd>(&mut self, simd: S, row: &BlockRow) -> Option<()> {
        let mut batch: Batch = [0; 2048];
        for (component, blocks) in row.components.iter().enumerate() {
            for (position, coefficients) in blocks.coefficients.chunks_exact(blocks.length).enumerate() {
                batch[..blocks.length].copy_from_slice(coefficients);
                let place = (position / blocks.across, position % blocks.across * LANES);
                self.take_batch(simd, component, place, &batch);
            }
        }
        self.end_row(simd)
    }
}

impl<K: RowSink> BlockSink for Transformer<'_, K> {
    #[inline(always)]
    fn take_batch<S: Simd>(&mut self, simd: S, component: usize, place: (usize, usize), batch: &Batch) {
        let (inverse, step) = &self.inverses[component];
        self.row.components[component].fill(simd, inverse, *step, batch, place, &mut self.samples);
    }

    #[inline(always)]
    fn end_row<S: Simd>(&mut self, simd: S) -> Option<()> {
        self.sink.take(simd, &mut self.row)
    }
}

/// Room for a component's samples of a row of units, and behind each row for what a resize reads without weight.
pub(super) fn rows_for(component: &Component, side: usize, units_across: usize) -> ComponentRows {
    let blocks = (units_across * component.across).next_multiple_of(LANES);
    ComponentRows {
        samples: vec![128; (blocks * side + SURPLUS) * component.down * side],
        row_length: blocks * side + SURPLUS,
        means: vec![128; (blocks + SURPLUS) * component.down],
        means_length: blocks + SURPLUS,
    }
}

impl ComponentRows {
    /// Makes samples and means of a batch, which is that of row `down` of the unit's blocks and begins with block `first` of it.
    #[inline(always)]
    pub(super) fn fill<S: Simd>(
        &mut self,
        simd: S,
        inverse: &Inverse,
        step: u16,
        batch: &Batch,
        (down, first): (usize, usize),
        samples: &mut Samples,
    ) {
        let means = &mut self.means[down * self.means_length + first..][..LANES];
        for (place, dc) in means.iter_mut().zip(&batch[..LANES]) {
            *place = mean(*dc, step);
        }
        inverse.apply(simd, batch, samples);
        let (side, length) = (inverse.side(), self.row_length);
        let rows = &mut self.samples[down * side * length..][..side * length];
        match side {
            1 => scatter::<1>(samples, rows, length, first),
            2 => scatter::<2>(samples, rows, length, first),
            3 => scatter::<3>(samples, rows, length, first),
            4 => scatter::<4>(samples, rows, length, first),
            _ => scatter::<8>(samples, rows, length, first),
        }
    }
}

/// Lays the samples of a batch side by side into rows, from block `first` on.
#[inline(always)]
fn scatter<const SIDE: usize>(samples: &Samples, rows: &mut [u8], row_length: usize, first: usize) {
    for (row, lines) in rows.chunks_exact_mut(row_length).zip(samples.chunks_exact(SIDE)) {
        let lines: &[[u8; LANES]; SIDE] = lines.first_chunk().expect("chunks of that length");
        let (blocks, _) = row[first * SIDE..(first + LANES) * SIDE].as_chunks_mut::<SIDE>();
        let blocks: &mut [[u8; SIDE]; LANES] = blocks.first_chunk_mut().expect("a batch of blocks");
        for lane in 0..LANES {
            for column in 0..SIDE {
                blocks[lane][column] = lines[column][lane];
            }
        }
    }
}
