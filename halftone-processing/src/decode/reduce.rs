//! Averages rows as they arrive, so that a large picture is never held whole.

use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderError;

use crate::error::malformed;
use crate::raster::{Channels, Raster};

/// Takes the rows of a picture from the top and keeps boxes of `factor x factor` pixels as their mean.
///
/// The result keeps at least twice the target's size, where the means of boxes cost no visible sharpness:
/// the Lanczos resize that follows decides the picture.
pub(super) struct RowReducer {
    source: PixelSize,
    channels: Channels,
    factor: usize,
    sums: Vec<u32>,
    rows_summed: usize,
    rows_taken: u32,
    reduced: Vec<u8>,
}

impl RowReducer {
    pub(super) fn new(source: PixelSize, target: PixelSize, channels: Channels) -> Self {
        let factor = factor(source, target);
        let reduced_width = (source.width() as usize).div_ceil(factor);
        let reduced_height = (source.height() as usize).div_ceil(factor);
        let row_samples = reduced_width * channels.count();
        Self {
            source,
            channels,
            factor,
            sums: if factor == 1 { Vec::new() } else { vec![0; row_samples] },
            rows_summed: 0,
            rows_taken: 0,
            reduced: Vec::with_capacity(row_samples * reduced_height),
        }
    }

    /// Takes the next row; rows beyond the picture's height are ignored.
    pub(super) fn push(&mut self, row: &[u8]) -> Result<(), RenderError> {
        if row.len() != self.source.width() as usize * self.channels.count() {
            return Err(malformed("a row has another length than the header announces"));
        }
        if self.rows_taken == self.source.height() {
            return Ok(());
        }
        self.rows_taken += 1;
        if self.factor == 1 {
            self.reduced.extend_from_slice(row);
            return Ok(());
        }
        match self.channels {
            Channels::Grey => self.sum::<1>(row),
            Channels::Rgb => self.sum::<3>(row),
            Channels::Cmyk => self.sum::<4>(row),
        }
        self.rows_summed += 1;
        if self.rows_summed == self.factor || self.rows_taken == self.source.height() {
            self.flush();
        }
        Ok(())
    }

    fn sum<const N: usize>(&mut self, row: &[u8]) {
        let (pixels, _) = row.as_chunks::<N>();
        let (sums, _) = self.sums.as_chunks_mut::<N>();
        for (sum, run) in sums.iter_mut().zip(pixels.chunks(self.factor)) {
            for pixel in run {
                for (channel, value) in sum.iter_mut().zip(pixel) {
                    *channel += u32::from(*value);
                }
            }
        }
    }

    fn flush(&mut self) {
        let count = self.channels.count();
        let width = self.source.width() as usize;
        for (index, run) in self.sums.chunks(count).enumerate() {
            let columns = self.factor.min(width - index * self.factor);
            // At most 15,000 x 15,000 pixels make a box.
            let weight = u32::try_from(columns * self.rows_summed).expect("boxes are bounded by the sides");
            for sum in run {
                self.reduced.push(u8::try_from((sum + weight / 2) / weight).unwrap_or(u8::MAX));
            }
        }
        self.sums.fill(0);
        self.rows_summed = 0;
    }

    /// The reduced picture; an error if rows are missing.
    pub(super) fn finish(self) -> Result<Raster, RenderError> {
        if self.rows_taken != self.source.height() {
            return Err(malformed("the file ends before the last row of the picture"));
        }
        let (width, height) = reduced_size(self.source, self.factor);
        Raster::new(width, height, self.channels, self.reduced)
            .ok_or_else(|| malformed("the picture has fewer pixels than its header announces"))
    }
}

/// Memory of the reduced picture.
pub(super) fn reduced_bytes(source: PixelSize, target: PixelSize, channels: Channels) -> u64 {
    let (width, height) = reduced_size(source, factor(source, target));
    u64::from(width) * u64::from(height) * channels.count() as u64
}

fn reduced_size(source: PixelSize, factor: usize) -> (u32, u32) {
    let factor = u32::try_from(factor).expect("factors are bounded by the sides");
    (source.width().div_ceil(factor), source.height().div_ceil(factor))
}

/// How many pixels become one, at twice the target's size or more.
fn factor(source: PixelSize, target: PixelSize) -> usize {
    // Sums of 8-bit values over larger boxes would not fit 32 bits.
    const MOST: u32 = 4_000;
    let across = source.width() / (2 * target.width());
    let down = source.height() / (2 * target.height());
    across.min(down).clamp(1, MOST) as usize
}

/// Lays a row of pixels whose last channel is alpha on white paper; `flat` is the buffer for the result.
pub(super) fn on_white<'r, const N: usize>(row: &[u8], flat: &'r mut Vec<u8>) -> &'r [u8] {
    flat.clear();
    let (pixels, _) = row.as_chunks::<N>();
    for pixel in pixels {
        let alpha = u32::from(pixel[N - 1]);
        for value in &pixel[..N - 1] {
            let mixed = (u32::from(*value) * alpha + 255 * (255 - alpha) + 127) / 255;
            flat.push(u8::try_from(mixed).unwrap_or(u8::MAX));
        }
    }
    flat
}

#[cfg(test)]
mod tests {
    use super::*;

    fn size(width: u32, height: u32) -> PixelSize {
        PixelSize::new(width, height).unwrap()
    }

    #[test]
    fn boxes_become_their_mean_and_edges_count_what_is_there() {
        let mut reducer = RowReducer::new(size(9, 5), size(2, 1), Channels::Grey);
        assert_eq!(reducer.factor, 2);
        for row in 0..5_u8 {
            reducer.push(&[row * 10; 9]).unwrap();
        }
        let small = reducer.finish().unwrap();
        assert_eq!((small.width(), small.height()), (5, 3));
        assert_eq!(small.data()[..5], [5; 5]);
        assert_eq!(small.data()[10..], [40; 5]);
    }

    #[test]
    fn missing_rows_are_an_error() {
        let mut reducer = RowReducer::new(size(4, 4), size(4, 4), Channels::Rgb);
        reducer.push(&[0; 12]).unwrap();
        assert!(reducer.push(&[0; 11]).is_err());
        assert!(reducer.finish().is_err());
    }
}
