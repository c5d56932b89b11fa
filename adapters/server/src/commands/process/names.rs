//! What the results are called: never like an input, and no two alike.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use halftone_core::rendition::RenditionFormat;

/// One picture and the files that are made of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Plan {
    /// What is read.
    pub(crate) input: PathBuf,
    /// Where the proof goes.
    pub(crate) proof: PathBuf,
    /// Where the thumb goes.
    pub(crate) thumb: PathBuf,
}

/// Names the results of each input: `<stem>-proof.jpg` and `<stem>-thumb.jpg`, and where that is taken
/// `<stem>-2-proof.jpg` and so on. Names that differ only in case count as alike, because many file systems say so.
/// The order of the inputs decides, so the same command gives the same names.
pub(crate) fn plan(inputs: &[PathBuf], out: &Path, format: RenditionFormat) -> Vec<Plan> {
    let fold = |path: &Path| path.to_string_lossy().to_lowercase();
    let mut taken: HashSet<String> = inputs.iter().map(|input| fold(input)).collect();
    let mut plans = Vec::with_capacity(inputs.len());
    for input in inputs {
        let stem = input.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        let candidates = (1_usize..).map(|number| {
            let stem = if number == 1 { stem.clone() } else { format!("{stem}-{number}") };
            let file = |kind: &str| out.join(format!("{stem}-{kind}.{}", format.extension()));
            (file("proof"), file("thumb"))
        });
        let mut free = candidates
            .filter(|(proof, thumb)| !taken.contains(&fold(proof)) && !taken.contains(&fold(thumb)));
        let (proof, thumb) = free.next().expect("there are more numbers than inputs");
        taken.extend([fold(&proof), fold(&thumb)]);
        plans.push(Plan { input: input.clone(), proof, thumb });
    }
    plans
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proofs(inputs: &[&str], out: &str) -> Vec<String> {
        let inputs: Vec<PathBuf> = inputs.iter().map(PathBuf::from).collect();
        let plans = plan(&inputs, Path::new(out), RenditionFormat::Jpeg);
        plans.iter().map(|plan| plan.proof.display().to_string()).collect()
    }

    #[test]
    fn no_two_results_are_called_alike() {
        let inputs = ["/a/IMG.jpg", "/a/IMG.png", "/b/img.jpg", "/b/IMG-2.jpg"];
        let expected =
            ["/o/IMG-proof.jpg", "/o/IMG-2-proof.jpg", "/o/img-3-proof.jpg", "/o/IMG-2-2-proof.jpg"];
        assert_eq!(proofs(&inputs, "/o"), expected);
    }

    #[test]
    fn no_result_is_called_like_an_input() {
        let inputs = ["/a/x.jpg", "/a/x-proof.jpg"];
        assert_eq!(proofs(&inputs, "/a"), ["/a/x-2-proof.jpg", "/a/x-proof-proof.jpg"]);
    }
}
