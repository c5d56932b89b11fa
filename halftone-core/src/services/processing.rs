//! Making renditions.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::event::{Event, EventSubject};
use crate::fault::{Fault, FaultKind};
use crate::gallery::Gallery;
use crate::id::{EventId, PhotoId, ReplacementId, StudioId};
use crate::object_key::{ImageKey, ObjectKey, ObjectPrefix, OriginalKey, RenditionKey};
use crate::page::{PageLimit, PageRequest, Versioned};
use crate::photo::{Photo, PhotoState, PhotoStateKind, Sha256Hash, StoredFacts};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{Expected, stream_of};
use crate::ports::renderer::{PhotoFacts, ProofRequest, RenderError, RenderedImage, RenderedPhoto};
use crate::rendition::{ClientRendition, Fingerprint, ProcessingOptions, Renditions, StoredRendition};
use crate::services::Dependencies;
use crate::services::catalogue::{ATTEMPTS, CatalogueError, exhausted, is_lost_race};
use crate::services::error::{Absent, Resource};
use crate::services::purging::purge_photos;
use crate::services::replacing;
use crate::services::working::JobError;
use crate::studio::ImageState;
use crate::text::Line;
use crate::watermark::Watermark;

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
        let fingerprint = wanted(world, &gallery, photo.value.replacements.current_id());
        let begun = match &photo.value.state {
            // The bytes are not confirmed, or the photographer must decide: `complete` and `retry` enqueue anew.
            PhotoState::Pending { .. } | PhotoState::Failed { .. } => return Ok(()),
            PhotoState::Ready { renditions, .. } => {
                if renditions.fingerprint == fingerprint
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
        match work(world, begun, &gallery, fingerprint).await? {
            Outcome::Done => return Ok(()),
            Outcome::LostRace => {}
        }
    }
    Err(exhausted("process photo", id).into())
}

/// The fingerprint of the renditions that a gallery wants of an original.
pub(crate) fn wanted(
    world: &Dependencies,
    gallery: &Gallery,
    replacement: Option<ReplacementId>,
) -> Fingerprint {
    gallery.processing.fingerprint(world.renderer.version()).of_replacement(replacement)
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

/// Where the renditions of a photo lie.
pub(crate) fn rendition_keys(photo: &Photo, renditions: &Renditions) -> [ObjectKey; 2] {
    [ClientRendition::Thumb, ClientRendition::Proof]
        .map(|rendition| super::viewing::rendition_key(photo, renditions, rendition).into())
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
    fingerprint: Fingerprint,
) -> Result<Outcome, JobError> {
    match render(world, photo.value.original_key(), photo.value.sha256, gallery).await {
        Ok(rendered) => Ok(finish(world, photo, fingerprint, rendered).await?),
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

/// Why an original gave no renditions.
pub(crate) enum Failure {
    Storage(StorageError),
    Render(RenderError),
    Damaged,
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<RenderError> for Failure {
    fn from(error: RenderError) -> Self {
        Self::Render(error)
    }
}

/// What was made of one original.
pub(crate) struct Rendered {
    pub(crate) photo: RenderedPhoto,
    pub(crate) sha256: Sha256Hash,
}

/// Renders an original, if it is the one that was announced.
pub(crate) async fn render(
    world: &Dependencies,
    key: OriginalKey,
    announced: Option<Sha256Hash>,
    gallery: &Gallery,
) -> Result<Rendered, Failure> {
    let original = read_original(world, key).await?;
    let sha256 = Sha256Hash::from_bytes(Sha256::digest(&original).into());
    if announced.is_some_and(|announced| announced != sha256) {
        return Err(Failure::Damaged);
    }
    let logo = read_logo(world, key.studio, &gallery.processing.watermark).await?;
    let request = ProofRequest { original, options: gallery.processing.clone(), logo, keep_base: false };
    Ok(Rendered { photo: world.renderer.render_proof(request).await?, sha256 })
}

/// Reads an original into memory, within the limit.
pub(crate) async fn read_original(world: &Dependencies, key: OriginalKey) -> Result<Bytes, StorageError> {
    let body = world.backend.objects.store.get(key.into(), None).await?;
    body.read(world.settings.most_upload_bytes).await
}

async fn read_logo(
    world: &Dependencies,
    studio: StudioId,
    watermark: &Watermark,
) -> Result<Option<Bytes>, Failure> {
    let Watermark::Image { image, .. } = watermark else {
        return Ok(None);
    };
    let missing = || RenderError::Watermark { detail: "the logo is missing".to_owned() };
    let owner = world.metadata().studios.find(studio).await?.ok_or_else(missing)?.value;
    match owner.find_image(*image).map(|image| &image.state) {
        Some(ImageState::Ready { .. }) => {}
        Some(ImageState::Pending { .. }) | None => return Err(missing().into()),
    }
    let key = ImageKey { studio, image: *image };
    match world.backend.objects.store.get(key.into(), None).await {
        Ok(body) => Ok(Some(body.read(world.settings.most_image_bytes).await?)),
        Err(error) if error.kind() == StorageErrorKind::NotFound => Err(missing().into()),
        Err(error) => Err(error.into()),
    }
}

async fn finish(
    world: &Dependencies,
    photo: Versioned<Photo>,
    fingerprint: Fingerprint,
    rendered: Rendered,
) -> Result<Outcome, StorageError> {
    let Versioned { value: before, version } = photo;
    let now = world.clock.now();
    let renditions = store(world, &before, fingerprint, &rendered.photo).await?;
    let mut after = before.clone();
    after.facts = Some(stored_facts(&rendered.photo.facts));
    after.sha256 = Some(rendered.sha256);
    after.updated_at = now;
    match after.state.clone().finish(renditions, now) {
        Ok(state) => after.state = state,
        Err(_) => return Ok(Outcome::LostRace),
    }
    let subject = EventSubject::PhotoReady { photo: after.id, gallery: after.gallery };
    // Renewing the proofs of a gallery is no news.
    let is_news = before.state.kind() != PhotoStateKind::Ready;
    let events: Vec<Event> = is_news.then(|| event(world, after.studio, subject)).into_iter().collect();
    match world.metadata().photos.update(&after, version, &events).await {
        Ok(_) => {
            remove_replaced(world, &before, Some(fingerprint)).await;
            // The options may have changed while this was rendering, and the walk that renews the gallery may
            // have passed by already.
            if is_current(world, &after, fingerprint).await? {
                Ok(Outcome::Done)
            } else {
                Ok(Outcome::LostRace)
            }
        }
        Err(error) if error.kind() == StorageErrorKind::Conflict => Ok(Outcome::LostRace),
        // Deleted in the meantime: its purge may have run already, so what was just written goes too.
        Err(error) if error.kind() == StorageErrorKind::NotFound => {
            let PhotoState::Ready { renditions, .. } = &after.state else {
                return Ok(Outcome::Done);
            };
            remove(world, &rendition_keys(&after, renditions)).await;
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
    Ok(gallery.is_none_or(|gallery| wanted(world, &gallery.value, replacement) == fingerprint))
}

/// Stores the renditions of a photo.
pub(crate) async fn store(
    world: &Dependencies,
    photo: &Photo,
    fingerprint: Fingerprint,
    rendered: &RenderedPhoto,
) -> Result<Renditions, StorageError> {
    let renditions = Renditions {
        fingerprint,
        format: rendered.marked.proof.format,
        proof: stored_rendition(&rendered.marked.proof),
        thumb: stored_rendition(&rendered.marked.thumb),
        placeholder: rendered.marked.placeholder.clone(),
    };
    for (rendition, image) in
        [(ClientRendition::Thumb, &rendered.marked.thumb), (ClientRendition::Proof, &rendered.marked.proof)]
    {
        let key: RenditionKey = super::viewing::rendition_key(photo, &renditions, rendition);
        let expected = Expected { size_bytes: Some(image.bytes.len() as u64), sha256: None };
        world.backend.objects.store.put(key.into(), stream_of(image.bytes.clone()), expected).await?;
    }
    Ok(renditions)
}

const fn stored_rendition(image: &RenderedImage) -> StoredRendition {
    StoredRendition { size: image.size, bytes: image.bytes.len() as u64 }
}

/// What is kept of what an original says of itself.
pub(crate) fn stored_facts(facts: &PhotoFacts) -> StoredFacts {
    let line = |text: &Option<String>| {
        // Why `ok`: a camera that names itself in control characters has no name worth keeping.
        text.as_deref().and_then(|text| Line::parse(text).ok()).filter(|line| !line.as_str().is_empty())
    };
    StoredFacts {
        size: facts.size,
        captured_at: facts.captured_at,
        camera: line(&facts.camera),
        lens: line(&facts.lens),
    }
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

/// Removes the renditions that a photo had before, unless they are the ones it has now. A failure is logged
/// and not returned: the photo is right, and its purge removes what is left over.
pub(crate) async fn remove_replaced(world: &Dependencies, before: &Photo, now: Option<Fingerprint>) {
    let PhotoState::Ready { renditions, .. } = &before.state else {
        return;
    };
    if now != Some(renditions.fingerprint) {
        remove(world, &rendition_keys(before, renditions)).await;
    }
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

/// Renders one photo's proof with other options, for a preview.
pub(crate) async fn render_sample(
    world: &Dependencies,
    studio: StudioId,
    photo: PhotoId,
    options: ProcessingOptions,
) -> Result<RenderedImage, CatalogueError> {
    let found = world.metadata().photos.find(studio, photo).await?.ok_or(Absent::new(Resource::Photo))?;
    let original = match read_original(world, found.value.original_key()).await {
        Err(error) if error.kind() == StorageErrorKind::NotFound => {
            return Err(Absent::new(Resource::Photo).into());
        }
        read => read?,
    };
    let logo = match read_logo(world, studio, &options.watermark).await {
        Ok(logo) => logo,
        Err(Failure::Storage(error)) => return Err(error.into()),
        Err(Failure::Render(error)) => return Err(error.into()),
        Err(Failure::Damaged) => return Err(Absent::new(Resource::Photo).into()),
    };
    let rendered =
        world.renderer.render_proof(ProofRequest { original, options, logo, keep_base: false }).await?;
    Ok(rendered.marked.proof)
}
