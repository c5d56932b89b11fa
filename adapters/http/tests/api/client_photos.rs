//! `/client/photos`: what clients see of photos, and what they do not.

use serde_json::json;

use crate::scene::{Client, Scene};

#[tokio::test]
async fn a_client_sees_only_what_it_needs() {
    let scene = Scene::with_photos(1).await;
    let client = scene.client(&json!({})).await;
    let page = scene.client_get(&client, "/client/photos").await.expect(200);
    let photo = page.json()["items"][0].as_object().unwrap().clone();
    let fields: Vec<&str> = photo.keys().map(String::as_str).collect();
    let expected = [
        "captured_at",
        "filename",
        "height",
        "id",
        "placeholder",
        "proof_url",
        "section",
        "thumb_url",
        "width",
    ];
    assert_eq!(fields, expected);
    assert_eq!((&photo["width"], &photo["height"]), (&json!(300), &json!(200)));
    for picture in ["thumb_url", "proof_url"] {
        let shown = scene.app.fetch(photo[picture].as_str().unwrap()).await.expect(200);
        assert_eq!(shown.header("content-type"), Some("image/jpeg"));
        assert!(shown.bytes() != crate::scene::jpeg(300, 200), "a clean file was shown");
    }
}

#[tokio::test]
async fn only_photos_that_are_ready_are_shown() {
    let mut scene = Scene::with_photos(2).await;
    let gallery = scene.gallery.clone();
    let waiting = scene.upload(&gallery, "IMG_0002.JPG").await;
    scene.photos.push(waiting);
    let client = scene.client(&json!({})).await;
    assert_eq!(ids(&scene, &client, "/client/photos").await, scene.photos[..2]);
    scene.app.run_jobs().await;
    assert_eq!(ids(&scene, &client, "/client/photos").await, scene.photos);
}

async fn ids(scene: &Scene, client: &Client, path: &str) -> Vec<String> {
    let page = scene.client_get(client, path).await.expect(200);
    let items = page.json()["items"].as_array().unwrap().clone();
    items.iter().map(|item| item["id"].as_str().unwrap().to_owned()).collect()
}

#[tokio::test]
async fn a_walk_over_pages_meets_every_photo_once() {
    let scene = Scene::with_photos(5).await;
    let client = scene.client(&json!({})).await;
    let mut found = Vec::new();
    let mut next = String::new();
    for _ in 0..3 {
        let path = format!("/client/photos?limit=2&sort=filename{next}");
        found.extend(ids(&scene, &client, &path).await);
        let page = scene.client_get(&client, &path).await.expect(200);
        next =
            page.json()["next_cursor"].as_str().map(|cursor| format!("&cursor={cursor}")).unwrap_or_default();
    }
    assert_eq!(found, scene.photos);
    assert_eq!(next, "");
}

#[tokio::test]
async fn bad_parameters_name_their_field() {
    let scene = Scene::with_photos(1).await;
    let client = scene.client(&json!({})).await;
    for (query, field) in [
        ("limit=0", "limit"),
        ("cursor=%20x", "cursor"),
        ("sort=size", "sort"),
        ("section=x", "section"),
        ("gallery_id=x", "gallery_id"),
    ] {
        let refused = scene.client_get(&client, &format!("/client/photos?{query}")).await.expect(422);
        refused.problem("/problems/invalid-value", field);
    }
    let stranger = "01890a5d-ac96-774b-bcce-b302099a8057";
    scene.client_get(&client, &format!("/client/photos?gallery_id={stranger}")).await.expect(404);
}

#[tokio::test]
async fn picture_urls_are_renewed() {
    let scene = Scene::with_photos(2).await;
    let client = scene.client(&json!({})).await;
    let stranger = "01890a5d-ac96-774b-bcce-b302099a8057";
    let body = json!({"photo_ids": [scene.photos[1], stranger, scene.photos[0]]});
    let renewed = scene.client_post(&client, "/client/photos/urls", &body).await.expect(200);
    assert_eq!(renewed.json()["items"].as_array().unwrap().len(), 2);
    assert_eq!(renewed.text_at("/items/0/id"), scene.photos[1]);
    scene.app.fetch(&renewed.text_at("/items/1/proof_url")).await.expect(200);
    let malformed = json!({"photo_ids": [scene.photos[0], "x"]});
    let refused = scene.client_post(&client, "/client/photos/urls", &malformed).await.expect(422);
    refused.problem("/problems/invalid-value", "photo_ids[1]");
    scene.client_post(&client, "/client/photos/urls", &json!({"photo_ids": []})).await.expect(422);
}
