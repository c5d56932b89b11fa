//! Uploads whose bytes arrived although nobody said so: the browser died, or the object store speaks first.

use crate::id::{PhotoId, StudioId};
use crate::object_key::OriginalKey;
use crate::page::Versioned;
use crate::photo::{Photo, PhotoState};
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
    let key = OriginalKey { studio: value.studio, photo: value.id };
    let info = world.backend.objects.store.head(key.into()).await?;
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

/// Confirms the photo of an upload that the object store has told of. One that was confirmed before, or whose
/// bytes are not those announced, stays as it is. Tells whether this call confirmed it.
pub(crate) async fn confirm_upload(
    world: &Dependencies,
    studio: StudioId,
    id: PhotoId,
) -> Result<bool, StorageError> {
    for _ in 0..ATTEMPTS {
        let Some(photo) = world.metadata().photos.find(studio, id).await? else { return Ok(false) };
        if !matches!(photo.value.state, PhotoState::Pending { .. }) {
            return Ok(false);
        }
        match confirm(world, photo).await? {
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
