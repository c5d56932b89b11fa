//! `/photos`: photos as their studio sees them.

use halftone_core::id::{GalleryId, PhotoId, SectionId};
use halftone_core::photo::{PhotoSort, PhotoStateKind};
use halftone_core::ports::photos::PhotoFilter;
use halftone_core::services::error::{FieldExt as _, InvalidField, Resource};
use halftone_core::services::photos::{PhotoService, PhotoView};
use halftone_core::text;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

use crate::api::json_body::JsonBody;
use crate::api::paging::{PageObject, page_request};
use crate::api::path_id::parse_id;
use crate::api::photos::body::{PhotoBatch, PhotoBatchReport, PhotoObject, PhotoPatch};
use crate::api::reply::{Accepted, Tagged};
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::conditional::{entity_tag, if_match};
use crate::links::Links;
use crate::problem::family::CatalogueFailure;

pub(crate) mod body;
pub(crate) mod original;
pub(crate) mod replacement;

/// Serves photos to their studio.
#[derive(Debug)]
pub(crate) struct PhotosApi {
    pub(crate) photos: PhotoService,
}

#[OpenApi(tag = "Tag::Photos")]
impl PhotosApi {
    /// Lists the photos of a gallery
    ///
    /// Without `state`, those whose upload is not complete are left out.
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the query")]
    #[oai(path = "/galleries/:gallery_id/photos", method = "get", operation_id = "listPhotos")]
    async fn list(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which gallery.
        gallery_id: Path<String>,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
        /// `captured_at` (if left out), `filename` or `uploaded_at`.
        sort: Query<Option<String>>,
        /// A text that the filename or the title contains.
        q: Query<Option<String>>,
        /// A tag that the photo has.
        tag: Query<Option<String>>,
        /// The chapter that the photo is in.
        section: Query<Option<String>>,
        /// The photo's state, or several with commas between them.
        state: Query<Option<String>>,
    ) -> Result<Json<PageObject<PhotoObject>>, CatalogueFailure> {
        let gallery: GalleryId = parse_id(&gallery_id)?;
        let page = page_request(&limit, &cursor)?;
        let filter = PhotoFilter {
            sort: parse_sort(&sort)?,
            states: parse_states(&state)?,
            tag: given(&tag).map(text::Tag::parse).transpose().field("tag")?,
            section: parse_section(&section)?,
            text: given(&q).map(str::to_owned),
        };
        let found = self.photos.list(&auth.0, gallery, &filter, &page).await?;
        Ok(Json(PageObject::new(found, |view| PhotoObject::new(&view, &links))))
    }

    /// Shows a photo
    #[oai(path = "/photos/:photo_id", method = "get", operation_id = "getPhoto")]
    async fn get(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which photo.
        photo_id: Path<String>,
    ) -> Result<Tagged<PhotoObject>, CatalogueFailure> {
        let id: PhotoId = parse_id(&photo_id)?;
        let view = self.photos.get(&auth.0, id).await?;
        Ok(tagged(&view, &links))
    }

    /// Changes what the studio says about a photo
    #[oai(path = "/photos/:photo_id", method = "patch", operation_id = "changePhoto")]
    async fn change(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which photo.
        photo_id: Path<String>,
        /// The version that is to be changed.
        #[oai(name = "If-Match")]
        precondition: Header<Option<String>>,
        body: JsonBody<PhotoPatch>,
    ) -> Result<Tagged<PhotoObject>, CatalogueFailure> {
        let id: PhotoId = parse_id(&photo_id)?;
        let change = body.0.try_into()?;
        let view = self.photos.change(&auth.0, id, change, if_match(&precondition)).await?;
        Ok(tagged(&view, &links))
    }

    /// Deletes a photo
    ///
    /// It is gone at once; its files are removed in the background.
    #[oai(path = "/photos/:photo_id", method = "delete", operation_id = "deletePhoto")]
    async fn delete(
        &self,
        auth: StudioAuth,
        /// Which photo.
        photo_id: Path<String>,
    ) -> Result<Accepted, CatalogueFailure> {
        let id: PhotoId = parse_id(&photo_id)?;
        self.photos.delete(&auth.0, id).await?;
        Ok(Accepted::Accepted)
    }

    /// Puts a failed photo back on the queue
    #[oai(path = "/photos/:photo_id/retry", method = "post", operation_id = "retryPhoto")]
    async fn retry(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which photo.
        photo_id: Path<String>,
    ) -> Result<Tagged<PhotoObject>, CatalogueFailure> {
        let id: PhotoId = parse_id(&photo_id)?;
        let view = self.photos.retry(&auth.0, id).await?;
        Ok(tagged(&view, &links))
    }

    /// Does the same with many photos, each by itself
    #[oai(path = "/photos/batch", method = "post", operation_id = "batchPhotos")]
    async fn batch(
        &self,
        auth: StudioAuth,
        body: JsonBody<PhotoBatch>,
    ) -> Result<Json<PhotoBatchReport>, CatalogueFailure> {
        let (ids, action) = body.0.parse()?;
        let outcomes = self.photos.batch(&auth.0, &ids, &action).await?;
        Ok(Json(outcomes.into()))
    }
}

fn tagged(view: &PhotoView, links: &Links) -> Tagged<PhotoObject> {
    let tag = entity_tag(view.photo.version);
    Tagged::Found(Json(PhotoObject::new(view, links)), tag)
}

/// A parameter that was left empty was left out.
fn given(text: &Query<Option<String>>) -> Option<&str> {
    text.0.as_deref().filter(|text| !text.trim().is_empty())
}

/// Reads `?sort=`.
pub(crate) fn parse_sort(sort: &Query<Option<String>>) -> Result<PhotoSort, InvalidField> {
    let sort = given(sort).map(PhotoSort::parse).transpose().field("sort")?;
    Ok(sort.unwrap_or_default())
}

/// Reads `?section=`.
pub(crate) fn parse_section(section: &Query<Option<String>>) -> Result<Option<SectionId>, InvalidField> {
    let parsed = given(section).map(SectionId::parse).transpose();
    parsed.map_err(|_| InvalidField::unknown("section", Resource::Section))
}

fn parse_states(states: &Query<Option<String>>) -> Result<Vec<PhotoStateKind>, InvalidField> {
    let words = given(states).unwrap_or_default().split(',').map(str::trim);
    let kinds = words.filter(|word| !word.is_empty()).map(PhotoStateKind::parse);
    kinds.collect::<Result<_, _>>().field("state")
}
