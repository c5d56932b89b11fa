//! Replacing originals: the swap, once the new file has been rendered, and the removal of what it left behind.

use jiff::SignedDuration;

use crate::event::{Event, EventSubject};
use crate::fault::{Fault, FaultKind};
use crate::gallery::Gallery;
use crate::id::ReplacementId;
use crate::job::{Job, PurgeTarget};
use crate::page::Versioned;
use crate::photo::{CurrentReplacement, Photo, Replacement, ReplacementState, ShapeRule, StoredFacts};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::services::Dependencies;
use crate::services::catalogue::is_lost_race;
use crate::services::processing::{
    Failure, Rendered, Wanted, event, made_keys, remove, remove_replaced, render, store, stored_facts,
};
use crate::services::working::JobError;

mod tidying;

pub(crate) use self::tidying::tidy;

/// Renders the replacement that has arrived, and swaps the photo's original and renditions in one write; or refuses it.
/// Whoever loses a race does nothing: the caller looks at the photo again.
///
/// # Errors
/// Only what another try may mend.
pub(crate) async fn take_over(
    world: &Dependencies,
    photo: Versioned<Photo>,
    gallery: &Gallery,
) -> Result<(), JobError> {
    let Some(next) = photo.value.replacements.arrived().cloned() else { return Ok(()) };
    let key = photo.value.replacement_key(next.id);
    let keep_base = world.settings.bases.keeps(false);
    match render(world, key, next.sha256, gallery, keep_base).await {
        Ok(rendered) => match refusal(&photo.value, &next, &rendered) {
            Some(reason) => Ok(refuse(world, photo, reason).await?),
            None => Ok(swap(world, photo, &next, gallery, rendered).await?),
        },
        Err(Failure::Storage(error)) if error.kind() == StorageErrorKind::NotFound => {
            Ok(refuse(world, photo, Fault::missing()).await?)
        }
        Err(Failure::Storage(error)) => Err(error.into()),
        Err(Failure::Render(error)) if error.is_transient() => Err(error.into()),
        Err(Failure::Render(error)) => Ok(refuse(world, photo, error.fault()).await?),
        Err(Failure::Damaged) => Ok(refuse(world, photo, Fault::mismatch()).await?),
    }
}

/// Why a file that can be rendered may still not take the place.
fn refusal(photo: &Photo, next: &Replacement, rendered: &Rendered) -> Option<Fault> {
    let before = photo.facts.as_ref()?.size;
    let after = rendered.photo.facts.size;
    if next.shape == ShapeRule::Any || ShapeRule::is_same(before, after) {
        return None;
    }
    let sentence = format!(
        "The picture has another shape ({} x {} instead of {} x {} pixels), so crops that were ordered would show something \
         else. Replace it again and allow a different shape if that is right.",
        after.width(),
        after.height(),
        before.width(),
        before.height()
    );
    Some(Fault::new(FaultKind::OtherShape, &sentence))
}

async fn swap(
    world: &Dependencies,
    photo: Versioned<Photo>,
    next: &Replacement,
    gallery: &Gallery,
    rendered: Rendered,
) -> Result<(), StorageError> {
    let Versioned { value: before, version } = photo;
    let now = world.clock.now();
    let wanted = Wanted::of(world, &gallery.processing, Some(next.id));
    let renditions = store(world, &before, wanted, &rendered.photo).await?;
    let written = made_keys(&before, &renditions);
    let mut after = before.clone();
    let Ok(state) = after.state.clone().finish(renditions.clone(), now) else { return Ok(()) };
    after.state = state;
    after.size_bytes = next.size_bytes;
    after.content_type = next.content_type;
    after.sha256 = Some(rendered.sha256);
    after.facts = Some(facts_after(before.facts.as_ref(), stored_facts(&rendered.photo.facts)));
    after.replacements.current =
        Some(CurrentReplacement { id: next.id, filename: next.filename.clone(), at: now });
    after.replacements.next = None;
    after.updated_at = now;
    match world.metadata().photos.update(&after, version, &news(world, &before, &after)).await {
        Ok(_) => {
            remove_replaced(world, &before, Some(&renditions)).await;
            enqueue_tidying(world, &after, next.id).await
        }
        Err(error) if is_lost_race(&error) => {
            let now = world.metadata().photos.find(before.studio, before.id).await?;
            if now.is_none_or(|photo| !photo.value.replacements.names(next.id)) {
                // Deleted, or replaced by something newer: nobody else removes what was just written.
                remove(world, &written).await;
            }
            Ok(())
        }
        Err(error) => Err(error),
    }
}

/// An edited file often has lost what the camera wrote; the photo keeps it, and with it its place in the gallery.
fn facts_after(before: Option<&StoredFacts>, after: StoredFacts) -> StoredFacts {
    let Some(before) = before else { return after };
    StoredFacts {
        size: after.size,
        captured_at: before.captured_at.or(after.captured_at),
        camera: before.camera.clone().or(after.camera),
        lens: before.lens.clone().or(after.lens),
    }
}

fn news(world: &Dependencies, before: &Photo, after: &Photo) -> Vec<Event> {
    let (photo, gallery) = (after.id, after.gallery);
    let mut subjects = vec![EventSubject::PhotoReady { photo, gallery }];
    if let (Some(before), Some(after)) = (&before.facts, &after.facts)
        && !ShapeRule::is_same(before.size, after.size)
    {
        subjects.push(EventSubject::PhotoReshaped { photo, gallery });
    }
    subjects.into_iter().map(|subject| event(world, after.studio, subject)).collect()
}

/// Notes that the replacement on its way cannot take the place. The photo stays as it was, and the file is removed.
///
/// # Errors
/// The store failed.
pub(crate) async fn refuse(
    world: &Dependencies,
    photo: Versioned<Photo>,
    reason: Fault,
) -> Result<(), StorageError> {
    let Versioned { mut value, version } = photo;
    let now = world.clock.now();
    let Some(next) = &mut value.replacements.next else { return Ok(()) };
    next.state = ReplacementState::Refused { reason, at: now };
    let id = next.id;
    value.updated_at = now;
    match world.metadata().photos.update(&value, version, &[]).await {
        Ok(_) => enqueue_tidying(world, &value, id).await,
        Err(error) if is_lost_race(&error) => Ok(()),
        Err(error) => Err(error),
    }
}

/// If this is lost, the look that was enqueued with the ticket does the same.
async fn enqueue_tidying(
    world: &Dependencies,
    photo: &Photo,
    replacement: ReplacementId,
) -> Result<(), StorageError> {
    let target = PurgeTarget::Replaced { studio: photo.studio, photo: photo.id, replacement };
    world.jobs().enqueue(&[Job::Purge { target }], SignedDuration::ZERO).await
}
