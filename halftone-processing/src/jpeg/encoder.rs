//! Writes planes as a baseline JPEG with 4:2:0 chroma, without any conversion of their samples.

mod codes;
mod segments;

use fearless_simd::Simd;

use codes::{BitWriter, CodeTables};
pub(crate) use segments::Payloads;

use super::ZIGZAG;
use super::forward::{Forward, Quantised};
use crate::planes::{Plane, Planes};
use crate::simd::{self, Work};

/// Quotients below this become zero: a little more than half, which is what costs the fewest bytes for the same visible quality.
const THRESHOLD: f32 = 0.54;

/// Samples on the side of a minimum coded unit: two blocks of luma.
const UNIT: usize = 16;

/// Encodes a picture at a quality of 1 to 100, on the scale of libjpeg.
///
/// The sides are at most 65,535, the limit of the format.
pub(crate) fn encode(planes: &Planes, quality: u8, payloads: &Payloads<'_>) -> Vec<u8> {
    // About two bits for each pixel at the usual quality.
    let mut file = Vec::with_capacity(planes.luma.width() * planes.luma.height() / 4 + 4096);
    let steps = [segments::LUMA_STEPS, segments::CHROMA_STEPS].map(|steps| segments::scaled(&steps, quality));
    segments::write_header(&mut file, planes, &steps, payloads);
    let forward = steps.map(|steps| Forward::new(&steps, THRESHOLD));
    let mut file = simd::run(Encoding { planes, forward: &forward, file });
    file.extend([0xff, 0xd9]);
    file
}

struct Encoding<'a> {
    planes: &'a Planes,
    forward: &'a [Forward; 2],
    file: Vec<u8>,
}

impl Work for Encoding<'_> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn run<S: Simd>(self, simd: S) -> Vec<u8> {
        let Planes { luma, chroma: [blue, red] } = self.planes;
        let [luma_codes, chroma_codes] = CodeTables::standard();
        let [luma_forward, chroma_forward] = self.forward;
        let mut writer = BitWriter::new(self.file);
        let units_across = luma.width().div_ceil(UNIT);
        let mut strips = [
            Strip::new(units_across * UNIT, UNIT),
            Strip::new(units_across * 8, 8),
            Strip::new(units_across * 8, 8),
        ];
        let mut predictions = [0; 3];
        for unit_row in 0..luma.height().div_ceil(UNIT) {
            for (strip, plane) in strips.iter_mut().zip([luma, blue, red]) {
                strip.fill(plane, unit_row);
            }
            writer.reserve(units_across * 6 * 64);
            for unit in 0..units_across {
                let luma_samples = &strips[0].samples[unit * UNIT..];
                let stride = strips[0].stride;
                for place in [0, 8, 8 * stride, 8 * stride + 8] {
                    let block = luma_forward.apply(simd, &luma_samples[place..], stride);
                    write_block(simd, &mut writer, luma_codes, &block, &mut predictions[0]);
                }
                for (strip, prediction) in strips[1..].iter().zip(&mut predictions[1..]) {
                    let block = chroma_forward.apply(simd, &strip.samples[unit * 8..], strip.stride);
                    write_block(simd, &mut writer, chroma_codes, &block, prediction);
                }
            }
        }
        writer.finish()
    }
}

/// The rows of a plane that a row of units takes, with the last sample and the last row repeated beyond the picture.
struct Strip {
    stride: usize,
    rows: usize,
    samples: Vec<u8>,
}

impl Strip {
    fn new(stride: usize, rows: usize) -> Self {
        Self { stride, rows, samples: vec![0; stride * rows] }
    }

    fn fill(&mut self, plane: &Plane, unit_row: usize) {
        for (row, samples) in self.samples.chunks_exact_mut(self.stride).enumerate() {
            let source = plane.row((unit_row * self.rows + row).min(plane.height() - 1));
            let (inside, outside) = samples.split_at_mut(source.len());
            inside.copy_from_slice(source);
            outside.fill(source[source.len() - 1]);
        }
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
    let dc = i32::from(block.values[0]);
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
        // Rounding may go one beyond what has a code: ten bits, ITU-T T.81, table F.2.
        let value = i32::from(ordered[position as usize % 64]).clamp(-1023, 1023);
        writer.write_ac(codes, position - previous - 1, value);
        previous = position;
        filled &= filled - 1;
    }
    if previous != 63 {
        writer.write_end_of_block(codes);
    }
}
