//! `/client/sessions`: opening a share.

use halftone_core::page::PageRequest;
use halftone_core::services::sharing::SharingService;
use halftone_core::services::visiting::VisitingService;
use poem_openapi::OpenApi;
use poem_openapi::payload::Json;

use crate::api::client_sessions::body::{SessionObject, SessionRequest, first_photos};
use crate::api::json_body::JsonBody;
use crate::api::reply::Made;
use crate::api::tag::Tag;
use crate::links::Links;
use crate::problem::family::OpenFailure;
use crate::rate_limit::Caller;

mod body;

/// Lets clients in.
#[derive(Debug)]
pub(crate) struct ClientSessionsApi {
    pub(crate) sharing: SharingService,
    pub(crate) visiting: VisitingService,
}

#[OpenApi(tag = "Tag::Client")]
impl ClientSessionsApi {
    /// Opens a link
    ///
    /// A new client begins, whose key is shown this once; with the key of an earlier visit, that client resumes.
    #[oai(path = "/client/sessions", method = "post", operation_id = "openShare")]
    async fn open(
        &self,
        caller: Caller,
        links: Links,
        body: JsonBody<SessionRequest>,
    ) -> Result<Made<SessionObject>, OpenFailure> {
        let (token, visitor) = body.0.parse()?;
        caller.count_opening(&token, visitor.pin.is_some())?;
        let opened = self.sharing.open(&token, visitor).await;
        let opened = opened.inspect_err(|error| caller.note_refusal(&token, error))?;
        let gallery = self.visiting.gallery(&opened.principal).await?;
        // A phone on a slow line waits half a second for each question, so the answer to its next one comes along.
        let (filter, limit) = first_photos(&gallery);
        let photos = self.visiting.photos(&opened.principal, &filter, &PageRequest::first(limit)).await?;
        Ok(Made::Made(Json(SessionObject::new(&opened, &gallery, photos, &links))))
    }
}
