//! `/account/export`: everything that a studio has.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};
use std::path::Path;

use serde_json::{Value, json};
use zip::ZipArchive;

use crate::scene::{Scene, jpeg};

#[tokio::test]
async fn an_export_holds_what_the_api_shows_and_no_secret() {
    let scene = Scene::with_photos(2).await;
    let collection = scene.post("/collections", &json!({"name": "Wedding"})).await.expect(201);
    let change = json!({"name": "Ceremony", "collection_id": collection.text_at("/id")});
    scene.patch(&format!("/galleries/{}", scene.gallery), &change).await.expect(200);
    let key = scene.post("/api-keys", &json!({"name": "Lightroom"})).await.expect(201);
    let hook = scene.post("/webhooks", &json!({"url": "https://example.com/hook"})).await.expect(201);
    let link = scene.share(&json!({"label": "Family", "pin": "4711"})).await;

    let sent = scene.get("/account/export").await.expect(200);
    assert_eq!(sent.header("content-type"), Some("application/zip"));
    assert!(sent.header("content-disposition").unwrap().starts_with("attachment; filename="));
    let mut archive = ZipArchive::new(Cursor::new(sent.bytes())).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        // Reading to the end checks the CRC.
        file.read_to_end(&mut content).unwrap();
        files.insert(file.name().unwrap().into_owned(), content);
    }
    for name in ["Wedding/Ceremony/IMG_0000.JPG", "Wedding/Ceremony/IMG_0001.JPG"] {
        assert!(files[name] == jpeg(300, 200), "{name}");
    }
    let documents = |name: &str| -> Vec<Value> { serde_json::from_slice(&files[name]).unwrap() };
    let ids = |documents: &[Value]| -> Vec<String> {
        let mut ids: Vec<String> =
            documents.iter().map(|document| document["id"].as_str().unwrap().to_owned()).collect();
        ids.sort();
        ids
    };
    for (name, path) in [
        ("collections.json", "/collections".to_owned()),
        ("galleries.json", "/galleries".to_owned()),
        ("photos.json", format!("/galleries/{}/photos", scene.gallery)),
        ("shares.json", format!("/galleries/{}/shares", scene.gallery)),
        ("price-lists.json", "/price-lists".to_owned()),
        ("orders.json", "/orders".to_owned()),
        ("api-keys.json", "/api-keys".to_owned()),
    ] {
        let listed = scene.get(&path).await.expect(200).json();
        assert_eq!(ids(&documents(name)), ids(listed["items"].as_array().unwrap()), "{name}");
    }
    assert_eq!(documents("studio.json")[0], scene.get("/studio").await.expect(200).json());
    let all: String = files
        .iter()
        .filter(|(name, _)| Path::new(name).extension().is_some_and(|kind| kind == "json"))
        .map(|(_, content)| String::from_utf8_lossy(content).into_owned())
        .collect();
    let secrets = [key.text_at("/key"), hook.text_at("/secret"), link.token, "/media/".to_owned()];
    for secret in secrets {
        assert!(!all.contains(&secret), "{secret} is in the export");
    }
}
