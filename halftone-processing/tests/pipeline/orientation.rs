//! All eight orientations, in every container that has them.

use halftone_core::geometry::PixelSize;

use crate::inputs::{
    Value, at, decoded, exif_block, exif_segment, is_near, jpeg, quarters, render, unmarked, with_segments,
};

const RED: [u8; 3] = [220, 30, 30];
const GREEN: [u8; 3] = [30, 200, 30];
const BLUE: [u8; 3] = [30, 30, 220];
const YELLOW: [u8; 3] = [230, 220, 40];

/// For each orientation: the quarters of the upright picture at top left, top right, bottom left, bottom right, when
/// the stored picture is red, green over blue, yellow.
pub(crate) const UPRIGHT: [[[u8; 3]; 4]; 8] = [
    [RED, GREEN, BLUE, YELLOW],
    [GREEN, RED, YELLOW, BLUE],
    [YELLOW, BLUE, GREEN, RED],
    [BLUE, YELLOW, RED, GREEN],
    [RED, BLUE, GREEN, YELLOW],
    [BLUE, RED, YELLOW, GREEN],
    [YELLOW, GREEN, BLUE, RED],
    [GREEN, YELLOW, RED, BLUE],
];

fn assert_upright(file: &[u8], orientation: usize) {
    let rendered = render(file, &unmarked()).unwrap();
    let turns = orientation > 4;
    let size = if turns { PixelSize::new(320, 480) } else { PixelSize::new(480, 320) }.unwrap();
    assert_eq!(rendered.facts.size, size, "orientation {orientation}");
    assert_eq!(rendered.marked.proof.size, size, "orientation {orientation}");
    for rendition in [&rendered.marked.proof, &rendered.marked.thumb] {
        let upright = decoded(&rendition.bytes);
        let (width, height) = (upright.width(), upright.height());
        let places = [
            (width / 4, height / 4),
            (width * 3 / 4, height / 4),
            (width / 4, height * 3 / 4),
            (width * 3 / 4, height * 3 / 4),
        ];
        for ((x, y), expected) in places.into_iter().zip(UPRIGHT[orientation - 1]) {
            let found = at(&upright, x, y);
            assert!(
                is_near(found, expected, 8),
                "orientation {orientation} at {x},{y}: {found:?} for {expected:?}"
            );
        }
    }
}

pub(crate) fn orientation_block(orientation: usize) -> Vec<u8> {
    exif_block(&[(0x0112, Value::Short(u16::try_from(orientation).unwrap()))])
}

#[test]
fn jpegs_come_out_upright() {
    let stored = jpeg(&quarters(480, 320));
    for orientation in 1..=8 {
        let file = with_segments(&stored, &[exif_segment(&orientation_block(orientation))]);
        assert_upright(&file, orientation);
    }
}

#[test]
fn pngs_come_out_upright() {
    for orientation in 1..=8 {
        let stored = quarters(480, 320);
        let mut file = Vec::new();
        let mut info = png::Info::with_size(480, 320);
        info.color_type = png::ColorType::Rgb;
        info.bit_depth = png::BitDepth::Eight;
        info.exif_metadata = Some(orientation_block(orientation).into());
        let mut writer = png::Encoder::with_info(&mut file, info).unwrap().write_header().unwrap();
        writer.write_image_data(stored.data()).unwrap();
        writer.finish().unwrap();
        assert_upright(&file, orientation);
    }
}

#[test]
fn webps_come_out_upright() {
    for orientation in 1..=8 {
        let stored = quarters(480, 320);
        let mut file = Vec::new();
        let mut encoder = image_webp::WebPEncoder::new(&mut file);
        encoder.set_exif_metadata(orientation_block(orientation));
        encoder.encode(stored.data(), 480, 320, image_webp::ColorType::Rgb8).unwrap();
        assert_upright(&file, orientation);
    }
}

#[test]
fn tiffs_come_out_upright() {
    for orientation in 1..=8_u16 {
        let stored = quarters(480, 320);
        let mut file = std::io::Cursor::new(Vec::new());
        let mut encoder = tiff::encoder::TiffEncoder::new(&mut file).unwrap();
        let mut image = encoder.new_image::<tiff::encoder::colortype::RGB8>(480, 320).unwrap();
        image.encoder().write_tag(tiff::tags::Tag::Orientation, orientation).unwrap();
        image.write_data(stored.data()).unwrap();
        assert_upright(file.get_ref(), usize::from(orientation));
    }
}

#[test]
fn a_nonsense_orientation_is_none() {
    for number in [0_u16, 9, 65_535] {
        let block = exif_block(&[(0x0112, Value::Short(number))]);
        let file = with_segments(&jpeg(&quarters(480, 320)), &[exif_segment(&block)]);
        assert_upright(&file, 1);
    }
}
