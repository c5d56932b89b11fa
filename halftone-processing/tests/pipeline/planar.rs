//! The way over planes against the plain reference: decode everything, resize exactly, convert.

use halftone_core::geometry::PixelSize;
use halftone_core::ports::renderer::RenderedPhoto;
use halftone_core::rendition::{
    ColourPolicy, ProcessingOptions, ProofEdge, Quality, RenditionFormat, ThumbEdge,
};
use halftone_core::watermark::Placement;
use halftone_processing::encode::{Attachments, encode};
use halftone_processing::orient::Orientation;
use halftone_processing::raster::{Channels, Raster};
use halftone_processing::resize::resize;
use halftone_processing::simd;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::inputs::{
    Value, decoded, exif_block, exif_segment, marked, picture, png, render, unmarked, with_segments,
};

/// Edges, slopes and strong colours, no two corners alike.
pub(crate) fn test_picture(width: u32, height: u32) -> Raster {
    picture(width, height, |x, y| {
        let (across, down) = (x * 255 / width, y * 255 / height);
        let disc =
            (i64::from(x) - i64::from(width / 3)).pow(2) + (i64::from(y) - i64::from(height / 4)).pow(2);
        let edge = if disc < i64::from(height / 6).pow(2) { 80 } else { 0 };
        let stripe = if (x / 17 + y / 29) % 2 == 0 { 24 } else { 0 };
        let level = |value: u32| u8::try_from(value.min(255)).unwrap();
        [level(across * 2 / 3 + edge), level(down * 2 / 3 + stripe), level(200 - across / 2 + edge / 2)]
    })
}

pub(crate) fn jpeg_of(
    picture: &Raster,
    sampling: SamplingFactor,
    is_progressive: bool,
    orientation: u16,
) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 95);
    encoder.set_sampling_factor(sampling);
    encoder.set_progressive(is_progressive);
    let side = |side: u32| u16::try_from(side).unwrap();
    encoder.encode(picture.data(), side(picture.width()), side(picture.height()), ColorType::Rgb).unwrap();
    with_segments(&file, &[exif_segment(&exif_block(&[(0x0112, Value::Short(orientation))]))])
}

fn options(edge: u32) -> ProcessingOptions {
    ProcessingOptions {
        proof_long_edge: ProofEdge::parse(edge).unwrap(),
        proof_quality: Quality::parse(98).unwrap(),
        ..unmarked()
    }
}

/// Everything decoded, turned and resized in RGB, and saved with the chroma at half the size as proofs are.
fn reference(file: &[u8], orientation: Orientation, size: PixelSize) -> Raster {
    saved(&resize(&orientation.apply(decoded(file)), size).unwrap(), Quality::parse(98).unwrap())
}

pub(crate) fn saved(picture: &Raster, quality: Quality) -> Raster {
    decoded(&encode(picture, RenditionFormat::Jpeg, quality, Attachments::default()).unwrap())
}

/// Mean difference of the channels, in levels.
pub(crate) fn mean_difference(one: &Raster, other: &Raster) -> f64 {
    assert_eq!((one.width(), one.height()), (other.width(), other.height()));
    let count = u32::try_from(one.data().len()).unwrap();
    let differences = one.data().iter().zip(other.data()).map(|(one, other)| u32::from(one.abs_diff(*other)));
    f64::from(differences.sum::<u32>()) / f64::from(count)
}

const SAMPLINGS: [SamplingFactor; 6] = [
    SamplingFactor::F_1_1,
    SamplingFactor::F_2_1,
    SamplingFactor::F_1_2,
    SamplingFactor::F_2_2,
    SamplingFactor::F_4_1,
    SamplingFactor::F_4_2,
];

fn assert_near_the_reference(
    rendered: &RenderedPhoto,
    file: &[u8],
    orientation: Orientation,
    tolerance: f64,
    what: &str,
) {
    let expected = reference(file, orientation, rendered.marked.proof.size);
    let proof = mean_difference(&decoded(&rendered.marked.proof.bytes), &expected);
    assert!(proof < tolerance, "{what}: the proof is off by {proof}");
    let expected = saved(&resize(&expected, rendered.marked.thumb.size).unwrap(), Quality::THUMB);
    let thumb = mean_difference(&decoded(&rendered.marked.thumb.bytes), &expected);
    assert!(thumb < tolerance + 1.5, "{what}: the thumb is off by {thumb}");
}

#[test]
fn every_subsampling_comes_out_as_the_reference_at_every_scale() {
    for sampling in SAMPLINGS {
        // The encoder writes chroma at a quarter in scans of their own: the established decoder scales it coarsely.
        let is_quarter = matches!(sampling, SamplingFactor::F_4_1 | SamplingFactor::F_4_2);
        let tolerance = if is_quarter { 4.0 } else { 1.6 };
        for (width, height) in [(1200, 800), (1201, 803), (639, 1205)] {
            let file = jpeg_of(&test_picture(width, height), sampling, false, 1);
            for edge in [256, 400, 700, 1100, 2048] {
                let rendered = render(&file, &options(edge)).unwrap();
                let what = format!("{sampling:?} {width}x{height} to {edge}");
                assert_near_the_reference(&rendered, &file, Orientation::Upright, tolerance, &what);
            }
        }
    }
}

#[test]
fn every_orientation_comes_out_as_the_reference_with_odd_sides_too() {
    for (width, height) in [(900, 600), (901, 599), (900, 601), (902, 603)] {
        for number in 1..=8_u16 {
            let file = jpeg_of(&test_picture(width, height), SamplingFactor::F_2_2, false, number);
            let orientation = Orientation::find(u32::from(number)).unwrap();
            for edge in [301, 302, 451] {
                let rendered = render(&file, &options(edge)).unwrap();
                let what = format!("orientation {number} of {width}x{height} to {edge}");
                assert_near_the_reference(&rendered, &file, orientation, 1.6, &what);
            }
        }
    }
}

/// What leaves YCbCr is turned as pixels, and so is its thumb.
#[test]
fn every_orientation_comes_out_as_the_reference_as_a_webp_too() {
    for number in 1..=8_u16 {
        let file = jpeg_of(&test_picture(901, 601), SamplingFactor::F_2_2, false, number);
        let orientation = Orientation::find(u32::from(number)).unwrap();
        // A thumb of the means of blocks, and one of the proof.
        for thumb in [64, 300] {
            let options = ProcessingOptions {
                format: RenditionFormat::WebP,
                thumb_long_edge: ThumbEdge::parse(thumb).unwrap(),
                ..options(451)
            };
            let rendered = render(&file, &options).unwrap();
            let what = format!("orientation {number}, thumb of {thumb}");
            assert_near_the_reference(&rendered, &file, orientation, 3.0, &what);
        }
    }
}

#[test]
fn a_progressive_file_comes_out_as_the_sequential_one() {
    let picture = test_picture(1200, 800);
    let [sequential, progressive] = [false, true].map(|is_progressive| {
        let file = jpeg_of(&picture, SamplingFactor::F_2_2, is_progressive, 6);
        render(&file, &options(600)).unwrap().marked.proof.bytes
    });
    // The same coefficients, read in another order.
    assert!(sequential == progressive);
}

/// Progressive files whose bits come in several scans too, as libjpeg writes them, are seeds of the fuzz targets. Their twins have the
/// same coefficients in one scan: libjpeg-turbo's `jpegtran` made them.
#[test]
fn refined_scans_come_out_as_their_sequential_twins() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    for name in ["refined-420", "refined-444", "refined-grey", "refined-restarts"] {
        let seed = std::fs::read(root.join("fuzz/seeds/decoder").join(name).with_extension("bin")).unwrap();
        let twin = std::fs::read(root.join("tests/pipeline/twins").join(name).with_extension("jpg")).unwrap();
        // The first byte of a seed is the target's.
        let [proof, expected] = [&seed[1..], twin.as_slice()]
            .map(|file| render(file, &options(2048)).unwrap().marked.proof.bytes);
        assert!(proof == expected, "{name}");
    }
}

#[test]
fn a_plain_area_keeps_its_colour_to_the_level() {
    for colour in [[0; 3], [255; 3], [128; 3], [200, 40, 90]] {
        let file = jpeg_of(&crate::inputs::plain(800, 600, colour), SamplingFactor::F_2_2, false, 1);
        let stored = crate::inputs::at(&decoded(&file), 400, 300);
        let proof = decoded(&render(&file, &options(500)).unwrap().marked.proof.bytes);
        let (pixels, _) = proof.data().as_chunks::<3>();
        assert!(pixels.iter().all(|pixel| crate::inputs::is_near(*pixel, stored, 1)), "{colour:?}");
    }
}

#[test]
fn grey_files_become_grey_proofs() {
    let grey = test_picture(800, 600).data().iter().step_by(3).copied().collect::<Vec<u8>>();
    let mut file = Vec::new();
    Encoder::new(&mut file, 95).encode(&grey, 800, 600, ColorType::Luma).unwrap();
    let proof = decoded(&render(&file, &options(400)).unwrap().marked.proof.bytes);
    assert_eq!(proof.channels(), Channels::Rgb);
    let (pixels, _) = proof.data().as_chunks::<3>();
    assert!(pixels.iter().all(|[red, green, blue]| red.abs_diff(*green) <= 1 && green.abs_diff(*blue) <= 1));
}

#[test]
fn the_portable_instructions_make_the_same_bytes() {
    let file = jpeg_of(&test_picture(1203, 801), SamplingFactor::F_2_2, false, 6);
    for options in [
        marked("© Studio", Placement::default()),
        ProcessingOptions { colour: ColourPolicy::Srgb, format: RenditionFormat::WebP, ..options(700) },
    ] {
        let best = render(&file, &options).unwrap();
        simd::force_portable(true);
        let portable = render(&file, &options).unwrap();
        simd::force_portable(false);
        assert!(
            best.marked.proof.bytes == portable.marked.proof.bytes
                && best.marked.thumb.bytes == portable.marked.thumb.bytes
        );
        assert!(best.marked.placeholder == portable.marked.placeholder);
    }
}

#[test]
fn the_mark_is_the_same_over_planes_and_over_rgb() {
    let picture = test_picture(1300, 900);
    let options = ProcessingOptions {
        proof_quality: Quality::parse(100).unwrap(),
        ..marked("© Studio", Placement::default())
    };
    let sequential = jpeg_of(&picture, SamplingFactor::F_1_1, false, 1);
    let stored = decoded(&sequential);
    let png = png(stored.width(), stored.height(), png::ColorType::Rgb, stored.data());
    let over_planes = decoded(&render(&sequential, &options).unwrap().marked.proof.bytes);
    // A PNG goes the other way.
    let over_rgb = decoded(&render(&png, &options).unwrap().marked.proof.bytes);
    let difference = mean_difference(&over_planes, &over_rgb);
    assert!(difference < 1.5, "{difference}");
    let clean = decoded(
        &render(
            &sequential,
            &ProcessingOptions { watermark: halftone_core::watermark::Watermark::None, ..options },
        )
        .unwrap()
        .marked
        .proof
        .bytes,
    );
    assert!(mean_difference(&over_planes, &clean) > 3.0);
}

#[test]
fn webp_proofs_are_the_reference_too() {
    let file = jpeg_of(&test_picture(1201, 801), SamplingFactor::F_2_2, false, 8);
    let options = ProcessingOptions { format: RenditionFormat::WebP, ..options(600) };
    let rendered = render(&file, &options).unwrap();
    assert_near_the_reference(&rendered, &file, Orientation::Anticlockwise, 2.5, "WebP");
}
