//! `/orders/{id}/lab-pack`: the prints of an order as a lab takes them.

use halftone_core::id::OrderId;
use halftone_core::ports::documents::Language;
use halftone_core::services::error::{FieldExt as _, InvalidField};
use halftone_core::services::packing::PackingService;
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::api::downloads::body::DownloadObject;
use crate::api::path_id::parse_id;
use crate::api::reply::Started;
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::download::{FileReply, FileRequest};
use crate::links::Links;
use crate::packs::send;
use crate::problem::family::LabPackFailure;

/// Makes lab packs and hands them out.
#[derive(Debug)]
pub(crate) struct LabPacksApi {
    pub(crate) packing: PackingService,
}

#[OpenApi(tag = "Tag::Orders")]
impl LabPacksApi {
    /// Makes the lab pack of an order
    ///
    /// A ZIP with one file for every line of prints (cropped, exactly the pixels of the product, sRGB with its profile),
    /// `manifest.csv`, `manifest.json` and `job-ticket.pdf`. Asking again gives the same pack, or another one once the
    /// order was amended. How far it is, `GET /downloads/{id}` tells, with a URL that needs no header once it is ready.
    #[oai(path = "/orders/:order_id/lab-pack", method = "post", operation_id = "startLabPack")]
    async fn start(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which order.
        order_id: Path<String>,
        /// The language of the job ticket: `en` (the default) or `de`.
        language: Query<Option<String>>,
    ) -> Result<Started<DownloadObject>, LabPackFailure> {
        let id: OrderId = parse_id(&order_id)?;
        let found = self.packing.request_lab_pack(&auth.0, id, parse_language(&language)?).await?;
        Ok(Started::Started(Json(DownloadObject::new(&found, &links))))
    }

    /// Downloads the lab pack of an order
    ///
    /// 409 while it is being made, and if it cannot be made.
    #[oai(path = "/orders/:order_id/lab-pack", method = "get", operation_id = "getLabPack")]
    async fn get(
        &self,
        auth: StudioAuth,
        links: Links,
        request: FileRequest,
        /// Which order.
        order_id: Path<String>,
        /// The language that it was asked for in.
        language: Query<Option<String>>,
    ) -> Result<FileReply, LabPackFailure> {
        let id: OrderId = parse_id(&order_id)?;
        let pack = self.packing.open_lab_pack(&auth.0, id, parse_language(&language)?).await?;
        Ok(send(&self.packing, &pack, &request, &links).await?)
    }
}

/// Reads the language of a document; left out, it is English.
pub(crate) fn parse_language(language: &Query<Option<String>>) -> Result<Language, InvalidField> {
    let given = language.0.as_deref().filter(|language| !language.is_empty());
    Ok(given.map(Language::parse).transpose().field("language")?.unwrap_or_default())
}
