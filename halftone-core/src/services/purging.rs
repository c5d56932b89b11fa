//! Purging: removing what was deleted, with everything under it. Every purge can be run again.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};
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
use crate::services::{metering, replacing};
use crate::share::ShareTarget;

/// How many photos one run of a purge removes. The rest is another job, so that a purge of any size fits into the time
/// that a function has.
const PHOTOS_A_RUN: u32 = 200;

/// How many photos are removed at once; each takes a few round trips, one after the other.
const AT_ONCE: usize = 8;

/// How long after the end of its ticket an upload that began before may still arrive.
const AFTER_TICKET: SignedDuration = SignedDuration::from_hours(1);

/// How far a run came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[must_use]
pub(crate) enum Purged {
    /// Nothing of the target is left.
    Everything,
    /// There is more, for another run.
    Part,
}

/// How many photos a run may still remove.
struct Budget(u32);

/// Leaves the function with [`Purged::Part`] when the part before it did not come to its end.
macro_rules! to_the_end {
    ($purged:expr) => {
        if $purged == Purged::Part {
            return Ok(Purged::Part);
        }
    };
}

/// Removes a target and what is under it, up to a bound.
///
/// # Errors
/// The store failed; what is left is removed by the next run.
pub(crate) async fn purge(world: &Dependencies, target: PurgeTarget) -> Result<Purged, JobError> {
    let budget = &mut Budget(PHOTOS_A_RUN);
    match target {
        PurgeTarget::Photo { studio, gallery, photo } => {
            let collection = match gallery {
                Some(gallery) => collection_of(world, studio, gallery).await?,
                None => None,
            };
            purge_photos(world, studio, collection, gallery, &[photo]).await?;
            Ok(Purged::Everything)
        }
        PurgeTarget::Replaced { studio, photo, replacement } => {
            replacing::tidy(world, studio, photo, replacement).await?;
            Ok(Purged::Everything)
        }
        PurgeTarget::Gallery { studio, collection, gallery } => {
            Ok(purge_gallery(world, studio, collection, gallery, budget).await?)
        }
        PurgeTarget::Collection { studio, collection } => {
            Ok(purge_collection(world, studio, collection, budget).await?)
        }
        PurgeTarget::Studio { studio, owner } => purge_account(world, studio, owner, budget).await,
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
    let purges: Vec<_> = photos.iter().map(|&photo| purge_photo(world, studio, gallery, photo)).collect();
    stream::iter(purges).buffer_unordered(AT_ONCE).try_collect().await
}

async fn purge_photo(
    world: &Dependencies,
    studio: StudioId,
    gallery: Option<GalleryId>,
    photo: PhotoId,
) -> Result<(), StorageError> {
    abort_multipart(world, studio, photo).await?;
    let had_bytes = delete_objects(world, ObjectPrefix::Photo(studio, photo)).await? > 0;
    let ticket_left = (photo.made_at() + world.settings.ticket_lifetime).duration_since(world.clock.now());
    if !had_bytes && ticket_left.is_positive() {
        // Its ticket can still be used, perhaps is being used just now. Whoever learns of such bytes does not know the
        // photo any more and leaves them alone, so this comes back when the ticket has ended.
        let again = Job::Purge { target: PurgeTarget::Photo { studio, gallery, photo } };
        world.jobs().enqueue(&[again], ticket_left + AFTER_TICKET).await?;
    }
    world.metadata().photos.purge(studio, photo).await
}

async fn abort_multipart(world: &Dependencies, studio: StudioId, photo: PhotoId) -> Result<(), StorageError> {
    let key = OriginalKey { studio, photo, replacement: None }.into();
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
                metering::forget(world, studio, selections.value.share, gone).await?;
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
    budget: &mut Budget,
) -> Result<Purged, StorageError> {
    purge_shares(world, studio, ShareTarget::Gallery(gallery)).await?;
    // Purged photos leave the list, so its first page is always the next one.
    while let Ok(limit) = PageLimit::parse(budget.0) {
        let photos = world.metadata().photos.list_ids(studio, gallery, &PageRequest::first(limit)).await?;
        purge_photos(world, studio, collection, Some(gallery), &photos.items).await?;
        budget.0 = budget.0.saturating_sub(u32::try_from(photos.items.len()).unwrap_or(u32::MAX));
        if photos.next.is_none() {
            world.metadata().galleries.purge(studio, gallery).await?;
            return Ok(Purged::Everything);
        }
    }
    Ok(Purged::Part)
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
            world.metadata().meters.purge(studio, share.value.id).await?;
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
    budget: &mut Budget,
) -> Result<Purged, StorageError> {
    purge_shares(world, studio, ShareTarget::Collection(collection)).await?;
    let filter = GalleryFilter { collection: Some(collection), ..GalleryFilter::default() };
    to_the_end!(purge_galleries(world, studio, &filter, budget).await?);
    world.metadata().collections.purge(studio, collection).await?;
    Ok(Purged::Everything)
}

async fn purge_galleries(
    world: &Dependencies,
    studio: StudioId,
    filter: &GalleryFilter,
    budget: &mut Budget,
) -> Result<Purged, StorageError> {
    loop {
        let page = PageRequest::first(PageLimit::MOST);
        let galleries = world.metadata().galleries.list(studio, filter, &page).await?;
        for gallery in &galleries.items {
            let (collection, gallery) = (gallery.value.collection, gallery.value.id);
            to_the_end!(purge_gallery(world, studio, collection, gallery, budget).await?);
        }
        if galleries.next.is_none() {
            return Ok(Purged::Everything);
        }
    }
}

/// Removes a studio, and then the person who logged in to it. A studio that is still there was not deleted after
/// all: the purge is enqueued before the deletion.
async fn purge_account(
    world: &Dependencies,
    studio: StudioId,
    owner: Option<UserId>,
    budget: &mut Budget,
) -> Result<Purged, JobError> {
    if world.metadata().studios.find(studio).await?.is_some() {
        return Ok(Purged::Everything);
    }
    if let Some(owner) = owner {
        world.identity.delete(owner).await?;
    }
    Ok(purge_studio(world, studio, budget).await?)
}

async fn purge_studio(
    world: &Dependencies,
    studio: StudioId,
    budget: &mut Budget,
) -> Result<Purged, StorageError> {
    let metadata = world.metadata();
    to_the_end!(purge_galleries(world, studio, &GalleryFilter::default(), budget).await?);
    loop {
        let page = PageRequest::first(PageLimit::MOST);
        let collections = metadata.collections.list(studio, &CollectionFilter::default(), &page).await?;
        for collection in &collections.items {
            to_the_end!(purge_collection(world, studio, collection.value.id, budget).await?);
        }
        if collections.next.is_none() {
            break;
        }
    }
    to_the_end!(purge_hidden(world, studio, budget).await?);
    metadata.orders.purge_by_studio(studio).await?;
    metadata.meters.purge_by_studio(studio).await?;
    metadata.packs.purge_by_studio(studio).await?;
    metadata.archives.purge_by_studio(studio).await?;
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
    // The outbox first, so that nothing new comes of it.
    metadata.outbox.purge_by_studio(studio).await?;
    metadata.listeners.purge(studio).await?;
    if let Some(mailing) = &world.mail {
        mailing.mailer.purge_by_studio(studio).await?;
    }
    metadata.deliveries.purge_by_studio(studio).await?;
    metadata.notifications.purge_by_studio(studio).await?;
    metadata.studios.purge(studio).await?;
    Ok(Purged::Everything)
}

/// Purges what was deleted before the studio was, and is waiting for its own purge.
async fn purge_hidden(
    world: &Dependencies,
    studio: StudioId,
    budget: &mut Budget,
) -> Result<Purged, StorageError> {
    let mut after = None;
    loop {
        let page = PageRequest::after(PageLimit::MOST, after);
        let galleries = world.metadata().galleries.list_deleted(&page).await?;
        for (owner, gallery) in galleries.items {
            if owner == studio {
                to_the_end!(purge_gallery(world, studio, None, gallery, budget).await?);
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
                to_the_end!(purge_collection(world, studio, collection, budget).await?);
            }
        }
        after = collections.next;
        if after.is_none() {
            return Ok(Purged::Everything);
        }
    }
}

/// Tells how many there were.
pub(crate) async fn delete_objects(
    world: &Dependencies,
    prefix: ObjectPrefix,
) -> Result<usize, StorageError> {
    let mut deleted = 0;
    loop {
        let page = PageRequest::first(PageLimit::MOST);
        let keys = world.backend.objects.store.list(prefix, &page).await?;
        for outcome in world.backend.objects.store.delete_many(&keys.items).await {
            outcome.result?;
            deleted += 1;
        }
        if keys.next.is_none() {
            return Ok(deleted);
        }
    }
}

/// Enqueues the purge of a target.
pub(crate) async fn enqueue(world: &Dependencies, target: PurgeTarget) -> Result<(), StorageError> {
    world.jobs().enqueue(&[Job::Purge { target }], SignedDuration::ZERO).await
}
