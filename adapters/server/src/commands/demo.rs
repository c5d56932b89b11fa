//! `halftone demo`: a studio full of examples, so that a newcomer sees the product in a minute.
//!
//! Everything goes through the services, as it would in a studio's life: upload, render, share, visit, pick, order.

mod content;
mod filling;
mod guide;
mod visitors;

use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::{Context as _, bail};

use crate::cli::ServeArgs;
use crate::console;
use crate::serving::serve;
use crate::wiring::Studio;
use guide::Guide;
use halftone_home::config::Config;
use halftone_home::config::reader::Flag;
use halftone_home::embedded::make_private_directory;
use halftone_home::telemetry;

/// Where the demonstration lives if nothing is said.
const DEFAULT_DIRECTORY: &str = "./halftone-demo";

/// Marks a directory as ours. It says whether the filling came to its end.
const MARKER: &str = "halftone-demo.txt";
const UNFINISHED: &str = "The filling of this demonstration has begun; `halftone demo` begins anew.\n";
const FINISHED: &str = "This directory was filled by `halftone demo`, which can be run again at any time.\n";

/// Fills the directory unless that has been done, and serves it.
///
/// # Errors
/// The directory holds something else, or is in use; and whatever `serve` reports.
pub(crate) fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let mut overrides = args.overrides();
    // Not the configured directory: that one is for real work.
    overrides
        .settings
        .entry("server.data_dir")
        .or_insert_with(|| Flag { name: "the demonstration", text: DEFAULT_DIRECTORY.to_owned() });
    // The log would bury what a newcomer should read.
    overrides.defaults.insert("log.filter", "warn");
    // Nor the services that the configuration may name: a demonstration is a matter of this computer.
    for (path, text) in
        [("backends.metadata", "embedded"), ("backends.objects", "embedded"), ("backends.queue", "embedded")]
    {
        overrides.settings.insert(path, Flag { name: "the demonstration", text: text.to_owned() });
    }
    let logins = Flag { name: "the demonstration", text: "local".to_owned() };
    overrides.settings.insert("backends.identity", logins);
    let runtime = super::serve::runtime()?;
    runtime.block_on(async {
        let config = Config::load(overrides).await?;
        telemetry::start(&config.log)?;
        let marker = claim(&config.server.data_dir)?;
        let studio = Studio::open(&config).await?;
        if fs::read_to_string(&marker)? != FINISHED {
            console::say("Filling the demonstration with example galleries ...");
            filling::fill(&studio).await.context("cannot fill the demonstration")?;
            fs::write(&marker, FINISHED)?;
        }
        let guide = Guide::read(&studio.services).await.context("cannot read the demonstration")?;
        serve(studio, &config, |address| guide.print(address)).await
    })?;
    Ok(ExitCode::SUCCESS)
}

/// Makes sure that the directory is empty or ours, and marks it.
fn claim(directory: &Path) -> anyhow::Result<PathBuf> {
    let name = directory.display();
    make_private_directory(directory).with_context(|| format!("cannot make the directory {name}"))?;
    let marker = directory.join(MARKER);
    match fs::exists(&marker) {
        Ok(true) => return Ok(marker),
        Ok(false) => {}
        Err(error) => return Err(error).context(format!("cannot look into the directory {name}")),
    }
    if !is_empty(directory).with_context(|| format!("cannot look into the directory {name}"))? {
        bail!("{name} holds something else than a demonstration; choose another directory with --data-dir");
    }
    fs::write(&marker, UNFINISHED).with_context(|| format!("cannot write into the directory {name}"))?;
    Ok(marker)
}

fn is_empty(directory: &Path) -> io::Result<bool> {
    Ok(fs::read_dir(directory)?.next().is_none())
}
