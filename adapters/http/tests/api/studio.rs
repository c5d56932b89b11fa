//! `/studio`, `/api-keys` and `/price-lists`.

use poem::http::Method;
use serde_json::{Value, json};

use crate::scene::{Scene, jpeg};

#[tokio::test]
async fn a_patch_of_the_studio_leaves_what_it_does_not_name() {
    let scene = Scene::new().await;
    let before = scene.get("/studio").await.expect(200).json();
    assert_eq!((&before["currency"], &before["notifications"]), (&json!("EUR"), &json!({})));
    let change = json!({"currency": "CHF", "branding": {"tagline": "Weddings"}, "amend_window_minutes": 60,
                        "notifications": {"order_placed": ["email"], "photo_ready": []}});
    let first = scene.patch("/studio", &change).await.expect(200).json();
    assert_eq!(first["branding"]["accent"], before["branding"]["accent"]);
    let change = json!({"branding": {"accent": "#336699"}, "notifications": {"photo_ready": null}});
    let second = scene.patch("/studio", &change).await.expect(200).json();
    assert_eq!((&second["name"], &second["currency"]), (&json!("studio-one"), &json!("CHF")));
    assert_eq!(second["branding"]["tagline"], "Weddings");
    assert_eq!(second["branding"]["accent"], "#336699");
    assert_eq!(second["notifications"], json!({"order_placed": ["email"]}));
    assert_eq!(second["amend_window_minutes"], 60);
    assert_eq!(scene.get("/studio").await.expect(200).json(), second);
}

#[tokio::test]
async fn a_bad_value_in_the_studio_names_its_field() {
    let scene = Scene::new().await;
    for (body, field) in [
        (json!({"name": ""}), "name"),
        (json!({"currency": "euro"}), "currency"),
        (json!({"branding": {"accent": "red"}}), "branding.accent"),
        (json!({"branding": {"logo_id": "01890a5d-ac96-774b-bcce-b302099a8057"}}), "branding.logo_id"),
        (json!({"notifications": {"rain": ["email"]}}), "notifications"),
        (json!({"notifications": {"order_placed": ["pigeon"]}}), "notifications.order_placed"),
        (json!({"amend_window_minutes": -1}), "amend_window_minutes"),
    ] {
        scene.patch("/studio", &body).await.expect(422).problem("/problems/invalid-value", field);
    }
    let seen = scene.get("/studio").await.expect(200);
    scene.patch("/studio", &json!({"name": "Other"})).await.expect(200);
    let call = scene.app.call(Method::PATCH, "/studio").bearer(&scene.token);
    let late = call.header("If-Match", seen.header("etag").unwrap()).json_if(Some(&json!({"name": "Third"})));
    late.send().await.expect(412).problem("/problems/precondition-failed", "");
}

pub(crate) fn png() -> Vec<u8> {
    let mut file = Vec::new();
    let mut encoder = png::Encoder::new(&mut file, 40, 20);
    encoder.set_color(png::ColorType::Rgba);
    let mut writer = encoder.write_header().unwrap();
    writer.write_image_data(&[200; 40 * 20 * 4]).unwrap();
    writer.finish().unwrap();
    file
}

/// Uploads the logo and answers its id.
pub(crate) async fn ready_logo(scene: &Scene) -> String {
    let ticket = ticket(scene, &png()).await;
    let complete = format!("/uploads/{}/complete", ticket["upload_id"].as_str().unwrap());
    scene.send(Method::POST, &complete, None).await.expect(200).text_at("/id")
}

async fn ticket(scene: &Scene, bytes: &[u8]) -> Value {
    let body = json!({"filename": "logo.png", "size": bytes.len(), "content_type": "image/png"});
    let ticket = scene.post("/studio/images", &body).await.expect(201).json();
    scene.app.put_bytes(ticket["url"].as_str().unwrap(), bytes).await.expect(200);
    ticket
}

#[tokio::test]
async fn a_logo_is_uploaded_and_marks_proofs() {
    let scene = Scene::with_photos(1).await;
    let ticket = ticket(&scene, &png()).await;
    assert_eq!((&ticket["method"], &ticket["headers"]["Content-Type"]), (&json!("PUT"), &json!("image/png")));
    let complete = format!("/uploads/{}/complete", ticket["upload_id"].as_str().unwrap());
    let image = scene.send(Method::POST, &complete, None).await.expect(200).json();
    assert_eq!((&image["id"], &image["state"]), (&ticket["image_id"], &json!("ready")));
    let mut listed = scene.get("/studio/images").await.expect(200).json();
    listed["items"][0]["url"] = image["url"].clone();
    assert_eq!(listed["items"], json!([image]));
    assert_eq!((&image["width"], &image["height"]), (&json!(40), &json!(20)));
    let mark =
        json!({"processing": {"watermark": {"kind": "image", "image_id": image["id"], "layout": "centre"}}});
    let gallery = scene.patch(&format!("/galleries/{}", scene.gallery), &mark).await.expect(200).json();
    assert_eq!(gallery["processing"]["watermark"]["image_id"], image["id"]);
    assert!(gallery["processing"]["watermark"].get("text").is_none());
    scene.app.run_jobs().await;
    let photo = scene.get(&format!("/photos/{}", scene.photos[0])).await.expect(200);
    assert_eq!(photo.text_at("/state"), "ready");
}

#[tokio::test]
async fn what_cannot_be_a_logo_is_refused() {
    let scene = Scene::new().await;
    let refused = async |body: Value| scene.post("/studio/images", &body).await;
    refused(json!({"size": 10, "content_type": "image/jpeg"})).await.expect(415);
    refused(json!({"size": 0})).await.expect(422).problem("/problems/invalid-value", "size");
    refused(json!({"size": -3})).await.expect(422);
    refused(json!({"size": 1_i64 << 40})).await.expect(413).problem("/problems/too-large", "size");
    let ticket = ticket(&scene, &jpeg(40, 20)).await;
    let complete = format!("/uploads/{}/complete", ticket["upload_id"].as_str().unwrap());
    let unusable = scene.send(Method::POST, &complete, None).await.expect(422);
    unusable.problem("/problems/unusable-logo", "");
}

#[tokio::test]
async fn an_api_key_acts_for_the_studio_until_it_is_ended() {
    let scene = Scene::new().await;
    let made = scene.post("/api-keys", &json!({"name": "Lightroom"})).await.expect(201);
    let (id, key) = (made.text_at("/id"), made.text_at("/key"));
    scene.app.get(&key, &format!("/galleries/{}", scene.gallery)).await.expect(200);
    let listed = scene.get("/api-keys").await.expect(200);
    assert_eq!(listed.text_at("/items/0/name"), "Lightroom");
    assert!(!listed.text().contains(&key));
    scene.delete(&format!("/api-keys/{id}")).await.expect(204);
    scene.app.get(&key, "/studio").await.expect(401);
    scene
        .post("/api-keys", &json!({"name": ""}))
        .await
        .expect(422)
        .problem("/problems/invalid-value", "name");
    scene.delete("/api-keys/none").await.expect(404).problem("/problems/api-key-not-found", "");
}

fn product(name: &str, amount: i64) -> Value {
    json!({"name": name, "kind": "print", "width_mm": 102, "height_mm": 152.4, "finish": "matte",
           "price": {"amount": amount, "currency": "EUR"}, "min_dpi": 200})
}

#[tokio::test]
async fn products_keep_their_order_and_their_ids() {
    let scene = Scene::new().await;
    let file = json!({"name": "File", "kind": "digital", "price": {"amount": 1290, "currency": "EUR"}});
    let body = json!({"name": "Prints", "products": [product("10 x 15", 250), file]});
    let made = scene.post("/price-lists", &body).await.expect(201).json();
    assert_eq!(made["currency"], "EUR");
    assert_eq!(made["products"][0]["height_mm"], 152.4);
    assert_eq!(made["products"][0]["below_min_dpi"], "warn");
    assert_eq!(
        (&made["products"][1]["kind"], &made["products"][1]["min_dpi"]),
        (&json!("digital"), &Value::Null)
    );
    let path = format!("/price-lists/{}", made["id"].as_str().unwrap());
    let mut dearer = product("10 x 15", 300);
    dearer["id"] = made["products"][0]["id"].clone();
    let change = json!({"products": [product("20 x 30", 900), dearer]});
    let changed = scene.patch(&path, &change).await.expect(200).json();
    assert_eq!(changed["name"], "Prints");
    assert_eq!(changed["products"][1]["id"], made["products"][0]["id"]);
    assert_eq!(changed["products"][1]["price"], json!({"amount": 300, "currency": "EUR"}));
    assert_eq!(scene.get("/price-lists").await.expect(200).json()["items"], json!([changed]));
    scene.delete(&path).await.expect(204);
    scene.get(&path).await.expect(404).problem("/problems/price-list-not-found", "");
}

#[tokio::test]
async fn a_bad_product_names_its_field() {
    let scene = Scene::new().await;
    let with = |name: &str, value: Value| {
        let mut product = product("10 x 15", 250);
        product[name] = value;
        json!({"name": "Prints", "products": [product]})
    };
    for (body, field) in [
        (with("price", json!({"amount": -1, "currency": "EUR"})), "products[0].price.amount"),
        (with("price", json!({"amount": 1, "currency": "eur"})), "products[0].price.currency"),
        (with("price", json!({"amount": 1, "currency": "USD"})), "products"),
        (with("width_mm", json!(0)), "products[0].width_mm"),
        (with("height_mm", Value::Null), "products[0].height_mm"),
        (with("min_dpi", json!(5)), "products[0].min_dpi"),
        (with("kind", json!("mug")), "products[0].kind"),
        (with("id", json!("x")), "products[0].id"),
        (with("name", json!(" ")), "products[0].name"),
        (json!({"name": "Prints", "currency": "XX"}), "currency"),
    ] {
        scene.post("/price-lists", &body).await.expect(422).problem("/problems/invalid-value", field);
    }
}
