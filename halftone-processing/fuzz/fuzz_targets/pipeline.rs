//! Any bytes through the whole job: a marked proof and a thumb, or an error. What has a base is marked anew, to the same bytes.
#![no_main]

use std::sync::LazyLock;

use halftone_core::rendition::{ColourPolicy, ProcessingOptions, ProofEdge, RenditionFormat, ThumbEdge};
use halftone_core::text::WatermarkText;
use halftone_core::watermark::{Colour, Placement, Watermark};
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::Pipeline;
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

static PIPELINE: LazyLock<Pipeline> = LazyLock::new(|| Pipeline::new(LIMITS));

fuzz_target!(init: panics_end_the_process(), |data: &[u8]| {
    let Some((choice, file)) = data.split_first() else {
        return;
    };
    let mut options = ProcessingOptions::with_watermark(Watermark::Text {
        text: WatermarkText::parse("© Studio").expect("a text"),
        colour: Colour::WHITE,
        placement: Placement::default(),
    });
    options.proof_long_edge = ProofEdge::parse(256).expect("the smallest edge");
    if choice & 1 == 1 {
        options.colour = ColourPolicy::Srgb;
    }
    if choice & 2 == 2 {
        options.format = RenditionFormat::WebP;
    }
    if choice & 4 == 4 {
        // As large as the picture, which is another way for JPEGs.
        options.proof_long_edge = ProofEdge::parse(2048).expect("an edge");
    }
    options.thumb_long_edge = ThumbEdge::parse(64).expect("the smallest edge");
    if let Ok(photo) = PIPELINE.render_proof_with_base(file, &options, None) {
        let (proof, thumb) = (photo.marked.proof, photo.marked.thumb);
        assert!(proof.size.long_edge() <= options.proof_long_edge.get() && thumb.size.long_edge() <= 64);
        if let Some(base) = photo.base {
            let anew = PIPELINE.mark_anew(&base, &options, None).expect("a base of our own");
            assert!(anew.proof.bytes == proof.bytes && anew.thumb.bytes == thumb.bytes);
        }
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
