//! The entropy-coded data of a file: strips of quantised blocks, one after the other.

use fearless_simd::Simd;

use super::codes::{BitWriter, CodeTables};
use crate::jpeg::ZIGZAG;
use crate::jpeg::forward::Quantised;
use crate::jpeg::strip::{MOST_AC, MOST_DC, Strip};

/// A file whose header was written.
#[derive(Debug, Clone)]
pub(crate) struct ScanWriter {
    bits: BitWriter,
    predictions: [i32; 3],
}

impl ScanWriter {
    pub(super) const fn new(header: Vec<u8>) -> Self {
        Self { bits: BitWriter::new(header), predictions: [0; 3] }
    }

    /// Writes the coefficients of the next strip.
    #[inline(always)]
    pub(crate) fn write<S: Simd>(&mut self, simd: S, strip: &Strip) {
        let [luma, chroma] = CodeTables::standard();
        self.bits.reserve(strip.units().len() * 6 * 64);
        for unit in strip.units() {
            for (number, block) in unit.iter().enumerate() {
                let (codes, component) = if number < 4 { (luma, 0) } else { (chroma, number - 3) };
                write_block(simd, &mut self.bits, codes, block, &mut self.predictions[component]);
            }
        }
    }

    /// The file, once all strips were written.
    pub(crate) fn finish(self) -> Vec<u8> {
        let mut file = self.bits.finish();
        file.extend([0xff, 0xd9]);
        file
    }
}

/// By the place of a coefficient in a [`Quantised`] block: its position in zigzag order.
#[expect(clippy::cast_possible_truncation, reason = "at most 63")]
const POSITIONS: [u8; 64] = {
    let mut positions = [0; 64];
    let mut position = 0;
    while position < 64 {
        let (row, column) = (ZIGZAG[position] / 8, ZIGZAG[position] % 8);
        positions[(column * 8 + row) as usize] = position as u8;
        position += 1;
    }
    positions
};

/// A function of its own for each level, as the transform is: copies of it in one take long to compile and are no faster.
#[inline(always)]
fn write_block<S: Simd>(
    simd: S,
    writer: &mut BitWriter,
    codes: &CodeTables,
    block: &Quantised,
    prediction: &mut i32,
) {
    simd.vectorize(
        #[inline(always)]
        || write_block_inlined(writer, codes, block, prediction),
    );
}

#[inline(always)]
fn write_block_inlined(writer: &mut BitWriter, codes: &CodeTables, block: &Quantised, prediction: &mut i32) {
    let dc = i32::from(block.values[0].clamp(-MOST_DC - 1, MOST_DC));
    writer.write_dc(codes, dc - *prediction);
    *prediction = dc;
    let mut ordered = [0_i16; 64];
    let mut filled = 0_u64;
    let mut left = block.filled & !1;
    while left != 0 {
        let place = left.trailing_zeros() as usize;
        let position = POSITIONS[place % 64];
        ordered[usize::from(position) % 64] = block.values[place % 64];
        filled |= 1 << position;
        left &= left - 1;
    }
    let mut previous = 0;
    while filled != 0 {
        let position = filled.trailing_zeros();
        let value = i32::from(ordered[position as usize % 64].clamp(-MOST_AC, MOST_AC));
        writer.write_ac(codes, position - previous - 1, value);
        previous = position;
        filled &= filled - 1;
    }
    if previous != 63 {
        writer.write_end_of_block(codes);
    }
}
