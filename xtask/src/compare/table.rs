//! The tables that the comparison ends with.

use std::fmt::Write as _;

use super::figures::{
    cpu_milliseconds, cpu_ratio, mean, peak_megabytes, seconds, thousands, wall_milliseconds,
};
use super::measure::Usage;
use super::targets::{Bound, Target};
use super::variants::Variant;
use crate::workspace::Workspace;

/// One contender's figures.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) name: &'static str,
    title: &'static str,
    /// For one picture, on one thread, a figure for each round.
    pub(super) rounds: Vec<Usage>,
    pub(super) two_threads: Option<Usage>,
    /// SSIMULACRA2 of each original's unmarked proof, and the length of its file.
    pub(super) scores: Vec<f64>,
    pub(super) proof_bytes: Vec<u64>,
}

impl Row {
    pub(super) const fn new(name: &'static str, title: &'static str) -> Self {
        Self {
            name,
            title,
            rounds: Vec::new(),
            two_threads: None,
            scores: Vec::new(),
            proof_bytes: Vec::new(),
        }
    }
}

/// Writes all tables. The first row and the first variant are what the others are compared with.
pub(super) fn markdown(
    workspace: &Workspace,
    rows: &[Row],
    variants: &[Variant],
    targets: &[Target],
) -> anyhow::Result<String> {
    let mut text = String::new();
    writeln!(text, "{}\n", circumstances(workspace))?;
    write_contenders(&mut text, rows)?;
    write_variants(&mut text, variants)?;
    write_targets(&mut text, targets)?;
    Ok(text)
}

fn write_contenders(text: &mut String, rows: &[Row]) -> anyhow::Result<()> {
    text.push_str(
        "| contender | CPU ms | wall ms | peak MB | images/s, 1 thread | images/s, 2 threads | proof kB | SSIMULACRA2 | CPU, times Halftone's |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    let Some(halftone) = rows.first() else {
        return Ok(());
    };
    for row in rows {
        let wall = wall_milliseconds(&row.rounds);
        writeln!(
            text,
            "| {} | {:.0} | {:.0} | {:.0} | {:.2} | {:.2} | {:.0} | {:.2} | {:.2} |",
            row.title,
            cpu_milliseconds(&row.rounds),
            wall,
            peak_megabytes(&row.rounds),
            1e3 / wall,
            row.two_threads.map_or(f64::NAN, |usage| 1.0 / seconds(usage.wall)),
            mean(row.proof_bytes.iter().map(|bytes| thousands(*bytes))),
            mean(row.scores.iter().copied()),
            cpu_ratio(&row.rounds, &halftone.rounds),
        )?;
    }
    Ok(())
}

fn write_variants(text: &mut String, variants: &[Variant]) -> anyhow::Result<()> {
    text.push_str(
        "\n| Halftone on, or what it is held to | CPU ms | wall ms | images/s | peak MB | CPU, times the usual file's |\n\
         |---|---|---|---|---|---|\n",
    );
    for variant in variants {
        let wall = wall_milliseconds(&variant.rounds);
        writeln!(
            text,
            "| {} | {:.0} | {:.0} | {:.2} | {:.0} | {:.2} |",
            variant.title,
            cpu_milliseconds(&variant.rounds),
            wall,
            1e3 / wall,
            peak_megabytes(&variant.rounds),
            variants.first().map_or(f64::NAN, |usual| cpu_ratio(&variant.rounds, &usual.rounds)),
        )?;
    }
    Ok(())
}

fn write_targets(text: &mut String, targets: &[Target]) -> anyhow::Result<()> {
    text.push_str("\n| target | bound | found | met |\n|---|---|---|---|\n");
    for target in targets {
        let bound = match target.bound {
            Bound::AtMost(bound) => format!("at most {bound:.3}"),
            Bound::AtLeast(bound) => format!("at least {bound:.3}"),
        };
        let met = if target.is_met() { "yes" } else { "**no**" };
        writeln!(text, "| {} | {bound} | {:.3} | {met} |", target.what, target.found)?;
    }
    Ok(())
}

/// The machine and the commit.
fn circumstances(workspace: &Workspace) -> String {
    let commit = workspace.process("git").args(["rev-parse", "--short", "HEAD"]).output_if_it_works();
    let processors = std::fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let model = processors
        .lines()
        .find_map(|line| line.strip_prefix("model name"))
        .map_or("an unknown processor", |line| line.trim_start_matches([' ', '\t', ':']));
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    format!("{model}, {cores} cores; commit {}", commit.as_deref().unwrap_or("unknown").trim())
}
