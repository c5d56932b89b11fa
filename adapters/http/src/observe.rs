//! What is seen of every request: its id, a line in the log, the metrics. And the headers that every answer has.

use std::sync::Arc;
use std::time::{Duration, Instant};

use poem::http::{HeaderValue, Method, header};
use poem::{Endpoint, IntoResponse, Request, Response};
use tracing::Instrument as _;

use crate::metrics;
use crate::operation::RoutePattern;
use crate::problem::{Failure, Problem};
use crate::request_id::{self, RequestId, RequestIds};

/// The outermost layer of the application.
#[derive(Debug)]
pub(crate) struct Observe<E> {
    inner: E,
    ids: RequestIds,
}

impl<E> Observe<E> {
    pub(crate) fn new(inner: E) -> Self {
        metrics::describe();
        Self { inner, ids: RequestIds::default() }
    }
}

impl<E: Endpoint> Endpoint for Observe<E> {
    type Output = Response;

    async fn call(&self, mut request: Request) -> poem::Result<Response> {
        let began = Instant::now();
        let id = self.ids.name(&request);
        let method = request.method().clone();
        request.set_data(id.clone());
        let span = tracing::info_span!("request", request.id = %id.0, http.method = %method);
        let answer = self.inner.call(request).instrument(span.clone()).await;
        let _entered = span.entered();
        let mut response = match answer {
            Ok(output) => as_problem(output.into_response(), &id),
            Err(error) => {
                let failure = Failure::from(error);
                failure.log();
                failure.response(Some(&id.0))
            }
        };
        note(&method, &response, began.elapsed());
        complete(&mut response, &id);
        Ok(response)
    }
}

/// Routers answer an unknown path or a wrong method in plain text, without saying which route it was.
fn as_problem(response: Response, id: &RequestId) -> Response {
    let status = response.status();
    let is_ours =
        response.data::<RoutePattern>().is_some() || response.content_type() == Some(Problem::MEDIA_TYPE);
    if is_ours || !(status.is_client_error() || status.is_server_error()) {
        return response;
    }
    let failure = Failure::of_status(status);
    failure.log();
    failure.response(Some(&id.0))
}

/// The line in the log, and the metrics. Neither knows paths, which can hold secrets; only patterns of routes.
fn note(method: &Method, response: &Response, took: Duration) {
    let pattern = response.data::<RoutePattern>().map(|pattern| Arc::clone(&pattern.0));
    let route = pattern.as_deref().unwrap_or("unmatched");
    let status = response.status().as_u16();
    let duration_ms = took.as_secs_f64() * 1_000.0;
    tracing::info!(http.route = route, http.status = status, duration_ms, "request answered");
    metrics::record(method, route, status, took);
}

fn complete(response: &mut Response, id: &RequestId) {
    let headers = response.headers_mut();
    // Why the `if`: a name that came in is sane, and one that was made here is hexadecimal.
    if let Ok(id) = HeaderValue::try_from(&id.0) {
        headers.insert(request_id::HEADER, id);
    }
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(header::REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
}
