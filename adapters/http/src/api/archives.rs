//! `/archives`: ZIP files that are expanded into photos.

use halftone_core::id::{ArchiveId, GalleryId};
use halftone_core::services::expanding::ExpandingService;
use halftone_core::services::uploads::UploadService;
use poem_openapi::OpenApi;
use poem_openapi::param::Path;
use poem_openapi::payload::Json;

use crate::api::archives::body::{ArchiveAnnouncement, ArchiveObject, ArchiveTicket};
use crate::api::json_body::JsonBody;
use crate::api::path_id::parse_id;
use crate::api::reply::Made;
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::links::Links;
use crate::problem::family::UploadFailure;

pub(crate) mod body;

/// Takes archives, and tells what became of them.
#[derive(Debug)]
pub(crate) struct ArchivesApi {
    pub(crate) uploads: UploadService,
    pub(crate) expanding: ExpandingService,
}

#[OpenApi(tag = "Tag::Uploads")]
impl ArchivesApi {
    /// Issues a ticket for a ZIP file whose pictures become photos
    ///
    /// Send it with `PUT` to the `url`, whole or in parts, with the headers given, and complete the upload as any other. It is
    /// expanded in the background.
    #[oai(path = "/galleries/:gallery_id/archives", method = "post", operation_id = "requestArchive")]
    async fn request(
        &self,
        auth: StudioAuth,
        links: Links,
        /// The gallery to which the photos go.
        gallery_id: Path<String>,
        body: JsonBody<ArchiveAnnouncement>,
    ) -> Result<Made<ArchiveTicket>, UploadFailure> {
        let gallery: GalleryId = parse_id(&gallery_id)?;
        let ArchiveAnnouncement { filename, size } = body.0;
        // A negative size is refused like that of an empty file.
        let size = u64::try_from(size).unwrap_or(0);
        let (archive, ticket) = self.uploads.request_archive(&auth.0, gallery, &filename, size).await?;
        Ok(Made::Made(Json(ArchiveTicket::new(archive, filename, ticket, &links))))
    }

    /// Tells what became of an archive, entry by entry
    ///
    /// Names are labels: folders in them are kept here and nowhere else. Folders themselves, and what macOS and Windows add,
    /// are left out. The report can be read for thirty days.
    #[oai(path = "/archives/:archive_id", method = "get", operation_id = "getArchive")]
    async fn get(
        &self,
        auth: StudioAuth,
        /// Which archive.
        archive_id: Path<String>,
    ) -> Result<Json<ArchiveObject>, UploadFailure> {
        let id: ArchiveId = parse_id(&archive_id)?;
        let archive = self.expanding.get(&auth.0, id).await?;
        Ok(Json((&archive).into()))
    }
}
