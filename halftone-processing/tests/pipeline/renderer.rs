//! The port on its pool of threads.

use std::num::NonZeroUsize;
use std::sync::Arc;

use bytes::Bytes;
use futures::executor::block_on;
use futures::future::join_all;
use halftone_core::id::ImageId;
use halftone_core::ports::renderer::{DeliveryRequest, MarkRequest, ProofRequest, RenderError, Renderer};
use halftone_core::rendition::{ProcessingOptions, ProofEdge, Quality, RenditionFormat};
use halftone_core::watermark::{Placement, Watermark};
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::{Pipeline, VERSION};
use halftone_processing::renderer::{PooledRenderer, RendererSpec};

use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::inputs::{
    Value, exif_block, exif_segment, jpeg, marked, picture, png, quarters, render, with_segments,
};

fn renderer(threads: usize) -> PooledRenderer {
    PooledRenderer::new(RendererSpec::with_threads(NonZeroUsize::new(threads).unwrap())).unwrap()
}

fn request(original: &Bytes) -> ProofRequest {
    ProofRequest {
        original: original.clone(),
        options: marked("© Studio", Placement::default()),
        logo: None,
        keep_base: false,
    }
}

#[test]
fn many_at_once_give_the_bytes_of_one() {
    let original = Bytes::from(jpeg(&quarters(600, 400)));
    let expected = render(&original, &request(&original).options).unwrap();
    let renderer = renderer(3);
    let all = block_on(join_all((0..24).map(|_| renderer.render_proof(request(&original)))));
    assert_eq!(all.len(), 24);
    assert!(all.into_iter().all(|one| one.unwrap().marked.proof.bytes == expected.marked.proof.bytes));
}

/// Noise, so that the file is long enough to be shared between two threads.
fn noise(orientation: u16, is_progressive: bool) -> Vec<u8> {
    let noise = picture(1500, 1000, |x, y| {
        let mixed = (x.wrapping_mul(2_654_435_761) ^ y.wrapping_mul(0x9e37_79b9)).wrapping_mul(0x85eb_ca6b);
        [mixed >> 24, (mixed >> 16) & 255, x / 6].map(|level| u8::try_from(level).unwrap())
    });
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 92);
    encoder.set_sampling_factor(SamplingFactor::F_2_2);
    encoder.set_progressive(is_progressive);
    encoder.encode(noise.data(), 1500, 1000, ColorType::Rgb).unwrap();
    with_segments(&file, &[exif_segment(&exif_block(&[(0x0112, Value::Short(orientation))]))])
}

/// Renders on one thread and on two and compares.
fn assert_alike(request: ProofRequest, renderer: &PooledRenderer) {
    let ProofRequest { original, options, logo, .. } = &request;
    let alone = Pipeline::new(Limits::default()).render_proof_with_base(original, options, logo.as_deref());
    match (alone, block_on(renderer.render_proof(request))) {
        (Ok(alone), Ok(shared)) => {
            assert!(
                alone.marked.proof.bytes == shared.marked.proof.bytes
                    && alone.marked.thumb.bytes == shared.marked.thumb.bytes
                    && alone.base == shared.base
            );
        }
        (Err(alone), Err(shared)) => assert_eq!(alone.to_string(), shared.to_string()),
        _ => panic!("two threads decide otherwise than one"),
    }
}

#[test]
fn one_picture_on_two_threads_gives_the_bytes_of_one() {
    let whole = noise(1, false);
    // Of a megabyte that becomes a small proof, reading is nearly all, and both threads do it.
    assert!(whole.len() > 1_000_000);
    let mut damaged = whole.clone();
    damaged[whole.len() * 3 / 4..][..64].fill(0);
    let cut = whole[..whole.len() / 2].to_vec();
    let renderer = renderer(2);
    for file in [whole, noise(6, false), noise(1, true), damaged, cut] {
        let original = Bytes::from(file);
        for edge in [2048, 500, 256] {
            for format in [RenditionFormat::Jpeg, RenditionFormat::WebP] {
                let request = request(&original);
                let options = ProcessingOptions {
                    proof_long_edge: ProofEdge::parse(edge).unwrap(),
                    format,
                    ..request.options
                };
                assert_alike(ProofRequest { options, keep_base: true, ..request }, &renderer);
            }
        }
    }
}

/// The mark is made while the other thread has begun.
#[test]
fn a_mark_that_cannot_be_made_fails_on_two_threads_as_on_one() {
    let original = Bytes::from(noise(1, false));
    let renderer = renderer(2);
    for logo in [None, Some(Bytes::from_static(b"no picture"))] {
        let request = request(&original);
        let watermark = Watermark::Image {
            image: ImageId::parse("01890a5d-ac96-774b-bcce-b302099a8057").unwrap(),
            placement: Placement::default(),
        };
        let options = ProcessingOptions {
            proof_long_edge: ProofEdge::parse(500).unwrap(),
            ..ProcessingOptions::with_watermark(watermark)
        };
        let request = ProofRequest { options, logo, ..request };
        let refused = block_on(renderer.render_proof(request.clone()));
        assert!(matches!(refused, Err(RenderError::Watermark { .. })), "{refused:?}");
        assert_alike(request, &renderer);
    }
    // The threads are there for the next picture.
    assert!(block_on(renderer.render_proof(request(&original))).is_ok());
}

#[test]
fn proofs_are_marked_anew() {
    let original = Bytes::from(jpeg(&quarters(900, 600)));
    let renderer = renderer(3);
    let request = ProofRequest { keep_base: true, ..request(&original) };
    let base = block_on(renderer.render_proof(request)).unwrap().base.unwrap();
    let options = marked("Another", Placement::default());
    let expected = render(&original, &options).unwrap().marked;
    let request = || MarkRequest { base: base.clone(), options: options.clone(), logo: None };
    for anew in block_on(join_all((0..12).map(|_| renderer.mark_anew(request())))) {
        let anew = anew.unwrap();
        assert!(anew.proof.bytes == expected.proof.bytes && anew.thumb.bytes == expected.thumb.bytes);
    }
}

#[test]
fn a_tight_budget_delays_and_refuses_only_what_can_never_fit() {
    let original = Bytes::from(jpeg(&quarters(600, 400)));
    let huge = Bytes::from(jpeg(&quarters(3000, 2000)));
    let spec = RendererSpec {
        memory_budget_bytes: 12_000_000,
        ..RendererSpec::with_threads(NonZeroUsize::new(4).unwrap())
    };
    let renderer = PooledRenderer::new(spec).unwrap();
    let all = block_on(join_all((0..12).map(|_| renderer.render_proof(request(&original)))));
    assert!(all.iter().all(Result::is_ok));
    let refused = block_on(renderer.render_proof(request(&huge)));
    assert!(matches!(refused, Err(RenderError::TooLarge { .. })));
}

#[test]
fn dropped_futures_leave_the_renderer_working() {
    let original = Bytes::from(jpeg(&quarters(600, 400)));
    let renderer = renderer(1);
    for _ in 0..20 {
        let mut future = renderer.render_proof(request(&original));
        // Polled once, so that the job is queued, and given up.
        let mut context = std::task::Context::from_waker(std::task::Waker::noop());
        assert!(future.as_mut().poll(&mut context).is_pending());
    }
    assert!(block_on(renderer.render_proof(request(&original))).is_ok());
}

#[test]
fn dropping_the_renderer_with_waiting_jobs_does_not_hang() {
    let original = Bytes::from(jpeg(&quarters(600, 400)));
    let renderer = Arc::new(renderer(1));
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    for _ in 0..8 {
        let mut future = renderer.render_proof(request(&original));
        assert!(future.as_mut().poll(&mut context).is_pending());
    }
    drop(renderer);
}

#[test]
fn errors_come_through_and_do_not_stop_the_threads() {
    let renderer = renderer(1);
    let broken = Bytes::from_static(b"%PDF-1.7");
    for _ in 0..3 {
        let error = block_on(renderer.render_proof(request(&broken))).err().unwrap();
        assert!(matches!(error, RenderError::Unsupported { .. }));
    }
    let original = Bytes::from(jpeg(&quarters(60, 40)));
    assert!(block_on(renderer.render_proof(request(&original))).is_ok());
}

#[test]
fn deliveries_logos_and_the_version_are_served() {
    let renderer = renderer(1);
    assert_eq!(renderer.version(), VERSION);
    let request = DeliveryRequest {
        original: Bytes::from(jpeg(&quarters(600, 400))),
        long_edge_px: 300,
        quality: Quality::DELIVERY,
        format: RenditionFormat::WebP,
    };
    let delivery = block_on(renderer.render_delivery(request)).unwrap();
    assert_eq!((delivery.size.width(), delivery.format), (300, RenditionFormat::WebP));

    let logo = Bytes::from(png(40, 20, png::ColorType::Rgba, &[10, 20, 30, 200].repeat(800)));
    let size = block_on(renderer.inspect_logo(logo)).unwrap();
    assert_eq!((size.width(), size.height()), (40, 20));
    assert!(block_on(renderer.inspect_logo(Bytes::from_static(b"GIF89a"))).is_err());
}
