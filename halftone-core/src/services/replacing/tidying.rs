//! Removing what a replacement left behind.

use jiff::{SignedDuration, Timestamp};

use crate::id::{PhotoId, ReplacementId, StudioId};
use crate::job::Job;
use crate::object_key::{ObjectKey, ObjectPrefix, OriginalKey};
use crate::page::{PageLimit, PageRequest, Versioned};
use crate::photo::{Photo, PhotoState};
use crate::ports::error::StorageError;
use crate::services::Dependencies;
use crate::services::arrivals::{Arrival, confirm_replacement};
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::processing::made_keys;
use crate::services::uploads::replacing::last_use;

/// How far the clocks of a worker and of the object store may lie apart, whole seconds of S3 included.
const MARGIN: SignedDuration = SignedDuration::from_secs(5);

/// Removes every file under a photo that its document does not name any more, and ends a ticket that nobody used. Can be run
/// at any time and again.
///
/// What lies under a photo that is not known stays: a deletion has its own purge, and a worker that looks into the wrong
/// database must not delete anything.
///
/// # Errors
/// The store failed.
pub(crate) async fn tidy(
    world: &Dependencies,
    studio: StudioId,
    id: PhotoId,
    replacement: ReplacementId,
) -> Result<(), StorageError> {
    for _ in 0..ATTEMPTS {
        // The files come before the document: one that was written since is named by it.
        let keys = list(world, studio, id).await?;
        let Some(photo) = world.metadata().photos.find(studio, id).await? else { return Ok(()) };
        let is_over = photo.value.replacements.awaited().is_some_and(|next| {
            next.id == replacement
                && world.clock.now() >= last_use(next.asked_at, world.settings.ticket_lifetime)
        });
        if is_over {
            end_ticket(world, photo).await?;
            continue;
        }
        return remove_unnamed(world, &photo.value, replacement, keys).await;
    }
    Err(exhausted("tidy photo", id))
}

async fn list(
    world: &Dependencies,
    studio: StudioId,
    photo: PhotoId,
) -> Result<Vec<ObjectKey>, StorageError> {
    let (mut keys, mut after) = (Vec::new(), None);
    loop {
        let page = PageRequest::after(PageLimit::MOST, after);
        let found = world.backend.objects.store.list(ObjectPrefix::Photo(studio, photo), &page).await?;
        keys.extend(found.items);
        after = found.next;
        if after.is_none() {
            return Ok(keys);
        }
    }
}

/// Takes a file that arrived although nobody said so, or forgets the ticket.
async fn end_ticket(world: &Dependencies, photo: Versioned<Photo>) -> Result<(), StorageError> {
    let version = photo.version;
    match confirm_replacement(world, photo).await? {
        Arrival::Confirmed(photo) => {
            let job = Job::ProcessPhoto { studio: photo.studio, photo: photo.id };
            world.jobs().enqueue(&[job], SignedDuration::ZERO).await
        }
        Arrival::Missing(mut photo) => {
            photo.replacements.next = None;
            photo.updated_at = world.clock.now();
            match world.metadata().photos.update(&photo, version, &[]).await {
                Err(error) if !is_lost_race(&error) => Err(error),
                _ => Ok(()),
            }
        }
        Arrival::LostRace => Ok(()),
    }
}

async fn remove_unnamed(
    world: &Dependencies,
    photo: &Photo,
    replacement: ReplacementId,
    keys: Vec<ObjectKey>,
) -> Result<(), StorageError> {
    let objects = &world.backend.objects;
    if photo.replacements.awaited().is_none_or(|next| next.id != replacement) {
        objects.multipart.abort(photo.replacement_key(replacement).into()).await?;
    }
    let mut unnamed = Vec::new();
    for key in keys {
        if is_unnamed(world, photo, key).await? {
            unnamed.push(key);
        }
    }
    for outcome in objects.store.delete_many(&unnamed).await {
        outcome.result?;
    }
    Ok(())
}

async fn is_unnamed(world: &Dependencies, photo: &Photo, key: ObjectKey) -> Result<bool, StorageError> {
    let replacements = &photo.replacements;
    Ok(match key {
        ObjectKey::Original(OriginalKey { replacement: None, .. }) => replacements.current.is_some(),
        ObjectKey::Original(OriginalKey { replacement: Some(id), .. }) => !replacements.names(id),
        ObjectKey::Delivery(key) => key.replacement != replacements.current_id(),
        // Its key does not tell of which original it was made, but its age does.
        ObjectKey::Print(_) => match &replacements.current {
            Some(current) => is_older(world, key, current.at).await?,
            None => false,
        },
        // A worker may be just about to name it; but not if it was made before the last swap.
        ObjectKey::Rendition(_) | ObjectKey::Base(_) => match &replacements.current {
            Some(current) if !is_shown(photo, key) => is_older(world, key, current.at - MARGIN).await?,
            Some(_) | None => false,
        },
        ObjectKey::PackDocument(_)
        | ObjectKey::PackArchive(_)
        | ObjectKey::Image(_)
        | ObjectKey::Archive(_) => false,
    })
}

fn is_shown(photo: &Photo, key: ObjectKey) -> bool {
    match &photo.state {
        PhotoState::Ready { renditions, .. } => made_keys(photo, renditions).contains(&key),
        PhotoState::Pending { .. }
        | PhotoState::Uploaded { .. }
        | PhotoState::Processing { .. }
        | PhotoState::Failed { .. } => false,
    }
}

async fn is_older(world: &Dependencies, key: ObjectKey, than: Timestamp) -> Result<bool, StorageError> {
    let info = world.backend.objects.store.head(key).await?;
    Ok(info.is_some_and(|info| info.modified_at < than))
}
