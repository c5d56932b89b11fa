//! The whole job: a camera file to a marked proof and a thumb.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use halftone_benches::{FULL_FRAME, camera_jpeg, usual_options};
use halftone_core::rendition::{ProcessingOptions, RenditionFormat};
use halftone_core::watermark::Watermark;
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::Pipeline;

fn job(criterion: &mut Criterion) {
    let (width, height) = FULL_FRAME;
    let original = camera_jpeg(width, height, 1);
    let tiled = usual_options();
    let variants = [
        ("24mp/jpeg-tiled", tiled.clone()),
        ("24mp/jpeg-unmarked", ProcessingOptions { watermark: Watermark::None, ..tiled.clone() }),
        ("24mp/webp-tiled", ProcessingOptions { format: RenditionFormat::WebP, ..tiled }),
    ];
    let mut group = criterion.benchmark_group("job");
    group.sample_size(20).throughput(Throughput::Bytes(original.len() as u64));
    for (name, options) in variants {
        // The pipeline outlives the photos of a gallery, and so does its mark.
        let pipeline = Pipeline::new(Limits::default());
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                pipeline.render_proof(black_box(&original), &options, None).expect("a sound picture")
            });
        });
    }
    group.finish();
}

criterion_group!(benches, job);
criterion_main!(benches);
