//! Each stage alone, on what the stage before it makes of a 24-megapixel JPEG.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use halftone_benches::camera::CameraJpeg;
use halftone_benches::scene::photograph;
use halftone_benches::{FULL_FRAME, usual_options};
use halftone_core::geometry::PixelSize;
use halftone_core::rendition::{ProcessingOptions, ProofEdge, Quality, RenditionFormat};
use halftone_core::watermark::Watermark;
use halftone_processing::colour::RgbSpace;
use halftone_processing::decode::Source;
use halftone_processing::encode::{Attachments, encode};
use halftone_processing::limits::Limits;
use halftone_processing::orient::Orientation;
use halftone_processing::pipeline::{DeliveryOptions, Pipeline};
use halftone_processing::resize::resize;
use halftone_processing::watermark::{Mark, MarkRequest};

const PROOF: (u32, u32) = (2048, 1365);

fn pixels((width, height): (u32, u32)) -> Throughput {
    Throughput::Elements(u64::from(width) * u64::from(height))
}

/// Our decoder with the resize that is part of it, and the established decoder alone. The smallest delivery has next to
/// nothing to encode, so it stands for reading the file.
fn decode(criterion: &mut Criterion) {
    let original = CameraJpeg::usual(FULL_FRAME, 1).file();
    let limits = Limits::default();
    let pipeline = Pipeline::new(limits);
    let mut group = criterion.benchmark_group("decode");
    group.sample_size(20).throughput(pixels(FULL_FRAME));
    for (name, long_edge_px) in [("own/24mp/eighth", 300), ("own/24mp/proof", 2048)] {
        let options =
            DeliveryOptions { long_edge_px, quality: Quality::PROOF_DEFAULT, format: RenditionFormat::Jpeg };
        group.bench_function(name, |bencher| {
            bencher
                .iter(|| pipeline.render_delivery(black_box(&original), options).expect("a sound picture"));
        });
    }
    group.bench_function("established/24mp/proof", |bencher| {
        bencher.iter(|| {
            let source = Source::open(black_box(&original), &limits).expect("a sound picture");
            source.decode(2048, &limits).expect("a sound picture")
        });
    });
    group.finish();
}

fn resizing(criterion: &mut Criterion) {
    let half = photograph(3000, 2000, 1);
    let proof = photograph(PROOF.0, PROOF.1, 1);
    let mut group = criterion.benchmark_group("resize");
    group.throughput(pixels((3000, 2000)));
    for (name, source, size) in [("rgb/6mp/proof", &half, PROOF), ("rgb/3mp/thumb", &proof, (400, 267))] {
        let size = PixelSize::new(size.0, size.1).expect("a size");
        group.bench_function(name, |bencher| {
            bencher.iter(|| resize(black_box(source), size).expect("a sound size"));
        });
    }
    group.bench_function("rgb/3mp/turn-clockwise", |bencher| {
        bencher.iter_batched(
            || proof.clone(),
            |picture| Orientation::Clockwise.apply(picture),
            BatchSize::LargeInput,
        );
    });
    group.finish();
}

fn marking(criterion: &mut Criterion) {
    let picture = photograph(PROOF.0, PROOF.1, 1);
    let options = usual_options();
    let limits = Limits::default();
    let request = MarkRequest {
        watermark: &options.watermark,
        logo: None,
        size: PixelSize::new(PROOF.0, PROOF.1).expect("a size"),
        space: &RgbSpace::default(),
        limits: &limits,
    };
    let mark = Mark::prepare(&request).expect("the font covers the text").expect("a mark is asked for");
    let mut group = criterion.benchmark_group("watermark");
    group.throughput(pixels(PROOF));
    group.bench_function("3mp/rasterise", |bencher| {
        bencher.iter(|| Mark::prepare(black_box(&request)));
    });
    group.bench_function("rgb/3mp/blend", |bencher| {
        bencher.iter_batched_ref(|| picture.clone(), |picture| mark.apply(picture), BatchSize::LargeInput);
    });
    group.finish();
}

fn encoding(criterion: &mut Criterion) {
    let picture = photograph(PROOF.0, PROOF.1, 1);
    let mut group = criterion.benchmark_group("encode");
    group.sample_size(20).throughput(pixels(PROOF));
    for (name, format) in [("3mp/jpeg", RenditionFormat::Jpeg), ("3mp/webp", RenditionFormat::WebP)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                encode(black_box(&picture), format, Quality::PROOF_DEFAULT, Attachments::default())
                    .expect("a picture")
            });
        });
    }
    group.finish();
}

/// The whole picture at its full size, marked and unmarked: what the mark itself costs there.
fn full_size(criterion: &mut Criterion) {
    let original = CameraJpeg::usual(FULL_FRAME, 1).file();
    let pipeline = Pipeline::new(Limits::default());
    let marked = ProcessingOptions {
        proof_long_edge: ProofEdge::parse(8192).expect("the largest edge"),
        proof_quality: Quality::parse(90).expect("a quality"),
        ..usual_options()
    };
    let mut group = criterion.benchmark_group("full-size");
    group.sample_size(10).throughput(pixels(FULL_FRAME));
    let unmarked = ProcessingOptions { watermark: Watermark::None, ..marked.clone() };
    for (name, options) in [("24mp/tiled", &marked), ("24mp/unmarked", &unmarked)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                pipeline.render_proof(black_box(&original), options, None).expect("a sound picture")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, decode, resizing, marking, encoding, full_size);
criterion_main!(benches);
