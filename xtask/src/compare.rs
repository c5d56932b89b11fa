//! `cargo xtask compare`: Halftone beside the other tools that make proofs, on this computer and in one go.
//!
//! Every contender makes a marked proof of 2048 pixels and a thumb of 400 from the same originals. All of them run
//! in turn, round after round, because a computer's speed drifts: what counts is the ratio to Halftone within a round,
//! and its median. Time and memory are what the system says of each process once it has ended.

mod contenders;
mod figures;
mod installs;
mod measure;
mod table;
mod targets;
mod variants;

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use clap::Args;

use crate::report;
use crate::workspace::Workspace;
use contenders::{Contender, Rivals, Task};
use measure::{Usage, measure};
use table::Row;

/// What `cargo xtask compare` takes.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Arguments {
    /// Fewer rounds over fewer pictures: under three minutes once everything is installed.
    #[arg(long)]
    quick: bool,
}

/// How much is measured.
#[derive(Debug, Clone, Copy)]
struct Extent {
    rounds: usize,
    /// How many of the four originals are rendered.
    originals: usize,
    /// How often each of them is rendered in a round.
    repeats: usize,
}

/// The originals that everyone renders; the judge looks at each.
const ORIGINALS: [&str; 4] = ["24mp-1.jpg", "24mp-2.jpg", "24mp-3.jpg", "24mp-4.jpg"];

/// Where everything of the comparison lies.
struct Folders {
    root: PathBuf,
}

/// Renamed whenever the painted scenes change, because originals that are there are not painted again.
const INPUTS: &str = "inputs-2";

impl Folders {
    fn inputs(&self) -> PathBuf {
        self.root.join(INPUTS)
    }

    /// A contender's proofs and thumbs.
    fn outputs(&self, name: &str) -> anyhow::Result<PathBuf> {
        let folder = self.root.join("outputs").join(name);
        std::fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
        Ok(folder)
    }
}

/// Compares, prints the tables and writes them to `target/compare/table.md`.
pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> anyhow::Result<()> {
    let folders = Folders { root: workspace.target_directory.join("compare") };
    let rivals = installs::install(workspace, &folders)?;
    let extent = if arguments.quick {
        Extent { rounds: 3, originals: 2, repeats: 1 }
    } else {
        Extent { rounds: 7, originals: 4, repeats: 2 }
    };
    let contenders = contenders::all(&rivals);
    let originals: Vec<PathBuf> =
        ORIGINALS.iter().take(extent.originals).map(|name| folders.inputs().join(name)).collect();

    let mut rows: Vec<Row> =
        contenders.iter().map(|contender| Row::new(contender.name, contender.title)).collect();
    for round in 1..=extent.rounds {
        report::heading(&format!("round {round} of {}", extent.rounds));
        for (contender, row) in contenders.iter().zip(&mut rows) {
            let task = Task::usual(folders.outputs(contender.name)?);
            row.rounds.push(per_picture(contender, &task, &repeated(&originals, extent.repeats))?);
        }
    }
    report::heading("two threads");
    for (contender, row) in contenders.iter().zip(&mut rows) {
        let task = Task { threads: 2, ..Task::usual(folders.outputs(contender.name)?) };
        row.two_threads = Some(per_picture(contender, &task, &repeated(&originals, extent.repeats.max(2)))?);
    }
    report::heading("quality without the mark");
    judge_all(&rivals, &folders, &contenders, &originals, &mut rows)?;
    report::heading("other files and other proofs");
    let mut able = contenders;
    able.extend(contenders::yardsticks(&rivals));
    let variants = variants::measure_all(&able, &rivals, &folders, extent)?;
    let pictures = variants::lay_side_by_side(&able, &folders, &variants)?;

    let text = table::markdown(workspace, &rows, &variants, &targets::all(&rows, &variants))?;
    report::line(&text);
    let path = folders.root.join("table.md");
    std::fs::write(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    report::line(&format!("written to {}; pictures to look at in {}", path.display(), pictures.display()));
    Ok(())
}

/// Every original as often.
fn repeated(originals: &[PathBuf], times: usize) -> Vec<PathBuf> {
    std::iter::repeat_n(originals, times).flatten().cloned().collect()
}

/// What one picture costs. What the program costs without any is taken off its time, not off its memory.
fn per_picture(contender: &Contender, task: &Task, originals: &[PathBuf]) -> anyhow::Result<Usage> {
    let idle = measure((contender.command)(task, &[]))?;
    let busy = measure((contender.command)(task, originals))?;
    Ok(busy.less(idle).over(originals.len()))
}

/// Lets every contender work without a mark and fills in how good and how large its proofs are.
fn judge_all(
    rivals: &Rivals,
    folders: &Folders,
    contenders: &[Contender],
    originals: &[PathBuf],
    rows: &mut [Row],
) -> anyhow::Result<()> {
    for contender in contenders {
        let out = folders.outputs(&format!("{}-unmarked", contender.name))?;
        measure((contender.command)(&Task { is_marked: false, ..Task::usual(out) }, originals))?;
    }
    for original in originals {
        let stem = original.file_stem().context("an original has a name")?.to_string_lossy();
        let proofs: Vec<PathBuf> = contenders
            .iter()
            .map(|contender| {
                let folder = folders.outputs(&format!("{}-unmarked", contender.name))?;
                Ok(folder.join(format!("{stem}-proof.jpg")))
            })
            .collect::<anyhow::Result<_>>()?;
        let scores = contenders::judge(rivals, original, &proofs)?;
        for ((row, score), proof) in rows.iter_mut().zip(scores).zip(&proofs) {
            row.scores.push(score);
            row.proof_bytes.push(length(proof)?);
        }
    }
    Ok(())
}

fn length(path: &Path) -> anyhow::Result<u64> {
    Ok(std::fs::metadata(path).with_context(|| format!("cannot read {}", path.display()))?.len())
}
