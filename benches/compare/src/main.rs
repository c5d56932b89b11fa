//! What the side-by-side comparison needs that is written in Rust: its inputs, some of its contenders, and its judge.
//!
//! `cargo xtask compare` builds and runs this program; the measuring is done there, from outside.

mod contenders;
mod inputs;
mod judge;
mod kinds;
mod pixels;
mod tile;

use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::Context as _;
use clap::{Args, Parser, Subcommand};

use contenders::{Contender, Wish};
use kinds::Kind;

#[derive(Debug, Parser)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Writes the inputs into a folder, and the tile that the others lay over their pictures.
    Inputs { folder: PathBuf },
    /// Makes a proof and a thumb of each original.
    Run(Run),
    /// Writes the pixels of a marked proof and of its thumb as pixmaps, for libwebp alone.
    Pixels { original: PathBuf, pixmaps: PathBuf },
    /// Writes what Halftone keeps of a proof, for marking it anew.
    Base { original: PathBuf, base: PathBuf },
    /// Prints the SSIMULACRA2 of unmarked proofs against an exact resize of the original.
    Judge { original: PathBuf, proofs: Vec<PathBuf> },
}

#[derive(Debug, Args)]
struct Run {
    contender: Contender,
    /// What is made of each.
    #[arg(long, value_enum, default_value_t = Kind::Proof)]
    kind: Kind,
    /// Where they go.
    #[arg(long)]
    out: PathBuf,
    /// Pictures at once.
    #[arg(long, default_value_t = NonZeroUsize::MIN)]
    threads: NonZeroUsize,
    /// One picture at a time, on all the threads together.
    #[arg(long)]
    together: bool,
    /// Leaves the mark away, for the judge.
    #[arg(long)]
    no_mark: bool,
    originals: Vec<PathBuf>,
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Inputs { folder } => inputs::write(&folder),
        Command::Run(wanted) => run(&wanted),
        Command::Pixels { original, pixmaps } => pixels::write(&original, &pixmaps),
        Command::Base { original, base } => contenders::write_base(&original, &base),
        Command::Judge { original, proofs } => judge::judge(&original, &proofs),
    }
}

fn run(wanted: &Run) -> anyhow::Result<()> {
    let sharing = wanted.together.then_some(wanted.threads);
    let job = wanted.contender.prepare(Wish { kind: wanted.kind, is_marked: !wanted.no_mark, sharing })?;
    let next = AtomicUsize::new(0);
    let work = || -> anyhow::Result<()> {
        while let Some(original) = wanted.originals.get(next.fetch_add(1, Ordering::Relaxed)) {
            let name = original.file_stem().context("an original has a name")?.to_string_lossy();
            let bytes = std::fs::read(original).with_context(|| original.display().to_string())?;
            let [proof, thumb] = job.render(bytes)?;
            save(&wanted.out, &format!("{name}-proof"), wanted.kind, &proof)?;
            save(&wanted.out, &format!("{name}-thumb"), wanted.kind, &thumb)?;
        }
        Ok(())
    };
    if wanted.together || wanted.threads.get() == 1 {
        return work();
    }
    thread::scope(|scope| {
        let workers: Vec<_> = (0..wanted.threads.get()).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })
}

fn save(folder: &Path, name: &str, kind: Kind, file: &[u8]) -> anyhow::Result<()> {
    let path = folder.join(format!("{name}.{}", kind.extension()));
    std::fs::write(&path, file).with_context(|| path.display().to_string())
}
