//! `/downloads` and `/client/downloads`: several files at once, as one ZIP archive.

use halftone_core::id::PackId;
use halftone_core::services::packing::PackingService;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use crate::api::downloads::body::{DownloadObject, DownloadRequest, parse_size};
use crate::api::json_body::JsonBody;
use crate::api::path_id::parse_id;
use crate::api::reply::Started;
use crate::api::tag::Tag;
use crate::auth::{ClientAuth, StudioAuth};
use crate::links::Links;
use crate::problem::family::DeliveryFailure;

pub(crate) mod body;

/// Puts files together for the studio.
#[derive(Debug)]
pub(crate) struct DownloadsApi {
    pub(crate) packing: PackingService,
}

#[OpenApi(tag = "Tag::Photos")]
impl DownloadsApi {
    /// Puts files together for an archive
    ///
    /// Of a gallery, a client's selection, or photos by id. Ask for it again until it is `ready`; then `url` streams the
    /// archive, and goes on where a transfer broke off.
    #[oai(path = "/downloads", method = "post", operation_id = "startDownload")]
    async fn start(
        &self,
        auth: StudioAuth,
        links: Links,
        body: JsonBody<DownloadRequest>,
    ) -> Result<Started<DownloadObject>, DeliveryFailure> {
        let size = parse_size(body.0.size.as_deref())?;
        let found = self.packing.request(&auth.0, &body.0.photos()?, size).await?;
        Ok(Started::Started(Json(DownloadObject::new(&found, &links))))
    }

    /// How far an archive is
    #[oai(path = "/downloads/:download_id", method = "get", operation_id = "getDownload")]
    async fn get(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which one.
        download_id: Path<String>,
    ) -> Result<Json<DownloadObject>, DeliveryFailure> {
        let id: PackId = parse_id(&download_id)?;
        let found = self.packing.get(&auth.0, id).await?;
        Ok(Json(DownloadObject::new(&found, &links)))
    }
}

/// Puts files together for clients.
#[derive(Debug)]
pub(crate) struct ClientPacksApi {
    pub(crate) packing: PackingService,
}

#[OpenApi(tag = "Tag::Client")]
impl ClientPacksApi {
    /// Puts files together for an archive
    ///
    /// Of one of the client's selections, of photos by id, or of a gallery. Each photo counts against the limit of the
    /// link; asking for the same again within a day gives the same archive and counts nothing. Ask until it is `ready`;
    /// then `url` streams the archive, and goes on where a transfer broke off.
    #[oai(path = "/client/downloads", method = "post", operation_id = "startClientDownload")]
    async fn start(
        &self,
        auth: ClientAuth,
        links: Links,
        body: JsonBody<DownloadRequest>,
    ) -> Result<Started<DownloadObject>, DeliveryFailure> {
        let size = parse_size(body.0.size.as_deref())?;
        let found = self.packing.request_for_client(&auth.0, &body.0.photos()?, size).await?;
        Ok(Started::Started(Json(DownloadObject::new(&found, &links))))
    }

    /// How far an archive is
    #[oai(path = "/client/downloads/:download_id", method = "get", operation_id = "getClientDownload")]
    async fn get(
        &self,
        auth: ClientAuth,
        links: Links,
        /// Which one.
        download_id: Path<String>,
    ) -> Result<Json<DownloadObject>, DeliveryFailure> {
        let id: PackId = parse_id(&download_id)?;
        let found = self.packing.get_for_client(&auth.0, id).await?;
        Ok(Json(DownloadObject::new(&found, &links)))
    }
}
