//! From responses to replies.

use futures_util::stream;
use halftone_lambda::api::{HttpHandler, ReplyMode};
use poem::http::{HeaderValue, StatusCode, header};
use poem::{Body, Endpoint, EndpointExt as _, Response, endpoint};
use serde_json::json;

use super::gateway::{REQUEST_ID, boxed, function, invoke, invoke_streamed};
use crate::fixture;

/// Answers everything with what `make` makes.
fn always(make: impl Fn() -> Response + Send + Sync + 'static) -> impl Endpoint<Output = Response> {
    endpoint::make_sync(move |_| make()).map_to_response()
}

fn of_type(media_type: &'static str, body: impl Into<Body>) -> Response {
    Response::builder().content_type(media_type).body(body)
}

/// Two cookies and a header with two values.
fn rich() -> Response {
    let mut response = of_type("text/plain; charset=utf-8", "Grüße");
    response.set_status(StatusCode::CREATED);
    let headers = response.headers_mut();
    headers.append(header::SET_COOKIE, HeaderValue::from_static("a=1; Path=/; HttpOnly"));
    headers.append(header::SET_COOKIE, HeaderValue::from_static("b=2, really"));
    headers.append(header::VARY, HeaderValue::from_static("accept"));
    headers.append(header::VARY, HeaderValue::from_static("origin"));
    response
}

#[tokio::test]
async fn the_second_payload_puts_cookies_aside_and_joins_headers() {
    let reply = invoke(&function(always(rich)), &fixture::read("api-http-v2")).await;
    assert_eq!(reply.status(), 201);
    assert_eq!(reply.0["cookies"], json!(["a=1; Path=/; HttpOnly", "b=2, really"]));
    assert_eq!(reply.header("vary"), ["accept, origin"]);
    assert!(reply.header("set-cookie").is_empty());
    assert_eq!((reply.0["body"].as_str(), reply.is_base64()), (Some("Grüße"), false));
}

#[tokio::test]
async fn the_first_payload_repeats_headers() {
    for dialect in ["api-rest", "api-http-v1", "api-alb-multi"] {
        let reply = invoke(&function(always(rich)), &fixture::read(dialect)).await;
        assert_eq!(reply.header("set-cookie"), ["a=1; Path=/; HttpOnly", "b=2, really"], "{dialect}");
        assert_eq!(reply.header("vary"), ["accept", "origin"], "{dialect}");
        assert!(reply.0["headers"].is_null(), "{dialect} would send them twice");
    }
}

#[tokio::test]
async fn a_load_balancer_gets_a_description_and_single_headers() {
    let reply = invoke(&function(always(rich)), &fixture::read("api-alb")).await;
    assert_eq!(reply.0["statusDescription"], "201 Created");
    assert_eq!(reply.header("vary"), ["accept, origin"]);
    assert_eq!(reply.header("set-cookie").len(), 1);
    assert!(reply.0["multiValueHeaders"].is_null());
}

#[tokio::test]
async fn only_text_goes_as_text() {
    let picture: &[u8] = b"\xff\xd8\xff\xe0 all \x00 bytes \xff\xd9";
    let gzipped = || {
        let mut response = of_type("application/json", "{}");
        response.headers_mut().insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
        response
    };
    let event = fixture::read("api-http-v2");
    let reply = invoke(&function(always(move || of_type("image/jpeg", picture))), &event).await;
    assert_eq!((reply.is_base64(), reply.bytes().as_slice()), (true, picture));
    assert!(invoke(&function(always(gzipped)), &event).await.is_base64());
    let reply = invoke(&function(always(|| of_type("text/plain", b"\xff".as_slice()))), &event).await;
    assert_eq!((reply.is_base64(), reply.bytes()), (true, vec![0xff]));
    for text in ["application/problem+json", "image/svg+xml", "text/html; charset=utf-8", "Application/JSON"]
    {
        let reply = invoke(&function(always(move || of_type(text, "x"))), &event).await;
        assert!(!reply.is_base64(), "{text}");
    }
    let reply = invoke(&function(always(|| StatusCode::NO_CONTENT.into())), &event).await;
    assert_eq!((reply.status(), reply.0["body"].as_str(), reply.is_base64()), (204, Some(""), false));
}

#[tokio::test]
async fn an_answer_that_is_too_large_says_so() {
    const MB: usize = 1 << 20;
    for (dialect, fits, too_large) in [("api-http-v2", 4 * MB, 5 * MB), ("api-alb", MB / 2, MB)] {
        let event = fixture::read(dialect);
        let reply = invoke(&function(always(move || of_type("image/jpeg", vec![7; fits]))), &event).await;
        assert_eq!((reply.status(), reply.bytes().len()), (200, fits), "{dialect}");
        let reply =
            invoke(&function(always(move || of_type("image/jpeg", vec![7; too_large]))), &event).await;
        assert_eq!(reply.status(), 500, "{dialect}");
        let problem = reply.json();
        assert_eq!(problem["type"], "/problems/too-large-to-deliver", "{dialect}");
        assert_eq!(problem["request_id"], REQUEST_ID, "{dialect}");
        assert!(problem["detail"].as_str().unwrap().contains("Range"), "{problem}");
        assert_eq!(reply.header("content-type"), ["application/problem+json"], "{dialect}");
    }
}

#[tokio::test]
async fn an_endless_answer_is_not_read_to_its_end() {
    let endless = || {
        let pieces = stream::repeat_with(|| Ok::<_, std::io::Error>(vec![7_u8; 1 << 20]));
        of_type("image/jpeg", Body::from_bytes_stream(pieces))
    };
    let reply = invoke(&function(always(endless)), &fixture::read("api-http-v2")).await;
    assert_eq!(reply.json()["type"], "/problems/too-large-to-deliver");
}

#[tokio::test]
async fn an_answer_that_breaks_off_is_a_problem() {
    let broken = || {
        let pieces = stream::iter([Ok(vec![1_u8]), Err(std::io::Error::other("the store went away"))]);
        of_type("image/jpeg", Body::from_bytes_stream(pieces))
    };
    let reply = invoke(&function(always(broken)), &fixture::read("api-http-v2")).await;
    assert_eq!((reply.status(), &reply.json()["type"]), (500, &json!("/problems/internal")));
    assert!(!reply.0["body"].as_str().unwrap().contains("store went away"));
}

#[tokio::test]
async fn a_panic_is_a_problem() {
    let reply = invoke(&function(always(|| panic!("oh"))), &fixture::read("api-http-v2")).await;
    assert_eq!((reply.status(), &reply.json()["type"]), (500, &json!("/problems/internal")));
    assert_eq!(reply.json()["request_id"], REQUEST_ID);
}

#[tokio::test]
async fn a_stream_passes_the_buffers_limit_and_keeps_its_head() {
    let large = || {
        let mut response = rich();
        response.set_body(Body::from_bytes_stream(stream::iter(
            (0..8).map(|_| Ok::<_, std::io::Error>(vec![7_u8; 1 << 20])),
        )));
        response
    };
    let function = HttpHandler {
        application: boxed(always(large)),
        replies: ReplyMode::Streamed,
        base_path: None,
        proxy_secret: None,
    };
    let (head, bytes) = invoke_streamed(&function, &fixture::read("api-function-url")).await;
    assert_eq!(head.status_code, StatusCode::CREATED);
    assert_eq!(head.cookies, ["a=1; Path=/; HttpOnly", "b=2, really"]);
    assert_eq!(head.headers.get_all(header::VARY).iter().count(), 1, "the platform takes texts, not lists");
    assert!(!head.headers.contains_key(header::SET_COOKIE));
    assert_eq!(bytes.len(), 8 << 20);
}
