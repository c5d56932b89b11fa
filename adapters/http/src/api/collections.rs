//! `/collections`: jobs or clients that group galleries.

use halftone_core::id::CollectionId;
use halftone_core::ports::collections::CollectionFilter;
use halftone_core::services::collections::CollectionService;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

use crate::api::collections::body::{CollectionObject, CollectionPatch, NewCollectionBody};
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

/// Serves collections.
#[derive(Debug)]
pub(crate) struct CollectionsApi {
    pub(crate) collections: CollectionService,
}

#[OpenApi(tag = "Tag::Collections")]
impl CollectionsApi {
    /// Lists the collections, newest first
    #[oai(path = "/collections", method = "get", operation_id = "listCollections")]
    async fn list(
        &self,
        auth: StudioAuth,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
        /// A text that the name or the client's name contains.
        q: Query<Option<String>>,
    ) -> Result<Json<PageObject<CollectionObject>>, CatalogueFailure> {
        let page = page_request(&limit, &cursor)?;
        let filter = CollectionFilter { text: q.0 };
        let found = self.collections.list(&auth.0, &filter, &page).await?;
        Ok(Json(PageObject::new(found, CollectionObject::from)))
    }

    /// Makes a collection
    #[oai(path = "/collections", method = "post", operation_id = "createCollection")]
    async fn create(
        &self,
        auth: StudioAuth,
        links: Links,
        body: JsonBody<NewCollectionBody>,
    ) -> Result<Created<CollectionObject>, CatalogueFailure> {
        let view = self.collections.create(&auth.0, body.0.try_into()?).await?;
        let tag = entity_tag(view.collection.version);
        let location = links.api(&format!("/collections/{}", view.collection.value.id));
        Ok(Created::Created(Json(view.into()), tag, location))
    }

    /// Shows a collection
    #[oai(path = "/collections/:collection_id", method = "get", operation_id = "getCollection")]
    async fn get(
        &self,
        auth: StudioAuth,
        /// Which collection.
        collection_id: Path<String>,
    ) -> Result<Tagged<CollectionObject>, CatalogueFailure> {
        let id: CollectionId = parse_id(&collection_id)?;
        let view = self.collections.get(&auth.0, id).await?;
        let tag = entity_tag(view.collection.version);
        Ok(Tagged::Found(Json(view.into()), tag))
    }

    /// Changes a collection
    #[oai(path = "/collections/:collection_id", method = "patch", operation_id = "changeCollection")]
    async fn change(
        &self,
        auth: StudioAuth,
        /// Which collection.
        collection_id: Path<String>,
        /// The version that is to be changed.
        #[oai(name = "If-Match")]
        precondition: Header<Option<String>>,
        body: JsonBody<CollectionPatch>,
    ) -> Result<Tagged<CollectionObject>, CatalogueFailure> {
        let id: CollectionId = parse_id(&collection_id)?;
        let change = body.0.try_into()?;
        let view = self.collections.change(&auth.0, id, change, if_match(&precondition)).await?;
        let tag = entity_tag(view.collection.version);
        Ok(Tagged::Found(Json(view.into()), tag))
    }

    /// Deletes a collection with its galleries
    ///
    /// They are gone at once; their files are removed in the background.
    #[oai(path = "/collections/:collection_id", method = "delete", operation_id = "deleteCollection")]
    async fn delete(
        &self,
        auth: StudioAuth,
        /// Which collection.
        collection_id: Path<String>,
    ) -> Result<Accepted, CatalogueFailure> {
        let id: CollectionId = parse_id(&collection_id)?;
        self.collections.delete(&auth.0, id).await?;
        Ok(Accepted::Accepted)
    }
}
