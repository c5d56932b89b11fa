//! The browser of the tests: Debian's Chromium.

use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::report;
use crate::workspace::Workspace;

/// Where Debian and Ubuntu have it.
const INSTALLED: &str = "/usr/bin/chromium";

/// Names another browser.
const VARIABLE: &str = "HALFTONE_CHROMIUM";

/// Finds the browser, or installs it where that is allowed: as root, on a system that has `apt-get`.
pub(super) fn find_or_install(workspace: &Workspace) -> anyhow::Result<PathBuf> {
    let chosen = std::env::var_os(VARIABLE).map_or_else(|| PathBuf::from(INSTALLED), PathBuf::from);
    if !chosen.exists() && chosen == Path::new(INSTALLED) && rustix::process::geteuid().is_root() {
        report::line("browser: installing Chromium with apt-get");
        let apt = || workspace.process("apt-get").env("DEBIAN_FRONTEND", "noninteractive");
        apt().args(["update", "--quiet"]).run()?;
        apt().args(["install", "--quiet", "--yes", "--no-install-recommends", "chromium"]).run()?;
    }
    if !chosen.exists() {
        bail!("there is no {}; install Chromium, or name one with {VARIABLE}", chosen.display());
    }
    Ok(chosen)
}
