//! A proof that is marked anew from its base is, to the byte, what its original gives.

use bytes::Bytes;
use halftone_core::ports::renderer::{MarkedPhoto, ProofBase, RenderError, RenderedPhoto};
use halftone_core::rendition::{
    ColourPolicy, ProcessingOptions, ProofEdge, Quality, RenditionFormat, ThumbEdge,
};
use halftone_core::watermark::{Colour, Layout, Placement, Watermark};
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::Pipeline;
use halftone_processing::simd;
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};
use proptest::prelude::*;

use crate::inputs::{
    Value, exif_block, exif_segment, icc_segment, jpeg, marked, plain, png, quarters, text, with_segments,
};
use crate::planar::{jpeg_of, test_picture};
use crate::watermark::{image_options, logo, placement};

fn pipeline() -> Pipeline {
    Pipeline::new(Limits::default())
}

/// Marks of every kind, and none.
fn marks() -> Vec<Watermark> {
    let mut coloured = marked("Ana Ñandú", placement(Layout::TopRight, 0.3, -90.0)).watermark;
    if let Watermark::Text { colour, .. } = &mut coloured {
        *colour = Colour::parse("#d04020").unwrap();
    }
    vec![
        Watermark::None,
        marked("© Studio", Placement::default()).watermark,
        marked("© 2026", placement(Layout::Tiled, 0.1, 0.0)).watermark,
        marked("PROOF", placement(Layout::Centre, 0.9, 27.0)).watermark,
        coloured,
        image_options(Placement::default()).watermark,
        image_options(placement(Layout::BottomLeft, 0.3, 0.0)).watermark,
    ]
}

/// Small, so that most of the small originals have a base.
fn options(watermark: Watermark) -> ProcessingOptions {
    ProcessingOptions {
        proof_long_edge: ProofEdge::parse(300).unwrap(),
        thumb_long_edge: ThumbEdge::parse(64).unwrap(),
        ..ProcessingOptions::with_watermark(watermark)
    }
}

fn assert_same(found: &MarkedPhoto, expected: &MarkedPhoto, what: &str) {
    for (found, expected) in [(&found.proof, &expected.proof), (&found.thumb, &expected.thumb)] {
        assert!(found.bytes == expected.bytes, "{what}");
        assert_eq!((found.size, found.format), (expected.size, expected.format), "{what}");
    }
    assert!(found.placeholder == expected.placeholder, "{what}");
}

/// Renders with one mark and marks anew with another; the base, if there is one.
fn assert_anew(original: &[u8], first: &ProcessingOptions, watermark: Watermark) -> Option<ProofBase> {
    let (pipeline, logo) = (pipeline(), logo());
    let what = format!("from {:?} to {watermark:?}", first.watermark);
    let RenderedPhoto { marked, base, .. } =
        pipeline.render_proof_with_base(original, first, Some(&logo)).unwrap();
    assert_same(&marked, &pipeline.render_proof(original, first, Some(&logo)).unwrap().marked, &what);
    let second = ProcessingOptions { watermark, ..first.clone() };
    let base = base?;
    let anew = pipeline.mark_anew(&base, &second, Some(&logo)).unwrap();
    let again = pipeline.render_proof_with_base(original, &second, Some(&logo)).unwrap();
    assert_same(&anew, &again.marked, &what);
    assert!(again.base.as_ref() == Some(&base), "{what}: the base depends on the mark");
    Some(base)
}

#[test]
fn every_mark_replaces_every_other() {
    let original = jpeg_of(&test_picture(641, 427), SamplingFactor::F_2_2, false, 1);
    for first in marks() {
        for second in marks() {
            assert!(assert_anew(&original, &options(first.clone()), second).is_some());
        }
    }
}

#[test]
fn every_kind_of_usual_jpeg_can_be_marked_anew() {
    let picture = test_picture(643, 421);
    let mut originals: Vec<Vec<u8>> = (1..=8)
        .map(|orientation| jpeg_of(&picture, SamplingFactor::F_2_2, false, orientation))
        .chain([SamplingFactor::F_1_1, SamplingFactor::F_2_1].map(|one| jpeg_of(&picture, one, false, 6)))
        .chain([jpeg_of(&picture, SamplingFactor::F_2_2, true, 3)])
        .collect();
    let grey: Vec<u8> = picture.data().iter().step_by(3).copied().collect();
    let mut file = Vec::new();
    Encoder::new(&mut file, 92).encode(&grey, 643, 421, ColorType::Luma).unwrap();
    originals.push(file);
    for original in originals {
        for second in [marks().swap_remove(3), Watermark::None] {
            assert!(assert_anew(&original, &options(marks().swap_remove(1)), second).is_some());
        }
    }
}

/// The mark's colour depends on the space of the proof, which is known from its profile alone.
#[test]
fn every_colour_space_can_be_marked_anew() {
    let picture = jpeg(&test_picture(640, 420));
    let profile = |profile: moxcms::ColorProfile| icc_segment(&profile.encode().unwrap());
    let directory = |name: &str| Value::Directory(vec![(0x0001, text(name))]);
    let adobe = Value::Directory(vec![(0xa001, Value::Short(0xffff)), (0xa005, directory("R03"))]);
    let credit = (0x8298, text("© Ana"));
    let segments = [
        vec![profile(moxcms::ColorProfile::new_display_p3())],
        vec![profile(moxcms::ColorProfile::new_srgb())],
        vec![exif_segment(&exif_block(&[credit.clone(), (0x8769, adobe)]))],
        vec![exif_segment(&exif_block(&[credit]))],
    ];
    for (number, segments) in segments.iter().enumerate() {
        let original = with_segments(&picture, segments);
        for policy in [ColourPolicy::Keep, ColourPolicy::Srgb] {
            let first = ProcessingOptions { colour: policy, ..options(Watermark::None) };
            let base = assert_anew(&original, &first, marks().swap_remove(4));
            // Whatever is converted leaves YCbCr.
            assert_eq!(base.is_some(), policy == ColourPolicy::Keep || number == 3, "{number}, {policy:?}");
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 48, ..ProptestConfig::default() })]

    #[test]
    fn marking_anew_is_rendering(
        size in prop_oneof![(1_u32..40, 1_u32..40), (97_u32..500, 97_u32..500), (100_u32..900, 1_u32..20)],
        sampling in prop::sample::select(vec![SamplingFactor::F_2_2, SamplingFactor::F_1_1]),
        is_progressive in any::<bool>(),
        orientation in 1_u16..=8,
        quality in 30_u32..=100,
        first in 0_usize..7,
        second in 0_usize..7,
    ) {
        let original = jpeg_of(&test_picture(size.0, size.1), sampling, is_progressive, orientation);
        let [first, second] = [first, second].map(|mark| marks().swap_remove(mark));
        let first = ProcessingOptions { proof_quality: Quality::parse(quality).unwrap(), ..options(first) };
        let logo = logo();
        // Pictures that are too small for their mark are refused both ways.
        let is_markable = |watermark: &Watermark| {
            let options = ProcessingOptions { watermark: watermark.clone(), ..first.clone() };
            pipeline().render_proof(&original, &options, Some(&logo)).is_ok()
        };
        prop_assume!(is_markable(&first.watermark) && is_markable(&second));
        let base = assert_anew(&original, &first, second);
        prop_assert_eq!(base.is_some(), size.0.max(size.1) >= 96);
    }
}

fn base_of(original: &[u8], options: &ProcessingOptions) -> Option<ProofBase> {
    pipeline().render_proof_with_base(original, options, None).unwrap().base
}

#[test]
fn there_is_no_base_where_there_is_no_quicker_way() {
    let tiled = options(marks().swap_remove(1));
    let original = jpeg(&quarters(600, 400));
    assert!(base_of(&original, &tiled).is_some());
    let webp = ProcessingOptions { format: RenditionFormat::WebP, ..tiled.clone() };
    assert!(base_of(&original, &webp).is_none());
    let picture = quarters(600, 400);
    assert!(base_of(&png(600, 400, png::ColorType::Rgb, picture.data()), &tiled).is_none());
    // The thumb carries the mark too.
    let large_thumb = ProcessingOptions { thumb_long_edge: ThumbEdge::parse(500).unwrap(), ..tiled.clone() };
    assert!(base_of(&original, &large_thumb).is_none());
    // Nobody asked for it.
    assert!(pipeline().render_proof(&original, &tiled, None).unwrap().base.is_none());
}

#[test]
fn the_portable_instructions_mark_the_same_bytes_anew() {
    let original = jpeg_of(&test_picture(801, 603), SamplingFactor::F_2_2, false, 6);
    let base = base_of(&original, &options(Watermark::None)).unwrap();
    for watermark in marks() {
        let options = options(watermark);
        let best = pipeline().mark_anew(&base, &options, Some(&logo())).unwrap();
        simd::force_portable(true);
        let portable = pipeline().mark_anew(&base, &options, Some(&logo())).unwrap();
        simd::force_portable(false);
        assert_same(&portable, &best, "portable");
    }
}

#[test]
fn a_mark_that_cannot_be_applied_is_an_error_and_never_a_clean_proof() {
    let base = base_of(&jpeg(&plain(600, 400, [90; 3])), &options(Watermark::None)).unwrap();
    let with_logo = options(image_options(Placement::default()).watermark);
    for logo in [None, Some(&b"GIF89a"[..])] {
        let error = pipeline().mark_anew(&base, &with_logo, logo).err().unwrap();
        assert!(matches!(error, RenderError::Watermark { .. }), "{error}");
    }
    let error = pipeline()
        .mark_anew(&base, &options(marked("漢字", Placement::default()).watermark), None)
        .err()
        .unwrap();
    assert!(matches!(error, RenderError::Watermark { .. }), "{error}");
}

fn is_malformed(base: &[u8], options: &ProcessingOptions) -> bool {
    let base = ProofBase::new(Bytes::copy_from_slice(base));
    matches!(pipeline().mark_anew(&base, options, None), Err(RenderError::Malformed { .. }))
}

#[test]
fn a_base_of_other_options_is_refused() {
    let first = options(marks().swap_remove(1));
    let original = jpeg(&quarters(600, 400));
    let base = base_of(&original, &first).unwrap();
    let others = [
        ProcessingOptions { format: RenditionFormat::WebP, ..first.clone() },
        ProcessingOptions { proof_quality: Quality::parse(90).unwrap(), ..first.clone() },
        ProcessingOptions { proof_long_edge: ProofEdge::parse(256).unwrap(), ..first.clone() },
        ProcessingOptions { thumb_long_edge: ThumbEdge::parse(65).unwrap(), ..first.clone() },
    ];
    assert!(!is_malformed(base.bytes(), &first));
    for (number, other) in others.iter().enumerate() {
        assert!(is_malformed(base.bytes(), other), "{number}");
    }
}

#[test]
fn damaged_and_foreign_bases_are_refused() {
    let options = options(marks().swap_remove(1));
    let original = jpeg(&quarters(200, 100));
    let base = base_of(&original, &options).unwrap().bytes().clone();
    for length in 0..base.len() {
        assert!(is_malformed(&base[..length], &options), "{length} bytes of it");
    }
    for at in 0..base.len() {
        let mut damaged = base.to_vec();
        damaged[at] ^= 1 << (at % 8);
        assert!(is_malformed(&damaged, &options), "a bit of byte {at}");
    }
    let marked = pipeline().render_proof(&original, &options, None).unwrap().marked.proof.bytes;
    for foreign in [&original[..], &marked, b"%PDF-1.7", &[&base[..], b"\n"].concat()] {
        assert!(is_malformed(foreign, &options));
    }
}

#[test]
fn limits_hold_for_bases_too() {
    let options = options(Watermark::None);
    let base = base_of(&jpeg(&quarters(600, 400)), &options).unwrap();
    let refused = |limits: Limits| {
        matches!(Pipeline::new(limits).mark_anew(&base, &options, None), Err(RenderError::TooLarge { .. }))
    };
    let usual = Limits::default();
    assert!(!refused(usual));
    assert!(refused(Limits { max_file_bytes: 1_000, ..usual }));
    assert!(refused(Limits { max_pixels: 10_000, ..usual }));
    assert!(refused(Limits { max_side_px: 200, ..usual }));
    assert!(refused(Limits { max_working_bytes: 100_000, ..usual }));
}
