//! `/client/photos/{id}/download`: which files leave, and for whom.

use poem::http::Method;
use serde_json::json;

use crate::harness::Reply;
use crate::scene::{Client, Scene, jpeg};

async fn download(scene: &Scene, client: &Client, size: &str) -> Reply {
    let query = if size.is_empty() { String::new() } else { format!("?size={size}") };
    scene.client_get(client, &format!("/client/photos/{}/download{query}", scene.photos[0])).await
}

#[tokio::test]
async fn each_permission_opens_its_files_and_those_before() {
    let scene = Scene::with_photos(1).await;
    for (permission, proof, sized, full) in [
        ("none", 403, 403, 403),
        ("proof", 200, 403, 403),
        ("sized", 200, 200, 403),
        ("original", 200, 200, 200),
    ] {
        let client = scene.client(&json!({"permissions": {"download": permission}})).await;
        for (size, status) in [("proof", proof), ("sized", sized), ("full", full)] {
            let reply = download(&scene, &client, size).await.expect(status);
            if status == 403 {
                reply.problem("/problems/download-not-permitted", "");
            }
        }
    }
}

#[tokio::test]
async fn what_is_left_unsaid_is_the_best_that_is_permitted() {
    let scene = Scene::with_photos(1).await;
    let clean = jpeg(300, 200);
    let full = scene.client(&json!({"permissions": {"download": "original"}})).await;
    let file = download(&scene, &full, "").await.expect(200);
    assert!(file.bytes() == clean);
    assert!(file.header("content-disposition").unwrap().starts_with("attachment"));
    let proofs = scene.client(&json!({"permissions": {"download": "proof"}})).await;
    let file = download(&scene, &proofs, "").await.expect(200);
    assert!(file.bytes() != clean);
    assert!(file.header("content-disposition").unwrap().contains("IMG_0000-proof.jpg"));
    let nothing = scene.client(&json!({})).await;
    download(&scene, &nothing, "").await.expect(403);
}

#[tokio::test]
async fn downloads_are_counted_and_limited() {
    let scene = Scene::with_photos(1).await;
    let client =
        scene.client(&json!({"permissions": {"download": "proof"}, "limits": {"downloads": 2}})).await;
    download(&scene, &client, "sized").await.expect(403);
    download(&scene, &client, "proof").await.expect(200);
    download(&scene, &client, "proof").await.expect(200);
    download(&scene, &client, "proof").await.expect(403).problem("/problems/download-limit", "");
}

#[tokio::test]
async fn a_download_can_be_resumed() {
    let scene = Scene::with_photos(1).await;
    let client = scene.client(&json!({"permissions": {"download": "original"}})).await;
    let path = format!("/client/photos/{}/download", scene.photos[0]);
    let call = scene.app.call(Method::GET, &path).bearer(&client.token).header("Range", "bytes=10-");
    let rest = call.send().await.expect(206);
    assert_eq!(rest.bytes(), &jpeg(300, 200)[10..]);
}

#[tokio::test]
async fn other_peoples_photos_and_sizes_do_not_exist() {
    let scene = Scene::with_photos(1).await;
    let client = scene.client(&json!({"permissions": {"download": "original"}})).await;
    download(&scene, &client, "huge").await.expect(422).problem("/problems/invalid-value", "size");
    scene.client_get(&client, "/client/photos/no-such/download").await.expect(404);
    let elsewhere = scene.make_gallery(&json!({"name": "Elsewhere"})).await;
    let photo = scene.upload(&elsewhere, "IMG_9000.JPG").await;
    scene.app.run_jobs().await;
    scene.client_get(&client, &format!("/client/photos/{photo}/download")).await.expect(404);
}
