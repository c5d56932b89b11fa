//! What a share includes, as both sides see it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::Reply;
use crate::scene::{Client, Link, Scene};

/// A gallery with products behind a link that includes something.
struct Package {
    scene: Scene,
    link: Link,
    client: Client,
    print: String,
    file: String,
}

impl Package {
    async fn open(allowance: Value) -> Self {
        let scene = Scene::with_photos(2).await;
        let (print, file) = scene.sell().await;
        let terms = json!({"allowance": allowance, "permissions": {"download": "original"}});
        let link = scene.share(&terms).await;
        let client = scene.open(&link).await;
        Self { scene, link, client, print, file }
    }

    /// Of these lines: photo, product, quantity.
    fn wish(&self, lines: &[(usize, &str, u32)]) -> Value {
        let items: Vec<Value> = lines
            .iter()
            .map(|(photo, product, quantity)| {
                json!({"photo_id": self.scene.photos[*photo], "product_id": product, "quantity": quantity})
            })
            .collect();
        json!({"contact": {"name": "Ana", "email": "ana@example.com"}, "items": items})
    }

    async fn order(&self, key: &str, lines: &[(usize, &str, u32)]) -> Value {
        self.scene.order(&self.client, key, &self.wish(lines)).await.expect(201).json()
    }

    async fn move_to(&self, order: &Value, to: &str) {
        let path = format!("/orders/{}/transitions", order["id"].as_str().unwrap());
        self.scene.post(&path, &json!({"to": to})).await.expect(200);
    }

    async fn left(&self) -> Value {
        self.scene.client_get(&self.client, "/client/gallery").await.expect(200).json()["allowance"].clone()
    }

    async fn download(&self, photo: usize, size: &str) -> Reply {
        let photo = &self.scene.photos[photo];
        self.scene.client_get(&self.client, &format!("/client/photos/{photo}/download?size={size}")).await
    }
}

#[tokio::test]
async fn the_studio_sets_changes_and_ends_an_allowance() {
    let package = Package::open(json!({"files": 20})).await;
    let path = format!("/shares/{}", package.link.id);
    let share = package.scene.get(&path).await.expect(200).json();
    assert_eq!(share["allowance"], json!({"files": 20, "prints": null}));
    assert_eq!(share["allowance_left"], json!({"files": {"included": 20, "left": 20}, "prints": null}));
    for (change, then) in [
        (json!({"prints": 0}), json!({"files": 20, "prints": 0})),
        (json!({"files": null}), json!({"files": null, "prints": 0})),
        (Value::Null, json!({"files": null, "prints": null})),
    ] {
        let changed = package.scene.patch(&path, &json!({"allowance": change})).await.expect(200).json();
        assert_eq!(changed["allowance"], then);
    }
    for (field, value) in [("files", -1), ("prints", 20_001)] {
        let change = json!({"allowance": {field: value}});
        let refused = package.scene.patch(&path, &change).await.expect(422);
        refused.problem("/problems/invalid-value", &format!("allowance.{field}"));
    }
}

#[tokio::test]
async fn the_client_reads_what_is_left_when_it_comes_and_later() {
    let package = Package::open(json!({"files": 2, "prints": 3})).await;
    let opened = package.scene.try_open(&json!({"token": package.link.token})).await.expect(201).json();
    let all = json!({"files": {"included": 2, "left": 2}, "prints": {"included": 3, "left": 3}});
    assert_eq!((&opened["gallery"]["allowance"], &package.left().await), (&all, &all));
    package.order("one", &[(0, &package.print, 2), (1, &package.file, 1)]).await;
    let rest = json!({"files": {"included": 2, "left": 1}, "prints": {"included": 3, "left": 1}});
    assert_eq!(package.left().await, rest);
    let plain = Package::open(Value::Null).await;
    assert_eq!(plain.left().await, json!({"files": null, "prints": null}));
}

#[tokio::test]
async fn an_order_says_what_is_included_and_so_does_its_receipt() {
    let package = Package::open(json!({"prints": 3})).await;
    let lines = [(0, package.print.as_str(), 2), (1, package.print.as_str(), 2)];
    let quote =
        package.scene.client_post(&package.client, "/client/orders/quote", &package.wish(&lines)).await;
    let quote = quote.expect(200).json();
    let order = package.order("one", &lines).await;
    for told in [&quote, &order] {
        let included: Vec<&Value> =
            told["items"].as_array().unwrap().iter().map(|line| &line["included"]).collect();
        assert_eq!(included, [&json!(2), &json!(1)]);
        assert_eq!(
            (&told["items"][0]["total"]["amount"], &told["total"]["amount"]),
            (&json!(0), &json!(250))
        );
    }
    let id = order["id"].as_str().unwrap();
    let receipt = package.scene.get(&format!("/orders/{id}/receipt.json")).await.expect(200);
    let payload = URL_SAFE_NO_PAD.decode(receipt.text_at("/payload")).unwrap();
    let payload: Value = serde_json::from_slice(&payload).unwrap();
    assert_eq!((&payload["items"][1]["included"], &payload["total"]["amount"]), (&json!(1), &json!(250)));
    package.scene.get(&format!("/orders/{id}/receipt.pdf")).await.expect(200);
    // Instead of what the order has, the same lines cost the same; beside it they would not.
    let mut instead = package.wish(&lines);
    instead["order_id"] = json!(id);
    let quote = package.scene.client_post(&package.client, "/client/orders/quote", &instead).await;
    assert_eq!(quote.expect(200).json()["total"]["amount"], 250);
    instead["order_id"] = json!("nonsense");
    let refused = package.scene.client_post(&package.client, "/client/orders/quote", &instead).await;
    refused.expect(422).problem("/problems/invalid-value", "order_id");
}

#[tokio::test]
async fn a_cancelled_order_gives_back() {
    let package = Package::open(json!({"prints": 3})).await;
    let order = package.order("one", &[(0, &package.print, 2)]).await;
    package.move_to(&order, "cancelled").await;
    assert_eq!(package.left().await["prints"], json!({"included": 3, "left": 3}));
}

#[tokio::test]
async fn a_clean_file_beyond_the_allowance_is_a_conflict_until_it_is_bought() {
    let package = Package::open(json!({"files": 1})).await;
    package.download(0, "sized").await.expect(200);
    package.download(0, "full").await.expect(200);
    package.download(1, "proof").await.expect(200);
    let refused = package.download(1, "full").await.expect(409);
    refused.problem("/problems/allowance-spent", "");
    assert_eq!(refused.json()["detail"], "0 of 1 included files are left, and this needs 1.");
    let both = json!({"photo_ids": package.scene.photos, "size": "full"});
    let refused = package.scene.client_post(&package.client, "/client/downloads", &both).await;
    refused.expect(409).problem("/problems/allowance-spent", "");
    let order = package.order("one", &[(1, &package.file, 1)]).await;
    assert_eq!((&order["items"][0]["included"], &order["total"]["amount"]), (&json!(0), &json!(1_290)));
    package.download(1, "full").await.expect(409);
    package.move_to(&order, "accepted").await;
    package.download(1, "full").await.expect(200);
    package.scene.client_post(&package.client, "/client/downloads", &both).await.expect(202);
    package.scene.app.run_jobs().await;
}

#[tokio::test]
async fn a_reopened_selection_gives_back() {
    let package = Package::open(json!({"files": 2})).await;
    let (scene, client) = (&package.scene, &package.client);
    let album = scene.client_post(client, "/client/selections", &json!({"name": "Album"})).await;
    let album = album.expect(201).text_at("/id");
    for photo in &scene.photos {
        let path = format!("/client/selections/{album}/photos/{photo}");
        scene.client_send(client, Method::PUT, &path, Some(&json!({}))).await.expect(200);
    }
    assert_eq!(package.left().await["files"]["left"], 2);
    let path = format!("/client/selections/{album}/submit");
    scene.client_send(client, Method::POST, &path, None).await.expect(200);
    assert_eq!(package.left().await["files"]["left"], 0);
    package.download(0, "full").await.expect(200);
    scene.send(Method::POST, &format!("/selections/{album}/reopen"), None).await.expect(200);
    assert_eq!(package.left().await["files"]["left"], 1);
}
