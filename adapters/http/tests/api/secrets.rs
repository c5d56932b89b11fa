//! What is logged and measured names no secret and no person.

use std::fmt::Write as _;
use std::sync::{Arc, Mutex};

use metrics::{Counter, Gauge, Histogram, Key, KeyName, Recorder, SharedString, Unit};
use poem::http::Method;
use serde_json::json;
use tracing::field::{Field, Visit};
use tracing::span::{Attributes, Id, Record};
use tracing::{Event, Metadata, Subscriber};

use crate::harness::{PASSWORD, local};
use crate::scene::Scene;

/// Everything that was logged at any level, and the names and labels of all metrics.
#[derive(Clone, Default)]
struct Ears(Arc<Mutex<String>>);

impl Ears {
    fn heard(&self) -> String {
        self.0.lock().unwrap().clone()
    }

    fn hear(&self, text: &str) {
        writeln!(self.0.lock().unwrap(), "{text}").unwrap();
    }
}

impl Visit for &Ears {
    fn record_debug(&mut self, field: &Field, value: &dyn std::fmt::Debug) {
        self.hear(&format!("{field}={value:?}"));
    }
}

impl Subscriber for Ears {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        metadata.target().starts_with("halftone")
    }

    fn new_span(&self, span: &Attributes<'_>) -> Id {
        span.record(&mut &*self);
        Id::from_u64(1)
    }

    fn record(&self, _span: &Id, values: &Record<'_>) {
        values.record(&mut &*self);
    }

    fn record_follows_from(&self, _span: &Id, _follows: &Id) {}

    fn event(&self, event: &Event<'_>) {
        event.record(&mut &*self);
    }

    fn enter(&self, _span: &Id) {}

    fn exit(&self, _span: &Id) {}
}

impl Recorder for Ears {
    fn describe_counter(&self, _key: KeyName, _unit: Option<Unit>, _description: SharedString) {}

    fn describe_gauge(&self, _key: KeyName, _unit: Option<Unit>, _description: SharedString) {}

    fn describe_histogram(&self, _key: KeyName, _unit: Option<Unit>, _description: SharedString) {}

    fn register_counter(&self, key: &Key, _metadata: &metrics::Metadata<'_>) -> Counter {
        self.hear(&format!("{key:?}"));
        Counter::noop()
    }

    fn register_gauge(&self, key: &Key, _metadata: &metrics::Metadata<'_>) -> Gauge {
        self.hear(&format!("{key:?}"));
        Gauge::noop()
    }

    fn register_histogram(&self, key: &Key, _metadata: &metrics::Metadata<'_>) -> Histogram {
        self.hear(&format!("{key:?}"));
        Histogram::noop()
    }
}

#[tokio::test]
async fn nothing_secret_is_logged_or_measured() {
    let scene = Scene::with_photos(1).await;
    let ears = Ears::default();
    let _logs = tracing::subscriber::set_default(ears.clone());
    let _metrics = metrics::set_default_local_recorder(&ears);

    let login = json!({"email": "studio-one@example.com", "password": PASSWORD});
    let session = scene.app.post("/auth/login", &login).await.expect(200);
    let link = scene.share(&json!({"pin": "8642"})).await;
    scene.try_open(&json!({"token": link.token, "pin": "1357"})).await.expect(401);
    let opened =
        scene.try_open(&json!({"token": link.token, "pin": "8642", "name": "Xaver"})).await.expect(201);
    scene.app.call_root(Method::GET, &format!("/s/{}", link.token)).send().await.expect(200);
    let photo = scene.get(&format!("/photos/{}?secret=query", scene.photos[0])).await.expect(200);
    let picture = photo.text_at("/proof_url");
    scene.app.fetch(&picture).await.expect(200);
    scene.app.call_root(Method::GET, "/nothing/confidential").send().await.expect(404);

    let heard = ears.heard();
    let signed = local(&picture).trim_start_matches("/media/pictures/").to_owned();
    for secret in [
        "studio-one@example.com",
        PASSWORD,
        &session.text_at("/access_token"),
        &session.text_at("/refresh_token"),
        &link.token,
        "8642",
        "1357",
        "Xaver",
        &opened.text_at("/access_token"),
        &opened.text_at("/client_key"),
        &signed,
        "secret=query",
        "confidential",
    ] {
        assert!(!heard.contains(secret), "{secret} was logged:\n{heard}");
    }
    for pattern in ["/api/v1/photos/{photo_id}", "/media/pictures/{signed}", "/s/{token}", "unmatched"] {
        assert!(heard.contains(pattern), "{pattern} was not logged:\n{heard}");
    }
    assert!(heard.contains("halftone_http_requests_total") && heard.contains("duration_ms"));
}
