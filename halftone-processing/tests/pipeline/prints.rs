//! Prints: exact pixels, the right part, colours that a lab understands.

use halftone_core::geometry::{CropRect, PixelSize, PrintSize};
use halftone_core::ports::renderer::{RenderError, RenderedImage};
use halftone_core::print::{PrintDpi, PrintLayout};
use halftone_processing::decode::Source;
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::Pipeline;
use moxcms::ColorProfile;

use crate::colour::{middle_as_shown, profile_of, shown};
use crate::inputs::{
    Value, at, decoded, exif_block, exif_segment, icc_segment, is_near, jpeg, picture, plain, png, quarters,
    text, with_segments,
};
use crate::orientation::{UPRIGHT, orientation_block};

fn size(width: u32, height: u32) -> PixelSize {
    PixelSize::new(width, height).unwrap()
}

fn print(file: &[u8], layout: &PrintLayout) -> RenderedImage {
    Pipeline::new(Limits::default()).render_print(file, layout).unwrap()
}

/// A crop as a print of 15 x 10 cm at 100 dpi.
fn laid_out(whole: PixelSize, [x, y, width, height]: [f64; 4]) -> PrintLayout {
    let crop = CropRect::parse(x, y, width, height).unwrap();
    PrintLayout::new(whole, crop, PrintSize::parse(100.0, 150.0).unwrap(), PrintDpi::parse(100).unwrap())
}

/// A colour that tells its place.
fn slope(width: u32, height: u32) -> impl Fn(f64, f64) -> [f64; 3] {
    let (width, height) = (f64::from(width), f64::from(height));
    move |x, y| [20.0 + 200.0 * x / width, 20.0 + 200.0 * y / height, 120.0]
}

#[test]
fn a_print_shows_exactly_its_crop_at_exactly_its_pixels() {
    let (width, height) = (1500, 1000);
    let slope = slope(width, height);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "from 20 to 220")]
    let original = jpeg(&picture(width, height, |x, y| {
        slope(f64::from(x) + 0.5, f64::from(y) + 0.5).map(|level| level.round() as u8)
    }));
    for (crop, expected) in [
        ([0.0, 0.0, 1.0, 1.0], (591, 394)),
        ([0.1, 0.2, 0.3, 0.3], (591, 394)),
        ([0.5, 0.1, 0.2, 0.8], (394, 591)),
        ([0.0, 0.0, 0.1, 0.1], (591, 394)),
    ] {
        let layout = laid_out(size(width, height), crop);
        let file = print(&original, &layout);
        assert_eq!((file.size.width(), file.size.height()), expected);
        let made = decoded(&file.bytes);
        assert_eq!((made.width(), made.height()), expected, "{crop:?}");
        for (x, y) in [(3, 3), (made.width() / 2, made.height() / 3), (made.width() - 4, made.height() - 4)] {
            let across =
                (f64::from(x) + 0.5) / f64::from(made.width()) * layout.crop.width() + layout.crop.x();
            let down =
                (f64::from(y) + 0.5) / f64::from(made.height()) * layout.crop.height() + layout.crop.y();
            let wanted = slope(across * f64::from(width), down * f64::from(height));
            for (found, wanted) in at(&made, x, y).into_iter().zip(wanted) {
                assert!((f64::from(found) - wanted).abs() < 2.5, "{crop:?} at {x},{y}: {found} for {wanted}");
            }
        }
    }
}

#[test]
fn the_crop_is_one_of_the_upright_picture_in_every_orientation() {
    let stored = jpeg(&quarters(480, 320));
    for orientation in 1..=8 {
        let file = with_segments(&stored, &[exif_segment(&orientation_block(orientation))]);
        let whole = if orientation > 4 { size(320, 480) } else { size(480, 320) };
        let corners = [(0.05, 0.05), (0.55, 0.05), (0.05, 0.55), (0.55, 0.55)];
        for ((x, y), expected) in corners.into_iter().zip(UPRIGHT[orientation - 1]) {
            let made = decoded(&print(&file, &laid_out(whole, [x, y, 0.4, 0.4])).bytes);
            for (x, y) in
                [(5, 5), (made.width() / 2, made.height() / 2), (made.width() - 5, made.height() - 5)]
            {
                let found = at(&made, x, y);
                assert!(is_near(found, expected, 8), "orientation {orientation}: {found:?} for {expected:?}");
            }
        }
    }
}

#[test]
fn a_lab_gets_srgb_with_its_profile_whatever_the_camera_made() {
    let colour = [60, 160, 90];
    let wide = ColorProfile::new_display_p3();
    let stored = jpeg(&plain(600, 400, colour));
    let tagged = with_segments(&stored, &[icc_segment(&wide.encode().unwrap())]);
    let layout = laid_out(size(600, 400), [0.0, 0.0, 1.0, 1.0]);
    for (file, expected) in [(&stored, colour), (&tagged, shown(&wide, colour))] {
        let made = print(file, &layout).bytes;
        let profile = ColorProfile::new_from_slice(&profile_of(&made).unwrap()).unwrap();
        for colour in [[255, 0, 0], [0, 128, 0], [30, 60, 200]] {
            assert!(is_near(shown(&profile, colour), colour, 1), "the profile is not sRGB");
        }
        assert!(is_near(middle_as_shown(&made), expected, 3));
    }
}

#[test]
fn a_print_tells_its_resolution_and_its_author_and_nothing_of_the_camera() {
    let block =
        exif_block(&[(0x010f, text("NIKON CORPORATION")), (0x013b, text("Ana")), (0x0112, Value::Short(1))]);
    let file = with_segments(&jpeg(&plain(600, 400, [90; 3])), &[exif_segment(&block)]);
    let made = print(&file, &laid_out(size(600, 400), [0.0, 0.0, 1.0, 1.0])).bytes;
    // JFIF 1.02: unit 1 is dots per inch, then the density in both directions.
    assert_eq!((&made[6..11], made[13], &made[14..18]), (&b"JFIF\0"[..], 1, &[0, 100, 0, 100][..]));
    let holds = |text: &[u8]| made.windows(text.len()).any(|window| window == text);
    assert!(holds(b"Ana") && !holds(b"NIKON"));
    // One sample of chroma for each pixel: ITU-T T.81, B.2.2.
    let frame = made.windows(2).position(|window| window == [0xff, 0xc0]).unwrap();
    assert_eq!([made[frame + 11], made[frame + 14], made[frame + 17]], [0x11; 3]);
}

#[test]
fn every_format_prints_and_a_damaged_file_is_named_as_such() {
    let pixels = plain(40, 30, [10, 200, 90]);
    let file = png(40, 30, png::ColorType::Rgb, pixels.data());
    let layout = laid_out(size(40, 30), [0.25, 0.25, 0.5, 0.5]);
    let made = decoded(&print(&file, &layout).bytes);
    assert_eq!((made.width(), made.height()), (591, 394));
    assert!(is_near(at(&made, 300, 200), [10, 200, 90], 2));
    let error = Pipeline::new(Limits::default()).render_print(&file[..40], &layout).unwrap_err();
    assert!(matches!(error, RenderError::Malformed { .. }), "{error:?}");
}

#[test]
fn a_poster_over_the_memory_limit_is_refused_before_it_is_allocated() {
    let file = jpeg(&plain(600, 400, [90; 3]));
    let source = Source::open(&file, &Limits::default()).unwrap();
    let poster = PrintLayout::new(
        source.size(),
        CropRect::FULL,
        PrintSize::parse(2_000.0, 3_000.0).unwrap(),
        PrintDpi::DEFAULT,
    );
    let limits = Limits { max_working_bytes: 64 * 1024 * 1024, ..Limits::default() };
    let error = Pipeline::new(limits).render_print(&file, &poster).unwrap_err();
    assert!(matches!(error, RenderError::TooLarge { .. }), "{error:?}");
}
