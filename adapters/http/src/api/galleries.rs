//! `/galleries`: ordered sets of photos with processing options.

use halftone_core::id::GalleryId;
use halftone_core::services::galleries::{GalleryService, GalleryView};
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

use crate::api::galleries::body::{GalleryObject, GalleryPatch, GalleryQuery, NewGalleryBody};
use crate::api::galleries::sections::{SectionsBody, SectionsObject};
use crate::api::json_body::JsonBody;
use crate::api::paging::{PageObject, page_request};
use crate::api::path_id::parse_id;
use crate::api::reply::{Accepted, Created, Tagged};
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::conditional::{entity_tag, if_match};
use crate::links::Links;
use crate::problem::family::CatalogueFailure;

pub(crate) mod body;
pub(crate) mod preview;
mod processing;
mod sections;

/// Serves galleries.
#[derive(Debug)]
pub(crate) struct GalleriesApi {
    pub(crate) galleries: GalleryService,
}

#[OpenApi(tag = "Tag::Galleries")]
impl GalleriesApi {
    /// Lists the galleries, newest first
    #[oai(path = "/galleries", method = "get", operation_id = "listGalleries")]
    async fn list(
        &self,
        auth: StudioAuth,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
        /// Only those of this collection.
        collection_id: Query<Option<String>>,
        /// Only those in this state: `draft`, `live` or `archived`.
        state: Query<Option<String>>,
        /// Words that it is found by, as in `/search`.
        q: Query<Option<String>>,
    ) -> Result<Json<PageObject<GalleryObject>>, CatalogueFailure> {
        let page = page_request(&limit, &cursor)?;
        let query = GalleryQuery { collection_id: collection_id.0, state: state.0, text: q.0 };
        let found = self.galleries.list(&auth.0, &query.try_into()?, &page).await?;
        Ok(Json(PageObject::new(found, GalleryObject::from)))
    }

    /// Makes a gallery, in state `draft`
    #[oai(path = "/galleries", method = "post", operation_id = "createGallery")]
    async fn create(
        &self,
        auth: StudioAuth,
        links: Links,
        body: JsonBody<NewGalleryBody>,
    ) -> Result<Created<GalleryObject>, CatalogueFailure> {
        let view = self.galleries.create(&auth.0, body.0.try_into()?).await?;
        let tag = entity_tag(view.gallery.version);
        let location = links.api(&format!("/galleries/{}", view.gallery.value.id));
        Ok(Created::Created(Json(view.into()), tag, location))
    }

    /// Shows a gallery
    #[oai(path = "/galleries/:gallery_id", method = "get", operation_id = "getGallery")]
    async fn get(
        &self,
        auth: StudioAuth,
        /// Which gallery.
        gallery_id: Path<String>,
    ) -> Result<Tagged<GalleryObject>, CatalogueFailure> {
        let id: GalleryId = parse_id(&gallery_id)?;
        Ok(tagged(self.galleries.get(&auth.0, id).await?))
    }

    /// Changes a gallery
    ///
    /// Other processing options make its proofs anew in the background; until then clients see the old ones.
    #[oai(path = "/galleries/:gallery_id", method = "patch", operation_id = "changeGallery")]
    async fn change(
        &self,
        auth: StudioAuth,
        /// Which gallery.
        gallery_id: Path<String>,
        /// The version that is to be changed.
        #[oai(name = "If-Match")]
        precondition: Header<Option<String>>,
        body: JsonBody<GalleryPatch>,
    ) -> Result<Tagged<GalleryObject>, CatalogueFailure> {
        let id: GalleryId = parse_id(&gallery_id)?;
        let change = body.0.try_into()?;
        Ok(tagged(self.galleries.change(&auth.0, id, change, if_match(&precondition)).await?))
    }

    /// Deletes a gallery
    ///
    /// It is gone at once; its files are removed in the background.
    #[oai(path = "/galleries/:gallery_id", method = "delete", operation_id = "deleteGallery")]
    async fn delete(
        &self,
        auth: StudioAuth,
        /// Which gallery.
        gallery_id: Path<String>,
    ) -> Result<Accepted, CatalogueFailure> {
        let id: GalleryId = parse_id(&gallery_id)?;
        self.galleries.delete(&auth.0, id).await?;
        Ok(Accepted::Accepted)
    }

    /// Makes the proofs again that are not as the options say
    ///
    /// Photos that failed are tried once more.
    #[oai(path = "/galleries/:gallery_id/reprocess", method = "post", operation_id = "reprocessGallery")]
    async fn reprocess(
        &self,
        auth: StudioAuth,
        /// Which gallery.
        gallery_id: Path<String>,
    ) -> Result<Accepted, CatalogueFailure> {
        let id: GalleryId = parse_id(&gallery_id)?;
        self.galleries.reprocess(&auth.0, id).await?;
        Ok(Accepted::Accepted)
    }

    /// Lists a gallery's sections in order
    #[oai(path = "/galleries/:gallery_id/sections", method = "get", operation_id = "listSections")]
    async fn sections(
        &self,
        auth: StudioAuth,
        /// Which gallery.
        gallery_id: Path<String>,
    ) -> Result<Json<SectionsObject>, CatalogueFailure> {
        let id: GalleryId = parse_id(&gallery_id)?;
        let view = self.galleries.get(&auth.0, id).await?;
        Ok(Json(SectionsObject::new(&view.gallery.value.sections)))
    }

    /// Replaces a gallery's sections
    ///
    /// Photos of a section that is left out belong to none.
    #[oai(path = "/galleries/:gallery_id/sections", method = "put", operation_id = "replaceSections")]
    async fn set_sections(
        &self,
        auth: StudioAuth,
        /// Which gallery.
        gallery_id: Path<String>,
        body: JsonBody<SectionsBody>,
    ) -> Result<Json<SectionsObject>, CatalogueFailure> {
        let id: GalleryId = parse_id(&gallery_id)?;
        let sections = self.galleries.set_sections(&auth.0, id, body.0.try_into()?).await?;
        Ok(Json(SectionsObject::new(&sections)))
    }
}

fn tagged(view: GalleryView) -> Tagged<GalleryObject> {
    let tag = entity_tag(view.gallery.version);
    Tagged::Found(Json(view.into()), tag)
}
