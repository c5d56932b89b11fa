//! Problem documents (RFC 9457): what every failed request is answered with.
//!
//! # The pattern
//! A handler returns `Result<Success, CatalogueFailure>`, or another family of [`family`]. A family lists the
//! statuses that its operations can answer, for the OpenAPI document, and is made by `?` from the error of its
//! service, from [`Absent`] (a path id that is none) and from [`InvalidField`] (a body that does not parse into
//! domain values). What a core error means in HTTP is said once, in [`services`]; what a failure of the
//! framework means, in [`framework`].
//!
//! Inside the adapter a failure travels as a [`Failure`]; `Problem` is only its printed form. The routes are
//! wrapped once, in `app`, by an endpoint that prints every failure together with the request's id, and logs
//! those that are our own fault, so no handler does either.
//!
//! [`Absent`]: halftone_core::services::error::Absent
//! [`InvalidField`]: halftone_core::services::error::InvalidField

use std::error::Error;
use std::fmt;

use poem::error::ResponseError;
use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::{Body, IntoResponse as _, Response};
use poem_openapi::Object;
use poem_openapi::types::ToJSON as _;

pub(crate) mod family;
mod framework;
mod services;

/// What went wrong, as RFC 9457 prints it.
#[derive(Debug, Clone, Object)]
#[oai(skip_serializing_if_is_none)]
pub(crate) struct Problem {
    /// What kind of problem it is: a stable URI reference such as `/problems/gallery-not-found`.
    #[oai(rename = "type")]
    kind: String,
    /// The kind in words.
    title: String,
    /// The HTTP status.
    status: u16,
    /// What is wrong with this request, in a sentence for people.
    detail: String,
    /// The field at fault, if there is one: `items[0].quantity`.
    field: Option<String>,
    /// Names the request in the server's log.
    request_id: Option<String>,
}

impl Problem {
    /// The media type of RFC 9457.
    pub(crate) const MEDIA_TYPE: &'static str = "application/problem+json";

    /// The printed form of a failure that concerns a part of a request, while the rest goes on.
    pub(crate) fn of(error: impl Into<Failure>) -> Self {
        let failure = error.into();
        failure.log();
        failure.problem(None)
    }
}

/// A failed request on its way out.
#[derive(Debug)]
pub(crate) struct Failure(Box<Parts>);

/// Boxed, as every result of every handler has room for one.
#[derive(Debug)]
struct Parts {
    status: StatusCode,
    slug: String,
    title: &'static str,
    detail: String,
    field: Option<String>,
    headers: Vec<(HeaderName, HeaderValue)>,
    cause: Option<Box<dyn Error + Send + Sync>>,
}

impl Failure {
    /// A failure of the kind `/problems/<slug>`.
    pub(crate) fn new(status: StatusCode, slug: impl Into<String>, title: &'static str) -> Self {
        Self(Box::new(Parts {
            status,
            slug: slug.into(),
            title,
            detail: title.to_owned(),
            field: None,
            headers: Vec::new(),
            cause: None,
        }))
    }

    /// Says what is wrong with this very request.
    pub(crate) fn detail(mut self, detail: impl fmt::Display) -> Self {
        self.0.detail = sentence(&detail.to_string());
        self
    }

    /// Names the field at fault.
    pub(crate) fn field(mut self, field: impl Into<String>) -> Self {
        self.0.field = Some(field.into());
        self
    }

    /// Adds a header to the answer.
    pub(crate) fn header(mut self, name: HeaderName, value: HeaderValue) -> Self {
        self.0.headers.push((name, value));
        self
    }

    /// Says when to try again, in seconds.
    pub(crate) fn retry_after(self, seconds: u64) -> Self {
        self.header(header::RETRY_AFTER, HeaderValue::from(seconds))
    }

    /// Keeps what caused it, for the log only.
    pub(crate) fn cause(mut self, cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        self.0.cause = Some(cause.into());
        self
    }

    /// 400: the request cannot be read.
    pub(crate) fn malformed(detail: impl fmt::Display) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed-request", "The request cannot be read").detail(detail)
    }

    /// 401: no credentials, or none that are valid.
    pub(crate) fn unauthorised(detail: impl fmt::Display) -> Self {
        Self::new(StatusCode::UNAUTHORIZED, "unauthorised", "Valid credentials are needed")
            .detail(detail)
            .header(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"))
    }

    /// 413: the body is too large.
    pub(crate) fn too_large(detail: impl fmt::Display) -> Self {
        let title = "The request is too large";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too-large", title).detail(detail)
    }

    /// 415: the body is of a type that is not read here.
    pub(crate) fn unsupported(detail: impl fmt::Display) -> Self {
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported-type", "The type is not supported")
            .detail(detail)
    }

    /// 422: a value that cannot be accepted.
    pub(crate) fn invalid(field: impl Into<String>, detail: impl fmt::Display) -> Self {
        Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid-value", "A value is not valid")
            .field(field)
            .detail(detail)
    }

    /// 500: our own fault. The answer says nothing of the cause.
    pub(crate) fn internal(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", "Something went wrong on the server")
            .detail("something went wrong on the server; it was logged under the request's id")
            .cause(cause)
    }

    /// 503: something that the server needs is out of reach.
    pub(crate) fn unavailable(cause: impl Into<Box<dyn Error + Send + Sync>>) -> Self {
        Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", "The server cannot answer at the moment")
            .detail("something that the server needs is out of reach; try again in a moment")
            .retry_after(2)
            .cause(cause)
    }

    /// The status of the answer.
    pub(crate) fn status(&self) -> StatusCode {
        self.0.status
    }

    /// Logs a failure that is not the caller's, with its chain. The wrapper of the routes calls it, once.
    pub(crate) fn log(&self) {
        let cause = self.0.cause.as_deref().map(|cause| cause as &dyn Error);
        if self.0.status == StatusCode::SERVICE_UNAVAILABLE {
            tracing::warn!(error = cause, "a request failed because something is out of reach");
        } else if self.0.status.is_server_error() && self.0.status != StatusCode::NOT_IMPLEMENTED {
            tracing::error!(error = cause, "a request failed");
        }
    }

    /// The printed form.
    pub(crate) fn problem(&self, request_id: Option<&str>) -> Problem {
        Problem {
            kind: format!("/problems/{}", self.0.slug),
            title: self.0.title.to_owned(),
            status: self.0.status.as_u16(),
            detail: self.0.detail.clone(),
            field: self.0.field.clone(),
            request_id: request_id.map(str::to_owned),
        }
    }

    /// The whole answer.
    pub(crate) fn response(&self, request_id: Option<&str>) -> Response {
        let json = self.problem(request_id).to_json_string();
        let mut response = Body::from_string(json).into_response();
        response.set_status(self.0.status);
        let headers = response.headers_mut();
        headers.extend(self.0.headers.iter().cloned());
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(Problem::MEDIA_TYPE));
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
        response
    }
}

/// A core message as a sentence: with a capital and a full stop.
fn sentence(message: &str) -> String {
    let mut characters = message.chars();
    let Some(first) = characters.next() else {
        return String::new();
    };
    let stop = if message.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{}{}{stop}", first.to_uppercase(), characters.as_str())
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0.detail)
    }
}

impl Error for Failure {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        self.0.cause.as_deref().map(|cause| cause as &(dyn Error + 'static))
    }
}

// The wrapper of the routes prints failures with the request's id; this is what a handler outside of it would
// answer.
impl ResponseError for Failure {
    fn status(&self) -> StatusCode {
        self.0.status
    }

    fn as_response(&self) -> Response {
        self.response(None)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_become_sentences() {
        assert_eq!(sentence("name must not be empty"), "Name must not be empty.");
        assert_eq!(sentence("Done."), "Done.");
        assert_eq!(sentence(""), "");
    }

    #[test]
    fn an_internal_failure_leaks_nothing() {
        let failure = Failure::internal("mongodb://user:secret@host");
        let printed = failure.problem(Some("r1")).to_json_string();
        assert!(!printed.contains("secret"));
        assert!(printed.contains("\"request_id\":\"r1\""));
    }
}
