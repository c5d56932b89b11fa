//! Uploads whose bytes arrived although nobody said so: the browser died, or the object store speaks first.

use crate::id::{PhotoId, StudioId};
use crate::job::Job;
use crate::page::Versioned;
use crate::photo::{Photo, PhotoState, ReplacementState, Sha256Hash};
use crate::ports::error::StorageError;
use crate::services::Dependencies;
use crate::services::catalogue::{ATTEMPTS, exhausted, is_lost_race};

/// What became of a photo that waited for its bytes.
pub(crate) enum Arrival {
    /// They are all there, and the photo waits for its renditions now.
    Confirmed(Photo),
    /// They are not there, or not all of them.
    Missing(Photo),
    /// Somebody else moved the photo on.
    LostRace,
}

/// Moves a pending photo on if its bytes have arrived. The job is the caller's.
pub(crate) async fn confirm(world: &Dependencies, photo: Versioned<Photo>) -> Result<Arrival, StorageError> {
    let Versioned { value, version } = photo;
    let info = world.backend.objects.store.head(value.original_key().into()).await?;
    if info.is_none_or(|info| info.size_bytes != value.size_bytes.get()) {
        return Ok(Arrival::Missing(value));
    }
    let now = world.clock.now();
    let mut arrived = value;
    let Ok(state) = arrived.state.clone().upload(now) else { return Ok(Arrival::LostRace) };
    arrived.state = state;
    arrived.updated_at = now;
    match world.metadata().photos.update(&arrived, version, &[]).await {
        Ok(_) => Ok(Arrival::Confirmed(arrived)),
        Err(error) if is_lost_race(&error) => Ok(Arrival::LostRace),
        Err(error) => Err(error),
    }
}

/// Moves the awaited replacement of a photo on if its bytes have arrived. The job is the caller's.
pub(crate) async fn confirm_replacement(
    world: &Dependencies,
    photo: Versioned<Photo>,
) -> Result<Arrival, StorageError> {
    let Some(next) = photo.value.replacements.awaited() else { return Ok(Arrival::LostRace) };
    let key = photo.value.replacement_key(next.id);
    let info = world.backend.objects.store.head(key.into()).await?;
    if info.is_none_or(|info| info.size_bytes != next.size_bytes.get()) {
        return Ok(Arrival::Missing(photo.value));
    }
    let sha256 = next.sha256;
    replacement_arrived(world, photo, sha256).await
}

/// Notes that the bytes of the awaited replacement are safe.
///
/// A photo that can be seen is looked at by no sweep, so the job is enqueued before the write too, for later: it makes good
/// if this dies between the two.
pub(crate) async fn replacement_arrived(
    world: &Dependencies,
    photo: Versioned<Photo>,
    sha256: Option<Sha256Hash>,
) -> Result<Arrival, StorageError> {
    let Versioned { mut value, version } = photo;
    let now = world.clock.now();
    let Some(next) = &mut value.replacements.next else { return Ok(Arrival::LostRace) };
    next.state = ReplacementState::Arrived { at: now };
    next.sha256 = sha256;
    value.updated_at = now;
    let job = Job::ProcessPhoto { studio: value.studio, photo: value.id };
    world.jobs().enqueue(&[job], world.settings.stalled_after).await?;
    match world.metadata().photos.update(&value, version, &[]).await {
        Ok(_) => Ok(Arrival::Confirmed(value)),
        Err(error) if is_lost_race(&error) => Ok(Arrival::LostRace),
        Err(error) => Err(error),
    }
}

/// Confirms the photo of an upload that the object store has told of. One that was confirmed before, or whose
/// bytes are not those announced, stays as it is. Tells whether this call confirmed it.
pub(crate) async fn confirm_upload(
    world: &Dependencies,
    studio: StudioId,
    id: PhotoId,
) -> Result<bool, StorageError> {
    for _ in 0..ATTEMPTS {
        let Some(photo) = world.metadata().photos.find(studio, id).await? else { return Ok(false) };
        let arrival = if matches!(photo.value.state, PhotoState::Pending { .. }) {
            confirm(world, photo).await?
        } else if photo.value.replacements.awaited().is_some() {
            confirm_replacement(world, photo).await?
        } else {
            return Ok(false);
        };
        match arrival {
            Arrival::Confirmed(_) => return Ok(true),
            Arrival::Missing(photo) => {
                tracing::warn!(photo.id = %photo.id, "an object has not the size that its ticket announced");
                return Ok(false);
            }
            Arrival::LostRace => {}
        }
    }
    Err(exhausted("confirm upload", id))
}
