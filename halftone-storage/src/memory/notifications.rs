//! Notifications in memory.

use std::collections::BTreeMap;

use async_trait::async_trait;
use halftone_core::id::{EventId, StudioId};
use halftone_core::notification::{ListedNotification, Listing, Notification, Reading};
use halftone_core::page::{Cursor, Page, PageLimit, PageRequest};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::notifications::NotificationRepository;
use jiff::Timestamp;

use super::state::SharedState;
use super::table::is_made_before;

/// What studios were told, by id.
pub(super) type Notifications = BTreeMap<EventId, ListedNotification>;

/// Where a notification stands in its list.
fn place(listed: &ListedNotification) -> (Timestamp, EventId) {
    (listed.notification.created_at, listed.notification.id())
}

fn is_listed(listed: &ListedNotification, studio: StudioId) -> bool {
    listed.notification.notice.studio == studio && listed.notification.listing == Listing::Listed
}

/// Keeps notifications in a map.
#[derive(Debug)]
pub struct MemoryNotificationRepository {
    state: SharedState,
}

impl MemoryNotificationRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }

    /// The studio's list, the latest last.
    fn listed(&self, studio: StudioId) -> Vec<ListedNotification> {
        let state = self.state.lock();
        let mut listed: Vec<_> =
            state.notifications.values().filter(|listed| is_listed(listed, studio)).cloned().collect();
        listed.sort_by_key(place);
        listed
    }

    fn read_where(&self, studio: StudioId, is_meant: impl Fn(&ListedNotification) -> bool) {
        let mut state = self.state.lock();
        let listed = state.notifications.values_mut().filter(|listed| is_listed(listed, studio));
        for listed in listed.filter(|listed| is_meant(listed)) {
            listed.reading = Reading::Read;
        }
    }
}

#[async_trait]
impl NotificationRepository for MemoryNotificationRepository {
    async fn create(&self, notification: &Notification) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        let id = notification.id();
        if state.notifications.contains_key(&id) {
            return Err(StorageError::new(StorageErrorKind::AlreadyExists, "create notification", id));
        }
        let listed = ListedNotification { notification: notification.clone(), reading: Reading::Unread };
        state.notifications.insert(id, listed);
        Ok(())
    }

    async fn find(&self, studio: StudioId, id: EventId) -> Result<Option<Notification>, StorageError> {
        let state = self.state.lock();
        let found = state.notifications.get(&id).map(|listed| listed.notification.clone());
        Ok(found.filter(|notification| notification.notice.studio == studio))
    }

    async fn find_many(&self, studio: StudioId, ids: &[EventId]) -> Result<Vec<Notification>, StorageError> {
        let state = self.state.lock();
        let found =
            ids.iter().filter_map(|id| state.notifications.get(id)).map(|listed| &listed.notification);
        Ok(found.filter(|notification| notification.notice.studio == studio).cloned().collect())
    }

    async fn list(
        &self,
        studio: StudioId,
        page: &PageRequest,
    ) -> Result<Page<ListedNotification>, StorageError> {
        let mut listed = self.listed(studio);
        listed.reverse();
        if let Some(after) = &page.after {
            let id = EventId::from_uuid(after.id());
            // Why `ok`: an instant that does not parse was not made by this list, and the first page is as good as any.
            let seen = after.key().parse::<Timestamp>().ok().map(|at| (at, id));
            listed.retain(|listed| seen.is_none_or(|seen| place(listed) < seen));
        }
        listed.truncate(page.limit.get() + 1);
        Ok(Page::cut(listed, page.limit, |listed| {
            let (at, id) = place(listed);
            Cursor::new(at.to_string(), id.as_uuid())
        }))
    }

    async fn list_created(
        &self,
        studio: StudioId,
        since: Timestamp,
        limit: PageLimit,
    ) -> Result<Vec<Notification>, StorageError> {
        let listed = self.listed(studio).into_iter().map(|listed| listed.notification);
        Ok(listed.filter(|notification| notification.created_at >= since).take(limit.get()).collect())
    }

    async fn count_unread(&self, studio: StudioId) -> Result<u64, StorageError> {
        let listed = self.listed(studio);
        Ok(listed.iter().filter(|listed| listed.reading == Reading::Unread).count() as u64)
    }

    async fn mark_read(&self, studio: StudioId, ids: &[EventId]) -> Result<(), StorageError> {
        self.read_where(studio, |listed| ids.contains(&listed.notification.id()));
        Ok(())
    }

    async fn mark_read_up_to(&self, studio: StudioId, last: &Notification) -> Result<(), StorageError> {
        let last = (last.created_at, last.id());
        self.read_where(studio, |listed| place(listed) <= last);
        Ok(())
    }

    async fn forget_before(&self, instant: Timestamp, most: PageLimit) -> Result<usize, StorageError> {
        let mut state = self.state.lock();
        let old = state.notifications.keys().take_while(|id| is_made_before(id.made_at(), instant));
        let old: Vec<EventId> = old.take(most.get()).copied().collect();
        for id in &old {
            state.notifications.remove(id);
        }
        Ok(old.len())
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        state.notifications.retain(|_, listed| listed.notification.notice.studio != studio);
        Ok(())
    }
}
