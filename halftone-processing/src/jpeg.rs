//! Our own JPEG codec for what cameras write, made for one job: from a large file to a small picture and back, without
//! ever holding a full-size frame or leaving YCbCr.
//!
//! It reads Huffman-coded pictures of 8 bits with one or three components: sequential ones in one scan, and progressive ones. Everything else,
//! and every file that is damaged in any way, is left to the established decoder ([`crate::decode`]): [`scan`] answers
//! `None`, and nothing of what it did is used. `docs/pipeline.md` has the layout of the data and the measurements.
//!
//! - [`frame`] reads the segments, and [`geometry`] says how many blocks and samples that makes; [`huffman`] makes tables of them; [`window`], [`bits`] and
//!   [`entropy`] turn bytes into the coefficients that are needed, and [`units`] does so unit by unit; [`scan`] walks the picture, [`parts`] with two
//!   threads; [`transform`] and [`samples`] make samples of it; [`progressive`] walks it once for each scan.
//! - [`strip`] holds a row of units of a file that is written, and can go back from its coefficients to samples; [`encoder`] makes
//!   a file of them. [`requantise`] leads from one file's coefficients to another's.

#![expect(
    clippy::inline_always,
    reason = "what is not inlined into a level's entry is compiled without its instructions"
)]

mod bits;
pub(crate) mod encoder;
mod entropy;
mod forward;
pub(crate) mod frame;
mod geometry;
mod huffman;
pub(crate) mod parts;
mod progressive;
pub(crate) mod requantise;
pub(crate) mod samples;
pub(crate) mod scan;
pub(crate) mod strip;
mod transform;
mod units;
mod window;

#[cfg(test)]
mod tests;

/// The lowest `side` by `side` frequencies, by their position in zigzag order: that, and their place among them, row by row.
fn lowest(side: usize) -> impl Iterator<Item = (usize, usize)> {
    let kept = move |(position, place): (usize, &u8)| {
        let (row, column) = (usize::from(place / 8), usize::from(place % 8));
        (row < side && column < side).then_some((position, row * side + column))
    };
    ZIGZAG.iter().enumerate().filter_map(kept)
}

/// Where the k-th coefficient of a block lies, as row times 8 plus column: ITU-T T.81, figure A.6.
const ZIGZAG: [u8; 64] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7,
    14, 21, 28, 35, 42, 49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39,
    46, 53, 60, 61, 54, 47, 55, 62, 63,
];
