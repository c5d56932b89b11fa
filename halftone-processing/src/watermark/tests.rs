//! Blending against exact arithmetic, pixel by pixel.

use fearless_simd::Simd;
use halftone_core::geometry::PixelSize;
use image::GrayImage;
use proptest::prelude::*;

use super::OverPixels;
use super::ink::Ink;
use super::planar::PlanarStamp;
use super::stamp::{Paint, Stamp, outline_for};
use super::touched::Touched;
use crate::planes::Plane;
use crate::raster::{Channels, Raster};
use crate::simd::{self, Work};

/// Sides of the picture, both odd.
const SIDES: (usize, usize) = (61, 43);

/// Rows that are marked at once.
const STRIP: usize = 16;

struct Blending<'a> {
    stamp: &'a PlanarStamp,
    place: (i64, i64),
    /// Luma, blue and red.
    planes: [Plane; 3],
    height: usize,
}

impl Work for Blending<'_> {
    type Output = [Plane; 3];

    #[inline(always)]
    fn run<S: Simd>(mut self, simd: S) -> [Plane; 3] {
        for top in (0..self.height).step_by(STRIP) {
            let [luma, blue, red] = &mut self.planes;
            let rows = top..(top + STRIP).min(self.height);
            self.stamp.blend(simd, self.place, [luma, blue, red], rows);
        }
        self.planes
    }
}

/// A stamp of any shape, or with little on wide rows.
fn stamp() -> impl Strategy<Value = Stamp> {
    let count = |(width, height): (u32, u32)| usize::try_from(width * height).unwrap();
    let any_shape = (1_u32..24, 1_u32..12)
        .prop_flat_map(move |size| (Just(size), proptest::collection::vec(any::<u8>(), count(size))));
    let letter = || prop_oneof![80 => Just(0_u8), 1 => any::<u8>()];
    let gaps = (60_u32..180, 1_u32..4)
        .prop_flat_map(move |size| (Just(size), proptest::collection::vec(letter(), count(size))));
    let shape =
        prop_oneof![any_shape, gaps].prop_map(|((width, height), coverage)| (width, height, coverage));
    (shape, any::<[u8; 3]>(), 0.05..=1.0_f64).prop_map(|((width, height, coverage), colour, opacity)| {
        let coverage = GrayImage::from_raw(width, height, coverage).unwrap();
        let paint = Paint { outline: outline_for(colour), opacity, height_px: f64::from(height) };
        Stamp::of_text(&coverage, colour, paint)
    })
}

fn place() -> impl Strategy<Value = (i64, i64)> {
    (-150_i64..61, -30_i64..43)
}

/// The premultiplied pixel of the stamp that lies over one of the picture.
fn ink(stamp: &Stamp, (left, top): (i64, i64), (x, y): (usize, usize)) -> [f64; 4] {
    let inside = |at: usize, from: i64| usize::try_from(i64::try_from(at).unwrap() - from).ok();
    let found = inside(y, top).filter(|row| *row < stamp.height() as usize).and_then(|row| {
        let (start, inks) = stamp.row(row);
        inks.get(inside(x, left)?.checked_sub(start as usize)?)
    });
    found.copied().unwrap_or_default().map(f64::from)
}

/// Luma, blue and red of premultiplied colours, without the chroma's zero: JFIF 1.02.
fn ycbcr([red, green, blue, _]: [f64; 4]) -> [f64; 3] {
    let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
    [luma, (blue - luma) / 1.772, (red - luma) / 1.402]
}

fn is_within_one_level(sample: u8, expected: f64) -> bool {
    (f64::from(sample) - expected.round()).abs() <= 1.0
}

fn noise(count: usize, seed: u32) -> Vec<u8> {
    let mut state = seed;
    let mut sample = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        state.to_be_bytes()[0]
    };
    (0..count).map(|_| sample()).collect()
}

proptest! {
    #[test]
    fn rgb_pixels_are_those_of_exact_arithmetic_within_one_level(
        stamp in stamp(), place in place(), seed in any::<u32>(),
    ) {
        let (width, height) = SIDES;
        let side = |side: usize| u32::try_from(side).unwrap();
        let clean = Raster::new(side(width), side(height), Channels::Rgb, noise(width * height * 3, seed)).unwrap();
        let mut marked = clean.clone();
        simd::run(OverPixels { ink: &Ink::of_rgb(&stamp), places: &[place], picture: &mut marked });
        let (before, _) = clean.data().as_chunks::<3>();
        let (after, _) = marked.data().as_chunks::<3>();
        for (at, (before, after)) in before.iter().zip(after).enumerate() {
            let ink = ink(&stamp, place, (at % width, at / width));
            for channel in 0..3 {
                let expected = ink[channel] + f64::from(before[channel]) * (1.0 - ink[3] / 255.0);
                prop_assert!(is_within_one_level(after[channel], expected), "{at}: {} for {expected}", after[channel]);
            }
        }
    }

    #[test]
    fn planes_are_those_of_exact_arithmetic_within_one_level(
        stamp in stamp(), place in place(), seed in any::<u32>(),
    ) {
        let (width, height) = SIDES;
        let halves = (width.div_ceil(2), height.div_ceil(2));
        let plane = |(width, height): (usize, usize), seed: u32| {
            Plane::from_samples(width, height, noise(width * height, seed)).unwrap()
        };
        let clean = [plane(SIDES, seed), plane(halves, !seed), plane(halves, seed ^ 0x5555)];
        let planar = PlanarStamp::new(&stamp);
        let marked = simd::run(Blending { stamp: &planar, place, planes: clean.clone(), height });
        for y in 0..height {
            for x in 0..width {
                let ink = ink(&stamp, place, (x, y));
                let expected = ycbcr(ink)[0] + f64::from(clean[0].row(y)[x]) * (1.0 - ink[3] / 255.0);
                let found = marked[0].row(y)[x];
                prop_assert!(is_within_one_level(found, expected), "luma at {x},{y}: {found} for {expected}");
            }
        }
        for (component, (clean, marked)) in clean.iter().zip(&marked).enumerate().skip(1) {
            for y in 0..halves.1 {
                for x in 0..halves.0 {
                    // The mean of the four pixels that share the sample.
                    let pixels = [(0, 0), (1, 0), (0, 1), (1, 1)];
                    let expected: f64 = pixels
                        .iter()
                        .map(|(right, below)| {
                            let ink = ink(&stamp, place, (2 * x + right, 2 * y + below));
                            let kept = 1.0 - ink[3] / 255.0;
                            (f64::from(clean.row(y)[x]) * kept + ycbcr(ink)[component] + 128.0 * (1.0 - kept)) / 4.0
                        })
                        .sum();
                    let found = marked.row(y)[x];
                    prop_assert!(is_within_one_level(found, expected), "{component} at {x},{y}: {found} for {expected}");
                }
            }
        }
    }

    #[test]
    fn the_touched_blocks_are_those_with_a_sample_that_may_change(
        stamp in stamp(), places in proptest::collection::vec(place(), 1..4),
    ) {
        // Whole units, of which the picture covers the last in part.
        let (width, height) = (64, 48);
        let planar = PlanarStamp::new(&stamp);
        let size = PixelSize::new(61, 43).unwrap();
        let touched = Touched::new(&planar, &places, size);
        let plane = |value: u8| {
            [(width, height), (width / 2, height / 2), (width / 2, height / 2)]
                .map(|(width, height)| Plane::filled(width, height, value))
        };
        let mut may_change = vec![0_u8; 4 * 3];
        // A level that is neither kept nor laid on changes black or white.
        for ground in [0, 255] {
            for place in &places {
                let marked = simd::run(Blending { stamp: &planar, place: *place, planes: plane(ground), height });
                for (number, plane) in marked.iter().enumerate() {
                    let changed = (0..plane.height()).flat_map(|y| {
                        plane.row(y).iter().enumerate().filter(|(_, level)| **level != ground).map(move |(x, _)| (x, y))
                    });
                    for (x, y) in changed {
                        let (across, down) = (x / 8, y / 8);
                        let (unit, block) = match number {
                            0 => (down / 2 * 4 + across / 2, down % 2 * 2 + across % 2),
                            _ => (down * 4 + across, 3 + number),
                        };
                        may_change[unit] |= 1 << block;
                    }
                }
            }
        }
        // Blue and red are touched together.
        for blocks in &mut may_change {
            if *blocks & 0b11_0000 != 0 {
                *blocks |= 0b11_0000;
            }
        }
        for (strip, expected) in may_change.chunks_exact(4).enumerate() {
            prop_assert_eq!(touched.of_strip(strip), expected);
        }
    }
}
