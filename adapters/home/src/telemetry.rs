//! The log: what is written, how it looks, and where it goes. `docs/logging.md` lists targets and fields.

use std::io::{self, IsTerminal as _};

use anyhow::Context as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::fmt::format::JsonFields;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{Layer, Registry};

use crate::config::choice::LogFormat;
use crate::config::sections::LogConfig;
use json_lines::JsonLines;

mod json_lines;

/// Starts logging to the standard error stream, so that the standard output stays for people.
///
/// # Errors
/// Logging was started before.
pub fn start(config: &LogConfig) -> anyhow::Result<()> {
    let filter: Targets = config.filter.as_str().parse().context("the log filter was checked before")?;
    let lines = lines(config.format, io::stderr, io::stderr().is_terminal());
    tracing_subscriber::registry().with(lines.with_filter(filter)).try_init()?;
    Ok(())
}

/// What writes lines of this format. Both tell an error with everything that caused it.
fn lines<W>(format: LogFormat, writer: W, is_terminal: bool) -> Box<dyn Layer<Registry> + Send + Sync>
where
    W: for<'writer> MakeWriter<'writer> + Send + Sync + 'static,
{
    let lines = tracing_subscriber::fmt::layer().with_writer(writer);
    match format {
        LogFormat::Text => lines.with_ansi(is_terminal).boxed(),
        LogFormat::Json => lines.fmt_fields(JsonFields::new()).event_format(JsonLines).boxed(),
    }
}
