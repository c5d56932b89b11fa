//! `/media/logos`: the studio's logo, in its settings and on the pages of clients.

use poem::http::Method;
use serde_json::json;

use crate::harness::{Reply, local};
use crate::scene::{Link, Scene};
use crate::studio::{png, ready_logo};

async fn logo_url(scene: &Scene, link: &Link) -> Option<String> {
    let client = scene.open(link).await;
    let gallery = scene.client_get(&client, "/client/gallery").await.expect(200).json();
    gallery["studio"]["logo_url"].as_str().map(str::to_owned)
}

async fn see(scene: &Scene, url: &str) -> Reply {
    scene.app.call_root(Method::GET, local(url)).send().await
}

async fn put_on_pages(scene: &Scene, image: Option<&str>) {
    scene.patch("/studio", &json!({"branding": {"logo_id": image}})).await.expect(200);
}

#[tokio::test]
async fn a_client_sees_the_logo_that_the_studio_put_on_its_pages() {
    let scene = Scene::with_photos(1).await;
    let link = scene.share(&json!({})).await;
    assert_eq!(logo_url(&scene, &link).await, None);
    let image = ready_logo(&scene).await;
    assert_eq!(logo_url(&scene, &link).await, None);
    put_on_pages(&scene, Some(&image)).await;
    let url = logo_url(&scene, &link).await.unwrap();
    let logo = see(&scene, &url).await.expect(200);
    assert!(logo.bytes() == png());
    assert_eq!(logo.header("content-type"), Some("image/png"));
    assert_eq!(logo.header("x-content-type-options"), Some("nosniff"));
    assert_eq!(logo.header("cache-control"), Some("private, max-age=0, must-revalidate"));
}

#[tokio::test]
async fn a_logo_ends_with_the_link_with_its_place_on_the_pages_and_with_time() {
    let scene = Scene::with_photos(1).await;
    let link = scene.share(&json!({})).await;
    let image = ready_logo(&scene).await;
    put_on_pages(&scene, Some(&image)).await;
    let url = logo_url(&scene, &link).await.unwrap();

    put_on_pages(&scene, None).await;
    see(&scene, &url).await.expect(404).problem("/problems/picture-not-found", "");
    put_on_pages(&scene, Some(&image)).await;
    see(&scene, &url).await.expect(200);
    scene.delete(&format!("/shares/{}", link.id)).await.expect(204);
    see(&scene, &url).await.expect(404);

    let other = scene.share(&json!({})).await;
    let url = logo_url(&scene, &other).await.unwrap();
    see(&scene, &url).await.expect(200);
    scene.app.advance_seconds(13 * 60 * 60);
    see(&scene, &url).await.expect(404);
}

#[tokio::test]
async fn a_studio_sees_all_its_images_and_nobody_elses() {
    let scene = Scene::new().await;
    let image = ready_logo(&scene).await;
    let listed = scene.get("/studio/images").await.expect(200);
    assert_eq!(listed.text_at("/items/0/id"), image);
    let url = listed.text_at("/items/0/url");
    assert!(see(&scene, &url).await.expect(200).bytes() == png());
    for forged in [format!("{url}x"), url.replace("/logos/", "/pictures/"), url.replace("/logos/", "/packs/")]
    {
        see(&scene, &forged).await.expect(404);
    }
    let stranger = scene.app.photographer("studio-two").await;
    let theirs = scene.app.get(&stranger, "/studio/images").await.expect(200).json();
    assert_eq!(theirs["items"], json!([]));
}
