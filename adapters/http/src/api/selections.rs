//! `/selections`: selections as the studio sees them.

use halftone_core::id::{GalleryId, SelectionId};
use halftone_core::services::selecting::SelectingService;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::api::paging::{PageObject, page_request};
use crate::api::path_id::parse_id;
use crate::api::selections::body::StudioSelectionObject;
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::problem::family::SelectingFailure;

pub(crate) mod body;

/// Serves selections to the studio.
#[derive(Debug)]
pub(crate) struct SelectionsApi {
    pub(crate) selecting: SelectingService,
}

#[OpenApi(tag = "Tag::Selections")]
impl SelectionsApi {
    /// Lists the selections of all clients who can see a gallery, newest client first
    ///
    /// A page counts clients, each of whom may have several selections.
    #[oai(path = "/galleries/:gallery_id/selections", method = "get", operation_id = "listGallerySelections")]
    async fn list(
        &self,
        auth: StudioAuth,
        /// Which gallery.
        gallery_id: Path<String>,
        /// The most clients, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
    ) -> Result<Json<PageObject<StudioSelectionObject>>, SelectingFailure> {
        let gallery: GalleryId = parse_id(&gallery_id)?;
        let page = page_request(&limit, &cursor)?;
        let found = self.selecting.list_for_studio(&auth.0, gallery, &page).await?;
        Ok(Json(PageObject::new(found, |selection| StudioSelectionObject::from(&selection))))
    }

    /// Gives a submitted selection back to its client
    #[oai(path = "/selections/:selection_id/reopen", method = "post", operation_id = "reopenSelection")]
    async fn reopen(
        &self,
        auth: StudioAuth,
        /// Which selection.
        selection_id: Path<String>,
    ) -> Result<Json<StudioSelectionObject>, SelectingFailure> {
        let id: SelectionId = parse_id(&selection_id)?;
        let selection = self.selecting.reopen(&auth.0, id).await?;
        Ok(Json((&selection).into()))
    }
}
