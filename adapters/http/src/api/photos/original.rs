//! `/photos/{id}/original`: the file as the camera made it, for the studio that owns it.

use halftone_core::id::PhotoId;
use halftone_core::services::delivering::DeliveryService;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;

use crate::api::deliveries::serve;
use crate::api::path_id::parse_id;
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::download::{FileReply, FileRequest};
use crate::links::Links;
use crate::problem::family::DeliveryFailure;

/// Serves originals to their studio.
#[derive(Debug)]
pub(crate) struct OriginalsApi {
    pub(crate) delivering: DeliveryService,
}

#[OpenApi(tag = "Tag::Photos")]
impl OriginalsApi {
    /// Fetches the file as the camera made it
    #[oai(path = "/photos/:photo_id/original", method = "get", operation_id = "getOriginal")]
    async fn get(
        &self,
        auth: StudioAuth,
        links: Links,
        request: FileRequest,
        /// Which photo.
        photo_id: Path<String>,
    ) -> Result<FileReply, DeliveryFailure> {
        let id: PhotoId = parse_id(&photo_id)?;
        let delivery = self.delivering.original(&auth.0, id).await?;
        Ok(serve(&self.delivering, &delivery, &request, &links).await?)
    }
}
