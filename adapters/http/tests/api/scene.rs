//! A studio with a gallery full of photos, and the clients who open its links.

use halftone_core::rendition::{Quality, RenditionFormat};
use halftone_processing::encode::{Attachments, encode};
use halftone_processing::raster::{Channels, Raster};
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::{Reply, TestApp};

/// A studio that is logged in, with one gallery.
pub(crate) struct Scene {
    pub(crate) app: TestApp,
    pub(crate) token: String,
    pub(crate) gallery: String,
    /// In the order of their filenames, which is that of their capture times, as they have none.
    pub(crate) photos: Vec<String>,
}

/// A link that a studio made.
pub(crate) struct Link {
    pub(crate) id: String,
    pub(crate) token: String,
    pub(crate) url: String,
}

/// Whoever opened a link. Every answer that a client gets is searched for what a client must not see.
#[derive(Clone)]
pub(crate) struct Client {
    pub(crate) token: String,
    pub(crate) key: Option<String>,
}

/// A JPEG of this size that says nothing of place or time.
pub(crate) fn jpeg(width: u32, height: u32) -> Vec<u8> {
    let pixels: Vec<u8> = (0..width * height)
        .flat_map(|place| {
            let shade = u8::try_from((place % width) * 255 / width).unwrap();
            [shade, 120, 255 - shade]
        })
        .collect();
    let picture = Raster::new(width, height, Channels::Rgb, pixels).unwrap();
    let quality = Quality::parse(80).unwrap();
    encode(&picture, RenditionFormat::Jpeg, quality, Attachments::default()).unwrap().to_vec()
}

impl Scene {
    /// A studio with an empty gallery.
    pub(crate) async fn new() -> Self {
        Self::over(TestApp::new().await).await
    }

    /// The same over an application that was set up by the test.
    pub(crate) async fn over(app: TestApp) -> Self {
        let token = app.photographer("studio-one").await;
        let mut scene = Self { app, token, gallery: String::new(), photos: Vec::new() };
        scene.gallery = scene.make_gallery(&json!({"name": "Ceremony"})).await;
        scene
    }

    /// A studio whose gallery has `count` photos that are ready.
    pub(crate) async fn with_photos(count: usize) -> Self {
        let mut scene = Self::new().await;
        let gallery = scene.gallery.clone();
        for number in 0..count {
            let photo = scene.upload(&gallery, &format!("IMG_{number:04}.JPG")).await;
            scene.photos.push(photo);
        }
        scene.app.run_jobs().await;
        scene
    }

    pub(crate) async fn make_gallery(&self, body: &Value) -> String {
        let made = self.post("/galleries", body).await.expect(201);
        made.text_at("/id")
    }

    /// Uploads a small photo; it is not processed yet.
    pub(crate) async fn upload(&self, gallery: &str, filename: &str) -> String {
        self.upload_bytes(gallery, filename, &jpeg(300, 200)).await
    }

    pub(crate) async fn upload_bytes(&self, gallery: &str, filename: &str, bytes: &[u8]) -> String {
        let file = json!({"filename": filename, "size": bytes.len(), "content_type": "image/jpeg"});
        let path = format!("/galleries/{gallery}/uploads");
        let made = self.post(&path, &json!({"files": [file]})).await.expect(201);
        self.app.put_bytes(&made.text_at("/uploads/0/url"), bytes).await.expect(200);
        let upload = made.text_at("/uploads/0/upload_id");
        self.send(Method::POST, &format!("/uploads/{upload}/complete"), None).await.expect(200);
        made.text_at("/uploads/0/photo_id")
    }

    pub(crate) async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Reply {
        self.app.call(method, path).bearer(&self.token).json_if(body).send().await
    }

    pub(crate) async fn get(&self, path: &str) -> Reply {
        self.send(Method::GET, path, None).await
    }

    pub(crate) async fn post(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::POST, path, Some(body)).await
    }

    pub(crate) async fn patch(&self, path: &str, body: &Value) -> Reply {
        self.send(Method::PATCH, path, Some(body)).await
    }

    pub(crate) async fn delete(&self, path: &str) -> Reply {
        self.send(Method::DELETE, path, None).await
    }

    /// Shares the gallery.
    pub(crate) async fn share(&self, body: &Value) -> Link {
        self.share_at(&format!("/galleries/{}/shares", self.gallery), body).await
    }

    pub(crate) async fn share_at(&self, path: &str, body: &Value) -> Link {
        let made = self.post(path, body).await.expect(201);
        Link { id: made.text_at("/id"), token: made.text_at("/token"), url: made.text_at("/url") }
    }

    /// Opens a link without looking at the answer.
    pub(crate) async fn try_open(&self, body: &Value) -> Reply {
        let reply = self.app.call(Method::POST, "/client/sessions").json_if(Some(body)).send().await;
        check_for_clients(&reply);
        reply
    }

    pub(crate) async fn open(&self, link: &Link) -> Client {
        let opened = self.try_open(&json!({"token": link.token})).await.expect(201);
        Client {
            token: opened.text_at("/access_token"),
            key: opened.json()["client_key"].as_str().map(str::to_owned),
        }
    }

    /// A client of a link with these terms.
    pub(crate) async fn client(&self, terms: &Value) -> Client {
        let link = self.share(terms).await;
        self.open(&link).await
    }

    pub(crate) async fn client_get(&self, client: &Client, path: &str) -> Reply {
        self.client_send(client, Method::GET, path, None).await
    }

    pub(crate) async fn client_post(&self, client: &Client, path: &str, body: &Value) -> Reply {
        self.client_send(client, Method::POST, path, Some(body)).await
    }

    pub(crate) async fn client_send(
        &self,
        client: &Client,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Reply {
        let reply = self.app.call(method, path).bearer(&client.token).json_if(body).send().await;
        check_for_clients(&reply);
        reply
    }

    /// Places an order with this key.
    pub(crate) async fn order(&self, client: &Client, key: &str, body: &Value) -> Reply {
        let call = self.app.call(Method::POST, "/client/orders").bearer(&client.token);
        let reply = call.header("Idempotency-Key", key).json_if(Some(body)).send().await;
        check_for_clients(&reply);
        reply
    }

    /// Gives the gallery a price list and returns the ids of its products: 10 x 15 matte, and a file.
    pub(crate) async fn sell(&self) -> (String, String) {
        let list = json!({"name": "Prints", "currency": "EUR", "products": [
            {"name": "10 x 15", "kind": "print", "width_mm": 102, "height_mm": 152, "finish": "matte",
             "price": {"amount": 250, "currency": "EUR"}, "min_dpi": 40},
            {"name": "File", "kind": "digital", "price": {"amount": 1290, "currency": "EUR"}},
        ]});
        let made = self.post("/price-lists", &list).await.expect(201);
        let change = json!({"price_list_id": made.text_at("/id")});
        self.patch(&format!("/galleries/{}", self.gallery), &change).await.expect(200);
        (made.text_at("/products/0/id"), made.text_at("/products/1/id"))
    }
}

/// An answer to a client names no clean file: not in a field, not in a value, not in a URL, not in a header.
pub(crate) fn check_for_clients(reply: &Reply) {
    let is_file = reply
        .header("content-type")
        .is_some_and(|kind| kind.starts_with("image/") || kind == "application/pdf");
    if !is_file {
        let text = reply.text().to_lowercase();
        assert!(!text.contains("original"), "a client is told: {text}");
    }
    for (name, value) in reply.headers() {
        let value = String::from_utf8_lossy(value.as_bytes()).to_lowercase();
        assert!(!value.contains("original"), "a client is told: {name}: {value}");
    }
}

const BOUNDARY: &str = "X";

impl Scene {
    /// Uploads a file to the gallery in one call, in a field of this name.
    pub(crate) async fn send_form(&self, field: &str, filename: &str, kind: &str, bytes: &[u8]) -> Reply {
        let mut body = format!(
            "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\nhello\r\n\
             --{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{field}\"; filename=\"{filename}\"\r\n\
             Content-Type: {kind}\r\n\r\n"
        )
        .into_bytes();
        body.extend_from_slice(bytes);
        body.extend_from_slice(format!("\r\n--{BOUNDARY}--\r\n").as_bytes());
        self.send_raw_form(&format!("/galleries/{}/photos", self.gallery), body).await
    }

    pub(crate) async fn send_raw_form(&self, path: &str, body: Vec<u8>) -> Reply {
        let kind = format!("multipart/form-data; boundary={BOUNDARY}");
        let call = self.app.call(Method::POST, path).bearer(&self.token);
        call.header("Content-Type", &kind).body(body).send().await
    }
}
