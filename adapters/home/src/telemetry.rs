//! The log: what is written, how it looks, and where it goes. `docs/logging.md` lists targets and fields.

use std::io::{self, IsTerminal as _};

use anyhow::Context as _;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::config::sections::LogConfig;
use crate::config::value::LogFormat;

/// Starts logging to the standard error stream, so that the standard output stays for people.
///
/// # Errors
/// Logging was started before.
pub fn start(config: &LogConfig) -> anyhow::Result<()> {
    let filter: Targets = config.filter.as_str().parse().context("the log filter was checked before")?;
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr);
    let lines = match config.format {
        LogFormat::Text => lines.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    tracing_subscriber::registry().with(lines.with_filter(filter)).try_init()?;
    Ok(())
}
