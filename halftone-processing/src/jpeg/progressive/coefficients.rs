//! What is kept of a picture's coefficients until its last scan was read.

use super::header::Band;
use crate::jpeg::ZIGZAG;
use crate::jpeg::frame::Frame;

/// What is known of a component.
pub(super) struct Coefficients {
    /// Blocks of the component, whole units and their number in the picture itself.
    pub(super) padded: (usize, usize),
    pub(super) inside: (usize, usize),
    /// Places in a block's coefficients, by position in zigzag order.
    places: [Option<u8>; 64],
    /// Coefficients of a block that are kept.
    pub(super) kept: usize,
    pub(super) values: Vec<i16>,
    /// By block, and in it by position in zigzag order: whether a coefficient is not zero.
    pub(super) filled: Vec<u64>,
    /// By position: the lowest bit that was read; `None` before the first scan of it.
    pub(super) lowest: [Option<u8>; 64],
}

impl Coefficients {
    pub(super) fn new(frame: &Frame<'_>, number: usize, side: usize) -> Self {
        let padded = frame.padded_blocks(number);
        let (width, height) = frame.samples(number, 8);
        let blocks = padded.0 * padded.1;
        let place = |position: usize| {
            let (row, column) = (usize::from(ZIGZAG[position] / 8), usize::from(ZIGZAG[position] % 8));
            (row < side && column < side).then(|| u8::try_from(row * side + column).expect("at most 63"))
        };
        Self {
            padded,
            inside: (width.div_ceil(8), height.div_ceil(8)),
            places: std::array::from_fn(place),
            kept: side * side,
            values: vec![0; blocks * side * side],
            filled: vec![0; blocks],
            lowest: [None; 64],
        }
    }

    #[inline]
    pub(super) fn value(&mut self, block: usize, position: usize) -> Option<&mut i16> {
        let place = self.places[position % 64]?;
        self.values.get_mut(block * self.kept + usize::from(place))
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
