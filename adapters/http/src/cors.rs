//! Cross-origin requests of separately hosted web pages.
//!
//! An origin that is not listed gets an ordinary answer without permission to read it: its browser decides. Poem's
//! own middleware would refuse such requests, and with them the posts of our own pages, which carry an origin too.

use std::collections::HashSet;

use poem::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use poem::{Endpoint, IntoResponse, Request, Response};

const METHODS: &str = "GET, HEAD, POST, PUT, PATCH, DELETE";
const REQUEST_HEADERS: &str = "Authorization, Content-Type, Idempotency-Key, If-Match, If-None-Match, Last-Event-ID, Range, X-Request-Id";
const ANSWER_HEADERS: &str =
    "Accept-Ranges, Content-Disposition, Content-Range, ETag, Location, Retry-After, X-Request-Id";

/// Who may read answers.
#[derive(Debug, Clone)]
pub(crate) struct Cors {
    origins: HashSet<String>,
}

impl Cors {
    pub(crate) fn new(origins: &[String]) -> Self {
        let normalised = origins.iter().map(|origin| origin.trim_end_matches('/').to_ascii_lowercase());
        Self { origins: normalised.collect() }
    }

    /// Puts the layer around an endpoint.
    pub(crate) const fn around<E>(self, inner: E) -> CorsEndpoint<E> {
        CorsEndpoint { cors: self, inner }
    }

    /// The request's origin, if it is listed.
    fn permit(&self, request: &Request) -> Option<HeaderValue> {
        let origin = request.headers().get(header::ORIGIN)?;
        // Why `ok`: an origin that is not text is not listed.
        let text = origin.to_str().ok()?.to_ascii_lowercase();
        self.origins.contains(&text).then(|| origin.clone())
    }
}

/// An endpoint with the layer around it.
#[derive(Debug)]
pub(crate) struct CorsEndpoint<E> {
    cors: Cors,
    inner: E,
}

impl<E: Endpoint> Endpoint for CorsEndpoint<E> {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        if self.cors.origins.is_empty() {
            return Ok(self.inner.call(request).await?.into_response());
        }
        let permitted = self.cors.permit(&request);
        let is_preflight = request.method() == Method::OPTIONS
            && request.headers().contains_key(header::ACCESS_CONTROL_REQUEST_METHOD);
        let mut response = if is_preflight { preflight() } else { self.answer(request).await };
        let headers = response.headers_mut();
        headers.append(header::VARY, HeaderValue::from_static("Origin"));
        if let Some(origin) = permitted {
            permit(headers, origin, is_preflight);
        }
        Ok(response)
    }
}

impl<E: Endpoint> CorsEndpoint<E> {
    /// Failures need the headers as well, or the page could not read them.
    async fn answer(&self, request: Request) -> Response {
        let id = request.data::<crate::request_id::RequestId>().cloned();
        match self.inner.call(request).await {
            Ok(output) => output.into_response(),
            Err(error) => {
                let failure = crate::problem::Failure::from(error);
                failure.log();
                failure.response(id.as_ref().map(|id| id.0.as_str()))
            }
        }
    }
}

fn preflight() -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    response.take_body();
    response
}

fn permit(headers: &mut HeaderMap, origin: HeaderValue, is_preflight: bool) {
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let mut say = |name, value| headers.insert(name, HeaderValue::from_static(value));
    if is_preflight {
        say(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
        say(header::ACCESS_CONTROL_ALLOW_HEADERS, REQUEST_HEADERS);
        say(header::ACCESS_CONTROL_MAX_AGE, "600");
    } else {
        say(header::ACCESS_CONTROL_EXPOSE_HEADERS, ANSWER_HEADERS);
    }
}
