//! What cargo knows about this workspace: its packages, their dependencies on each other, where it builds.

use std::path::{Path, PathBuf};

use anyhow::Context as _;
use serde::Deserialize;

use crate::process::Process;

/// What a cargo command selects that shall see all code: every member with every backend.
///
/// All steps select the same, because another selection would unify the features of the dependencies in another way
/// and build them again.
pub(crate) const EVERYTHING: [&str; 4] =
    ["--locked", "--workspace", "--features", "halftone-storage/mongodb,halftone-storage/s3"];

/// The workspace that this program was built from.
#[derive(Debug)]
pub(crate) struct Workspace {
    /// The folder of the root `Cargo.toml`.
    pub(crate) root: PathBuf,
    /// Where cargo builds; the tools that xtask installs go into `tools` under it.
    pub(crate) target_directory: PathBuf,
    /// The members, without any crate from a registry.
    pub(crate) packages: Vec<Package>,
}

/// One member of the workspace.
#[derive(Debug, Deserialize)]
pub(crate) struct Package {
    pub(crate) name: String,
    pub(crate) dependencies: Vec<Dependency>,
    pub(crate) features: std::collections::BTreeMap<String, Vec<String>>,
    pub(crate) targets: Vec<Target>,
}

impl Package {
    /// Tells whether the package has a library that others can depend on.
    pub(crate) fn is_library(&self) -> bool {
        self.targets.iter().any(|target| target.kind.iter().any(|kind| kind == "lib"))
    }
}

/// A dependency as the member's own `Cargo.toml` names it.
#[derive(Debug, Deserialize)]
pub(crate) struct Dependency {
    pub(crate) name: String,
    /// Absent for an ordinary dependency.
    pub(crate) kind: Option<DependencyKind>,
}

impl Dependency {
    /// Tells whether only the package's own tests, examples and benches see the dependency.
    pub(crate) fn is_for_development(&self) -> bool {
        self.kind == Some(DependencyKind::Dev)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum DependencyKind {
    Build,
    Dev,
}

/// Something that cargo builds from a package.
#[derive(Debug, Deserialize)]
pub(crate) struct Target {
    pub(crate) kind: Vec<String>,
}

#[derive(Deserialize)]
struct Metadata {
    packages: Vec<Package>,
    target_directory: PathBuf,
    workspace_root: PathBuf,
}

impl Workspace {
    /// Asks cargo about the workspace that holds this package's sources.
    pub(crate) fn open() -> anyhow::Result<Self> {
        let sources = Path::new(env!("CARGO_MANIFEST_DIR"));
        let json = Process::new("cargo", sources)
            .args(["metadata", "--locked", "--no-deps", "--format-version", "1"])
            .output()?;
        let metadata: Metadata = serde_json::from_str(&json).context("cargo metadata is not as expected")?;
        Ok(Self {
            root: metadata.workspace_root,
            target_directory: metadata.target_directory,
            packages: metadata.packages,
        })
    }

    /// Tells whether the workspace has a member of that name yet.
    pub(crate) fn has_member(&self, name: &str) -> bool {
        self.packages.iter().any(|package| package.name == name)
    }

    /// Prepares a cargo command in the workspace's root.
    pub(crate) fn cargo(&self, subcommand: &str) -> Process {
        self.process("cargo").arg(subcommand)
    }

    /// Prepares any program in the workspace's root.
    pub(crate) fn process(&self, program: impl AsRef<std::ffi::OsStr>) -> Process {
        Process::new(program, &self.root)
    }
}
