//! Sweeping: finding work that got lost between two writes, and dropping tickets that nobody used.

use jiff::SignedDuration;

use crate::access::{Action, Principal, authorise};
use crate::job::{Job, PurgeTarget};
use crate::page::{PageLimit, PageRequest, Versioned};
use crate::photo::{Photo, PhotoStateKind};
use crate::ports::error::StorageError;
use crate::services::arrivals::{self, Arrival};
use crate::services::catalogue::is_lost_race;
use crate::services::expanding;
use crate::services::packing;
use crate::services::purging::enqueue as enqueue_purge;
use crate::services::{Dependencies, Shared};

/// Looks for lost work. Run it at start and then every few minutes.
#[derive(Debug, Clone)]
pub struct SweepingService {
    world: Shared,
}

/// What a sweep found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sweep {
    /// Photos that were put on the queue again.
    pub requeued: usize,
    /// Tickets that ended unused.
    pub expired_tickets: usize,
    /// Packs that were put on the queue again.
    pub packs: usize,
    /// Archives that were put on the queue again.
    pub archives: usize,
    /// Purges that were put on the queue again.
    pub purges: usize,
}

/// Why a sweep failed.
#[derive(Debug, thiserror::Error)]
pub enum SweepError {
    /// The caller may not.
    #[error(transparent)]
    Denied(#[from] crate::access::AccessDenied),
    /// The store failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// How thoroughly to look.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SweepDepth {
    /// Photos that stalled and tickets that ended.
    Usual,
    /// Also deletions whose purge never finished.
    WithPurges,
}

impl SweepingService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Looks once.
    pub async fn sweep(&self, principal: &Principal, depth: SweepDepth) -> Result<Sweep, SweepError> {
        authorise(principal, Action::RunJobs)?;
        let mut sweep = Sweep {
            requeued: self.requeue(PhotoStateKind::Uploaded).await?
                + self.requeue(PhotoStateKind::Processing).await?,
            expired_tickets: self.expire_tickets().await?,
            packs: packing::building::sweep(self.world()).await?,
            archives: expanding::sweep(self.world()).await?,
            purges: 0,
        };
        if depth == SweepDepth::WithPurges {
            sweep.purges = self.requeue_purges().await?;
        }
        Ok(sweep)
    }

    /// A photo whose job was lost waits for ever; one whose job merely waits is enqueued twice, which does
    /// no harm. Touching it keeps the next sweep away for a while.
    async fn requeue(&self, state: PhotoStateKind) -> Result<usize, StorageError> {
        let now = self.world().clock.now();
        let before = now - self.world().settings.stalled_after;
        let photos = &self.world().metadata().photos;
        let mut requeued = 0;
        for photo in photos.list_stalled(state, before, PageLimit::MOST).await? {
            let mut value = photo.value;
            value.updated_at = now;
            match photos.update(&value, photo.version, &[]).await {
                Ok(_) => {
                    let job = Job::ProcessPhoto { studio: value.studio, photo: value.id };
                    self.world().jobs().enqueue(&[job], SignedDuration::ZERO).await?;
                    requeued += 1;
                }
                // It moved on by itself.
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(requeued)
    }

    async fn expire_tickets(&self) -> Result<usize, StorageError> {
        let now = self.world().clock.now();
        // A ticket lives from its photo's creation; one more lifetime lets a slow `complete` come late.
        let before = now - self.world().settings.ticket_lifetime - self.world().settings.ticket_lifetime;
        let photos = &self.world().metadata().photos;
        let expired = photos.list_stalled(PhotoStateKind::Pending, before, PageLimit::MOST).await?;
        let mut dropped = 0;
        for photo in expired {
            let Some(photo) = self.rescue(photo).await? else { continue };
            dropped += 1;
            photos.mark_deleted(photo.studio, photo.id, now).await?;
            let target =
                PurgeTarget::Photo { studio: photo.studio, gallery: Some(photo.gallery), photo: photo.id };
            enqueue_purge(self.world(), target).await?;
        }
        Ok(dropped)
    }

    /// Takes a photo whose bytes all arrived and whose browser died before it could say so. Gives back a photo
    /// that nobody can rescue.
    async fn rescue(&self, photo: Versioned<Photo>) -> Result<Option<Photo>, StorageError> {
        match arrivals::confirm(self.world(), photo).await? {
            Arrival::Confirmed(photo) => {
                let job = Job::ProcessPhoto { studio: photo.studio, photo: photo.id };
                self.world().jobs().enqueue(&[job], SignedDuration::ZERO).await?;
                Ok(None)
            }
            Arrival::LostRace => Ok(None),
            Arrival::Missing(photo) => Ok(Some(photo)),
        }
    }

    async fn requeue_purges(&self) -> Result<usize, StorageError> {
        let metadata = self.world().metadata();
        let page = PageRequest::first(PageLimit::MOST);
        let mut targets: Vec<PurgeTarget> = Vec::new();
        let studios = metadata.studios.list_deleted(&page).await?.items;
        targets.extend(studios.into_iter().map(|studio| PurgeTarget::Studio { studio, owner: None }));
        let collections = metadata.collections.list_deleted(&page).await?.items;
        targets.extend(
            collections
                .into_iter()
                .map(|(studio, collection)| PurgeTarget::Collection { studio, collection }),
        );
        let galleries = metadata.galleries.list_deleted(&page).await?.items;
        targets.extend(galleries.into_iter().map(|(studio, gallery)| PurgeTarget::Gallery {
            studio,
            collection: None,
            gallery,
        }));
        let photos = metadata.photos.list_deleted(&page).await?.items;
        targets.extend(photos.into_iter().map(|(studio, photo)| PurgeTarget::Photo {
            studio,
            gallery: None,
            photo,
        }));
        for target in &targets {
            enqueue_purge(self.world(), *target).await?;
        }
        Ok(targets.len())
    }
}
