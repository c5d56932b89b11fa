//! Everything around the API: pages, health, ids of requests, cross-origin requests, limits.

use std::error::Error;
use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::ports::error::StorageError;
use halftone_http::{
    AdminOptions, HttpOptions, Mailbox, RateLimitOptions, Readiness, StoredMail, admin_application,
};
use poem::http::{Method, StatusCode};
use poem::{Endpoint as _, Request};
use serde_json::json;

use crate::harness::{BASE, Setup, TestApp};

fn with(http: HttpOptions) -> Setup {
    Setup { http, ..Setup::default() }
}

async fn get(app: &TestApp, path: &str) -> crate::harness::Reply {
    app.call_root(Method::GET, path).send().await
}

#[tokio::test]
async fn unknown_paths_and_wrong_methods_are_problems() {
    let app = TestApp::new().await;
    for path in ["/nothing", "/api/v1/nothing", "/api/v2/studio", "/media/nothing", "/media/pictures/x/y"] {
        get(&app, path).await.expect(404).problem("/problems/not-found", "");
    }
    let wrong = app.call(Method::PUT, "/studio").send().await.expect(405);
    wrong.problem("/problems/method-not-allowed", "");
    let wrong = app.call_root(Method::POST, "/healthz").send().await.expect(405);
    wrong.problem("/problems/method-not-allowed", "");
}

#[tokio::test]
async fn every_answer_carries_the_requests_id() {
    let app = TestApp::new().await;
    let given = app.call(Method::GET, "/studio").header("X-Request-Id", "trace-7").send().await.expect(401);
    assert_eq!(given.header("x-request-id"), Some("trace-7"));
    assert_eq!(given.text_at("/request_id"), "trace-7");
    let made = app.call(Method::GET, "/studio").header("X-Request-Id", "no good").send().await.expect(401);
    assert_ne!(made.header("x-request-id"), Some("no good"));
    assert_eq!(made.header("x-request-id").map(str::to_owned), Some(made.text_at("/request_id")));
    let page = get(&app, "/").await.expect(200);
    assert!(page.header("x-request-id").is_some());
    assert_eq!(page.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(page.header("referrer-policy"), Some("no-referrer"));
}

#[tokio::test]
async fn pages_load_nothing_from_elsewhere() {
    let app = TestApp::new().await;
    for path in ["/", "/docs", "/s/AAAAAAAAAAAAAAAAAAAAAAAAAAA"] {
        let page = get(&app, path).await.expect(200);
        assert_eq!(page.header("content-type"), Some("text/html; charset=utf-8"), "{path}");
        let policy = page.header("content-security-policy").unwrap();
        assert!(policy.starts_with("default-src 'none'") && !policy.contains("http"), "{path}");
        let html = page.text();
        for reference in ["src=\"http", "src='http", "src=\"//", "rel=\"stylesheet\"", "@import"] {
            assert!(!html.contains(reference), "{path} holds {reference}");
        }
    }
    assert!(get(&app, "/").await.text().contains("Halftone is running"));
    assert!(get(&app, "/docs").await.text().contains("\"openapi\""));
    get(&app, "/s/nonsense").await.expect(404);
}

#[derive(Debug)]
struct OutOfReach;

#[async_trait]
impl Readiness for OutOfReach {
    async fn check(&self) -> Result<(), Box<dyn Error + Send + Sync>> {
        Err("the database at mongodb://secret is out of reach".into())
    }
}

#[tokio::test]
async fn health_and_readiness_differ() {
    let app =
        TestApp::with(with(HttpOptions { readiness: Some(Arc::new(OutOfReach)), ..HttpOptions::default() }))
            .await;
    get(&app, "/healthz").await.expect(200);
    let unready = get(&app, "/readyz").await.expect(503);
    unready.problem("/problems/unavailable", "");
    assert!(unready.header("retry-after").is_some() && !unready.text().contains("secret"));
    get(&TestApp::new().await, "/readyz").await.expect(200);
}

#[tokio::test]
async fn a_listed_origin_may_read_answers_and_another_may_not() {
    let http =
        HttpOptions { cors_origins: vec!["https://gallery.example".to_owned()], ..HttpOptions::default() };
    let app = TestApp::with(with(http)).await;
    let from = |origin| app.call(Method::GET, "/studio").header("Origin", origin).send();
    let listed = from("https://gallery.example").await.expect(401);
    assert_eq!(listed.header("access-control-allow-origin"), Some("https://gallery.example"));
    let exposed = listed.header("access-control-expose-headers").unwrap();
    assert!(["ETag", "Location", "Retry-After"].iter().all(|name| exposed.contains(name)));
    let other = from("https://evil.example").await.expect(401);
    assert_eq!(other.header("access-control-allow-origin"), None);
    let preflight = app
        .call(Method::OPTIONS, "/client/orders")
        .header("Origin", "https://gallery.example")
        .header("Access-Control-Request-Method", "POST")
        .send();
    let preflight = preflight.await.expect(204);
    let allowed = preflight.header("access-control-allow-headers").unwrap();
    assert!(["Idempotency-Key", "If-Match", "Authorization"].iter().all(|name| allowed.contains(name)));
    let same = TestApp::new().await;
    let plain = same.call(Method::GET, "/studio").header("Origin", "https://gallery.example").send().await;
    assert_eq!(plain.expect(401).header("access-control-allow-origin"), None);
}

#[tokio::test]
async fn urls_begin_with_the_public_url_if_there_is_one() {
    let http = HttpOptions {
        public_url: Some("https://proofs.example/studio/".to_owned()),
        rate_limits: RateLimitOptions::UNLIMITED,
        ..HttpOptions::default()
    };
    let app = TestApp::with(with(http)).await;
    let token = app.photographer("ana").await;
    let create = app.call(Method::POST, "/collections").bearer(&token).json_if(Some(&json!({"name": "W"})));
    let location = create.send().await.expect(201);
    let location = location.header("location").unwrap();
    assert!(location.starts_with("https://proofs.example/studio/api/v1/collections/"), "{location}");
}

#[tokio::test]
async fn a_host_that_is_none_is_refused() {
    let app = TestApp::new().await;
    let token = app.photographer("ana").await;
    let call = app.call(Method::POST, "/collections").bearer(&token).json_if(Some(&json!({"name": "W"})));
    let refused = call.header("Host", "evil.example/path").send().await.expect(400);
    refused.problem("/problems/malformed-request", "");
}

fn behind_a_proxy() -> Setup {
    with(HttpOptions { trusted_proxies: 1, ..HttpOptions::default() })
}

#[tokio::test]
async fn logins_are_limited_but_ten_honest_ones_pass() {
    let app = TestApp::with(behind_a_proxy()).await;
    let body = json!({"email": "ana@example.com", "password": "wrong password"});
    let log_in = |address| app.call(Method::POST, "/auth/login").from(address).json_if(Some(&body)).send();
    for _ in 0..10 {
        log_in("203.0.113.7").await.expect(401);
    }
    let mut refused = None;
    for _ in 0..15 {
        let reply = log_in("203.0.113.7").await;
        refused = (reply.status() == 429).then_some(reply).or(refused);
    }
    let refused = refused.expect("the limit is reached");
    refused.problem("/problems/too-many-requests", "");
    assert!(refused.header("retry-after").unwrap().parse::<u64>().unwrap() > 0);
    // Somebody else's attempts are not counted against this address, nor another person's against this one.
    log_in("203.0.113.8").await.expect(401);
    let other = json!({"email": "ben@example.com", "password": "wrong password"});
    let call = app.call(Method::POST, "/auth/login").from("203.0.113.7").json_if(Some(&other));
    call.send().await.expect(401);
}

#[tokio::test]
async fn a_pin_cannot_be_guessed_from_many_addresses() {
    let app = TestApp::with(behind_a_proxy()).await;
    let token = app.photographer("ana").await;
    let send = async |path: &str, body: serde_json::Value| {
        app.call(Method::POST, path).bearer(&token).json_if(Some(&body)).send().await.expect(201)
    };
    let gallery = send("/galleries", json!({"name": "G"})).await.text_at("/id");
    let share = send(&format!("/galleries/{gallery}/shares"), json!({"pin": "4711"})).await.text_at("/token");
    let open = async |number: u32, pin: &str| {
        let body = json!({"token": share, "pin": pin});
        let address = format!("198.51.{}.{}", number / 250, number % 250);
        app.call(Method::POST, "/client/sessions").from(&address).json_if(Some(&body)).send().await.status()
    };
    let mut wrong = 0;
    for number in 0..200 {
        match open(number, "0000").await {
            401 => wrong += 1,
            429 => {}
            other => panic!("the answer was {other}"),
        }
    }
    assert_eq!(wrong, RateLimitOptions::default().wrong_pins_per_share);
    // Not even the right PIN is looked at now, or guessing would go on.
    assert_eq!(open(999, "4711").await, 429);
}

#[derive(Debug)]
struct EmptyMailbox;

#[async_trait]
impl Mailbox for EmptyMailbox {
    async fn list(&self) -> Result<Vec<StoredMail>, StorageError> {
        Ok(Vec::new())
    }
}

#[tokio::test]
async fn the_admin_listener_has_metrics_and_the_mailbox_and_the_public_one_has_neither() {
    let admin = admin_application(AdminOptions {
        metrics: Some(Arc::new(|| "halftone_up 1\n".to_owned())),
        mailbox: Some(Arc::new(EmptyMailbox)),
        readiness: None,
    });
    let fetch = async |path: &str| {
        let response = admin.get_response(Request::builder().uri_str(path).finish()).await;
        (response.status(), response.into_body().into_string().await.unwrap())
    };
    assert_eq!(fetch("/metrics").await, (StatusCode::OK, "halftone_up 1\n".to_owned()));
    assert!(fetch("/mailbox").await.1.contains("Nothing has been sent yet"));
    assert_eq!(fetch("/healthz").await.0, StatusCode::OK);
    assert_eq!(fetch("/readyz").await.0, StatusCode::OK);
    assert_eq!(fetch(BASE).await.0, StatusCode::NOT_FOUND);
    let app = TestApp::new().await;
    for path in ["/metrics", "/mailbox"] {
        get(&app, path).await.expect(404);
    }
}
