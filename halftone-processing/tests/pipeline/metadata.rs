//! What is read from files, what renditions keep, and above all what they do not.

use halftone_core::rendition::RenditionFormat;
use halftone_processing::decode::Source;
use halftone_processing::limits::Limits;

use crate::inputs::{
    Value, exif_block, exif_segment, jpeg, plain, quarters, render, text, unmarked, with_segments,
};

/// A camera's block with everything that must not get out.
fn camera_block() -> Vec<u8> {
    let gps = Value::Directory(vec![(0x0001, text("N-SECRET-LATITUDE")), (0x001d, text("2026:05:14"))]);
    let exif = Value::Directory(vec![
        (0x9003, text("2026:05:14 16:03:59")),
        (0x9011, text("+02:00")),
        (0x9291, text("25")),
        (0x927c, text("SECRET-MAKER-NOTE")),
        (0xa431, text("SECRET-SERIAL-1234567")),
        (0xa434, text("NIKKOR Z 50mm f/1.8 S")),
        (0xa435, text("SECRET-LENS-SERIAL")),
    ]);
    exif_block(&[
        (0x010f, text("NIKON CORPORATION")),
        (0x0110, text("NIKON Z 6_2")),
        (0x013b, text("Ana Ñandú")),
        (0x8298, text("© 2026 Ana Ñandú")),
        (0x8769, exif),
        (0x8825, gps),
    ])
}

fn iptc_segment(fields: &[(u8, &str)]) -> (u8, Vec<u8>) {
    let mut record = Vec::new();
    for (dataset, value) in fields {
        record.extend([0x1c, 2, *dataset]);
        record.extend(u16::try_from(value.len()).unwrap().to_be_bytes());
        record.extend(value.as_bytes());
    }
    let mut payload = b"Photoshop 3.0\x008BIM\x04\x04\0\0".to_vec();
    payload.extend(u32::try_from(record.len()).unwrap().to_be_bytes());
    payload.extend(record);
    (0xed, payload)
}

#[test]
fn facts_are_read() {
    let file = with_segments(&jpeg(&quarters(300, 200)), &[exif_segment(&camera_block())]);
    let facts = render(&file, &unmarked()).unwrap().facts;
    assert_eq!(facts.captured_at.unwrap().to_string(), "2026-05-14T14:03:59.25Z");
    assert_eq!(facts.camera.as_deref(), Some("NIKON Z 6_2"));
    assert_eq!(facts.lens.as_deref(), Some("NIKKOR Z 50mm f/1.8 S"));
}

#[test]
fn files_without_metadata_have_no_facts_but_a_size() {
    let facts = render(&jpeg(&quarters(300, 200)), &unmarked()).unwrap().facts;
    assert_eq!((facts.size.width(), facts.size.height()), (300, 200));
    assert!(facts.captured_at.is_none() && facts.camera.is_none() && facts.lens.is_none());
}

#[test]
fn copyright_and_artist_stay_and_nothing_else_does() {
    let thumbnail = jpeg(&plain(64, 48, [1, 2, 3]));
    let mut block = camera_block();
    block.extend_from_slice(&thumbnail);
    let xmp =
        b"http://ns.adobe.com/xap/1.0/\0<x:xmpmeta xmlns:x='adobe:ns:meta/' SECRET-HISTORY='1'/>".to_vec();
    let file = with_segments(&jpeg(&quarters(300, 200)), &[exif_segment(&block), (0xe1, xmp)]);
    for format in [RenditionFormat::Jpeg, RenditionFormat::WebP] {
        let mut options = unmarked();
        options.format = format;
        let rendered = render(&file, &options).unwrap();
        for rendition in [&rendered.marked.proof, &rendered.marked.thumb] {
            let bytes = &rendition.bytes[..];
            let holds = |needle: &[u8]| bytes.windows(needle.len()).any(|window| window == needle);
            for secret in ["SECRET", "NIKON", "NIKKOR", "2026:05:14", "+02:00"] {
                assert!(!holds(secret.as_bytes()), "{secret} in {format:?}");
            }
            assert!(!holds(&thumbnail[..40]), "an embedded thumbnail in {format:?}");
            let source = Source::open(bytes, &Limits::default()).unwrap();
            let credit = &source.metadata().credit;
            assert_eq!(credit.artist.as_deref(), Some("Ana Ñandú"));
            assert_eq!(credit.copyright.as_deref(), Some("© 2026 Ana Ñandú"));
            assert!(source.metadata().captured_at.is_none() && source.metadata().camera.is_none());
        }
    }
}

#[test]
fn the_written_exif_has_two_fields_and_no_directories() {
    let file = with_segments(&jpeg(&quarters(300, 200)), &[exif_segment(&camera_block())]);
    let proof = render(&file, &unmarked()).unwrap().marked.proof.bytes;
    let start = proof.windows(6).position(|window| window == b"Exif\0\0").unwrap() + 6;
    assert_eq!(proof[start..start + 10], *b"II*\0\x08\0\0\0\x02\0");
    assert_eq!(proof[start + 10..start + 12], 0x013b_u16.to_le_bytes());
    assert_eq!(proof[start + 22..start + 24], 0x8298_u16.to_le_bytes());
    assert_eq!(proof[start + 34..start + 38], [0; 4]);
}

#[test]
fn iptc_and_xmp_credits_are_kept() {
    let iptc = iptc_segment(&[(80, "Ana"), (110, "Studio Ñandú"), (116, "© Ana"), (25, "SECRET-KEYWORD")]);
    let packet = "<x:xmpmeta xmlns:x='adobe:ns:meta/'><rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\
        <rdf:Description xmlns:dc='http://purl.org/dc/elements/1.1/' xmlns:photoshop='http://ns.adobe.com/photoshop/1.0/' \
        photoshop:Credit='Studio Ñandú'><dc:creator><rdf:Seq><rdf:li>Ana</rdf:li></rdf:Seq></dc:creator>\
        <dc:rights><rdf:Alt><rdf:li xml:lang='x-default'>© Ana</rdf:li></rdf:Alt></dc:rights></rdf:Description></rdf:RDF></x:xmpmeta>";
    let xmp = (0xe1, [b"http://ns.adobe.com/xap/1.0/\0", packet.as_bytes()].concat());
    for segment in [iptc, xmp] {
        let file = with_segments(&jpeg(&quarters(300, 200)), &[segment]);
        for format in [RenditionFormat::Jpeg, RenditionFormat::WebP] {
            let mut options = unmarked();
            options.format = format;
            let proof = render(&file, &options).unwrap().marked.proof.bytes;
            let source = Source::open(&proof, &Limits::default()).unwrap();
            let credit = &source.metadata().credit;
            assert_eq!(credit.artist.as_deref(), Some("Ana"));
            assert_eq!(credit.copyright.as_deref(), Some("© Ana"));
            assert_eq!(credit.line.as_deref(), Some("Studio Ñandú"));
        }
    }
}

#[test]
fn over_long_and_hostile_credits_are_bounded_and_escaped() {
    let long = "<&>\"'".repeat(2_000);
    let block = exif_block(&[(0x013b, text(&long)), (0x8298, text("a\u{1}b\nc"))]);
    let file = with_segments(&jpeg(&quarters(300, 200)), &[exif_segment(&block)]);
    let proof = render(&file, &unmarked()).unwrap().marked.proof.bytes;
    let source = Source::open(&proof, &Limits::default()).unwrap();
    assert_eq!(source.metadata().credit.artist.as_ref().map(String::len), Some(500));
    assert_eq!(source.metadata().credit.copyright.as_deref(), Some("a b c"));
}

#[test]
fn pictures_without_credits_carry_no_metadata() {
    let proof = render(&jpeg(&quarters(300, 200)), &unmarked()).unwrap().marked.proof.bytes;
    assert!(!proof.windows(4).any(|window| window == b"Exif" || window == b"http"));
}
