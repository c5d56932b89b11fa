//! How good an unmarked proof is: SSIMULACRA2 against the original, shrunk with as much care as there is.
//!
//! Two bounds. One is absolute, so that nothing gets worse unnoticed; the other is the plain way's score at the same quality, so that
//! nobody has to believe in the first. `cargo xtask compare` does the same at full size beside other tools.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use fast_image_resize::images::{TypedImage, TypedImageRef};
use fast_image_resize::pixels::F32x3;
use fast_image_resize::{FilterType, ResizeAlg, ResizeOptions, Resizer};
use fast_ssim2::{PixelDescriptor, PixelSlice, Ssimulacra2Reference};
use halftone_benches::camera::CameraJpeg;
use halftone_core::rendition::{ProcessingOptions, ProofEdge};
use halftone_core::watermark::Watermark;
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::render_proof;
use jpeg_encoder::{ChromaSubsamplingMethod, ColorType, Encoder, SamplingFactor};

/// Shrunk to [`PROOF_PX`] by as much as a 24-megapixel picture to a usual proof, so that the same scales are used on the way.
const SIDES: (u32, u32) = (3000, 2000);
const PROOF_PX: u32 = 1024;

/// Half a point below the 71.5 that both files were found to have.
const LEAST_SCORE: f64 = 71.0;

/// How far below the plain way's score, which was found to be 71.9, one of ours may lie. That way resizes the full picture in floating
/// point, and its files are larger by two per cent.
const LEEWAY: f64 = 0.5;

/// Bytes of a proof for each of the plain way's. The tables and the codes are the same, so the pictures decide.
const MOST_BYTES: f64 = 1.02;

struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<u8>,
}

fn decoded(file: &[u8]) -> Picture {
    let mut decoder = jpeg_decoder::Decoder::new(file);
    let pixels = decoder.decode().unwrap();
    let info = decoder.info().unwrap();
    Picture { width: info.width.into(), height: info.height.into(), pixels }
}

/// Lanczos in floats, rounded once.
fn shrunk(original: &Picture, width: u32, height: u32) -> Picture {
    let (pixels, _) = original.pixels.as_chunks::<3>();
    let floats: Vec<F32x3> = pixels.iter().map(|pixel| F32x3::new(pixel.map(f32::from))).collect();
    let source = TypedImageRef::new(original.width, original.height, &floats).unwrap();
    let mut target = TypedImage::<F32x3>::new(width, height);
    let options = ResizeOptions::new().resize_alg(ResizeAlg::Convolution(FilterType::Lanczos3));
    Resizer::new().resize_typed(&source, &mut target, &options).unwrap();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let rounded = |value: f32| value.round().clamp(0.0, 255.0) as u8;
    let pixels = target.pixels().iter().flat_map(|pixel| pixel.0.map(rounded)).collect();
    Picture { width, height, pixels }
}

fn slice(picture: &Picture) -> PixelSlice<'_> {
    let stride = picture.width as usize * 3;
    PixelSlice::new(&picture.pixels, picture.width, picture.height, stride, PixelDescriptor::RGB8_SRGB)
        .unwrap()
}

/// The plain way's file of a picture that was shrunk.
fn plain_file(picture: &Picture, quality: u8) -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, quality);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_chroma_subsampling_method(ChromaSubsamplingMethod::Average);
    let side = |side: u32| u16::try_from(side).unwrap();
    encoder.encode(&picture.pixels, side(picture.width), side(picture.height), ColorType::Rgb).unwrap();
    file
}

#[expect(clippy::cast_precision_loss, reason = "lengths of small files")]
fn assert_good(camera: CameraJpeg, what: &str) {
    let original = camera.file();
    let options = ProcessingOptions {
        proof_long_edge: ProofEdge::parse(PROOF_PX).unwrap(),
        ..ProcessingOptions::with_watermark(Watermark::None)
    };
    let file = render_proof(&original, &options, None, &Limits::default()).unwrap().marked.proof.bytes;
    let proof = decoded(&file);
    let exact = shrunk(&decoded(&original), proof.width, proof.height);
    let plain = plain_file(&exact, options.proof_quality.get());
    let reference = Ssimulacra2Reference::new(&slice(&exact)).unwrap();
    let score = |picture: &Picture| reference.compare(&slice(picture)).unwrap();
    let (ours, theirs) = (score(&proof), score(&decoded(&plain)));
    let bytes = file.len() as f64 / plain.len() as f64;
    let figures = format!("{what}: {ours:.2} for {theirs:.2} with {bytes:.3} of the bytes");
    assert!(ours >= LEAST_SCORE, "{figures}");
    assert!(ours >= theirs - LEEWAY, "{figures}");
    assert!(bytes <= MOST_BYTES, "{figures}");
}

#[test]
fn a_proof_of_a_camera_file_is_as_good_as_the_plain_way_makes_it() {
    assert_good(CameraJpeg::usual(SIDES, 1), "usual");
}

#[test]
fn a_proof_of_a_file_with_full_chroma_is_as_good_as_the_plain_way_makes_it() {
    assert_good(CameraJpeg { is_subsampled: false, ..CameraJpeg::usual(SIDES, 2) }, "4:4:4");
}
