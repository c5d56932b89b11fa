//! `/subscriptions`.

use poem::http::Method;
use serde_json::json;

use crate::harness::{PASSWORD, Setup, TestApp};
use crate::scene::Scene;

#[tokio::test]
async fn an_address_subscribes_once_and_can_leave() {
    let scene = Scene::new().await;
    let request = json!({"email": "ben@example.com"});
    let made = scene.post("/subscriptions", &request).await.expect(201);
    let again = scene.post("/subscriptions", &request).await.expect(201);
    assert_eq!(made.text_at("/id"), again.text_at("/id"));
    let listed = scene.get("/subscriptions").await.expect(200);
    assert_eq!(listed.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed.text_at("/items/0/email"), "ben@example.com");
    assert_eq!(scene.app.topic.addresses(), 1);
    let path = format!("/subscriptions/{}", made.text_at("/id"));
    scene.delete(&path).await.expect(204);
    assert_eq!(scene.app.topic.addresses(), 0);
    scene.delete(&path).await.expect(404).problem("/problems/subscription-not-found", "");
}

#[tokio::test]
async fn what_is_no_address_is_refused_and_so_is_the_21st() {
    let scene = Scene::new().await;
    let refused = scene.post("/subscriptions", &json!({"email": "nobody"})).await.expect(422);
    refused.problem("/problems/invalid-value", "email");
    for number in 0..20 {
        scene.post("/subscriptions", &json!({"email": format!("a{number}@example.com")})).await.expect(201);
    }
    let refused = scene.post("/subscriptions", &json!({"email": "one.more@example.com"})).await.expect(409);
    refused.problem("/problems/too-many-subscriptions", "");
    assert_eq!(scene.app.topic.addresses(), 20);
}

#[tokio::test]
async fn the_end_of_an_account_ends_its_subscriptions() {
    let scene = Scene::new().await;
    scene.post("/subscriptions", &json!({"email": "ben@example.com"})).await.expect(201);
    let password = json!({"password": PASSWORD});
    scene.send(Method::DELETE, "/account", Some(&password)).await.expect(202);
    assert_eq!(scene.app.topic.addresses(), 0);
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn an_installation_without_a_topic_says_so() {
    let app = TestApp::with(Setup { offers_subscriptions: false, ..Setup::default() }).await;
    let token = app.photographer("studio-one").await;
    let request = json!({"email": "ben@example.com"});
    let call = app.call(Method::POST, "/subscriptions").bearer(&token).json_if(Some(&request));
    call.send().await.expect(409).problem("/problems/subscriptions-not-offered", "");
}
