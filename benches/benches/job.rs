//! The whole job: a camera file to a marked proof and a thumb, by kind of file.

use std::hint::black_box;

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use halftone_benches::camera::{self, CameraJpeg, Profile};
use halftone_benches::scene::photograph;
use halftone_benches::{FULL_FRAME, HIGH_RESOLUTION, usual_options};
use halftone_core::rendition::{ColourPolicy, ProcessingOptions, RenditionFormat};
use halftone_core::watermark::Watermark;
use halftone_processing::limits::Limits;
use halftone_processing::pipeline::Pipeline;

/// One file in, by the options that a gallery may have.
fn options(criterion: &mut Criterion) {
    let original =
        CameraJpeg { profile: Some(Profile::DisplayP3), ..CameraJpeg::usual(FULL_FRAME, 1) }.file();
    let tiled = usual_options();
    let variants = [
        ("24mp/jpeg-tiled", tiled.clone()),
        ("24mp/jpeg-unmarked", ProcessingOptions { watermark: Watermark::None, ..tiled.clone() }),
        ("24mp/jpeg-to-srgb", ProcessingOptions { colour: ColourPolicy::Srgb, ..tiled.clone() }),
        ("24mp/webp-tiled", ProcessingOptions { format: RenditionFormat::WebP, ..tiled }),
    ];
    let mut group = criterion.benchmark_group("job");
    group.sample_size(20).throughput(throughput(FULL_FRAME));
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

/// What a gallery costs whose mark is changed: once with a base, then from the base.
fn another_mark(criterion: &mut Criterion) {
    let original = CameraJpeg::usual(FULL_FRAME, 1).file();
    let (pipeline, options) = (Pipeline::new(Limits::default()), usual_options());
    let rendered = pipeline.render_proof_with_base(&original, &options, None).expect("a sound picture");
    let base = rendered.base.expect("a usual JPEG has one");
    let mut group = criterion.benchmark_group("another-mark");
    group.sample_size(20).throughput(throughput(FULL_FRAME));
    group.bench_function("24mp/keeping-base", |bencher| {
        bencher.iter(|| {
            pipeline.render_proof_with_base(black_box(&original), &options, None).expect("a sound picture")
        });
    });
    group.bench_function("24mp/re-rendering", |bencher| {
        bencher.iter(|| pipeline.mark_anew(black_box(&base), &options, None).expect("a sound base"));
    });
    group.finish();
}

/// The usual options, by the files that cameras and editors write.
fn files(criterion: &mut Criterion) {
    let usual = CameraJpeg::usual(FULL_FRAME, 1);
    let picture = photograph(FULL_FRAME.0, FULL_FRAME.1, 1);
    let variants = [
        ("24mp/upright", FULL_FRAME, usual.file_of(&picture)),
        ("24mp/rotated", FULL_FRAME, CameraJpeg { orientation: 6, ..usual }.file_of(&picture)),
        ("24mp/restarts", FULL_FRAME, CameraJpeg { restart_interval: Some(375), ..usual }.file_of(&picture)),
        ("24mp/444", FULL_FRAME, CameraJpeg { is_subsampled: false, ..usual }.file_of(&picture)),
        ("24mp/progressive", FULL_FRAME, CameraJpeg { is_progressive: true, ..usual }.file_of(&picture)),
        ("24mp/png", FULL_FRAME, camera::png(&picture)),
        ("45mp/upright", HIGH_RESOLUTION, CameraJpeg::usual(HIGH_RESOLUTION, 1).file()),
    ];
    drop(picture);
    let mut group = criterion.benchmark_group("file");
    group.sample_size(10);
    let (pipeline, options) = (Pipeline::new(Limits::default()), usual_options());
    for (name, size, original) in &variants {
        group.throughput(throughput(*size));
        group.bench_function(*name, |bencher| {
            bencher.iter(|| {
                pipeline.render_proof(black_box(original), &options, None).expect("a sound picture")
            });
        });
    }
    group.finish();
}

fn throughput((width, height): (u32, u32)) -> Throughput {
    Throughput::Elements(u64::from(width) * u64::from(height))
}

criterion_group!(benches, options, another_mark, files);
criterion_main!(benches);
