//! What is kept of a picture's coefficients until its last scan was read.

use super::header::Band;
use crate::jpeg::entropy::Values;
use crate::jpeg::frame::Frame;
use crate::jpeg::lowest;

/// What is known of a component.
pub(super) struct Coefficients {
    /// Blocks of the component, whole units and their number in the picture itself.
    pub(super) padded: (usize, usize),
    pub(super) inside: (usize, usize),
    /// Places in a block's coefficients, by position in zigzag order. What is not kept, and what lies behind the block, has one place, the
    /// last.
    places: [u8; 256],
    /// Whether a coefficient is kept, by position.
    wanted: u64,
    /// Coefficients of a block that are kept.
    kept: usize,
    /// Those of all blocks, behind those of each one the place for all others: a value that goes there costs less than the question whether to.
    values: Vec<i16>,
    /// By block, and in it by position: whether a coefficient is not zero.
    filled: Vec<u64>,
    /// By position: the lowest bit that was read; `None` before the first scan of it.
    pub(super) lowest: [Option<u8>; 64],
}

impl Coefficients {
    pub(super) fn new(frame: &Frame<'_>, number: usize, side: usize) -> Self {
        let padded = frame.padded_blocks(number);
        let (width, height) = frame.samples(number, 8);
        let blocks = padded.0 * padded.1;
        let kept = side * side;
        let mut places = [u8::try_from(kept).expect("at most 64"); 256];
        let mut wanted = 0;
        for (position, place) in lowest(side) {
            places[position] = u8::try_from(place).expect("at most 63");
            wanted |= 1 << position;
        }
        Self {
            padded,
            inside: (width.div_ceil(8), height.div_ceil(8)),
            places,
            wanted,
            kept,
            values: vec![0; blocks * (kept + 1)],
            filled: vec![0; blocks],
            lowest: [None; 64],
        }
    }

    /// A block, to read more of.
    #[inline(always)]
    pub(super) fn block(&mut self, number: usize) -> Option<Block<'_>> {
        let stride = self.kept + 1;
        Some(Block {
            places: &self.places,
            wanted: self.wanted,
            values: self.values.get_mut(number * stride..)?.get_mut(..stride)?,
            filled: self.filled.get_mut(number)?,
        })
    }

    /// What is kept of so many blocks from one on.
    pub(super) fn shown(&self, first: usize, count: usize) -> impl Iterator<Item = &[i16]> {
        let stride = self.kept + 1;
        self.values[first * stride..][..count * stride].chunks_exact(stride).map(|block| &block[..self.kept])
    }

    /// Coefficients of a block that are kept.
    pub(super) const fn kept(&self) -> usize {
        self.kept
    }

    /// Whether a scan with these parameters comes next for its frequencies; notes it.
    pub(super) fn accept(&mut self, band: Band) -> Option<()> {
        for lowest in &mut self.lowest[band.first..=band.last] {
            let is_next = match (*lowest, band.high) {
                (None, 0) => true,
                (Some(lowest), high) => high > 0 && lowest == high && band.low + 1 == high,
                (None, _) => false,
            };
            if !is_next {
                return None;
            }
            *lowest = Some(band.low);
        }
        Some(())
    }
}

/// What is known of a block.
pub(super) struct Block<'a> {
    places: &'a [u8; 256],
    wanted: u64,
    values: &'a mut [i16],
    filled: &'a mut u64,
}

impl Block<'_> {
    /// The place of a coefficient, or the one for all that are not kept.
    #[inline(always)]
    pub(super) fn value(&mut self, position: u8) -> &mut i16 {
        &mut self.values[usize::from(self.places[usize::from(position)])]
    }

    /// Which coefficients are not zero, by position.
    #[inline(always)]
    pub(super) const fn filled(&self) -> u64 {
        *self.filled
    }

    /// Which coefficients are kept, by position.
    #[inline(always)]
    pub(super) const fn wanted(&self) -> u64 {
        self.wanted
    }

    /// Puts a value where zero or the same value was. Only zeros have a place behind the block.
    #[inline(always)]
    pub(super) fn fill(&mut self, position: u8, value: i16) {
        *self.value(position) = value;
        *self.filled |= u64::from(value != 0) << (position % 64);
    }
}

/// The values of a block whose lower bits come later.
pub(super) struct UpperBits<'a> {
    pub(super) block: Block<'a>,
    /// The lowest bit that is there.
    pub(super) low: u8,
}

impl Values for UpperBits<'_> {
    #[inline(always)]
    fn put(&mut self, position: u8, value: i16) {
        self.block.fill(position, value << (self.low % 16));
    }
}
