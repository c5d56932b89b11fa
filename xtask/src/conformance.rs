//! Refuses a conformance suite that passes because it skips.
//!
//! Cases of a backend whose server is not known are marked as ignored, so that plain nextest needs no server. The step that
//! runs the tests runs ignored ones too, and such a case fails without its server. What is left to check is the list
//! of tests: the suite exists, every backend has cases, and the backends that need no server ignore none.

use std::collections::BTreeMap;

use anyhow::{Context as _, bail};
use serde::Deserialize;

use crate::report;
use crate::tools;
use crate::workspace::{EVERYTHING, Workspace};

/// The backends that run wherever Rust runs.
const BACKENDS_WITHOUT_SERVICES: [&str; 2] = ["memory", "embedded"];

/// The backends whose servers `cargo xtask services` runs.
const BACKENDS_WITH_SERVICES: [&str; 2] = ["mongodb", "s3"];

/// The integration test binary of `halftone-storage` that crosses the cases with the backends.
const SUITE: &str = "conformance";

/// Fails unless every backend has cases, and those without a server run all of theirs.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let json = tools::cargo_nextest(workspace)?
        .arg("list")
        .args(EVERYTHING)
        .args(["--profile", "ci", "--message-format", "json"])
        .output()?;
    let list: TestList = serde_json::from_str(&json).context("the list of tests is not as expected")?;
    let complaints = complaints(&list);
    if !complaints.is_empty() {
        bail!("the conformance suite is not complete:\n  {}", complaints.join("\n  "));
    }
    for backend in BACKENDS_WITHOUT_SERVICES {
        report::line(&format!("{backend}: {} cases, none ignored", list.cases_of(backend).count()));
    }
    for backend in BACKENDS_WITH_SERVICES {
        report::line(&format!("{backend}: {} cases, run with its server", list.cases_of(backend).count()));
    }
    Ok(())
}

fn complaints(list: &TestList) -> Vec<String> {
    if list.suites().next().is_none() {
        return vec![format!("there is no test binary named `{SUITE}`")];
    }
    let mut complaints = Vec::new();
    for backend in BACKENDS_WITHOUT_SERVICES.iter().chain(&BACKENDS_WITH_SERVICES) {
        if list.cases_of(backend).next().is_none() {
            complaints.push(format!("no case runs on {backend}"));
        }
    }
    for backend in BACKENDS_WITHOUT_SERVICES {
        let ignored = list.cases_of(backend).filter(|(_, case)| case.ignored);
        complaints.extend(ignored.map(|(name, _)| format!("ignored: {name}")));
    }
    complaints
}

/// What `cargo nextest list --message-format json` says, as far as it matters here.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct TestList {
    rust_suites: BTreeMap<String, Suite>,
}

#[derive(Debug, Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Suite {
    binary_name: String,
    testcases: BTreeMap<String, Case>,
}

#[derive(Debug, Deserialize)]
struct Case {
    ignored: bool,
}

impl TestList {
    fn suites(&self) -> impl Iterator<Item = &Suite> {
        self.rust_suites.values().filter(|suite| suite.binary_name == SUITE)
    }

    fn cases_of(&self, backend: &str) -> impl Iterator<Item = (&String, &Case)> {
        self.suites().flat_map(|suite| &suite.testcases).filter(move |(name, _)| name.starts_with(backend))
    }
}

#[cfg(test)]
mod tests {
    use super::{TestList, complaints};

    fn list_of(cases: &[(&str, bool)]) -> TestList {
        let cases: Vec<String> = cases
            .iter()
            .map(|(name, ignored)| format!(r#""{name}": {{"kind": "test", "ignored": {ignored}}}"#))
            .collect();
        let json = format!(
            r#"{{"test-count": 1, "rust-suites": {{"halftone-storage::conformance":
                {{"package-name": "halftone-storage", "binary-name": "conformance", "testcases": {{{}}}}}}}}}"#,
            cases.join(",")
        );
        serde_json::from_str(&json).unwrap()
    }

    #[test]
    fn a_suite_that_runs_everything_is_accepted() {
        let list =
            list_of(&[("memory::a", false), ("embedded::a", false), ("mongodb::a", true), ("s3::a", false)]);
        assert_eq!(complaints(&list), Vec::<String>::new());
    }

    #[test]
    fn an_ignored_case_is_named() {
        let list =
            list_of(&[("memory::a", false), ("embedded::a", true), ("mongodb::a", true), ("s3::a", true)]);
        assert_eq!(complaints(&list), ["ignored: embedded::a"]);
    }

    #[test]
    fn ignored_cases_of_a_server_that_is_not_running_are_accepted() {
        let list =
            list_of(&[("memory::a", false), ("embedded::a", false), ("mongodb::a", true), ("s3::a", true)]);
        assert_eq!(complaints(&list), Vec::<String>::new());
    }

    #[test]
    fn a_backend_without_cases_is_refused() {
        let list = list_of(&[("memory::a", false), ("mongodb::a", true), ("s3::a", true)]);
        assert_eq!(complaints(&list), ["no case runs on embedded"]);
        let list = list_of(&[("memory::a", false), ("embedded::a", false), ("mongodb::a", true)]);
        assert_eq!(complaints(&list), ["no case runs on s3"]);
    }

    #[test]
    fn a_missing_suite_is_refused() {
        let list: TestList = serde_json::from_str(r#"{"rust-suites": {}}"#).unwrap();
        assert_eq!(complaints(&list), ["there is no test binary named `conformance`"]);
    }
}
