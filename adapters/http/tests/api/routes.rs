//! All operations of the API's document, and requests that would succeed.

use std::collections::BTreeMap;

use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::{BASE, Reply, TestApp};
use crate::scene::{Client, Scene};

/// Who may call an operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Audience {
    Everybody,
    Studio,
    Client,
}

/// An operation of the document.
#[derive(Debug)]
pub(crate) struct Operation {
    pub(crate) id: String,
    pub(crate) method: Method,
    pub(crate) path: String,
    pub(crate) audience: Audience,
    /// The media type of its body.
    pub(crate) body: Option<String>,
    /// The parameters of its query.
    pub(crate) query: Vec<String>,
}

impl Operation {
    pub(crate) fn takes_json(&self) -> bool {
        self.body.as_deref().is_some_and(|kind| kind.starts_with("application/json"))
    }

    pub(crate) fn has_ids(&self) -> bool {
        self.path.contains('{')
    }
}

/// Reads the document.
pub(crate) async fn operations(app: &TestApp) -> Vec<Operation> {
    let document = app.call(Method::GET, "/openapi.json").send().await.expect(200).json();
    let paths = document["paths"].as_object().unwrap();
    let operations: Vec<Operation> = paths
        .iter()
        .flat_map(|(path, methods)| {
            methods.as_object().unwrap().iter().map(move |(method, operation)| read(path, method, operation))
        })
        .collect();
    assert!(operations.len() > 60, "the document has only {} operations", operations.len());
    operations
}

fn read(path: &str, method: &str, operation: &Value) -> Operation {
    let schemes: Vec<&String> = operation["security"]
        .as_array()
        .into_iter()
        .flatten()
        .flat_map(|scheme| scheme.as_object().unwrap().keys())
        .collect();
    let audience = match schemes.as_slice() {
        [] => Audience::Everybody,
        [scheme] if *scheme == "studio" => Audience::Studio,
        [scheme] if *scheme == "client" => Audience::Client,
        other => panic!("{path} has the schemes {other:?}"),
    };
    let content = operation["requestBody"]["content"].as_object();
    let parameters = operation["parameters"].as_array().into_iter().flatten();
    let query = parameters.filter(|parameter| parameter["in"] == "query");
    Operation {
        id: operation["operationId"].as_str().unwrap().to_owned(),
        method: Method::from_bytes(method.to_uppercase().as_bytes()).unwrap(),
        path: path.to_owned(),
        audience,
        body: content.and_then(|content| content.keys().next().cloned()),
        query: query.map(|parameter| parameter["name"].as_str().unwrap().to_owned()).collect(),
    }
}

/// A browser that subscribes.
fn device() -> Value {
    let (p256dh, auth) = (format!("B{}", "A".repeat(86)), "A".repeat(22));
    json!({"kind": "webpush", "endpoint": "https://push.example.com/1", "keys": {"p256dh": p256dh, "auth": auth}})
}

/// A studio that has one of everything.
pub(crate) struct Estate {
    pub(crate) scene: Scene,
    pub(crate) client: Client,
    ids: BTreeMap<&'static str, String>,
    link: String,
    print: String,
}

impl Estate {
    pub(crate) async fn new() -> Self {
        let scene = Scene::with_photos(1).await;
        let (print, _) = scene.sell().await;
        let made = |reply: Reply| reply.expect(201).text_at("/id");
        let collection = made(scene.post("/collections", &json!({"name": "Wedding"})).await);
        let price_list = made(scene.post("/price-lists", &json!({"name": "Other"})).await);
        let api_key = made(scene.post("/api-keys", &json!({"name": "Lightroom"})).await);
        let subscription = made(scene.post("/subscriptions", &json!({"email": "ben@example.com"})).await);
        let hook = made(scene.post("/webhooks", &json!({"url": "https://example.com/hook"})).await);
        let trial = scene.send(Method::POST, &format!("/webhooks/{hook}/test"), None).await;
        let delivery = trial.expect(200).text_at("/id");
        let device = made(scene.post("/notifications/subscriptions", &device()).await);
        let file = json!({"files": [{"filename": "IMG_9.JPG", "size": 10, "content_type": "image/jpeg"}]});
        let upload = scene.post(&format!("/galleries/{}/uploads", scene.gallery), &file).await.expect(201);
        let zip = json!({"filename": "Wedding.zip", "size": 100});
        let archive = scene.post(&format!("/galleries/{}/archives", scene.gallery), &zip).await.expect(201);
        let terms = json!({"permissions": {"download": "original"}});
        let link = scene.share(&terms).await;
        let client = scene.open(&link).await;
        let selection =
            made(scene.client_post(&client, "/client/selections", &json!({"name": "Album"})).await);
        let order = json!({"contact": {"name": "Ana", "email": "ana@example.com"},
                           "items": [{"photo_id": scene.photos[0], "product_id": print, "quantity": 1}]});
        let order = made(scene.order(&client, "first", &order).await);
        let wish = json!({"photo_ids": [scene.photos[0]]});
        let download = scene.post("/downloads", &wish).await.expect(202).text_at("/id");
        scene.post(&format!("/orders/{order}/lab-pack"), &Value::Null).await.expect(202);
        scene.app.run_jobs().await;
        let studio = scene.get("/studio").await.expect(200).text_at("/id");
        let ids = BTreeMap::from([
            ("studio_id", studio),
            ("gallery_id", scene.gallery.clone()),
            ("photo_id", scene.photos[0].clone()),
            ("collection_id", collection),
            ("price_list_id", price_list),
            ("api_key_id", api_key),
            ("subscription_id", subscription),
            ("upload_id", upload.text_at("/uploads/0/upload_id")),
            ("archive_id", archive.text_at("/archive_id")),
            ("share_id", link.id.clone()),
            ("selection_id", selection),
            ("order_id", order),
            ("download_id", download),
            ("webhook_id", hook),
            ("delivery_id", delivery),
            ("device_id", device),
        ]);
        Self { scene, client, ids, link: link.token, print }
    }

    /// The path of an operation with this studio's ids. A parameter that is not known fails the test, so that
    /// nobody adds a resource without adding it here.
    pub(crate) fn path(&self, operation: &Operation) -> String {
        fill(operation, |name| {
            let id = self.ids.get(name);
            id.unwrap_or_else(|| panic!("{} names a {name}, of which the estate has none", operation.id))
                .clone()
        })
    }

    /// A JSON body that the operation takes.
    pub(crate) fn body(&self, operation: &Operation) -> Value {
        let (photo, print) = (&self.ids["photo_id"], &self.print);
        let line = json!({"photo_id": photo, "product_id": print, "quantity": 1, "note": "x",
                          "crop": {"x": 0.1, "y": 0.1, "width": 0.5, "height": 0.5}});
        let email = "studio-one@example.com";
        match operation.id.as_str() {
            "register" => {
                json!({"email": "new@example.com", "password": "long enough", "studio_name": "New"})
            }
            "confirmAddress" => json!({"email": email, "code": "000000"}),
            "resendConfirmation" | "forgotPassword" => json!({"email": email}),
            "logIn" => json!({"email": email, "password": "wrong password"}),
            "refreshSession" | "logOut" => json!({"refresh_token": "rt_x"}),
            "resetPassword" => json!({"email": email, "code": "000000", "password": "long enough"}),
            "deleteAccount" => json!({"password": "wrong password"}),
            "changeStudio" => json!({"name": "S", "currency": "EUR", "amend_window_minutes": 5,
                "branding": {"accent": "#123456", "tagline": "t", "logo_id": null, "website": "w"},
                "notifications": {"photo_ready": ["email"]}}),
            "uploadStudioImage" => json!({"filename": "logo.png", "size": 100, "content_type": "image/png"}),
            "createSubscription" => json!({"email": "ana@example.com"}),
            "readNotifications" => json!({"ids": ["01890a5d-ac96-774b-bcce-b302099a8057"]}),
            "createDevice" => device(),
            "createWebhook" => {
                json!({"url": "https://example.com/hook", "label": "L", "events": ["photo_ready"]})
            }
            "createApiKey" | "createSelection" | "changeSelection" => json!({"name": "Name"}),
            "createCollection" | "changeCollection" => {
                json!({"name": "N", "client_name": "C", "event_date": "2026-05-14", "tags": ["t"]})
            }
            "createGallery" | "changeGallery" => json!({"name": "N", "description": "D", "tags": ["t"],
                "collection_id": self.ids["collection_id"], "price_list_id": self.ids["price_list_id"],
                "processing": {"proof_long_edge": 1024, "proof_quality": 80, "thumb_long_edge": 300,
                    "format": "jpeg", "colour_space": "keep",
                    "watermark": {"kind": "text", "text": "T", "layout": "tiled", "opacity": 0.5, "scale": 0.1,
                                  "angle": 10, "colour": "#ffffff"}}}),
            "replaceSections" => json!({"sections": [{"name": "Church"}]}),
            "createPriceList" | "changePriceList" => json!({"name": "N", "currency": "EUR", "products": [
                {"name": "P", "kind": "print", "width_mm": 100, "height_mm": 150, "finish": "matte",
                 "price": {"amount": 100, "currency": "EUR"}, "min_dpi": 150, "below_min_dpi": "warn",
                 "print_dpi": 300}]}),
            "requestUploads" => {
                json!({"files": [{"filename": "A.JPG", "size": 5, "content_type": "image/jpeg"}]})
            }
            "replacePhoto" => json!({"filename": "A-Edit.JPG", "size": 5, "content_type": "image/jpeg"}),
            "requestReplacements" => json!({"files": [{"filename": "A-Edit.JPG", "size": 5,
                "content_type": "image/jpeg", "captured_at": "2026-05-14T15:01:22Z"}]}),
            "requestArchive" => json!({"filename": "Wedding.zip", "size": 100}),
            "requestUploadParts" => json!({"part_numbers": [1, 2]}),
            "completeUpload" => json!({"parts": [{"part_number": 1, "etag": "x"}]}),
            "changePhoto" => json!({"title": "T", "description": "D", "tags": ["t"], "section": null}),
            "batchPhotos" => json!({"ids": [photo], "action": "tag", "tags": ["t"]}),
            "shareGallery" | "shareCollection" | "changeShare" => json!({"label": "L", "pin": "4711",
                "expires_at": "2999-01-01T00:00:00Z", "limits": {"selections": 3, "downloads": 3},
                "allowance": {"files": 2, "prints": 2},
                "permissions": {"select": true, "comment": true, "order": true, "download": "none"}}),
            "openShare" => {
                json!({"token": self.link, "pin": "1", "name": "N", "email": email, "client_key": "x"})
            }
            "renewPictureUrls" => json!({"photo_ids": [photo]}),
            "startDownload" | "startClientDownload" => json!({"photo_ids": [photo], "size": "full"}),
            "pickPhoto" => json!({"comment": "C"}),
            "placeOrder" | "quoteOrder" | "amendOrder" => json!({"items": [line], "special_request": "S",
                "contact": {"name": "N", "email": email, "phone": "1"}}),
            "changeOrder" => json!({"invoice_state": "invoiced"}),
            "moveOrder" => json!({"to": "accepted", "reason": "R"}),
            other => panic!("{other} takes a body, and there is no sample of it here"),
        }
    }

    /// Calls an operation with whatever credentials it asks for.
    pub(crate) async fn call(&self, operation: &Operation, path: &str, body: Option<Sent<'_>>) -> Reply {
        let token = match operation.audience {
            Audience::Everybody => None,
            Audience::Studio => Some(self.scene.token.as_str()),
            Audience::Client => Some(self.client.token.as_str()),
        };
        self.call_as(token, operation, path, body).await
    }

    /// Calls an operation with this token.
    pub(crate) async fn call_as(
        &self,
        token: Option<&str>,
        operation: &Operation,
        path: &str,
        body: Option<Sent<'_>>,
    ) -> Reply {
        let call = self.scene.app.call_root(operation.method.clone(), &format!("{BASE}{path}"));
        let call = match token {
            Some(token) => call.bearer(token),
            None => call,
        };
        let call = if operation.id == "placeOrder" { call.header("Idempotency-Key", "walk") } else { call };
        match body {
            Some(Sent { kind, bytes }) => {
                let call = if kind.is_empty() { call } else { call.header("Content-Type", kind) };
                call.body(bytes).send().await
            }
            None => call.send().await,
        }
    }
}

/// The path of an operation with the same text for every id.
pub(crate) fn path_with(operation: &Operation, id: &str) -> String {
    fill(operation, |_| id.to_owned())
}

fn fill(operation: &Operation, value: impl Fn(&str) -> String) -> String {
    let parts = operation.path.split('/').map(|part| {
        let name = part.strip_prefix('{').and_then(|part| part.strip_suffix('}'));
        name.map_or_else(|| part.to_owned(), &value)
    });
    format!("{}{}", parts.collect::<Vec<_>>().join("/"), required_query(operation))
}

/// What an operation cannot do without.
fn required_query(operation: &Operation) -> &'static str {
    match operation.id.as_str() {
        "search" => "?q=ceremony",
        "exportSelection" => "?format=csv",
        _ => "",
    }
}

/// A body on its way.
pub(crate) struct Sent<'a> {
    pub(crate) kind: &'a str,
    pub(crate) bytes: Vec<u8>,
}

impl Sent<'_> {
    pub(crate) fn json(value: &Value) -> Self {
        Self { kind: "application/json", bytes: value.to_string().into_bytes() }
    }
}
