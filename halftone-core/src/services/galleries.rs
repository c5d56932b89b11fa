//! Galleries: made, changed, listed, previewed, reprocessed, deleted.

use jiff::SignedDuration;

use crate::access::Principal;
use crate::gallery::{Gallery, GalleryState, Section, Sections};
use crate::id::{CollectionId, GalleryId, PhotoId, PriceListId, SectionId, StudioId};
use crate::job::{Job, PurgeTarget};
use crate::page::{Page, PageLimit, PageRequest, Versioned};
use crate::photo::PhotoStateKind;
use crate::ports::galleries::GalleryFilter;
use crate::ports::photos::{PhotoCounts, PhotoFilter};
use crate::ports::renderer::RenderedImage;
use crate::processing_draft::ProcessingDraft;
use crate::services::catalogue::{
    ATTEMPTS, CatalogueError, Precondition, SAFETY_DELAY, exhausted, is_lost_race,
};
use crate::services::error::{Absent, FieldExt as _, InvalidField, Resource};
use crate::services::processing::render_sample;
use crate::services::purging::enqueue as enqueue_purge;
use crate::services::{Dependencies, Shared};
use crate::studio::{ImageState, StudioImage};
use crate::text::{InvalidValue, Name, Prose, Tags};
use crate::watermark::Watermark;

/// Manages galleries.
#[derive(Debug, Clone)]
pub struct GalleryService {
    world: Shared,
}

/// A gallery that is to be made.
#[derive(Debug, Clone)]
pub struct NewGallery {
    /// Its name.
    pub name: Name,
    /// What clients read under the name.
    pub description: Prose,
    /// Its tags.
    pub tags: Tags,
    /// To which collection it belongs.
    pub collection: Option<CollectionId>,
    /// What can be ordered from it.
    pub price_list: Option<PriceListId>,
    /// How its renditions are made; what is left out takes its default.
    pub processing: ProcessingDraft,
}

/// What is to change; `None` stays as it is, `Some(None)` clears.
#[derive(Debug, Clone, Default)]
pub struct GalleryChange {
    /// The name.
    pub name: Option<Name>,
    /// What clients read under the name.
    pub description: Option<Prose>,
    /// The tags.
    pub tags: Option<Tags>,
    /// The collection.
    pub collection: Option<Option<CollectionId>>,
    /// Whether clients can see it.
    pub state: Option<GalleryState>,
    /// The photo on the cover.
    pub cover: Option<Option<PhotoId>>,
    /// What can be ordered from it.
    pub price_list: Option<Option<PriceListId>>,
    /// How renditions are made.
    pub processing: Option<ProcessingDraft>,
}

/// A section as a studio sends it: known by its id, or new.
#[derive(Debug, Clone)]
pub struct SectionDraft {
    /// The id of a section that exists, or `None` for a new one.
    pub id: Option<SectionId>,
    /// Its name.
    pub name: Name,
}

/// A gallery and how many photos it has.
#[derive(Debug, Clone, PartialEq)]
pub struct GalleryView {
    /// The gallery and its version.
    pub gallery: Versioned<Gallery>,
    /// How many photos it has, by state.
    pub photos: PhotoCounts,
}

impl GalleryService {
    pub(crate) const fn new(world: Shared) -> Self {
        Self { world }
    }

    fn world(&self) -> &Dependencies {
        &self.world
    }

    /// Makes a gallery, in state `draft`.
    pub async fn create(
        &self,
        principal: &Principal,
        new: NewGallery,
    ) -> Result<GalleryView, CatalogueError> {
        let studio = principal.manage()?;
        let owner = self.world().metadata().studios.find(studio).await?;
        let owner = owner.ok_or(Absent::new(Resource::Studio))?.value;
        let processing = new.processing.complete(&owner.name)?;
        let now = self.world().clock.now();
        let gallery = Gallery {
            id: GalleryId::generate(now, &*self.world().entropy),
            studio,
            collection: new.collection,
            name: new.name,
            description: new.description,
            tags: new.tags,
            state: GalleryState::Draft,
            cover: None,
            price_list: new.price_list,
            processing,
            sections: Sections::default(),
            created_at: now,
            updated_at: now,
        };
        self.check_references(None, &gallery).await?;
        let version = self.world().metadata().galleries.create(&gallery).await?;
        Ok(GalleryView { gallery: Versioned::new(gallery, version), photos: PhotoCounts::default() })
    }

    /// One gallery.
    pub async fn get(
        &self,
        principal: &Principal,
        gallery: GalleryId,
    ) -> Result<GalleryView, CatalogueError> {
        let studio = principal.manage()?;
        let gallery = self.find(studio, gallery).await?;
        self.view(studio, gallery).await
    }

    async fn find(&self, studio: StudioId, gallery: GalleryId) -> Result<Versioned<Gallery>, CatalogueError> {
        let found = self.world().metadata().galleries.find(studio, gallery).await?;
        found.ok_or_else(|| Absent::new(Resource::Gallery).into())
    }

    async fn view(
        &self,
        studio: StudioId,
        gallery: Versioned<Gallery>,
    ) -> Result<GalleryView, CatalogueError> {
        let photos = self.world().metadata().photos.count_by_gallery(studio, gallery.value.id).await?;
        Ok(GalleryView { gallery, photos })
    }

    /// The studio's galleries, newest first.
    pub async fn list(
        &self,
        principal: &Principal,
        filter: &GalleryFilter,
        page: &PageRequest,
    ) -> Result<Page<GalleryView>, CatalogueError> {
        let studio = principal.manage()?;
        let found = self.world().metadata().galleries.list(studio, filter, page).await?;
        let mut items = Vec::with_capacity(found.items.len());
        for gallery in found.items {
            items.push(self.view(studio, gallery).await?);
        }
        Ok(Page { items, next: found.next })
    }

    /// Changes a gallery. When the processing options change, its proofs are made again in the background.
    pub async fn change(
        &self,
        principal: &Principal,
        gallery: GalleryId,
        change: GalleryChange,
        precondition: Precondition,
    ) -> Result<GalleryView, CatalogueError> {
        let studio = principal.manage()?;
        let owner = self.world().metadata().studios.find(studio).await?;
        let owner = owner.ok_or(Absent::new(Resource::Studio))?.value;
        let renews = change.processing.is_some();
        if renews {
            self.find(studio, gallery).await?;
            self.enqueue_reprocessing(studio, gallery, SAFETY_DELAY).await?;
        }
        for _ in 0..ATTEMPTS {
            let Versioned { mut value, version } = self.find(studio, gallery).await?;
            precondition.check(version)?;
            let before = value.clone();
            apply(&mut value, change.clone(), &owner.name)?;
            self.check_references(Some(&before), &value).await?;
            value.updated_at = self.world().clock.now();
            match self.world().metadata().galleries.update(&value, version).await {
                Ok(version) => {
                    if renews {
                        self.enqueue_reprocessing(studio, gallery, SignedDuration::ZERO).await?;
                    }
                    return self.view(studio, Versioned::new(value, version)).await;
                }
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("change gallery", gallery).into())
    }

    /// Checks that everything exists that the gallery names anew. What it named before may be gone by now,
    /// which is no fault of this change.
    async fn check_references(
        &self,
        before: Option<&Gallery>,
        gallery: &Gallery,
    ) -> Result<(), CatalogueError> {
        let metadata = self.world().metadata();
        let studio = gallery.studio;
        if let Some(collection) = gallery.collection
            && before.is_none_or(|before| before.collection != gallery.collection)
            && metadata.collections.find(studio, collection).await?.is_none()
        {
            return Err(InvalidField::unknown("collection_id", Resource::Collection).into());
        }
        if let Some(list) = gallery.price_list
            && before.is_none_or(|before| before.price_list != gallery.price_list)
            && metadata.price_lists.find(studio, list).await?.is_none()
        {
            return Err(InvalidField::unknown("price_list_id", Resource::PriceList).into());
        }
        if let Some(cover) = gallery.cover
            && before.is_none_or(|before| before.cover != gallery.cover)
        {
            let photo = metadata.photos.find(studio, cover).await?;
            if photo.is_none_or(|photo| photo.value.gallery != gallery.id) {
                return Err(InvalidField::unknown("cover_photo_id", Resource::Photo).into());
            }
        }
        if let Watermark::Image { image, .. } = gallery.processing.watermark
            && before.is_none_or(|before| before.processing.watermark != gallery.processing.watermark)
        {
            let owner = metadata.studios.find(studio).await?;
            let is_ready = |image: &StudioImage| matches!(image.state, ImageState::Ready { .. });
            if !owner.is_some_and(|owner| owner.value.find_image(image).is_some_and(is_ready)) {
                return Err(InvalidField::unknown("processing.watermark.image_id", Resource::Image).into());
            }
        }
        Ok(())
    }

    /// Makes the proofs again that are not as the options say, and tries failed photos once more.
    pub async fn reprocess(&self, principal: &Principal, gallery: GalleryId) -> Result<(), CatalogueError> {
        let studio = principal.manage()?;
        self.find(studio, gallery).await?;
        self.enqueue_reprocessing(studio, gallery, SignedDuration::ZERO).await
    }

    async fn enqueue_reprocessing(
        &self,
        studio: StudioId,
        gallery: GalleryId,
        delay: SignedDuration,
    ) -> Result<(), CatalogueError> {
        let asked_at = self.world().clock.now();
        let job = Job::ReprocessGallery { studio, gallery, after: None, asked_at };
        self.world().jobs().enqueue(&[job], delay).await?;
        Ok(())
    }

    /// Replaces the chapters. Photos of a chapter that is left out belong to none.
    pub async fn set_sections(
        &self,
        principal: &Principal,
        gallery: GalleryId,
        drafts: Vec<SectionDraft>,
    ) -> Result<Sections, CatalogueError> {
        let studio = principal.manage()?;
        for _ in 0..ATTEMPTS {
            let Versioned { mut value, version } = self.find(studio, gallery).await?;
            value.sections = self.build_sections(&value.sections, drafts.clone())?;
            value.updated_at = self.world().clock.now();
            match self.world().metadata().galleries.update(&value, version).await {
                Ok(_) => return Ok(value.sections),
                Err(error) if is_lost_race(&error) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(exhausted("set sections", gallery).into())
    }

    fn build_sections(
        &self,
        known: &Sections,
        drafts: Vec<SectionDraft>,
    ) -> Result<Sections, CatalogueError> {
        let now = self.world().clock.now();
        let mut sections = Vec::with_capacity(drafts.len());
        for (position, draft) in drafts.into_iter().enumerate() {
            let id = match draft.id {
                Some(id) if known.contains(id) => id,
                Some(_) => {
                    let field = format!("sections[{position}].id");
                    return Err(InvalidField::unknown(field, Resource::Section).into());
                }
                None => SectionId::generate(now, &*self.world().entropy),
            };
            sections.push(Section { id, name: draft.name });
        }
        Ok(Sections::new(sections).field("sections")?)
    }

    /// Renders the proof of one of the gallery's photos as it would look with other options. Nothing is stored.
    pub async fn preview(
        &self,
        principal: &Principal,
        gallery: GalleryId,
        draft: ProcessingDraft,
    ) -> Result<RenderedImage, CatalogueError> {
        let studio = principal.manage()?;
        let owner = self.world().metadata().studios.find(studio).await?;
        let owner = owner.ok_or(Absent::new(Resource::Studio))?.value;
        let gallery = self.find(studio, gallery).await?.value;
        let options = draft.apply_to(gallery.processing.clone(), &owner.name)?;
        let photo = self.sample(&gallery).await?.ok_or(CatalogueError::NothingToPreview)?;
        render_sample(self.world(), studio, photo, options).await
    }

    /// The cover, or the first photo that is ready.
    async fn sample(&self, gallery: &Gallery) -> Result<Option<PhotoId>, CatalogueError> {
        let photos = &self.world().metadata().photos;
        if let Some(cover) = gallery.cover
            && let Some(photo) = photos.find(gallery.studio, cover).await?
            && photo.value.state.kind() == PhotoStateKind::Ready
        {
            return Ok(Some(cover));
        }
        let filter = PhotoFilter { states: vec![PhotoStateKind::Ready], ..PhotoFilter::default() };
        let one = PageLimit::parse(1).map_err(|error| InvalidField::new("limit", error))?;
        let page = photos.list(gallery.studio, gallery.id, &filter, &PageRequest::first(one)).await?;
        Ok(page.items.first().map(|photo| photo.value.id))
    }

    /// Deletes a gallery: it is gone at once, and purged in the background.
    pub async fn delete(&self, principal: &Principal, gallery: GalleryId) -> Result<(), CatalogueError> {
        let studio = principal.manage()?;
        let collection = self.find(studio, gallery).await?.value.collection;
        let now = self.world().clock.now();
        self.world().metadata().galleries.mark_deleted(studio, gallery, now).await?;
        let target = PurgeTarget::Gallery { studio, collection, gallery };
        enqueue_purge(self.world(), target).await?;
        Ok(())
    }
}

fn apply(gallery: &mut Gallery, change: GalleryChange, studio_name: &Name) -> Result<(), CatalogueError> {
    if let Some(name) = change.name {
        gallery.name = name;
    }
    if let Some(description) = change.description {
        gallery.description = description;
    }
    if let Some(tags) = change.tags {
        gallery.tags = tags;
    }
    if let Some(collection) = change.collection {
        gallery.collection = collection;
    }
    if let Some(state) = change.state {
        gallery.state = state;
    }
    if let Some(cover) = change.cover {
        gallery.cover = cover;
    }
    if let Some(price_list) = change.price_list {
        gallery.price_list = price_list;
    }
    if let Some(processing) = change.processing {
        gallery.processing = processing.apply_to(gallery.processing.clone(), studio_name)?;
    }
    Ok(())
}

/// Finds the section that a request names in a gallery.
pub(crate) fn check_section(
    gallery: &Gallery,
    section: Option<SectionId>,
    field: &str,
) -> Result<(), InvalidField> {
    match section {
        Some(section) if !gallery.sections.contains(section) => {
            Err(InvalidField::new(field, InvalidValue::new("section", "does not exist in this gallery")))
        }
        Some(_) | None => Ok(()),
    }
}
