//! Where shares, their clients and their activity are kept.

use std::fmt;

use async_trait::async_trait;

use crate::collection::Collection;
use crate::event::Event;
use crate::gallery::Gallery;
use crate::id::{ClientId, ShareId, StudioId};
use crate::page::{Page, PageRequest, Version, Versioned};
use crate::ports::error::StorageError;
use crate::search::SearchText;
use crate::secret::TokenHash;
use crate::share::{Activity, Client, Share, ShareStatistics, ShareTarget};
use crate::text::Name;

/// A share with what it opens.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The share.
    pub share: Share,
    /// What it opens, or `None` if that or its studio is deleted.
    pub target: Option<VisitTarget>,
}

/// What a share opens.
#[derive(Debug, Clone, PartialEq)]
pub enum VisitTarget {
    /// A gallery.
    Gallery(Gallery),
    /// A collection.
    Collection(Collection),
}

impl VisitTarget {
    /// The gallery's name, or the collection's.
    pub const fn name(&self) -> &Name {
        match self {
            Self::Gallery(gallery) => &gallery.name,
            Self::Collection(collection) => &collection.name,
        }
    }
}

/// Keeps shares, one document each, and what happened on them. The rules of writes and events are those of
/// [`StudioRepository`](super::studios::StudioRepository); another studio's share is absent.
#[async_trait]
pub trait ShareRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a new share.
    ///
    /// # Errors
    /// `AlreadyExists` if the id or the token's hash is taken.
    async fn create(&self, share: &Share) -> Result<Version, StorageError>;

    /// The studio's share with this id.
    async fn find(&self, studio: StudioId, share: ShareId) -> Result<Option<Versioned<Share>>, StorageError>;

    /// The share with this id, across studios; for sessions that name their share.
    async fn find_in_any_studio(&self, share: ShareId) -> Result<Option<Versioned<Share>>, StorageError>;

    /// What every request of a client's session looks at, across studios: the share and what it opens, read
    /// together, so that a remote database is asked once. `None` if there is no such share.
    async fn find_visit(&self, share: ShareId) -> Result<Option<Visit>, StorageError>;

    /// The share whose token has this hash, across studios.
    async fn find_by_token(&self, hash: &TokenHash) -> Result<Option<Versioned<Share>>, StorageError>;

    /// Replaces the share if its version is still `seen`.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` if it was changed in between.
    async fn update(&self, share: &Share, seen: Version) -> Result<Version, StorageError>;

    /// The shares of one gallery or collection, newest (highest id) first, revoked ones too.
    async fn list(
        &self,
        studio: StudioId,
        target: ShareTarget,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Share>>, StorageError>;

    /// Adds an entry to the share's activity, counts it in the statistics and records `events`, in one atomic
    /// write that never conflicts. `Joined` counts as a visit and a client, `Visited` as a
    /// visit, `Downloaded` as a download; the last visit is the latest, whatever the order of recording.
    ///
    /// # Errors
    /// `NotFound` if the studio has no such share; nothing is recorded then.
    async fn record(
        &self,
        studio: StudioId,
        share: ShareId,
        activity: &Activity,
        events: &[Event],
    ) -> Result<(), StorageError>;

    /// The counts so far; all zero for a share on which nothing happened.
    async fn statistics(&self, studio: StudioId, share: ShareId) -> Result<ShareStatistics, StorageError>;

    /// What happened on the share, newest first. Entries of one instant come in the reverse order of
    /// recording.
    async fn list_activity(
        &self,
        studio: StudioId,
        share: ShareId,
        page: &PageRequest,
    ) -> Result<Page<Activity>, StorageError>;

    /// Removes the share, its activity and its clients for good; removing the absent succeeds.
    async fn purge(&self, studio: StudioId, share: ShareId) -> Result<(), StorageError>;
}

/// Keeps the clients of shares.
#[async_trait]
pub trait ClientRepository: fmt::Debug + Send + Sync + 'static {
    /// Stores a new client.
    ///
    /// # Errors
    /// `AlreadyExists` if the id or the key's hash is taken.
    async fn create(&self, client: &Client) -> Result<Version, StorageError>;

    /// The share's client with this id.
    async fn find(&self, share: ShareId, client: ClientId)
    -> Result<Option<Versioned<Client>>, StorageError>;

    /// The share's client whose key has this hash.
    async fn find_by_key(
        &self,
        share: ShareId,
        hash: &TokenHash,
    ) -> Result<Option<Versioned<Client>>, StorageError>;

    /// The studio's clients, of all shares, that are found by a text, newest (highest id) first. Pages keep to the rules of
    /// [`PhotoRepository::search`](super::photos::PhotoRepository::search).
    async fn search(
        &self,
        studio: StudioId,
        text: &SearchText,
        page: &PageRequest,
    ) -> Result<Page<Versioned<Client>>, StorageError>;

    /// Replaces the client if its version is still `seen`.
    ///
    /// # Errors
    /// `NotFound`, or `Conflict` if it was changed in between.
    async fn update(&self, client: &Client, seen: Version) -> Result<Version, StorageError>;
}
