//! `/client/sessions` and `/client/gallery`: who gets in, and for how long.

use halftone_core::clock::Clock as _;
use halftone_http::HttpOptions;
use jiff::SignedDuration;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::{Setup, TestApp};
use crate::scene::{Client, Scene};

#[tokio::test]
async fn a_link_without_a_pin_opens() {
    let scene = Scene::with_photos(2).await;
    scene.sell().await;
    let terms = json!({"permissions": {"download": "original"}, "limits": {"selections": 30}});
    let link = scene.share(&terms).await;
    let opened = scene.try_open(&json!({"token": link.token, "surprise": [1]})).await.expect(201).json();
    assert_eq!(opened["token_type"], "Bearer");
    assert!(opened["expires_in"].as_u64().unwrap() > 600);
    assert!(opened["client_key"].is_string());
    let gallery = &opened["gallery"];
    assert_eq!((&gallery["name"], &gallery["photo_count"]), (&json!("Ceremony"), &json!(2)));
    let permissions = json!({"select": true, "comment": true, "order": true, "download": "full"});
    assert_eq!(gallery["permissions"], permissions);
    assert_eq!(gallery["limits"], json!({"selections": 30, "downloads": null}));
    let names: Vec<_> =
        gallery["products"].as_array().unwrap().iter().map(|product| &product["name"]).collect();
    assert_eq!(names, ["10 x 15", "File"]);
    scene.app.fetch(gallery["cover"]["proof_url"].as_str().unwrap()).await.expect(200);
    let client = scene.open(&link).await;
    let again = scene.client_get(&client, "/client/gallery").await.expect(200).json();
    assert_eq!(again["products"], gallery["products"]);
}

#[tokio::test]
async fn a_gallery_tells_the_date_of_its_collection() {
    let scene = Scene::with_photos(1).await;
    let link = scene.share(&json!({})).await;
    let date = async || {
        let opened = scene.try_open(&json!({"token": link.token})).await.expect(201).json();
        opened["gallery"]["event_date"].clone()
    };
    assert_eq!(date().await, Value::Null);
    let wedding = json!({"name": "Wedding", "event_date": "2026-05-14"});
    let collection = scene.post("/collections", &wedding).await.expect(201).text_at("/id");
    let change = json!({"collection_id": collection});
    scene.patch(&format!("/galleries/{}", scene.gallery), &change).await.expect(200);
    assert_eq!(date().await, "2026-05-14");
    let whole = scene.share_at(&format!("/collections/{collection}/shares"), &json!({})).await;
    let opened = scene.try_open(&json!({"token": whole.token})).await.expect(201).json();
    assert_eq!(opened["gallery"]["event_date"], "2026-05-14");
}

#[tokio::test]
async fn a_client_who_may_not_order_sees_no_prices() {
    let scene = Scene::with_photos(1).await;
    scene.sell().await;
    let client = scene.client(&json!({"permissions": {"order": false}})).await;
    let gallery = scene.client_get(&client, "/client/gallery").await.expect(200).json();
    assert_eq!((&gallery["products"], &gallery["galleries"][0]["products"]), (&json!([]), &json!([])));
}

#[tokio::test]
async fn a_link_with_a_pin_asks_for_it() {
    let scene = Scene::new().await;
    let link = scene.share(&json!({"pin": "4711"})).await;
    let missing = scene.try_open(&json!({"token": link.token})).await.expect(401);
    missing.problem("/problems/pin-required", "pin");
    let empty = scene.try_open(&json!({"token": link.token, "pin": " "})).await.expect(401);
    empty.problem("/problems/pin-required", "pin");
    for wrong in ["4712", "1", "not a pin at all"] {
        let refused = scene.try_open(&json!({"token": link.token, "pin": wrong})).await.expect(401);
        refused.problem("/problems/pin-wrong", "pin");
    }
    scene.try_open(&json!({"token": link.token, "pin": "4711"})).await.expect(201);
}

#[tokio::test]
async fn pins_cannot_be_tried_without_end_but_ten_times() {
    let http = HttpOptions::default();
    let scene = Scene::over(TestApp::with(Setup { http, ..Setup::default() }).await).await;
    let link = scene.share(&json!({"pin": "4711"})).await;
    let mut statuses = Vec::new();
    for number in 0..40 {
        let pin = format!("{number:04}");
        statuses.push(scene.try_open(&json!({"token": link.token, "pin": pin})).await.status());
    }
    assert!(statuses[..10].iter().all(|status| *status == 401));
    assert_eq!(statuses.last(), Some(&429));
}

#[tokio::test]
async fn an_unknown_or_malformed_token_is_not_found() {
    let scene = Scene::new().await;
    let link = scene.share(&json!({})).await;
    let mut flipped = link.token.clone();
    let last = if flipped.pop() == Some('A') { 'B' } else { 'A' };
    flipped.push(last);
    for token in ["", "nonsense", "%00", flipped.as_str()] {
        let refused = scene.try_open(&json!({"token": token})).await.expect(404);
        refused.problem("/problems/share-not-found", "");
    }
    scene.try_open(&json!({})).await.expect(400);
    scene
        .try_open(&json!({"token": link.token, "email": "nobody"}))
        .await
        .expect(422)
        .problem("/problems/invalid-value", "email");
}

#[tokio::test]
async fn a_client_key_resumes_and_a_name_does_not() {
    let scene = Scene::with_photos(1).await;
    let link = scene.share(&json!({})).await;
    let client = scene.open(&link).await;
    scene.client_post(&client, "/client/selections", &json!({"name": "Album"})).await.expect(201);
    let resumed = scene.try_open(&json!({"token": link.token, "client_key": client.key})).await.expect(201);
    assert!(resumed.json()["client_key"].is_null());
    for (token, count) in [(resumed.text_at("/access_token"), 1), (scene.open(&link).await.token, 0)] {
        let same = Client { token, key: None };
        let lists = scene.client_get(&same, "/client/selections").await.expect(200).json();
        assert_eq!(lists["items"].as_array().unwrap().len(), count);
    }
    let forged = scene.try_open(&json!({"token": link.token, "client_key": "hc_forged"})).await.expect(201);
    assert!(forged.json()["client_key"].is_string());
}

#[tokio::test]
async fn a_revoked_share_stops_at_once_with_its_pictures() {
    let scene = Scene::with_photos(1).await;
    let link = scene.share(&json!({})).await;
    let client = scene.open(&link).await;
    let photos = scene.client_get(&client, "/client/photos").await.expect(200);
    let pictures = [photos.text_at("/items/0/thumb_url"), photos.text_at("/items/0/proof_url")];
    for picture in &pictures {
        scene.app.fetch(picture).await.expect(200);
    }
    scene.delete(&format!("/shares/{}", link.id)).await.expect(204);
    scene.client_get(&client, "/client/gallery").await.expect(410).problem("/problems/share-revoked", "");
    scene.client_get(&client, "/client/photos").await.expect(410);
    let again = scene.try_open(&json!({"token": link.token})).await.expect(410);
    again.problem("/problems/share-revoked", "");
    for picture in &pictures {
        scene.app.fetch(picture).await.expect(404);
    }
}

#[tokio::test]
async fn a_share_ends_when_its_time_is_over() {
    let scene = Scene::with_photos(1).await;
    let ends = scene.app.clock.now() + SignedDuration::from_secs(3_600);
    let link = scene.share(&json!({"expires_at": ends.to_string()})).await;
    let client = scene.open(&link).await;
    let picture = scene.client_get(&client, "/client/photos").await.expect(200).text_at("/items/0/proof_url");
    scene.app.advance_seconds(3_599);
    scene.client_get(&client, "/client/gallery").await.expect(200);
    scene.app.advance_seconds(1);
    scene.client_get(&client, "/client/gallery").await.expect(410).problem("/problems/share-expired", "");
    scene.try_open(&json!({"token": link.token})).await.expect(410).problem("/problems/share-expired", "");
    scene.app.fetch(&picture).await.expect(404);
}

#[tokio::test]
async fn an_archived_gallery_is_closed_to_clients() {
    let scene = Scene::with_photos(1).await;
    let link = scene.share(&json!({})).await;
    let client = scene.open(&link).await;
    let gallery = format!("/galleries/{}", scene.gallery);
    scene.patch(&gallery, &json!({"state": "archived"})).await.expect(200);
    scene.client_get(&client, "/client/photos").await.expect(410).problem("/problems/gallery-closed", "");
}

#[tokio::test]
async fn the_two_sides_do_not_take_each_others_tokens() {
    let scene = Scene::with_photos(1).await;
    let client = scene.client(&json!({})).await;
    let stolen = scene.app.call(Method::GET, &format!("/photos/{}", scene.photos[0])).bearer(&client.token);
    stolen.send().await.expect(401);
    scene.get("/client/gallery").await.expect(401);
    scene.app.call(Method::GET, "/client/gallery").send().await.expect(401);
    let over = scene.app.call(Method::GET, "/client/photos").bearer("ht_nonsense").send().await;
    over.expect(401);
}

#[tokio::test]
async fn a_session_ends() {
    let scene = Scene::with_photos(1).await;
    let link = scene.share(&json!({})).await;
    let opened = scene.try_open(&json!({"token": link.token})).await.expect(201);
    let lifetime = opened.json()["expires_in"].as_i64().unwrap();
    let client = Client { token: opened.text_at("/access_token"), key: None };
    scene.app.advance_seconds(lifetime);
    scene.client_get(&client, "/client/gallery").await.expect(401);
    let Value::Object(gallery) = opened.json()["gallery"].clone() else { panic!("no gallery") };
    assert!(!gallery.contains_key("studio_id"));
}

fn ids_of(page: &Value) -> Vec<String> {
    let items = page["items"].as_array().unwrap();
    items.iter().map(|photo| photo["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn the_first_photos_come_along_with_the_session() {
    let scene = Scene::with_photos(3).await;
    let link = scene.share(&json!({})).await;
    let opened = scene.try_open(&json!({"token": link.token})).await.expect(201).json();
    assert_eq!(ids_of(&opened["photos"]), scene.photos);
    assert_eq!(opened["photos"]["next_cursor"], Value::Null);
    scene.app.fetch(opened["photos"]["items"][0]["thumb_url"].as_str().unwrap()).await.expect(200);
}

#[tokio::test]
async fn the_photos_that_come_along_are_those_of_the_first_chapter() {
    let scene = Scene::with_photos(3).await;
    let path = format!("/galleries/{}/sections", scene.gallery);
    let sections = json!({"sections": [{"name": "Church"}, {"name": "Lake"}]});
    let made = scene.send(Method::PUT, &path, Some(&sections)).await.expect(200).json();
    let church = &made["sections"][0]["id"];
    scene.patch(&format!("/photos/{}", scene.photos[1]), &json!({"section": church})).await.expect(200);
    let link = scene.share(&json!({})).await;
    let opened = scene.try_open(&json!({"token": link.token})).await.expect(201).json();
    assert_eq!(ids_of(&opened["photos"]), scene.photos[1..2]);
}
