//! The steps of `cargo xtask test`: what each one runs, and in which order.
//!
//! The order is cheapest first, and such that as little as possible is compiled twice: clippy and rustdoc share the
//! metadata of the dependencies, nextest, the doctests and the benches share their compiled form. All of them select
//! [`EVERYTHING`] and use the `dev` profile.

use std::time::{Duration, Instant};

use anyhow::bail;
use clap::Subcommand;

use crate::report::{self, Outcome, Row};
use crate::session::Session;
use crate::workspace::EVERYTHING;
use crate::{arrows, conformance, infra, tools, web};

/// One step, which is also a subcommand.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Subcommand)]
pub(crate) enum Step {
    /// Checks the formatting.
    Fmt,
    /// Checks which crate may depend on which, and the names of source files.
    Arrows,
    /// Checks licences, banned crates and sources of the dependencies.
    Deny,
    /// Looks for dependencies that no code uses.
    Unused,
    /// Checks the web UI: types, style, unit tests, licences of its packages.
    Web,
    /// Runs clippy over every target; a warning is a failure.
    Lint,
    /// Builds the documentation; a warning is a failure.
    Docs,
    /// Starts the servers that stand in for MongoDB and AWS, for the steps that follow. Alone it would stop them at
    /// once, so the subcommand of this name is another.
    #[command(skip)]
    Services,
    /// Runs every test but the doctests, those that need a server too.
    Nextest,
    /// Checks that the conformance suite skips no case.
    Conformance,
    /// Runs the examples in the documentation.
    Doctests,
    /// Compiles the benches.
    Benches,
    /// Checks Terraform, containers, pipelines and scripts. No part of `test`, because no package has Terraform for every
    /// machine: the hosted pipeline runs it.
    Infra,
    /// Runs the tests of the web UI in a browser, against the real program.
    Browser,
}

/// Every step of `test`, in the order in which they are run.
const IN_ORDER: [Step; 13] = [
    Step::Fmt,
    Step::Arrows,
    Step::Deny,
    Step::Unused,
    Step::Web,
    Step::Lint,
    Step::Docs,
    Step::Services,
    Step::Nextest,
    Step::Conformance,
    Step::Doctests,
    Step::Benches,
    Step::Browser,
];

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
            Self::Web => "web",
            Self::Lint => "lint",
            Self::Docs => "docs",
            Self::Services => "services",
            Self::Nextest => "nextest",
            Self::Conformance => "conformance",
            Self::Doctests => "doctests",
            Self::Benches => "benches",
            Self::Infra => "infra",
            Self::Browser => "browser",
        }
    }

    /// Runs this step alone, with what it needs of others.
    pub(crate) fn run(self, session: &mut Session<'_>) -> anyhow::Result<()> {
        let workspace = session.workspace();
        match self {
            Self::Fmt => workspace.cargo("fmt").args(["--all", "--check"]).run(),
            Self::Arrows => arrows::check(workspace),
            Self::Deny => tools::cargo_deny(workspace)?.args(["check", "bans", "licenses", "sources"]).run(),
            Self::Unused => tools::cargo_shear(workspace)?.args(["--locked", "--deny-warnings"]).run(),
            Self::Web => web::check(workspace),
            Self::Lint => workspace
                .cargo("clippy")
                .args(EVERYTHING)
                .args(["--all-targets", "--", "-D", "warnings"])
                .run(),
            Self::Docs => workspace
                .cargo("doc")
                .args(EVERYTHING)
                .arg("--no-deps")
                .env("RUSTDOCFLAGS", "-D warnings")
                .run(),
            Self::Services => session.start_peers(),
            Self::Nextest => nextest(session),
            Self::Conformance => conformance::check(workspace),
            Self::Doctests => workspace.cargo("test").args(EVERYTHING).arg("--doc").run(),
            // `cargo bench --no-run` would compile every dependency once more, with the release profile.
            Self::Benches => workspace.cargo("build").args(EVERYTHING).arg("--benches").run(),
            Self::Infra => infra::check(workspace),
            Self::Browser => web::browse(workspace),
        }
    }
}

/// Runs the tests, of which those that need a server are marked as ignored: without the server they fail.
fn nextest(session: &mut Session<'_>) -> anyhow::Result<()> {
    session.start_peers()?;
    let environment = session.environment();
    let nextest = tools::cargo_nextest(session.workspace())?.arg("run").args(EVERYTHING);
    let tests = nextest.args(["--run-ignored", "all", "--profile", "ci"]).envs(environment.variables());
    tests.run().inspect_err(|_| session.report_ended_peers())
}

/// Runs every step in order and closes with a table.
pub(crate) fn run_all(session: &mut Session<'_>, on_failure: OnFailure) -> anyhow::Result<()> {
    session.install_peers_in_background();
    run_each(&IN_ORDER, on_failure, |step| step.run(session))
}

fn run_each(
    steps: &[Step],
    on_failure: OnFailure,
    mut run: impl FnMut(Step) -> anyhow::Result<()>,
) -> anyhow::Result<()> {
    let mut rows: Vec<Row> = Vec::with_capacity(steps.len());
    for &step in steps {
        let stopped = on_failure == OnFailure::Stop && rows.iter().any(|row| row.outcome == Outcome::Failed);
        rows.push(if stopped { not_run(step) } else { timed(step, &mut run) });
    }
    report::table(&rows);
    let failed: Vec<_> =
        rows.iter().filter(|row| row.outcome == Outcome::Failed).map(|row| row.step).collect();
    if !failed.is_empty() {
        bail!("failed: {}; repeat one with `cargo xtask <step>`", failed.join(", "));
    }
    Ok(())
}

fn timed(step: Step, run: impl FnOnce(Step) -> anyhow::Result<()>) -> Row {
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
    use clap::Subcommand as _;

    use super::{IN_ORDER, OnFailure, Step, run_each};

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
    fn each_subcommand_but_the_infrastructure_is_a_step_of_the_run_under_the_same_name() {
        let subcommands = Step::augment_subcommands(clap::Command::new("xtask"));
        let names = subcommands.get_subcommands().map(clap::Command::get_name);
        let subcommands: Vec<&str> = names.filter(|name| *name != Step::Infra.name()).collect();
        let alone = IN_ORDER.iter().filter(|step| **step != Step::Services);
        assert_eq!(subcommands, alone.map(|step| step.name()).collect::<Vec<_>>());
    }
}
