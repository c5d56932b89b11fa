//! Cold start: what happens once in the life of an execution environment.
//!
//! Configuration, connections, services and the rendering threads are made here and used by every invocation. The platform
//! gives a function processors in proportion to its memory, so both bounds of the renderer follow from that one number
//! unless the configuration says otherwise.

use std::collections::BTreeMap;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread;

use halftone_core::ports::queue::JobQueue;
use halftone_core::services::{Dependencies, Services};
use halftone_core::settings::{ArchiveDelivery, Settings};
use halftone_home::config::choice::Replies;
use halftone_home::config::value::{Auto, ByteSize, WorkerCount};
use halftone_home::config::{Config, Overrides};
use halftone_home::home::Home;
use halftone_home::options::{http_options, renderer_spec};
use halftone_home::telemetry;
use halftone_http::{EventStreamOptions, HttpOptions, application};

use crate::api::{HttpHandler, ProxySecret, ReplyMode};
use crate::handler::BatchHandler;
use crate::queue::PlatformQueue;
use crate::turn::TurnHandler;

/// How much memory comes with one processor, in MB:
/// <https://docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html>.
const MB_PER_PROCESSOR: u32 = 1769;

/// An installation that is open, and the configuration that it was opened with.
#[derive(Debug)]
pub struct ColdStart {
    config: Config,
    home: Home,
}

impl ColdStart {
    /// Reads the configuration, starts logging and opens the home.
    ///
    /// # Errors
    /// The configuration is wrong, or something that it names cannot be reached.
    ///
    /// # Panics
    /// The program does not run on Lambda: the platform's own variables are missing.
    pub async fn open() -> anyhow::Result<Self> {
        // An index of a large collection takes longer than an invocation may; the server, or a command of it, makes them.
        let defaults = BTreeMap::from([("log.format", "json"), ("mongodb.create_indexes", "off")]);
        let mut config = Config::load(Overrides { defaults, ..Overrides::default() }).await?;
        telemetry::start(&config.log)?;
        // A number of MB that is no number would be the platform's mistake; the smallest function is the safe guess.
        let memory_mb = u32::try_from(lambda_runtime::Config::from_env().memory).unwrap_or(128);
        fit(&mut config, memory_mb);
        let home = Home::open(&config).await?;
        Ok(Self { config, home })
    }

    /// The image worker: for batches, and for turns of a schedule.
    ///
    /// # Errors
    /// The rendering threads cannot be started.
    pub fn worker(mut self) -> anyhow::Result<(BatchHandler, TurnHandler)> {
        let queue: Arc<dyn JobQueue> =
            Arc::new(PlatformQueue::new(Arc::clone(&self.home.backend.queue.jobs)));
        self.home.backend.queue.jobs = Arc::clone(&queue);
        let dependencies = self.home.dependencies(&self.config)?;
        let clock = Arc::clone(&dependencies.clock);
        let services = Services::new(dependencies);
        let batches = BatchHandler {
            working: services.working,
            queue,
            clock: Arc::clone(&clock),
            concurrency: renderer_spec(&self.config).threads,
        };
        Ok((batches, TurnHandler::new(services.sweeping, services.notifying, clock)))
    }

    /// The HTTP API.
    ///
    /// # Errors
    /// The rendering threads cannot be started; previews are rendered here.
    pub fn api(self) -> anyhow::Result<HttpHandler> {
        let dependencies = self.home.dependencies(&self.config)?;
        // An answer has at most 6 MB, and a streamed one 200 MB, of which all but the first 6 MB come at 2 MB/s:
        // <https://docs.aws.amazon.com/lambda/latest/dg/configuration-response-streaming.html>.
        let settings = Settings { archives: ArchiveDelivery::Stored, ..dependencies.settings };
        let services = Services::new(Dependencies { settings, ..dependencies });
        // A function answers in one piece, or is paid for as long as a stream is open.
        let event_streams = EventStreamOptions { offered: false, ..EventStreamOptions::default() };
        let readiness = Some(self.home.readiness());
        let options = HttpOptions { readiness, event_streams, ..http_options(&self.config) };
        Ok(HttpHandler {
            application: application(services, options),
            replies: match self.config.lambda.replies {
                Replies::Buffered => ReplyMode::Buffered,
                Replies::Streamed => ReplyMode::Streamed,
            },
            proxy_secret: self
                .config
                .lambda
                .proxy_secret
                .0
                .as_ref()
                .map(|secret| ProxySecret::new(secret.reveal().to_owned())),
            base_path: self.config.lambda.base_path.0.as_ref().map(|path| path.as_str().to_owned()),
        })
    }
}

/// Fills in what the function's memory decides.
fn fit(config: &mut Config, memory_mb: u32) {
    if config.workers.count == WorkerCount::Auto {
        let cores = thread::available_parallelism().unwrap_or(NonZeroUsize::MIN);
        config.workers.count = WorkerCount::Exactly(processors(memory_mb).min(cores));
    }
    if config.workers.memory_budget.0.is_none() {
        config.workers.memory_budget = Auto(Some(ByteSize(render_budget_bytes(memory_mb))));
    }
}

/// How many processors the platform gives to a function, begun ones counted.
fn processors(memory_mb: u32) -> NonZeroUsize {
    let processors = memory_mb.div_ceil(MB_PER_PROCESSOR);
    usize::try_from(processors).ok().and_then(NonZeroUsize::new).unwrap_or(NonZeroUsize::MIN)
}

/// What pictures may take while they are rendered: three fifths. The rest is for their files, which the renderer does not
/// count, and for the program.
fn render_budget_bytes(memory_mb: u32) -> u64 {
    (u64::from(memory_mb) << 20) / 5 * 3
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn processors_follow_from_memory() {
        for (memory_mb, expected) in [(128, 1), (1769, 1), (1770, 2), (3008, 2), (10_240, 6)] {
            assert_eq!(processors(memory_mb).get(), expected, "{memory_mb} MB");
        }
    }

    #[test]
    fn the_budget_leaves_room_for_files() {
        assert_eq!(render_budget_bytes(1000), 600 << 20);
    }
}
