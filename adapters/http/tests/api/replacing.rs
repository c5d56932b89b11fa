//! `/photos/{id}/replacement` and `/galleries/{id}/replacements`.

use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::Reply;
use crate::scene::{Scene, jpeg};

async fn announce(scene: &Scene, query: &str, bytes: &[u8]) -> Reply {
    let path = format!("/photos/{}/replacement{query}", scene.photos[0]);
    let file = json!({"filename": "IMG_0000-Edit.jpg", "size": bytes.len(), "content_type": "image/jpeg"});
    scene.send(Method::PUT, &path, Some(&file)).await
}

async fn complete(scene: &Scene, ticket: &Value, bytes: &[u8]) -> Reply {
    scene.app.put_bytes(ticket["url"].as_str().unwrap(), bytes).await.expect(200);
    let path = format!("/uploads/{}/complete", ticket["upload_id"].as_str().unwrap());
    scene.send(Method::POST, &path, None).await.expect(200)
}

async fn photo(scene: &Scene) -> Value {
    scene.get(&format!("/photos/{}", scene.photos[0])).await.expect(200).json()
}

#[tokio::test]
async fn an_edited_file_replaces_the_original_and_keeps_the_photo() {
    let scene = Scene::with_photos(1).await;
    let before = photo(&scene).await;
    let bytes = jpeg(600, 400);
    let ticket = announce(&scene, "", &bytes).await.expect(201).json();
    assert_eq!((&ticket["method"], &ticket["photo_id"]), (&json!("PUT"), &before["id"]));
    assert_eq!(photo(&scene).await["replacement"]["state"], "pending");
    let waiting = complete(&scene, &ticket, &bytes).await;
    assert_eq!(
        (waiting.text_at("/id"), waiting.text_at("/state")),
        (scene.photos[0].clone(), "processing".to_owned())
    );
    // It is shown as it was, until the new file has been rendered.
    scene.app.fetch(&waiting.text_at("/proof_url")).await.expect(200);
    scene.app.run_jobs().await;
    let after = photo(&scene).await;
    assert_eq!(after["state"], "ready");
    assert_eq!((&after["filename"], &after["captured_at"]), (&before["filename"], &before["captured_at"]));
    assert_eq!(
        (&after["replacement_filename"], &after["replacement"]),
        (&json!("IMG_0000-Edit.jpg"), &Value::Null)
    );
    assert_eq!((&after["width"], &after["size"]), (&json!(600), &json!(bytes.len())));
    assert_ne!(after["sha256"], before["sha256"]);
    let original = scene.get(&format!("/photos/{}/original", scene.photos[0])).await.expect(200);
    assert!(original.bytes() == bytes);
}

#[tokio::test]
async fn another_shape_is_refused_and_can_be_allowed() {
    let scene = Scene::with_photos(1).await;
    let before = photo(&scene).await;
    let tall = jpeg(200, 300);
    let ticket = announce(&scene, "", &tall).await.expect(201).json();
    complete(&scene, &ticket, &tall).await;
    scene.app.run_jobs().await;
    let refused = photo(&scene).await;
    assert_eq!((&refused["state"], &refused["sha256"]), (&before["state"], &before["sha256"]));
    assert_eq!(refused["replacement"]["state"], "refused");
    assert!(refused["replacement"]["failure"].as_str().unwrap().contains("another shape"));
    assert_eq!(refused["replacement"]["failure_kind"], "other_shape");
    let ticket = announce(&scene, "?allow_different_shape=true", &tall).await.expect(201).json();
    complete(&scene, &ticket, &tall).await;
    scene.app.run_jobs().await;
    assert_eq!(photo(&scene).await["height"], 300);
}

#[tokio::test]
async fn what_cannot_be_taken_is_a_clear_problem() {
    let scene = Scene::with_photos(1).await;
    let path = format!("/photos/{}/replacement", scene.photos[0]);
    let send = |body: Value| {
        let (scene, path) = (&scene, &path);
        async move { scene.send(Method::PUT, path, Some(&body)).await }
    };
    send(json!({"filename": "notes.pdf", "size": 5, "content_type": "application/pdf"})).await.expect(415);
    send(json!({"filename": "a.jpg", "size": 0}))
        .await
        .expect(422)
        .problem("/problems/invalid-value", "size");
    send(json!({"filename": "a.jpg", "size": 1_i64 << 40})).await.expect(413);
    let upload = json!({"files": [{"filename": "IMG_9.JPG", "size": 10}]});
    let made = scene.post(&format!("/galleries/{}/uploads", scene.gallery), &upload).await.expect(201);
    let pending = format!("/photos/{}/replacement", made.text_at("/uploads/0/photo_id"));
    let file = json!({"filename": "a.jpg", "size": 5});
    scene
        .send(Method::PUT, &pending, Some(&file))
        .await
        .expect(409)
        .problem("/problems/nothing-to-replace", "");
}

#[tokio::test]
async fn a_folder_of_edited_files_finds_its_photos() {
    let scene = Scene::with_photos(2).await;
    let sha256 = photo(&scene).await["sha256"].clone();
    let folder = json!({"files": [
        {"filename": "IMG_0001-Edit.jpg", "size": 5},
        {"filename": "IMG_0000.JPG", "size": 5, "sha256": sha256},
        {"filename": "DSC_1.jpg", "size": 5},
        {"filename": "IMG_0000 (1).jpg", "size": 5},
        {"filename": "IMG_0000 (2).jpg", "size": 5},
        {"filename": "notes.pdf", "size": 5},
    ]});
    let path = format!("/galleries/{}/replacements", scene.gallery);
    let found = scene.post(&path, &folder).await.expect(201).json();
    let files = found["files"].as_array().unwrap();
    let outcomes: Vec<&Value> = files.iter().map(|file| &file["outcome"]).collect();
    assert_eq!(outcomes[..5], ["matched", "unchanged", "unmatched", "ambiguous", "ambiguous"]);
    assert_eq!(files[0]["photo_id"], scene.photos[1].as_str());
    assert_eq!(files[0]["upload"]["method"], "PUT");
    assert_eq!(files[3]["candidates"], json!([scene.photos[0]]));
    assert_eq!(files[5]["error"]["status"], 415);
    let wrong = json!({"files": [{"filename": "a.jpg", "size": 5, "captured_at": "yesterday"}]});
    scene.post(&path, &wrong).await.expect(422).problem("/problems/invalid-value", "files[0].captured_at");
}
