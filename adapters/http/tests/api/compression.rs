//! Which replies travel compressed.

use std::io::Read as _;

use flate2::read::GzDecoder;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::{Reply, local};
use crate::scene::Scene;

/// Asks with what browsers accept.
async fn ask(scene: &Scene, path: &str) -> Reply {
    let call = scene.app.call(Method::GET, path).bearer(&scene.token);
    call.header("Accept-Encoding", "gzip, deflate, br").send().await
}

async fn with_galleries(count: usize) -> Scene {
    let scene = Scene::new().await;
    for number in 0..count {
        scene.make_gallery(&json!({"name": format!("Gallery {number}")})).await;
    }
    scene
}

#[tokio::test]
async fn long_json_is_compressed_for_those_who_accept_it() {
    let scene = with_galleries(20).await;
    let packed = ask(&scene, "/galleries").await.expect(200);
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert_eq!(packed.header("vary"), Some("Accept-Encoding"));
    let mut text = String::new();
    GzDecoder::new(packed.bytes()).read_to_string(&mut text).unwrap();
    assert!(packed.bytes().len() * 3 < text.len());

    let plain = scene.get("/galleries").await.expect(200);
    assert_eq!(plain.header("content-encoding"), None);
    assert_eq!(plain.header("vary"), Some("Accept-Encoding"));
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), plain.json());
}

#[tokio::test]
async fn short_json_and_what_has_a_tag_travel_as_they_are() {
    let scene = with_galleries(0).await;
    for path in ["/galleries".to_owned(), format!("/galleries/{}", scene.gallery)] {
        let reply = ask(&scene, &path).await.expect(200);
        assert_eq!(reply.header("content-encoding"), None, "{path}");
        assert!(reply.json().is_object());
    }
}

#[tokio::test]
async fn pictures_travel_as_they_are() {
    let scene = Scene::with_photos(1).await;
    let photo = scene.get(&format!("/photos/{}", scene.photos[0])).await.expect(200);
    let url = photo.text_at("/proof_url");
    let call = scene.app.call_root(Method::GET, local(&url)).header("Accept-Encoding", "gzip");
    let picture = call.send().await.expect(200);
    assert_eq!(picture.header("content-encoding"), None);
    assert!(picture.header("content-length").is_some());
}
