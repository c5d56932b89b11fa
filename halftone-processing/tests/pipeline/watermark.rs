//! The mark: everywhere, legible, inside the picture, and never missing.

use halftone_core::geometry::PixelSize;
use halftone_core::id::ImageId;
use halftone_core::ports::renderer::RenderError;
use halftone_core::rendition::{ProcessingOptions, ProofEdge, ThumbEdge};
use halftone_core::text::WatermarkText;
use halftone_core::watermark::{Angle, Colour, Layout, Opacity, Placement, Scale, Watermark};
use halftone_processing::colour::RgbSpace;
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::{Pipeline, render_proof};
use halftone_processing::raster::Raster;
use halftone_processing::watermark::{Logo, Mark, MarkRequest};

use crate::inputs::{at, decoded, jpeg, marked, plain, png, render};

const LONG: &str =
    "© 2026 Ana Ñandú Photography, Київ · all rights reserved · this is a proof and not a print";

pub(crate) fn placement(layout: Layout, scale: f64, angle: f64) -> Placement {
    Placement {
        layout,
        opacity: Opacity::DEFAULT,
        scale: Scale::parse(scale).unwrap(),
        angle: Angle::parse(angle).unwrap(),
    }
}

/// A plain picture with the mark on it.
fn with_mark(
    width: u32,
    height: u32,
    ground: [u8; 3],
    watermark: &Watermark,
    logo: Option<&[u8]>,
) -> Result<Raster, RenderError> {
    let mut picture = plain(width, height, ground);
    let request = MarkRequest {
        watermark,
        logo,
        size: PixelSize::new(width, height).unwrap(),
        space: &RgbSpace::default(),
        limits: &Limits::default(),
    };
    Mark::prepare(&request)?.unwrap().apply(&mut picture);
    Ok(picture)
}

fn text_mark(text: &str, placement: Placement) -> Watermark {
    marked(text, placement).watermark
}

/// In how many cells of a grid of four by four some pixel visibly differs from the ground.
fn touched_cells(picture: &Raster, ground: [u8; 3]) -> usize {
    let (width, height) = (picture.width(), picture.height());
    (0..16)
        .filter(|cell| {
            let (column, row) = (cell % 4, cell / 4);
            (row * height / 4..(row + 1) * height / 4).any(|y| {
                (column * width / 4..(column + 1) * width / 4).any(|x| {
                    at(picture, x, y).iter().zip(ground).any(|(value, ground)| value.abs_diff(ground) > 10)
                })
            })
        })
        .count()
}

#[test]
fn a_tiled_mark_reaches_every_part_of_the_picture() {
    let texts = ["© Studio", "A", "·", "—", "O", LONG];
    for (width, height) in [(2048, 1365), (1365, 2048), (800, 800), (400, 267), (2048, 300), (160, 900)] {
        for angle in [0.0, -30.0, 45.0, 90.0, -135.0, 17.0] {
            for scale in [0.02, 0.05, 0.12, 0.3, 1.0] {
                for text in texts {
                    let mark = text_mark(text, placement(Layout::Tiled, scale, angle));
                    let picture = with_mark(width, height, [128; 3], &mark, None).unwrap();
                    let touched = touched_cells(&picture, [128; 3]);
                    assert!(
                        touched >= 12,
                        "{text} on {width}x{height} at {angle} degrees, scale {scale}: {touched} cells"
                    );
                }
            }
        }
    }
}

#[test]
fn the_usual_mark_is_in_all_sixteen_cells() {
    for (width, height) in [(2048, 1365), (1365, 2048), (1200, 1200)] {
        let mark = text_mark("© Studio", Placement::default());
        let picture = with_mark(width, height, [128; 3], &mark, None).unwrap();
        assert_eq!(touched_cells(&picture, [128; 3]), 16);
    }
}

#[test]
fn a_mark_shows_on_light_dark_and_middling_pictures_in_any_colour() {
    for colour in ["#ffffff", "#000000", "#808080", "#ff0000", "#0040ff", "#ffff00"] {
        for ground in [[255; 3], [0; 3], [128; 3], [255, 0, 0], [250, 245, 235], [12, 10, 14]] {
            let watermark = Watermark::Text {
                text: WatermarkText::parse("© Studio").unwrap(),
                colour: Colour::parse(colour).unwrap(),
                placement: Placement::default(),
            };
            let picture = with_mark(1024, 683, ground, &watermark, None).unwrap();
            let luma = |colour: [u8; 3]| {
                0.213 * f64::from(colour[0]) + 0.715 * f64::from(colour[1]) + 0.072 * f64::from(colour[2])
            };
            let (pixels, _) = picture.data().as_chunks::<3>();
            let seen = pixels.iter().filter(|pixel| (luma(**pixel) - luma(ground)).abs() > 20.0).count();
            let share = seen * 1000 / pixels.len();
            assert!(share >= 8, "{colour} on {ground:?}: {share} of a thousand pixels");
        }
    }
}

#[test]
fn single_marks_lie_in_their_corner_or_in_the_middle() {
    for (layout, columns, rows) in [
        (Layout::Centre, 200..400, 130..270),
        (Layout::TopLeft, 0..300, 0..200),
        (Layout::TopRight, 300..600, 0..200),
        (Layout::BottomLeft, 0..300, 200..400),
        (Layout::BottomRight, 300..600, 200..400),
    ] {
        let picture =
            with_mark(600, 400, [90; 3], &text_mark("Mark", placement(layout, 0.12, -10.0)), None).unwrap();
        let mut changed = 0;
        for y in 0..400 {
            for x in 0..600 {
                if at(&picture, x, y) != [90; 3] {
                    changed += 1;
                    assert!(columns.contains(&x) && rows.contains(&y), "{layout:?} at {x},{y}");
                }
            }
        }
        assert!(changed > 200, "{layout:?}");
    }
}

#[test]
fn a_text_too_wide_is_shrunk_into_the_picture() {
    for layout in [Layout::Centre, Layout::BottomRight, Layout::TopLeft] {
        for angle in [0.0, -30.0, 90.0] {
            let mark = text_mark(LONG, placement(layout, 1.0, angle));
            let picture = with_mark(600, 400, [90; 3], &mark, None).unwrap();
            let is_rim = |x: u32, y: u32| x == 0 || y == 0 || x == 599 || y == 399;
            let rim = (0..400).flat_map(|y| (0..600).map(move |x| (x, y))).filter(|(x, y)| is_rim(*x, *y));
            assert!(rim.into_iter().all(|(x, y)| at(&picture, x, y) == [90; 3]), "{layout:?} at {angle}");
            assert!(picture.data().iter().any(|value| value.abs_diff(90) > 20));
        }
    }
}

#[test]
fn opacity_and_scale_do_what_they_say() {
    let strongest = |opacity: f64| {
        let placement =
            Placement { opacity: Opacity::parse(opacity).unwrap(), ..placement(Layout::Centre, 0.5, 0.0) };
        with_mark(600, 400, [0; 3], &text_mark("M", placement), None)
            .unwrap()
            .data()
            .iter()
            .copied()
            .max()
            .unwrap()
    };
    assert_eq!(strongest(1.0), 255);
    assert!(strongest(0.5).abs_diff(128) <= 1);
    assert!(strongest(0.05).abs_diff(13) <= 1);
    let height_of = |scale: f64| {
        let picture =
            with_mark(600, 400, [0; 3], &text_mark("Mp", placement(Layout::Centre, scale, 0.0)), None)
                .unwrap();
        (0..400).filter(|y| (0..600).any(|x| at(&picture, x, *y)[0] > 40)).count()
    };
    let (small, large) = (height_of(0.2), height_of(0.4));
    assert!(large.abs_diff(2 * small) <= 4, "{small} and {large}");
}

#[test]
fn a_positive_angle_turns_clockwise() {
    let picture =
        with_mark(600, 600, [0; 3], &text_mark("————", placement(Layout::Centre, 0.1, 30.0)), None).unwrap();
    let middle_of = |x: u32| {
        let rows: Vec<u32> = (0..600).filter(|y| at(&picture, x, *y)[0] > 40).collect();
        rows[rows.len() / 2]
    };
    assert!(middle_of(340) > middle_of(260) + 20, "the right end lies lower");
}

#[test]
fn a_missing_glyph_is_named_and_nothing_is_rendered() {
    let error =
        render(&jpeg(&plain(600, 400, [90; 3])), &marked("Studio 写", Placement::default())).err().unwrap();
    assert!(matches!(error, RenderError::Watermark { .. }));
    assert!(error.to_string().contains('写'));
    assert!(!error.is_transient());
}

pub(crate) fn image_options(placement: Placement) -> ProcessingOptions {
    let image = ImageId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap();
    ProcessingOptions::with_watermark(Watermark::Image { image, placement })
}

/// A red disc on nothing.
pub(crate) fn logo() -> Vec<u8> {
    let pixels: Vec<u8> = (0..80_i32)
        .flat_map(|y| (0..120_i32).map(move |x| (x, y)))
        .flat_map(|(x, y)| if (x - 60).pow(2) + (y - 40).pow(2) < 900 { [220, 20, 20, 255] } else { [0; 4] })
        .collect();
    png(120, 80, png::ColorType::Rgba, &pixels)
}

#[test]
fn a_logo_keeps_its_colours_and_its_shape() {
    let placement =
        Placement { opacity: Opacity::parse(1.0).unwrap(), ..placement(Layout::Centre, 0.5, -20.0) };
    let watermark = image_options(placement).watermark;
    let picture = with_mark(600, 400, [255; 3], &watermark, Some(&logo())).unwrap();
    assert_eq!(at(&picture, 300, 200), [220, 20, 20]);
    // Transparent corners of the file stay clean, and no pixel is darker than the disc: no black fringe.
    assert_eq!(at(&picture, 190, 95), [255; 3]);
    let (pixels, _) = picture.data().as_chunks::<3>();
    assert!(pixels.iter().all(|[red, _, _]| *red >= 215));
    let tiled = image_options(Placement::default()).watermark;
    let picture = with_mark(600, 400, [255; 3], &tiled, Some(&logo())).unwrap();
    assert_eq!(touched_cells(&picture, [255; 3]), 16);
}

#[test]
fn a_white_logo_shows_on_white() {
    let white = png(60, 60, png::ColorType::Rgba, &[255; 60 * 60 * 4]);
    let watermark = image_options(Placement::default()).watermark;
    let picture = with_mark(900, 600, [255; 3], &watermark, Some(&white)).unwrap();
    assert_eq!(touched_cells(&picture, [255; 3]), 16);
}

#[test]
fn an_unusable_logo_is_an_error_and_never_a_clean_proof() {
    let file = jpeg(&plain(600, 400, [90; 3]));
    let options = image_options(Placement::default());
    let transparent = png(20, 20, png::ColorType::Rgba, &[255, 255, 255, 0].repeat(400));
    let cut = logo()[..60].to_vec();
    let not_png = file.clone();
    for logo in [None, Some(transparent), Some(cut), Some(not_png), Some(Vec::new())] {
        let error = render_proof(&file, &options, logo.as_deref(), &Limits::default()).err().unwrap();
        assert!(matches!(error, RenderError::Watermark { .. }), "{error}");
    }
    let strict = Limits { max_logo_side_px: 100, ..Limits::default() };
    assert!(render_proof(&file, &options, Some(&logo()), &strict).is_err());
}

#[test]
fn logos_are_inspected() {
    let limits = Limits::default();
    assert_eq!(Logo::parse(&logo(), &limits).unwrap().file_size(), PixelSize::new(120, 80).unwrap());
    assert!(matches!(Logo::parse(b"GIF89a", &limits), Err(RenderError::Unsupported { .. })));
    let small = Limits { max_logo_bytes: 10, ..limits };
    assert!(matches!(Logo::parse(&logo(), &small), Err(RenderError::TooLarge { .. })));
}

fn is_marked(file: &[u8]) -> bool {
    decoded(file).data().iter().any(|value| value.abs_diff(90) > 10)
}

#[test]
fn thumbs_are_clean_unless_they_would_be_the_whole_picture() {
    let rendered =
        render(&jpeg(&plain(900, 600, [90; 3])), &marked("© Studio", Placement::default())).unwrap();
    assert!(is_marked(&rendered.marked.proof.bytes) && !is_marked(&rendered.marked.thumb.bytes));

    // No larger than a thumb: the thumb would be the original.
    for width in [400, 399, 120] {
        let small = jpeg(&plain(width, 100, [90; 3]));
        let rendered = render(&small, &marked("© Studio", Placement::default())).unwrap();
        assert!(
            is_marked(&rendered.marked.proof.bytes) && is_marked(&rendered.marked.thumb.bytes),
            "{width}"
        );
    }

    // The studio chose thumbs as large as proofs.
    let mut options = marked("© Studio", Placement::default());
    options.proof_long_edge = ProofEdge::parse(500).unwrap();
    options.thumb_long_edge = ThumbEdge::parse(600).unwrap();
    let rendered = render(&jpeg(&plain(900, 600, [90; 3])), &options).unwrap();
    assert!(is_marked(&rendered.marked.thumb.bytes));
}

#[test]
fn the_store_of_marks_tells_marks_apart() {
    let file = jpeg(&plain(900, 600, [90; 3]));
    let pipeline = Pipeline::new(Limits::default());
    let mut all = Vec::new();
    for text in ["One", "Two"] {
        for scale in [0.1, 0.2] {
            for colour in ["#ffffff", "#000000"] {
                let mut options = marked(text, placement(Layout::Tiled, scale, -30.0));
                if let Watermark::Text { colour: chosen, .. } = &mut options.watermark {
                    *chosen = Colour::parse(colour).unwrap();
                }
                let cached = pipeline.render_proof(&file, &options, None).unwrap().marked.proof.bytes;
                assert!(cached == render(&file, &options).unwrap().marked.proof.bytes);
                all.push(cached);
            }
        }
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 8);
}
