//! Purging: removing what was deleted, with everything under it. Every purge can be run again.

use std::collections::BTreeSet;

use jiff::SignedDuration;

use crate::id::{CollectionId, GalleryId, PhotoId, StudioId, UserId};
use crate::job::{Job, PurgeTarget};
use crate::object_key::{ObjectPrefix, OriginalKey};
use crate::page::{PageLimit, PageRequest};
use crate::ports::collections::CollectionFilter;
use crate::ports::error::StorageError;
use crate::ports::galleries::GalleryFilter;
use crate::services::Dependencies;
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::working::JobError;
use crate::share::ShareTarget;

/// Removes a target and everything under it.
///
/// # Errors
/// The store failed; what is left is removed by the next run.
pub(crate) async fn purge(world: &Dependencies, target: PurgeTarget) -> Result<(), JobError> {
    match target {
        PurgeTarget::Photo { studio, gallery, photo } => {
            let collection = match gallery {
                Some(gallery) => collection_of(world, studio, gallery).await?,
                None => None,
            };
            Ok(purge_photos(world, studio, collection, gallery, &[photo]).await?)
        }
        PurgeTarget::Gallery { studio, collection, gallery } => {
            Ok(purge_gallery(world, studio, collection, gallery).await?)
        }
        PurgeTarget::Collection { studio, collection } => {
            Ok(purge_collection(world, studio, collection).await?)
        }
        PurgeTarget::Studio { studio, owner } => purge_account(world, studio, owner).await,
    }
}

pub(crate) async fn purge_photos(
    world: &Dependencies,
    studio: StudioId,
    collection: Option<CollectionId>,
    gallery: Option<GalleryId>,
    photos: &[PhotoId],
) -> Result<(), StorageError> {
    let gone: BTreeSet<PhotoId> = photos.iter().copied().collect();
    if let Some(gallery) = gallery {
        forget_picks(world, studio, &share_targets(collection, gallery), &gone).await?;
        forget_cover(world, studio, gallery, &gone).await?;
    }
    for &photo in photos {
        abort_multipart(world, studio, photo).await?;
        delete_objects(world, ObjectPrefix::Photo(studio, photo)).await?;
        world.metadata().photos.purge(studio, photo).await?;
    }
    Ok(())
}

async fn abort_multipart(world: &Dependencies, studio: StudioId, photo: PhotoId) -> Result<(), StorageError> {
    let key = OriginalKey { studio, photo }.into();
    world.backend.objects.multipart.abort(key).await
}

/// Takes the photos out of every client's selections.
async fn forget_picks(
    world: &Dependencies,
    studio: StudioId,
    targets: &[ShareTarget],
    gone: &BTreeSet<PhotoId>,
) -> Result<(), StorageError> {
    let mut after = None;
    loop {
        let page = PageRequest::after(PageLimit::MOST, after);
        let found = world.metadata().selections.list(studio, targets, &page).await?;
        for selections in found.items {
            let touches = |pick: &crate::selection::Pick| gone.contains(&pick.photo);
            if selections.value.selections.iter().any(|selection| selection.picks.iter().any(touches)) {
                forget_in(world, studio, selections.value.client, gone).await?;
            }
        }
        after = found.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

/// Through which shares a gallery's photos can have been picked.
fn share_targets(collection: Option<CollectionId>, gallery: GalleryId) -> Vec<ShareTarget> {
    let mut targets = vec![ShareTarget::Gallery(gallery)];
    targets.extend(collection.map(ShareTarget::Collection));
    targets
}

async fn collection_of(
    world: &Dependencies,
    studio: StudioId,
    gallery: GalleryId,
) -> Result<Option<CollectionId>, StorageError> {
    let found = world.metadata().galleries.find(studio, gallery).await?;
    Ok(found.and_then(|gallery| gallery.value.collection))
}

async fn forget_in(
    world: &Dependencies,
    studio: StudioId,
    client: crate::id::ClientId,
    gone: &BTreeSet<PhotoId>,
) -> Result<(), StorageError> {
    for _ in 0..ATTEMPTS {
        let Some(found) = world.metadata().selections.find_by_client(studio, client).await? else {
            return Ok(());
        };
        let mut selections = found.value;
        selections.forget(gone);
        match world.metadata().selections.update(&selections, found.version, &[]).await {
            Ok(_) => return Ok(()),
            Err(error) if is_lost_race(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Err(exhausted("forget picks of client", client))
}

/// A gallery whose cover is gone has none.
async fn forget_cover(
    world: &Dependencies,
    studio: StudioId,
    gallery: GalleryId,
    gone: &BTreeSet<PhotoId>,
) -> Result<(), StorageError> {
    for _ in 0..ATTEMPTS {
        let Some(found) = world.metadata().galleries.find(studio, gallery).await? else { return Ok(()) };
        let mut value = found.value;
        if value.cover.is_none_or(|cover| !gone.contains(&cover)) {
            return Ok(());
        }
        value.cover = None;
        match world.metadata().galleries.update(&value, found.version).await {
            Ok(_) => return Ok(()),
            Err(error) if is_lost_race(&error) => {}
            Err(error) => return Err(error),
        }
    }
    Err(exhausted("forget cover of gallery", gallery))
}

async fn purge_gallery(
    world: &Dependencies,
    studio: StudioId,
    collection: Option<CollectionId>,
    gallery: GalleryId,
) -> Result<(), StorageError> {
    purge_shares(world, studio, ShareTarget::Gallery(gallery)).await?;
    loop {
        // Purged photos leave the list, so its first page is always the next one.
        let page = PageRequest::first(PageLimit::MOST);
        let photos = world.metadata().photos.list_ids(studio, gallery, &page).await?;
        purge_photos(world, studio, collection, Some(gallery), &photos.items).await?;
        if photos.next.is_none() {
            break;
        }
    }
    world.metadata().galleries.purge(studio, gallery).await
}

async fn purge_shares(
    world: &Dependencies,
    studio: StudioId,
    target: ShareTarget,
) -> Result<(), StorageError> {
    loop {
        let page = PageRequest::first(PageLimit::MOST);
        let shares = world.metadata().shares.list(studio, target, &page).await?;
        for share in &shares.items {
            world.metadata().selections.purge_by_share(studio, share.value.id).await?;
            world.metadata().shares.purge(studio, share.value.id).await?;
        }
        if shares.next.is_none() {
            return Ok(());
        }
    }
}

async fn purge_collection(
    world: &Dependencies,
    studio: StudioId,
    collection: CollectionId,
) -> Result<(), StorageError> {
    purge_shares(world, studio, ShareTarget::Collection(collection)).await?;
    let filter = GalleryFilter { collection: Some(collection), ..GalleryFilter::default() };
    purge_galleries(world, studio, &filter).await?;
    world.metadata().collections.purge(studio, collection).await
}

async fn purge_galleries(
    world: &Dependencies,
    studio: StudioId,
    filter: &GalleryFilter,
) -> Result<(), StorageError> {
    loop {
        let page = PageRequest::first(PageLimit::MOST);
        let galleries = world.metadata().galleries.list(studio, filter, &page).await?;
        for gallery in &galleries.items {
            purge_gallery(world, studio, gallery.value.collection, gallery.value.id).await?;
        }
        if galleries.next.is_none() {
            return Ok(());
        }
    }
}

/// Removes a studio, and then the person who logged in to it. A studio that is still there was not deleted after
/// all: the purge is enqueued before the deletion.
async fn purge_account(
    world: &Dependencies,
    studio: StudioId,
    owner: Option<UserId>,
) -> Result<(), JobError> {
    if world.metadata().studios.find(studio).await?.is_some() {
        return Ok(());
    }
    if let Some(owner) = owner {
        world.identity.delete(owner).await?;
    }
    Ok(purge_studio(world, studio).await?)
}

async fn purge_studio(world: &Dependencies, studio: StudioId) -> Result<(), StorageError> {
    let metadata = world.metadata();
    purge_galleries(world, studio, &GalleryFilter::default()).await?;
    loop {
        let page = PageRequest::first(PageLimit::MOST);
        let collections = metadata.collections.list(studio, &CollectionFilter::default(), &page).await?;
        for collection in &collections.items {
            purge_collection(world, studio, collection.value.id).await?;
        }
        if collections.next.is_none() {
            break;
        }
    }
    purge_hidden(world, studio).await?;
    metadata.orders.purge_by_studio(studio).await?;
    loop {
        let page = PageRequest::first(PageLimit::MOST);
        let lists = metadata.price_lists.list(studio, &page).await?;
        for list in &lists.items {
            metadata.price_lists.delete(studio, list.value.id).await?;
        }
        if lists.next.is_none() {
            break;
        }
    }
    metadata.api_keys.purge_by_studio(studio).await?;
    delete_objects(world, ObjectPrefix::Studio(studio)).await?;
    metadata.outbox.purge_by_studio(studio).await?;
    metadata.studios.purge(studio).await
}

/// Purges what was deleted before the studio was, and is waiting for its own purge.
async fn purge_hidden(world: &Dependencies, studio: StudioId) -> Result<(), StorageError> {
    let mut after = None;
    loop {
        let page = PageRequest::after(PageLimit::MOST, after);
        let galleries = world.metadata().galleries.list_deleted(&page).await?;
        for (owner, gallery) in galleries.items {
            if owner == studio {
                purge_gallery(world, studio, None, gallery).await?;
            }
        }
        after = galleries.next;
        if after.is_none() {
            break;
        }
    }
    let mut after = None;
    loop {
        let page = PageRequest::after(PageLimit::MOST, after);
        let collections = world.metadata().collections.list_deleted(&page).await?;
        for (owner, collection) in collections.items {
            if owner == studio {
                purge_collection(world, studio, collection).await?;
            }
        }
        after = collections.next;
        if after.is_none() {
            return Ok(());
        }
    }
}

async fn delete_objects(world: &Dependencies, prefix: ObjectPrefix) -> Result<(), StorageError> {
    loop {
        let page = PageRequest::first(PageLimit::MOST);
        let keys = world.backend.objects.store.list(prefix, &page).await?;
        for outcome in world.backend.objects.store.delete_many(&keys.items).await {
            outcome.result?;
        }
        if keys.next.is_none() {
            return Ok(());
        }
    }
}

/// Enqueues the purge of a target.
pub(crate) async fn enqueue(world: &Dependencies, target: PurgeTarget) -> Result<(), StorageError> {
    world.jobs().enqueue(&[Job::Purge { target }], SignedDuration::ZERO).await
}
