//! Limits are checked on what headers announce, before memory is taken.

use halftone_core::ports::renderer::RenderError;
use halftone_processing::decode::Source;
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::render_proof;

use crate::hostile::crc32;
use crate::inputs::{jpeg, plain, png, quarters, unmarked};

fn assert_too_large(file: &[u8], limits: &Limits) {
    match render_proof(file, &unmarked(), None, limits) {
        Err(error) => assert!(matches!(error, RenderError::TooLarge { .. }), "{error}"),
        Ok(_) => panic!("a picture over a limit was rendered"),
    }
}

/// A PNG of a few bytes whose header announces a size.
fn png_announcing(width: u32, height: u32) -> Vec<u8> {
    let mut file = png(4, 4, png::ColorType::Rgb, &[0; 48]);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let sum = crc32(&file[12..29]);
    file[29..33].copy_from_slice(&sum.to_be_bytes());
    file
}

#[test]
fn sixty_thousand_squared_is_too_large() {
    assert_too_large(&png_announcing(60_000, 60_000), &Limits::default());
    let mut file = jpeg(&plain(32, 32, [9; 3]));
    let frame = file.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    file[frame + 5..frame + 9].copy_from_slice(&[0xea, 0x60, 0xea, 0x60]);
    assert_too_large(&file, &Limits::default());
}

#[test]
fn the_largest_numbers_do_not_overflow() {
    assert_too_large(&png_announcing(u32::MAX, u32::MAX), &Limits::default());
    assert_too_large(&png_announcing(1, 0x7fff_ffff), &Limits::default());
}

#[test]
fn each_limit_counts() {
    let file = jpeg(&quarters(400, 300));
    assert_too_large(&file, &Limits { max_file_bytes: 100, ..Limits::default() });
    assert_too_large(&file, &Limits { max_pixels: 119_999, ..Limits::default() });
    assert_too_large(&file, &Limits { max_side_px: 399, ..Limits::default() });
    assert_too_large(&file, &Limits { max_working_bytes: 1_000, ..Limits::default() });
}

#[test]
fn a_small_proof_of_a_large_jpeg_takes_little_memory() {
    let file = jpeg(&plain(4000, 3000, [90; 3]));
    let limits = Limits::default();
    let source = Source::open(&file, &limits).unwrap();
    assert!(source.peak_bytes(400) < source.peak_bytes(4000) / 2);
    let decoded = source.decode(400, &limits).unwrap();
    assert_eq!((decoded.width(), decoded.height()), (500, 375));
}

#[test]
fn scaled_decoding_never_falls_below_the_target() {
    let limits = Limits::default();
    for (width, height) in [(801, 601), (1600, 1), (1, 1600), (1601, 1199), (3200, 2400), (797, 2391)] {
        let file = jpeg(&plain(width, height, [90; 3]));
        let source = Source::open(&file, &limits).unwrap();
        for long_edge in [100, 200, 201, 400, 401, 800] {
            let target = source.size().shrunk_to(long_edge);
            let decoded = source.decode(long_edge, &limits).unwrap();
            assert!(
                decoded.width() >= target.width() && decoded.height() >= target.height(),
                "{width}x{height} to {long_edge}"
            );
        }
    }
}
