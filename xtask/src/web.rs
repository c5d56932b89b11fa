//! The web UI's own checks: what runs on Node, and the tests in a browser.

mod chromium;
mod licences;

use std::fs::File;
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use crate::process::Process;
use crate::report;
use crate::workspace::{EVERYTHING, Workspace};

/// What `halftone --version` says of a program that was built without the UI.
const WITHOUT_UI: &str = "without the web UI";

/// The folder of the UI, with the packages of its `package-lock.json` installed.
#[derive(Debug)]
struct Sources {
    directory: PathBuf,
}

/// Checks types, style, unit tests and the licences of what is shipped.
pub(crate) fn check(workspace: &Workspace) -> anyhow::Result<()> {
    let sources = Sources::open(workspace)?;
    licences::check(&sources.directory.join("package-lock.json"))?;
    for script in ["check", "lint", "unit"] {
        sources.npm(&["run", script]).run()?;
    }
    Ok(())
}

/// Runs the tests that look at the pages of the real program in a real browser.
pub(crate) fn browse(workspace: &Workspace) -> anyhow::Result<()> {
    let sources = Sources::open(workspace)?;
    let chromium = chromium::find_or_install(workspace)?;
    // All members are selected as in every other step, and the program is built as its own tests need it, so that nothing
    // is compiled twice: a plain `build` takes the dependencies without the features that tests add.
    workspace.cargo("test").args(EVERYTHING).args(["--no-run", "--test", "server"]).run()?;
    let binary = workspace.target_directory.join("debug/halftone");
    let version = workspace.process(&binary).arg("--version").output()?;
    if version.contains(WITHOUT_UI) {
        bail!("{} was built without the web UI: {NEEDED}", binary.display());
    }
    sources
        .npm(&["test"])
        .env("HALFTONE_BINARY", binary)
        .env("HALFTONE_CHROMIUM", chromium)
        .env("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")
        .run()
}

/// What to do when Node is missing.
const NEEDED: &str = "the web UI needs Node.js 20.19 or newer, and npm; see CONTRIBUTING.md";

impl Sources {
    /// Installs the packages if they are not those that are asked for.
    fn open(workspace: &Workspace) -> anyhow::Result<Self> {
        let sources = Self { directory: workspace.root.join("adapters/web") };
        if sources.process("node").arg("--version").output_if_it_works().is_none() {
            bail!(NEEDED);
        }
        // The build script of `halftone-web` holds the same lock: two installations at once break each other.
        let lock = File::create(sources.directory.join(".node_modules.lock"))?;
        lock.lock().context("cannot wait for another installation of the web UI's packages")?;
        if sources.process("node").arg("embed/modules.js").output_if_it_works().is_none() {
            report::line("web: installing the packages of package-lock.json");
            let options = ["ci", "--ignore-scripts", "--include=dev", "--no-audit", "--no-fund"];
            sources.npm(&options).run().context(NEEDED)?;
        }
        Ok(sources)
    }

    fn npm(&self, arguments: &[&str]) -> Process {
        self.process("npm").args(arguments)
    }

    fn process(&self, program: &str) -> Process {
        Process::new(program, &self.directory)
    }
}
