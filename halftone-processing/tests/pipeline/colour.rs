//! Colours, judged by decoding the renditions through a colour engine.

use halftone_core::rendition::{ColourPolicy, ProcessingOptions, RenditionFormat};
use halftone_core::watermark::{Angle, Layout, Opacity, Placement, Scale};
use halftone_processing::colour::MAX_CARRIED_PROFILE_BYTES;
use halftone_processing::decode::Source;
use halftone_processing::limits::Limits;
use halftone_processing::raster::Raster;
use jpeg_encoder::{ColorType, Encoder};
use moxcms::{ColorProfile, Layout as PixelLayout, TransformOptions};

use crate::inputs::{
    Value, at, decoded, exif_block, exif_segment, icc_segment, is_near, jpeg, marked, plain, render, text,
    unmarked, with_segments,
};

const SAMPLES: [[u8; 3]; 6] =
    [[200, 60, 40], [40, 180, 60], [50, 70, 200], [128, 128, 128], [245, 240, 200], [20, 24, 18]];

/// What a viewer shows of numbers in a space, as sRGB.
pub(crate) fn shown(profile: &ColorProfile, colour: [u8; 3]) -> [u8; 3] {
    let srgb = ColorProfile::new_srgb();
    let transform = profile
        .create_transform_8bit(PixelLayout::Rgb, &srgb, PixelLayout::Rgb, TransformOptions::default())
        .unwrap();
    let mut converted = [0; 3];
    transform.transform(&colour, &mut converted).unwrap();
    converted
}

/// What a viewer shows of the middle of a rendition.
pub(crate) fn middle_as_shown(file: &[u8]) -> [u8; 3] {
    let limits = Limits::default();
    let source = Source::open(file, &limits).unwrap();
    let picture: Raster = source.decode(u32::MAX, &limits).unwrap();
    let colour = at(&picture, picture.width() / 2, picture.height() / 2);
    match source.profile() {
        Some(profile) => shown(&ColorProfile::new_from_slice(profile).unwrap(), colour),
        None => colour,
    }
}

pub(crate) fn profile_of(file: &[u8]) -> Option<Vec<u8>> {
    Source::open(file, &Limits::default()).unwrap().profile().map(<[u8]>::to_vec)
}

fn policies() -> [ProcessingOptions; 4] {
    let mut all = [unmarked(), unmarked(), unmarked(), unmarked()];
    all[1].colour = ColourPolicy::Srgb;
    all[2].format = RenditionFormat::WebP;
    all[3].colour = ColourPolicy::Srgb;
    all[3].format = RenditionFormat::WebP;
    all
}

/// Renders each sample tagged by `segments`, by every policy and format, and compares what is shown.
fn assert_shown_alike(profile: &ColorProfile, segments: &[(u8, Vec<u8>)]) {
    for colour in SAMPLES {
        let file = with_segments(&jpeg(&plain(96, 64, colour)), segments);
        let expected = shown(profile, colour);
        for options in policies() {
            let rendered = render(&file, &options).unwrap();
            for rendition in [&rendered.marked.proof, &rendered.marked.thumb] {
                let found = middle_as_shown(&rendition.bytes);
                assert!(is_near(found, expected, 6), "{colour:?} by {options:?}: {found:?} for {expected:?}");
            }
        }
    }
}

#[test]
fn display_p3_looks_the_same_carried_and_converted() {
    let profile = ColorProfile::new_display_p3();
    assert_shown_alike(&profile, &[icc_segment(&profile.encode().unwrap())]);
}

#[test]
fn adobe_rgb_looks_the_same_carried_and_converted() {
    let profile = ColorProfile::new_adobe_rgb();
    assert_shown_alike(&profile, &[icc_segment(&profile.encode().unwrap())]);
}

#[test]
fn adobe_rgb_by_exif_alone_is_honoured() {
    let interoperability = Value::Directory(vec![(0x0001, text("R03"))]);
    let exif = Value::Directory(vec![(0xa001, Value::Short(0xffff)), (0xa005, interoperability)]);
    assert_shown_alike(&ColorProfile::new_adobe_rgb(), &[exif_segment(&exif_block(&[(0x8769, exif)]))]);
}

#[test]
fn a_profile_is_carried_byte_for_byte() {
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let file = with_segments(&jpeg(&plain(96, 64, [9, 99, 199])), &[icc_segment(&profile)]);
    for format in [RenditionFormat::Jpeg, RenditionFormat::WebP] {
        let mut options = unmarked();
        options.format = format;
        let rendered = render(&file, &options).unwrap();
        assert!(profile_of(&rendered.marked.proof.bytes).as_ref() == Some(&profile));
        assert!(profile_of(&rendered.marked.thumb.bytes).as_ref() == Some(&profile));
    }
}

#[test]
fn a_profile_in_parts_is_put_together() {
    let profile = ColorProfile::new_display_p3().encode().unwrap();
    let (head, tail) = profile.split_at(300);
    let part = |number: u8, bytes: &[u8]| (0xe2, [b"ICC_PROFILE\0", &[number, 2][..], bytes].concat());
    // The parts may come in any order.
    let file = with_segments(&jpeg(&plain(96, 64, [9, 99, 199])), &[part(2, tail), part(1, head)]);
    assert!(profile_of(&render(&file, &unmarked()).unwrap().marked.proof.bytes) == Some(profile));
}

#[test]
fn a_large_profile_is_converted_away() {
    let mut profile = ColorProfile::new_display_p3().encode().unwrap();
    profile.resize(MAX_CARRIED_PROFILE_BYTES + 1, 0);
    let size = u32::try_from(profile.len()).unwrap();
    profile[..4].copy_from_slice(&size.to_be_bytes());
    let half = profile.len() / 2;
    let part = |number: u8, bytes: &[u8]| (0xe2, [b"ICC_PROFILE\0", &[number, 2][..], bytes].concat());
    let colour = [60, 200, 70];
    let file =
        with_segments(&jpeg(&plain(96, 64, colour)), &[part(1, &profile[..half]), part(2, &profile[half..])]);
    let rendered = render(&file, &unmarked()).unwrap();
    assert!(profile_of(&rendered.marked.proof.bytes).is_some_and(|profile| profile.len() < 2_000));
    let expected = shown(&ColorProfile::new_display_p3(), colour);
    assert!(is_near(middle_as_shown(&rendered.marked.proof.bytes), expected, 6));
}

#[test]
fn a_broken_or_foreign_profile_counts_as_none() {
    let colour = [60, 200, 70];
    let p3 = ColorProfile::new_display_p3().encode().unwrap();
    let mut named = p3.clone();
    named[12..16].copy_from_slice(b"nmcl");
    let mut inks = p3.clone();
    inks[16..20].copy_from_slice(b"CMYK");
    for broken in [vec![0; 200], p3[..140].to_vec(), named, inks, b"not a profile".to_vec()] {
        let file = with_segments(&jpeg(&plain(96, 64, colour)), &[icc_segment(&broken)]);
        let rendered = render(&file, &unmarked()).unwrap();
        assert!(profile_of(&rendered.marked.proof.bytes).is_none());
        assert!(is_near(middle_as_shown(&rendered.marked.proof.bytes), colour, 4));
    }
}

#[test]
fn a_grey_profile_is_converted() {
    let profile = ColorProfile::new_gray_with_gamma(1.8).encode().unwrap();
    let mut file = Vec::new();
    Encoder::new(&mut file, 95).encode(&[100; 64 * 48], 64, 48, ColorType::Luma).unwrap();
    let rendered = render(&with_segments(&file, &[icc_segment(&profile)]), &unmarked()).unwrap();
    // (100 / 255) ^ 1.8 as sRGB.
    assert!(
        is_near(middle_as_shown(&rendered.marked.proof.bytes), [122; 3], 4),
        "{:?}",
        middle_as_shown(&rendered.marked.proof.bytes)
    );
    assert!(profile_of(&rendered.marked.proof.bytes).is_some());
}

#[test]
fn a_grey_picture_with_an_rgb_profile_keeps_it() {
    let profile = ColorProfile::new_adobe_rgb().encode().unwrap();
    let mut file = Vec::new();
    Encoder::new(&mut file, 95).encode(&[100; 64 * 48], 64, 48, ColorType::Luma).unwrap();
    let rendered = render(&with_segments(&file, &[icc_segment(&profile)]), &unmarked()).unwrap();
    assert!(profile_of(&rendered.marked.proof.bytes) == Some(profile));
}

#[test]
fn inks_without_a_profile_are_tagged_srgb() {
    let mut file = Vec::new();
    Encoder::new(&mut file, 95).encode(&[0, 255, 255, 0].repeat(64 * 48), 64, 48, ColorType::Cmyk).unwrap();
    let rendered = render(&file, &unmarked()).unwrap();
    assert!(profile_of(&rendered.marked.proof.bytes).is_some());
    assert!(is_near(middle_as_shown(&rendered.marked.proof.bytes), [255, 0, 0], 4));
}

#[test]
fn a_mark_has_its_colour_in_a_wide_space() {
    let profile = ColorProfile::new_display_p3();
    let file = with_segments(&jpeg(&plain(600, 400, [60; 3])), &[icc_segment(&profile.encode().unwrap())]);
    let placement = Placement {
        layout: Layout::Centre,
        opacity: Opacity::parse(1.0).unwrap(),
        scale: Scale::parse(1.0).unwrap(),
        angle: Angle::parse(0.0).unwrap(),
    };
    for (colour, expected) in [("#ffffff", [255, 255, 255]), ("#d04020", [0xd0, 0x40, 0x20])] {
        let mut options = unmarked();
        // The bar of a dash is a large field of one colour.
        options.watermark = match marked("—", placement).watermark {
            halftone_core::watermark::Watermark::Text { text, placement, .. } => {
                halftone_core::watermark::Watermark::Text {
                    text,
                    placement,
                    colour: halftone_core::watermark::Colour::parse(colour).unwrap(),
                }
            }
            other => other,
        };
        let found = middle_as_shown(&render(&file, &options).unwrap().marked.proof.bytes);
        assert!(is_near(found, expected, 8), "{found:?} for {expected:?}");
    }
}

#[test]
fn untagged_pictures_stay_untagged_unless_srgb_is_asked_for() {
    let file = jpeg(&plain(96, 64, [60, 200, 70]));
    assert!(profile_of(&render(&file, &unmarked()).unwrap().marked.proof.bytes).is_none());
    let mut options = unmarked();
    options.colour = ColourPolicy::Srgb;
    let rendered = render(&file, &options).unwrap();
    assert!(profile_of(&rendered.marked.proof.bytes).is_some());
    assert!(is_near(at(&decoded(&rendered.marked.proof.bytes), 48, 32), [60, 200, 70], 4));
}
