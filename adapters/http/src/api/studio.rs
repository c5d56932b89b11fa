//! `/studio`: the studio itself and its logos.

use halftone_core::services::accounts::AccountService;
use halftone_core::services::uploads::UploadService;
use halftone_core::services::viewing::ViewingService;
use poem_openapi::OpenApi;
use poem_openapi::param::Header;
use poem_openapi::payload::Json;

use crate::api::json_body::JsonBody;
use crate::api::reply::{Made, Tagged};
use crate::api::studio::body::{ImageList, ImageTicket, NewImageBody, StudioObject, StudioPatch};
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::conditional::{entity_tag, if_match};
use crate::links::Links;
use crate::problem::family::{AccountFailure, UploadFailure};

pub(crate) mod body;

/// Serves the studio.
#[derive(Debug)]
pub(crate) struct StudioApi {
    pub(crate) accounts: AccountService,
    pub(crate) uploads: UploadService,
    pub(crate) viewing: ViewingService,
}

#[OpenApi(tag = "Tag::Studio")]
impl StudioApi {
    /// Shows the studio
    #[oai(path = "/studio", method = "get", operation_id = "getStudio")]
    async fn get(&self, auth: StudioAuth) -> Result<Tagged<StudioObject>, AccountFailure> {
        let studio = self.accounts.studio(&auth.0).await?;
        let tag = entity_tag(studio.version);
        Ok(Tagged::Found(Json(studio.value.into()), tag))
    }

    /// Changes the studio
    #[oai(path = "/studio", method = "patch", operation_id = "changeStudio")]
    async fn change(
        &self,
        auth: StudioAuth,
        /// The version that is to be changed.
        #[oai(name = "If-Match")]
        precondition: Header<Option<String>>,
        body: JsonBody<StudioPatch>,
    ) -> Result<Tagged<StudioObject>, AccountFailure> {
        let change = body.0.try_into()?;
        let seen = if_match(&precondition).0;
        let studio = self.accounts.change_studio(&auth.0, change, seen).await?;
        let tag = entity_tag(studio.version);
        Ok(Tagged::Found(Json(studio.value.into()), tag))
    }

    /// Lists the studio's images, oldest first
    #[oai(path = "/studio/images", method = "get", operation_id = "listStudioImages")]
    async fn list_images(&self, auth: StudioAuth, links: Links) -> Result<Json<ImageList>, AccountFailure> {
        let studio = self.accounts.studio(&auth.0).await?.value;
        let url = |image| self.viewing.link_logo(&studio, image).map(|link| links.absolute(&link));
        Ok(Json(ImageList::new(&studio, url)))
    }

    /// Gives a ticket for uploading a logo
    ///
    /// The logo is a PNG. Send its bytes to the ticket's URL, then complete the upload as for a photo; from then on
    /// `image_id` can be used in a watermark and in the branding.
    #[oai(path = "/studio/images", method = "post", operation_id = "uploadStudioImage")]
    async fn upload_image(
        &self,
        auth: StudioAuth,
        links: Links,
        body: JsonBody<NewImageBody>,
    ) -> Result<Made<ImageTicket>, UploadFailure> {
        let size = body.0.parse()?;
        let (image, ticket) = self.uploads.request_image(&auth.0, size).await?;
        Ok(Made::Made(Json(ImageTicket::new(image, ticket, &links))))
    }
}
