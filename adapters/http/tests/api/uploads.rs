//! `/uploads`: tickets, parts, forms.

use poem::http::Method;
use serde_json::json;

use crate::scene::{Scene, jpeg};

async fn ticket(scene: &Scene, size: usize) -> (String, String) {
    let files = json!({"files": [{"filename": "IMG_0412.JPG", "size": size, "content_type": "image/jpeg"}]});
    let made = scene.post(&format!("/galleries/{}/uploads", scene.gallery), &files).await.expect(201);
    (made.text_at("/uploads/0/upload_id"), made.text_at("/uploads/0/url"))
}

async fn complete(scene: &Scene, upload: &str) -> crate::harness::Reply {
    scene.send(Method::POST, &format!("/uploads/{upload}/complete"), None).await
}

#[tokio::test]
async fn a_refused_file_does_not_hold_up_the_others() {
    let scene = Scene::new().await;
    let files = json!({"files": [
        {"filename": "IMG_0001.JPG", "size": 1000, "content_type": "image/jpeg"},
        {"filename": "notes.pdf", "size": 1000, "content_type": "application/pdf"},
        {"filename": "huge.jpg", "size": 1_i64 << 40},
        {"filename": "../../etc/passwd.jpg", "size": 10},
        {"filename": "negative.jpg", "size": -1},
        {"filename": "hash.jpg", "size": 10, "sha256": "abc"},
    ]});
    let made = scene.post(&format!("/galleries/{}/uploads", scene.gallery), &files).await.expect(201);
    let uploads = made.json()["uploads"].as_array().unwrap().clone();
    assert_eq!(uploads[0]["method"], "PUT");
    assert!(uploads[0].get("error").is_none() && uploads[0]["headers"].is_object());
    let statuses: Vec<_> =
        uploads[1..].iter().map(|entry| entry["error"]["status"].as_u64().unwrap()).collect();
    assert_eq!(statuses, [415, 413, 422, 422, 422]);
    assert_eq!(uploads[1]["filename"], "notes.pdf");
    assert!(uploads[1].get("upload_id").is_none());
    assert_eq!(uploads[5]["error"]["field"], "sha256");
}

#[tokio::test]
async fn one_to_five_hundred_files_are_asked_for() {
    let scene = Scene::new().await;
    let path = format!("/galleries/{}/uploads", scene.gallery);
    let file = json!({"filename": "a.jpg", "size": 1});
    let many = vec![file.clone(); 501];
    scene.post(&path, &json!({"files": []})).await.expect(422).problem("/problems/invalid-value", "files");
    scene.post(&path, &json!({"files": many})).await.expect(422);
    scene.post(&path, &json!({"files": vec![file; 500]})).await.expect(201);
    scene.post("/galleries/no-such/uploads", &json!({"files": []})).await.expect(404);
}

#[tokio::test]
async fn completing_twice_is_the_same_as_once() {
    let scene = Scene::new().await;
    let bytes = jpeg(300, 200);
    let (upload, url) = ticket(&scene, bytes.len()).await;
    scene.app.put_bytes(&url, &bytes).await.expect(200);
    let first = complete(&scene, &upload).await.expect(200);
    assert_eq!(first.text_at("/state"), "uploaded");
    assert_eq!(first.text_at("/filename"), "IMG_0412.JPG");
    assert_eq!(first.text_at("/sha256").len(), 64);
    scene.app.run_jobs().await;
    let second = complete(&scene, &upload).await.expect(200);
    assert_eq!(second.text_at("/id"), first.text_at("/id"));
    assert_eq!(second.text_at("/state"), "ready");
    assert_eq!((second.json()["width"].clone(), second.json()["height"].clone()), (json!(300), json!(200)));
}

#[tokio::test]
async fn without_bytes_there_is_nothing_to_complete() {
    let scene = Scene::new().await;
    let (upload, _) = ticket(&scene, 1_000).await;
    complete(&scene, &upload).await.expect(409).problem("/problems/upload-incomplete", "");
    complete(&scene, "no-such-upload").await.expect(404);
    complete(&scene, "01890a5d-ac96-774b-bcce-b302099a8057").await.expect(404);
}

#[tokio::test]
async fn bytes_of_another_size_are_refused() {
    let scene = Scene::new().await;
    let bytes = jpeg(300, 200);
    let (upload, url) = ticket(&scene, bytes.len() + 1).await;
    scene.app.put_bytes(&url, &bytes).await.expect(422);
    complete(&scene, &upload).await.expect(409);
    scene.app.put_bytes(&format!("{url}x"), &bytes).await.expect(404);
}

#[tokio::test]
async fn a_large_file_comes_in_parts() {
    let scene = Scene::new().await;
    let bytes = jpeg(600, 400);
    let (upload, _) = ticket(&scene, bytes.len()).await;
    let parts = json!({"part_numbers": [1, 2]});
    let links = scene.post(&format!("/uploads/{upload}/parts"), &parts).await.expect(200);
    let half = bytes.len() / 2;
    let mut sent = Vec::new();
    for (number, piece) in [(2, &bytes[half..]), (1, &bytes[..half])] {
        let url = links.text_at(&format!("/parts/{}/url", number - 1));
        let stored = scene.app.put_bytes(&url, piece).await.expect(200);
        sent.push(json!({"part_number": number, "etag": stored.header("etag").unwrap()}));
    }
    let path = format!("/uploads/{upload}/complete");
    scene.post(&path, &json!({"parts": [sent[0]]})).await.expect(409);
    sent.reverse();
    let photo = scene.post(&path, &json!({"parts": sent})).await.expect(200);
    scene.app.run_jobs().await;
    let photo = scene.get(&format!("/photos/{}", photo.text_at("/id"))).await.expect(200);
    assert_eq!(photo.text_at("/state"), "ready");
}

#[tokio::test]
async fn part_numbers_have_a_range() {
    let scene = Scene::new().await;
    let (upload, _) = ticket(&scene, 1_000).await;
    let path = format!("/uploads/{upload}/parts");
    let refused = scene.post(&path, &json!({"part_numbers": [1, 0]})).await.expect(422);
    refused.problem("/problems/invalid-value", "part_numbers[1]");
    scene.post(&path, &json!({"part_numbers": []})).await.expect(422);
}

#[tokio::test]
async fn a_form_uploads_a_photo_in_one_call() {
    let scene = Scene::new().await;
    let bytes = jpeg(300, 200);
    let made = scene.send_form("file", "Brüder.jpg", "image/jpeg", &bytes).await.expect(201);
    assert_eq!(made.text_at("/filename"), "Brüder.jpg");
    assert_eq!(made.json()["size"], bytes.len());
    assert!(made.header("etag").is_some());
    scene.app.run_jobs().await;
    let photo = scene.get(&format!("/photos/{}", made.text_at("/id"))).await.expect(200);
    assert_eq!(photo.text_at("/state"), "ready");
}

#[tokio::test]
async fn a_form_must_hold_a_photo() {
    let scene = Scene::new().await;
    let bytes = jpeg(30, 20);
    let refused = scene.send_form("picture", "a.jpg", "image/jpeg", &bytes).await.expect(422);
    refused.problem("/problems/invalid-value", "file");
    scene.send_form("file", "a.jpg", "image/jpeg", b"").await.expect(422);
    scene.send_form("file", "a.pdf", "application/pdf", &bytes).await.expect(415);
    let path = format!("/galleries/{}/photos", scene.gallery);
    scene.post(&path, &json!({})).await.expect(415);
    let cut = "--X\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.jpg\"\r\n\r\nhalf a pho";
    scene.send_raw_form(&path, cut.as_bytes().to_vec()).await.expect(400);
    let listed =
        scene.get(&format!("{path}?state=pending,uploaded,processing,ready,failed")).await.expect(200);
    assert_eq!(listed.json()["items"], json!([]));
}

#[tokio::test]
async fn a_file_over_the_limit_is_refused_while_it_is_read() {
    let scene = Scene::new().await;
    let most = scene.app.most_upload_bytes();
    let bytes = vec![0xff; most + 1];
    scene.send_form("file", "huge.jpg", "image/jpeg", &bytes).await.expect(413);
}

#[tokio::test]
async fn a_damaged_file_fails_with_a_sentence_and_can_be_tried_again() {
    let scene = Scene::new().await;
    let gallery = scene.gallery.clone();
    let photo = scene.upload_bytes(&gallery, "letter.jpg", b"%PDF-1.7 not a photo at all").await;
    scene.app.run_jobs().await;
    let path = format!("/photos/{photo}");
    let failed = scene.get(&path).await.expect(200);
    assert_eq!(failed.text_at("/state"), "failed");
    assert!(failed.text_at("/failure").len() > 10);
    assert_eq!(failed.text_at("/failure_kind"), "unsupported");
    assert!(failed.json()["proof_url"].is_null());
    let again = scene.send(Method::POST, &format!("{path}/retry"), None).await.expect(200);
    assert_eq!(again.text_at("/state"), "uploaded");
    scene.send(Method::POST, &format!("{path}/retry"), None).await.expect(409);
    scene.app.run_jobs().await;
}
