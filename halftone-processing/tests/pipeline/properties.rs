//! Random and mutated files: an answer, never a panic. The counts are bounded; long fuzzing is a command of its own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::LazyLock;

use halftone_core::geometry::PixelSize;
use halftone_core::rendition::ProofEdge;
use halftone_core::watermark::Placement;
use halftone_processing::decode::Source;
use halftone_processing::limits::Limits;
use halftone_processing::resize::resize;
use proptest::prelude::*;

use crate::inputs::{
    Value, exif_block, exif_segment, icc_segment, jpeg, marked, plain, png, quarters, render, text, unmarked,
    with_segments,
};

/// Small, so that a mutated header that announces much is refused instead of decoded.
const SMALL: Limits = Limits { max_pixels: 4_000_000, max_working_bytes: 64_000_000, ..SMALL_BASE };
const SMALL_BASE: Limits = Limits {
    max_file_bytes: 1_000_000,
    max_pixels: 0,
    max_side_px: 10_000,
    max_working_bytes: 0,
    max_logo_bytes: 100_000,
    max_logo_side_px: 500,
};

static SEEDS: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
    let exif = Value::Directory(vec![(0x9003, text("2026:05:14 16:03:59")), (0xa434, text("A lens"))]);
    let block = exif_block(&[(0x0112, Value::Short(6)), (0x8298, text("© Ana")), (0x8769, exif)]);
    let profile = moxcms::ColorProfile::new_display_p3().encode().unwrap();
    let camera = with_segments(&jpeg(&quarters(96, 64)), &[exif_segment(&block), icc_segment(&profile)]);
    let mut progressive = Vec::new();
    let mut encoder = jpeg_encoder::Encoder::new(&mut progressive, 90);
    encoder.set_progressive(true);
    encoder.set_restart_interval(3);
    encoder.encode(quarters(96, 64).data(), 96, 64, jpeg_encoder::ColorType::Rgb).unwrap();
    let mut webp = Vec::new();
    image_webp::WebPEncoder::new(&mut webp)
        .encode(quarters(96, 64).data(), 96, 64, image_webp::ColorType::Rgb8)
        .unwrap();
    let mut options = unmarked();
    options.format = halftone_core::rendition::RenditionFormat::WebP;
    let lossy = render(&camera, &options).unwrap().marked.proof.bytes.to_vec();
    let mut tiff = std::io::Cursor::new(Vec::new());
    let mut encoder = tiff::encoder::TiffEncoder::new(&mut tiff).unwrap();
    encoder.write_image::<tiff::encoder::colortype::RGB8>(96, 64, quarters(96, 64).data()).unwrap();
    vec![
        camera,
        progressive,
        png(96, 64, png::ColorType::Rgb, quarters(96, 64).data()),
        webp,
        lossy,
        tiff.into_inner(),
    ]
});

/// Renders without the pipeline's own net, so that a panic of ours would be seen.
fn survives(file: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(|| {
        let Ok(source) = Source::open(file, &SMALL) else {
            return;
        };
        // A refusal is as good as a picture.
        if let Ok(decoded) = source.decode(64, &SMALL) {
            let size = PixelSize::new(decoded.width(), decoded.height()).unwrap();
            resize(&decoded, size.shrunk_to(64)).unwrap();
        }
    }))
    .is_ok()
}

/// The whole pipeline must answer whatever a decoder does.
fn answers(file: &[u8]) -> bool {
    catch_unwind(AssertUnwindSafe(|| {
        halftone_processing::pipeline::render_proof(file, &unmarked(), None, &SMALL).is_ok()
    }))
    .is_ok()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn random_bytes_behind_any_magic_get_an_answer(
        magic in 0_usize..6, bytes in proptest::collection::vec(any::<u8>(), 0..600),
    ) {
        let mut file = SEEDS[magic][..SEEDS[magic].len().min(16)].to_vec();
        file.extend(bytes);
        prop_assert!(survives(&file));
    }

    #[test]
    fn mutated_files_get_an_answer(
        seed in 0_usize..6,
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12),
        cut in any::<proptest::sample::Index>(), is_cut in any::<bool>(),
    ) {
        let mut file = SEEDS[seed].clone();
        for (place, value) in changes {
            let at = place.index(file.len());
            file[at] = value;
        }
        if is_cut {
            file.truncate(cut.index(file.len()));
        }
        prop_assert!(answers(&file));
    }

    #[test]
    fn mutated_headers_get_an_answer(
        seed in 0_usize..6,
        changes in proptest::collection::vec((0_usize..400, any::<u8>()), 1..6),
    ) {
        let mut file = SEEDS[seed].clone();
        for (place, value) in changes {
            let at = place % file.len();
            file[at] = value;
        }
        prop_assert!(answers(&file));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn sizes_are_kept_to_the_pixel_and_never_enlarged(width in 1_u32..700, height in 1_u32..700, edge in 256_u32..500) {
        let mut options = unmarked();
        options.proof_long_edge = ProofEdge::parse(edge).unwrap();
        let rendered = render(&jpeg(&plain(width, height, [90; 3])), &options).unwrap();
        let size = PixelSize::new(width, height).unwrap();
        prop_assert_eq!(rendered.marked.proof.size, size.shrunk_to(edge));
        prop_assert_eq!(rendered.marked.thumb.size, rendered.marked.proof.size.shrunk_to(400));
    }

    #[test]
    fn a_marked_proof_differs_from_the_picture_or_is_refused(width in 1_u32..500, height in 1_u32..500) {
        let file = jpeg(&plain(width, height, [90; 3]));
        if let Ok(rendered) = render(&file, &marked("© Studio", Placement::default())) {
            let proof = crate::inputs::decoded(&rendered.marked.proof.bytes);
            prop_assert!(proof.data().iter().any(|value| value.abs_diff(90) > 8));
        }
    }
}
