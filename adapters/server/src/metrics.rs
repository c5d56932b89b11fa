//! The metrics of this process, for Prometheus: what the HTTP application records, and how full the queue is.
//!
//! | name | kind | labels |
//! | --- | --- | --- |
//! | `halftone_jobs` | gauge | `state`: `waiting`, `leased`, `dead` |

use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use halftone_core::ports::queue::JobQueue;
use halftone_http::{DURATION_BUCKETS, DURATION_METRIC, RenderMetrics};
use metrics::{Unit, describe_gauge, gauge};
use metrics_exporter_prometheus::{Matcher, PrometheusBuilder, PrometheusHandle};

use crate::shutdown::Shutdown;

const JOBS: &str = "halftone_jobs";

/// How often the queue is counted, and old samples are folded away.
const INTERVAL: Duration = Duration::from_secs(5);

/// Starts recording.
///
/// # Errors
/// Something else records already.
pub(crate) fn start() -> anyhow::Result<PrometheusHandle> {
    let durations = Matcher::Full(DURATION_METRIC.to_owned());
    let builder = PrometheusBuilder::new().set_buckets_for_metric(durations, &DURATION_BUCKETS)?;
    let handle = builder.install_recorder().context("cannot record metrics")?;
    describe_gauge!(JOBS, Unit::Count, "Jobs by state");
    Ok(handle)
}

/// What the admin listener prints.
pub(crate) fn render(handle: PrometheusHandle) -> RenderMetrics {
    Arc::new(move || handle.render())
}

/// Keeps the gauges up to date until the server stops.
pub(crate) async fn watch_until(handle: PrometheusHandle, queue: Arc<dyn JobQueue>, shutdown: Shutdown) {
    loop {
        match queue.depth().await {
            Ok(depth) => {
                for (state, count) in
                    [("waiting", depth.waiting), ("leased", depth.leased), ("dead", depth.dead)]
                {
                    #[expect(clippy::cast_precision_loss, reason = "no queue holds 2^53 jobs")]
                    gauge!(JOBS, "state" => state).set(count as f64);
                }
            }
            // Whoever works with the queue reports it where it matters.
            Err(error) => tracing::debug!(error = &error as &dyn Error, "the queue cannot be counted"),
        }
        handle.run_upkeep();
        tokio::select! {
            () = shutdown.stop.cancelled() => return,
            () = tokio::time::sleep(INTERVAL) => {}
        }
    }
}
