//! `/media`: pictures behind signed URLs.

use poem::http::Method;
use serde_json::json;

use crate::harness::{Reply, local};
use crate::scene::Scene;

async fn proof(scene: &Scene) -> String {
    let photo = scene.get(&format!("/photos/{}", scene.photos[0])).await.expect(200);
    local(&photo.text_at("/proof_url")).to_owned()
}

async fn ask(scene: &Scene, method: Method, path: &str, header: &'static str, value: &str) -> Reply {
    scene.app.call_root(method, path).header(header, value).send().await
}

#[tokio::test]
async fn a_picture_needs_no_token_and_minds_none() {
    let scene = Scene::with_photos(1).await;
    let path = proof(&scene).await;
    let picture = scene.app.call_root(Method::GET, &path).send().await.expect(200);
    assert_eq!(picture.header("content-type"), Some("image/jpeg"));
    assert_eq!(picture.header("cache-control"), Some("private, max-age=0, must-revalidate"));
    assert_eq!(picture.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(picture.header("content-length"), Some(picture.bytes().len().to_string().as_str()));
    assert_eq!(picture.header("content-disposition"), None);
    ask(&scene, Method::GET, &path, "Authorization", "Bearer nonsense").await.expect(200);
}

#[tokio::test]
async fn a_picture_that_is_known_is_not_sent_again() {
    let scene = Scene::with_photos(1).await;
    let path = proof(&scene).await;
    let picture = scene.app.call_root(Method::GET, &path).send().await.expect(200);
    let tag = picture.header("etag").unwrap();
    assert!(tag.starts_with('"') && tag.ends_with('"'));
    let known = ask(&scene, Method::GET, &path, "If-None-Match", tag).await.expect(304);
    assert!(known.bytes().is_empty());
    assert_eq!(known.header("etag"), Some(tag));
    ask(&scene, Method::GET, &path, "If-None-Match", "\"other\"").await.expect(200);
}

#[tokio::test]
async fn a_part_of_a_picture_can_be_asked_for() {
    let scene = Scene::with_photos(1).await;
    let path = proof(&scene).await;
    let whole = scene.app.call_root(Method::GET, &path).send().await.expect(200);
    let size = whole.bytes().len();
    let part = ask(&scene, Method::GET, &path, "Range", "bytes=10-19").await.expect(206);
    assert_eq!(part.bytes(), &whole.bytes()[10..20]);
    assert_eq!(part.header("content-range"), Some(format!("bytes 10-19/{size}").as_str()));
    assert_eq!(part.header("content-length"), Some("10"));
    let tail = ask(&scene, Method::GET, &path, "Range", "bytes=-5").await.expect(206);
    assert_eq!(tail.bytes(), &whole.bytes()[size - 5..]);
    let beyond = ask(&scene, Method::GET, &path, "Range", "bytes=9999999-").await.expect(416);
    beyond.problem("/problems/range-not-satisfiable", "");
    assert_eq!(beyond.header("content-range"), Some(format!("bytes */{size}").as_str()));
}

#[tokio::test]
async fn a_picture_can_be_told_of_without_being_sent() {
    let scene = Scene::with_photos(1).await;
    let path = proof(&scene).await;
    let whole = scene.app.call_root(Method::GET, &path).send().await.expect(200);
    let told = scene.app.call_root(Method::HEAD, &path).send().await.expect(200);
    assert!(told.bytes().is_empty());
    for name in ["etag", "content-length", "content-type", "cache-control"] {
        assert_eq!(told.header(name), whole.header(name), "{name}");
    }
}

#[tokio::test]
async fn a_url_that_was_tampered_with_or_has_ended_is_none() {
    let scene = Scene::with_photos(1).await;
    let path = proof(&scene).await;
    for forged in
        [format!("{path}x"), path.replace("/pictures/", "/pictures/x"), "/media/pictures/%00".to_owned()]
    {
        let refused = scene.app.call_root(Method::GET, &forged).send().await.expect(404);
        refused.problem("/problems/picture-not-found", "");
    }
    // A picture's URL takes no upload, and ends within half a day.
    let as_upload = path.replace("/pictures/", "/uploads/");
    scene.app.call_root(Method::PUT, &as_upload).body(vec![1]).send().await.expect(404);
    scene.app.advance_seconds(13 * 60 * 60);
    scene.app.call_root(Method::GET, &path).send().await.expect(404);
}

#[tokio::test]
async fn an_upload_is_not_replaced_once_it_is_completed() {
    let scene = Scene::new().await;
    let bytes = crate::scene::jpeg(30, 20);
    let file = json!({"files": [{"filename": "A.JPG", "size": bytes.len(), "content_type": "image/jpeg"}]});
    let ticket = scene.post(&format!("/galleries/{}/uploads", scene.gallery), &file).await.expect(201);
    let url = ticket.text_at("/uploads/0/url");
    let sent = scene.app.put_bytes(&url, &bytes).await.expect(200);
    assert!(sent.header("etag").is_some());
    scene.app.put_bytes(&url, &bytes).await.expect(200);
    let complete = format!("/uploads/{}/complete", ticket.text_at("/uploads/0/upload_id"));
    scene.send(Method::POST, &complete, None).await.expect(200);
    scene.app.put_bytes(&url, &bytes).await.expect(409).problem("/problems/upload-completed", "");
    scene.app.run_jobs().await;
}
