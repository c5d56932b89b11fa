//! Photos as the studio sees them.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::access::Principal;
use crate::gallery::Gallery;
use crate::id::{GalleryId, PhotoId, SectionId, StudioId};
use crate::job::{Job, PurgeTarget};
use crate::page::{Page, PageRequest, Versioned};
use crate::photo::{Photo, PhotoState};
use crate::ports::photos::PhotoFilter;
use crate::ports::urls::{LinkTarget, Viewer};
use crate::services::catalogue::{ATTEMPTS, CatalogueError, Precondition, exhausted, is_lost_race};
use crate::services::error::{Absent, Resource};
use crate::services::galleries::check_section;
use crate::services::purging::enqueue as enqueue_purge;
use crate::services::viewing::picture_links;
use crate::services::{Dependencies, Shared};
use crate::text::{Line, Prose, Tags};

/// Manages photos.
#[derive(Debug, Clone)]
pub struct PhotoService {
    world: Shared,
}

/// What is to change; `None` stays as it is, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct PhotoChange {
    /// The title.
    pub title: Option<Line>,
    /// The description.
    pub description: Option<Prose>,
    /// The tags.
    pub tags: Option<Tags>,
    /// The chapter.
    pub section: Option<Option<SectionId>>,
}

/// What a batch does with each of its photos.
#[derive(Debug, Clone)]
pub enum BatchAction {
    /// Delete it.
    Delete,
    /// Give it these tags besides its own.
    Tag(Tags),
    /// Put it into a chapter, or into none.
    Section(Option<SectionId>),
    /// Try to process it again.
    Retry,
}

/// How a batch went for one photo.
#[derive(Debug)]
pub struct BatchOutcome {
    /// Which photo.
    pub photo: PhotoId,
    /// Whether it was done.
    pub result: Result<(), CatalogueError>,
}

/// A photo with the URLs of its pictures.
#[derive(Debug, Clone, PartialEq)]
pub struct PhotoView {
    /// The photo and its version.
    pub photo: Versioned<Photo>,
    /// The thumb, once it is ready.
    pub thumb: Option<LinkTarget>,
    /// The proof, once it is ready.
    pub proof: Option<LinkTarget>,
}

impl PhotoService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// The photos of a gallery.
    pub async fn list(
        &self,
        principal: &Principal,
        gallery: GalleryId,
        filter: &PhotoFilter,
        page: &PageRequest,
    ) -> Result<Page<PhotoView>, CatalogueError> {
        let studio = principal.manage()?;
        let gallery = self.find_gallery(studio, gallery).await?;
        let found = self.world().metadata().photos.list(studio, gallery.id, filter, page).await?;
        let mut items = Vec::with_capacity(found.items.len());
        for photo in found.items {
            items.push(view(self.world(), within(photo, &gallery)).await?);
        }
        Ok(Page { items, next: found.next })
    }

    /// One photo.
    pub async fn get(&self, principal: &Principal, photo: PhotoId) -> Result<PhotoView, CatalogueError> {
        let studio = principal.manage()?;
        let (photo, gallery) = self.find(studio, photo).await?;
        Ok(view(self.world(), within(photo, &gallery)).await?)
    }

    async fn find_gallery(&self, studio: StudioId, gallery: GalleryId) -> Result<Gallery, CatalogueError> {
        let found = self.world().metadata().galleries.find(studio, gallery).await?;
        Ok(found.ok_or(Absent::new(Resource::Gallery))?.value)
    }

    /// The photo and its gallery; a photo of a deleted gallery is deleted too.
    async fn find(
        &self,
        studio: StudioId,
        photo: PhotoId,
    ) -> Result<(Versioned<Photo>, Gallery), CatalogueError> {
        let absent = Absent::new(Resource::Photo);
        let photo = self.world().metadata().photos.find(studio, photo).await?.ok_or(absent)?;
        let gallery = self.world().metadata().galleries.find(studio, photo.value.gallery).await?;
        Ok((photo, gallery.ok_or(absent)?.value))
    }

    /// Changes what the studio says about a photo.
    pub async fn change(
        &self,
        principal: &Principal,
        photo: PhotoId,
        change: PhotoChange,
        precondition: Precondition,
    ) -> Result<PhotoView, CatalogueError> {
        let studio = principal.manage()?;
        self.update(studio, photo, precondition, |photo, gallery| {
            let change = change.clone();
            if let Some(section) = change.section {
                check_section(gallery, section, "section")?;
                photo.section = section;
            }
            if let Some(title) = change.title {
                photo.title = title;
            }
            if let Some(description) = change.description {
                photo.description = description;
            }
            if let Some(tags) = change.tags {
                photo.tags = tags;
            }
            Ok(())
        })
        .await
    }

    async fn update(
        &self,
        studio: StudioId,
        photo: PhotoId,
        precondition: Precondition,
        mut apply: impl FnMut(&mut Photo, &Gallery) -> Result<(), CatalogueError> + Send,
    ) -> Result<PhotoView, CatalogueError> {
        for _ in 0..ATTEMPTS {
            let (Versioned { mut value, version }, gallery) = self.find(studio, photo).await?;
            precondition.check(version)?;
            apply(&mut value, &gallery)?;
            value.updated_at = self.world().clock.now();
            match self.world().metadata().photos.update(&value, version, &[]).await {
                Ok(version) => return Ok(view(self.world(), Versioned::new(value, version)).await?),
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("change photo", photo).into())
    }

    /// Deletes a photo: it is gone at once, and purged in the background.
    pub async fn delete(&self, principal: &Principal, photo: PhotoId) -> Result<(), CatalogueError> {
        let studio = principal.manage()?;
        let (found, gallery) = self.find(studio, photo).await?;
        let now = self.world().clock.now();
        self.world().metadata().photos.mark_deleted(studio, photo, now).await?;
        let target = PurgeTarget::Photo { studio, gallery: Some(gallery.id), photo };
        enqueue_purge(self.world(), target).await?;
        if found.value.replacements.awaited().is_some() {
            // Its ticket may still be used where bytes do not pass this server.
            let later = self.world().settings.ticket_lifetime.saturating_mul(2);
            self.world().jobs().enqueue(&[Job::Purge { target }], later).await?;
        }
        Ok(())
    }

    /// Puts a failed photo back on the queue.
    pub async fn retry(&self, principal: &Principal, photo: PhotoId) -> Result<PhotoView, CatalogueError> {
        let studio = principal.manage()?;
        let now = self.world().clock.now();
        let retried = self
            .update(studio, photo, Precondition::NONE, |photo, _| {
                photo.state = photo
                    .state
                    .clone()
                    .retry(now)
                    .map_err(|error| CatalogueError::WrongState { reason: error.to_string() })?;
                Ok(())
            })
            .await?;
        self.world().jobs().enqueue(&[Job::ProcessPhoto { studio, photo }], SignedDuration::ZERO).await?;
        Ok(retried)
    }

    /// Does the same with up to 500 photos, each by itself. Photos named twice are done once.
    pub async fn batch(
        &self,
        principal: &Principal,
        photos: &[PhotoId],
        action: &BatchAction,
    ) -> Result<Vec<BatchOutcome>, CatalogueError> {
        principal.manage()?;
        let mut seen = BTreeSet::new();
        let mut outcomes = Vec::with_capacity(photos.len());
        for &photo in photos {
            if !seen.insert(photo) {
                continue;
            }
            let result = match action {
                BatchAction::Delete => self.delete(principal, photo).await,
                BatchAction::Retry => self.retry(principal, photo).await.map(drop),
                BatchAction::Tag(tags) => self.add_tags(principal, photo, tags).await,
                BatchAction::Section(section) => {
                    let change = PhotoChange { section: Some(*section), ..PhotoChange::default() };
                    self.change(principal, photo, change, Precondition::NONE).await.map(drop)
                }
            };
            match result {
                // A store that is down will not do better with the next photo.
                Err(CatalogueError::Storage(error)) => return Err(error.into()),
                result => outcomes.push(BatchOutcome { photo, result }),
            }
        }
        Ok(outcomes)
    }

    async fn add_tags(
        &self,
        principal: &Principal,
        photo: PhotoId,
        tags: &Tags,
    ) -> Result<(), CatalogueError> {
        let studio = principal.manage()?;
        self.update(studio, photo, Precondition::NONE, |photo, _| {
            let all = photo.tags.as_slice().iter().chain(tags.as_slice()).cloned();
            photo.tags =
                Tags::new(all).map_err(|error| crate::services::error::InvalidField::new("tags", error))?;
            Ok(())
        })
        .await
        .map(drop)
    }
}

/// A photo as it is in its gallery now: a chapter that was removed is no chapter.
pub(crate) fn within(mut photo: Versioned<Photo>, gallery: &Gallery) -> Versioned<Photo> {
    photo.value.section = photo.value.section.filter(|section| gallery.sections.contains(*section));
    photo
}

/// Adds the studio's URLs to a photo.
pub(crate) async fn view(
    world: &Dependencies,
    photo: Versioned<Photo>,
) -> Result<PhotoView, crate::ports::error::StorageError> {
    let (thumb, proof) = match &photo.value.state {
        PhotoState::Ready { renditions, .. } => {
            let viewer = Viewer::Studio(photo.value.studio);
            let links = picture_links(world, viewer, &photo.value, renditions).await?;
            (Some(links.thumb), Some(links.proof))
        }
        PhotoState::Pending { .. }
        | PhotoState::Uploaded { .. }
        | PhotoState::Processing { .. }
        | PhotoState::Failed { .. } => (None, None),
    };
    Ok(PhotoView { photo, thumb, proof })
}
