//! `/notifications`, its devices, and `/webhooks`.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use halftone_core::access::Principal;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::PASSWORD;
use crate::scene::Scene;

async fn deliver(scene: &Scene) {
    scene.app.services.notifying.deliver(&Principal::System).await.unwrap();
}

fn browser(number: u32) -> Value {
    let mut point = [7; 65];
    point[0] = 4;
    json!({"kind": "webpush", "endpoint": format!("https://push.example.com/{number}"),
           "keys": {"p256dh": URL_SAFE_NO_PAD.encode(point), "auth": URL_SAFE_NO_PAD.encode([9; 16])}})
}

#[tokio::test]
async fn what_happened_is_listed_and_can_be_read() {
    let scene = Scene::with_photos(1).await;
    deliver(&scene).await;
    let listed = scene.get("/notifications").await.expect(200).json();
    let item = &listed["items"][0];
    assert_eq!(
        (&listed["unread"], &item["read"], &item["kind"]),
        (&json!(1), &json!(false), &json!("photo_ready"))
    );
    assert!(item["title"].as_str().unwrap().ends_with("is ready"), "{item}");
    assert!(item["link"].as_str().unwrap().starts_with("/galleries/"), "{item}");
    let read = scene.post("/notifications/read", &json!({"ids": [item["id"]]})).await.expect(200);
    assert_eq!(read.json(), json!({"unread": 0}));
    let listed = scene.get("/notifications?limit=1").await.expect(200).json();
    assert_eq!((&listed["unread"], &listed["items"][0]["read"]), (&json!(0), &json!(true)));
    scene.post("/notifications/read", &json!({"up_to": item["id"]})).await.expect(200);
}

#[tokio::test]
async fn a_mark_that_says_nothing_or_too_much_is_refused() {
    let scene = Scene::with_photos(1).await;
    let id = "01890a5d-ac96-774b-bcce-b302099a8057";
    for body in [json!({}), json!({"ids": [id], "up_to": id}), json!({"ids": vec![id; 501]})] {
        let refused = scene.post("/notifications/read", &body).await.expect(422);
        refused.problem("/problems/invalid-value", "ids");
    }
    let refused = scene.post("/notifications/read", &json!({"ids": ["one"]})).await.expect(422);
    refused.problem("/problems/invalid-value", "ids");
    let refused = scene.post("/notifications/read", &json!({"up_to": id})).await.expect(404);
    refused.problem("/problems/notification-not-found", "");
    scene.post("/notifications/read", &json!({"ids": [id]})).await.expect(200);
}

#[tokio::test]
async fn a_browser_subscribes_once_and_can_leave() {
    let scene = Scene::with_photos(1).await;
    let key = scene.get("/notifications/vapid-key").await.expect(200).text_at("/public_key");
    assert_eq!(URL_SAFE_NO_PAD.decode(key).unwrap().len(), 65);
    let made = scene.post("/notifications/subscriptions", &browser(1)).await.expect(201);
    assert_eq!(made.text_at("/kind"), "webpush");
    let again = scene.post("/notifications/subscriptions", &browser(1)).await.expect(200);
    assert_eq!(made.text_at("/id"), again.text_at("/id"));
    let listed = scene.get("/notifications/subscriptions").await.expect(200);
    assert_eq!(listed.json()["items"].as_array().unwrap().len(), 1);
    assert!(!listed.text().contains("push.example.com"), "whoever has the endpoint may send to it");
    deliver(&scene).await;
    assert_eq!(scene.app.push.told().len(), 1);
    let path = format!("/notifications/subscriptions/{}", made.text_at("/id"));
    scene.delete(&path).await.expect(204);
    scene.delete(&path).await.expect(404).problem("/problems/device-not-found", "");
}

#[tokio::test]
async fn a_device_is_called_after_its_browser() {
    let scene = Scene::with_photos(1).await;
    let agent = "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0";
    let call = scene.app.call(Method::POST, "/notifications/subscriptions").bearer(&scene.token);
    let made = call.header("User-Agent", agent).json_if(Some(&browser(1))).send().await.expect(201);
    assert_eq!(made.text_at("/label"), "Firefox on Linux");
}

#[tokio::test]
async fn a_subscription_that_cannot_work_is_refused_with_its_field() {
    let scene = Scene::with_photos(1).await;
    let with = |pointer: &str, value: Value| {
        let mut body = browser(1);
        *body.pointer_mut(pointer).unwrap() = value;
        body
    };
    for (body, field) in [
        (with("/kind", json!("pigeon")), "kind"),
        (with("/endpoint", Value::Null), "endpoint"),
        (with("/endpoint", json!("file:///etc/passwd")), "endpoint"),
        (with("/endpoint", json!("http://10.0.0.1/push")), "endpoint"),
        (with("/keys", Value::Null), "keys"),
        (with("/keys/p256dh", json!("short")), "keys.p256dh"),
        (with("/keys/auth", json!("short")), "keys.auth"),
        (json!({"kind": "fcm"}), "token"),
        (json!({"kind": "fcm", "token": "two words"}), "token"),
    ] {
        let refused = scene.post("/notifications/subscriptions", &body).await.expect(422);
        refused.problem("/problems/invalid-value", field);
    }
    let fcm = json!({"kind": "fcm", "token": "token"});
    let refused = scene.post("/notifications/subscriptions", &fcm).await.expect(409);
    refused.problem("/problems/channel-not-offered", "");
    for number in 0..20 {
        scene.post("/notifications/subscriptions", &browser(number)).await.expect(201);
    }
    let refused = scene.post("/notifications/subscriptions", &browser(20)).await.expect(409);
    refused.problem("/problems/too-many-listeners", "");
}

#[tokio::test]
async fn a_webhook_shows_its_secret_once_and_its_log_always() {
    let scene = Scene::with_photos(1).await;
    let hook = json!({"url": "https://example.com/hook", "label": "Books", "events": ["photo_ready"]});
    let made = scene.post("/webhooks", &hook).await.expect(201);
    let secret = made.text_at("/secret");
    assert!(secret.starts_with("whsec_"));
    let listed = scene.get("/webhooks").await.expect(200);
    assert!(!listed.text().contains(&secret) && !listed.text().contains("secret"), "{}", listed.text());
    assert_eq!(listed.json()["items"][0]["events"], json!(["photo_ready"]));
    deliver(&scene).await;
    let path = format!("/webhooks/{}", made.text_at("/id"));
    let trial = scene.send(Method::POST, &format!("{path}/test"), None).await.expect(200);
    assert_eq!(trial.text_at("/state"), "delivered");
    let log = scene.get(&format!("{path}/deliveries")).await.expect(200).json();
    let kinds: Vec<&Value> = log["items"].as_array().unwrap().iter().map(|item| &item["kind"]).collect();
    assert_eq!(kinds, ["test", "photo_ready"]);
    let again = format!("{path}/deliveries/{}/redeliver", trial.text_at("/id"));
    let again = scene.send(Method::POST, &again, None).await.expect(200).json();
    assert_eq!((&again["attempts"], &again["state"]), (&json!(2), &json!("delivered")));
    assert_eq!(scene.app.hooks.told().len(), 3);
    scene.delete(&path).await.expect(204);
    scene.get(&format!("{path}/deliveries")).await.expect(404).problem("/problems/webhook-not-found", "");
}

#[tokio::test]
async fn a_webhook_that_cannot_work_is_refused_with_its_field() {
    let scene = Scene::with_photos(1).await;
    for (body, field) in [
        (json!({"url": "nowhere"}), "url"),
        (json!({"url": "http://10.0.0.1/hook"}), "url"),
        (json!({"url": "https://ana:secret@example.com/hook"}), "url"),
        (json!({"url": "https://example.com/hook", "events": ["photo_eaten"]}), "events"),
        (json!({"url": "https://example.com/hook", "label": "x".repeat(301)}), "label"),
    ] {
        let refused = scene.post("/webhooks", &body).await.expect(422);
        refused.problem("/problems/invalid-value", field);
    }
    let hook = json!({"url": "https://example.com/hook"});
    for _ in 0..10 {
        scene.post("/webhooks", &hook).await.expect(201);
    }
    scene.post("/webhooks", &hook).await.expect(409).problem("/problems/too-many-listeners", "");
}

#[tokio::test]
async fn the_end_of_an_account_ends_what_listens() {
    let scene = Scene::with_photos(1).await;
    scene.post("/notifications/subscriptions", &browser(1)).await.expect(201);
    let password = json!({"password": PASSWORD});
    scene.send(Method::DELETE, "/account", Some(&password)).await.expect(202);
    scene.app.run_jobs().await;
    deliver(&scene).await;
    assert!(scene.app.push.told().is_empty());
}
