//! The container image without a daemon and without a registry: built by buildah on bases that are made here, and run as
//! nobody on a root that cannot be written, with a [`crate::journey`] through it.
//!
//! For machines that have no Docker, and none of the published base images. It builds the same Dockerfile as the release does; the
//! bases stand in for `rust`, `node` and distroless under their names. It needs Debian and root, and takes as long as a release
//! build.

mod bases;
mod container;

use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail};
use clap::Args;

use crate::journey;
use crate::process::Process;
use crate::report;
use crate::services;
use crate::workspace::Workspace;
use container::Container;

/// What the built image is called.
const IMAGE: &str = "localhost/halftone-server:test";

/// What follows `cargo xtask image`.
#[derive(Debug, Clone, Copy, Args)]
pub(crate) struct Arguments {
    /// Takes this port instead of any that is free.
    #[arg(long)]
    port: Option<u16>,
    /// Runs the image that was built before.
    #[arg(long)]
    keep_image: bool,
}

/// Builds, runs, and goes through it.
///
/// # Errors
/// A tool is missing, the image cannot be built, or its server does not do what it should.
pub(crate) fn run(workspace: &Workspace, arguments: Arguments) -> anyhow::Result<()> {
    if !rustix::process::geteuid().is_root() {
        bail!(
            "images are built here as root alone; with Docker, `docker buildx build` does it for everybody"
        );
    }
    install_tools(workspace)?;
    let store = Store { directory: workspace.target_directory.join("image"), root: workspace.root.clone() };
    if !arguments.keep_image {
        bases::make(workspace, &store)?;
        build(&store)?;
    }
    let port = services::pick_ports(arguments.port, 1)?[0];
    let container = Container::start(&store, IMAGE, port)?;
    let outcome = journey::run(&workspace.root, &format!("http://127.0.0.1:{port}"));
    if outcome.is_err() {
        report::line(&container.log());
    }
    outcome?;
    container.check_limits()?;
    container.stop()
}

fn install_tools(workspace: &Workspace) -> anyhow::Result<()> {
    let is_there = |name: &str| workspace.process(name).arg("--version").output_if_it_works().is_some();
    if is_there("buildah") && is_there("debootstrap") {
        return Ok(());
    }
    report::line("image: installing buildah and debootstrap with apt-get");
    let apt = || workspace.process("apt-get").env("DEBIAN_FRONTEND", "noninteractive");
    apt().args(["update", "--quiet"]).run()?;
    let install = ["install", "--quiet", "--yes", "--no-install-recommends", "buildah", "debootstrap"];
    apt().args(install).run().context("only Debian and its kin are known here")
}

fn build(store: &Store) -> anyhow::Result<()> {
    report::heading("building the image; this is a release build and takes its time");
    store
        .buildah("bud")
        // Without layers of steps: this way of storing images copies each one in full.
        .args(["--isolation", "chroot", "--format", "docker", "--pull-never", "--layers=false"])
        .args(["--file", "infra/docker/Dockerfile", "--target", "server", "--tag", IMAGE, "."])
        .run()
}

/// Where buildah keeps its images and containers.
#[derive(Debug)]
struct Store {
    directory: PathBuf,
    root: PathBuf,
}

impl Store {
    /// Prepares a command of buildah, in the root of the repository.
    fn buildah(&self, command: &str) -> Process {
        Process::new("buildah", &self.root)
            .args(["--storage-driver", "vfs", "--root"])
            .arg(self.directory.join("store"))
            .arg("--runroot")
            .arg(self.directory.join("run"))
            // Archives of layers are large, and not every system has room for them elsewhere.
            .env("TMPDIR", &self.directory)
            .arg(command)
    }

    /// Makes an image of a folder, under the name of the image that it stands in for.
    fn commit(&self, folder: &Path, name: &str, settings: &[&str]) -> anyhow::Result<()> {
        let container = self.buildah("from").arg("scratch").output()?;
        let container = container.trim();
        self.buildah("copy").arg("--quiet").arg(container).arg(folder).arg("/").run()?;
        if !settings.is_empty() {
            self.buildah("config").args(settings).arg(container).run()?;
        }
        self.buildah("commit").args(["--quiet", "--rm", container, name]).run()
    }

    fn has(&self, name: &str) -> bool {
        self.buildah("inspect").args(["--type", "image", name]).output_if_it_works().is_some()
    }
}
