//! What goes in, what comes out, and that equal jobs give equal bytes.

use halftone_core::ports::renderer::RenderError;
use halftone_core::rendition::{ProofEdge, Quality, RenditionFormat, ThumbEdge};
use halftone_core::watermark::Placement;
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::{DeliveryOptions, Pipeline, render_delivery};
use jpeg_encoder::{ColorType, Encoder};

use crate::inputs::{
    at, decoded, icc_segment, is_near, jpeg, marked, plain, png, png_of_depth, quarters, render, unmarked,
    with_segments,
};

fn colour_of(file: &[u8]) -> [u8; 3] {
    let rendered = render(file, &unmarked()).unwrap();
    let proof = decoded(&rendered.marked.proof.bytes);
    at(&proof, proof.width() / 2, proof.height() / 2)
}

fn assert_colour(file: &[u8], expected: [u8; 3]) {
    let found = colour_of(file);
    assert!(is_near(found, expected, 4), "{found:?} for {expected:?}");
}

#[test]
fn grey_jpegs_come_out_grey() {
    let mut file = Vec::new();
    Encoder::new(&mut file, 95).encode(&[77; 64 * 48], 64, 48, ColorType::Luma).unwrap();
    assert_colour(&file, [77; 3]);
}

#[test]
fn adobe_cmyk_jpegs_come_out_in_their_colours() {
    // The encoder writes inks inverted with an Adobe segment, as Photoshop does.
    for (inks, expected) in [
        ([0, 0, 0, 0], [255, 255, 255]),
        ([0, 255, 255, 0], [255, 0, 0]),
        ([0, 0, 0, 255], [0, 0, 0]),
        ([255, 0, 0, 0], [0, 255, 255]),
    ] {
        for kind in [ColorType::Cmyk, ColorType::CmykAsYcck] {
            let pixels = inks.repeat(64 * 48);
            let mut file = Vec::new();
            Encoder::new(&mut file, 98).encode(&pixels, 64, 48, kind).unwrap();
            assert_colour(&file, expected);
        }
    }
}

#[test]
fn grey_pngs_of_all_depths_come_out_grey() {
    use png::BitDepth;
    let samples = |depth: BitDepth| match depth {
        BitDepth::One => vec![0xff; 8 * 64],
        BitDepth::Two => vec![0xaa; 16 * 64],
        BitDepth::Four => vec![0x55; 32 * 64],
        BitDepth::Eight => vec![100; 64 * 64],
        BitDepth::Sixteen => [0x64, 0x80].repeat(64 * 64),
    };
    for (depth, expected) in [
        (BitDepth::One, 255),
        (BitDepth::Two, 170),
        (BitDepth::Four, 85),
        (BitDepth::Eight, 100),
        (BitDepth::Sixteen, 100),
    ] {
        assert_colour(
            &png_of_depth(64, 64, png::ColorType::Grayscale, depth, &samples(depth)),
            [expected; 3],
        );
    }
}

#[test]
fn transparency_is_laid_on_white() {
    assert_colour(&png(8, 8, png::ColorType::Rgba, &[200, 0, 0, 0].repeat(64)), [255; 3]);
    assert_colour(&png(8, 8, png::ColorType::Rgba, &[200, 0, 0, 128].repeat(64)), [227, 127, 127]);
    assert_colour(&png(8, 8, png::ColorType::GrayscaleAlpha, &[0, 128].repeat(64)), [127; 3]);
    let mut file = Vec::new();
    image_webp::WebPEncoder::new(&mut file)
        .encode(&[0, 0, 200, 128].repeat(64), 8, 8, image_webp::ColorType::Rgba8)
        .unwrap();
    assert_colour(&file, [127, 127, 227]);
}

#[test]
fn palettes_are_looked_up() {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 8, 8);
    encoder.set_color(png::ColorType::Indexed);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_palette(vec![0, 0, 0, 10, 120, 240]);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[1; 64]).unwrap();
    writer.finish().unwrap();
    assert_colour(&file, [10, 120, 240]);
}

#[test]
fn sixteen_bit_pngs_and_tiffs_are_read() {
    let samples = [0x2000_u16, 0x8000, 0xe000].repeat(64 * 64);
    let bytes: Vec<u8> = samples.iter().flat_map(|sample| sample.to_be_bytes()).collect();
    assert_colour(&png_of_depth(64, 64, png::ColorType::Rgb, png::BitDepth::Sixteen, &bytes), [32, 128, 223]);
    let mut file = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap();
    encoder.write_image::<tiff::encoder::colortype::RGB16>(64, 64, &samples).unwrap();
    assert_colour(file.get_ref(), [32, 128, 223]);
}

#[test]
fn cmyk_and_grey_tiffs_are_read_and_float_tiffs_are_refused() {
    use tiff::encoder::{TiffEncoder, colortype};
    let mut file = std::io::Cursor::new(Vec::new());
    TiffEncoder::new(&mut file)
        .unwrap()
        .write_image::<colortype::CMYK8>(8, 8, &[0, 255, 255, 0].repeat(64))
        .unwrap();
    assert_colour(file.get_ref(), [255, 0, 0]);
    let mut file = std::io::Cursor::new(Vec::new());
    TiffEncoder::new(&mut file).unwrap().write_image::<colortype::Gray8>(8, 8, &[60; 64]).unwrap();
    assert_colour(file.get_ref(), [60; 3]);
    let mut file = std::io::Cursor::new(Vec::new());
    TiffEncoder::new(&mut file).unwrap().write_image::<colortype::RGB32Float>(8, 8, &[0.5; 192]).unwrap();
    let error = render(file.get_ref(), &unmarked()).err().unwrap();
    assert!(matches!(error, RenderError::Unsupported { .. }), "{error}");
}

#[test]
fn a_large_png_is_reduced_row_by_row_and_looks_the_same() {
    let file = png(2400, 1600, png::ColorType::Rgb, quarters(2400, 1600).data());
    let mut options = unmarked();
    options.proof_long_edge = ProofEdge::parse(300).unwrap();
    let proof = decoded(&render(&file, &options).unwrap().marked.proof.bytes);
    assert_eq!((proof.width(), proof.height()), (300, 200));
    for (x, y, expected) in [
        (75, 50, [220, 30, 30]),
        (225, 50, [30, 200, 30]),
        (75, 150, [30, 30, 220]),
        (140, 50, [220, 30, 30]),
    ] {
        assert!(is_near(at(&proof, x, y), expected, 6), "{:?} at {x},{y}", at(&proof, x, y));
    }
}

#[test]
fn both_output_formats_hold_the_picture() {
    let file = jpeg(&quarters(900, 600));
    for (format, magic) in [(RenditionFormat::Jpeg, &b"\xff\xd8\xff"[..]), (RenditionFormat::WebP, b"RIFF")] {
        let mut options = unmarked();
        options.format = format;
        let rendered = render(&file, &options).unwrap();
        for rendition in [&rendered.marked.proof, &rendered.marked.thumb] {
            assert_eq!(rendition.format, format);
            assert!(rendition.bytes.starts_with(magic));
            let picture = decoded(&rendition.bytes);
            assert_eq!(
                (picture.width(), picture.height()),
                (rendition.size.width(), rendition.size.height())
            );
            assert!(is_near(at(&picture, picture.width() / 4, picture.height() / 4), [220, 30, 30], 10));
        }
    }
}

#[test]
fn jpegs_out_are_subsampled_by_two_both_ways() {
    let rendered = render(&jpeg(&quarters(300, 200)), &unmarked()).unwrap();
    let frame = rendered.marked.proof.bytes.windows(2).position(|pair| pair == [0xff, 0xc0]).unwrap();
    assert_eq!(rendered.marked.proof.bytes[frame + 11], 0x22);
    assert_eq!(rendered.marked.proof.bytes[frame + 14], 0x11);
}

#[test]
fn nothing_is_enlarged() {
    for (width, height) in [(1, 1), (3, 2), (200, 100), (64, 900), (2048, 10)] {
        let rendered = render(&jpeg(&plain(width, height, [120; 3])), &unmarked()).unwrap();
        assert_eq!(
            (rendered.marked.proof.size.width(), rendered.marked.proof.size.height()),
            (width, height)
        );
        assert!(rendered.marked.thumb.size.width() <= width && rendered.marked.thumb.size.height() <= height);
    }
}

#[test]
fn equal_jobs_give_equal_bytes() {
    let file = with_segments(
        &jpeg(&quarters(900, 600)),
        &[icc_segment(&moxcms::ColorProfile::new_display_p3().encode().unwrap())],
    );
    let pipeline = Pipeline::new(Limits::default());
    for format in [RenditionFormat::Jpeg, RenditionFormat::WebP] {
        let mut options = marked("© Studio", Placement::default());
        options.format = format;
        let first = pipeline.render_proof(&file, &options, None).unwrap();
        // From the store of marks, and without it.
        for again in [pipeline.render_proof(&file, &options, None).unwrap(), render(&file, &options).unwrap()]
        {
            assert!(first.marked.proof.bytes == again.marked.proof.bytes);
            assert!(first.marked.thumb.bytes == again.marked.thumb.bytes);
            assert!(first.marked.placeholder == again.marked.placeholder);
        }
    }
}

#[test]
fn a_delivery_is_clean_and_as_large_as_asked() {
    let file = jpeg(&plain(900, 600, [120; 3]));
    for (long_edge_px, width) in [(500, 500), (5000, 900)] {
        let options =
            DeliveryOptions { long_edge_px, quality: Quality::DELIVERY, format: RenditionFormat::Jpeg };
        let delivery = render_delivery(&file, options, &Limits::default()).unwrap();
        assert_eq!(delivery.size.width(), width);
        assert!(decoded(&delivery.bytes).data().iter().all(|value| value.abs_diff(120) <= 2));
    }
}

#[test]
fn the_placeholder_has_the_mean_colour_and_the_aspect() {
    let rendered = render(&jpeg(&plain(600, 300, [200, 100, 50])), &unmarked()).unwrap();
    let hash = rendered.marked.placeholder.as_bytes();
    let (red, green, blue, alpha) = thumbhash::thumb_hash_to_average_rgba(hash).unwrap();
    assert!((red - 200.0 / 255.0).abs() < 0.05 && (green - 100.0 / 255.0).abs() < 0.05);
    assert!((blue - 50.0 / 255.0).abs() < 0.05 && alpha > 0.99);
}

#[test]
fn thumbs_larger_than_proofs_shrink_to_the_proof() {
    let mut options = unmarked();
    options.proof_long_edge = ProofEdge::parse(256).unwrap();
    options.thumb_long_edge = ThumbEdge::parse(800).unwrap();
    let rendered = render(&jpeg(&quarters(900, 600)), &options).unwrap();
    assert_eq!(rendered.marked.thumb.size, rendered.marked.proof.size);
}
