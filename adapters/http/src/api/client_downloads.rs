//! `/client/photos/{id}/download`: files for clients, within what their share permits.

use halftone_core::id::PhotoId;
use halftone_core::services::delivering::{DeliveryService, DownloadSize};
use halftone_core::services::error::FieldExt as _;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};

use crate::api::deliveries::serve;
use crate::api::path_id::parse_id;
use crate::api::tag::Tag;
use crate::auth::ClientAuth;
use crate::download::{FileReply, FileRequest};
use crate::links::Links;
use crate::problem::family::DeliveryFailure;

/// Hands files to clients.
#[derive(Debug)]
pub(crate) struct ClientDownloadsApi {
    pub(crate) delivering: DeliveryService,
}

#[OpenApi(tag = "Tag::Client")]
impl ClientDownloadsApi {
    /// Downloads a photo
    ///
    /// It counts against the limit of the link. A clean file counts against the files that the link includes, each photo once;
    /// beyond them only a photo that was bought can be downloaded, else 409 `allowance-spent`.
    #[oai(path = "/client/photos/:photo_id/download", method = "get", operation_id = "downloadPhoto")]
    async fn get(
        &self,
        auth: ClientAuth,
        links: Links,
        request: FileRequest,
        /// Which photo.
        photo_id: Path<String>,
        /// `proof`, `sized` or `full`; the best that the link permits if left out.
        size: Query<Option<String>>,
    ) -> Result<FileReply, DeliveryFailure> {
        let id: PhotoId = parse_id(&photo_id)?;
        let size = size.0.as_deref().filter(|size| !size.is_empty());
        let size = size.map(DownloadSize::parse).transpose().field("size")?;
        let delivery = self.delivering.for_client(&auth.0, id, size).await?;
        Ok(serve(&self.delivering, &delivery, &request, &links).await?)
    }
}
