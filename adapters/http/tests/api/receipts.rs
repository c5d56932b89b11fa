//! Receipts of orders, and what the studio notes of their payment.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{ED25519, UnparsedPublicKey};
use serde_json::{Value, json};

use crate::harness::Reply;
use crate::scene::{Client, Scene};

async fn ordered() -> (Scene, Client, String) {
    let scene = Scene::with_photos(1).await;
    let (print, _) = scene.sell().await;
    let client = scene.client(&json!({})).await;
    let wish = json!({
        "contact": {"name": "Ana Ñandú", "email": "ana@example.com"},
        "items": [{"photo_id": scene.photos[0], "product_id": print, "quantity": 2}],
    });
    let order = scene.order(&client, "first", &wish).await.expect(201).text_at("/id");
    (scene, client, order)
}

fn decoded(text: &str) -> Vec<u8> {
    URL_SAFE_NO_PAD.decode(text).unwrap()
}

/// Verifies a receipt with the published keys, by another implementation of the signature.
async fn verified(scene: &Scene, receipt: &Reply) -> Option<Value> {
    let (protected, payload) = (receipt.text_at("/protected"), receipt.text_at("/payload"));
    let header: Value = serde_json::from_slice(&decoded(&protected)).unwrap();
    let told: Value = serde_json::from_slice(&decoded(&payload)).unwrap();
    let studio = told["studio"]["id"].as_str().unwrap();
    let keys =
        scene.app.call(poem::http::Method::GET, &format!("/studios/{studio}/receipt-keys")).send().await;
    let keys = keys.expect(200).json();
    let key = keys["keys"].as_array().unwrap().iter().find(|key| key["kid"] == header["kid"])?.clone();
    assert_eq!((&header["alg"], &key["crv"]), (&json!("EdDSA"), &json!("Ed25519")));
    let key = UnparsedPublicKey::new(&ED25519, decoded(key["x"].as_str().unwrap()));
    let signed = format!("{protected}.{payload}");
    key.verify(signed.as_bytes(), &decoded(&receipt.text_at("/signature"))).ok()?;
    Some(told)
}

#[tokio::test]
async fn both_sides_get_the_same_receipt_and_its_signature_verifies() {
    let (scene, client, order) = ordered().await;
    let studios = scene.get(&format!("/orders/{order}/receipt.json")).await.expect(200);
    let clients =
        scene.client_get(&client, &format!("/client/orders/{order}/receipt.json")).await.expect(200);
    assert_eq!(studios.json(), clients.json());
    let told = verified(&scene, &studios).await.unwrap();
    assert_eq!(
        (&told["order_id"], &told["total"]),
        (&json!(order), &json!({"amount": 500, "currency": "EUR"}))
    );
    assert_eq!(told["events"][0]["kind"], "submitted");
    for (path, is_clients) in [("orders", false), ("client/orders", true)] {
        let path = format!("/{path}/{order}/receipt.pdf?language=de");
        let reply = if is_clients { scene.client_get(&client, &path).await } else { scene.get(&path).await };
        let reply = reply.expect(200);
        assert_eq!(reply.header("content-type"), Some("application/pdf"));
        assert!(reply.bytes().starts_with(b"%PDF-1."));
    }
}

#[tokio::test]
async fn a_receipt_with_one_letter_changed_does_not_verify() {
    let (scene, _, order) = ordered().await;
    let receipt = scene.get(&format!("/orders/{order}/receipt.json")).await.expect(200);
    let mut payload = decoded(&receipt.text_at("/payload"));
    let amount = payload.windows(3).position(|digits| digits == b"500").unwrap();
    payload[amount] = b'1';
    let forged = format!("{}.{}", receipt.text_at("/protected"), URL_SAFE_NO_PAD.encode(payload));
    let told = verified(&scene, &receipt).await.unwrap();
    let studio = told["studio"]["id"].as_str().unwrap();
    let keys = scene.get(&format!("/studios/{studio}/receipt-keys")).await.expect(200);
    let key = UnparsedPublicKey::new(&ED25519, decoded(&keys.text_at("/keys/0/x")));
    assert!(key.verify(forged.as_bytes(), &decoded(&receipt.text_at("/signature"))).is_err());
}

#[tokio::test]
async fn another_client_and_another_studio_get_no_receipt() {
    let (scene, _, order) = ordered().await;
    let other = scene.client(&json!({})).await;
    let path = format!("/client/orders/{order}/receipt.json");
    scene.client_get(&other, &path).await.expect(404).problem("/problems/order-not-found", "");
    let stranger = scene.app.photographer("eve").await;
    scene.app.get(&stranger, &format!("/orders/{order}/receipt.pdf")).await.expect(404);
}

#[tokio::test]
async fn the_studio_notes_how_far_the_payment_is() {
    let (scene, client, order) = ordered().await;
    let path = format!("/orders/{order}");
    assert_eq!(scene.get(&path).await.expect(200).text_at("/invoice_state"), "open");
    let paid = scene.patch(&path, &json!({"invoice_state": "paid"})).await.expect(200);
    assert_eq!(
        (paid.text_at("/invoice_state"), paid.text_at("/events/1/kind")),
        ("paid".into(), "paid".into())
    );
    let again = scene.patch(&path, &json!({"invoice_state": "paid"})).await.expect(200);
    assert_eq!(again.json()["events"].as_array().unwrap().len(), 2);
    scene
        .patch(&path, &json!({"invoice_state": "stolen"}))
        .await
        .expect(422)
        .problem("/problems/invalid-value", "invoice_state");
    let seen = scene.client_get(&client, &format!("/client{path}")).await.expect(200);
    assert_eq!(seen.text_at("/invoice_state"), "paid");
    let stranger = scene.app.photographer("eve").await;
    scene.app.get(&stranger, &path).await.expect(404);
}
