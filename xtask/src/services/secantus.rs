//! The program that stands in for MongoDB: `secantusd-rs`, compiled from the crate `secantus-mdb`.

use std::ffi::OsString;
use std::path::{Path, PathBuf};

use anyhow::Context as _;

use super::stamp::Stamp;
use crate::workspace::Workspace;

const VERSION: &str = "0.5.3-beta.196";

/// Cheaper to build than the crate's own profile; the tests do not notice the difference.
const PROFILE: [&str; 3] =
    [r#"profile.release.lto="off""#, "profile.release.codegen-units=16", "profile.release.debug=false"];

/// The installation in `target/peers/secantus`.
#[derive(Debug)]
pub(super) struct Secantus<'a> {
    workspace: &'a Workspace,
    directory: PathBuf,
}

impl<'a> Secantus<'a> {
    pub(super) fn of(workspace: &'a Workspace) -> Self {
        Self { workspace, directory: super::directory(workspace).join("secantus") }
    }

    /// What is installed, for people.
    pub(super) fn title() -> String {
        format!("secantus-mdb {VERSION}")
    }

    pub(super) fn is_current(&self) -> bool {
        self.stamp().is_current()
    }

    /// Compiles the server, with the `cmake` that lies in the given directory, and removes what the build leaves.
    pub(super) fn install(&self, programs: &Path) -> anyhow::Result<()> {
        let build = self.directory.with_extension("build");
        let outcome = self.cargo_install(programs, &build);
        if build.exists() {
            std::fs::remove_dir_all(&build)
                .context("could not remove the build directory of the MongoDB peer")?;
        }
        outcome?;
        self.stamp().write()
    }

    /// The server's program.
    pub(super) fn program(&self) -> PathBuf {
        self.directory.join("bin/secantusd-rs")
    }

    fn cargo_install(&self, programs: &Path, build: &Path) -> anyhow::Result<()> {
        let profile = PROFILE.iter().flat_map(|setting| ["--config", setting]);
        self.workspace
            .cargo("install")
            // The crate asks for a newer Rust than it uses; its own lock file keeps the build the same.
            .args(["--locked", "--ignore-rust-version", "secantus-mdb", "--version", VERSION])
            .args(profile)
            .arg("--force")
            .arg("--root")
            .arg(&self.directory)
            .env("CARGO_RESOLVER_INCOMPATIBLE_RUST_VERSIONS", "allow")
            .env("CARGO_TARGET_DIR", build)
            .env("PATH", search_path_with(programs)?)
            .run_supervised("cargo install", &self.directory.with_extension("log"))
    }

    fn stamp(&self) -> Stamp {
        Stamp::new(&self.directory, format!("{}\n{}\n", Self::title(), PROFILE.join("\n")))
    }
}

fn search_path_with(programs: &Path) -> anyhow::Result<OsString> {
    let inherited = std::env::var_os("PATH").unwrap_or_default();
    let directories = std::iter::once(programs.to_owned()).chain(std::env::split_paths(&inherited));
    std::env::join_paths(directories)
        .context("a directory with a colon in its name cannot be searched for cmake")
}
