//! `/galleries`.

use poem::http::Method;
use serde_json::{Value, json};

use crate::scene::Scene;

#[tokio::test]
async fn a_new_gallery_takes_the_defaults() {
    let scene = Scene::new().await;
    let gallery = scene.get(&format!("/galleries/{}", scene.gallery)).await.expect(200).json();
    assert_eq!((&gallery["state"], &gallery["description"]), (&json!("draft"), &json!("")));
    assert_eq!((&gallery["photo_count"], &gallery["cover_photo_id"]), (&json!(0), &Value::Null));
    assert_eq!(
        gallery["processing"],
        json!({
            "proof_long_edge": 2048, "proof_quality": 82, "thumb_long_edge": 400, "format": "jpeg",
            "colour_space": "keep",
            "watermark": {"kind": "text", "text": "© studio-one", "layout": "tiled", "opacity": 0.35,
                          "scale": 0.12, "angle": -30.0, "colour": "#ffffff"},
        })
    );
}

#[tokio::test]
async fn omitted_nested_fields_are_defaults_in_a_post_and_stay_in_a_patch() {
    let scene = Scene::new().await;
    let watermark = json!({"text": "© Ana", "layout": "bottom_right"});
    let body = json!({"name": "Party", "processing": {"format": "webp", "watermark": watermark}});
    let path = format!("/galleries/{}", scene.make_gallery(&body).await);
    let made = scene.get(&path).await.expect(200).json();
    assert_eq!(made["processing"]["watermark"]["opacity"], 0.35);
    let change = json!({"processing": {"watermark": {"opacity": 0.5}}, "description": "At the lake"});
    let changed = scene.patch(&path, &change).await.expect(200).json();
    let mut expected = made.clone();
    expected["processing"]["watermark"]["opacity"] = json!(0.5);
    expected["description"] = json!("At the lake");
    assert_eq!(changed, expected);
    let none = json!({"processing": {"watermark": {"kind": "none"}}});
    let unmarked = scene.patch(&path, &none).await.expect(200).json();
    assert_eq!(unmarked["processing"]["watermark"], json!({"kind": "none"}));
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn a_bad_value_names_its_field() {
    let scene = Scene::new().await;
    let processing = |name: &str, value: Value| json!({"name": "G", "processing": {name: value}});
    let watermark = |name: &str, value: Value| processing("watermark", json!({name: value}));
    let unknown = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (body, field) in [
        (processing("proof_long_edge", json!(0)), "processing.proof_long_edge"),
        (processing("proof_long_edge", json!(99_999_999_999_i64)), "processing.proof_long_edge"),
        (processing("proof_quality", json!(-5)), "processing.proof_quality"),
        (processing("format", json!("gif")), "processing.format"),
        (watermark("opacity", json!(0)), "processing.watermark.opacity"),
        (watermark("kind", json!("stamp")), "processing.watermark.kind"),
        (watermark("kind", json!("image")), "processing.watermark.image_id"),
        (watermark("layout", json!("everywhere")), "processing.watermark.layout"),
        (watermark("colour", json!("white")), "processing.watermark.colour"),
        (watermark("image_id", json!("x")), "processing.watermark.image_id"),
        (json!({"name": "G", "collection_id": unknown}), "collection_id"),
        (json!({"name": "G", "price_list_id": "none"}), "price_list_id"),
        (json!({"name": "G", "description": "x".repeat(5_001)}), "description"),
    ] {
        let refused = scene.post("/galleries", &body).await.expect(422);
        refused.problem("/problems/invalid-value", field);
    }
    let path = format!("/galleries/{}", scene.gallery);
    for (body, field) in
        [(json!({"state": "open"}), "state"), (json!({"cover_photo_id": unknown}), "cover_photo_id")]
    {
        scene.patch(&path, &body).await.expect(422).problem("/problems/invalid-value", field);
    }
}

#[tokio::test]
async fn lists_are_filtered() {
    let scene = Scene::new().await;
    let collection = scene.post("/collections", &json!({"name": "Wedding"})).await.expect(201).text_at("/id");
    scene.app.advance_seconds(1);
    let party = scene.make_gallery(&json!({"name": "Party", "collection_id": collection})).await;
    scene.patch(&format!("/galleries/{party}"), &json!({"state": "live"})).await.expect(200);
    let ids = async |query: &str| {
        let list = scene.get(&format!("/galleries?{query}")).await.expect(200).json();
        let items = list["items"].as_array().unwrap().iter();
        items.map(|item| item["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(ids("").await, [party.as_str(), &scene.gallery]);
    assert_eq!(ids(&format!("collection_id={collection}")).await, [party.as_str()]);
    assert_eq!(ids("state=draft").await, [scene.gallery.as_str()]);
    assert_eq!(ids("q=PART").await, [party.as_str()]);
    scene.get("/galleries?state=open").await.expect(422).problem("/problems/invalid-value", "state");
    scene
        .get("/galleries?collection_id=x")
        .await
        .expect(422)
        .problem("/problems/invalid-value", "collection_id");
}

#[tokio::test]
async fn photos_are_counted_by_state() {
    let scene = Scene::with_photos(1).await;
    scene.upload(&scene.gallery, "IMG_0001.JPG").await;
    let gallery = scene.get(&format!("/galleries/{}", scene.gallery)).await.expect(200).json();
    assert_eq!(gallery["photo_count"], 2);
    let states = json!({"pending": 0, "uploaded": 1, "processing": 0, "ready": 1, "failed": 0});
    assert_eq!(gallery["photo_states"], states);
}

#[tokio::test]
async fn a_deleted_gallery_is_gone_at_once() {
    let scene = Scene::with_photos(1).await;
    let path = format!("/galleries/{}", scene.gallery);
    scene.delete(&path).await.expect(202);
    scene.get(&path).await.expect(404).problem("/problems/gallery-not-found", "");
    scene.get(&format!("/photos/{}", scene.photos[0])).await.expect(404);
    scene.delete(&path).await.expect(404);
    scene.app.run_jobs().await;
    scene.get(&path).await.expect(404);
}

#[tokio::test]
async fn sections_are_replaced_and_keep_their_ids() {
    let scene = Scene::new().await;
    let path = format!("/galleries/{}/sections", scene.gallery);
    assert_eq!(scene.get(&path).await.expect(200).json(), json!({"sections": []}));
    let put = async |body: Value| scene.send(Method::PUT, &path, Some(&body)).await;
    let first = put(json!({"sections": [{"name": "Church"}, {"name": "Lake"}]})).await.expect(200).json();
    let lake = first["sections"][1]["id"].clone();
    let second = put(json!({"sections": [{"id": lake, "name": "By the lake"}, {"name": "Party"}]})).await;
    let second = second.expect(200).json();
    assert_eq!(second["sections"][0], json!({"id": lake, "name": "By the lake"}));
    assert_eq!(scene.get(&path).await.expect(200).json(), second);
    let unknown = put(json!({"sections": [{"id": "x", "name": "Church"}]})).await.expect(422);
    unknown.problem("/problems/invalid-value", "sections[0].id");
    put(json!({"sections": [{"name": ""}]}))
        .await
        .expect(422)
        .problem("/problems/invalid-value", "sections[0].name");
}

#[tokio::test]
async fn a_changed_watermark_makes_the_proofs_anew() {
    let scene = Scene::with_photos(1).await;
    let photo = format!("/photos/{}", scene.photos[0]);
    let proof = scene.get(&photo).await.expect(200).text_at("/proof_url");
    let before = scene.app.fetch(&proof).await.expect(200);
    let path = format!("/galleries/{}", scene.gallery);
    scene.patch(&path, &json!({"processing": {"watermark": {"text": "Other"}}})).await.expect(200);
    assert_eq!(scene.app.fetch(&proof).await.expect(200).bytes(), before.bytes());
    scene.app.run_jobs().await;
    let after = scene.app.fetch(&proof).await.expect(200);
    assert!(after.bytes() != before.bytes());
    assert_ne!(after.header("etag"), before.header("etag"));
    scene.send(Method::POST, &format!("{path}/reprocess"), None).await.expect(202);
    scene.app.run_jobs().await;
    assert_eq!(scene.app.fetch(&proof).await.expect(200).header("etag"), after.header("etag"));
}

#[tokio::test]
async fn a_preview_shows_other_options_and_stores_nothing() {
    let scene = Scene::with_photos(1).await;
    let path = format!("/galleries/{}/preview", scene.gallery);
    let plain = scene.get(&path).await.expect(200);
    assert_eq!(plain.header("content-type"), Some("image/jpeg"));
    let other = scene
        .get(&format!("{path}?watermark_text=PROOF&watermark_opacity=0.9&format=webp"))
        .await
        .expect(200);
    assert_eq!(other.header("content-type"), Some("image/webp"));
    assert!(other.bytes().starts_with(b"RIFF"));
    let wrong = scene.get(&format!("{path}?watermark_opacity=7")).await.expect(422);
    wrong.problem("/problems/invalid-value", "processing.watermark.opacity");
    let strange = scene.get(&format!("{path}?watermark_text=%E5%86%99")).await.expect(422);
    strange.problem("/problems/invalid-value", "processing.watermark");
    let gallery = scene.get(&format!("/galleries/{}", scene.gallery)).await.expect(200);
    assert_eq!(gallery.text_at("/processing/format"), "jpeg");
    let empty = scene.make_gallery(&json!({"name": "Empty"})).await;
    let nothing = scene.get(&format!("/galleries/{empty}/preview")).await.expect(409);
    nothing.problem("/problems/nothing-to-preview", "");
}
