//! Linters of what is neither Rust nor Terraform: shell scripts, Dockerfiles, workflows, Python.

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};

use super::tools::Tools;
use crate::report;
use crate::workspace::Workspace;

/// Python that runs on AWS or stands in for it, each with its tests.
const PYTHON_TESTS: [&str; 2] = ["infra/modules/rotation/function", "xtask/infra"];

/// Runs all of them.
pub(super) fn check(workspace: &Workspace, tools: &Tools) -> anyhow::Result<()> {
    let scripts = tracked(workspace, is_shell_script)?;
    let dockerfiles = tracked(workspace, |path, _| path.ends_with("Dockerfile"))?;
    let workflows = tracked(workspace, |path, _| path.starts_with(".github/workflows"))?;
    ensure!(
        !scripts.is_empty() && !dockerfiles.is_empty() && !workflows.is_empty(),
        "there is nothing to lint"
    );
    tools.program(workspace, "shellcheck").arg("--severity=style").args(&scripts).run()?;
    tools.program(workspace, "hadolint").args(&dockerfiles).run()?;
    // It looks at the first file that it is given and at no other.
    workflows.iter().try_for_each(|workflow| tools.actionlint(workspace).arg(workflow).run())?;
    // Offline: what needs GitHub's API is looked at by the hosted pipeline.
    tools.program(workspace, "zizmor").args(["--offline", "--quiet", "--pedantic"]).args(&workflows).run()?;
    for (schema, files) in [
        ("vendor.compose-spec", vec![PathBuf::from("compose.yaml")]),
        ("vendor.github-workflows", workflows.clone()),
    ] {
        let options = ["--quiet", "--builtin-schema", schema];
        tools.program(workspace, "check-jsonschema").args(options).args(files).run()?;
    }
    for directory in PYTHON_TESTS {
        let tests = ["-m", "unittest", "discover", "--quiet", "--start-directory", directory];
        tools.program(workspace, "python").args(tests).env("PYTHONDONTWRITEBYTECODE", "1").run()?;
    }
    report::line(&format!(
        "infra: {} scripts, {} Dockerfiles, {} workflows",
        scripts.len(),
        dockerfiles.len(),
        workflows.len()
    ));
    Ok(())
}

fn is_shell_script(path: &Path, root: &Path) -> bool {
    if path.extension().is_some_and(|extension| extension == "sh") {
        return true;
    }
    // Others are known by their first line alone; what cannot be read as text is no script.
    let is_bare = path.extension().is_none();
    is_bare
        && std::fs::read_to_string(root.join(path)).is_ok_and(|text| {
            text.lines().next().is_some_and(|line| line.starts_with("#!") && line.ends_with("sh"))
        })
}

/// The files of the repository, new ones included, for which this holds.
fn tracked(workspace: &Workspace, wanted: impl Fn(&Path, &Path) -> bool) -> anyhow::Result<Vec<PathBuf>> {
    let options = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
    let listed =
        workspace.process("git").args(options).output().context("the checks look at what git knows")?;
    let files: Vec<PathBuf> = listed.split_terminator('\0').map(PathBuf::from).collect();
    if files.is_empty() {
        bail!("git knows no file here");
    }
    Ok(files
        .into_iter()
        .filter(|path| workspace.root.join(path).is_file() && wanted(path, &workspace.root))
        .collect())
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::is_shell_script;

    #[test]
    fn scripts_are_known_by_their_name_or_their_first_line() {
        let directory = tempfile::tempdir().unwrap();
        std::fs::write(directory.path().join("run"), "#!/usr/bin/env bash\ntrue\n").unwrap();
        std::fs::write(directory.path().join("program"), "#!/usr/bin/env python3\n").unwrap();
        let is_script = |path: &str| is_shell_script(Path::new(path), directory.path());
        assert!(is_script("package.sh") && is_script("run"));
        assert!(!is_script("program") && !is_script("README.md") && !is_script("missing"));
    }
}
