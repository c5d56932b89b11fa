//! Making renditions.

mod rendering;

use crate::event::{Event, EventSubject};
use crate::fault::{Fault, FaultKind};
use crate::gallery::Gallery;
use crate::id::{EventId, PhotoId, StudioId};
use crate::object_key::{ObjectKey, ObjectPrefix};
use crate::page::{PageLimit, PageRequest, Versioned};
use crate::photo::{Photo, PhotoState, PhotoStateKind};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::renderer::MarkedPhoto;
use crate::rendition::{Fingerprint, Renditions};
use crate::services::Dependencies;
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};
use crate::services::purging::purge_photos;
use crate::services::replacing;
use crate::services::working::JobError;

pub(crate) use self::rendering::{
    Failure, Rendered, Wanted, made_keys, read_original, render, render_sample, rendition_keys, store,
    stored_facts,
};
use self::rendering::{are_of_other_options, render_from_base, store_marked};

/// Makes the renditions of one photo, or does nothing if they are there already.
///
/// Idempotent: keys are deterministic, and whoever loses a race looks again.
///
/// # Errors
/// Only what another try may mend; what the file itself is to blame for is written to the photo.
pub(crate) async fn process_photo(
    world: &Dependencies,
    studio: StudioId,
    id: PhotoId,
) -> Result<(), JobError> {
    for _ in 0..ATTEMPTS {
        let (photo, gallery) = match find(world, studio, id).await? {
            Found::Photo(found) => *found,
            Found::WithoutGallery => return Ok(remove_orphan(world, studio, id).await?),
            Found::Nothing => return Ok(remove_derived(world, studio, id).await?),
        };
        if photo.value.replacements.arrived().is_some() {
            // Whatever came of it, the photo is looked at again.
            replacing::take_over(world, photo, &gallery).await?;
            continue;
        }
        let wanted = Wanted::of(world, &gallery.processing, photo.value.replacements.current_id());
        let begun = match &photo.value.state {
            // The bytes are not confirmed, or the photographer must decide: `complete` and `retry` enqueue anew.
            PhotoState::Pending { .. } | PhotoState::Failed { .. } => return Ok(()),
            PhotoState::Ready { renditions, .. } => {
                if renditions.fingerprint == wanted.renditions
                    && is_complete(world, &photo.value, renditions).await?
                {
                    return Ok(());
                }
                photo
            }
            // No write: somebody is at it, or was. Two equal renders race for one version, and the loser sees it.
            PhotoState::Processing { .. } => photo,
            PhotoState::Uploaded { .. } => match begin(world, photo).await? {
                Some(begun) => begun,
                None => continue,
            },
        };
        match work(world, begun, &gallery, wanted).await? {
            Outcome::Done => return Ok(()),
            Outcome::LostRace => {}
        }
    }
    Err(exhausted("process photo", id).into())
}

enum Outcome {
    Done,
    LostRace,
}

enum Found {
    /// The photo and its gallery.
    Photo(Box<(Versioned<Photo>, Gallery)>),
    /// The photo is there, and its gallery was deleted.
    WithoutGallery,
    /// There is no such photo: it was deleted, or this database never knew it.
    Nothing,
}

async fn find(world: &Dependencies, studio: StudioId, photo: PhotoId) -> Result<Found, StorageError> {
    let Some(photo) = world.metadata().photos.find(studio, photo).await? else {
        return Ok(Found::Nothing);
    };
    let gallery = world.metadata().galleries.find(studio, photo.value.gallery).await?;
    Ok(gallery.map_or(Found::WithoutGallery, |gallery| Found::Photo(Box::new((photo, gallery.value)))))
}

async fn remove_orphan(world: &Dependencies, studio: StudioId, photo: PhotoId) -> Result<(), StorageError> {
    world.metadata().photos.mark_deleted(studio, photo, world.clock.now()).await?;
    purge_photos(world, studio, None, None, &[photo]).await
}

/// Removes the renditions that an earlier try wrote after the purge of its photo. The original stays, whatever it is: a
/// worker that looks into the wrong database, or into one that was restored from a backup, knows none of the photos that
/// it is told of, and must not delete a single one. What a deletion has to remove, its purge removes.
async fn remove_derived(world: &Dependencies, studio: StudioId, photo: PhotoId) -> Result<(), StorageError> {
    let prefix = ObjectPrefix::Photo(studio, photo);
    let page = PageRequest::first(PageLimit::MOST);
    let keys = world.backend.objects.store.list(prefix, &page).await?.items;
    let (originals, derived): (Vec<ObjectKey>, Vec<ObjectKey>) =
        keys.into_iter().partition(|key| matches!(key, ObjectKey::Original(_)));
    if !originals.is_empty() {
        tracing::warn!(photo.id = %photo, "there is an original of a photo that the database does not know");
    }
    remove(world, &derived).await;
    Ok(())
}

/// Whether somebody began to render a photo and did not come to an end.
pub(crate) async fn was_begun(
    world: &Dependencies,
    studio: StudioId,
    photo: PhotoId,
) -> Result<bool, StorageError> {
    let photo = world.metadata().photos.find(studio, photo).await?;
    Ok(photo.is_some_and(|photo| match photo.value.state.kind() {
        PhotoStateKind::Pending | PhotoStateKind::Uploaded => false,
        // A ready one may be in the middle of being rendered anew.
        PhotoStateKind::Processing | PhotoStateKind::Ready | PhotoStateKind::Failed => true,
    }))
}

async fn is_complete(
    world: &Dependencies,
    photo: &Photo,
    renditions: &Renditions,
) -> Result<bool, StorageError> {
    for key in rendition_keys(photo, renditions) {
        if world.backend.objects.store.head(key).await?.is_none() {
            return Ok(false);
        }
    }
    Ok(true)
}

async fn begin(
    world: &Dependencies,
    photo: Versioned<Photo>,
) -> Result<Option<Versioned<Photo>>, StorageError> {
    let Versioned { mut value, version } = photo;
    let now = world.clock.now();
    match value.state.clone().begin(now) {
        Ok(state) => value.state = state,
        // Somebody else finished it since it was read.
        Err(_) => return Ok(None),
    }
    value.updated_at = now;
    match world.metadata().photos.update(&value, version, &[]).await {
        Ok(version) => Ok(Some(Versioned::new(value, version))),
        Err(error) if is_lost_race(&error) => Ok(None),
        Err(error) => Err(error),
    }
}

async fn work(
    world: &Dependencies,
    photo: Versioned<Photo>,
    gallery: &Gallery,
    wanted: Wanted,
) -> Result<Outcome, JobError> {
    match make(world, &photo.value, gallery).await {
        Ok(made) => Ok(finish(world, photo, wanted, made).await?),
        Err(Failure::Storage(error)) if error.kind() == StorageErrorKind::NotFound => {
            tracing::error!(photo.id = %photo.value.id, "the bytes of an uploaded photo are missing");
            Ok(fail(world, photo, Fault::missing()).await?)
        }
        Err(Failure::Storage(error)) => Err(error.into()),
        Err(Failure::Render(error)) if error.is_transient() => Err(error.into()),
        Err(Failure::Render(error)) => Ok(fail(world, photo, error.fault()).await?),
        Err(Failure::Damaged) => Ok(fail(world, photo, Fault::mismatch()).await?),
    }
}

/// What was made for a photo, and of what.
enum Made {
    OfBase(MarkedPhoto),
    OfOriginal(Rendered),
}

async fn make(world: &Dependencies, photo: &Photo, gallery: &Gallery) -> Result<Made, Failure> {
    if let Some(marked) = render_from_base(world, photo, &gallery.processing).await? {
        return Ok(Made::OfBase(marked));
    }
    let is_change = match &photo.state {
        PhotoState::Ready { renditions, .. } => are_of_other_options(world, photo, renditions, gallery),
        PhotoState::Pending { .. }
        | PhotoState::Uploaded { .. }
        | PhotoState::Processing { .. }
        | PhotoState::Failed { .. } => false,
    };
    let keep_base = world.settings.bases.keeps(is_change);
    let rendered = render(world, photo.original_key(), photo.sha256, gallery, keep_base).await?;
    Ok(Made::OfOriginal(rendered))
}

async fn finish(
    world: &Dependencies,
    photo: Versioned<Photo>,
    wanted: Wanted,
    made: Made,
) -> Result<Outcome, StorageError> {
    let Versioned { value: before, version } = photo;
    let now = world.clock.now();
    let mut after = before.clone();
    let renditions = match &made {
        Made::OfBase(marked) => {
            store_marked(world, &before, wanted.renditions, Some(wanted.base), marked).await?
        }
        Made::OfOriginal(rendered) => {
            after.facts = Some(stored_facts(&rendered.photo.facts));
            after.sha256 = Some(rendered.sha256);
            store(world, &before, wanted, &rendered.photo).await?
        }
    };
    after.updated_at = now;
    match after.state.clone().finish(renditions.clone(), now) {
        Ok(state) => after.state = state,
        Err(_) => return Ok(Outcome::LostRace),
    }
    let subject = EventSubject::PhotoReady { photo: after.id, gallery: after.gallery };
    // Renewing the proofs of a gallery is no news.
    let is_news = before.state.kind() != PhotoStateKind::Ready;
    let events: Vec<Event> = is_news.then(|| event(world, after.studio, subject)).into_iter().collect();
    match world.metadata().photos.update(&after, version, &events).await {
        Ok(_) => {
            remove_replaced(world, &before, Some(&renditions)).await;
            // The options may have changed while this was rendering, and the walk that renews the gallery may
            // have passed by already.
            if is_current(world, &after, wanted.renditions).await? {
                Ok(Outcome::Done)
            } else {
                Ok(Outcome::LostRace)
            }
        }
        Err(error) if error.kind() == StorageErrorKind::Conflict => Ok(Outcome::LostRace),
        // Deleted in the meantime: its purge may have run already, so what was just written goes too.
        Err(error) if error.kind() == StorageErrorKind::NotFound => {
            remove(world, &made_keys(&after, &renditions)).await;
            Ok(Outcome::Done)
        }
        Err(error) => Err(error),
    }
}

async fn is_current(
    world: &Dependencies,
    photo: &Photo,
    fingerprint: Fingerprint,
) -> Result<bool, StorageError> {
    let gallery = world.metadata().galleries.find(photo.studio, photo.gallery).await?;
    let replacement = photo.replacements.current_id();
    Ok(gallery.is_none_or(|gallery| {
        Wanted::of(world, &gallery.value.processing, replacement).renditions == fingerprint
    }))
}

async fn fail(world: &Dependencies, photo: Versioned<Photo>, reason: Fault) -> Result<Outcome, StorageError> {
    let Versioned { value: before, version } = photo;
    let now = world.clock.now();
    let mut after = before.clone();
    after.updated_at = now;
    match after.state.clone().fail(reason, now) {
        Ok(state) => after.state = state,
        Err(_) => return Ok(Outcome::LostRace),
    }
    let subject = EventSubject::PhotoFailed { photo: after.id, gallery: after.gallery };
    match world.metadata().photos.update(&after, version, &[event(world, after.studio, subject)]).await {
        Ok(_) => {
            remove_replaced(world, &before, None).await;
            Ok(Outcome::Done)
        }
        Err(error) if error.kind() == StorageErrorKind::Conflict => Ok(Outcome::LostRace),
        Err(error) if error.kind() == StorageErrorKind::NotFound => Ok(Outcome::Done),
        Err(error) => Err(error),
    }
}

/// Marks a photo as failed whose job has used up its tries.
pub(crate) async fn give_up(
    world: &Dependencies,
    studio: StudioId,
    photo: PhotoId,
) -> Result<(), StorageError> {
    for _ in 0..ATTEMPTS {
        let Some(photo) = world.metadata().photos.find(studio, photo).await? else {
            return Ok(());
        };
        let reason = Fault::new(
            FaultKind::Server,
            "Processing failed several times through a fault of the server. Please try again later.",
        );
        if photo.value.replacements.arrived().is_some() {
            replacing::refuse(world, photo, reason).await?;
            continue;
        }
        match &photo.value.state {
            PhotoState::Uploaded { .. } | PhotoState::Processing { .. } => {}
            // Proofs with an old mark, or none, are not what the studio wants clients to see.
            PhotoState::Ready { renditions, .. } => {
                if is_current(world, &photo.value, renditions.fingerprint).await? {
                    return Ok(());
                }
            }
            PhotoState::Pending { .. } | PhotoState::Failed { .. } => return Ok(()),
        }
        if let Outcome::Done = fail(world, photo, reason).await? {
            return Ok(());
        }
    }
    Err(exhausted("give up photo", photo))
}

/// Removes what was made for a photo before, unless it is what it has now. A failure is logged and not returned: the
/// photo is right, and its purge removes what is left over.
pub(crate) async fn remove_replaced(world: &Dependencies, before: &Photo, now: Option<&Renditions>) {
    let PhotoState::Ready { renditions, .. } = &before.state else {
        return;
    };
    let named = now.map(|now| made_keys(before, now)).unwrap_or_default();
    let mut unnamed = made_keys(before, renditions);
    unnamed.retain(|key| !named.contains(key));
    remove(world, &unnamed).await;
}

/// Deletes objects that nothing names any more. What cannot be deleted now is logged, and found by the operator's
/// purge of orphans.
pub(crate) async fn remove(world: &Dependencies, keys: &[ObjectKey]) {
    for outcome in world.backend.objects.store.delete_many(keys).await {
        if let Err(error) = outcome.result {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                object.key = %outcome.key,
                "an object that nothing names stays behind"
            );
        }
    }
}

pub(crate) fn event(world: &Dependencies, studio: StudioId, subject: EventSubject) -> Event {
    let now = world.clock.now();
    Event { id: EventId::generate(now, &*world.entropy), studio, at: now, subject }
}
