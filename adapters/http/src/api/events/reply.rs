//! The stream as an answer.

use std::time::Duration;

use futures_util::Stream;
use poem::http::{HeaderName, HeaderValue};
use poem::web::sse::{Event, SSE};
use poem::{IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::registry::{
    MetaMediaType, MetaResponse, MetaResponses, MetaSchema, MetaSchemaRef, Registry,
};
use poem_openapi::types::Type as _;

use crate::api::events::body::EventData;

/// How often something is sent at least, so that proxies do not take the connection for dead.
const HEARTBEAT: Duration = Duration::from_secs(15);

/// An open stream of events.
pub(crate) struct EventsReply(SSE);

impl EventsReply {
    pub(super) fn new(events: impl Stream<Item = Event> + Send + 'static) -> Self {
        Self(SSE::new(events).keep_alive(HEARTBEAT))
    }
}

impl IntoResponse for EventsReply {
    fn into_response(self) -> Response {
        let mut response = self.0.into_response();
        // Nginx holds back what it proxies otherwise.
        let name = HeaderName::from_static("x-accel-buffering");
        response.headers_mut().insert(name, HeaderValue::from_static("no"));
        response
    }
}

impl ApiResponse for EventsReply {
    fn meta() -> MetaResponses {
        let schema = MetaSchema {
            items: Some(Box::new(EventData::schema_ref())),
            ..MetaSchema::new_with_format("array", "event-stream")
        };
        let content = MetaMediaType {
            content_type: "text/event-stream",
            schema: MetaSchemaRef::Inline(Box::new(schema)),
        };
        let response = MetaResponse {
            description: "The events, without end.",
            status: Some(200),
            status_range: None,
            content: vec![content],
            headers: Vec::new(),
        };
        MetaResponses { responses: vec![response] }
    }

    fn register(registry: &mut Registry) {
        EventData::register(registry);
    }
}
