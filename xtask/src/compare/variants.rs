//! Other files than the usual one, other proofs than the usual one, and the few figures of others that these are held to.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::contenders::{Contender, Kind, Rivals, Sharing, Task, find};
use super::measure::{Usage, measure};
use super::{Extent, Folders, ORIGINALS, per_picture};

/// What one contender makes of one file.
#[derive(Debug)]
pub(super) struct Variant {
    /// For files and for the targets.
    pub(super) name: &'static str,
    /// For the table.
    pub(super) title: &'static str,
    contender: &'static str,
    original: &'static str,
    kind: Kind,
    sharing: Sharing,
    pub(super) rounds: Vec<Usage>,
}

/// The pixels of the usual proof and of its thumb.
const PIXMAPS: &str = "24mp-1-with-thumb.ppm";

/// What is kept of the usual proof.
const BASE: &str = "24mp-1.base";

/// Everything that is measured beside the usual proofs; the first is the usual proof of one file, which the others are compared with.
pub(super) fn all() -> Vec<Variant> {
    let halftone = |name, title, original| Variant {
        name,
        title,
        contender: "halftone",
        original,
        kind: Kind::Proof,
        sharing: Sharing::None,
        rounds: Vec::new(),
    };
    let usual = ORIGINALS[0];
    vec![
        halftone("usual", "usual file", usual),
        halftone("rotated", "to be turned by EXIF", "24mp-rotated.jpg"),
        halftone("p3", "Display P3", "24mp-p3.jpg"),
        halftone("restarts", "with restart markers", "24mp-restarts.jpg"),
        halftone("444", "4:4:4", "24mp-444.jpg"),
        halftone("progressive", "progressive", "24mp-progressive.jpg"),
        halftone("png", "PNG", "24mp.png"),
        halftone("45mp", "45 megapixels", "45mp.jpg"),
        Variant { kind: Kind::Srgb, ..halftone("srgb", "Display P3, converted to sRGB", "24mp-p3.jpg") },
        Variant { kind: Kind::Webp, ..halftone("webp", "usual file, to WebP", usual) },
        Variant { kind: Kind::FullSize, ..halftone("full-size", "usual file, proof of full size", usual) },
        Variant {
            contender: "mark-anew",
            ..halftone("anew", "another mark, from the base of the usual proof", BASE)
        },
        Variant { sharing: Sharing::TwoThreads, ..halftone("shared", "usual file, on two threads", usual) },
        Variant {
            contender: "naive",
            kind: Kind::FullSize,
            ..halftone("naive-full-size", "image + imageproc, proof of full size", usual)
        },
        Variant {
            contender: "libwebp",
            kind: Kind::Webp,
            ..halftone("libwebp", "libwebp alone, on the pixels of proof and thumb", PIXMAPS)
        },
    ]
}

impl Variant {
    fn is_ours(&self) -> bool {
        self.contender == "halftone"
    }

    fn task(&self, out: PathBuf) -> Task {
        Task { kind: self.kind, sharing: self.sharing, ..Task::usual(out) }
    }

    fn file(&self, folders: &Folders) -> PathBuf {
        folders.inputs().join(self.original)
    }
}

/// Measures each in turn, round after round.
pub(super) fn measure_all(
    contenders: &[Contender],
    rivals: &Rivals,
    folders: &Folders,
    extent: Extent,
) -> anyhow::Result<Vec<Variant>> {
    let pixmaps = folders.inputs().join(PIXMAPS);
    if !pixmaps.exists() {
        rivals.write_pixels(&folders.inputs().join(ORIGINALS[0]), &pixmaps)?;
    }
    // Anew each time: it belongs to the version of the pipeline.
    rivals.write_base(&folders.inputs().join(ORIGINALS[0]), &folders.inputs().join(BASE))?;
    let mut variants = all();
    for _ in 0..extent.rounds {
        for variant in &mut variants {
            // What takes seconds is not measured better by doing it again. Of all others there are enough for a mark, which is
            // rasterised once for a gallery, not to weigh more than it does in one.
            let repeats = if variant.contender == "naive" { 1 } else { extent.repeats * 6 };
            let out = folders.outputs(&format!("variants/{}", variant.name))?;
            let originals = vec![variant.file(folders); repeats];
            let contender = find(contenders, variant.contender)?;
            variant.rounds.push(per_picture(contender, &variant.task(out), &originals)?);
        }
    }
    Ok(variants)
}

/// Puts what Halftone made of each file beside what sharp makes of it, for a person to look at: `pictures/<variant>/halftone-proof.jpg`
/// and `sharp-proof.jpg`.
pub(super) fn lay_side_by_side(
    contenders: &[Contender],
    folders: &Folders,
    variants: &[Variant],
) -> anyhow::Result<PathBuf> {
    let sharp = find(contenders, "sharp-documented")?;
    let pictures = folders.root.join("pictures");
    for variant in variants.iter().filter(|variant| variant.is_ours() && variant.sharing == Sharing::None) {
        let folder = pictures.join(variant.name);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        take_over(&folders.outputs(&format!("variants/{}", variant.name))?, &folder, "halftone")?;
        let out = folders.outputs(&format!("variants/{}-sharp", variant.name))?;
        measure((sharp.command)(&variant.task(out.clone()), &[variant.file(folders)]))?;
        take_over(&out, &folder, "sharp")?;
    }
    Ok(pictures)
}

/// Copies a proof and its thumb under the name of who made them.
fn take_over(from: &Path, to: &Path, who: &str) -> anyhow::Result<()> {
    let unreadable = || format!("cannot read {}", from.display());
    for entry in std::fs::read_dir(from).with_context(unreadable)? {
        let path = entry.with_context(unreadable)?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        // `24mp-1-proof.jpg` ends in what it is.
        let what = name.rsplit('-').next().unwrap_or_default();
        let copy = to.join(format!("{who}-{what}"));
        std::fs::copy(&path, &copy).with_context(|| format!("cannot write {}", copy.display()))?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn the_usual_proof_comes_first_and_no_name_comes_twice() {
        let variants = all();
        assert_eq!(variants[0].name, "usual");
        let names: HashSet<_> = variants.iter().map(|variant| variant.name).collect();
        assert_eq!(names.len(), variants.len());
    }
}
