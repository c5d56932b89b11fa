//! Collections: made, changed, listed, deleted.

use jiff::civil::Date;

use crate::access::Principal;
use crate::collection::Collection;
use crate::id::{CollectionId, StudioId};
use crate::job::PurgeTarget;
use crate::page::{Page, PageLimit, PageRequest, Versioned};
use crate::ports::collections::CollectionFilter;
use crate::ports::galleries::GalleryFilter;
use crate::services::catalogue::{ATTEMPTS, CatalogueError, Precondition, exhausted, is_lost_race};
use crate::services::error::{Absent, Resource};
use crate::services::purging::enqueue as enqueue_purge;
use crate::services::{Dependencies, Shared};
use crate::text::{Line, Name, Tags};

/// Manages collections.
#[derive(Debug, Clone)]
pub struct CollectionService {
    world: Shared,
}

/// A collection that is to be made.
#[derive(Debug, Clone)]
pub struct NewCollection {
    /// Its name.
    pub name: Name,
    /// For whom the job is.
    pub client_name: Line,
    /// When the event takes place.
    pub event_date: Option<Date>,
    /// Its tags.
    pub tags: Tags,
}

/// What is to change; `None` stays as it is.
#[derive(Debug, Clone, Default)]
pub struct CollectionChange {
    /// The name.
    pub name: Option<Name>,
    /// For whom the job is.
    pub client_name: Option<Line>,
    /// When the event takes place; `Some(None)` clears it.
    pub event_date: Option<Option<Date>>,
    /// The tags.
    pub tags: Option<Tags>,
}

/// A collection and how many galleries it has.
#[derive(Debug, Clone, PartialEq)]
pub struct CollectionView {
    /// The collection and its version.
    pub collection: Versioned<Collection>,
    /// How many galleries it has.
    pub gallery_count: u64,
}

impl CollectionService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Makes a collection.
    pub async fn create(
        &self,
        principal: &Principal,
        new: NewCollection,
    ) -> Result<CollectionView, CatalogueError> {
        let studio = principal.manage()?;
        let now = self.world().clock.now();
        let collection = Collection {
            id: CollectionId::generate(now, &*self.world().entropy),
            studio,
            name: new.name,
            client_name: new.client_name,
            event_date: new.event_date,
            tags: new.tags,
            created_at: now,
            updated_at: now,
        };
        let version = self.world().metadata().collections.create(&collection).await?;
        Ok(CollectionView { collection: Versioned::new(collection, version), gallery_count: 0 })
    }

    /// One collection.
    pub async fn get(
        &self,
        principal: &Principal,
        collection: CollectionId,
    ) -> Result<CollectionView, CatalogueError> {
        let studio = principal.manage()?;
        let collection = self.find(studio, collection).await?;
        self.view(studio, collection).await
    }

    async fn find(
        &self,
        studio: StudioId,
        collection: CollectionId,
    ) -> Result<Versioned<Collection>, CatalogueError> {
        let found = self.world().metadata().collections.find(studio, collection).await?;
        found.ok_or_else(|| Absent::new(Resource::Collection).into())
    }

    async fn view(
        &self,
        studio: StudioId,
        collection: Versioned<Collection>,
    ) -> Result<CollectionView, CatalogueError> {
        let galleries = &self.world().metadata().galleries;
        let gallery_count = galleries.count_by_collection(studio, collection.value.id).await?;
        Ok(CollectionView { collection, gallery_count })
    }

    /// The studio's collections, newest first.
    pub async fn list(
        &self,
        principal: &Principal,
        filter: &CollectionFilter,
        page: &PageRequest,
    ) -> Result<Page<CollectionView>, CatalogueError> {
        let studio = principal.manage()?;
        let found = self.world().metadata().collections.list(studio, filter, page).await?;
        let mut items = Vec::with_capacity(found.items.len());
        for collection in found.items {
            items.push(self.view(studio, collection).await?);
        }
        Ok(Page { items, next: found.next })
    }

    /// Changes a collection.
    pub async fn change(
        &self,
        principal: &Principal,
        collection: CollectionId,
        change: CollectionChange,
        precondition: Precondition,
    ) -> Result<CollectionView, CatalogueError> {
        let studio = principal.manage()?;
        for _ in 0..ATTEMPTS {
            let Versioned { mut value, version } = self.find(studio, collection).await?;
            precondition.check(version)?;
            let change = change.clone();
            value.name = change.name.unwrap_or(value.name);
            value.client_name = change.client_name.unwrap_or(value.client_name);
            value.event_date = change.event_date.unwrap_or(value.event_date);
            value.tags = change.tags.unwrap_or(value.tags);
            value.updated_at = self.world().clock.now();
            match self.world().metadata().collections.update(&value, version).await {
                Ok(version) => return self.view(studio, Versioned::new(value, version)).await,
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("change collection", collection).into())
    }

    /// Deletes a collection with its galleries: they are gone at once, and purged in the background.
    pub async fn delete(
        &self,
        principal: &Principal,
        collection: CollectionId,
    ) -> Result<(), CatalogueError> {
        let studio = principal.manage()?;
        self.find(studio, collection).await?;
        let now = self.world().clock.now();
        self.world().metadata().collections.mark_deleted(studio, collection, now).await?;
        let filter = GalleryFilter { collection: Some(collection), ..GalleryFilter::default() };
        loop {
            // Marked galleries leave the list, so its first page is always the next one.
            let page = PageRequest::first(PageLimit::MOST);
            let galleries = self.world().metadata().galleries.list(studio, &filter, &page).await?;
            for gallery in &galleries.items {
                self.world().metadata().galleries.mark_deleted(studio, gallery.value.id, now).await?;
                let target =
                    PurgeTarget::Gallery { studio, collection: Some(collection), gallery: gallery.value.id };
                enqueue_purge(self.world(), target).await?;
            }
            if galleries.next.is_none() {
                break;
            }
        }
        let target = PurgeTarget::Collection { studio, collection };
        enqueue_purge(self.world(), target).await?;
        Ok(())
    }
}
