//! `halftone serve`: the studio.

use std::process::ExitCode;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};

use crate::cli::ServeArgs;
use crate::serving::serve;
use crate::wiring::Studio;
use halftone_home::config::Config;
use halftone_home::telemetry;

/// What blocking work (a file being written) may take after everything else has ended.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// Serves until a signal comes.
///
/// # Errors
/// The configuration is wrong, the data directory or an address is taken, or a task died.
pub(crate) fn run(args: ServeArgs) -> anyhow::Result<ExitCode> {
    let runtime = runtime()?;
    let result = runtime.block_on(async {
        let config = Config::load(args.overrides()).await?;
        telemetry::start(&config.log)?;
        let studio = Studio::open(&config).await?;
        serve(studio, &config, |_| {}).await
    });
    runtime.shutdown_timeout(LAST_WORDS);
    result.map(|()| ExitCode::SUCCESS)
}

/// The threads that serve; pictures are rendered on others.
pub(crate) fn runtime() -> anyhow::Result<Runtime> {
    Ok(Builder::new_multi_thread().enable_all().build()?)
}
