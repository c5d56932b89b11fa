//! `/client/gallery`: what a share opens.

use halftone_core::services::visiting::VisitingService;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use crate::api::client_gallery::body::ClientGalleryObject;
use crate::api::tag::Tag;
use crate::auth::ClientAuth;
use crate::links::Links;
use crate::problem::family::VisitingFailure;

pub(crate) mod body;

/// Shows clients what their share opens.
#[derive(Debug)]
pub(crate) struct ClientGalleryApi {
    pub(crate) visiting: VisitingService,
}

#[OpenApi(tag = "Tag::Client")]
impl ClientGalleryApi {
    /// Shows what the link opens
    #[oai(path = "/client/gallery", method = "get", operation_id = "getClientGallery")]
    async fn get(
        &self,
        auth: ClientAuth,
        links: Links,
    ) -> Result<Json<ClientGalleryObject>, VisitingFailure> {
        let gallery = self.visiting.gallery(&auth.0).await?;
        Ok(Json(ClientGalleryObject::new(&gallery, &links)))
    }
}
