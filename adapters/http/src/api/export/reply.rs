//! An export as an answer.

use std::io;

use futures_util::TryStreamExt as _;
use halftone_core::services::exporting::Export;
use poem::http::{HeaderValue, header};
use poem::{Body, IntoResponse, Response};
use poem_openapi::ApiResponse;
use poem_openapi::payload::{Binary, Payload as _};
use poem_openapi::registry::{MetaMediaType, MetaResponse, MetaResponses, Registry};

/// A ZIP file that is made while it is sent.
#[derive(Debug)]
pub(crate) struct ExportReply(Response);

impl ExportReply {
    const MEDIA_TYPE: &'static str = "application/zip";

    pub(super) fn new(export: Export) -> Self {
        let content = export.content.map_err(|error| {
            // The status is gone already; the connection is going to break off.
            tracing::error!(
                error = &error as &dyn std::error::Error,
                "an export broke off while it was sent"
            );
            io::Error::other(error)
        });
        let mut response = Body::from_bytes_stream(content).into_response();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Self::MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        // Names are encoded in plain ASCII.
        if let Ok(name) = HeaderValue::try_from(export.filename.attachment()) {
            headers.insert(header::CONTENT_DISPOSITION, name);
        }
        Self(response)
    }
}

impl IntoResponse for ExportReply {
    fn into_response(self) -> Response {
        self.0
    }
}

impl ApiResponse for ExportReply {
    fn meta() -> MetaResponses {
        let content = MetaMediaType { content_type: Self::MEDIA_TYPE, schema: Binary::<Body>::schema_ref() };
        let response = MetaResponse {
            description: "The archive.",
            status: Some(200),
            status_range: None,
            content: vec![content],
            headers: Vec::new(),
        };
        MetaResponses { responses: vec![response] }
    }

    fn register(_registry: &mut Registry) {}
}
