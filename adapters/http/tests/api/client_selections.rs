//! `/client/selections` and `/selections`: picking, submitting, reopening.

use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::Reply;
use crate::scene::{Client, Scene};

async fn make(scene: &Scene, client: &Client, name: &str) -> String {
    let made = scene.client_post(client, "/client/selections", &json!({"name": name})).await.expect(201);
    format!("/client/selections/{}", made.text_at("/id"))
}

async fn pick(scene: &Scene, client: &Client, selection: &str, photo: &str, body: Option<&Value>) -> Reply {
    let path = format!("{selection}/photos/{photo}");
    scene.client_send(client, Method::PUT, &path, body).await
}

#[tokio::test]
async fn favourites_are_picked_commented_and_dropped() {
    let scene = Scene::with_photos(2).await;
    let client = scene.client(&json!({})).await;
    let album = make(&scene, &client, "Album").await;
    pick(&scene, &client, &album, &scene.photos[0], None).await.expect(200);
    let comment = json!({"comment": "crop the hand"});
    pick(&scene, &client, &album, &scene.photos[1], Some(&comment)).await.expect(200);
    let twice = pick(&scene, &client, &album, &scene.photos[1], Some(&json!({}))).await.expect(200).json();
    assert_eq!(twice["photo_ids"], json!(scene.photos));
    assert_eq!(
        (&twice["count"], &twice["limit"], &twice["state"]),
        (&json!(2), &Value::Null, &json!("open"))
    );
    assert_eq!(twice["picks"][1]["comment"], "crop the hand");
    let path = format!("{album}/photos/{}", scene.photos[0]);
    let dropped = scene.client_send(&client, Method::DELETE, &path, None).await.expect(200).json();
    assert_eq!(dropped["photo_ids"], json!([scene.photos[1]]));
    scene.client_send(&client, Method::DELETE, &path, None).await.expect(200);
    let named =
        scene.client_send(&client, Method::PATCH, &album, Some(&json!({"name": "Wall"}))).await.expect(200);
    assert_eq!(named.text_at("/name"), "Wall");
    scene.client_send(&client, Method::DELETE, &album, None).await.expect(204);
    scene.client_get(&client, &album).await.expect(404).problem("/problems/selection-not-found", "");
}

#[tokio::test]
async fn the_limit_counts_distinct_photos_over_all_selections() {
    let scene = Scene::with_photos(3).await;
    let client = scene.client(&json!({"limits": {"selections": 2}})).await;
    let (album, wall) = (make(&scene, &client, "Album").await, make(&scene, &client, "Wall").await);
    pick(&scene, &client, &album, &scene.photos[0], None).await.expect(200);
    pick(&scene, &client, &wall, &scene.photos[0], None).await.expect(200);
    let second = pick(&scene, &client, &wall, &scene.photos[1], None).await.expect(200).json();
    assert_eq!((&second["count"], &second["picked"], &second["limit"]), (&json!(2), &json!(2), &json!(2)));
    let refused = pick(&scene, &client, &album, &scene.photos[2], None).await.expect(409);
    refused.problem("/problems/selection-limit", "");
    assert_eq!(scene.client_get(&client, &album).await.expect(200).json()["count"], 1);
}

#[tokio::test]
async fn a_submitted_selection_is_locked_until_it_is_reopened() {
    let scene = Scene::with_photos(2).await;
    let client = scene.client(&json!({})).await;
    let album = make(&scene, &client, "Album").await;
    let submit = format!("{album}/submit");
    scene.client_send(&client, Method::POST, &submit, None).await.expect(409);
    pick(&scene, &client, &album, &scene.photos[0], None).await.expect(200);
    let submitted = scene.client_send(&client, Method::POST, &submit, None).await.expect(200);
    assert_eq!(submitted.text_at("/state"), "submitted");
    scene.client_send(&client, Method::POST, &submit, None).await.expect(200);
    let locked = pick(&scene, &client, &album, &scene.photos[1], None).await.expect(409);
    locked.problem("/problems/selection-locked", "");
    scene.client_send(&client, Method::DELETE, &album, None).await.expect(409);
    let listed = scene.get(&format!("/galleries/{}/selections", scene.gallery)).await.expect(200);
    assert_eq!(listed.text_at("/items/0/state"), "submitted");
    let reopen = format!("/selections/{}/reopen", listed.text_at("/items/0/id"));
    let reopened = scene.send(Method::POST, &reopen, None).await.expect(200);
    assert_eq!(reopened.text_at("/state"), "reopened");
    scene.send(Method::POST, &reopen, None).await.expect(409);
    pick(&scene, &client, &album, &scene.photos[1], None).await.expect(200);
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn the_studio_sees_whose_selections_they_are() {
    let scene = Scene::with_photos(1).await;
    let link = scene.share(&json!({"limits": {"selections": 5}})).await;
    let body = json!({"token": link.token, "name": "Ana", "email": "ana@example.com"});
    let opened = scene.try_open(&body).await.expect(201);
    let client = Client { token: opened.text_at("/access_token"), key: None };
    make(&scene, &client, "Album").await;
    let listed = scene.get(&format!("/galleries/{}/selections", scene.gallery)).await.expect(200).json();
    let selection = &listed["items"][0];
    assert_eq!((&selection["name"], &selection["limit"]), (&json!("Album"), &json!(5)));
    assert_eq!(selection["client"]["name"], "Ana");
    assert_eq!((&selection["client"]["share_id"], &listed["next_cursor"]), (&json!(link.id), &Value::Null));
}

#[tokio::test]
async fn another_clients_selection_is_not_found() {
    let scene = Scene::with_photos(1).await;
    let link = scene.share(&json!({})).await;
    let (ana, ben) = (scene.open(&link).await, scene.open(&link).await);
    let album = make(&scene, &ana, "Album").await;
    scene.client_get(&ben, &album).await.expect(404);
    pick(&scene, &ben, &album, &scene.photos[0], None).await.expect(404);
    scene.client_send(&ben, Method::POST, &format!("{album}/submit"), None).await.expect(404);
}

#[tokio::test]
async fn what_a_share_does_not_permit_is_forbidden() {
    let scene = Scene::with_photos(1).await;
    let looking = scene.client(&json!({"permissions": {"select": false}})).await;
    let refused =
        scene.client_post(&looking, "/client/selections", &json!({"name": "Album"})).await.expect(403);
    refused.problem("/problems/not-permitted", "");
    let silent = scene.client(&json!({"permissions": {"comment": false}})).await;
    let album = make(&scene, &silent, "Album").await;
    pick(&scene, &silent, &album, &scene.photos[0], None).await.expect(200);
    pick(&scene, &silent, &album, &scene.photos[0], Some(&json!({"comment": "hi"}))).await.expect(403);
}

#[tokio::test]
async fn bad_values_and_unknown_ids_are_refused() {
    let scene = Scene::with_photos(1).await;
    let client = scene.client(&json!({})).await;
    let album = make(&scene, &client, "Album").await;
    let unnamed = scene.client_post(&client, "/client/selections", &json!({"name": " "})).await.expect(422);
    unnamed.problem("/problems/invalid-value", "name");
    let long = json!({"comment": "x".repeat(5_001)});
    let refused = pick(&scene, &client, &album, &scene.photos[0], Some(&long)).await.expect(422);
    refused.problem("/problems/invalid-value", "comment");
    pick(&scene, &client, &album, "no-such", None).await.expect(404).problem("/problems/photo-not-found", "");
    pick(&scene, &client, &album, "01890a5d-ac96-774b-bcce-b302099a8057", None).await.expect(404);
    pick(&scene, &client, "/client/selections/no-such", &scene.photos[0], None).await.expect(404);
    scene.send(Method::POST, "/selections/no-such/reopen", None).await.expect(404);
}
