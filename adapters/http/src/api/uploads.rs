//! `/uploads`: how photos arrive.

use halftone_core::id::{GalleryId, UploadId};
use halftone_core::services::error::InvalidField;
use halftone_core::services::uploads::{AnnouncedFile, UploadService};
use halftone_core::text::InvalidValue;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use crate::api::json_body::{JsonBody, OptionalJson};
use crate::api::path_id::parse_id;
use crate::api::photos::body::PhotoObject;
use crate::api::reply::{Created, Made};
use crate::api::tag::Tag;
use crate::api::uploads::body::{
    CompletedObject, Completion, PartsReply, PartsRequest, UploadsReply, UploadsRequest,
};
use crate::api::uploads::form::FormFile;
use crate::auth::StudioAuth;
use crate::conditional::entity_tag;
use crate::links::Links;
use crate::problem::Failure;
use crate::problem::family::UploadFailure;

pub(crate) mod body;
mod form;
pub(crate) mod replacements;

/// Takes uploads.
#[derive(Debug)]
pub(crate) struct UploadsApi {
    pub(crate) uploads: UploadService,
}

#[OpenApi(tag = "Tag::Uploads")]
impl UploadsApi {
    /// Issues tickets for photos
    ///
    /// Send each file with `PUT` to the `url` of its ticket, with the headers given, and then complete the
    /// upload. A file that cannot be taken is refused in its own entry; the others go on.
    #[oai(path = "/galleries/:gallery_id/uploads", method = "post", operation_id = "requestUploads")]
    async fn request(
        &self,
        auth: StudioAuth,
        links: Links,
        /// The gallery to which the photos go.
        gallery_id: Path<String>,
        body: JsonBody<UploadsRequest>,
    ) -> Result<Made<UploadsReply>, UploadFailure> {
        let gallery: GalleryId = parse_id(&gallery_id)?;
        let files: Vec<AnnouncedFile> = body.0.files.into_iter().map(Into::into).collect();
        let outcomes = self.uploads.request(&auth.0, gallery, &files).await?;
        let filenames = files.into_iter().map(|file| file.filename).collect();
        Ok(Made::Made(Json(UploadsReply::new(filenames, outcomes, &links))))
    }

    /// Gives URLs for the parts of a large file
    #[oai(path = "/uploads/:upload_id/parts", method = "post", operation_id = "requestUploadParts")]
    async fn request_parts(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which upload.
        upload_id: Path<String>,
        body: JsonBody<PartsRequest>,
    ) -> Result<Json<PartsReply>, UploadFailure> {
        let id: UploadId = parse_id(&upload_id)?;
        let parts = self.uploads.request_parts(&auth.0, id, &body.0.parse()?).await?;
        Ok(Json(PartsReply::new(parts, &links)))
    }

    /// Confirms that all bytes were sent
    ///
    /// Twice is the same as once.
    #[oai(path = "/uploads/:upload_id/complete", method = "post", operation_id = "completeUpload")]
    async fn complete(
        &self,
        auth: StudioAuth,
        links: Links,
        /// Which upload.
        upload_id: Path<String>,
        body: OptionalJson<Completion>,
    ) -> Result<Json<CompletedObject>, UploadFailure> {
        let id: UploadId = parse_id(&upload_id)?;
        let parts = body.0.map(|completion| completion.parse()).transpose()?.flatten();
        let completed = self.uploads.complete(&auth.0, id, parts.as_deref()).await?;
        Ok(Json(CompletedObject::new(completed, &links)))
    }

    /// Uploads a photo in one call
    #[oai(path = "/galleries/:gallery_id/photos", method = "post", operation_id = "uploadPhoto")]
    async fn upload(
        &self,
        auth: StudioAuth,
        links: Links,
        /// The gallery to which the photo goes.
        gallery_id: Path<String>,
        form: FormFile,
    ) -> Result<Created<PhotoObject>, UploadFailure> {
        let gallery: GalleryId = parse_id(&gallery_id)?;
        let file = form.open().ok_or_else(no_file)?;
        let stored = self
            .uploads
            .upload(&auth.0, gallery, &file.filename, file.content_type.as_deref(), file.content)
            .await;
        let view = match stored {
            Ok(view) => view,
            Err(_) if file.remains.is_broken() => {
                return Err(Failure::malformed("the form broke off, or is not one").into());
            }
            Err(error) => {
                file.remains.linger().await;
                return Err(error.into());
            }
        };
        let location = links.api(&format!("/photos/{}", view.photo.value.id));
        let tag = entity_tag(view.photo.version);
        Ok(Created::Created(Json(PhotoObject::new(&view, &links)), tag, location))
    }
}

fn no_file() -> InvalidField {
    let rule = InvalidValue::new("form", "must have a field of this name with the photo");
    InvalidField::new(FormFile::FIELD, rule)
}
