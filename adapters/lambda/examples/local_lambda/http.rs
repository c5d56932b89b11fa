//! An HTTP API in front of the function: requests become events of payload 2.0, and replies become responses.

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use poem::http::{StatusCode, header};
use poem::listener::TcpListener;
use poem::{Body, Endpoint, EndpointExt as _, Request, Response, Server, endpoint};
use serde::Deserialize;
use serde_json::{Value, json};
use tokio::sync::Mutex;

use crate::function::Function;
use crate::runtime_api::Outcome;

/// What the function replied with: all of it, or the part before a streamed body.
#[derive(Debug, Deserialize)]
#[serde(rename_all = "camelCase")]
struct Reply {
    status_code: u16,
    #[serde(default)]
    headers: BTreeMap<String, String>,
    #[serde(default)]
    cookies: Vec<String>,
    #[serde(default)]
    body: String,
    #[serde(default)]
    is_base64_encoded: bool,
}

/// Serves the function until the listener fails.
pub(crate) async fn serve(function: Function, address: SocketAddr) -> io::Result<()> {
    tracing::info!("the function answers at http://{address}");
    Server::new(TcpListener::bind(address.to_string())).run(gateway(function)).await
}

fn gateway(function: Function) -> impl Endpoint {
    let function = Arc::new(Mutex::new(function));
    endpoint::make(move |request: Request| {
        let function = Arc::clone(&function);
        async move {
            let event = event(request).await?;
            // A guard across the invocation: one environment runs one at a time.
            let outcome = function.lock().await.invoke(event.to_string()).await;
            Ok::<_, poem::Error>(response(outcome))
        }
    })
    .map_to_response()
}

async fn event(mut request: Request) -> Result<Value, poem::Error> {
    let body = request.take_body().into_vec().await?;
    let mut headers: BTreeMap<String, String> = BTreeMap::new();
    for (name, value) in request.headers() {
        let value = String::from_utf8_lossy(value.as_bytes());
        let known = headers.entry(name.to_string()).or_default();
        *known = if known.is_empty() { value.into_owned() } else { format!("{known},{value}") };
    }
    let cookies: Option<Vec<String>> =
        headers.remove("cookie").map(|cookies| cookies.split("; ").map(str::to_owned).collect());
    let caller = request.remote_addr().as_socket_addr().map(|address| address.ip().to_string());
    headers.insert("x-forwarded-for".to_owned(), caller.clone().unwrap_or_default());
    headers.insert("x-forwarded-proto".to_owned(), "http".to_owned());
    let (path, method) = (request.uri().path(), request.method().as_str());
    Ok(json!({
        "version": "2.0",
        "routeKey": "$default",
        "rawPath": path,
        "rawQueryString": request.uri().query().unwrap_or_default(),
        "cookies": cookies,
        "headers": headers,
        "requestContext": {
            "accountId": "000000000000",
            "apiId": "local",
            "domainName": headers.get("host"),
            "http": {"method": method, "path": path, "protocol": "HTTP/1.1", "sourceIp": caller},
            "requestId": "local",
            "routeKey": "$default",
            "stage": "$default",
        },
        "body": BASE64_STANDARD.encode(body),
        "isBase64Encoded": true,
    }))
}

fn response(outcome: Outcome) -> Response {
    let (body, is_streamed) = match outcome {
        Outcome::Answered { body, is_streamed } => (body, is_streamed),
        Outcome::Failed { reason } => {
            tracing::error!(reason, "an invocation failed");
            return bad_gateway();
        }
    };
    let read = if is_streamed { streamed(&body) } else { buffered(&body) };
    read.unwrap_or_else(|| {
        tracing::error!("the reply is none that an HTTP API takes");
        bad_gateway()
    })
}

fn buffered(reply: &[u8]) -> Option<Response> {
    // Why `ok`, here and below: whatever is wrong with the reply, it means the same.
    let reply: Reply = serde_json::from_slice(reply).ok()?;
    let body = if reply.is_base64_encoded {
        BASE64_STANDARD.decode(&reply.body).ok()?
    } else {
        reply.body.clone().into_bytes()
    };
    finish(&reply, body)
}

/// A prelude in JSON, eight zero bytes, and the body.
fn streamed(reply: &[u8]) -> Option<Response> {
    let end = reply.windows(8).position(|window| window == [0; 8])?;
    let prelude: Reply = serde_json::from_slice(&reply[..end]).ok()?;
    finish(&prelude, reply[end + 8..].to_vec())
}

fn finish(reply: &Reply, body: Vec<u8>) -> Option<Response> {
    let mut response = Response::builder().status(StatusCode::from_u16(reply.status_code).ok()?);
    for (name, value) in &reply.headers {
        // The server that we are counts the bytes itself.
        if name != header::CONTENT_LENGTH.as_str() {
            response = response.header(name, value);
        }
    }
    for cookie in &reply.cookies {
        response = response.header(header::SET_COOKIE, cookie);
    }
    Some(response.body(Body::from_vec(body)))
}

fn bad_gateway() -> Response {
    Response::builder().status(StatusCode::BAD_GATEWAY).body("{\"message\":\"Internal Server Error\"}")
}
