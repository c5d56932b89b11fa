//! `/client/photos`: photos as clients see them.

use halftone_core::id::GalleryId;
use halftone_core::services::error::{InvalidField, Resource};
use halftone_core::services::visiting::{ClientPhotoFilter, VisitingService};
use poem_openapi::OpenApi;
use poem_openapi::param::Query;
use poem_openapi::payload::Json;

use crate::api::client_photos::body::{ClientPhotoObject, RenewalReply, RenewalRequest};
use crate::api::json_body::JsonBody;
use crate::api::paging::{PageObject, page_request};
use crate::api::photos::body::parse_photo_ids;
use crate::api::photos::{parse_section, parse_sort};
use crate::api::tag::Tag;
use crate::auth::ClientAuth;
use crate::links::Links;
use crate::problem::family::VisitingFailure;

pub(crate) mod body;

/// Shows photos to clients.
#[derive(Debug)]
pub(crate) struct ClientPhotosApi {
    pub(crate) visiting: VisitingService,
}

#[OpenApi(tag = "Tag::Client")]
impl ClientPhotosApi {
    /// Lists the photos that are ready, gallery after gallery
    #[expect(clippy::too_many_arguments, reason = "one for each parameter of the query")]
    #[oai(path = "/client/photos", method = "get", operation_id = "listClientPhotos")]
    async fn list(
        &self,
        auth: ClientAuth,
        links: Links,
        /// The most entries, 1 to 500; 50 if left out.
        limit: Query<Option<i64>>,
        /// Where the last page ended.
        cursor: Query<Option<String>>,
        /// The chapter that the photo is in.
        section: Query<Option<String>>,
        /// One of the galleries of a collection.
        gallery_id: Query<Option<String>>,
        /// The order inside each gallery: `captured_at` (if left out), `filename` or `uploaded_at`.
        sort: Query<Option<String>>,
    ) -> Result<Json<PageObject<ClientPhotoObject>>, VisitingFailure> {
        let page = page_request(&limit, &cursor)?;
        let filter = ClientPhotoFilter {
            gallery: parse_gallery(&gallery_id)?,
            section: parse_section(&section)?,
            sort: parse_sort(&sort)?,
        };
        let found = self.visiting.photos(&auth.0, &filter, &page).await?;
        Ok(Json(PageObject::new(found, |photo| ClientPhotoObject::new(&photo, &links))))
    }

    /// Renews the URLs of pictures
    ///
    /// Photos that can no longer be seen are left out.
    #[oai(path = "/client/photos/urls", method = "post", operation_id = "renewPictureUrls")]
    async fn renew(
        &self,
        auth: ClientAuth,
        links: Links,
        body: JsonBody<RenewalRequest>,
    ) -> Result<Json<RenewalReply>, VisitingFailure> {
        let photos = parse_photo_ids(&body.0.photo_ids, "photo_ids", RenewalRequest::MOST)?;
        let found = self.visiting.renew(&auth.0, &photos).await?;
        let items = found.iter().map(|photo| ClientPhotoObject::new(photo, &links)).collect();
        Ok(Json(RenewalReply { items }))
    }
}

fn parse_gallery(gallery: &Query<Option<String>>) -> Result<Option<GalleryId>, InvalidField> {
    let given = gallery.0.as_deref().filter(|gallery| !gallery.is_empty());
    let parsed = given.map(GalleryId::parse).transpose();
    parsed.map_err(|_| InvalidField::unknown("gallery_id", Resource::Gallery))
}
