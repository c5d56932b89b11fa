//! JPEG data through our own decoder, at a scale that the first byte chooses, against the established one.
//!
//! Decoded in two parts a file is what it is in one, wherever the second begins.
//!
//! The pipeline hides a panic as an error of the file, so this target goes around its net: deliveries of files that are whole
//! must be as large as asked for, luma must be that of the established decoder wherever both take the file, and whatever happens must
//! happen without a panic.
#![no_main]

use std::panic::catch_unwind;

use halftone_core::rendition::{Quality, RenditionFormat};
use halftone_processing::fuzzing::FirstComponent;
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::{DeliveryOptions, Pipeline};
use jpeg_decoder::{ColorTransform, Decoder, PixelFormat};
use libfuzzer_sys::fuzz_target;

/// Small, so that a header that announces much is refused instead of decoded.
const LIMITS: Limits = Limits {
    max_file_bytes: 1_000_000,
    max_pixels: 1_000_000,
    max_side_px: 4_000,
    max_working_bytes: 32_000_000,
    max_logo_bytes: 100_000,
    max_logo_side_px: 500,
};

/// Samples that are compared at most.
const MOST_SAMPLES: usize = 1_000_000;

fuzz_target!(init: panics_end_the_process(), |data: &[u8]| {
    let Some((edge, file)) = data.split_first() else {
        return;
    };
    deliver(*edge, file);
    compare(file);
    // The same byte for another purpose: all pairs of the two would be too many.
    if let Some([in_two, in_one]) = FirstComponent::decode_in_two_and_in_one(file, MOST_SAMPLES, *edge) {
        assert_eq!(in_two, in_one);
    }
});

fn deliver(edge: u8, file: &[u8]) {
    let options = DeliveryOptions {
        long_edge_px: u32::from(edge) * 4 + 1,
        quality: Quality::PROOF_DEFAULT,
        format: RenditionFormat::Jpeg,
    };
    if let Ok(delivery) = Pipeline::new(LIMITS).render_delivery(file, options) {
        assert!(delivery.size.long_edge() <= options.long_edge_px);
        assert!(delivery.bytes.starts_with(&[0xff, 0xd8]) && delivery.bytes.ends_with(&[0xff, 0xd9]));
    }
}

fn compare(file: &[u8]) {
    let Some(own) = FirstComponent::decode(file, MOST_SAMPLES) else {
        return;
    };
    // A panic of the established decoder is its own affair.
    let Ok(Some(expected)) = catch_unwind(|| Established::decode(file)) else {
        return;
    };
    if own.size() != (expected.width, expected.height) {
        // Others are finer, and the established decoder has enlarged this one.
        return;
    }
    for (left, top, block) in own.blocks() {
        if !is_of_a_picture(&block) {
            continue;
        }
        for (y, row) in (top..expected.height).zip(block) {
            for (x, sample) in (left..expected.width).zip(row) {
                let expected = expected.sample(x, y);
                assert!(sample.abs_diff(expected) <= 1, "luma at {x},{y}: {sample} for {expected}");
            }
        }
    }
}

/// Whether no sample is cut off at black or white. Then the squares of the 64 coefficients add up to no more than 64 times that of
/// 128, so none is over 1024, and the established decoder's 16-bit arithmetic holds it.
fn is_of_a_picture(block: &[[u8; 8]; 8]) -> bool {
    block.as_flattened().iter().all(|sample| !matches!(sample, 0 | 255))
}

/// What the established decoder makes of a file.
struct Established {
    width: usize,
    height: usize,
    components: usize,
    pixels: Vec<u8>,
}

impl Established {
    fn decode(file: &[u8]) -> Option<Self> {
        let mut decoder = Decoder::new(file);
        decoder.set_max_decoding_buffer_size(3 * MOST_SAMPLES);
        decoder.read_info().ok()?;
        let components = match decoder.info()?.pixel_format {
            PixelFormat::L8 => 1,
            PixelFormat::RGB24 => {
                // "These are colours already" leaves the numbers as they are.
                decoder.set_color_transform(ColorTransform::RGB);
                3
            }
            _ => return None,
        };
        let pixels = decoder.decode().ok()?;
        let info = decoder.info()?;
        Some(Self { width: info.width.into(), height: info.height.into(), components, pixels })
    }

    fn sample(&self, x: usize, y: usize) -> u8 {
        self.pixels[(y * self.width + x) * self.components]
    }
}

/// The pipeline catches panics and calls the file malformed. Here each one of our own code, and each assertion of this target, is a
/// finding.
fn panics_end_the_process() {
    std::panic::set_hook(Box::new(|panic| {
        let is_ours = panic.location().is_some_and(|location| {
            ["halftone-processing", "fuzz_targets"].iter().any(|folder| location.file().contains(folder))
        });
        if is_ours {
            eprintln!("{panic}");
            std::process::abort();
        }
    }));
}
