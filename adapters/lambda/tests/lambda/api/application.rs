//! The real application of `halftone-http` as a function.

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use halftone_http::{HttpOptions, RateLimitOptions, application};
use halftone_lambda::api::HttpHandler;
use serde_json::{Value, json};

use super::gateway::{REQUEST_ID, Reply, function, invoke};
use crate::fixture;
use crate::scene::Scene;

const HOST: &str = "https://a1b2c3d4e5.execute-api.eu-central-1.amazonaws.com";

struct Api {
    scene: Scene,
    handler: HttpHandler,
}

impl Api {
    async fn new(options: HttpOptions) -> Self {
        let scene = Scene::new(&[]).await;
        let handler = function(application(scene.services.clone(), options));
        Self { scene, handler }
    }

    async fn send(&self, method: &str, path: &str, token: Option<&str>, body: &Value) -> Reply {
        let event = event(method, path, token, body);
        invoke(&self.handler, &event).await
    }

    async fn log_in(&self, password: &str) -> Reply {
        let credentials = json!({"email": "ana@example.com", "password": password});
        self.send("POST", "/api/v1/auth/login", None, &credentials).await
    }

    async fn token(&self) -> String {
        let reply = self.log_in("correct horse").await;
        assert_eq!(reply.status(), 200, "{reply:?}");
        reply.json()["access_token"].as_str().unwrap().to_owned()
    }
}

fn event(method: &str, path: &str, token: Option<&str>, body: &Value) -> Value {
    let mut event = fixture::read("api-http-v2");
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    event["rawPath"] = path.into();
    event["rawQueryString"] = query.into();
    event["requestContext"]["http"]["method"] = method.into();
    if let Some(token) = token {
        event["headers"]["authorization"] = format!("Bearer {token}").into();
    }
    event["body"] = if body.is_null() { Value::Null } else { body.to_string().into() };
    event
}

/// What follows scheme and host of a URL of this API.
#[track_caller]
fn local(url: &Value) -> String {
    let url = url.as_str().expect("there is a URL");
    url.strip_prefix(HOST).unwrap_or_else(|| panic!("{url} is not below {HOST}")).to_owned()
}

#[tokio::test]
async fn a_picture_goes_up_and_comes_down_unharmed() {
    let api = Api::new(HttpOptions::default()).await;
    let token = api.token().await;
    let original: &[u8] = b"\xff\xd8\xff\xe0 not really \x00 a picture \xff\xd9";
    let files =
        json!({"files": [{"filename": "IMG_1.JPG", "size": original.len(), "content_type": "image/jpeg"}]});
    let path = format!("/api/v1/galleries/{}/uploads", api.scene.gallery);
    let tickets = api.send("POST", &path, Some(&token), &files).await.json();
    let ticket = &tickets["uploads"][0];

    let mut put = event("PUT", &local(&ticket["url"]), None, &Value::Null);
    put["headers"]["content-type"] = "image/jpeg".into();
    put["body"] = BASE64_STANDARD.encode(original).into();
    put["isBase64Encoded"] = true.into();
    assert_eq!(invoke(&api.handler, &put).await.status(), 200);
    let complete = format!("/api/v1/uploads/{}/complete", ticket["upload_id"].as_str().unwrap());
    let completed = api.send("POST", &complete, Some(&token), &Value::Null).await;
    assert!(completed.status() < 300, "{completed:?}");
    assert!(api.scene.run_batch().await.is_empty());

    let photos = format!("/api/v1/galleries/{}/photos?limit=10", api.scene.gallery);
    let photos = api.send("GET", &photos, Some(&token), &Value::Null).await.json();
    let proof = api.send("GET", &local(&photos["items"][0]["proof_url"]), None, &Value::Null).await;
    assert_eq!((proof.status(), proof.is_base64()), (200, true));
    assert_eq!(proof.bytes(), b"\xff\xd8\xff\xe0 a proof \x00\xff\xd9");
    assert_eq!(proof.header("content-type"), ["image/jpeg"]);
    let id = photos["items"][0]["id"].as_str().unwrap();
    let stored = api.send("GET", &format!("/api/v1/photos/{id}/original"), Some(&token), &Value::Null).await;
    assert_eq!(stored.bytes(), original);
}

#[tokio::test]
async fn failures_are_problem_documents() {
    let api = Api::new(HttpOptions::default()).await;
    let refused = api.send("GET", "/api/v1/galleries", None, &Value::Null).await;
    assert_eq!((refused.status(), refused.is_base64()), (401, false));
    assert_eq!(refused.header("content-type"), ["application/problem+json"]);
    assert_eq!(refused.json()["request_id"], REQUEST_ID);
    assert_eq!(api.send("GET", "/nowhere", None, &Value::Null).await.json()["status"], 404);
    assert_eq!(api.send("DELETE", "/healthz", None, &Value::Null).await.status(), 405);
    assert_eq!(api.send("POST", "/api/v1/auth/login", None, &json!([])).await.status() / 100, 4);
}

#[tokio::test]
async fn the_limits_count_each_caller_for_itself() {
    let rate_limits = RateLimitOptions { credentials_per_address: 2, ..RateLimitOptions::default() };
    let api = Api::new(HttpOptions { rate_limits, ..HttpOptions::default() }).await;
    for _ in 0..2 {
        assert_eq!(api.log_in("wrong").await.status(), 401);
    }
    assert_eq!(api.log_in("wrong").await.status(), 429);
    let mut event =
        event("POST", "/api/v1/auth/login", None, &json!({"email": "ana@example.com", "password": "no"}));
    event["headers"]["x-forwarded-for"] = "198.51.100.1, 203.0.113.7".into();
    assert_eq!(invoke(&api.handler, &event).await.status(), 429, "a forged address is not believed");
    event["headers"]["x-forwarded-for"] = "198.51.100.1".into();
    event["requestContext"]["http"]["sourceIp"] = "198.51.100.1".into();
    assert_eq!(invoke(&api.handler, &event).await.status(), 401, "another caller is not refused");
}

#[tokio::test]
async fn behind_a_trusted_proxy_its_callers_are_counted() {
    let rate_limits = RateLimitOptions { credentials_per_address: 1, ..RateLimitOptions::default() };
    let api = Api::new(HttpOptions { rate_limits, trusted_proxies: 1, ..HttpOptions::default() }).await;
    let credentials = json!({"email": "ana@example.com", "password": "no"});
    let mut event = event("POST", "/api/v1/auth/login", None, &credentials);
    for (caller, status) in [("192.0.2.1", 401), ("192.0.2.1", 429), ("192.0.2.2", 401)] {
        event["headers"]["x-forwarded-for"] = format!("{caller}, 203.0.113.7").into();
        assert_eq!(invoke(&api.handler, &event).await.status(), status, "{caller}");
    }
}
