//! The API's document, and the page that shows it to people.

use bytes::Bytes;
use poem::endpoint::make_sync;
use poem::http::header;
use poem::{Endpoint, Response, RouteMethod};

/// The page loads nothing from anywhere: its scripts and styles are in it, and the document too.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
     img-src 'self' data:; font-src data:; connect-src 'self'; base-uri 'none'; form-action 'none'; \
     frame-ancestors 'none'";

/// `/docs`.
pub(crate) fn page(html: &str) -> impl Endpoint<Output = Response> + use<> {
    let titled = html.replacen("<title>Swagger UI</title>", "<title>Halftone API</title>", 1);
    let html = Bytes::from(format!("<!doctype html>{titled}"));
    let answer = make_sync(move |_| {
        Response::builder()
            .header(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)
            .header(header::CACHE_CONTROL, "no-cache")
            .content_type("text/html; charset=utf-8")
            .body(html.clone())
    });
    RouteMethod::new().get(answer)
}

/// `/api/v1/openapi.json`.
pub(crate) fn document(json: &str) -> impl Endpoint<Output = Response> + use<> {
    let json = Bytes::from(json.to_owned());
    let answer = make_sync(move |_| {
        Response::builder()
            .header(header::CACHE_CONTROL, "no-cache")
            .content_type("application/json")
            .body(json.clone())
    });
    RouteMethod::new().get(answer)
}
