//! Which blocks of a proof's JPEG a mark touches.

use halftone_core::geometry::PixelSize;

use super::ink::Ink;
use super::planar::PlanarStamp;
use crate::jpeg::strip::{Chosen, UNIT};

/// Samples on a side of a block.
const BLOCK: i64 = 8;

/// For pictures of one size: the blocks in which some sample is not what it was, those beyond the picture's edges included.
#[derive(Debug, Clone)]
pub(super) struct Touched {
    units_across: usize,
    units_down: usize,
    /// Unit by unit, as [`Chosen`] has it.
    blocks: Vec<u8>,
}

impl Touched {
    pub(super) fn new(stamp: &PlanarStamp, places: &[(i64, i64)], size: PixelSize) -> Self {
        let (units_across, units_down) =
            ((size.width() as usize).div_ceil(UNIT), (size.height() as usize).div_ceil(UNIT));
        let mut touched = Self { units_across, units_down, blocks: vec![0; units_across * units_down] };
        let luma = runs(stamp.luma());
        for place in places {
            touched.lay(&luma, *place, Self::touch_luma);
        }
        for parity in [(0, 0), (0, 1), (1, 0), (1, 1)] {
            let chroma = runs(&stamp.chroma(parity)[0]);
            for (left, top) in places.iter().filter(|place| PlanarStamp::parity(**place) == parity) {
                touched.lay(&chroma, (left.div_euclid(2), top.div_euclid(2)), Self::touch_chroma);
            }
        }
        touched
    }

    /// Those of a strip of a row of units.
    pub(super) fn of_strip(&self, number: usize) -> Chosen<'_> {
        &self.blocks[number * self.units_across..][..self.units_across]
    }

    pub(super) fn bytes(&self) -> usize {
        self.blocks.len()
    }

    fn lay(&mut self, runs: &[Run], (left, top): (i64, i64), touch: fn(&mut Self, usize, usize)) {
        for Run { row, begin, end } in runs {
            // Blocks on the other side of the left or the upper edge have no number.
            let Ok(down) = usize::try_from((top + row).div_euclid(BLOCK)) else {
                continue;
            };
            let first = (left + begin).div_euclid(BLOCK).max(0);
            for across in first..=(left + end - 1).div_euclid(BLOCK) {
                touch(self, usize::try_from(across).expect("not below zero"), down);
            }
        }
    }

    fn touch_luma(&mut self, across: usize, down: usize) {
        self.touch((across / 2, down / 2), 1 << (down % 2 * 2 + across % 2));
    }

    fn touch_chroma(&mut self, across: usize, down: usize) {
        self.touch((across, down), 0b11_0000);
    }

    fn touch(&mut self, (across, down): (usize, usize), blocks: u8) {
        if across < self.units_across && down < self.units_down {
            self.blocks[down * self.units_across + across] |= blocks;
        }
    }
}

/// Samples side by side of which each is changed.
struct Run {
    row: i64,
    begin: i64,
    end: i64,
}

fn runs(ink: &Ink) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (row, column) in ink.places() {
        match runs.last_mut() {
            Some(run) if (run.row, run.end) == (row, column) => run.end += 1,
            _ => runs.push(Run { row, begin: column, end: column + 1 }),
        }
    }
    runs
}
