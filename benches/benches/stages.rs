//! Each stage alone, on what the stage before it makes of a 24-megapixel JPEG.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use halftone_benches::{FULL_FRAME, camera_jpeg, photograph, usual_options};
use halftone_core::geometry::PixelSize;
use halftone_core::rendition::{Quality, RenditionFormat};
use halftone_processing::colour::RgbSpace;
use halftone_processing::decode::Source;
use halftone_processing::encode::{Attachments, encode};
use halftone_processing::limits::Limits;
use halftone_processing::orient::Orientation;
use halftone_processing::resize::resize;
use halftone_processing::watermark::{Mark, MarkRequest};

const PROOF: (u32, u32) = (2048, 1365);

fn decode(criterion: &mut Criterion) {
    let (width, height) = FULL_FRAME;
    let original = camera_jpeg(width, height, 1);
    let limits = Limits::default();
    let mut group = criterion.benchmark_group("decode");
    group.sample_size(20).throughput(Throughput::Bytes(original.len() as u64));
    for (name, long_edge_px) in [("24mp/full", 6000), ("24mp/proof", 2048), ("24mp/thumb", 400)] {
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let source = Source::open(black_box(&original), &limits).expect("a sound picture");
                source.decode(long_edge_px, &limits).expect("a sound picture")
            });
        });
    }
    group.finish();
}

fn resizing(criterion: &mut Criterion) {
    let half = photograph(3000, 2000, 1);
    let proof = photograph(PROOF.0, PROOF.1, 1);
    let mut group = criterion.benchmark_group("resize");
    group.throughput(Throughput::Elements(3000 * 2000));
    for (name, source, size) in [("6mp/proof", &half, PROOF), ("3mp/thumb", &proof, (400, 267))] {
        let size = PixelSize::new(size.0, size.1).expect("a size");
        group.bench_function(name, |bencher| {
            bencher.iter(|| resize(black_box(source), size).expect("a sound size"));
        });
    }
    group.bench_function("3mp/turn-clockwise", |bencher| {
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
    group.throughput(Throughput::Elements(u64::from(PROOF.0) * u64::from(PROOF.1)));
    group.bench_function("3mp/rasterise", |bencher| {
        bencher.iter(|| Mark::prepare(black_box(&request)));
    });
    group.bench_function("3mp/blend", |bencher| {
        bencher.iter_batched_ref(|| picture.clone(), |picture| mark.apply(picture), BatchSize::LargeInput);
    });
    group.finish();
}

fn encoding(criterion: &mut Criterion) {
    let picture = photograph(PROOF.0, PROOF.1, 1);
    let mut group = criterion.benchmark_group("encode");
    group.sample_size(20).throughput(Throughput::Elements(u64::from(PROOF.0) * u64::from(PROOF.1)));
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

criterion_group!(benches, decode, resizing, marking, encoding);
criterion_main!(benches);
