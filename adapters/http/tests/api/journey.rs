//! The whole way of a wedding: from the upload to the prints, and to the end of the link.

use futures_util::future::join;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::Reply;
use crate::scene::{Client, Link, Scene, jpeg};

const PLACE: &str = "THE-SECRET-GARDEN";

/// A JPEG whose EXIF says where it was taken.
fn jpeg_with_place() -> Vec<u8> {
    let entry = |tag: u16, kind: u16, count: u32, value: u32| {
        let mut bytes = Vec::new();
        bytes.extend(1_u16.to_le_bytes());
        bytes.extend(tag.to_le_bytes());
        bytes.extend(kind.to_le_bytes());
        bytes.extend(count.to_le_bytes());
        bytes.extend(value.to_le_bytes());
        bytes.extend(0_u32.to_le_bytes());
        bytes
    };
    let length = u32::try_from(PLACE.len()).unwrap();
    let mut exif = b"Exif\0\0II*\0\x08\0\0\0".to_vec();
    // The first directory, at 8, names the GPS directory, at 26, whose processing method lies at 44.
    exif.extend(entry(0x8825, 4, 1, 26));
    exif.extend(entry(0x001b, 7, length, 44));
    exif.extend(PLACE.bytes());
    let plain = jpeg(300, 200);
    let mut marked = plain[..2].to_vec();
    marked.extend(b"\xff\xe1");
    marked.extend(u16::try_from(exif.len() + 2).unwrap().to_be_bytes());
    marked.extend(exif);
    marked.extend(&plain[2..]);
    marked
}

fn holds_place(bytes: &[u8]) -> bool {
    bytes.windows(PLACE.len()).any(|window| window == PLACE.as_bytes())
}

struct Wedding {
    scene: Scene,
    link: Link,
    print: String,
}

impl Wedding {
    async fn prepare() -> Self {
        let mut scene = Scene::with_photos(2).await;
        let gallery = scene.gallery.clone();
        let photo = scene.upload_bytes(&gallery, "IMG_0002.JPG", &jpeg_with_place()).await;
        scene.photos.push(photo);
        scene.app.run_jobs().await;
        let (print, _) = scene.sell().await;
        let terms = json!({"label": "Family link", "pin": "4711", "limits": {"selections": 2},
                           "permissions": {"download": "proof"}});
        let link = scene.share(&terms).await;
        Self { scene, link, print }
    }

    async fn enter(&self, more: &Value) -> Reply {
        let mut body = json!({"token": self.link.token, "pin": "4711"});
        body.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
        self.scene.try_open(&body).await
    }

    fn wish(&self) -> Value {
        let line = json!({"photo_id": self.scene.photos[0], "product_id": self.print, "quantity": 2});
        json!({"contact": {"name": "Ana", "email": "ana@example.com"}, "items": [line]})
    }
}

#[tokio::test]
async fn from_the_upload_to_the_end_of_the_link() {
    let wedding = Wedding::prepare().await;
    let scene = &wedding.scene;
    let missing = scene.try_open(&json!({"token": wedding.link.token})).await.expect(401);
    missing.problem("/problems/pin-required", "pin");
    let wrong = scene.try_open(&json!({"token": wedding.link.token, "pin": "0000"})).await.expect(401);
    wrong.problem("/problems/pin-wrong", "pin");
    let first = wedding.enter(&json!({"name": "Ana"})).await.expect(201);
    let resumed = wedding.enter(&json!({"client_key": first.text_at("/client_key")})).await.expect(201);
    let client = Client { token: resumed.text_at("/access_token"), key: None };

    let pictures = look(scene, &client).await;
    choose(scene, &client).await;
    let order = order(&wedding, &client).await;
    for (to, status) in [("accepted", 200), ("completed", 409), ("in_production", 200), ("ready", 200)] {
        scene.post(&format!("/orders/{order}/transitions"), &json!({"to": to})).await.expect(status);
    }
    scene.delete(&format!("/shares/{}", wedding.link.id)).await.expect(204);
    wedding.enter(&json!({})).await.expect(410);
    scene.client_get(&client, &format!("/client/orders/{order}")).await.expect(410);
    for picture in &pictures {
        scene.app.fetch(picture).await.expect(404);
    }
    scene.app.run_jobs().await;
}

/// The pictures are there, and none of them tells where it was taken.
async fn look(scene: &Scene, client: &Client) -> Vec<String> {
    scene.client_get(client, "/client/gallery").await.expect(200);
    let photos = scene.client_get(client, "/client/photos").await.expect(200);
    assert!(!holds_place(photos.bytes()));
    let mut pictures = Vec::new();
    for photo in photos.json()["items"].as_array().unwrap() {
        for kind in ["thumb_url", "proof_url"] {
            let picture = photo[kind].as_str().unwrap().to_owned();
            assert!(!holds_place(scene.app.fetch(&picture).await.expect(200).bytes()));
            pictures.push(picture);
        }
    }
    let path = format!("/client/photos/{}/download", scene.photos[2]);
    assert!(!holds_place(scene.client_get(client, &path).await.expect(200).bytes()));
    let kept = scene.get(&format!("/photos/{}/original", scene.photos[2])).await.expect(200);
    assert!(holds_place(kept.bytes()), "the studio's own file is never altered");
    assert_eq!(pictures.len(), 6);
    pictures
}

/// Favourites up to the limit, submitted, locked, reopened.
async fn choose(scene: &Scene, client: &Client) {
    let made = scene.client_post(client, "/client/selections", &json!({"name": "Album"})).await.expect(201);
    let album = format!("/client/selections/{}", made.text_at("/id"));
    for (photo, status) in scene.photos.iter().zip([200, 200, 409]) {
        scene.client_send(client, Method::PUT, &format!("{album}/photos/{photo}"), None).await.expect(status);
    }
    scene.client_send(client, Method::POST, &format!("{album}/submit"), None).await.expect(200);
    let drop_first = format!("{album}/photos/{}", scene.photos[0]);
    scene.client_send(client, Method::DELETE, &drop_first, None).await.expect(409);
    let reopen = format!("/selections/{}/reopen", made.text_at("/id"));
    scene.send(Method::POST, &reopen, None).await.expect(200);
    scene.client_send(client, Method::DELETE, &drop_first, None).await.expect(200);
}

/// A quote, and one order from two requests at once.
async fn order(wedding: &Wedding, client: &Client) -> String {
    let scene = &wedding.scene;
    let wish = wedding.wish();
    let quote = scene.client_post(client, "/client/orders/quote", &wish).await.expect(200).json();
    let (one, two) = join(scene.order(client, "k", &wish), scene.order(client, "k", &wish)).await;
    // One of them is 201, the other 200.
    assert_eq!(one.status() + two.status(), 401);
    assert_eq!(one.text_at("/id"), two.text_at("/id"));
    assert_eq!(one.json()["total"], quote["total"]);
    let mut other = wish;
    other["special_request"] = json!("gold frame");
    scene.order(client, "k", &other).await.expect(422);
    one.text_at("/id")
}
