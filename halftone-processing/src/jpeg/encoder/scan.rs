//! The entropy-coded data of a file: strips of quantised blocks, one after the other.

use fearless_simd::Simd;

use super::codes::{BitWriter, CodeTables};
use crate::jpeg::ZIGZAG;
use crate::jpeg::forward::Quantised;
use crate::jpeg::strip::{MOST_DC, Strip};

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

/// By the position in zigzag order: the place of a coefficient in a [`Quantised`] block.
const PLACES: [u8; 64] = {
    let mut places = [0; 64];
    let mut position = 0;
    while position < 64 {
        let (row, column) = (ZIGZAG[position] / 8, ZIGZAG[position] % 8);
        places[position] = column * 8 + row;
        position += 1;
    }
    places
};

/// By a byte of a [`Quantised`] block's bits, which is a column, and its value: the same bits in zigzag order.
static ORDERED: [[u64; 256]; 8] = {
    let mut ordered = [[0; 256]; 8];
    let mut position = 0;
    while position < 64 {
        let (column, row) = (PLACES[position] / 8, PLACES[position] % 8);
        let mut byte = 0;
        while byte < 256 {
            if byte >> row & 1 == 1 {
                ordered[column as usize][byte] |= 1 << position;
            }
            byte += 1;
        }
        position += 1;
    }
    ordered
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
    let columns = ORDERED.iter().zip(block.filled.to_le_bytes());
    let filled = columns.fold(0, |filled, (column, byte)| filled | column[usize::from(byte)]);
    writer.write_block(
        codes,
        #[inline(always)]
        |writer| {
            writer.write_dc(dc - *prediction);
            let (mut left, mut previous) = (filled & !1, 0);
            while left != 0 {
                let position = left.trailing_zeros();
                let value = block.values[usize::from(PLACES[position as usize % 64]) % 64];
                writer.write_ac(position - previous - 1, i32::from(value));
                previous = position;
                left &= left - 1;
            }
            if previous != 63 {
                writer.write_end();
            }
        },
    );
    *prediction = dc;
}
