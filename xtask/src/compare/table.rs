//! The table that the comparison ends with.

use std::fmt::Write as _;
use std::time::Duration;

use super::measure::Usage;
use crate::workspace::Workspace;

/// One contender's figures.
#[derive(Debug)]
pub(super) struct Row {
    title: &'static str,
    /// For one picture, on one thread, a figure for each round.
    pub(super) rounds: Vec<Usage>,
    pub(super) two_threads: Option<Usage>,
    /// SSIMULACRA2 of each original's unmarked proof, and the length of its file.
    pub(super) scores: Vec<f64>,
    pub(super) proof_bytes: Vec<u64>,
}

/// Halftone's figures for one kind of file.
#[derive(Debug)]
pub(super) struct Variant {
    pub(super) name: &'static str,
    pub(super) rounds: Vec<Usage>,
}

impl Row {
    pub(super) const fn new(title: &'static str) -> Self {
        Self { title, rounds: Vec::new(), two_threads: None, scores: Vec::new(), proof_bytes: Vec::new() }
    }
}

impl Variant {
    pub(super) const fn new(name: &'static str) -> Self {
        Self { name, rounds: Vec::new() }
    }
}

/// Writes both tables. The first row and the first variant are what the others are compared with.
pub(super) fn markdown(workspace: &Workspace, rows: &[Row], variants: &[Variant]) -> anyhow::Result<String> {
    let mut text = String::new();
    writeln!(text, "{}\n", circumstances(workspace))?;
    text.push_str(
        "| contender | CPU ms | wall ms | peak MB | images/s, 1 thread | images/s, 2 threads | proof kB | SSIMULACRA2 | CPU, times Halftone's |\n\
         |---|---|---|---|---|---|---|---|---|\n",
    );
    let Some(halftone) = rows.first() else {
        return Ok(text);
    };
    for row in rows {
        let wall = median(row.rounds.iter().map(|usage| seconds(usage.wall)));
        writeln!(
            text,
            "| {} | {:.0} | {:.0} | {:.0} | {:.2} | {:.2} | {:.0} | {:.2} | {:.2} |",
            row.title,
            median(row.rounds.iter().map(|usage| seconds(usage.cpu) * 1e3)),
            wall * 1e3,
            median(row.rounds.iter().map(|usage| megabytes(usage.peak_bytes))),
            1.0 / wall,
            row.two_threads.map_or(f64::NAN, |usage| 1.0 / seconds(usage.wall)),
            mean(row.proof_bytes.iter().map(|bytes| kilobytes(*bytes))),
            mean(row.scores.iter().copied()),
            ratio(&row.rounds, &halftone.rounds),
        )?;
    }
    text.push_str(
        "\n| Halftone on | CPU ms | wall ms | peak MB | CPU, times the usual file's |\n|---|---|---|---|---|\n",
    );
    for variant in variants {
        writeln!(
            text,
            "| {} | {:.0} | {:.0} | {:.0} | {:.2} |",
            variant.name,
            median(variant.rounds.iter().map(|usage| seconds(usage.cpu) * 1e3)),
            median(variant.rounds.iter().map(|usage| seconds(usage.wall) * 1e3)),
            median(variant.rounds.iter().map(|usage| megabytes(usage.peak_bytes))),
            variants.first().map_or(f64::NAN, |usual| ratio(&variant.rounds, &usual.rounds)),
        )?;
    }
    Ok(text)
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

/// The median of the ratios within each round.
fn ratio(rounds: &[Usage], reference: &[Usage]) -> f64 {
    median(rounds.iter().zip(reference).map(|(one, other)| seconds(one.cpu) / seconds(other.cpu)))
}

fn median(figures: impl Iterator<Item = f64>) -> f64 {
    let mut figures: Vec<f64> = figures.collect();
    figures.sort_by(f64::total_cmp);
    match (figures.len(), figures.get(figures.len() / 2)) {
        (count, Some(upper)) if count % 2 == 0 => f64::midpoint(figures[count / 2 - 1], *upper),
        (_, Some(middle)) => *middle,
        (_, None) => f64::NAN,
    }
}

fn mean(figures: impl Iterator<Item = f64>) -> f64 {
    let (sum, count) = figures.fold((0.0, 0.0), |(sum, count), figure| (sum + figure, count + 1.0));
    sum / count
}

fn seconds(duration: Duration) -> f64 {
    duration.as_secs_f64()
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1e6
}

#[expect(clippy::cast_precision_loss, reason = "figures for people")]
fn kilobytes(bytes: u64) -> f64 {
    bytes as f64 / 1e3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_the_middle_or_the_mean_of_the_two_in_the_middle() {
        assert!((median([3.0, 1.0, 2.0].into_iter()) - 2.0).abs() < 1e-9);
        assert!((median([4.0, 1.0, 2.0, 3.0].into_iter()) - 2.5).abs() < 1e-9);
        assert!(median(std::iter::empty()).is_nan());
    }
}
