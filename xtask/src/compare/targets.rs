//! What the pipeline is meant to reach, and whether it does.

use super::figures::{cpu_ratio, mean, median, peak_megabytes, seconds, thousands, wall_ratio};
use super::table::Row;
use super::variants::Variant;

/// A bound on one figure.
#[derive(Debug)]
pub(super) struct Target {
    pub(super) what: &'static str,
    pub(super) bound: Bound,
    pub(super) found: f64,
}

#[derive(Debug, Clone, Copy)]
pub(super) enum Bound {
    AtMost(f64),
    AtLeast(f64),
}

impl Target {
    const fn at_most(what: &'static str, bound: f64, found: f64) -> Self {
        Self { what, bound: Bound::AtMost(bound), found }
    }

    /// Whether it is met. What was not measured is not.
    pub(super) fn is_met(&self) -> bool {
        match self.bound {
            Bound::AtMost(bound) => self.found <= bound,
            Bound::AtLeast(bound) => self.found >= bound,
        }
    }
}

/// Holds the measurements to every target.
pub(super) fn all(rows: &[Row], variants: &[Variant]) -> Vec<Target> {
    let rounds = |name: &str| rows.iter().find(|row| row.name == name).map_or(&[][..], |row| &row.rounds);
    let variant =
        |name: &str| variants.iter().find(|variant| variant.name == name).map_or(&[][..], |one| &one.rounds);
    let halftone = rounds("halftone");
    let cpu_to = |name: &str| cpu_ratio(halftone, rounds(name));
    let (score, bytes) = quality(rows);
    vec![
        Target::at_most("CPU, times that of sharp tuned by hand", 1.0 / 3.0, cpu_to("sharp-tuned")),
        Target::at_most("CPU, times that of sharp as documented", 1.0 / 9.0, cpu_to("sharp-documented")),
        Target::at_most("CPU, times that of image + imageproc", 1.0 / 9.0, cpu_to("naive")),
        Target::at_most("CPU, times that of libjpeg-turbo + fast_image_resize", 0.65, cpu_to("turbojpeg")),
        Target::at_most(
            "wait for one picture on two threads, times that on one",
            0.75,
            wall_ratio(variant("shared"), variant("usual")),
        ),
        Target::at_most("peak MB, 24 megapixels", 40.0, peak_megabytes(halftone)),
        Target::at_most("peak MB, 45 megapixels", 60.0, peak_megabytes(variant("45mp"))),
        Target { what: "SSIMULACRA2 above the better of sharp's", bound: Bound::AtLeast(0.5), found: score },
        Target::at_most("bytes, times the fewer of sharp's", 1.02, bytes),
        Target::at_most(
            "CPU of a proof of full size, times that of image + imageproc",
            0.2,
            cpu_ratio(variant("full-size"), variant("naive-full-size")),
        ),
        Target::at_most(
            "CPU of another mark from the base, times that of the usual proof",
            0.25,
            cpu_ratio(variant("anew"), variant("usual")),
        ),
        Target::at_most(
            "CPU of a WebP proof, times that of the usual proof and of libwebp at method 2 together",
            1.0,
            webp(variants),
        ),
        Target::at_most(
            "CPU of a conversion to sRGB, times that of the same file without",
            1.5,
            cpu_ratio(variant("srgb"), variant("p3")),
        ),
    ]
}

/// How far Halftone's mean score lies above the better of the two ways to use sharp, and its bytes for each of the one with fewer: the two
/// may differ, so this is stricter than either comparison.
fn quality(rows: &[Row]) -> (f64, f64) {
    let score = |row: &Row| mean(row.scores.iter().copied());
    let bytes = |row: &Row| mean(row.proof_bytes.iter().map(|bytes| thousands(*bytes)));
    let sharp = || rows.iter().filter(|row| row.name.starts_with("sharp-"));
    let best = sharp().map(score).fold(f64::NAN, f64::max);
    let fewest = sharp().map(bytes).fold(f64::NAN, f64::min);
    rows.iter()
        .find(|row| row.name == "halftone")
        .map_or((f64::NAN, f64::NAN), |row| (score(row) - best, bytes(row) / fewest))
}

/// A WebP proof spares the JPEGs and has to leave YCbCr for it; together that may cost no more than libwebp does on the same pixels, which are
/// those of the proof and of the thumb.
fn webp(variants: &[Variant]) -> f64 {
    let rounds = |name: &str| {
        variants.iter().find(|variant| variant.name == name).map_or(&[][..], |one| &one.rounds).iter()
    };
    let both = rounds("usual").zip(rounds("libwebp"));
    median(
        rounds("webp")
            .zip(both)
            .map(|(webp, (usual, libwebp))| seconds(webp.cpu) / (seconds(usual.cpu) + seconds(libwebp.cpu))),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_not_measured_is_not_met() {
        assert!(all(&[], &[]).iter().all(|target| !target.is_met()));
    }

    #[test]
    fn the_better_score_and_the_smaller_file_are_the_yardsticks() {
        let row = |name: &'static str, score: f64, bytes: u64| {
            let mut row = Row::new(name, name);
            row.scores.push(score);
            row.proof_bytes.push(bytes);
            row
        };
        let rows =
            [row("halftone", 73.0, 1000), row("sharp-tuned", 72.0, 900), row("sharp-documented", 72.5, 1100)];
        let (score, bytes) = quality(&rows);
        assert!((score - 0.5).abs() < 1e-9 && (bytes - 10.0 / 9.0).abs() < 1e-9);
    }
}
