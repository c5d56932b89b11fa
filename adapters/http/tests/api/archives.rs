//! `/client/downloads` and `/downloads`: several files at once, as one archive.

use std::io::{Cursor, Read as _};

use poem::http::Method;
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::harness::{Reply, local};
use crate::scene::{Client, Scene, jpeg};

async fn start(scene: &Scene, client: &Client, wish: &Value) -> Reply {
    scene.client_post(client, "/client/downloads", wish).await
}

/// Asks for an archive, lets the workers build it, and gives the last word on it.
async fn build(scene: &Scene, client: &Client, wish: &Value) -> Value {
    let id = start(scene, client, wish).await.expect(202).text_at("/id");
    scene.app.run_jobs().await;
    scene.client_get(client, &format!("/client/downloads/{id}")).await.expect(200).json()
}

fn url_of(download: &Value) -> &str {
    download["url"].as_str().unwrap()
}

fn read(archive: &[u8]) -> Vec<(String, Vec<u8>)> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    (0..archive.len())
        .map(|index| {
            let mut file = archive.by_index(index).unwrap();
            let mut content = Vec::new();
            // Reading to the end checks the CRC.
            file.read_to_end(&mut content).unwrap();
            (file.name().unwrap().into_owned(), content)
        })
        .collect()
}

#[tokio::test]
async fn a_client_takes_a_selection_as_one_archive() {
    let scene = Scene::with_photos(3).await;
    let client = scene.client(&json!({"permissions": {"download": "original"}})).await;
    let selection = scene.client_post(&client, "/client/selections", &json!({"name": "Album"})).await;
    let selection = selection.expect(201).text_at("/id");
    for photo in &scene.photos[..2] {
        let path = format!("/client/selections/{selection}/photos/{photo}");
        scene.client_send(&client, Method::PUT, &path, Some(&json!({}))).await.expect(200);
    }
    let wish = json!({"selection_id": selection});
    let begun = start(&scene, &client, &wish).await.expect(202);
    assert_eq!((begun.text_at("/state"), begun.json()["url"].clone()), ("building".to_owned(), Value::Null));
    let download = build(&scene, &client, &wish).await;
    assert_eq!(
        (&download["state"], &download["count"], &download["done"]),
        (&json!("ready"), &json!(2), &json!(2))
    );
    let sent = scene.app.fetch(url_of(&download)).await.expect(200);
    assert_eq!(sent.header("content-type"), Some("application/zip"));
    assert!(sent.header("content-disposition").unwrap().starts_with("attachment; filename="));
    assert_eq!(Some(sent.bytes().len() as u64), download["size_bytes"].as_u64());
    let files = read(sent.bytes());
    assert_eq!(files.len(), 2);
    assert!(files.iter().all(|(name, content)| name.starts_with("IMG_000") && *content == jpeg(300, 200)));
}

#[tokio::test]
async fn an_archive_goes_on_where_it_broke_off() {
    let scene = Scene::with_photos(2).await;
    let client = scene.client(&json!({"permissions": {"download": "sized"}})).await;
    let download = build(&scene, &client, &json!({"gallery_id": scene.gallery})).await;
    let url = url_of(&download).to_owned();
    let whole = scene.app.fetch(&url).await.expect(200);
    assert_eq!(read(whole.bytes()).len(), 2);
    let middle = whole.bytes().len() / 2;
    let mut joined = Vec::new();
    for range in [format!("bytes=0-{}", middle - 1), format!("bytes={middle}-")] {
        let call = scene.app.call_root(Method::GET, local(&url)).header("Range", &range);
        let part = call.header("If-Range", whole.header("etag").unwrap()).send().await.expect(206);
        joined.extend_from_slice(part.bytes());
    }
    assert!(joined == whole.bytes());
    let head = scene.app.call_root(Method::HEAD, local(&url)).send().await.expect(200);
    assert_eq!(head.header("content-length"), Some(whole.bytes().len().to_string().as_str()));
    let beyond = format!("bytes={}-", whole.bytes().len());
    scene.app.call_root(Method::GET, local(&url)).header("Range", &beyond).send().await.expect(416);
}

#[tokio::test]
async fn a_client_gets_no_more_than_its_link_permits() {
    let scene = Scene::with_photos(1).await;
    let photos = json!({"photo_ids": scene.photos});
    let clean = jpeg(300, 200);
    for (permission, size, status) in [
        ("none", "proof", 403),
        ("proof", "full", 403),
        ("proof", "sized", 403),
        ("sized", "full", 403),
        ("proof", "proof", 202),
        ("original", "full", 202),
    ] {
        let client = scene.client(&json!({"permissions": {"download": permission}})).await;
        let wish = json!({"photo_ids": scene.photos, "size": size});
        let reply = start(&scene, &client, &wish).await.expect(status);
        if status == 403 {
            reply.problem("/problems/download-not-permitted", "");
        } else {
            let download = build(&scene, &client, &wish).await;
            let sent = scene.app.fetch(url_of(&download)).await.expect(200);
            assert_eq!(read(sent.bytes())[0].1 == clean, permission == "original", "{permission} {size}");
        }
    }
    let client = scene.client(&json!({"permissions": {"download": "proof"}})).await;
    let best = build(&scene, &client, &photos).await;
    let sent = scene.app.fetch(url_of(&best)).await.expect(200);
    assert_eq!(read(sent.bytes())[0].0, "IMG_0000-proof.jpg");
}

#[tokio::test]
async fn every_photo_counts_once_however_often_the_same_is_asked_for() {
    let scene = Scene::with_photos(3).await;
    let terms = json!({"permissions": {"download": "proof"}, "limits": {"downloads": 3}});
    let client = scene.client(&terms).await;
    let two = json!({"photo_ids": scene.photos[..2]});
    let first = start(&scene, &client, &two).await.expect(202).text_at("/id");
    assert_eq!(start(&scene, &client, &two).await.expect(202).text_at("/id"), first);
    let all = json!({"photo_ids": scene.photos});
    start(&scene, &client, &all).await.expect(403).problem("/problems/download-limit", "");
    let one = json!({"photo_ids": [scene.photos[2], scene.photos[2]]});
    start(&scene, &client, &one).await.expect(202);
    let path = format!("/client/photos/{}/download", scene.photos[0]);
    scene.client_get(&client, &path).await.expect(403).problem("/problems/download-limit", "");
}

#[tokio::test]
async fn a_link_that_was_revoked_or_narrowed_ends_its_archives() {
    let scene = Scene::with_photos(1).await;
    for change in [json!({"permissions": {"download": "proof"}}), Value::Null] {
        let link = scene.share(&json!({"permissions": {"download": "original"}})).await;
        let client = scene.open(&link).await;
        let download = build(&scene, &client, &json!({"photo_ids": scene.photos})).await;
        let url = url_of(&download).to_owned();
        scene.app.fetch(&url).await.expect(200);
        let path = format!("/shares/{}", link.id);
        if change.is_null() {
            scene.delete(&path).await.expect(204);
            scene.app.fetch(&url).await.expect(404);
        } else {
            scene.patch(&path, &change).await.expect(200);
            scene.app.fetch(&url).await.expect(403);
        }
    }
}

#[tokio::test]
async fn a_photo_that_was_deleted_ends_the_archives_that_hold_it() {
    let scene = Scene::with_photos(2).await;
    let client = scene.client(&json!({"permissions": {"download": "original"}})).await;
    let wish = json!({"photo_ids": scene.photos});
    let ready = build(&scene, &client, &wish).await;
    let waiting = scene.post("/downloads", &wish).await.expect(202).text_at("/id");
    scene.delete(&format!("/photos/{}", scene.photos[0])).await.expect(202);
    scene.app.run_jobs().await;
    scene.app.fetch(url_of(&ready)).await.expect(404);
    let failed = scene.get(&format!("/downloads/{waiting}")).await.expect(200).json();
    assert_eq!(failed["state"], "failed");
    assert!(failed["failure"].as_str().unwrap().contains("IMG_0000.JPG"), "{failed}");
    assert_eq!(failed["failure_kind"], "gone");
}

#[tokio::test]
async fn bad_wishes_are_told_apart() {
    let scene = Scene::with_photos(1).await;
    let client = scene.client(&json!({"permissions": {"download": "original"}})).await;
    for (wish, status, field) in [
        (json!({}), 422, "photo_ids"),
        (json!({"photo_ids": []}), 422, "photo_ids"),
        (json!({"photo_ids": scene.photos, "gallery_id": scene.gallery}), 422, "photo_ids"),
        (json!({"photo_ids": ["no-such"]}), 422, "photo_ids[0]"),
        (json!({"photo_ids": [scene.photos[0], scene.gallery]}), 422, "photo_ids[1]"),
        (json!({"photo_ids": scene.photos, "size": "huge"}), 422, "size"),
        (json!({"selection_id": scene.gallery}), 404, ""),
        (json!({"gallery_id": scene.photos[0]}), 404, ""),
    ] {
        for reply in [start(&scene, &client, &wish).await, scene.post("/downloads", &wish).await] {
            let kind = if status == 422 { "/problems/invalid-value" } else { "" };
            let reply = reply.expect(status);
            if !kind.is_empty() {
                reply.problem(kind, field);
            }
        }
    }
    let mine = scene.post("/downloads", &json!({"photo_ids": scene.photos})).await.expect(202).text_at("/id");
    scene.client_get(&client, &format!("/client/downloads/{mine}")).await.expect(404);
    let other = scene.client(&json!({"permissions": {"download": "original"}})).await;
    let theirs = start(&scene, &client, &json!({"photo_ids": scene.photos})).await.text_at("/id");
    scene.client_get(&other, &format!("/client/downloads/{theirs}")).await.expect(404);
    scene.get(&format!("/downloads/{theirs}")).await.expect(404);
}

#[tokio::test]
async fn an_archive_ends_after_a_day_and_a_studios_url_after_six_hours() {
    let scene = Scene::with_photos(1).await;
    let client = scene.client(&json!({"permissions": {"download": "original"}})).await;
    let wish = json!({"photo_ids": scene.photos});
    let theirs = build(&scene, &client, &wish).await;
    let reply = scene.post("/downloads", &wish).await.expect(202);
    scene.app.run_jobs().await;
    let mine = scene.get(&format!("/downloads/{}", reply.text_at("/id"))).await.expect(200).json();
    scene.app.advance_seconds(7 * 3_600);
    scene.app.fetch(url_of(&mine)).await.expect(404);
    scene.app.fetch(url_of(&theirs)).await.expect(200);
    scene.app.advance_seconds(18 * 3_600);
    scene.app.fetch(url_of(&theirs)).await.expect(404);
}
