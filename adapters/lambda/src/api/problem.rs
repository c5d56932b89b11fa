//! Problem documents for what fails outside of the application, in the application's own form.

use std::fmt;

use poem::http::{HeaderName, HeaderValue, StatusCode, header};
use poem::{Body, IntoResponse as _, Response};
use serde_json::json;

/// 400: the event holds no request that can be read.
pub(super) fn malformed(cause: &dyn fmt::Display, request_id: &str) -> Response {
    let detail = format!("The request cannot be read: {cause}.");
    problem(StatusCode::BAD_REQUEST, "malformed-request", "The request cannot be read", &detail, request_id)
}

/// 403: whoever sent it has gone past the proxy.
pub(super) fn past_proxy(request_id: &str) -> Response {
    let detail = "This address answers the studio's own proxy alone. Use the studio's address.";
    problem(
        StatusCode::FORBIDDEN,
        "past-proxy",
        "The request did not come through the proxy",
        detail,
        request_id,
    )
}

/// 500: our own fault.
pub(super) fn internal(request_id: &str) -> Response {
    problem(
        StatusCode::INTERNAL_SERVER_ERROR,
        "internal",
        "Something went wrong on the server",
        "Something went wrong on the server; it was logged under the request's id.",
        request_id,
    )
}

/// 500: the answer is larger than the platform delivers.
pub(super) fn too_large_to_deliver(most_bytes: usize, request_id: &str) -> Response {
    let detail = format!(
        "The answer is larger than the {most_bytes} bytes that can be delivered this way. Ask for a smaller page, or for \
         the file in parts with a Range header."
    );
    let title = "The answer is too large to deliver";
    problem(StatusCode::INTERNAL_SERVER_ERROR, "too-large-to-deliver", title, &detail, request_id)
}

fn problem(status: StatusCode, slug: &str, title: &str, detail: &str, request_id: &str) -> Response {
    let document = json!({
        "type": format!("/problems/{slug}"),
        "title": title,
        "status": status.as_u16(),
        "detail": detail,
        "request_id": request_id,
    });
    let mut response = Body::from_string(document.to_string()).into_response();
    response.set_status(status);
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Ok(request_id) = HeaderValue::try_from(request_id) {
        headers.insert(HeaderName::from_static("x-request-id"), request_id);
    }
    response
}
