//! From a response to what the platform takes.

use std::collections::BTreeMap;
use std::error::Error;
use std::io;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use futures_util::StreamExt as _;
use lambda_runtime::{MetadataPrelude, StreamResponse};
use poem::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use poem::{Body, Response};
use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};

use super::event::Dialect;
use super::{ReplyStream, problem};

/// The largest reply of a function, in bytes of JSON: 6 MB.
const MOST_BYTES: usize = 6 << 20;

/// The largest reply that a load balancer takes, in bytes of JSON: 1 MB.
const MOST_BYTES_OF_LOAD_BALANCER: usize = 1 << 20;

/// A whole reply. Fields that a dialect does not know are absent.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    status_code: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    status_description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    headers: Option<BTreeMap<String, String>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    multi_value_headers: Option<BTreeMap<String, Vec<String>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    cookies: Option<Vec<String>>,
    body: String,
    is_base64_encoded: bool,
}

/// Reads the response to its end and puts it into one reply. One that is too large becomes a problem document.
///
/// # Errors
/// The reply cannot be written as JSON.
pub(super) async fn buffered(
    response: Response,
    dialect: Dialect,
    request_id: &str,
) -> Result<Box<RawValue>, serde_json::Error> {
    let most_bytes = match dialect {
        Dialect::First | Dialect::Second => MOST_BYTES,
        Dialect::LoadBalancer { .. } => MOST_BYTES_OF_LOAD_BALANCER,
    };
    match whole(response, dialect, most_bytes).await {
        Ok(Some(reply)) => {
            let printed = to_raw_value(&reply)?;
            if printed.get().len() <= most_bytes {
                return Ok(printed);
            }
        }
        Ok(None) => {}
        Err(error) => {
            tracing::error!(request.id = request_id, error = &error as &dyn Error, "an answer broke off");
            return to_raw_value(&small(problem::internal(request_id), dialect).await);
        }
    }
    tracing::error!(request.id = request_id, most_bytes, "an answer is larger than the platform delivers");
    to_raw_value(&small(problem::too_large_to_deliver(most_bytes, request_id), dialect).await)
}

/// The reply of a response, unless its body alone is too large.
async fn whole(response: Response, dialect: Dialect, most_bytes: usize) -> io::Result<Option<Reply>> {
    let (parts, body) = response.into_parts();
    Ok(read(body, most_bytes).await?.map(|body| reply(parts.status, &parts.headers, body, dialect)))
}

/// The reply of a problem document, which is in memory and small.
async fn small(response: Response, dialect: Dialect) -> Reply {
    let (parts, body) = response.into_parts();
    // A body in memory does not break off; were it to, the status says it all.
    let body = body.into_vec().await.unwrap_or_default();
    reply(parts.status, &parts.headers, body, dialect)
}

async fn read(body: Body, most_bytes: usize) -> io::Result<Option<Vec<u8>>> {
    let mut pieces = Box::pin(body.into_bytes_stream());
    let mut bytes = Vec::new();
    while let Some(piece) = pieces.next().await {
        let piece = piece?;
        if bytes.len() + piece.len() > most_bytes {
            return Ok(None);
        }
        bytes.extend_from_slice(&piece);
    }
    Ok(Some(bytes))
}

fn reply(status: StatusCode, headers: &HeaderMap, body: Vec<u8>, dialect: Dialect) -> Reply {
    let (body, is_base64_encoded) = text_or_base64(headers, body);
    let plain = Reply {
        status_code: status.as_u16(),
        status_description: None,
        headers: None,
        multi_value_headers: None,
        cookies: None,
        body,
        is_base64_encoded,
    };
    match dialect {
        Dialect::Second => {
            let (headers, cookies) = (joined(headers, &header::SET_COOKIE), cookies(headers));
            Reply { headers: Some(headers), cookies: (!cookies.is_empty()).then_some(cookies), ..plain }
        }
        Dialect::First => Reply { multi_value_headers: Some(repeated(headers)), ..plain },
        Dialect::LoadBalancer { repeats_headers } => {
            let reason = status.canonical_reason().unwrap_or("Unknown");
            let plain = Reply { status_description: Some(format!("{} {reason}", status.as_u16())), ..plain };
            if repeats_headers {
                Reply { multi_value_headers: Some(repeated(headers)), ..plain }
            } else {
                // One cookie is all that such a load balancer passes on.
                let mut single = joined(headers, &header::SET_COOKIE);
                single.extend(cookies(headers).pop().map(|cookie| (header::SET_COOKIE.to_string(), cookie)));
                Reply { headers: Some(single), ..plain }
            }
        }
    }
}

/// Text goes as it is, and everything else as Base64. Bytes that are compressed or not UTF-8 are no text, whatever the
/// media type says.
fn text_or_base64(headers: &HeaderMap, body: Vec<u8>) -> (String, bool) {
    if !body.is_empty() && (headers.contains_key(header::CONTENT_ENCODING) || !is_text(headers)) {
        return (BASE64_STANDARD.encode(body), true);
    }
    match String::from_utf8(body) {
        Ok(text) => (text, false),
        Err(error) => (BASE64_STANDARD.encode(error.into_bytes()), true),
    }
}

fn is_text(headers: &HeaderMap) -> bool {
    let media_type = headers.get(header::CONTENT_TYPE).map(text).unwrap_or_default().to_ascii_lowercase();
    let essence = media_type.split(';').next().unwrap_or_default().trim();
    essence.starts_with("text/")
        || essence.ends_with("+json")
        || essence.ends_with("+xml")
        || matches!(essence, "application/json" | "application/javascript" | "application/xml")
}

/// A value as text. Ours are ASCII; a byte that is not even UTF-8 is replaced, as JSON cannot carry it.
fn text(value: &HeaderValue) -> String {
    String::from_utf8_lossy(value.as_bytes()).into_owned()
}

fn repeated(headers: &HeaderMap) -> BTreeMap<String, Vec<String>> {
    let values = |name: &HeaderName| headers.get_all(name).iter().map(text).collect();
    headers.keys().map(|name| (name.to_string(), values(name))).collect()
}

/// All headers but one, those with several values as lists.
fn joined(headers: &HeaderMap, but: &HeaderName) -> BTreeMap<String, String> {
    let mut all = repeated(headers);
    all.remove(but.as_str());
    all.into_iter().map(|(name, values)| (name, values.join(", "))).collect()
}

fn cookies(headers: &HeaderMap) -> Vec<String> {
    headers.get_all(header::SET_COOKIE).iter().map(text).collect()
}

/// Passes the response on while it is made.
pub(super) fn streamed(response: Response) -> StreamResponse<ReplyStream> {
    let (parts, body) = response.into_parts();
    let mut headers = HeaderMap::with_capacity(parts.headers.len());
    for (name, value) in joined(&parts.headers, &header::SET_COOKIE) {
        // They were headers before; a value that had to be changed is still one, or is left out.
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::from_str(&value)) {
            headers.insert(name, value);
        }
    }
    let metadata_prelude =
        MetadataPrelude { status_code: parts.status, headers, cookies: cookies(&parts.headers) };
    StreamResponse { metadata_prelude, stream: Box::pin(body.into_bytes_stream()) }
}
