//! Where notifications are kept.

use std::fmt;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::id::{EventId, StudioId};
use crate::notification::{ListedNotification, Notification};
use crate::page::{Page, PageLimit, PageRequest};
use crate::ports::error::StorageError;

/// Keeps what studios were told. A notification never changes, but for whether it was read.
#[async_trait]
pub trait NotificationRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a notification that nobody has read.
    ///
    /// # Errors
    /// `AlreadyExists` if the id is taken; MUST leave what is there as it is.
    async fn create(&self, notification: &Notification) -> Result<(), StorageError>;

    /// The studio's notification with this id, listed or not.
    async fn find(&self, studio: StudioId, id: EventId) -> Result<Option<Notification>, StorageError>;

    /// The studio's notifications with these ids, listed or not, in any order; absent ones are left out. At most 500 ids.
    async fn find_many(&self, studio: StudioId, ids: &[EventId]) -> Result<Vec<Notification>, StorageError>;

    /// The studio's listed notifications by the instant at which they were made and then by id, the latest first.
    async fn list(
        &self,
        studio: StudioId,
        page: &PageRequest,
    ) -> Result<Page<ListedNotification>, StorageError>;

    /// The studio's listed notifications that were made at or after `since`, by that instant and then by id.
    async fn list_created(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Notification>, StorageError>;

    /// How many listed notifications of the studio are unread.
    async fn count_unread(&self, studio: StudioId) -> Result<u64, StorageError>;

    /// Marks notifications of the studio as read. Others, and those that are read or absent, stay as they are.
    async fn mark_read(&self, studio: StudioId, ids: &[EventId]) -> Result<(), StorageError>;

    /// Marks a notification of the studio as read, with all that stand below it in the list.
    async fn mark_read_up_to(&self, studio: StudioId, last: &Notification) -> Result<(), StorageError>;

    /// Forgets up to `most` notifications of all studios whose ids were made before an instant, to the millisecond; tells how
    /// many.
    async fn forget_before(&self, instant: Timestamp, most: PageLimit) -> Result<usize, StorageError>;

    /// Forgets the notifications of a studio.
    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError>;
}
