//! What xtask prints: headings, the closing table, the reason of a failure. Everything else is a tool's own output.
#![expect(clippy::print_stdout, reason = "the terminal is this program's user interface")]

use std::time::Duration;

/// Announces a step or a sub-step.
pub(crate) fn heading(text: &str) {
    println!("\n==> {text}");
}

/// Prints one line of a step's own findings.
pub(crate) fn line(text: &str) {
    println!("{text}");
}

/// Prints an error with its chain of causes, where whoever started the command sees it last.
pub(crate) fn failure(error: &anyhow::Error) {
    eprintln!("\nerror: {error:#}");
}

/// How one step of a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    Passed,
    Failed,
    NotRun,
}

impl Outcome {
    const fn word(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Failed => "FAILED",
            Self::NotRun => "not run",
        }
    }
}

/// One row of the closing table.
#[derive(Debug)]
pub(crate) struct Row {
    pub(crate) step: &'static str,
    pub(crate) outcome: Outcome,
    pub(crate) took: Duration,
}

/// Prints the table that closes `cargo xtask test`.
pub(crate) fn table(rows: &[Row]) {
    heading("summary");
    for row in rows {
        println!("{:<12} {:<8} {:>8}", row.step, row.outcome.word(), minutes_and_seconds(row.took));
    }
    let total = rows.iter().map(|row| row.took).sum();
    println!("{:<12} {:<8} {:>8}", "in all", "", minutes_and_seconds(total));
}

/// Writes a duration the way a person says it: `3m 07s`.
pub(crate) fn minutes_and_seconds(duration: Duration) -> String {
    let seconds = duration.as_secs();
    format!("{}m {:02}s", seconds / 60, seconds % 60)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::minutes_and_seconds;

    #[test]
    fn durations_are_written_in_minutes_and_seconds() {
        assert_eq!(minutes_and_seconds(Duration::from_millis(187_900)), "3m 07s");
    }
}
