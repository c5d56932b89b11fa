//! One open stream: looks, waits, looks again.

use std::collections::VecDeque;
use std::error::Error;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{Stream, stream};
use halftone_core::services::watching::{Begun, Happening, Watch, WatchingService};
use jiff::SignedDuration;
use poem::web::sse::Event;

use crate::api::events::body::event;
use crate::site::Site;
use crate::streams::Slot;

/// After what time a browser connects again, in milliseconds.
const RETRY_MS: u64 = 2_000;

/// How long a look waits after a hint, so that a burst of changes is one look.
const GATHER: Duration = Duration::from_millis(250);

/// One open stream.
pub(super) struct Connection {
    site: Arc<Site>,
    token: String,
    watch: Watch,
    pause: Duration,
    waiting: VecDeque<Event>,
    _slot: Slot,
}

impl Connection {
    /// Begins with `ready`, whose id lets a browser go on from here.
    pub(super) fn new(site: Arc<Site>, token: String, begun: Begun, slot: Slot) -> Self {
        let (watch, is_anew) = match begun {
            Begun::At(watch) => (watch, false),
            Begun::Anew(watch) => (watch, true),
        };
        let plain = |name: &str| Event::message("{}").event_type(name);
        let mut waiting = VecDeque::from([Event::retry(RETRY_MS)]);
        waiting.extend(is_anew.then(|| plain("reset")));
        waiting.push_back(plain("ready").id(watch.mark()));
        // A watch that goes on has something to catch up with.
        Self { site, token, watch, pause: Duration::ZERO, waiting, _slot: slot }
    }

    /// The events, until the token ends, the server stops or the store fails.
    pub(super) fn into_stream(self) -> impl Stream<Item = Event> + Send + 'static {
        stream::unfold(self, async |mut connection| {
            let event = connection.next().await?;
            Some((event, connection))
        })
    }

    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
            }
            if !self.rest().await {
                return None;
            }
            let found = self.look().await?;
            self.pause = next_pause(self.pause, !found.is_empty());
            self.waiting.extend(found.iter().map(event));
            // Only what comes last has the mark: a stream that breaks off before it is told everything again.
            if let Some(last) = self.waiting.pop_back() {
                self.waiting.push_back(last.id(self.watch.mark()));
            }
        }
    }

    /// Waits for the next look; `false` if the server stops.
    async fn rest(&self) -> bool {
        let hint = async {
            self.site.streams.stirred().await;
            tokio::time::sleep(GATHER).await;
        };
        tokio::select! {
            biased;
            () = self.site.options.event_streams.closing.cancelled() => false,
            () = tokio::time::sleep(self.pause) => true,
            () = hint => true,
        }
    }

    /// What changed; `None` if the stream ends. A browser connects again and misses nothing.
    async fn look(&mut self) -> Option<Vec<Happening>> {
        let services = &self.site.services;
        let principal = match services.accounts.authenticate(&self.token).await {
            Ok(principal) => principal,
            Err(error) => {
                tracing::debug!(error = &error as &dyn Error, "an event stream ends with its token");
                return None;
            }
        };
        match services.watching.look(&principal, &mut self.watch).await {
            Ok(found) => Some(found),
            Err(error) => {
                tracing::warn!(error = &error as &dyn Error, "an event stream ends because a look failed");
                None
            }
        }
    }
}

/// Short while something happens, then longer from look to look.
fn next_pause(pause: Duration, is_busy: bool) -> Duration {
    let (busy, idle) = (duration(WatchingService::BUSY), duration(WatchingService::IDLE));
    if is_busy { busy } else { (pause + busy).min(idle) }
}

fn duration(signed: SignedDuration) -> Duration {
    signed.unsigned_abs()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn looks_become_rare_when_nothing_happens() {
        let mut pause = Duration::ZERO;
        let pauses = [false; 7].map(|is_busy| {
            pause = next_pause(pause, is_busy);
            pause.as_secs()
        });
        assert_eq!(pauses, [1, 2, 3, 4, 5, 5, 5]);
        assert_eq!(next_pause(pause, true).as_secs(), 1);
    }
}
