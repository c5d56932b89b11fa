//! What a mark leaves of a proof's coefficients.

use fearless_simd::Simd;
use halftone_core::rendition::{ProcessingOptions, ProofEdge, Quality, RenditionFormat, ThumbEdge};
use halftone_core::text::WatermarkText;
use halftone_core::watermark::{Colour, Placement, Watermark};

use crate::colour::RgbSpace;
use crate::encode::{Attachments, encode};
use crate::jpeg::frame::Frame;
use crate::jpeg::samples::{Batch, BlockSink};
use crate::jpeg::scan;
use crate::limits::Limits;
use crate::pipeline::Pipeline;
use crate::raster::{Channels, Raster};
use crate::watermark::{Mark, MarkRequest};

/// The blocks of a picture, with their component and where they lie in it.
#[derive(Default)]
struct Blocks {
    found: Vec<(usize, (usize, usize), [i16; 64])>,
    row: usize,
}

impl BlockSink for Blocks {
    fn take_batch<S: Simd>(
        &mut self,
        _simd: S,
        component: usize,
        (down, first): (usize, usize),
        batch: &Batch,
    ) {
        let down = if component == 0 { 2 * self.row + down } else { self.row };
        let blocks = (first..).zip(batch.as_chunks::<64>().0).take(16);
        self.found.extend(blocks.map(|(across, block)| (component, (across, down), *block)));
    }

    fn end_row<S: Simd>(&mut self, _simd: S) -> Option<()> {
        self.row += 1;
        Some(())
    }
}

fn blocks_of(file: &[u8]) -> Blocks {
    let mut blocks = Blocks::default();
    scan::decode_quantised(&Frame::read(file).unwrap(), &mut blocks).unwrap();
    blocks
}

#[test]
fn an_original_with_the_steps_of_its_proof_keeps_its_coefficients() {
    let pixels: Vec<u8> = (0..1201 * 803_u32)
        .flat_map(|at| [at % 251, at / 1201 % 241, (at * 7) % 255].map(|level| u8::try_from(level).unwrap()))
        .collect();
    let picture = Raster::new(1201, 803, Channels::Rgb, pixels).unwrap();
    let quality = Quality::parse(82).unwrap();
    let original = encode(&picture, RenditionFormat::Jpeg, quality, Attachments::default()).unwrap();
    let options = ProcessingOptions {
        proof_quality: quality,
        thumb_long_edge: ThumbEdge::parse(64).unwrap(),
        ..ProcessingOptions::with_watermark(Watermark::None)
    };
    let proof =
        Pipeline::new(Limits::default()).render_proof(&original, &options, None).unwrap().marked.proof;
    assert_eq!(blocks_of(&proof.bytes).found, blocks_of(&original).found);
}

#[test]
fn a_mark_leaves_the_blocks_that_it_does_not_touch() {
    let pixels: Vec<u8> = (0..900 * 600_u32)
        .flat_map(|at| [at % 251, at / 900 % 241, (at * 7) % 255].map(|level| u8::try_from(level).unwrap()))
        .collect();
    let picture = Raster::new(900, 600, Channels::Rgb, pixels).unwrap();
    let original =
        encode(&picture, RenditionFormat::Jpeg, Quality::DELIVERY, Attachments::default()).unwrap();
    let marked = ProcessingOptions {
        proof_long_edge: ProofEdge::parse(700).unwrap(),
        ..ProcessingOptions::with_watermark(Watermark::Text {
            text: WatermarkText::parse("© Studio").unwrap(),
            colour: Colour::WHITE,
            placement: Placement::default(),
        })
    };
    let unmarked = ProcessingOptions { watermark: Watermark::None, ..marked.clone() };
    let pipeline = Pipeline::new(Limits::default());
    let [clean, proof] = [&unmarked, &marked]
        .map(|options| pipeline.render_proof(&original, options, None).unwrap().marked.proof);
    let request = MarkRequest {
        watermark: &marked.watermark,
        logo: None,
        size: proof.size,
        space: &RgbSpace::default(),
        limits: &Limits::default(),
    };
    let (width, height) = (proof.size.width(), proof.size.height());
    let grey = vec![128; width as usize * height as usize * 3];
    let mut seen = Raster::new(width, height, Channels::Rgb, grey).unwrap();
    Mark::prepare(&request).unwrap().unwrap().apply(&mut seen);
    let is_marked = |x: usize, y: usize| {
        let at = (y * width as usize + x) * 3;
        seen.data()[at..at + 3] != [128; 3]
    };
    let (mut same, mut all) = (0, 0);
    for (before, after) in blocks_of(&clean.bytes).found.iter().zip(blocks_of(&proof.bytes).found) {
        let side = if before.0 == 0 { 8 } else { 16 };
        let (left, top) = (before.1.0 * side, before.1.1 * side);
        // The mark goes on beyond the edges, where this does not see it.
        if left + side > width as usize || top + side > height as usize {
            continue;
        }
        let is_touched = (top..top + side).any(|y| (left..left + side).any(|x| is_marked(x, y)));
        assert!(is_touched || before.2 == after.2, "the block at {left}, {top} of component {}", before.0);
        same += usize::from(before.2 == after.2);
        all += 1;
    }
    assert!(same > all / 4 && same < all, "{same} of {all} blocks are the same");
}
