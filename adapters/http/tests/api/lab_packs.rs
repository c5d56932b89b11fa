//! `/orders/{id}/lab-pack`: prints for a lab, over HTTP.

use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use halftone_processing::decode::Source;
use halftone_processing::limits::Limits;
use poem::http::Method;
use serde_json::{Value, json};
use zip::ZipArchive;

use crate::scene::{Client, Scene};

/// A gallery that sells prints, a client, and an order of two prints and a file.
async fn ordered() -> (Scene, Client, String) {
    let scene = Scene::with_photos(2).await;
    let (print, file) = scene.sell().await;
    let client = scene.client(&json!({})).await;
    let wish = json!({
        "contact": {"name": "Ana Ñandú", "email": "ana@example.com"},
        "items": [
            {"photo_id": scene.photos[0], "product_id": print, "quantity": 2, "note": "matte, please"},
            {"photo_id": scene.photos[1], "product_id": file, "quantity": 1},
            {"photo_id": scene.photos[1], "product_id": print, "quantity": 1,
             "crop": {"x": 0.5, "y": 0.0, "width": 0.3, "height": 1.0}},
        ],
    });
    let order = scene.order(&client, "first", &wish).await.expect(201).text_at("/id");
    (scene, client, order)
}

fn unpacked(archive: &[u8]) -> BTreeMap<String, Vec<u8>> {
    let mut archive = ZipArchive::new(Cursor::new(archive)).unwrap();
    let mut files = BTreeMap::new();
    for index in 0..archive.len() {
        let mut file = archive.by_index(index).unwrap();
        let mut content = Vec::new();
        file.read_to_end(&mut content).unwrap();
        files.insert(file.name().unwrap().into_owned(), content);
    }
    files
}

fn size_of(picture: &[u8]) -> (u32, u32) {
    let source = Source::open(picture, &Limits::default()).unwrap();
    (source.size().width(), source.size().height())
}

#[tokio::test]
async fn a_lab_pack_is_asked_for_waited_for_and_taken() {
    let (scene, _, order) = ordered().await;
    let path = format!("/orders/{order}/lab-pack");
    scene.get(&path).await.expect(404).problem("/problems/lab-pack-not-found", "");
    let asked = scene.post(&path, &Value::Null).await.expect(202);
    assert_eq!((asked.text_at("/state"), asked.json()["count"].clone()), ("building".to_owned(), json!(5)));
    let waiting = scene.get(&path).await.expect(409);
    waiting.problem("/problems/lab-pack-not-ready", "");
    assert!(waiting.header("retry-after").is_some());
    scene.app.run_jobs().await;

    let sent = scene.get(&path).await.expect(200);
    assert_eq!(sent.header("content-type"), Some("application/zip"));
    let files = unpacked(sent.bytes());
    assert_eq!(size_of(&files["001_10.2x15.2_x2_matte_IMG_0000.jpg"]), (1795, 1205));
    assert_eq!(size_of(&files["003_10.2x15.2_x1_matte_IMG_0001.jpg"]), (1205, 1795));
    assert!(files["job-ticket.pdf"].starts_with(b"%PDF-1."));
    let manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
    assert_eq!(manifest["prints"].as_array().unwrap().len(), 2);
    assert_eq!(
        (&manifest["prints"][0]["note"], &manifest["client"]),
        (&json!("matte, please"), &json!("Ana Ñandú"))
    );

    // The same through the link that needs no header, a part at a time.
    let id = asked.text_at("/id");
    let ready = scene.get(&format!("/downloads/{id}")).await.expect(200);
    let linked = scene.app.fetch(&ready.text_at("/url")).await.expect(200);
    assert!(linked.bytes() == sent.bytes());
    let call = scene.app.call(Method::GET, &path).bearer(&scene.token).header("Range", "bytes=10-19");
    assert!(call.send().await.expect(206).bytes() == &sent.bytes()[10..20]);
    scene
        .get(&format!("{path}?language=fr"))
        .await
        .expect(422)
        .problem("/problems/invalid-value", "language");
}

#[tokio::test]
async fn nobody_else_gets_it_and_an_order_without_prints_has_none() {
    let (scene, client, order) = ordered().await;
    let path = format!("/orders/{order}/lab-pack");
    scene.post(&path, &Value::Null).await.expect(202);
    scene.app.run_jobs().await;
    let stranger = scene.app.photographer("eve").await;
    scene.app.get(&stranger, &path).await.expect(404);
    scene.client_get(&client, &path).await.expect(401);
    let (_, file) = scene.sell().await;
    let wish = json!({
        "contact": {"name": "Ana", "email": "ana@example.com"},
        "items": [{"photo_id": scene.photos[0], "product_id": file, "quantity": 1}],
    });
    let files_only = scene.order(&client, "second", &wish).await.expect(201).text_at("/id");
    let refused = scene.post(&format!("/orders/{files_only}/lab-pack"), &Value::Null).await.expect(409);
    refused.problem("/problems/nothing-to-print", "");
    let cancel = json!({"to": "cancelled"});
    scene.post(&format!("/orders/{order}/transitions"), &cancel).await.expect(200);
    scene.post(&path, &Value::Null).await.expect(409).problem("/problems/order-cancelled", "");
}
