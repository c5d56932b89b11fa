//! The Python environments of the peers: one for LocalStack and the tools of the MongoDB peer, and one for moto.
//!
//! They are two because LocalStack brings a fork of moto that has moto's name: in one environment it would lack what
//! it needs of its own, and fail when SNS is first used.

use std::path::PathBuf;

use anyhow::{Context as _, bail};

use super::stamp::Stamp;
use crate::process::Process;
use crate::workspace::Workspace;

/// The versions in `constraints.txt` need this one at least.
const OLDEST: (u32, u32) = (3, 11);

/// Where a usable Python may be found, by name. The first is what most computers have.
const CANDIDATES: [&str; 5] = ["python3", "python3.13", "python3.12", "python3.11", "python3.14"];

/// An environment under `target/peers`. Its name is that of its list of requirements in `xtask/peers`.
#[derive(Debug)]
pub(crate) struct PythonEnvironment<'a> {
    workspace: &'a Workspace,
    name: &'static str,
}

impl<'a> PythonEnvironment<'a> {
    pub(super) const fn localstack(workspace: &'a Workspace) -> Self {
        Self { workspace, name: "localstack" }
    }

    pub(crate) const fn moto(workspace: &'a Workspace) -> Self {
        Self { workspace, name: "moto" }
    }

    /// Tells whether everything is installed.
    pub(super) fn is_current(&self) -> anyhow::Result<bool> {
        Ok(self.stamp()?.is_current())
    }

    /// Makes the environment anew, with nothing in it.
    pub(super) fn create(&self) -> anyhow::Result<()> {
        let python = find_python(self.workspace)?;
        self.stamp()?.remove()?;
        let directory = self.directory();
        if directory.exists() {
            std::fs::remove_dir_all(&directory).context("could not remove the old Python environment")?;
        }
        let create = self.workspace.process(python).args(["-m", "venv"]).arg(directory);
        create.run_supervised("python", &self.log())
    }

    /// Installs one package before the others.
    pub(super) fn install_first(&self, package: &str) -> anyhow::Result<()> {
        self.pip_install(&[package])
    }

    /// Installs everything else.
    pub(super) fn complete(&self) -> anyhow::Result<()> {
        let requirements = self.requirements();
        self.pip_install(&["--requirement", &requirements.to_string_lossy()])?;
        self.stamp()?.write()
    }

    /// Prepares a module of the environment, as `python -m` runs it.
    pub(super) fn module(&self, name: &str) -> Process {
        self.python().args(["-m", name])
    }

    /// Prepares one of the scripts in `xtask/peers`.
    pub(crate) fn script(&self, name: &str) -> Process {
        self.python().arg(self.sources().join(name))
    }

    /// Where the environment's programs lie.
    pub(super) fn programs(&self) -> PathBuf {
        self.directory().join("bin")
    }

    fn python(&self) -> Process {
        self.workspace.process(self.programs().join("python"))
    }

    fn pip_install(&self, arguments: &[&str]) -> anyhow::Result<()> {
        self.module("pip")
            .args(["install", "--disable-pip-version-check", "--no-input", "--constraint"])
            .arg(self.sources().join("constraints.txt"))
            .args(arguments)
            .run_supervised("pip", &self.log())
    }

    fn stamp(&self) -> anyhow::Result<Stamp> {
        let read = |path: PathBuf| {
            std::fs::read_to_string(&path).with_context(|| format!("could not read {}", path.display()))
        };
        let content = read(self.requirements())? + &read(self.sources().join("constraints.txt"))?;
        Ok(Stamp::new(&self.directory(), content))
    }

    fn requirements(&self) -> PathBuf {
        self.sources().join(self.name).with_extension("txt")
    }

    fn directory(&self) -> PathBuf {
        super::directory(self.workspace).join(self.name)
    }

    fn sources(&self) -> PathBuf {
        self.workspace.root.join("xtask/peers")
    }

    fn log(&self) -> PathBuf {
        self.directory().with_extension("log")
    }
}

fn find_python(workspace: &Workspace) -> anyhow::Result<&'static str> {
    // Some systems package Python without the two modules that make an environment.
    let question = "import ensurepip, sys, venv; print('%d.%d' % sys.version_info[:2])";
    let version = |name: &str| workspace.process(name).args(["-c", question]).output_if_it_works();
    let usable = |name: &&str| version(name).is_some_and(|text| is_new_enough(&text));
    let Some(found) = CANDIDATES.into_iter().find(usable) else {
        let (major, minor) = OLDEST;
        bail!(
            "the peers of the tests need Python {major}.{minor} or newer with its modules venv and ensurepip; \
             none of {} is one (on Debian and Ubuntu: apt install python3 python3-venv)",
            CANDIDATES.join(", ")
        );
    };
    Ok(found)
}

fn is_new_enough(version: &str) -> bool {
    version
        .trim()
        .split_once('.')
        .and_then(|(major, minor)| Some((major.parse::<u32>().ok()?, minor.parse::<u32>().ok()?)))
        .is_some_and(|version| version >= OLDEST)
}

#[cfg(test)]
mod tests {
    use super::is_new_enough;

    #[test]
    fn versions_of_python_are_compared_as_numbers() {
        assert!(is_new_enough("3.11\n"));
        assert!(is_new_enough("3.13\n"));
        assert!(!is_new_enough("3.9\n"));
        assert!(!is_new_enough("2.7\n"));
        assert!(!is_new_enough("pyenv: command not found"));
    }
}
