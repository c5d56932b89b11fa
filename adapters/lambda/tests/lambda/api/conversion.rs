//! From events to requests: an endpoint that says what it has got.

use halftone_lambda::api::ProxySecret;
use poem::http::HeaderMap;
use poem::{Endpoint, EndpointExt as _, Request, Response, endpoint};
use serde_json::{Value, json};

use super::gateway::{REQUEST_ID, Reply, function, invoke};
use crate::fixture;

/// Every event that means the same request.
const DIALECTS: [&str; 6] =
    ["api-http-v2", "api-http-v1", "api-rest", "api-alb", "api-alb-multi", "api-function-url"];

fn echo() -> impl Endpoint<Output = Response> {
    endpoint::make(|mut request: Request| async move {
        let values = |headers: &HeaderMap, name: &str| -> Vec<String> {
            headers
                .get_all(name)
                .iter()
                .map(|value| String::from_utf8_lossy(value.as_bytes()).into_owned())
                .collect()
        };
        let headers = request.headers().clone();
        let said = json!({
            "method": request.method().as_str(),
            "path": request.uri().path(),
            "query": request.params::<Vec<(String, String)>>().unwrap(),
            "host": values(&headers, "host"),
            "cookie": values(&headers, "cookie"),
            "note": values(&headers, "x-note"),
            "proxy": values(&headers, "x-halftone-proxy"),
            "length": values(&headers, "content-length"),
            "request_id": values(&headers, "x-request-id"),
            "forwarded_for": values(&headers, "x-forwarded-for"),
            "scheme": request.scheme().as_str(),
            "address": request.remote_addr().as_socket_addr().map(|address| address.ip().to_string()),
            "body": request.take_body().into_string().await.unwrap(),
        });
        let response = Response::builder().content_type("application/json").body(said.to_string());
        Ok::<_, poem::Error>(response)
    })
    .map_to_response()
}

async fn said_of(event: &Value) -> Value {
    let function = function(echo());
    let reply = invoke(&function, event).await;
    assert_eq!(reply.status(), 200, "{reply:?}");
    reply.json()
}

#[tokio::test]
async fn every_dialect_gives_the_same_request() {
    for dialect in DIALECTS {
        let mut event = fixture::read(dialect);
        // A load balancer without repeated headers knows one value of each parameter.
        let tags = if dialect == "api-alb" {
            json!([["tag", "b%26c"]])
        } else {
            json!([["tag", "a"], ["tag", "b%26c"]])
        };
        if dialect == "api-rest" {
            event["requestContext"]["stage"] = "prod".into();
        }
        let said = said_of(&event).await;
        assert_eq!(said["method"], "POST", "{dialect}");
        assert_eq!(said["path"], "/echo/a%20b", "{dialect}");
        let query = said["query"].as_array().unwrap();
        assert_eq!(query[0], json!(["q", "café au lait"]), "{dialect}");
        assert_eq!(json!(query[1..]), tags, "{dialect}");
        assert_eq!(said["cookie"], json!(["halftone=one; theme=dark"]), "{dialect}");
        assert_eq!(said["body"], "{\"name\":\"Zoë\"}", "{dialect}");
        assert_eq!(said["length"], json!(["15"]), "{dialect}");
        assert_eq!(said["address"], "203.0.113.7", "{dialect}");
        assert_eq!(said["request_id"], json!([REQUEST_ID]), "{dialect}");
        assert_eq!(said["scheme"], if dialect == "api-alb" { "http" } else { "https" }, "{dialect}");
    }
}

#[tokio::test]
async fn repeated_headers_stay_apart() {
    for dialect in ["api-rest", "api-alb-multi"] {
        assert_eq!(said_of(&fixture::read(dialect)).await["note"], json!(["one", "two"]), "{dialect}");
    }
}

#[tokio::test]
async fn the_platforms_own_hop_is_not_a_proxy_in_front_of_it() {
    let said = said_of(&fixture::read("api-http-v2")).await;
    assert_eq!(said["forwarded_for"], json!([]));
    let said = said_of(&fixture::read("api-alb-multi")).await;
    assert_eq!(said["forwarded_for"], json!(["198.51.100.9"]));
}

#[tokio::test]
async fn a_named_stage_is_no_part_of_the_path() {
    let mut event = fixture::read("api-http-v2");
    event["requestContext"]["stage"] = "prod".into();
    for (raw, path) in [
        ("/prod/echo", "/echo"),
        ("/prod", "/"),
        ("/prod/", "/"),
        ("/products/1", "/products/1"),
        ("/echo", "/echo"),
    ] {
        event["rawPath"] = raw.into();
        assert_eq!(said_of(&event).await["path"], path, "{raw}");
    }
}

#[tokio::test]
async fn a_rest_apis_stage_of_the_same_name_as_a_route_does_no_harm() {
    let mut event = fixture::read("api-rest");
    event["path"] = "/api/v1/galleries".into();
    event["pathParameters"]["proxy"] = "api/v1/galleries".into();
    event["requestContext"]["stage"] = "api".into();
    assert_eq!(said_of(&event).await["path"], "/api/v1/galleries");
}

#[tokio::test]
async fn the_configured_base_path_is_taken_off() {
    let mut handler = function(echo());
    handler.base_path = Some("/proofs/".to_owned());
    let mut event = fixture::read("api-http-v2");
    event["rawPath"] = "/proofs/echo".into();
    assert_eq!(invoke(&handler, &event).await.json()["path"], "/echo");
}

#[tokio::test]
async fn whoever_goes_past_the_proxy_is_refused() {
    let mut handler = function(echo());
    handler.proxy_secret = Some(ProxySecret::new("a proof".to_owned()));
    let mut event = fixture::read("api-http-v2");
    let without = event.clone();
    let forged = ["another", "a proo", ""].map(|forged| {
        event["headers"]["x-halftone-proxy"] = forged.into();
        event.clone()
    });
    for event in [without].iter().chain(&forged) {
        let reply = invoke(&handler, event).await;
        assert_eq!(reply.status(), 403, "{event}");
        assert_eq!(reply.json()["type"], "/problems/past-proxy");
    }
    event["headers"]["x-halftone-proxy"] = "a proof".into();
    let said = invoke(&handler, &event).await.json();
    assert_eq!((&said["method"], &said["proxy"]), (&json!("POST"), &json!([])));
}

#[tokio::test]
async fn an_empty_event_of_a_console_is_a_request_for_the_root() {
    let event = json!({
        "httpMethod": "GET", "path": "/", "headers": null, "multiValueHeaders": null, "queryStringParameters": null,
        "multiValueQueryStringParameters": null, "pathParameters": null, "body": null, "isBase64Encoded": false,
        "requestContext": {"stage": "test-invoke-stage", "identity": {"sourceIp": "test-invoke-source-ip"}}
    });
    let said = said_of(&event).await;
    assert_eq!((said["path"].as_str(), said["address"].as_str()), (Some("/"), None));
}

#[tokio::test]
async fn what_no_url_can_hold_is_encoded() {
    let mut event = fixture::read("api-http-v2");
    event["rawPath"] = "/ü <\"|>%zz".into();
    event["rawQueryString"] = "a=ü \"x\"&b=100%".into();
    let said = said_of(&event).await;
    assert_eq!(said["path"], "/%C3%BC%20%3C%22%7C%3E%25zz");
    assert_eq!(said["query"], json!([["a", "ü \"x\""], ["b", "100%"]]));
}

#[track_caller]
fn assert_malformed(reply: &Reply, detail: &str) {
    assert_eq!(reply.status(), 400);
    let problem = reply.json();
    assert_eq!(problem["type"], "/problems/malformed-request");
    assert_eq!(problem["request_id"], REQUEST_ID);
    assert!(problem["detail"].as_str().unwrap().contains(detail), "{problem}");
}

#[tokio::test]
async fn what_is_no_request_is_a_problem_and_not_a_crash() {
    let function = function(echo());
    let mut event = fixture::read("api-function-url");
    event["body"] = "%%%".into();
    assert_malformed(&invoke(&function, &event).await, "Base64");
    let mut event = fixture::read("api-http-v2");
    event["requestContext"]["http"]["method"] = "G T".into();
    assert_malformed(&invoke(&function, &event).await, "method");
    let mut event = fixture::read("api-http-v2");
    event["rawPath"] = format!("/{}", "x".repeat(70_000)).into();
    assert_malformed(&invoke(&function, &event).await, "too long");
}

#[tokio::test]
async fn strange_headers_do_no_harm() {
    let mut event = fixture::read("api-http-v2");
    event["headers"]["host"] = "exa mple:99999999/%".into();
    event["headers"]["x-name"] = "Zoë\n".into();
    event["headers"]["in valid"] = "x".into();
    event["headers"]["x-note"] = "Zoë".into();
    let said = said_of(&event).await;
    assert_eq!(said["note"], json!(["Zoë"]));
    assert_eq!(said["host"], json!(["exa mple:99999999/%"]));
}

#[test]
fn an_event_of_another_kind_is_refused() {
    for event in [json!({}), json!({"Records": []}), json!({"requestContext": {}}), json!("ping")] {
        assert!(serde_json::from_value::<halftone_lambda::api::HttpEvent>(event.clone()).is_err(), "{event}");
    }
}
