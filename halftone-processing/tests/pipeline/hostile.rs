//! Files that are broken, mislabelled or made to hurt: a clear error, bounded memory, no panic.

use halftone_core::ports::renderer::RenderError;

use crate::inputs::{exif_segment, icc_segment, jpeg, plain, png, quarters, render, unmarked, with_segments};

fn error(file: &[u8]) -> RenderError {
    match render(file, &unmarked()) {
        Err(error) => error,
        Ok(_) => panic!("a hostile file was rendered"),
    }
}

fn assert_malformed(file: &[u8]) {
    let error = error(file);
    assert!(matches!(error, RenderError::Malformed { .. }), "{error}");
    assert!(!error.is_transient());
}

fn assert_unsupported(file: &[u8], word: &str) {
    let error = error(file);
    assert!(matches!(error, RenderError::Unsupported { .. }), "{error}");
    assert!(error.to_string().contains(word), "{error} names {word}");
}

#[test]
fn an_empty_file_is_malformed() {
    assert_malformed(b"");
}

#[test]
fn other_kinds_of_files_are_named() {
    assert_unsupported(b"%PDF-1.7\n%\xe2\xe3", "PDF");
    assert_unsupported(b"GIF89a\x01\0\x01\0", "GIF");
    assert_unsupported(b"\0\0\0\x18ftypheic\0\0\0\0mif1heic", "HEIC");
    assert_unsupported(b"\0\0\0\x1cftypavif\0\0\0\0", "AVIF");
    assert_unsupported(b"\0\0\0\x18ftypcrx \0\0\0\x01", "raw");
    assert_unsupported(b"\0\0\0\x18ftypqt  \0\0\0\0", "video");
    assert_unsupported(b"II*\0\x10\0\0\0CR\x02\0", "Canon raw");
    assert_unsupported(b"FUJIFILMCCD-RAW 0201", "Fujifilm");
    assert_unsupported(b"PK\x03\x04\x14\0", "ZIP");
    assert_unsupported(b"hello, this is a text", "not a picture");
    assert_unsupported(&[0; 64], "not a picture");
}

#[test]
fn a_truncated_jpeg_is_malformed_wherever_it_ends() {
    let whole = jpeg(&quarters(320, 240));
    for length in
        [2, 3, 10, 60, whole.len() / 4, whole.len() / 2, whole.len() - 40, whole.len() - 2, whole.len() - 1]
    {
        if length >= 3 {
            assert_malformed(&whole[..length]);
        }
    }
}

#[test]
fn a_truncated_png_is_malformed_wherever_it_ends() {
    let whole = png(64, 64, png::ColorType::Rgb, quarters(64, 64).data());
    for length in [8, 15, 20, 33, 40, whole.len() / 2] {
        assert_malformed(&whole[..length]);
    }
}

#[test]
fn a_truncated_webp_is_malformed() {
    let mut whole = Vec::new();
    let noisy: Vec<u8> =
        (0..64 * 64 * 3_u32).map(|index| (index.wrapping_mul(2_654_435_761) >> 24) as u8).collect();
    image_webp::WebPEncoder::new(&mut whole).encode(&noisy, 64, 64, image_webp::ColorType::Rgb8).unwrap();
    for length in [12, 16, 24, whole.len() / 2] {
        assert_malformed(&whole[..length]);
    }
}

#[test]
fn a_truncated_tiff_is_malformed() {
    let mut file = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap();
    encoder.write_image::<tiff::encoder::colortype::RGB8>(64, 64, quarters(64, 64).data()).unwrap();
    let whole = file.into_inner();
    for length in [8, 100, whole.len() / 2] {
        assert_malformed(&whole[..length]);
    }
}

#[test]
fn zero_sides_are_malformed() {
    let whole = jpeg(&plain(32, 32, [9; 3]));
    let frame = whole.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    for side in [5, 7] {
        let mut file = whole.clone();
        file[frame + side..frame + side + 2].copy_from_slice(&[0, 0]);
        assert_malformed(&file);
    }
    let mut file = png(4, 4, png::ColorType::Rgb, &[0; 48]);
    file[16..20].copy_from_slice(&[0; 4]);
    assert_malformed(&file);
}

#[test]
fn rare_kinds_of_jpegs_are_named() {
    let whole = jpeg(&plain(32, 32, [9; 3]));
    let frame = whole.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    for (marker, word) in [(0xc3, "lossless"), (0xc9, "arithmetic"), (0xc5, "hierarchical")] {
        let mut file = whole.clone();
        file[frame + 1] = marker;
        assert_unsupported(&file, word);
    }
    let mut file = whole;
    file[frame + 4] = 12;
    assert_unsupported(&file, "12 bits");
}

#[test]
fn thousands_of_scans_are_refused() {
    let whole = jpeg(&plain(32, 32, [9; 3]));
    let scan = whole.windows(2).position(|pair| pair == [0xff, 0xda]).unwrap();
    let mut file = whole[..whole.len() - 2].to_vec();
    for _ in 0..5000 {
        file.extend_from_slice(&whole[scan..whole.len() - 2]);
    }
    file.extend([0xff, 0xd9]);
    assert_malformed(&file);
}

#[test]
fn a_png_whose_rows_end_early_is_malformed() {
    let small = png(16, 16, png::ColorType::Rgb, &[80; 16 * 16 * 3]);
    let mut file = small;
    // A header of 16 x 64 over the data of 16 x 16, with its checksum made right.
    file[20..24].copy_from_slice(&64_u32.to_be_bytes());
    let sum = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    assert_malformed(&file);
}

/// The checksum of PNG chunks: ISO 3309.
pub(crate) fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |sum, byte| {
        (0..8).fold(
            sum ^ u32::from(*byte),
            |sum, _| {
                if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 }
            },
        )
    })
}

#[test]
fn broken_metadata_does_not_fail_a_picture() {
    let whole = jpeg(&quarters(200, 150));
    let mut loops = b"MM\0*\0\0\0\x08\0\x01\x87\x69\0\x04\0\0\0\x01\0\0\0\x08".to_vec();
    loops.extend([0; 4]);
    let deep = format!("{}{}", "<a>".repeat(15_000), "</a>".repeat(5_000));
    let bomb = "<!DOCTYPE a [<!ENTITY b \"bbbbbbbb\"><!ENTITY c \"&b;&b;&b;&b;\">]><a>&c;</a>";
    let xmp = |packet: &str| (0xe1, [b"http://ns.adobe.com/xap/1.0/\0", packet.as_bytes()].concat());
    for segment in [
        exif_segment(b""),
        exif_segment(b"II*\0"),
        exif_segment(b"II*\0\xff\xff\xff\xff"),
        exif_segment(b"MM\0*\0\0\0\x08\xff\xff"),
        exif_segment(&loops),
        icc_segment(b""),
        icc_segment(&[0xff; 300]),
        (0xed, b"Photoshop 3.0\x008BIM\x04\x04\0\0\xff\xff\xff\xff".to_vec()),
        (0xed, b"Photoshop 3.0\x008BIM\x04\x04\xff".to_vec()),
        xmp(&deep),
        xmp(bomb),
        (0xee, b"Adobe".to_vec()),
    ] {
        let rendered = render(&with_segments(&whole, &[segment]), &unmarked());
        assert!(rendered.is_ok(), "{:?}", rendered.err());
    }
}
