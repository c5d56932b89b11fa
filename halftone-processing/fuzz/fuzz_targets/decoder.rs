//! JPEG data through our own decoder, at a scale that the first byte chooses, against the established one.
//!
//! The pipeline hides a panic as an error of the file, so this target goes around its net: deliveries of files that are whole
//! must be as large as asked for, and whatever happens must happen without a panic.
#![no_main]

use halftone_core::rendition::{Quality, RenditionFormat};
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::{DeliveryOptions, Pipeline};
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

fuzz_target!(init: panics_end_the_process(), |data: &[u8]| {
    let Some((edge, file)) = data.split_first() else {
        return;
    };
    let options = DeliveryOptions {
        long_edge_px: u32::from(*edge) * 4 + 1,
        quality: Quality::PROOF_DEFAULT,
        format: RenditionFormat::Jpeg,
    };
    if let Ok(delivery) = Pipeline::new(LIMITS).render_delivery(file, options) {
        assert!(delivery.size.long_edge() <= options.long_edge_px);
        assert!(delivery.bytes.starts_with(&[0xff, 0xd8]) && delivery.bytes.ends_with(&[0xff, 0xd9]));
    }
});

/// The pipeline catches panics and calls the file malformed. Here each one of our own code is a finding.
fn panics_end_the_process() {
    std::panic::set_hook(Box::new(|panic| {
        let is_ours =
            panic.location().is_some_and(|location| location.file().contains("halftone-processing"));
        if is_ours {
            eprintln!("{panic}");
            std::process::abort();
        }
    }));
}
