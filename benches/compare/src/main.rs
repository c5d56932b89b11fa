//! What the side-by-side comparison needs that is written in Rust: its inputs, three of its contenders, and its judge.
//!
//! `cargo xtask compare` builds and runs this program; the measuring is done there, from outside.

mod contenders;
mod inputs;
mod judge;
mod tile;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use anyhow::{Context as _, ensure};
use clap::{Parser, Subcommand};

use contenders::Contender;

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
    Run {
        contender: Contender,
        /// Where they go.
        #[arg(long)]
        out: PathBuf,
        /// Pictures at once.
        #[arg(long, default_value_t = 1)]
        threads: usize,
        /// Leaves the mark away, for the judge.
        #[arg(long)]
        no_mark: bool,
        originals: Vec<PathBuf>,
    },
    /// Prints the SSIMULACRA2 of unmarked proofs against an exact resize of the original.
    Judge { original: PathBuf, proofs: Vec<PathBuf> },
}

fn main() -> anyhow::Result<()> {
    match Arguments::parse().command {
        Command::Inputs { folder } => inputs::write(&folder),
        Command::Run { contender, out, threads, no_mark, originals } => {
            ensure!(threads > 0, "at least one thread works");
            run(contender, &out, threads, !no_mark, &originals)
        }
        Command::Judge { original, proofs } => judge::judge(&original, &proofs),
    }
}

fn run(
    contender: Contender,
    out: &std::path::Path,
    threads: usize,
    is_marked: bool,
    originals: &[PathBuf],
) -> anyhow::Result<()> {
    let job = contender.prepare(is_marked)?;
    let next = AtomicUsize::new(0);
    let work = || -> anyhow::Result<()> {
        while let Some(original) = originals.get(next.fetch_add(1, Ordering::Relaxed)) {
            let name = original.file_stem().context("an original has a name")?.to_string_lossy();
            let bytes = std::fs::read(original).with_context(|| original.display().to_string())?;
            let [proof, thumb] = job.render(&bytes)?;
            std::fs::write(out.join(format!("{name}-proof.jpg")), proof)?;
            std::fs::write(out.join(format!("{name}-thumb.jpg")), thumb)?;
        }
        Ok(())
    };
    if threads == 1 {
        return work();
    }
    thread::scope(|scope| {
        let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
        workers.into_iter().try_for_each(|worker| worker.join().expect("a worker does not panic"))
    })
}
