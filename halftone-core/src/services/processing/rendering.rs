//! Making renditions of an original, or of the base that was kept of it, and storing them.

use bytes::Bytes;
use sha2::{Digest, Sha256};

use crate::gallery::Gallery;
use crate::id::{PhotoId, ReplacementId, StudioId};
use crate::object_key::{BaseKey, ImageKey, ObjectKey, OriginalKey, RenditionKey};
use crate::photo::{Photo, PhotoState, Sha256Hash, StoredFacts};
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{Expected, stream_of};
use crate::ports::renderer::{
    MarkRequest, MarkedPhoto, PhotoFacts, ProofBase, ProofRequest, RenderError, RenderedImage, RenderedPhoto,
};
use crate::rendition::{ClientRendition, Fingerprint, ProcessingOptions, Renditions, StoredRendition};
use crate::services::Dependencies;
use crate::services::catalogue::CatalogueError;
use crate::services::error::{Absent, Resource};
use crate::services::viewing::rendition_key;
use crate::settings::BaseKeeping;
use crate::studio::ImageState;
use crate::text::Line;
use crate::watermark::Watermark;

/// Under which names options want what is made of an original.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Wanted {
    pub(crate) renditions: Fingerprint,
    pub(crate) base: Fingerprint,
}

impl Wanted {
    pub(crate) fn of(
        world: &Dependencies,
        options: &ProcessingOptions,
        replacement: Option<ReplacementId>,
    ) -> Self {
        let version = world.renderer.version();
        Self {
            renditions: options.fingerprint(version).of_replacement(replacement),
            base: options.base_fingerprint(version).of_replacement(replacement),
        }
    }
}

/// Whether renditions are those of other options than a gallery has now, and not of these by an older pipeline.
pub(super) fn are_of_other_options(
    world: &Dependencies,
    photo: &Photo,
    renditions: &Renditions,
    gallery: &Gallery,
) -> bool {
    let replacement = photo.replacements.current_id();
    let by = |version| gallery.processing.fingerprint(version).of_replacement(replacement);
    !(0..=world.renderer.version()).any(|version| by(version) == renditions.fingerprint)
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
    keep_base: bool,
) -> Result<Rendered, Failure> {
    let original = read_original(world, key).await?;
    let sha256 = Sha256Hash::from_bytes(Sha256::digest(&original).into());
    if announced.is_some_and(|announced| announced != sha256) {
        return Err(Failure::Damaged);
    }
    let logo = read_logo(world, key.studio, &gallery.processing.watermark).await?;
    let request = ProofRequest { original, options: gallery.processing.clone(), logo, keep_base };
    Ok(Rendered { photo: world.renderer.render_proof(request).await?, sha256 })
}

/// Marks what is kept of a photo anew; `None` if there is nothing of use, and the original has to be rendered.
pub(crate) async fn render_from_base(
    world: &Dependencies,
    photo: &Photo,
    options: &ProcessingOptions,
) -> Result<Option<MarkedPhoto>, Failure> {
    let PhotoState::Ready { renditions, .. } = &photo.state else { return Ok(None) };
    let wanted = Wanted::of(world, options, photo.replacements.current_id());
    if renditions.base != Some(wanted.base) || world.settings.bases == BaseKeeping::Never {
        return Ok(None);
    }
    let key = base_key(photo, wanted.base);
    let base = match world.backend.objects.store.get(key.into(), None).await {
        Ok(body) => ProofBase::new(body.read(world.settings.most_upload_bytes).await?),
        Err(error) if error.kind() == StorageErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(error.into()),
    };
    let logo = read_logo(world, photo.studio, &options.watermark).await?;
    let request = MarkRequest { base, options: options.clone(), logo };
    match world.renderer.mark_anew(request).await {
        Ok(marked) => Ok(Some(marked)),
        Err(RenderError::Malformed { detail }) => {
            tracing::warn!(photo.id = %photo.id, detail, "a base is damaged; the original is rendered");
            Ok(None)
        }
        Err(error) => Err(error.into()),
    }
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

/// Where the base of a photo lies.
const fn base_key(photo: &Photo, fingerprint: Fingerprint) -> BaseKey {
    BaseKey { studio: photo.studio, photo: photo.id, fingerprint }
}

/// Where the renditions of a photo lie.
pub(crate) fn rendition_keys(photo: &Photo, renditions: &Renditions) -> [ObjectKey; 2] {
    [ClientRendition::Thumb, ClientRendition::Proof]
        .map(|rendition| rendition_key(photo, renditions, rendition).into())
}

/// Where everything lies that was made for a photo's renditions.
pub(crate) fn made_keys(photo: &Photo, renditions: &Renditions) -> Vec<ObjectKey> {
    let base = renditions.base.map(|fingerprint| base_key(photo, fingerprint).into());
    rendition_keys(photo, renditions).into_iter().chain(base).collect()
}

/// Stores what was made of an original.
pub(crate) async fn store(
    world: &Dependencies,
    photo: &Photo,
    wanted: Wanted,
    rendered: &RenderedPhoto,
) -> Result<Renditions, StorageError> {
    if let Some(base) = &rendered.base {
        put(world, base_key(photo, wanted.base).into(), base.bytes()).await?;
    }
    let kept = rendered.base.is_some().then_some(wanted.base);
    store_marked(world, photo, wanted.renditions, kept, &rendered.marked).await
}

/// Stores renditions whose base is kept already, or is not.
pub(crate) async fn store_marked(
    world: &Dependencies,
    photo: &Photo,
    fingerprint: Fingerprint,
    base: Option<Fingerprint>,
    marked: &MarkedPhoto,
) -> Result<Renditions, StorageError> {
    let renditions = Renditions {
        fingerprint,
        format: marked.proof.format,
        proof: stored_rendition(&marked.proof),
        thumb: stored_rendition(&marked.thumb),
        placeholder: marked.placeholder.clone(),
        base,
    };
    for (rendition, image) in
        [(ClientRendition::Thumb, &marked.thumb), (ClientRendition::Proof, &marked.proof)]
    {
        let key: RenditionKey = rendition_key(photo, &renditions, rendition);
        put(world, key.into(), &image.bytes).await?;
    }
    Ok(renditions)
}

async fn put(world: &Dependencies, key: ObjectKey, bytes: &Bytes) -> Result<(), StorageError> {
    let expected = Expected { size_bytes: Some(bytes.len() as u64), sha256: None };
    world.backend.objects.store.put(key, stream_of(bytes.clone()), expected).await?;
    Ok(())
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

/// Renders one photo's proof with other options, for a preview.
pub(crate) async fn render_sample(
    world: &Dependencies,
    studio: StudioId,
    photo: PhotoId,
    options: ProcessingOptions,
) -> Result<RenderedImage, CatalogueError> {
    let found = world.metadata().photos.find(studio, photo).await?.ok_or(Absent::new(Resource::Photo))?.value;
    let rendered = match render_from_base(world, &found, &options).await {
        Ok(None) => render_sample_of_original(world, &found, options).await,
        Ok(Some(marked)) => Ok(marked.proof),
        Err(failure) => Err(failure),
    };
    rendered.map_err(|failure| match failure {
        Failure::Storage(error) if error.kind() == StorageErrorKind::NotFound => {
            Absent::new(Resource::Photo).into()
        }
        Failure::Storage(error) => error.into(),
        Failure::Render(error) => error.into(),
        Failure::Damaged => Absent::new(Resource::Photo).into(),
    })
}

async fn render_sample_of_original(
    world: &Dependencies,
    photo: &Photo,
    options: ProcessingOptions,
) -> Result<RenderedImage, Failure> {
    let original = read_original(world, photo.original_key()).await?;
    let logo = read_logo(world, photo.studio, &options.watermark).await?;
    let request = ProofRequest { original, options, logo, keep_base: false };
    Ok(world.renderer.render_proof(request).await?.marked.proof)
}
