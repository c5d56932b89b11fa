//! `halftone serve`: the studio on one computer.

use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::cli::ServeArgs;
use crate::config::Config;
use crate::serving::serve;
use crate::telemetry;
use crate::wiring::Studio;

/// What blocking work (a file being written) may take after everything else has ended.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Serves until a signal comes.
///
/// # Errors
/// The configuration is wrong, the data directory or an address is taken, or a task died.
pub(crate) fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let config = Config::load(args.overrides())?;
    telemetry::start(&config.log)?;
    let runtime = runtime()?;
    let result = runtime.block_on(async {
        let studio = Studio::open(&config)?;
        serve(studio, &config, |_| {}).await
    });
    runtime.shutdown_timeout(LAST_WORDS);
    result.map(|()| ExitCode::SUCCESS)
}

/// The threads that serve; pictures are rendered on others.
pub(crate) fn runtime() -> anyhow::Result<Runtime> {
    Ok(Builder::new_multi_thread().enable_all().build()?)
}
