//! `/shares`: links for clients.

use halftone_core::id::{CollectionId, GalleryId, ShareId};
use halftone_core::secret::ShareToken;
use halftone_core::services::sharing::{ShareView, SharingService};
use halftone_core::share::ShareTarget;
use poem_openapi::OpenApi;
use poem_openapi::param::{Header, Path, Query};
use poem_openapi::payload::Json;

use crate::api::json_body::JsonBody;
use crate::api::paging::{PageObject, page_request};
use crate::api::path_id::parse_id;
use crate::api::reply::{Created, Done, Tagged};
use crate::api::shares::body::{ActivityObject, ShareObject, ShareWithLink};
use crate::api::shares::qr::{PngPicture, SvgPicture};
use crate::api::shares::request::{NewShareBody, SharePatch};
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::conditional::{entity_tag, if_match};
use crate::links::Links;
use crate::problem::Failure;
use crate::problem::family::CatalogueFailure;

pub(crate) mod body;
mod qr;
mod request;

/// Serves shares to their studio.
#[derive(Debug)]
pub(crate) struct SharesApi {
    pub(crate) sharing: SharingService,
}

#[OpenApi(tag = "Tag::Shares")]
impl SharesApi {
    /// Shares a gallery
    ///
    /// A draft becomes live. The link is shown this once.
    #[oai(path = "/galleries/:gallery_id/shares", method = "post", operation_id = "shareGallery")]
    async fn share_gallery(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which gallery.
        gallery_id: Path<String>,
        body: JsonBody<NewShareBody>,
    ) -> Result<Created<ShareWithLink>, CatalogueFailure> {
        let gallery: GalleryId = parse_id(&gallery_id)?;
        let made = self.sharing.share_gallery(&auth.0, gallery, body.0.try_into()?).await?;
        Ok(created(&made, &links))
    }

    /// Lists the shares of a gallery, newest first, revoked ones too
    #[oai(path = "/galleries/:gallery_id/shares", method = "get", operation_id = "listGalleryShares")]
    async fn list_of_gallery(
        &self,
        auth: StudioAuth,
        /// Which gallery.
        gallery_id: Path<String>,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
    ) -> Result<Json<PageObject<ShareObject>>, CatalogueFailure> {
        let target = ShareTarget::Gallery(parse_id::<GalleryId>(&gallery_id)?);
        let page = page_request(&limit, &cursor)?;
        let found = self.sharing.list(&auth.0, target, &page).await?;
        Ok(Json(PageObject::new(found, |view| ShareObject::from(&view))))
    }

    /// Shares all galleries of a collection
    ///
    /// Its drafts become live. The link is shown this once.
    #[oai(path = "/collections/:collection_id/shares", method = "post", operation_id = "shareCollection")]
    async fn share_collection(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which collection.
        collection_id: Path<String>,
        body: JsonBody<NewShareBody>,
    ) -> Result<Created<ShareWithLink>, CatalogueFailure> {
        let collection: CollectionId = parse_id(&collection_id)?;
        let made = self.sharing.share_collection(&auth.0, collection, body.0.try_into()?).await?;
        Ok(created(&made, &links))
    }

    /// Lists the shares of a collection, newest first, revoked ones too
    #[oai(path = "/collections/:collection_id/shares", method = "get", operation_id = "listCollectionShares")]
    async fn list_of_collection(
        &self,
        auth: StudioAuth,
        /// Which collection.
        collection_id: Path<String>,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
    ) -> Result<Json<PageObject<ShareObject>>, CatalogueFailure> {
        let target = ShareTarget::Collection(parse_id::<CollectionId>(&collection_id)?);
        let page = page_request(&limit, &cursor)?;
        let found = self.sharing.list(&auth.0, target, &page).await?;
        Ok(Json(PageObject::new(found, |view| ShareObject::from(&view))))
    }

    /// Shows a share
    #[oai(path = "/shares/:share_id", method = "get", operation_id = "getShare")]
    async fn get(
        &self,
        auth: StudioAuth,
        /// Which share.
        share_id: Path<String>,
    ) -> Result<Tagged<ShareObject>, CatalogueFailure> {
        let id: ShareId = parse_id(&share_id)?;
        Ok(tagged(&self.sharing.get(&auth.0, id).await?))
    }

    /// Changes a share
    #[oai(path = "/shares/:share_id", method = "patch", operation_id = "changeShare")]
    async fn change(
        &self,
        auth: StudioAuth,
        /// Which share.
        share_id: Path<String>,
        /// The version that is to be changed.
        #[oai(name = "If-Match")]
        precondition: Header<Option<String>>,
        body: JsonBody<SharePatch>,
    ) -> Result<Tagged<ShareObject>, CatalogueFailure> {
        let id: ShareId = parse_id(&share_id)?;
        let change = body.0.try_into()?;
        let view = self.sharing.change(&auth.0, id, change, if_match(&precondition)).await?;
        Ok(tagged(&view))
    }

    /// Revokes a share, for good
    ///
    /// The link, its sessions and its pictures stop at once. Doing it again changes nothing.
    #[oai(path = "/shares/:share_id", method = "delete", operation_id = "revokeShare")]
    async fn revoke(
        &self,
        auth: StudioAuth,
        /// Which share.
        share_id: Path<String>,
    ) -> Result<Done, CatalogueFailure> {
        let id: ShareId = parse_id(&share_id)?;
        self.sharing.revoke(&auth.0, id).await?;
        Ok(Done::Done)
    }

    /// Draws the link as a QR code, as SVG
    #[oai(path = "/shares/:share_id/qr.svg", method = "get", operation_id = "getShareQrSvg")]
    async fn qr_svg(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which share.
        share_id: Path<String>,
    ) -> Result<SvgPicture, CatalogueFailure> {
        let id: ShareId = parse_id(&share_id)?;
        let token = self.sharing.token(&auth.0, id).await?;
        Ok(SvgPicture::of(&links.share(token.reveal())).map_err(Failure::internal)?)
    }

    /// Draws the link as a QR code, as PNG
    #[oai(path = "/shares/:share_id/qr.png", method = "get", operation_id = "getShareQrPng")]
    async fn qr_png(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which share.
        share_id: Path<String>,
    ) -> Result<PngPicture, CatalogueFailure> {
        let id: ShareId = parse_id(&share_id)?;
        let token = self.sharing.token(&auth.0, id).await?;
        Ok(PngPicture::of(&links.share(token.reveal())).map_err(Failure::internal)?)
    }

    /// Lists what clients did on a share, newest first
    #[oai(path = "/shares/:share_id/activity", method = "get", operation_id = "listShareActivity")]
    async fn activity(
        &self,
        auth: StudioAuth,
        /// Which share.
        share_id: Path<String>,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
    ) -> Result<Json<PageObject<ActivityObject>>, CatalogueFailure> {
        let id: ShareId = parse_id(&share_id)?;
        let page = page_request(&limit, &cursor)?;
        let found = self.sharing.activity(&auth.0, id, &page).await?;
        Ok(Json(PageObject::new(found, ActivityObject::from)))
    }
}

fn created((view, token): &(ShareView, ShareToken), links: &Links) -> Created<ShareWithLink> {
    let location = links.api(&format!("/shares/{}", view.share.value.id));
    let tag = entity_tag(view.share.version);
    let url = links.share(token.reveal());
    Created::Created(Json(ShareWithLink::new(view, token, url)), tag, location)
}

fn tagged(view: &ShareView) -> Tagged<ShareObject> {
    Tagged::Found(Json(view.into()), entity_tag(view.share.version))
}
