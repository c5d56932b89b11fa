//! `/events`: what changes in a studio, as it happens.

use std::sync::Arc;

use halftone_core::services::watching::WatchingService;
use poem::http::{StatusCode, header};
use poem::{FromRequest, Request, RequestBody};
use poem_openapi::OpenApi;
use poem_openapi::param::Header;

use crate::api::events::connection::Connection;
use crate::api::events::reply::EventsReply;
use crate::api::tag::Tag;
use crate::auth::StudioAuth;
use crate::problem::Failure;
use crate::problem::family::WatchingFailure;
use crate::site::Site;

mod body;
mod connection;
mod reply;

/// Tells studios what changes.
#[derive(Debug)]
pub(crate) struct EventsApi {
    pub(crate) watching: WatchingService,
}

/// Whoever listens: the token, which is asked about again and again, and the application that knows the answer.
#[derive(Debug)]
pub(crate) struct Listener {
    site: Arc<Site>,
    token: String,
}

impl<'a> FromRequest<'a> for Listener {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        // The security scheme has read it before.
        let header = request.header(header::AUTHORIZATION).unwrap_or_default();
        let token = header.split_once(' ').map_or("", |(_, token)| token.trim()).to_owned();
        Ok(Self { site: Arc::clone(Site::of(request)?), token })
    }
}

#[OpenApi(tag = "Tag::Studio")]
impl EventsApi {
    /// Tells what changes, as server-sent events
    ///
    /// Events: `ready` when it begins, `gallery.progress`, `order.changed`, `selection.submitted`, `notification.created`, and `reset`, after which
    /// everything must be read again. They are hints to read again, come at least once and may come again after `Last-Event-ID`.
    /// A comment comes every 15 seconds. The stream ends with its token and when the server stops; connect again with the
    /// last id. Where answers must be whole before they are sent, behind a function, this answers 501: ask the resources
    /// themselves every few seconds.
    #[oai(path = "/events", method = "get", operation_id = "watchStudio")]
    async fn watch(
        &self,
        auth: StudioAuth,
        listener: Listener,
        /// The last `id` that was received.
        #[oai(name = "Last-Event-ID")]
        last: Header<Option<String>>,
    ) -> Result<EventsReply, WatchingFailure> {
        let Listener { site, token } = listener;
        let options = &site.options.event_streams;
        if !options.offered {
            return Err(not_offered().into());
        }
        let studio = auth.0.manage().map_err(Failure::from)?;
        let slot = site.streams.open(studio, options.most_per_studio).ok_or_else(too_many)?;
        let mark = last.0.as_deref().map(str::trim).filter(|mark| !mark.is_empty());
        let begun = self.watching.begin(&auth.0, mark).await?;
        Ok(EventsReply::new(Connection::new(site, token, begun, slot).into_stream()))
    }
}

fn not_offered() -> Failure {
    Failure::new(StatusCode::NOT_IMPLEMENTED, "events-not-offered", "Events are not offered here")
        .detail("this installation cannot stream; ask the resources themselves every few seconds")
}

fn too_many() -> Failure {
    Failure::new(StatusCode::TOO_MANY_REQUESTS, "too-many-streams", "There are too many open streams")
        .detail("the studio has as many open event streams as it may have; close one")
        .retry_after(15)
}
