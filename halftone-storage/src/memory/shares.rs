//! Shares, their clients and their activity in memory.

use async_trait::async_trait;
use halftone_core::event::Event;
use halftone_core::id::{ClientId, ShareId, StudioId};
use halftone_core::page::{Cursor, Page, PageRequest, Version, Versioned};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::shares::{ClientRepository, ShareRepository, Visit, VisitTarget};
use halftone_core::search::SearchText;
use halftone_core::secret::TokenHash;
use halftone_core::share::{Activity, ActivityKind, Client, Share, ShareStatistics, ShareTarget};
use jiff::Timestamp;
use uuid::Uuid;

use super::outbox::Origin;
use super::state::SharedState;
use super::table::{Row, document};

document!(Share, ShareId, id, studio);
document!(Client, ClientId, id, studio);

/// What happened on one share.
#[derive(Debug, Default)]
pub(super) struct Activities {
    /// In the order of recording, which is part of the cursors.
    entries: Vec<Activity>,
    statistics: ShareStatistics,
}

impl Activities {
    fn record(&mut self, activity: &Activity) {
        self.entries.push(activity.clone());
        let statistics = &mut self.statistics;
        match activity.kind {
            ActivityKind::Joined => {
                statistics.clients += 1;
                statistics.visits += 1;
                statistics.last_visit_at = statistics.last_visit_at.max(Some(activity.at));
            }
            ActivityKind::Visited => {
                statistics.visits += 1;
                statistics.last_visit_at = statistics.last_visit_at.max(Some(activity.at));
            }
            ActivityKind::Downloaded => statistics.downloads += 1,
            ActivityKind::SubmittedSelection | ActivityKind::PlacedOrder => {}
        }
    }

    fn page_newest(&self, page: &PageRequest) -> Page<Activity> {
        let mut places: Vec<(Timestamp, usize)> =
            self.entries.iter().enumerate().map(|(position, activity)| (activity.at, position)).collect();
        places.sort_unstable_by(|left, right| right.cmp(left));
        let after =
            page.after.as_ref().map(|cursor| (cursor.key().parse::<Timestamp>(), cursor.id().as_u128()));
        let is_next = |(at, position): &(Timestamp, usize)| match &after {
            Some((Ok(last_at), last_position)) => (*at, *position as u128) < (*last_at, *last_position),
            // A cursor of another list; the API's are signed by nobody, so it must not panic.
            Some((Err(_), _)) => false,
            None => true,
        };
        let next = places.into_iter().filter(is_next).take(page.limit.get() + 1).collect();
        let cursor_of = |(at, position): &(Timestamp, usize)| {
            Cursor::new(at.to_string(), Uuid::from_u128(*position as u128))
        };
        Page::cut(next, page.limit, cursor_of).map(|(_, position)| self.entries[position].clone())
    }
}

/// Keeps shares in a map.
#[derive(Debug)]
pub struct MemoryShareRepository {
    state: SharedState,
}

impl MemoryShareRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl ShareRepository for MemoryShareRepository {
    async fn create(&self, share: &Share) -> Result<Version, StorageError> {
        let mut state = self.state.lock();
        if state.shares.rows().any(|row| row.value.token_hash.matches(&share.token_hash)) {
            return Err(StorageError::new(StorageErrorKind::AlreadyExists, "create share", share.id));
        }
        state.shares.create("create share", share)
    }

    async fn find(&self, studio: StudioId, share: ShareId) -> Result<Option<Versioned<Share>>, StorageError> {
        Ok(self.state.lock().shares.find(studio, share).map(Row::to_versioned))
    }

    async fn find_in_any_studio(&self, share: ShareId) -> Result<Option<Versioned<Share>>, StorageError> {
        Ok(self.state.lock().shares.find_in_any_studio(share).map(Row::to_versioned))
    }

    async fn find_visit(&self, share: ShareId) -> Result<Option<Visit>, StorageError> {
        let state = self.state.lock();
        let Some(share) = state.shares.find_in_any_studio(share).map(|row| row.value.clone()) else {
            return Ok(None);
        };
        if state.studios.find(share.studio, share.studio).is_none() {
            return Ok(Some(Visit { share, target: None }));
        }
        let target = match share.target {
            ShareTarget::Gallery(gallery) => {
                state.galleries.find(share.studio, gallery).map(|row| VisitTarget::Gallery(row.value.clone()))
            }
            ShareTarget::Collection(collection) => state
                .collections
                .find(share.studio, collection)
                .map(|row| VisitTarget::Collection(row.value.clone())),
        };
        Ok(Some(Visit { share, target }))
    }

    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Versioned<Share>>, StorageError> {
        Ok(self.state.lock().shares.find_where(|share| share.token_hash.matches(hash)))
    }

    async fn update(&self, share: &Share, seen: Version) -> Result<Version, StorageError> {
        self.state.lock().shares.update("update share", share, seen)
    }

    async fn list(
        &self,
        studio: StudioId,
        target: ShareTarget,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Share>>, StorageError> {
        Ok(self.state.lock().shares.page_newest(studio, page, |share| share.target == target))
    }

    async fn record(
        &self,
        studio: StudioId,
        share: ShareId,
        activity: &Activity,
        events: &[Event],
    ) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        if state.shares.find(studio, share).is_none() {
            return Err(StorageError::new(StorageErrorKind::NotFound, "record activity of share", share));
        }
        state.activities.entry(share).or_default().record(activity);
        state.events.record(Origin::Share(share), events);
        Ok(())
    }

    async fn statistics(&self, studio: StudioId, share: ShareId) -> Result<ShareStatistics, StorageError> {
        let state = self.state.lock();
        let activities = state.shares.find(studio, share).and_then(|_| state.activities.get(&share));
        Ok(activities.map(|activities| activities.statistics).unwrap_or_default())
    }

    async fn list_activity(
        &self,
        studio: StudioId,
        share: ShareId,
        page: &PageRequest,
    ) -> Result<Page<Activity>, StorageError> {
        let state = self.state.lock();
        let activities = state.shares.find(studio, share).and_then(|_| state.activities.get(&share));
        let empty = || Page { items: Vec::new(), next: None };
        Ok(activities.map_or_else(empty, |activities| activities.page_newest(page)))
    }

    async fn purge(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError> {
        let mut state = self.state.lock();
        if state.shares.remove(studio, share).is_some() {
            state.activities.remove(&share);
            state.clients.remove_where(|client| client.share == share);
            state.events.purge(Origin::Share(share));
        }
        Ok(())
    }
}

/// Keeps the clients of shares in a map.
#[derive(Debug)]
pub struct MemoryClientRepository {
    state: SharedState,
}

impl MemoryClientRepository {
    pub(super) const fn new(state: SharedState) -> Self {
        Self { state }
    }
}

#[async_trait]
impl ClientRepository for MemoryClientRepository {
    async fn create(&self, client: &Client) -> Result<Version, StorageError> {
        let mut state = self.state.lock();
        if state.clients.rows().any(|row| row.value.key_hash.matches(&client.key_hash)) {
            return Err(StorageError::new(StorageErrorKind::AlreadyExists, "create client", client.id));
        }
        state.clients.create("create client", client)
    }

    async fn find(
        &self,
        share: ShareId,
        client: ClientId,
    ) -> Result<Option<Versioned<Client>>, StorageError> {
        let state = self.state.lock();
        let found = state.clients.find_in_any_studio(client).filter(|row| row.value.share == share);
        Ok(found.map(Row::to_versioned))
    }

    async fn find_by_key(
        &self,
        share: ShareId,
        hash: &TokenHash,
    ) -> Result<Option<Versioned<Client>>, StorageError> {
        let state = self.state.lock();
        Ok(state.clients.find_where(|client| client.share == share && client.key_hash.matches(hash)))
    }

    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Client>>, StorageError> {
        Ok(self.state.lock().clients.page_found(studio, text, page, |_| true))
    }

    async fn update(&self, client: &Client, seen: Version) -> Result<Version, StorageError> {
        self.state.lock().clients.update("update client", client, seen)
    }
}
