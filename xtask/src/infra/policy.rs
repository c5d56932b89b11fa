//! The policy scan: checkov over Terraform, Dockerfiles and workflows. What it finds is mended, or explained in a comment beside
//! it (`#checkov:skip=ID:reason`) or, where it holds everywhere, in `infra/checkov.yaml`.
//!
//! It is not part of `cargo xtask test` because its installation alone takes a minute and a half.

use crate::report;
use crate::workspace::Workspace;

/// Installs checkov if needed, and runs it.
pub(crate) fn scan(workspace: &Workspace) -> anyhow::Result<()> {
    let environment = workspace.target_directory.join("tools/checkov");
    let program = environment.join("bin/checkov");
    if workspace.process(&program).arg("--version").output_if_it_works().is_none() {
        report::heading("installing checkov into the target directory");
        let requirements = workspace.root.join("xtask/infra/policy.txt");
        super::tools::install_python(workspace, &environment, &requirements)?;
    }
    workspace
        .process(program)
        .args(["--config-file", "infra/checkov.yaml", "--skip-download", "--compact", "--quiet"])
        .run()
}
