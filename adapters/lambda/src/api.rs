//! The Poem application behind API Gateway, an application load balancer or a function URL.
//!
//! One [`HttpEvent`] becomes one request, as if it had come over a connection from the caller whom the platform has seen;
//! the response becomes a reply in the platform's dialect. The application does not know the difference, so its routes,
//! limits and problem documents are those of the server.
//!
//! # Why not `lambda_http`
//! Its requests lose repeated headers of REST APIs and load balancers, put the stage in front of every path unless a
//! variable forbids it, and panic on a `Host` that is no part of a URL; an event with a header beyond ASCII does not even
//! parse. The replies keep one of several equal headers. Each of these ends in an opaque 502 or in a lost value.

mod event;
mod problem;
mod reply;
mod request;

use std::error::Error;
use std::io;
use std::panic::AssertUnwindSafe;
use std::pin::Pin;

use bytes::Bytes;
use futures_util::{FutureExt as _, Stream};
use lambda_runtime::FunctionResponse;
use poem::endpoint::BoxEndpoint;
use poem::{Endpoint as _, Response};
use serde_json::value::RawValue;

pub use event::HttpEvent;
pub use request::ProxySecret;

/// The bytes of a streamed answer.
pub type ReplyStream = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// What the platform gets: a whole reply, or a stream.
pub type HttpReply = FunctionResponse<Box<RawValue>, ReplyStream>;

/// How answers leave the function.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ReplyMode {
    /// Whole, up to what the platform takes: 6 MB, or 1 MB behind a load balancer. Everything can do this.
    #[default]
    Buffered,
    /// As they are made, up to 200 MB. Only function URLs whose invoke mode is `RESPONSE_STREAM` and REST APIs with
    /// response streaming understand it.
    Streamed,
}

/// Answers HTTP events. Made once at cold start; every invocation uses it.
#[expect(missing_debug_implementations, reason = "a boxed endpoint shows nothing of itself")]
pub struct HttpHandler {
    /// What answers.
    pub application: BoxEndpoint<'static, Response>,
    /// How answers leave.
    pub replies: ReplyMode,
    /// The path under which a custom domain maps to the API, such as `/proofs`. It is taken off every path; the
    /// application's public URL must have it.
    pub base_path: Option<String>,
    /// What the proxy in front of the platform proves itself with; requests of others are refused. Without it, everybody's are
    /// answered.
    pub proxy_secret: Option<ProxySecret>,
}

impl HttpHandler {
    /// Answers one event; `request_id` is the platform's name for the invocation.
    ///
    /// Every failure is a problem document. The call itself does not fail.
    ///
    /// # Errors
    /// The reply cannot be written as JSON, which no reply of ours is too strange for.
    pub async fn handle(&self, event: HttpEvent, request_id: &str) -> Result<HttpReply, serde_json::Error> {
        let dialect = event.dialect();
        let response = match request::from_event(event, self, request_id) {
            Ok(request) => self.respond(request, request_id).await,
            Err(request::Refusal::PastProxy) => problem::past_proxy(request_id),
            Err(refusal) => {
                tracing::info!(error = &refusal as &dyn Error, "a request of the platform cannot be read");
                problem::malformed(&refusal, request_id)
            }
        };
        match self.replies {
            ReplyMode::Buffered => {
                reply::buffered(response, dialect, request_id).await.map(FunctionResponse::BufferedResponse)
            }
            ReplyMode::Streamed => Ok(FunctionResponse::StreamingResponse(reply::streamed(response))),
        }
    }

    async fn respond(&self, request: poem::Request, request_id: &str) -> Response {
        // A request holds nothing that a panic could leave half changed: documents change in one write.
        let answer = AssertUnwindSafe(self.application.get_response(request)).catch_unwind().await;
        answer.unwrap_or_else(|_| {
            tracing::error!(request.id = request_id, "a request made the program panic");
            problem::internal(request_id)
        })
    }
}
