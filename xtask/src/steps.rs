//! The steps of `cargo xtask test`: what each one runs, and in which order.
//!
//! The order is cheapest first, and such that as little as possible is compiled twice: clippy and rustdoc share the
//! metadata of the dependencies, nextest, the doctests and the benches share their compiled form. All of them select
//! the whole workspace, because another selection would unify the features of the dependencies in another way and
//! build them again, and all of them use the `dev` profile.

use std::time::{Duration, Instant};

use anyhow::bail;
use clap::{Subcommand, ValueEnum};

use crate::report::{self, Outcome, Row};
use crate::workspace::Workspace;
use crate::{arrows, conformance, tools};

/// One step, which is also a subcommand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand, ValueEnum)]
pub(crate) enum Step {
    /// Checks the formatting.
    Fmt,
    /// Checks which crate may depend on which, and the names of source files.
    Arrows,
    /// Checks licences, banned crates and sources of the dependencies.
    Deny,
    /// Looks for dependencies that no code uses.
    Unused,
    /// Runs clippy over every target; a warning is a failure.
    Lint,
    /// Builds the documentation; a warning is a failure.
    Docs,
    /// Runs every test but the doctests.
    Nextest,
    /// Checks that the conformance suite skips no case on the backends that need no service.
    Conformance,
    /// Runs the examples in the documentation.
    Doctests,
    /// Compiles the benches.
    Benches,
}

/// What happens to the remaining steps when one has failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum OnFailure {
    Stop,
    KeepGoing,
}

impl Step {
    const fn name(self) -> &'static str {
        match self {
            Self::Fmt => "fmt",
            Self::Arrows => "arrows",
            Self::Deny => "deny",
            Self::Unused => "unused",
            Self::Lint => "lint",
            Self::Docs => "docs",
            Self::Nextest => "nextest",
            Self::Conformance => "conformance",
            Self::Doctests => "doctests",
            Self::Benches => "benches",
        }
    }

    /// Runs this step alone.
    pub(crate) fn run(self, workspace: &Workspace) -> anyhow::Result<()> {
        match self {
            Self::Fmt => workspace.cargo("fmt").args(["--all", "--check"]).run(),
            Self::Arrows => arrows::check(workspace),
            Self::Deny => tools::cargo_deny(workspace)?.args(["check", "bans", "licenses", "sources"]).run(),
            Self::Unused => tools::cargo_shear(workspace)?.args(["--locked", "--deny-warnings"]).run(),
            Self::Lint => workspace
                .cargo("clippy")
                .args(["--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])
                .run(),
            Self::Docs => workspace
                .cargo("doc")
                .args(["--locked", "--workspace", "--no-deps"])
                .env("RUSTDOCFLAGS", "-D warnings")
                .run(),
            Self::Nextest => tools::cargo_nextest(workspace)?
                .args(["run", "--locked", "--workspace", "--profile", "ci"])
                .run(),
            Self::Conformance => conformance::check(workspace),
            Self::Doctests => workspace.cargo("test").args(["--locked", "--workspace", "--doc"]).run(),
            // `cargo bench --no-run` would compile every dependency once more, with the release profile.
            Self::Benches => workspace.cargo("build").args(["--locked", "--workspace", "--benches"]).run(),
        }
    }
}

/// Runs every step in order and closes with a table.
pub(crate) fn run_all(workspace: &Workspace, on_failure: OnFailure) -> anyhow::Result<()> {
    run_each(Step::value_variants(), on_failure, |step| step.run(workspace))
}

fn run_each(
    steps: &[Step],
    on_failure: OnFailure,
    run: impl Fn(Step) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut rows: Vec<Row> = Vec::with_capacity(steps.len());
    for &step in steps {
        let stopped = on_failure == OnFailure::Stop && rows.iter().any(|row| row.outcome == Outcome::Failed);
        rows.push(if stopped { not_run(step) } else { timed(step, &run) });
    }
    report::table(&rows);
    let failed: Vec<_> =
        rows.iter().filter(|row| row.outcome == Outcome::Failed).map(|row| row.step).collect();
    if !failed.is_empty() {
        bail!("failed: {}; repeat one with `cargo xtask <step>`", failed.join(", "));
    }
    Ok(())
}

fn timed(step: Step, run: impl Fn(Step) -> anyhow::Result<()>) -> Row {
    report::heading(step.name());
    let start = Instant::now();
    let outcome = match run(step) {
        Ok(()) => Outcome::Passed,
        Err(error) => {
            report::failure(&error);
            Outcome::Failed
        }
    };
    let took = start.elapsed();
    report::line(&format!("<== {} took {}", step.name(), report::minutes_and_seconds(took)));
    Row { step: step.name(), outcome, took }
}

const fn not_run(step: Step) -> Row {
    Row { step: step.name(), outcome: Outcome::NotRun, took: Duration::ZERO }
}

#[cfg(test)]
mod tests {
    use std::cell::RefCell;

    use anyhow::{anyhow, ensure};
    use clap::ValueEnum as _;

    use super::{OnFailure, Step, run_each};

    const STEPS: [Step; 3] = [Step::Fmt, Step::Arrows, Step::Lint];

    fn steps_run_when_arrows_fails(on_failure: OnFailure) -> (Vec<Step>, anyhow::Result<()>) {
        let seen = RefCell::new(Vec::new());
        let result = run_each(&STEPS, on_failure, |step| {
            seen.borrow_mut().push(step);
            ensure!(step != Step::Arrows, anyhow!("the arrows are wrong"));
            Ok(())
        });
        (seen.into_inner(), result)
    }

    #[test]
    fn the_first_failure_stops_the_run() {
        let (seen, result) = steps_run_when_arrows_fails(OnFailure::Stop);
        assert_eq!(seen, [Step::Fmt, Step::Arrows]);
        assert!(result.unwrap_err().to_string().contains("arrows"));
    }

    #[test]
    fn keep_going_runs_the_rest_and_fails_all_the_same() {
        let (seen, result) = steps_run_when_arrows_fails(OnFailure::KeepGoing);
        assert_eq!(seen, STEPS);
        assert!(result.is_err());
    }

    #[test]
    fn a_run_without_failure_succeeds() {
        assert!(run_each(&STEPS, OnFailure::Stop, |_| Ok(())).is_ok());
    }

    #[test]
    fn each_step_is_a_subcommand_of_its_own_name() {
        for step in Step::value_variants() {
            assert_eq!(step.to_possible_value().unwrap().get_name(), step.name());
        }
    }
}
