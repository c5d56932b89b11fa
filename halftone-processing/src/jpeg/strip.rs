//! A row of minimum coded units of our own files, as samples and as quantised coefficients, and the ways between the two.

use fearless_simd::Simd;

use super::entropy::{Batch, LANES};
use super::forward::{Forward, Quantised};
use super::transform::{Inverse, Samples};
use crate::planes::Plane;

/// Samples of luma on the side of a minimum coded unit: two blocks.
pub(crate) const UNIT: usize = 16;

/// The blocks of a unit in the order of a scan.
pub(super) type Unit = [Quantised; 6];

/// By the block of a unit: its plane and where it lies there, from the unit's left top corner.
const PLACES: [(usize, usize, usize); 6] = [(0, 0, 0), (0, 8, 0), (0, 0, 8), (0, 8, 8), (1, 0, 0), (2, 0, 0)];

/// The most that an AC coefficient may be: ten bits, ITU-T T.81, table F.2. Rounding may go one beyond.
pub(super) const MOST_AC: i16 = 1023;

/// The most that a DC coefficient may be, and one less than the least: so the difference of two has a code of eleven bits, table F.1. Blocks
/// of samples stay within it.
pub(super) const MOST_DC: i16 = 1023;

/// Quotients below this become zero: a little more than half, which is what costs the fewest bytes for the same visible quality.
pub(super) const THRESHOLD: f32 = 0.54;

/// Some blocks of a strip: for each unit a byte, in which bit `n` stands for block `n` of it. The blocks are those of a scan: luma's
/// upper two, luma's lower two, blue's and red's.
pub(crate) type Chosen<'a> = &'a [u8];

/// A strip whose planes are luma, blue and red with half-size chroma.
#[derive(Debug)]
pub(crate) struct Strip {
    units: Vec<Unit>,
    /// As wide and high as the units, whatever of them lies inside the picture.
    planes: [Plane; 3],
    /// Of luma and of chroma.
    forward: [Forward; 2],
    inverse: [Inverse; 2],
    batch: Box<Batch>,
    samples: Box<Samples>,
}

impl Strip {
    /// Room for a strip of a picture. The steps are those of luma and chroma, in rows of 8.
    pub(super) fn new(width: usize, steps: &[[u16; 64]; 2]) -> Self {
        let units = width.div_ceil(UNIT);
        let plane = |unit: usize| Plane::filled(units * unit, unit, 0);
        Self {
            units: vec![[Quantised::EMPTY; 6]; units],
            planes: [plane(UNIT), plane(UNIT / 2), plane(UNIT / 2)],
            forward: steps.each_ref().map(|steps| Forward::new(steps, THRESHOLD)),
            inverse: steps.each_ref().map(|steps| Inverse::new(8, steps)),
            batch: Box::new([0; 2048]),
            samples: Box::new([[0; LANES]; 64]),
        }
    }

    pub(super) fn units(&self) -> &[Unit] {
        &self.units
    }

    /// The samples: luma, blue and red.
    pub(crate) fn planes_mut(&mut self) -> [&mut Plane; 3] {
        self.planes.each_mut()
    }

    /// Takes the rows of a picture that belong to its strip of this number and quantises all of them. The last sample and the
    /// last row are repeated beyond the picture.
    #[inline(always)]
    pub(super) fn take<S: Simd>(&mut self, simd: S, planes: [&Plane; 3], number: usize) {
        for (rows, plane) in self.planes.iter_mut().zip(planes) {
            fill(rows, plane, number);
        }
        for unit in 0..self.units.len() {
            for block in 0..6 {
                self.quantise_block(simd, unit, block);
            }
        }
    }

    /// Takes a batch of quantised blocks, each of them whole, as [`super::scan::decode_quantised`] gives them: those of a
    /// component in row `down` of its blocks, from block `first` on.
    #[inline(always)]
    pub(crate) fn put<S: Simd>(
        &mut self,
        simd: S,
        component: usize,
        (down, first): (usize, usize),
        batch: &Batch,
    ) {
        let (blocks, _) = batch.as_chunks::<64>();
        for (at, values) in (first..).zip(&blocks[..LANES]) {
            let (unit, block) =
                if component == 0 { (at / 2, 2 * down + at % 2) } else { (at, 3 + component) };
            // A batch may end behind the last unit.
            if let Some(unit) = self.units.get_mut(unit) {
                unit[block] = Quantised::new(simd, values);
            }
        }
    }

    /// Makes the samples of the chosen blocks anew of their coefficients. All others are worth nothing then.
    #[inline(always)]
    pub(crate) fn restore<S: Simd>(&mut self, simd: S, chosen: Chosen<'_>) {
        for (inverse, blocks) in self.inverse.iter().zip([&[0, 1, 2, 3][..], &[4, 5]]) {
            let mut waiting = places(chosen, blocks).peekable();
            while waiting.peek().is_some() {
                self.batch[..64 * LANES].fill(0);
                let (mut lanes, mut count) = ([(0, 0, 0); LANES], 0);
                for (unit, block) in waiting.by_ref().take(LANES) {
                    spread(&self.units[unit][block], &mut self.batch, count);
                    lanes[count] = sample_place(unit, block);
                    count += 1;
                }
                inverse.apply(simd, &self.batch, &mut self.samples);
                scatter(&self.samples, &lanes[..count], &mut self.planes);
            }
        }
    }

    /// Quantises the chosen blocks of the samples.
    #[inline(always)]
    pub(crate) fn quantise<S: Simd>(&mut self, simd: S, chosen: Chosen<'_>) {
        for (unit, block) in places(chosen, &[0, 1, 2, 3, 4, 5]) {
            self.quantise_block(simd, unit, block);
        }
    }

    #[inline(always)]
    fn quantise_block<S: Simd>(&mut self, simd: S, unit: usize, block: usize) {
        let (number, x, y) = sample_place(unit, block);
        let plane = &self.planes[number];
        let samples = &plane.samples()[y * plane.width() + x..];
        self.forward[number.min(1)].apply(simd, samples, plane.width(), &mut self.units[unit][block]);
    }
}

/// The chosen ones among some blocks of each unit, unit by unit.
fn places(chosen: Chosen<'_>, blocks: &'static [usize]) -> impl Iterator<Item = (usize, usize)> {
    let units = chosen.iter().enumerate().filter(|(_, chosen)| **chosen != 0);
    units.flat_map(move |(unit, chosen)| {
        blocks.iter().filter(move |block| chosen >> **block & 1 == 1).map(move |block| (unit, *block))
    })
}

/// The plane of a block, and where in the strip it lies there.
#[inline(always)]
const fn sample_place(unit: usize, block: usize) -> (usize, usize, usize) {
    let (plane, x, y) = PLACES[block];
    let side = if plane == 0 { UNIT } else { UNIT / 2 };
    (plane, unit * side + x, y)
}

/// Copies a strip's rows of a plane and repeats the last sample and the last row.
fn fill(rows: &mut Plane, plane: &Plane, number: usize) {
    for row in 0..rows.height() {
        let source = plane.row((number * rows.height() + row).min(plane.height() - 1));
        let (inside, outside) = rows.row_mut(row).split_at_mut(source.len());
        inside.copy_from_slice(source);
        outside.fill(source[source.len() - 1]);
    }
}

/// Lays the values of a block into its lane of an empty batch, as they will be in the file.
#[inline(always)]
fn spread(block: &Quantised, batch: &mut Batch, lane: usize) {
    batch[lane] = block.values[0].clamp(-MOST_DC - 1, MOST_DC);
    let mut left = block.filled & !1;
    while left != 0 {
        let place = left.trailing_zeros() as usize % 64;
        // Rows and columns change places.
        let position = place % 8 * 8 + place / 8;
        batch[(position * LANES + lane) % 2048] = block.values[place].clamp(-MOST_AC, MOST_AC);
        left &= left - 1;
    }
}

/// Lays the samples of each lane into their place.
#[inline(always)]
fn scatter(samples: &Samples, lanes: &[(usize, usize, usize)], planes: &mut [Plane; 3]) {
    for (row, lines) in samples.as_chunks::<8>().0.iter().enumerate() {
        // All lanes, and not only those that are used: loops of fixed length become shuffles.
        let mut blocks = [[0; 8]; LANES];
        for (lane, block) in blocks.iter_mut().enumerate() {
            for (sample, line) in block.iter_mut().zip(lines) {
                *sample = line[lane];
            }
        }
        for (block, (plane, x, y)) in blocks.iter().zip(lanes) {
            planes[*plane].row_mut(y + row)[*x..][..8].copy_from_slice(block);
        }
    }
}
