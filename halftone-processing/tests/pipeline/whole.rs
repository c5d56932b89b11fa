//! Proofs that are as large as their originals, which are made without a transform.

use halftone_core::rendition::{ProcessingOptions, ProofEdge, Quality, RenditionFormat, ThumbEdge};
use halftone_core::watermark::Placement;
use halftone_processing::encode::{Attachments, encode};
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::Pipeline;
use halftone_processing::resize::resize;
use halftone_processing::simd;
use jpeg_encoder::SamplingFactor;

use crate::inputs::{decoded, marked, render, unmarked};
use crate::planar::{jpeg_of, mean_difference, saved, test_picture};

const SIZES: [(u32, u32); 4] = [(1200, 800), (1201, 803), (639, 1205), (1203, 802)];

/// A thumb for which the means of blocks are enough.
fn whole(options: ProcessingOptions, quality: u32) -> ProcessingOptions {
    ProcessingOptions {
        proof_long_edge: ProofEdge::parse(2048).unwrap(),
        proof_quality: Quality::parse(quality).unwrap(),
        thumb_long_edge: ThumbEdge::parse(64).unwrap(),
        ..options
    }
}

#[test]
fn they_are_as_near_to_their_originals_as_if_they_had_been_decoded_and_encoded() {
    for (width, height) in SIZES {
        let file = jpeg_of(&test_picture(width, height), SamplingFactor::F_2_2, false, 1);
        let original = decoded(&file);
        for quality in [60, 82, 98] {
            let rendered = render(&file, &whole(unmarked(), quality)).unwrap().marked;
            assert_eq!((rendered.proof.size.width(), rendered.proof.size.height()), (width, height));
            let proof = decoded(&rendered.proof.bytes);
            let encoded = saved(&original, Quality::parse(quality).unwrap());
            let [off, usual] = [&proof, &encoded].map(|picture| mean_difference(picture, &original));
            assert!(off < usual + 0.1, "{width}x{height} at {quality}: off by {off}, not by {usual}");
            let thumb = saved(&resize(&proof, rendered.thumb.size).unwrap(), Quality::THUMB);
            let off = mean_difference(&decoded(&rendered.thumb.bytes), &thumb);
            assert!(off < 3.0, "{width}x{height} at {quality}: the thumb is off by {off}");
        }
    }
}

/// What is quantised twice by the same steps loses nothing the second time.
#[test]
fn a_second_time_changes_nothing() {
    let file = jpeg_of(&test_picture(1201, 803), SamplingFactor::F_2_2, false, 1);
    let options = whole(unmarked(), 82);
    let once = render(&file, &options).unwrap().marked;
    let twice = render(&once.proof.bytes, &options).unwrap().marked;
    assert!(decoded(&once.proof.bytes).data() == decoded(&twice.proof.bytes).data());
}

#[test]
fn portable_instructions_make_the_same_bytes() {
    let file = jpeg_of(&test_picture(1201, 803), SamplingFactor::F_2_2, false, 1);
    let options = whole(marked("© Studio", Placement::default()), 82);
    let [fast, portable] = [false, true].map(|is_portable| {
        simd::force_portable(is_portable);
        let rendered = render(&file, &options).unwrap().marked;
        simd::force_portable(false);
        [rendered.proof.bytes, rendered.thumb.bytes]
    });
    assert!(fast == portable);
}

#[test]
fn a_base_gives_them_another_mark() {
    let file = jpeg_of(&test_picture(1201, 803), SamplingFactor::F_2_2, false, 1);
    let pipeline = Pipeline::new(Limits::default());
    let [before, after] = ["© Before", "© After"].map(|text| whole(marked(text, Placement::default()), 82));
    let base = pipeline.render_proof_with_base(&file, &before, None).unwrap().base.unwrap();
    let anew = pipeline.mark_anew(&base, &after, None).unwrap();
    let expected = pipeline.render_proof(&file, &after, None).unwrap().marked;
    assert!(anew.proof.bytes == expected.proof.bytes && anew.thumb.bytes == expected.thumb.bytes);
}

#[test]
fn a_delivery_of_full_size_is_made_so_too() {
    let picture = test_picture(1201, 803);
    let file = encode(&picture, RenditionFormat::Jpeg, Quality::DELIVERY, Attachments::default()).unwrap();
    let options = halftone_processing::pipeline::DeliveryOptions {
        long_edge_px: 2560,
        quality: Quality::DELIVERY,
        format: RenditionFormat::Jpeg,
    };
    let delivered = Pipeline::new(Limits::default()).render_delivery(&file, options).unwrap();
    assert!(decoded(&delivered.bytes).data() == decoded(&file).data());
}
