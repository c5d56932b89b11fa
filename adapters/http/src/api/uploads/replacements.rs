//! Replacing the originals of photos: one, or a folder of edited files.

use halftone_core::id::{GalleryId, PhotoId};
use halftone_core::photo::ShapeRule;
use halftone_core::services::uploads::{AnnouncedFile, MatchRequest, UploadService};
use poem_openapi::OpenApi;
use poem_openapi::param::{Path, Query};
use poem_openapi::payload::Json;

use crate::api::json_body::JsonBody;
use crate::api::path_id::parse_id;
use crate::api::reply::Made;
use crate::api::tag::Tag;
use crate::api::uploads::body::{FileAnnouncement, UploadEntry};
use crate::api::uploads::replacements::body::{MatchesReply, MatchesRequest};
use crate::auth::StudioAuth;
use crate::links::Links;
use crate::problem::family::UploadFailure;

mod body;

/// Takes replacements.
#[derive(Debug)]
pub(crate) struct ReplacementsApi {
    pub(crate) uploads: UploadService,
}

#[OpenApi(tag = "Tag::Uploads")]
impl ReplacementsApi {
    /// Issues a ticket for a file that replaces the original of a photo
    ///
    /// Send it and complete the upload as any other. Picks, comments and order lines stay, and so does the camera filename.
    /// The photo is shown as it is until the new file has been rendered. A file that is damaged or has another shape leaves
    /// it as it is, and the photo's `replacement` says why.
    #[oai(path = "/photos/:photo_id/replacement", method = "put", operation_id = "replacePhoto")]
    async fn replace(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which photo.
        photo_id: Path<String>,
        /// Whether the picture may have another aspect ratio or orientation (more than one hundredth away), although crops
        /// that were ordered show something else then.
        allow_different_shape: Query<Option<bool>>,
        body: JsonBody<FileAnnouncement>,
    ) -> Result<Made<UploadEntry>, UploadFailure> {
        let photo: PhotoId = parse_id(&photo_id)?;
        let file: AnnouncedFile = body.0.into();
        let ticket = self.uploads.replace(&auth.0, photo, &file, shape(&allow_different_shape)).await?;
        Ok(Made::Made(Json(UploadEntry::new(file.filename, Ok(ticket), &links))))
    }

    /// Finds the photos that edited files belong to, and issues tickets for those that are certain
    ///
    /// A file belongs to the photo whose camera filename it has, in any case, with any extension, and without what editors
    /// append (`-Edit`, `_1`, ` copy`); the capture time tells photos of one name apart. What is not certain is listed and
    /// never guessed.
    #[oai(
        path = "/galleries/:gallery_id/replacements",
        method = "post",
        operation_id = "requestReplacements"
    )]
    async fn replace_matching(
        &self,
        auth: StudioAuth,
        links: Links,
        /// The gallery whose photos are replaced.
        gallery_id: Path<String>,
        /// As for one photo.
        allow_different_shape: Query<Option<bool>>,
        body: JsonBody<MatchesRequest>,
    ) -> Result<Made<MatchesReply>, UploadFailure> {
        let gallery: GalleryId = parse_id(&gallery_id)?;
        let files: Vec<MatchRequest> = body.0.parse()?;
        let shape = shape(&allow_different_shape);
        let outcomes = self.uploads.replace_matching(&auth.0, gallery, &files, shape).await?;
        let filenames = files.into_iter().map(|request| request.file.filename).collect();
        Ok(Made::Made(Json(MatchesReply::new(filenames, outcomes, &links))))
    }
}

fn shape(allow_different_shape: &Query<Option<bool>>) -> ShapeRule {
    if allow_different_shape.0 == Some(true) { ShapeRule::Any } else { ShapeRule::Same }
}
