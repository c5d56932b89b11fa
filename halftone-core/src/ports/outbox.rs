//! Events on their way to the notification channels.

use std::fmt;

use async_trait::async_trait;
use jiff::SignedDuration;

use crate::event::Event;
use crate::id::{EventId, StudioId};
use crate::ports::error::StorageError;

/// Reads the events that the repositories recorded.
///
/// Every recorded event MUST be claimed at least once, and again if it is not acknowledged before its lease
/// runs out.
#[async_trait]
pub trait Outbox: fmt::Debug + Send + Sync + 'static {
    /// Hands out up to `most` events that are not delivered, oldest (lowest id) first, for the time of
    /// `lease`.
    async fn claim(&self, most: usize, lease: SignedDuration) -> Result<Vec<Event>, StorageError>;

    /// The events were delivered and are forgotten; acknowledging the absent succeeds.
    async fn acknowledge(&self, events: &[EventId]) -> Result<(), StorageError>;

    /// Forgets the events of a studio.
    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError>;
}
