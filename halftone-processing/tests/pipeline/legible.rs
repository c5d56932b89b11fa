//! The mark can be seen wherever it lies: on dark, on light and on busy parts of a picture, in every format and colour.
//!
//! A proof with the mark is compared with the proof without; what differs is what a client sees of the mark.

use halftone_core::geometry::PixelSize;
use halftone_core::rendition::{ProcessingOptions, ProofEdge, RenditionFormat};
use halftone_core::text::WatermarkText;
use halftone_core::watermark::{Colour, Placement, Watermark};
use halftone_processing::colour::RgbSpace;
use halftone_processing::limits::Limits;
use halftone_processing::raster::Raster;
use halftone_processing::watermark::{Mark, MarkRequest};

use crate::inputs::{decoded, jpeg, picture, plain, render};
use crate::scene::Chance;

/// A change of luma that is seen side by side, in levels.
const SEEN: f64 = 16.0;

/// Of a region's pixels, at least so many are seen to have changed. The usual mark has 0.07 where its letters are hardest to see, which is a
/// white mark on snow, a black one at night, and a coloured one of middling light among foliage; elsewhere 0.12.
const LEAST_SEEN: f64 = 0.05;

/// Mean change of luma where the mark lies, in levels. The usual mark has 14 at least; half of its opacity would be too little.
const LEAST_CONTRAST: f64 = 12.0;

/// Mean change of luma in parts that the mark does not touch. A JPEG has none; in busy parts of a WebP, whose blocks are predicted from one
/// another, it is 2.5.
const MOST_OUTSIDE: f64 = 3.0;

/// The largest square in which no change is seen, by the picture's short edge; the usual mark leaves 0.13. Larger, and it would be
/// worth cutting out.
const LARGEST_HOLE: f64 = 0.2;

const REGIONS: [&str; 3] = ["dark", "light", "busy"];

/// A third each of a night, of snow and of foliage.
fn original() -> Vec<u8> {
    let mut chance = Chance(3);
    let leaves: Vec<[u8; 3]> = (0..500 * 250).map(|_| [(); 3].map(|()| chance.level())).collect();
    let level = |value: u32| u8::try_from(value).unwrap();
    jpeg(&picture(1500, 1000, |x, y| match x / 500 {
        0 => [level(8 + y / 100), level(8 + x / 100), level(14 + y / 90)],
        1 => [level(252 - y / 60), level(250 - x / 100), level(246 - y / 80)],
        // Four pixels high and wide, so that their contrast survives the resize.
        _ => leaves[(y / 4 * 500 + (x - 1000) / 4) as usize],
    }))
}

fn options(watermark: Watermark, format: RenditionFormat) -> ProcessingOptions {
    ProcessingOptions {
        proof_long_edge: ProofEdge::parse(1024).unwrap(),
        format,
        ..ProcessingOptions::with_watermark(watermark)
    }
}

fn luma(picture: &Raster) -> Vec<f64> {
    let (pixels, _) = picture.data().as_chunks::<3>();
    let weigh = |[red, green, blue]: [f64; 3]| 0.299 * red + 0.587 * green + 0.114 * blue;
    pixels.iter().map(|pixel| weigh(pixel.map(f64::from))).collect()
}

/// Where the mark lies on pictures of a size: what it changes of a grey one.
fn mask(watermark: &Watermark, like: &Raster) -> Vec<bool> {
    let mut grey = plain(like.width(), like.height(), [128; 3]);
    let size = PixelSize::new(like.width(), like.height()).unwrap();
    let (space, limits) = (RgbSpace::default(), Limits::default());
    let request = MarkRequest { watermark, logo: None, size, space: &space, limits: &limits };
    Mark::prepare(&request).unwrap().unwrap().apply(&mut grey);
    let (pixels, _) = grey.data().as_chunks::<3>();
    pixels.iter().map(|pixel| *pixel != [128; 3]).collect()
}

/// Whether each pixel lies in a square of 16 that the mark does not touch: blocks are encoded by such squares.
fn untouched(mask: &[bool], width: usize) -> Vec<bool> {
    let across = width.div_ceil(16);
    let square = |at: usize| at / width / 16 * across + at % width / 16;
    let mut touched = vec![false; square(mask.len() - 1) + across];
    for (at, _) in mask.iter().enumerate().filter(|(_, is_marked)| **is_marked) {
        touched[square(at)] = true;
    }
    (0..mask.len()).map(|at| !touched[square(at)]).collect()
}

/// The side of the largest square without a pixel that is seen to have changed.
fn largest_hole(is_seen: &[bool], width: usize) -> u32 {
    // For each pixel of the row above: the side of the largest square that ends there.
    let mut above = vec![0_u32; width];
    let mut largest = 0;
    for row in is_seen.chunks_exact(width) {
        let (mut diagonal, mut left) = (0, 0);
        for (side, is_seen) in above.iter_mut().zip(row) {
            let ends_here = if *is_seen { 0 } else { 1 + diagonal.min(left).min(*side) };
            diagonal = *side;
            (*side, left) = (ends_here, ends_here);
            largest = ends_here.max(largest);
        }
    }
    largest
}

fn mean(values: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = values.fold((0.0, 0.0), |(sum, count), value| (sum + value, count + 1.0));
    sum / count
}

fn assert_legible(original: &[u8], colour: &str, format: RenditionFormat) {
    let watermark = Watermark::Text {
        text: WatermarkText::parse("© Studio").unwrap(),
        colour: Colour::parse(colour).unwrap(),
        placement: Placement::default(),
    };
    let proof =
        |mark: Watermark| decoded(&render(original, &options(mark, format)).unwrap().marked.proof.bytes);
    let (clean, marked) = (proof(Watermark::None), proof(watermark.clone()));
    let changes: Vec<f64> =
        luma(&clean).iter().zip(luma(&marked)).map(|(clean, marked)| (clean - marked).abs()).collect();
    let width = clean.width() as usize;
    let mask = mask(&watermark, &clean);
    let untouched = untouched(&mask, width);
    for (number, region) in REGIONS.into_iter().enumerate() {
        let what = format!("{colour} as {format:?}, {region}");
        let inside: Vec<usize> = (0..changes.len()).filter(|at| at % width * 3 / width == number).collect();
        let seen = mean(inside.iter().map(|at| if changes[*at] >= SEEN { 1.0 } else { 0.0 }));
        assert!(seen >= LEAST_SEEN, "{what}: {seen} of the pixels are seen to have changed");
        let contrast = mean(inside.iter().filter(|at| mask[**at]).map(|at| changes[*at]));
        assert!(contrast >= LEAST_CONTRAST, "{what}: a mean change of {contrast}");
        let outside = mean(inside.iter().filter(|at| untouched[**at]).map(|at| changes[*at]));
        assert!(outside <= MOST_OUTSIDE, "{what}: a mean change of {outside} beside the mark");
    }
    let is_seen: Vec<bool> = changes.iter().map(|change| *change >= SEEN).collect();
    let hole = f64::from(largest_hole(&is_seen, width)) / f64::from(clean.height());
    assert!(hole <= LARGEST_HOLE, "{colour} as {format:?}: a hole of {hole} of the height");
}

#[test]
fn a_white_a_black_and_a_coloured_mark_are_seen_everywhere() {
    let original = original();
    for colour in ["#ffffff", "#000000", "#d04020"] {
        for format in [RenditionFormat::Jpeg, RenditionFormat::WebP] {
            assert_legible(&original, colour, format);
        }
    }
}

#[test]
fn a_hole_is_as_large_as_the_square_that_fits_in() {
    // Seen in the last column and in one corner: a square of three is left.
    let row = |text: &str| text.chars().map(|letter| letter == '#').collect::<Vec<_>>();
    let picture = [row("...#"), row("...#"), row("...#"), row("#..#")].concat();
    assert_eq!(largest_hole(&picture, 4), 3);
    assert_eq!(largest_hole(&[true; 12], 4), 0);
}
