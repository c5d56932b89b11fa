//! `/shares`: links, as their studio makes, changes and revokes them.

use poem::http::Method;
use serde_json::{Value, json};

use crate::scene::Scene;

#[tokio::test]
async fn what_is_left_out_of_a_new_share_takes_its_default() {
    let scene = Scene::new().await;
    let path = format!("/galleries/{}/shares", scene.gallery);
    let body = json!({"permissions": {"order": false}, "limits": {"selections": 30}});
    let share = scene.post(&path, &body).await.expect(201).json();
    let permissions = json!({"select": true, "comment": true, "order": false, "download": "none"});
    assert_eq!(share["permissions"], permissions);
    assert_eq!(share["limits"], json!({"selections": 30, "downloads": null}));
    assert_eq!((&share["label"], &share["has_pin"]), (&json!(""), &json!(false)));
    assert_eq!(share["gallery_id"], scene.gallery);
    assert!(share["expires_at"].is_null() && share["revoked_at"].is_null());
    let gallery = scene.get(&format!("/galleries/{}", scene.gallery)).await.expect(200);
    assert_eq!(gallery.text_at("/state"), "live");
}

#[tokio::test]
async fn the_token_is_shown_once_and_nowhere_else() {
    let scene = Scene::new().await;
    let link = scene.share(&json!({"label": "Family link", "pin": "4711"})).await;
    assert!(link.url.ends_with(&link.token) && link.url.starts_with("http"));
    let path = format!("/shares/{}", link.id);
    for reply in [
        scene.get(&path).await.expect(200),
        scene.get(&format!("/galleries/{}/shares", scene.gallery)).await.expect(200),
        scene.patch(&path, &json!({"label": "Other"})).await.expect(200),
        scene.get(&format!("{path}/activity")).await.expect(200),
    ] {
        assert!(!reply.text().contains(&link.token) && !reply.text().contains("4711"));
    }
}

#[tokio::test]
async fn a_patch_of_a_share_leaves_what_it_does_not_name() {
    let scene = Scene::new().await;
    let terms = json!({"label": "Family", "pin": "4711", "expires_at": "2999-01-01T00:00:00Z",
                       "permissions": {"comment": false, "download": "sized"},
                       "limits": {"selections": 30, "downloads": 5}});
    let link = scene.share(&terms).await;
    let path = format!("/shares/{}", link.id);
    let body = json!({"permissions": {"order": false}, "limits": {"downloads": null}});
    let share = scene.patch(&path, &body).await.expect(200).json();
    let permissions = json!({"select": true, "comment": false, "order": false, "download": "sized"});
    assert_eq!(share["permissions"], permissions);
    assert_eq!(share["limits"], json!({"selections": 30, "downloads": null}));
    assert_eq!((&share["label"], &share["has_pin"]), (&json!("Family"), &json!(true)));
    assert_eq!(share["expires_at"], "2999-01-01T00:00:00Z");
    let cleared = scene.patch(&path, &json!({"pin": null, "expires_at": null, "limits": null})).await;
    let share = cleared.expect(200).json();
    assert_eq!((&share["has_pin"], &share["expires_at"]), (&json!(false), &Value::Null));
    assert_eq!(share["limits"], json!({"selections": null, "downloads": null}));
}

#[tokio::test]
async fn a_bad_value_in_a_share_names_its_field() {
    let scene = Scene::new().await;
    let path = format!("/galleries/{}/shares", scene.gallery);
    for (body, field) in [
        (json!({"pin": "12"}), "pin"),
        (json!({"expires_at": "tomorrow"}), "expires_at"),
        (json!({"expires_at": "2001-01-01T00:00:00Z"}), "expires_at"),
        (json!({"permissions": {"download": "everything"}}), "permissions.download"),
        (json!({"limits": {"selections": 0}}), "limits.selections"),
        (json!({"limits": {"downloads": -5}}), "limits.downloads"),
        (json!({"label": "x".repeat(301)}), "label"),
    ] {
        scene.post(&path, &body).await.expect(422).problem("/problems/invalid-value", field);
    }
    scene.post(&path, &json!({"permissions": {"select": "yes"}})).await.expect(400);
    scene.post("/galleries/no-such/shares", &json!({})).await.expect(404);
    scene.post("/collections/no-such/shares", &json!({})).await.expect(404);
}

#[tokio::test]
async fn a_share_is_changed_at_the_version_that_was_seen() {
    let scene = Scene::new().await;
    let link = scene.share(&json!({})).await;
    let path = format!("/shares/{}", link.id);
    let tag = scene.get(&path).await.expect(200).header("etag").unwrap().to_owned();
    scene.patch(&path, &json!({"label": "Other"})).await.expect(200);
    let late = scene.app.call(Method::PATCH, &path).bearer(&scene.token).header("If-Match", &tag);
    late.json_if(Some(&json!({"label": "Late"}))).send().await.expect(412);
}

#[tokio::test]
async fn shares_are_listed_newest_first_and_revoked_ones_stay() {
    let scene = Scene::new().await;
    let first = scene.share(&json!({})).await;
    scene.app.advance_seconds(1);
    let second = scene.share(&json!({})).await;
    scene.delete(&format!("/shares/{}", first.id)).await.expect(204);
    scene.delete(&format!("/shares/{}", first.id)).await.expect(204);
    let path = format!("/galleries/{}/shares?limit=1", scene.gallery);
    let page = scene.get(&path).await.expect(200);
    assert_eq!(page.text_at("/items/0/id"), second.id);
    let next = format!("{path}&cursor={}", page.text_at("/next_cursor"));
    let page = scene.get(&next).await.expect(200);
    assert_eq!(page.text_at("/items/0/id"), first.id);
    assert!(page.json()["items"][0]["revoked_at"].is_string());
}

#[tokio::test]
async fn the_link_is_drawn_as_a_qr_code() {
    let scene = Scene::new().await;
    let link = scene.share(&json!({})).await;
    let svg = scene.get(&format!("/shares/{}/qr.svg", link.id)).await.expect(200);
    assert_eq!(svg.header("content-type"), Some("image/svg+xml"));
    assert!(svg.text().contains("<svg "));
    let png = scene.get(&format!("/shares/{}/qr.png", link.id)).await.expect(200);
    assert_eq!(png.header("content-type"), Some("image/png"));
    assert!(png.bytes().starts_with(b"\x89PNG"));
    scene.get("/shares/no-such/qr.png").await.expect(404);
}

#[tokio::test]
async fn the_studio_sees_what_clients_did() {
    let scene = Scene::with_photos(1).await;
    let link = scene.share(&json!({})).await;
    let body = json!({"token": link.token, "name": "Ana", "email": "ana@example.com"});
    let key = scene.try_open(&body).await.expect(201).text_at("/client_key");
    scene.app.advance_seconds(1);
    scene.try_open(&json!({"token": link.token, "client_key": key})).await.expect(201);
    let activity = scene.get(&format!("/shares/{}/activity", link.id)).await.expect(200).json();
    let kinds: Vec<_> =
        activity["items"].as_array().unwrap().iter().map(|item| item["kind"].clone()).collect();
    assert_eq!(kinds, ["visited", "joined"]);
    assert_eq!(activity["items"][0]["client_name"], "Ana");
    assert_eq!(activity["items"][0]["client_email"], "ana@example.com");
    let share = scene.get(&format!("/shares/{}", link.id)).await.expect(200).json();
    assert_eq!((&share["statistics"]["visits"], &share["statistics"]["clients"]), (&json!(2), &json!(1)));
}

#[tokio::test]
async fn a_collection_is_shared_with_all_its_galleries() {
    let scene = Scene::with_photos(2).await;
    let made = scene.post("/collections", &json!({"name": "Wedding, 14 May"})).await.expect(201);
    let collection = made.text_at("/id");
    let into = json!({"collection_id": collection});
    scene.patch(&format!("/galleries/{}", scene.gallery), &into).await.expect(200);
    scene.app.advance_seconds(1);
    let party = scene.make_gallery(&json!({"name": "Party", "collection_id": collection})).await;
    let photo = scene.upload(&party, "IMG_9000.JPG").await;
    scene.app.run_jobs().await;
    let path = format!("/collections/{collection}/shares");
    let link = scene.share_at(&path, &json!({})).await;
    let listed = scene.get(&path).await.expect(200);
    assert_eq!(listed.text_at("/items/0/collection_id"), collection);
    let client = scene.open(&link).await;
    let gallery = scene.client_get(&client, "/client/gallery").await.expect(200).json();
    assert_eq!((&gallery["name"], &gallery["photo_count"]), (&json!("Wedding, 14 May"), &json!(3)));
    assert_eq!(gallery["galleries"].as_array().unwrap().len(), 2);
    let page = scene.client_get(&client, "/client/photos?limit=2").await.expect(200);
    let next = format!("/client/photos?limit=2&cursor={}", page.text_at("/next_cursor"));
    let page = scene.client_get(&client, &next).await.expect(200);
    assert_eq!(page.text_at("/items/0/id"), photo);
    let only = scene.client_get(&client, &format!("/client/photos?gallery_id={party}")).await.expect(200);
    assert_eq!(only.json()["items"].as_array().unwrap().len(), 1);
}
