//! What the fuzz targets look at and nobody else: our JPEG decoder without the pipeline around it.
//!
//! Compiled with `--cfg fuzzing` alone, which `cargo fuzz` sets, so that it is no part of what this crate offers.

#![expect(clippy::inline_always, reason = "as all sinks of the decoder")]

use std::sync::OnceLock;

use fearless_simd::Simd;

use crate::jpeg::frame::Frame;
use crate::jpeg::parts::{self, Split, TailReader};
use crate::jpeg::samples::Transformer;
use crate::jpeg::scan::{self, RowSink, UnitRow};

/// Samples on a side of a block.
const SIDE: usize = 8;

/// The first component of a picture, in whole blocks.
#[derive(Debug, PartialEq, Eq)]
pub struct FirstComponent {
    size: (usize, usize),
    rows: Vec<Vec<u8>>,
}

impl FirstComponent {
    /// Decodes it at full size. `None` if our decoder leaves the file to others, or if there are more than `most` samples.
    pub fn decode(file: &[u8], most: usize) -> Option<Self> {
        let (frame, size) = read(file, most)?;
        let mut rows = Rows(Vec::new());
        scan::decode(&frame, &vec![SIDE; frame.components()], &mut rows)?;
        Some(Self { size, rows: rows.0 })
    }

    /// Decodes it in two parts, of which the second begins at some 256ths of what follows the header, and in one. `None` if there are no parts;
    /// inside it for each what [`FirstComponent::decode`] would answer.
    pub fn decode_in_two_and_in_one(file: &[u8], most: usize, place: u8) -> Option<[Option<Self>; 2]> {
        let (frame, size) = read(file, most)?;
        let place = frame.bytes_to_end() * usize::from(place) / 256;
        let (split, sides) = (Split::at(&frame, place, most)?, vec![SIDE; frame.components()]);
        let tail = OnceLock::new();
        if let Some(read) = TailReader::new(&frame, &sides, split)?.read() {
            tail.set(read).expect("there is one tail");
        }
        let [mut in_two, mut in_one] = [Rows(Vec::new()), Rows(Vec::new())];
        let mut transformer = Transformer::new(&frame, &sides, &mut in_two);
        let two = parts::decode_blocks(&frame, &sides, split, &tail, &mut transformer);
        let one = scan::decode(&frame, &sides, &mut in_one);
        Some(
            [(two, in_two), (one, in_one)].map(|(answer, rows)| answer.map(|()| Self { size, rows: rows.0 })),
        )
    }

    /// Samples of the component, across and down; less than the picture's if others are finer.
    pub const fn size(&self) -> (usize, usize) {
        self.size
    }

    /// The blocks that begin inside the picture, each with the place of its first sample. Parts of them may lie outside.
    pub fn blocks(&self) -> impl Iterator<Item = (usize, usize, [[u8; SIDE]; SIDE])> {
        let (width, height) = self.size;
        self.rows.chunks_exact(SIDE).enumerate().take(height.div_ceil(SIDE)).flat_map(move |(row, rows)| {
            (0..width.div_ceil(SIDE)).map(move |column| {
                let line = |line: usize| std::array::from_fn(|sample| rows[line][column * SIDE + sample]);
                (column * SIDE, row * SIDE, std::array::from_fn(line))
            })
        })
    }
}

/// The header, and the size of the first component, unless that has more samples than `most`.
fn read(file: &[u8], most: usize) -> Option<(Frame<'_>, (usize, usize))> {
    let frame = Frame::read(file)?;
    let size = frame.samples(0, SIDE);
    (size.0 * size.1 <= most).then_some((frame, size))
}

struct Rows(Vec<Vec<u8>>);

impl RowSink for Rows {
    #[inline(always)]
    fn take<S: Simd>(&mut self, _simd: S, row: &mut UnitRow) -> Option<()> {
        self.0.extend(row.components.first()?.rows().map(<[u8]>::to_vec));
        Some(())
    }
}
