//! The checks of `infra/`, `.github/` and the shell scripts, without an account and without the network once the tools are
//! installed.
//!
//! Terraform runs for real: `validate`, `test` and `apply`, with a stand-in for the AWS provider that knows the types and arguments
//! of the real one (`xtask/infra/terraform-provider-aws`). What it "applied" is read back, and the project's own [`rules`]
//! look at it. What the stand-in cannot know, such as which values an argument takes, is left to the plan of a pull
//! request, which runs against AWS.

mod installation;
mod linters;
mod policy;
mod rules;
pub(crate) mod sbom;
mod schema;
#[cfg(all(test, unix))]
mod scripts;
mod terraform;
mod tools;

use anyhow::{Context as _, bail};

use crate::report;
use crate::workspace::Workspace;

pub(crate) use policy::scan;
pub(crate) use schema::extract;

use installation::Installation;
use rules::{EnvironmentKind, Rule, Setting};
use terraform::Terraform;

/// Runs all of them.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let tools = tools::install(workspace)?;
    linters::check(workspace, &tools)?;
    let terraform = Terraform::prepare(workspace, &tools)?;
    terraform.check_formatting()?;
    let settings = settings(workspace)?;
    let calls = rules::calls::actions_of(&workspace.root)?;
    let handbook = read(workspace, "docs/operations.md")?;
    let hosting = read(workspace, "docs/web.md")?;
    let mut broken = Vec::new();
    for environment in terraform::ENVIRONMENTS {
        terraform.validate(environment.directory)?;
        terraform.test(environment.directory)?;
        let installation = terraform.apply(environment)?;
        let rules = rules::of(environment.kind);
        let mut found = findings(&installation, &settings, rules);
        if environment.kind != EnvironmentKind::Bootstrap {
            found.extend(rules::calls::broken(&installation, &calls));
            found.extend(rules::documented::unexplained_alarms(&installation, &handbook));
        }
        if environment.kind == EnvironmentKind::Serverless {
            found.extend(rules::documented::other_headers(&installation, &hosting));
        }
        broken.extend(found.into_iter().map(|finding| format!("{}: {finding}", environment.name)));
        report::line(&format!(
            "infra: {}: {} resources applied, {} rules looked at them",
            environment.name,
            installation.len(),
            rules.len()
        ));
    }
    let compose = tools.compose(workspace)?;
    broken.extend(rules::compose::broken(&compose, &settings));
    let dockerfile = read(workspace, "infra/docker/Dockerfile")?;
    broken.extend(rules::compose::references::broken(&compose, &dockerfile, &workspace.root));
    if !broken.is_empty() {
        bail!("the infrastructure breaks its rules:\n  {}", broken.join("\n  "));
    }
    Ok(())
}

fn findings(installation: &Installation, settings: &[Setting], rules: &[Rule]) -> Vec<String> {
    rules.iter().flat_map(|rule| rule(installation, settings)).collect()
}

fn read(workspace: &Workspace, path: &str) -> anyhow::Result<String> {
    std::fs::read_to_string(workspace.root.join(path)).with_context(|| format!("could not read {path}"))
}

/// The settings that the programs read, from their own code.
fn settings(workspace: &Workspace) -> anyhow::Result<Vec<Setting>> {
    // Alone, because this is no step among others: the rest of the workspace takes much longer.
    workspace
        .cargo("build")
        .args(["--quiet", "--package", "halftone-home", "--example", "settings"])
        .run()?;
    let program = workspace.target_directory.join("debug/examples/settings");
    let json = workspace.process(program).output()?;
    serde_json::from_str(&json).context("the list of settings is not as expected")
}
