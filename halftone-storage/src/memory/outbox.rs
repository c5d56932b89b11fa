//! Events in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::event::Event;
use halftone_core::id::{ClientId, EventId, OrderId, PhotoId, ShareId, StudioId};
use halftone_core::ports::error::StorageError;
use halftone_core::ports::outbox::Outbox;
use jiff::{SignedDuration, Timestamp};

use super::queue::later;
use super::state::SharedState;

/// The document with which an event was written, and with which it is purged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Origin {
    Studio(StudioId),
    Photo(PhotoId),
    Share(ShareId),
    Selections(ClientId),
    Order(OrderId),
}

#[derive(Debug)]
struct Entry {
    event: Event,
    origin: Origin,
    leased_until: Option<Timestamp>,
}

/// The events that are not delivered yet, by id.
#[derive(Debug, Default)]
pub(super) struct Events {
    entries: BTreeMap<EventId, Entry>,
}

impl Events {
    pub(super) fn record(&mut self, origin: Origin, events: &[Event]) {
        for event in events {
            let entry = Entry { event: event.clone(), origin, leased_until: None };
            self.entries.insert(event.id, entry);
        }
    }

    pub(super) fn purge(&mut self, origin: Origin) {
        self.entries.retain(|_, entry| entry.origin != origin);
    }
}

/// Reads the events of the memory repositories.
#[derive(Debug)]
pub struct MemoryOutbox {
    state: SharedState,
    clock: Arc<dyn Clock>,
}

impl MemoryOutbox {
    pub(super) fn new(state: SharedState, clock: Arc<dyn Clock>) -> Self {
        Self { state, clock }
    }
}

#[async_trait]
impl Outbox for MemoryOutbox {
    async fn claim(&self, most: usize, lease: SignedDuration) -> Result<Vec<Event>, StorageError> {
        let now = self.clock.now();
        let until = later(now, lease);
        let mut state = self.state.lock();
        let free =
            state.events.entries.values_mut().filter(|entry| entry.leased_until.is_none_or(|end| end <= now));
        let claimed = free.take(most).map(|entry| {
            entry.leased_until = Some(until);
            entry.event.clone()
        });
        Ok(claimed.collect())
    }

    async fn acknowledge(&self, events: &[EventId]) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        for event in events {
            state.events.entries.remove(event);
        }
        Ok(())
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        self.state.lock().events.entries.retain(|_, entry| entry.event.studio != studio);
        Ok(())
    }
}
