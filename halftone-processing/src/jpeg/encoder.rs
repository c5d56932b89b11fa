//! Writes planes as a baseline JPEG with 4:2:0 chroma, without any conversion of their samples.

mod codes;
mod segments;

use std::ops::Range;

use fearless_simd::Simd;
use halftone_core::geometry::PixelSize;

#[cfg(test)]
pub(crate) use codes::STANDARD;
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
    simd::run(Encoding { planes, writer: StripWriter::new(planes.size(), quality, payloads) })
}

struct Encoding<'a> {
    planes: &'a Planes,
    writer: StripWriter,
}

impl Work for Encoding<'_> {
    type Output = Vec<u8>;

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) -> Vec<u8> {
        let Planes { luma, chroma: [blue, red] } = self.planes;
        while !self.writer.next_rows().is_empty() {
            self.writer.write(simd, [luma, blue, red]);
        }
        self.writer.finish()
    }
}

/// A file that is written strip by strip, from the top.
#[derive(Debug)]
pub(crate) struct StripWriter {
    height: usize,
    units_across: usize,
    forward: [Forward; 2],
    bits: BitWriter,
    strips: [Strip; 3],
    predictions: [i32; 3],
    /// Strips that were written.
    written: usize,
}

impl StripWriter {
    /// Writes the header; see [`encode`].
    pub(crate) fn new(size: PixelSize, quality: u8, payloads: &Payloads<'_>) -> Self {
        let (width, height) = (size.width() as usize, size.height() as usize);
        // About two bits for each pixel at the usual quality.
        let mut file = Vec::with_capacity(width * height / 4 + 4096);
        let steps =
            [segments::LUMA_STEPS, segments::CHROMA_STEPS].map(|steps| segments::scaled(&steps, quality));
        segments::write_header(&mut file, size, &steps, payloads);
        let units_across = width.div_ceil(UNIT);
        Self {
            height,
            units_across,
            forward: steps.map(|steps| Forward::new(&steps, THRESHOLD)),
            bits: BitWriter::new(file),
            strips: [
                Strip::new(units_across * UNIT, UNIT),
                Strip::new(units_across * 8, 8),
                Strip::new(units_across * 8, 8),
            ],
            predictions: [0; 3],
            written: 0,
        }
    }

    /// The rows of luma that come next; none once all were written.
    pub(crate) fn next_rows(&self) -> Range<usize> {
        let begin = (self.written * UNIT).min(self.height);
        begin..(begin + UNIT).min(self.height)
    }

    /// Writes the next rows of the planes, which are luma, blue and red.
    #[inline(always)]
    pub(crate) fn write<S: Simd>(&mut self, simd: S, planes: [&Plane; 3]) {
        let [luma_codes, chroma_codes] = CodeTables::standard();
        let [luma_forward, chroma_forward] = &self.forward;
        for (strip, plane) in self.strips.iter_mut().zip(planes) {
            strip.fill(plane, self.written);
        }
        self.bits.reserve(self.units_across * 6 * 64);
        let stride = self.strips[0].stride;
        for unit in 0..self.units_across {
            let luma_samples = &self.strips[0].samples[unit * UNIT..];
            for place in [0, 8, 8 * stride, 8 * stride + 8] {
                let block = luma_forward.apply(simd, &luma_samples[place..], stride);
                write_block(simd, &mut self.bits, luma_codes, &block, &mut self.predictions[0]);
            }
            for (strip, prediction) in self.strips[1..].iter().zip(&mut self.predictions[1..]) {
                let block = chroma_forward.apply(simd, &strip.samples[unit * 8..], strip.stride);
                write_block(simd, &mut self.bits, chroma_codes, &block, prediction);
            }
        }
        self.written += 1;
    }

    /// The file, once all rows were written.
    pub(crate) fn finish(self) -> Vec<u8> {
        debug_assert!(self.next_rows().is_empty());
        let mut file = self.bits.finish();
        file.extend([0xff, 0xd9]);
        file
    }
}

/// The rows of a plane that a row of units takes, with the last sample and the last row repeated beyond the picture.
#[derive(Debug)]
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
