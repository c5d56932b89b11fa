//! The blur that makes an outline of a shape.

use image::GrayImage;

/// The farthest that an outline reaches, in pixels: that of a mark which is 7,000 high.
pub(super) const MOST_REACH: u32 = 127;

const MEAN_BITS: u32 = 24;

/// Two box blurs each way: near enough to a Gaussian, and its cost does not grow with its reach.
pub(super) fn soften(shape: &GrayImage, reach: u32) -> Vec<u8> {
    let width = shape.width() as usize;
    let window = 2 * reach + 1;
    let mean = Mean { reach: reach as usize, factor: (1_u32 << MEAN_BITS).div_ceil(window) };
    let mut pixels = shape.as_raw().clone();
    let mut blurred = vec![0; pixels.len()];
    for _ in 0..2 {
        for (row, blurred) in pixels.chunks_exact(width).zip(blurred.chunks_exact_mut(width)) {
            mean.across(row, blurred);
        }
        mean.down(&blurred, &mut pixels, width);
    }
    pixels
}

/// The mean of those within `reach`, beyond the edges zeros, cut off to a whole number.
///
/// A sum of up to `w` bytes, times 2^24 / w rounded up, and cut off by 24 bits, is the sum divided by w exactly as long as 255 w^2 is below 2^24,
/// and fits 32 bits. [`MOST_REACH`] keeps w at 255.
struct Mean {
    reach: usize,
    factor: u32,
}

impl Mean {
    const fn of(&self, sum: u32) -> u8 {
        ((sum * self.factor) >> MEAN_BITS) as u8
    }

    fn across(&self, row: &[u8], blurred: &mut [u8]) {
        let mut sum: u32 = row.iter().take(self.reach).map(|value| u32::from(*value)).sum();
        for (index, place) in blurred.iter_mut().enumerate() {
            sum += row.get(index + self.reach).map_or(0, |value| u32::from(*value));
            if let Some(leaving) = index.checked_sub(self.reach + 1) {
                sum -= u32::from(row[leaving]);
            }
            *place = self.of(sum);
        }
    }

    /// All columns at once, row by row.
    fn down(&self, pixels: &[u8], blurred: &mut [u8], width: usize) {
        let row = |index: usize| pixels.chunks_exact(width).nth(index);
        let mut sums = vec![0_u32; width];
        let add = |sums: &mut [u32], row: &[u8]| {
            for (sum, value) in sums.iter_mut().zip(row) {
                *sum += u32::from(*value);
            }
        };
        (0..self.reach).filter_map(row).for_each(|row| add(&mut sums, row));
        for (index, blurred) in blurred.chunks_exact_mut(width).enumerate() {
            if let Some(coming) = row(index + self.reach) {
                add(&mut sums, coming);
            }
            if let Some(leaving) = index.checked_sub(self.reach + 1).and_then(row) {
                for (sum, value) in sums.iter_mut().zip(leaving) {
                    *sum -= u32::from(*value);
                }
            }
            for (place, sum) in blurred.iter_mut().zip(&sums) {
                *place = self.of(*sum);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The same sums, each for itself, and divided.
    fn slow(pixels: &[u8], width: usize, reach: usize) -> Vec<u8> {
        let height = pixels.len() / width;
        let window = 2 * reach + 1;
        let line = |at: &dyn Fn(usize) -> u8, count: usize, middle: usize| {
            let (begin, end) = (middle.saturating_sub(reach), (middle + reach + 1).min(count));
            u8::try_from((begin..end).map(|index| usize::from(at(index))).sum::<usize>() / window).unwrap()
        };
        let mut pixels = pixels.to_vec();
        for _ in 0..2 {
            let across: Vec<u8> = (0..pixels.len())
                .map(|place| line(&|x| pixels[place / width * width + x], width, place % width))
                .collect();
            pixels = (0..across.len())
                .map(|place| line(&|y| across[y * width + place % width], height, place / width))
                .collect();
        }
        pixels
    }

    #[test]
    fn an_outline_is_softened_as_by_dividing_every_sum() {
        let (width, height) = (37_u32, 23_u32);
        let noise = |x: u32, y: u32| u8::try_from((x * 7919 + y * 104_729) % 509 % 256).unwrap();
        let shape = GrayImage::from_fn(width, height, |x, y| image::Luma([noise(x, y)]));
        for reach in [1, 2, 5, 11, 30, MOST_REACH] {
            assert_eq!(
                soften(&shape, reach),
                slow(shape.as_raw(), width as usize, reach as usize),
                "within {reach}"
            );
        }
        let full = GrayImage::from_pixel(300, 300, image::Luma([255]));
        assert_eq!(soften(&full, MOST_REACH), slow(full.as_raw(), 300, MOST_REACH as usize));
    }
}
