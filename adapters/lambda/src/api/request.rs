//! From an event to the request that the caller sent.

mod proxy;
mod target;

use std::net::{IpAddr, SocketAddr};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use poem::http::uri::Scheme;
use poem::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use poem::web::{LocalAddr, RemoteAddr};
use poem::{Addr, Body, Request};

use super::HttpHandler;
use super::event::HttpEvent;

pub use proxy::ProxySecret;

const FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");
const FORWARDED_PROTO: HeaderName = HeaderName::from_static("x-forwarded-proto");
const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What came is not a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(super) enum Refusal {
    /// The body is not what it says it is.
    #[error("the body is not valid Base64")]
    Body,
    /// It is not the proxy that hands it over.
    #[error("it did not come through the proxy")]
    PastProxy,
    /// The method is none.
    #[error("the method is not valid")]
    Method,
    /// The path or the query cannot be put into an address; mostly they are too long.
    #[error("the path or the query is not valid, or too long")]
    Target,
}

/// Makes the request that the caller sent to this handler. `request_id` names a request that brings no name along.
pub(super) fn from_event(
    mut event: HttpEvent,
    handler: &HttpHandler,
    request_id: &str,
) -> Result<Request, Refusal> {
    let mut headers = headers(&mut event);
    if handler.proxy_secret.as_ref().is_some_and(|secret| !secret.admits(&mut headers)) {
        return Err(Refusal::PastProxy);
    }
    let caller = caller(&event, &mut headers);
    let body = body(&mut event)?;
    headers.insert(header::CONTENT_LENGTH, HeaderValue::from(body.len()));
    headers.remove(header::TRANSFER_ENCODING);
    add_missing(&mut headers, REQUEST_ID, Some(request_id));
    add_missing(&mut headers, header::HOST, event.fields.request_context.domain_name.as_deref());
    let mut parts = poem::http::Request::new(()).into_parts().0;
    parts.method = Method::from_bytes(event.method().as_bytes()).map_err(|_| Refusal::Method)?;
    parts.uri = target::of(&event, handler.base_path.as_deref()).parse().map_err(|_| Refusal::Target)?;
    let scheme = scheme(&headers);
    parts.headers = headers;
    let remote = caller.map_or_else(RemoteAddr::default, |address| {
        // The port is not told, and nobody asks for it.
        RemoteAddr(Addr::SocketAddr(SocketAddr::new(address, 0)))
    });
    Ok(Request::from_parts((parts, LocalAddr::default(), remote, scheme).into(), Body::from_vec(body)))
}

/// All headers. A name or a value that HTTP cannot carry is left out, as no caller can have sent it.
fn headers(event: &mut HttpEvent) -> HeaderMap {
    let fields = &mut event.fields;
    let repeated = fields.multi_value_headers.take().filter(|headers| !headers.is_empty());
    let single = fields.headers.take().unwrap_or_default();
    let all =
        repeated.unwrap_or_else(|| single.into_iter().map(|(name, value)| (name, vec![value])).collect());
    let mut headers = HeaderMap::with_capacity(all.len());
    for (name, values) in all {
        let Ok(name) = HeaderName::try_from(name) else { continue };
        for value in values.into_iter().flat_map(HeaderValue::try_from) {
            headers.append(name.clone(), value);
        }
    }
    // Payload 2.0 takes cookies out of the headers.
    let cookies =
        fields.cookies.take().filter(|cookies| !cookies.is_empty()).map(|cookies| cookies.join("; "));
    if let Some(Ok(cookies)) = cookies.map(HeaderValue::try_from) {
        headers.insert(header::COOKIE, cookies);
    }
    headers
}

/// The caller's address: the platform takes the place of the connection. It has appended that address to
/// `X-Forwarded-For`, where a connection would not be, so it is taken off: what is left is what proxies in front of the
/// platform have appended, as it is for a server.
fn caller(event: &HttpEvent, headers: &mut HeaderMap) -> Option<IpAddr> {
    let lines = headers.get_all(&FORWARDED_FOR).iter();
    // Why `ok`, here and below: what is not text is not an address.
    let texts = lines.filter_map(|line| line.to_str().ok());
    let mut hops: Vec<String> =
        texts.flat_map(|line| line.split(',')).map(|hop| hop.trim().to_owned()).collect();
    let told: Option<IpAddr> = event.source_ip().and_then(|address| address.parse().ok());
    let last: Option<IpAddr> = hops.last().and_then(|hop| hop.parse().ok());
    if told.is_none() || told == last {
        hops.pop();
    }
    headers.remove(&FORWARDED_FOR);
    if let Some(Ok(hops)) = (!hops.is_empty()).then(|| HeaderValue::try_from(hops.join(", "))) {
        headers.insert(FORWARDED_FOR, hops);
    }
    told.or(last)
}

fn body(event: &mut HttpEvent) -> Result<Vec<u8>, Refusal> {
    let body = event.fields.body.take().unwrap_or_default();
    if event.fields.is_base64_encoded == Some(true) {
        BASE64_STANDARD.decode(body).map_err(|_| Refusal::Body)
    } else {
        Ok(body.into_bytes())
    }
}

/// The platform says how it was reached; it is TLS everywhere but at a load balancer's plain listener.
fn scheme(headers: &HeaderMap) -> Scheme {
    match headers.get(FORWARDED_PROTO).map(HeaderValue::as_bytes) {
        Some(b"http") => Scheme::HTTP,
        Some(_) | None => Scheme::HTTPS,
    }
}

fn add_missing(headers: &mut HeaderMap, name: HeaderName, value: Option<&str>) {
    let value = value.map(HeaderValue::try_from);
    if let (false, Some(Ok(value))) = (headers.contains_key(&name), value) {
        headers.insert(name, value);
    }
}
