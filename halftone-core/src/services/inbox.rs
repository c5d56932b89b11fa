//! The list of notifications inside the web UI, and what of it was read.

use crate::access::{AccessDenied, Principal};
use crate::id::{EventId, StudioId};
use crate::notification::ListedNotification;
use crate::page::{Page, PageRequest};
use crate::ports::error::StorageError;
use crate::services::error::{Absent, Resource};
use crate::services::{Dependencies, Shared};

/// Shows a studio what it was told.
#[derive(Debug, Clone)]
pub struct InboxService {
    world: Shared,
}

/// Why a call on the list failed.
#[derive(Debug, thiserror::Error)]
pub enum InboxError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] AccessDenied),
    /// The notification up to which everything was to be read does not exist.
    #[error(transparent)]
    Absent(#[from] Absent),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// A page of the list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxPage {
    /// Its notifications, newest first.
    pub page: Page<ListedNotification>,
    /// How many of the whole list are unread.
    pub unread: u64,
}

/// What is to be marked as read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadMark {
    /// These.
    Ids(Vec<EventId>),
    /// This one and everything that the list showed below it.
    UpTo(EventId),
}

impl InboxService {
    /// The most notifications that one call marks by their ids.
    pub const MOST_IDS: usize = 500;

    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// A page of the list. Notifications are kept for 90 days.
    pub async fn list(&self, principal: &Principal, page: &PageRequest) -> Result<InboxPage, InboxError> {
        let studio = principal.manage()?;
        let notifications = &self.world().metadata().notifications;
        let page = notifications.list(studio, page).await?;
        Ok(InboxPage { page, unread: notifications.count_unread(studio).await? })
    }

    /// Marks notifications as read, and tells how many are unread then. Ids that name nothing are passed over, because what is
    /// old is forgotten.
    pub async fn mark_read(&self, principal: &Principal, mark: &ReadMark) -> Result<u64, InboxError> {
        let studio = principal.manage()?;
        let notifications = &self.world().metadata().notifications;
        match mark {
            ReadMark::Ids(ids) => notifications.mark_read(studio, ids).await?,
            ReadMark::UpTo(last) => self.mark_up_to(studio, *last).await?,
        }
        Ok(notifications.count_unread(studio).await?)
    }

    async fn mark_up_to(&self, studio: StudioId, last: EventId) -> Result<(), InboxError> {
        let notifications = &self.world().metadata().notifications;
        let found = notifications.find(studio, last).await?;
        let found = found.ok_or(Absent::new(Resource::Notification))?;
        Ok(notifications.mark_read_up_to(studio, &found).await?)
    }
}
