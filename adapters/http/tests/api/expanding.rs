//! `/galleries/{id}/archives` and `/archives/{id}`: ZIP files that become photos.

use std::io::{Cursor, Write as _};

use poem::http::Method;
use serde_json::json;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use crate::scene::{Scene, jpeg};

#[tokio::test]
async fn an_archive_becomes_photos_with_a_report() {
    let scene = Scene::new().await;
    let picture = jpeg(300, 200);
    let files: [(&str, &[u8]); 3] = [
        ("Ceremony/IMG_0001.JPG", &picture),
        ("Ceremony/notes.txt", b"call them"),
        ("../IMG_0001.JPG", &picture),
    ];
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, content) in files {
        let options = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
        writer.start_file(name, options).unwrap();
        writer.write_all(content).unwrap();
    }
    let bytes = writer.finish().unwrap().into_inner();
    let path = format!("/galleries/{}/archives", scene.gallery);
    let announced = json!({"filename": "Wedding.zip", "size": bytes.len()});
    let ticket = scene.post(&path, &announced).await.expect(201);
    let report = format!("/archives/{}", ticket.text_at("/archive_id"));
    assert_eq!(scene.get(&report).await.expect(200).text_at("/state"), "pending");
    let complete = format!("/uploads/{}/complete", ticket.text_at("/upload_id"));
    scene.send(Method::POST, &complete, None).await.expect(409).problem("/problems/upload-incomplete", "");
    scene.app.put_bytes(&ticket.text_at("/url"), &bytes).await.expect(200);
    let completed = scene.send(Method::POST, &complete, None).await.expect(200);
    assert_eq!(completed.text_at("/state"), "expanding");
    scene.app.run_jobs().await;
    let archive = scene.get(&report).await.expect(200).json();
    assert_eq!(archive["state"], "expanded");
    let entries = archive["entries"].as_array().unwrap();
    assert_eq!(entries.len(), 3);
    assert!(entries[1]["error"].is_string() && entries[1].get("photo_id").is_none());
    assert_eq!(entries[1]["error_kind"], "no_picture");
    assert!(entries[0].get("error_kind").is_none());
    for entry in [&entries[0], &entries[2]] {
        let photo = scene.get(&format!("/photos/{}", entry["photo_id"].as_str().unwrap())).await.expect(200);
        assert_eq!(
            (photo.text_at("/filename"), photo.text_at("/state")),
            ("IMG_0001.JPG".to_owned(), "ready".to_owned())
        );
    }
    scene.app.put_bytes(&ticket.text_at("/url"), &bytes).await.expect(409);
}

#[tokio::test]
async fn an_archive_that_cannot_be_taken_is_a_clear_problem() {
    let scene = Scene::new().await;
    let path = format!("/galleries/{}/archives", scene.gallery);
    for (body, status) in [
        (json!({"filename": "a.zip", "size": 0}), 422),
        (json!({"filename": "a.zip", "size": -1}), 422),
        (json!({"filename": "../a.zip", "size": 5}), 422),
        (json!({"filename": "a.zip", "size": 1_i64 << 50}), 413),
    ] {
        scene.post(&path, &body).await.expect(status);
    }
    scene
        .get("/archives/01890a5d-ac96-774b-bcce-b302099a8057")
        .await
        .expect(404)
        .problem("/problems/archive-not-found", "");
}
