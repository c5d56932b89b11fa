//! Proofs as they were when somebody last looked at them.
//!
//! `HALFTONE_UPDATE_GOLDEN=1` writes them anew, into `tests/pipeline/golden`; whoever commits that has looked at each. A proof that
//! differs leaves itself and a picture of the difference in `golden/` under cargo's folder for the files of tests.

use std::path::{Path, PathBuf};

use halftone_core::rendition::{ProcessingOptions, ProofEdge, RenditionFormat};
use halftone_core::watermark::{Placement, Watermark};
use halftone_processing::raster::{Channels, Raster};
use jpeg_encoder::{ColorType, Encoder, SamplingFactor};

use crate::inputs::{Value, decoded, exif_block, exif_segment, marked, png, render, with_segments};
use crate::scene::{Chance, discs};

/// Where a sample of the result lies between two levels, another order of the same arithmetic may choose the other; at the quality of
/// proofs that makes some coefficient round the other way, which moves samples of its block by 10 levels of luma, or by 15 of
/// red or blue. Two of them in a block are 24.
const MOST: u8 = 24;

/// An eighth of an original's samples moved by one level, which is far more than another order of arithmetic does, moves the mean of
/// blue by 0.6 and the others by less. A mark that is missing moves each by 6, and chroma that lies half a pixel beside its place moves blue by
/// 1.2 at least.
const MEAN: f64 = 0.8;

/// How much two pictures of a size differ, by channel.
#[derive(Debug)]
struct Difference {
    most: [u8; 3],
    mean: [f64; 3],
}

impl Difference {
    /// `None` for pictures of different sizes.
    fn between(one: &Raster, other: &Raster) -> Option<Self> {
        if (one.width(), one.height()) != (other.width(), other.height()) {
            return None;
        }
        let (mut most, mut sums) = ([0; 3], [0_u32; 3]);
        for (at, (one, other)) in one.data().iter().zip(other.data()).enumerate() {
            let difference = one.abs_diff(*other);
            most[at % 3] = difference.max(most[at % 3]);
            sums[at % 3] += u32::from(difference);
        }
        let pixels = f64::from(one.width() * one.height());
        Some(Self { most, mean: sums.map(|sum| f64::from(sum) / pixels) })
    }

    fn is_tolerable(&self) -> bool {
        self.most.iter().all(|most| *most <= MOST) && self.mean.iter().all(|mean| *mean <= MEAN)
    }
}

fn is_tolerable(one: &Raster, other: &Raster) -> bool {
    Difference::between(one, other).is_some_and(|difference| difference.is_tolerable())
}

/// A proof that is kept.
struct Golden {
    name: &'static str,
    original: Vec<u8>,
    options: ProcessingOptions,
}

impl Golden {
    fn new(name: &'static str, original: Vec<u8>) -> Self {
        let options = ProcessingOptions {
            proof_long_edge: ProofEdge::parse(320).unwrap(),
            ..marked("© Studio", Placement::default())
        };
        Self { name, original, options }
    }

    fn path(&self) -> PathBuf {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pipeline/golden");
        folder.join(self.name).with_extension(self.options.format.extension())
    }

    fn kept(&self) -> Raster {
        let path = self.path();
        let file = std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        decoded(&file)
    }

    fn render(&self) -> Raster {
        decoded(&render(&self.original, &self.options).unwrap().marked.proof.bytes)
    }
}

/// Odd sides, which have pixels without a partner.
const SIDES: (u32, u32) = (641, 427);

/// The scene as a camera saves it.
fn jpeg(sampling: SamplingFactor, is_progressive: bool, orientation: u16) -> Vec<u8> {
    let picture = discs(SIDES.0, SIDES.1);
    let mut file = Vec::new();
    let mut encoder = Encoder::new(&mut file, 92);
    encoder.set_sampling_factor(sampling);
    encoder.set_progressive(is_progressive);
    encoder.encode(picture.data(), 641, 427, ColorType::Rgb).unwrap();
    with_segments(&file, &[exif_segment(&exif_block(&[(0x0112, Value::Short(orientation))]))])
}

fn grey_jpeg() -> Vec<u8> {
    let grey: Vec<u8> = discs(SIDES.0, SIDES.1).data().iter().skip(1).step_by(3).copied().collect();
    let mut file = Vec::new();
    Encoder::new(&mut file, 92).encode(&grey, 641, 427, ColorType::Luma).unwrap();
    file
}

fn png_of(picture: &Raster) -> Vec<u8> {
    png(picture.width(), picture.height(), ::png::ColorType::Rgb, picture.data())
}

/// As small as a picture can be whose mark still can be read.
fn full_size() -> Golden {
    let picture = discs(301, 201);
    let mut file = Vec::new();
    Encoder::new(&mut file, 92).encode(picture.data(), 301, 201, ColorType::Rgb).unwrap();
    let mut golden = Golden::new("full-size", file);
    golden.options.proof_long_edge = ProofEdge::DEFAULT;
    golden
}

fn all() -> Vec<Golden> {
    let mut webp = Golden::new("webp", jpeg(SamplingFactor::F_2_2, false, 1));
    webp.options.format = RenditionFormat::WebP;
    vec![
        Golden::new("420", jpeg(SamplingFactor::F_2_2, false, 1)),
        Golden::new("444", jpeg(SamplingFactor::F_1_1, false, 1)),
        Golden::new("grey", grey_jpeg()),
        Golden::new("turned", jpeg(SamplingFactor::F_2_2, false, 6)),
        Golden::new("progressive", jpeg(SamplingFactor::F_2_2, true, 1)),
        Golden::new("png", png_of(&discs(SIDES.0, SIDES.1))),
        webp,
        full_size(),
    ]
}

/// Leaves what was found, and eight times the difference, for a person.
fn leave_traces(name: &str, kept: &Raster, found: &Raster) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("golden");
    std::fs::create_dir_all(&folder).unwrap();
    std::fs::write(folder.join(name).with_extension("found.png"), png_of(found)).unwrap();
    if (kept.width(), kept.height()) == (found.width(), found.height()) {
        let levels = kept.data().iter().zip(found.data());
        let data = levels.map(|(kept, found)| kept.abs_diff(*found).saturating_mul(8)).collect();
        let difference = Raster::new(kept.width(), kept.height(), Channels::Rgb, data).unwrap();
        std::fs::write(folder.join(name).with_extension("difference.png"), png_of(&difference)).unwrap();
    }
    folder
}

#[test]
fn proofs_look_as_they_did() {
    let shall_update = std::env::var_os("HALFTONE_UPDATE_GOLDEN").is_some();
    for golden in all() {
        if shall_update {
            let file = render(&golden.original, &golden.options).unwrap().marked.proof.bytes;
            std::fs::write(golden.path(), file).unwrap();
        }
        let (kept, found) = (golden.kept(), golden.render());
        let difference = Difference::between(&kept, &found);
        if !difference.as_ref().is_some_and(Difference::is_tolerable) {
            let folder = leave_traces(golden.name, &kept, &found);
            panic!(
                "{} is off by {difference:?}; see {}, and if it is as it should be, run this test with \
                 HALFTONE_UPDATE_GOLDEN=1",
                golden.name,
                folder.display()
            );
        }
    }
}

#[test]
fn another_rounding_is_tolerated() {
    let golden = Golden::new("png", Vec::new());
    let mut chance = Chance(99);
    let mut picture = discs(SIDES.0, SIDES.1);
    // An eighth of all samples, one level up or down.
    for sample in picture.data_mut() {
        *sample = match chance.below(16) {
            0 => sample.saturating_add(1),
            1 => sample.saturating_sub(1),
            _ => *sample,
        };
    }
    let found = Golden { original: png_of(&picture), ..Golden::new("png", Vec::new()) }.render();
    assert!(is_tolerable(&golden.kept(), &found), "{:?}", Difference::between(&golden.kept(), &found));
}

#[test]
fn a_missing_mark_is_noticed() {
    for mut golden in all() {
        golden.options.watermark = Watermark::None;
        assert!(!is_tolerable(&golden.kept(), &golden.render()), "{}", golden.name);
    }
}

#[test]
fn a_wrong_orientation_is_noticed() {
    for number in [1, 2, 3, 4, 5, 7, 8] {
        let wrong = Golden::new("turned", jpeg(SamplingFactor::F_2_2, false, number));
        assert!(!is_tolerable(&wrong.kept(), &wrong.render()), "{number}");
    }
}

/// The picture with its chroma half a pixel further to the left, as it comes out when samples are taken to lie on the first pixel of
/// a pair instead of between both.
fn with_chroma_beside(picture: &Raster) -> Raster {
    let width = picture.width() as usize;
    let (pixels, _) = picture.data().as_chunks::<3>();
    let ycbcr = |pixel: &[u8; 3]| {
        let [red, green, blue] = pixel.map(f64::from);
        let luma = 0.299 * red + 0.587 * green + 0.114 * blue;
        [luma, (blue - luma) / 1.772, (red - luma) / 1.402]
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped")]
    let level = |value: f64| value.round().clamp(0.0, 255.0) as u8;
    let shifted = pixels.iter().enumerate().flat_map(|(at, pixel)| {
        let neighbour = if (at + 1) % width == 0 { pixel } else { &pixels[at + 1] };
        let ([luma, ..], one, other) = (ycbcr(pixel), ycbcr(pixel), ycbcr(neighbour));
        let [blue, red] = [1, 2].map(|chroma| f64::midpoint(one[chroma], other[chroma]));
        let (red, blue) = (luma + 1.402 * red, luma + 1.772 * blue);
        [red, (luma - 0.299 * red - 0.114 * blue) / 0.587, blue].map(level)
    });
    Raster::new(picture.width(), picture.height(), Channels::Rgb, shifted.collect()).unwrap()
}

#[test]
fn chroma_beside_its_place_is_noticed() {
    for golden in all().into_iter().filter(|golden| golden.name != "grey") {
        let kept = golden.kept();
        assert!(!is_tolerable(&kept, &with_chroma_beside(&kept)), "{}", golden.name);
    }
}

#[test]
fn every_file_is_the_golden_picture_of_a_case() {
    let expected: Vec<PathBuf> = all().iter().map(Golden::path).collect();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/pipeline/golden");
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        assert!(expected.contains(&path), "{} belongs to no case", path.display());
    }
}
