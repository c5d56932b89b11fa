//! `/client/orders` and `/orders`: quotes, orders, amendments, transitions.

use futures_util::future::join;
use poem::http::Method;
use serde_json::{Value, json};

use crate::harness::Reply;
use crate::scene::{Client, Link, Scene, check_for_clients};

/// A gallery with products, and a client who may order from it.
struct Shop {
    scene: Scene,
    client: Client,
    link: Link,
    print: String,
    file: String,
}

impl Shop {
    async fn open() -> Self {
        let scene = Scene::with_photos(2).await;
        let (print, file) = scene.sell().await;
        let link = scene.share(&json!({})).await;
        let client = scene.open(&link).await;
        Self { scene, client, link, print, file }
    }

    /// Two prints of a part of the first photo, and a file of the second.
    fn wish(&self) -> Value {
        json!({
            "contact": {"name": "Ana Ñandú", "email": "Ana@Example.com", "phone": null},
            "items": [
                {"photo_id": self.scene.photos[0], "product_id": self.print, "quantity": 2,
                 "crop": {"x": 0.1, "y": 0.1, "width": 0.6, "height": 0.6}, "note": "matte, please"},
                {"photo_id": self.scene.photos[1], "product_id": self.file, "quantity": 1},
            ],
            "special_request": "no borders",
        })
    }

    async fn place(&self) -> String {
        self.scene.order(&self.client, "first", &self.wish()).await.expect(201).text_at("/id")
    }

    async fn move_to(&self, order: &str, to: &str) -> Reply {
        self.scene.post(&format!("/orders/{order}/transitions"), &json!({"to": to})).await
    }

    async fn amend(&self, order: &str, change: &Value) -> Reply {
        let path = format!("/client/orders/{order}");
        self.scene.client_send(&self.client, Method::PATCH, &path, Some(change)).await
    }

    async fn amend_if(&self, order: &str, tag: &str, change: &Value) -> Reply {
        let call = self.scene.app.call(Method::PATCH, &format!("/client/orders/{order}"));
        let call = call.bearer(&self.client.token).header("If-Match", tag);
        let reply = call.json_if(Some(change)).send().await;
        check_for_clients(&reply);
        reply
    }

    async fn get(&self, order: &str) -> Value {
        self.scene.get(&format!("/orders/{order}")).await.expect(200).json()
    }
}

#[tokio::test]
async fn a_quote_says_what_it_costs_and_how_it_prints() {
    let shop = Shop::open().await;
    let quote = shop.scene.client_post(&shop.client, "/client/orders/quote", &shop.wish()).await;
    let quote = quote.expect(200).json();
    let line = &quote["items"][0];
    assert!(line.get("id").is_none());
    assert_eq!(line["unit_price"], json!({"amount": 250, "currency": "EUR"}));
    assert_eq!(line["total"], json!({"amount": 500, "currency": "EUR"}));
    // 0.6 x 0.6 of 300 x 200 pixels, 180 x 120, on 152 x 102 mm: 180 / 5.984 in and 120 / 4.016 in.
    let dpi = line["effective_dpi"].as_f64().unwrap();
    assert!((dpi - 29.88).abs() < 0.1, "{dpi}");
    assert_eq!(line["print_quality"], "too_small");
    assert_eq!(
        (&quote["items"][1]["print_quality"], &quote["items"][1]["effective_dpi"]),
        (&Value::Null, &Value::Null)
    );
    assert_eq!(quote["total"], json!({"amount": 1790, "currency": "EUR"}));
    let orders = shop.scene.client_get(&shop.client, "/client/orders").await.expect(200);
    assert_eq!(orders.json()["items"], json!([]));
    let bare =
        json!({"items": [{"photo_id": shop.scene.photos[0], "product_id": shop.print, "quantity": 1}]});
    shop.scene.client_post(&shop.client, "/client/orders/quote", &bare).await.expect(200);
}

#[tokio::test]
async fn an_order_looks_alike_from_both_sides() {
    let shop = Shop::open().await;
    let placed = shop.scene.order(&shop.client, "first", &shop.wish()).await.expect(201);
    assert!(placed.header("etag").is_some());
    let order = placed.json();
    let line = &order["items"][0];
    assert_eq!((&order["state"], &order["gallery_id"]), (&json!("submitted"), &json!(shop.scene.gallery)));
    assert_eq!(order["contact"], json!({"name": "Ana Ñandú", "email": "ana@example.com", "phone": null}));
    assert_eq!(line["crop"], json!({"x": 0.1, "y": 0.1, "width": 0.6, "height": 0.6}));
    assert_eq!((&line["filename"], &line["note"]), (&json!("IMG_0000.JPG"), &json!("matte, please")));
    let product = json!({"id": shop.print, "name": "10 x 15", "kind": "print", "finish": "matte",
                         "width_mm": 102.0, "height_mm": 152.0});
    assert_eq!(line["product"], product);
    assert_eq!(order["special_request"], "no borders");
    assert_eq!(
        (&order["events"][0]["actor"], &order["events"][0]["kind"]),
        (&json!("client"), &json!("submitted"))
    );
    assert!(order["amendable_until"].is_string());
    let id = order["id"].as_str().unwrap();
    let client = shop.scene.client_get(&shop.client, &format!("/client/orders/{id}")).await.expect(200);
    let studio = shop.scene.get(&format!("/orders/{id}")).await.expect(200);
    assert_eq!((client.json(), studio.json()), (order.clone(), order));
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn one_key_gives_one_order() {
    let shop = Shop::open().await;
    let first = shop.scene.order(&shop.client, "key", &shop.wish()).await.expect(201);
    let again = shop.scene.order(&shop.client, "key", &shop.wish()).await.expect(200);
    assert_eq!(first.json(), again.json());
    let mut other = shop.wish();
    other["items"][0]["quantity"] = json!(3);
    let reused = shop.scene.order(&shop.client, "key", &other).await.expect(422);
    reused.problem("/problems/idempotency-key-reused", "");
    shop.scene.order(&shop.client, "another", &other).await.expect(201);
    let orders = shop.scene.get("/orders").await.expect(200).json();
    assert_eq!(orders["items"].as_array().unwrap().len(), 2);
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn two_equal_orders_at_once_are_one() {
    let shop = Shop::open().await;
    let wish = shop.wish();
    let place = || shop.scene.order(&shop.client, "key", &wish);
    let (one, two) = join(place(), place()).await;
    let mut statuses = [one.status(), two.status()];
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 201]);
    assert_eq!(one.text_at("/id"), two.text_at("/id"));
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn an_order_without_a_key_is_not_taken() {
    let shop = Shop::open().await;
    let refused = shop.scene.client_post(&shop.client, "/client/orders", &shop.wish()).await.expect(400);
    refused.problem("/problems/idempotency-key-required", "");
    let blank = shop.scene.order(&shop.client, "two words", &shop.wish()).await.expect(422);
    blank.problem("/problems/invalid-value", "Idempotency-Key");
}

#[tokio::test]
async fn a_bad_value_in_an_order_names_its_field() {
    let shop = Shop::open().await;
    let stranger = "01890a5d-ac96-774b-bcce-b302099a8057";
    for (place, value, field) in [
        ("/items", json!([]), "items"),
        ("/items/0/photo_id", json!(stranger), "items[0].photo_id"),
        ("/items/1/photo_id", json!("no-such"), "items[1].photo_id"),
        ("/items/1/product_id", json!(stranger), "items[1].product_id"),
        ("/items/0/product_id", json!("no-such"), "items[0].product_id"),
        ("/items/0/quantity", json!(0), "items[0].quantity"),
        ("/items/1/quantity", json!(-2), "items[1].quantity"),
        ("/items/0/crop/width", json!(0.95), "items[0].crop"),
        ("/items/0/crop/x", json!(-0.1), "items[0].crop"),
        ("/items/0/crop/height", json!(0), "items[0].crop"),
        ("/items/0/note", json!("x".repeat(5_001)), "items[0].note"),
        ("/contact/email", json!("ana at example.com"), "contact.email"),
        ("/contact/name", json!(""), "contact.name"),
        ("/contact/phone", json!("1".repeat(41)), "contact.phone"),
        ("/special_request", json!("x".repeat(5_001)), "special_request"),
    ] {
        let mut wish = shop.wish();
        *wish.pointer_mut(place).unwrap() = value;
        let refused = shop.scene.order(&shop.client, "bad", &wish).await.expect(422);
        refused.problem("/problems/invalid-value", field);
    }
    let mut wish = shop.wish();
    wish["items"][0]["quantity"] = json!("two");
    shop.scene.order(&shop.client, "bad", &wish).await.expect(400);
    shop.scene.order(&shop.client, "bad", &json!([1])).await.expect(400);
    let orders = shop.scene.get("/orders").await.expect(200).json();
    assert_eq!(orders["items"], json!([]));
}

#[tokio::test]
async fn an_order_goes_its_way_and_no_other() {
    let shop = Shop::open().await;
    let order = shop.place().await;
    shop.move_to(&order, "ready").await.expect(409).problem("/problems/invalid-transition", "");
    for to in ["accepted", "in_production", "ready", "completed"] {
        let moved = shop.move_to(&order, to).await.expect(200);
        assert_eq!(moved.text_at("/state"), to);
    }
    shop.move_to(&order, "cancelled").await.expect(409);
    shop.move_to(&order, "lost").await.expect(422).problem("/problems/invalid-value", "to");
    shop.move_to("no-such", "accepted").await.expect(404);
    let seen =
        shop.scene.client_get(&shop.client, &format!("/client/orders/{order}")).await.expect(200).json();
    let kinds: Vec<_> = seen["events"].as_array().unwrap().iter().map(|event| &event["kind"]).collect();
    assert_eq!(kinds, ["submitted", "accepted", "in_production", "ready", "completed"]);
    assert_eq!(seen["events"][1]["actor"], "studio");
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn a_cancelled_order_says_why() {
    let shop = Shop::open().await;
    let order = shop.place().await;
    let body = json!({"to": "cancelled", "reason": "ordered twice"});
    let moved = shop.scene.post(&format!("/orders/{order}/transitions"), &body).await.expect(200);
    assert_eq!(moved.text_at("/events/1/reason"), "ordered twice");
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn orders_are_listed_by_state_and_gallery() {
    let shop = Shop::open().await;
    let first = shop.place().await;
    shop.scene.app.advance_seconds(1);
    let second = shop.scene.order(&shop.client, "second", &shop.wish()).await.expect(201).text_at("/id");
    shop.move_to(&first, "accepted").await.expect(200);
    let gallery = shop.scene.gallery.clone();
    let other = shop.scene.make_gallery(&json!({"name": "Empty"})).await;
    for (query, expected) in [
        (String::new(), vec![&second, &first]),
        ("state=accepted".to_owned(), vec![&first]),
        (format!("state=submitted&gallery_id={gallery}"), vec![&second]),
        (format!("gallery_id={other}"), vec![]),
    ] {
        let page = shop.scene.get(&format!("/orders?{query}")).await.expect(200).json();
        let ids: Vec<_> = page["items"].as_array().unwrap().iter().map(|order| order["id"].clone()).collect();
        assert_eq!(json!(ids), json!(expected), "{query}");
    }
    shop.scene.get("/orders?state=lost").await.expect(422).problem("/problems/invalid-value", "state");
    shop.scene.get("/orders?gallery_id=x").await.expect(422).problem("/problems/invalid-value", "gallery_id");
    let own = shop.scene.client_get(&shop.client, "/client/orders?limit=1").await.expect(200);
    assert_eq!(own.text_at("/items/0/id"), second);
    let next = format!("/client/orders?limit=1&cursor={}", own.text_at("/next_cursor"));
    assert_eq!(shop.scene.client_get(&shop.client, &next).await.expect(200).text_at("/items/0/id"), first);
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn a_placed_order_keeps_its_prices() {
    let shop = Shop::open().await;
    let order = shop.place().await;
    let gallery = shop.scene.get(&format!("/galleries/{}", shop.scene.gallery)).await.expect(200);
    let list = format!("/price-lists/{}", gallery.text_at("/price_list_id"));
    shop.scene.patch(&list, &json!({"products": []})).await.expect(200);
    let again = shop.scene.order(&shop.client, "first", &shop.wish()).await.expect(200);
    assert_eq!(again.text_at("/id"), order);
    assert_eq!(again.json()["total"]["amount"], 1790);
    shop.scene.order(&shop.client, "second", &shop.wish()).await.expect(422);
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn orders_are_for_their_client_and_those_who_may() {
    let shop = Shop::open().await;
    let order = shop.place().await;
    let other = shop.scene.client(&json!({})).await;
    let path = format!("/client/orders/{order}");
    shop.scene.client_get(&other, &path).await.expect(404).problem("/problems/order-not-found", "");
    shop.scene.client_get(&other, "/client/orders/no-such").await.expect(404);
    let looking = shop.scene.client(&json!({"permissions": {"order": false}})).await;
    shop.scene.order(&looking, "key", &shop.wish()).await.expect(403).problem("/problems/not-permitted", "");
    shop.scene.client_post(&looking, "/client/orders/quote", &shop.wish()).await.expect(403);
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn a_client_amends_an_order_and_both_sides_see_it() {
    let shop = Shop::open().await;
    let placed = shop.scene.order(&shop.client, "first", &shop.wish()).await.expect(201).json();
    let order = placed["id"].as_str().unwrap();
    let line = &placed["items"][0];
    shop.scene.app.advance_seconds(60);
    let change = json!({
        "items": [
            {"id": line["id"], "quantity": 3},
            {"photo_id": shop.scene.photos[1], "product_id": shop.print, "quantity": 1, "note": "new"},
        ],
        "contact": {"phone": "030 901820"},
        "special_request": "white borders",
    });
    let amended = shop.amend(order, &change).await.expect(200);
    assert!(amended.header("etag").is_some());
    let amended = amended.json();
    assert_eq!((&amended["items"][0]["id"], &amended["items"][0]["crop"]), (&line["id"], &line["crop"]));
    assert_eq!((&amended["items"][0]["note"], &amended["items"][1]["note"]), (&line["note"], &json!("new")));
    assert_eq!(amended["items"].as_array().unwrap().len(), 2);
    assert_eq!(amended["total"], json!({"amount": 1000, "currency": "EUR"}));
    let contact = json!({"name": "Ana Ñandú", "email": "ana@example.com", "phone": "030 901820"});
    assert_eq!((&amended["contact"], &amended["special_request"]), (&contact, &json!("white borders")));
    let event = json!({"at": "2026-05-14T12:01:00Z", "actor": "client", "kind": "amended", "reason": null});
    assert_eq!((&amended["events"][1], &amended["state"]), (&event, &json!("submitted")));
    assert_eq!(amended["updated_at"], "2026-05-14T12:01:00Z");
    assert_eq!(shop.get(order).await, amended);
    let again = shop.scene.order(&shop.client, "first", &shop.wish()).await.expect(200);
    assert_eq!(again.json(), amended);
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn an_amendment_sent_twice_is_one() {
    let shop = Shop::open().await;
    let placed = shop.scene.order(&shop.client, "first", &shop.wish()).await.expect(201);
    let (order, tag) = (placed.text_at("/id"), placed.header("etag").unwrap());
    let items = json!([{"photo_id": shop.scene.photos[0], "product_id": shop.print, "quantity": 4}]);
    let change = json!({"items": items, "special_request": "white borders"});
    let first = shop.amend_if(&order, tag, &change).await.expect(200);
    let again = shop.amend_if(&order, tag, &change).await.expect(200);
    assert_eq!((first.json(), first.header("etag")), (again.json(), again.header("etag")));
    shop.amend(&order, &json!({})).await.expect(200);
    assert_eq!(shop.get(&order).await["events"].as_array().unwrap().len(), 2);
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn an_amendment_of_an_old_version_is_refused() {
    let shop = Shop::open().await;
    let placed = shop.scene.order(&shop.client, "first", &shop.wish()).await.expect(201);
    let (order, tag) = (placed.text_at("/id"), placed.header("etag").unwrap());
    let first = shop.amend_if(&order, tag, &json!({"special_request": "one"})).await.expect(200);
    let stale = shop.amend_if(&order, tag, &json!({"special_request": "two"})).await.expect(412);
    stale.problem("/problems/precondition-failed", "");
    shop.amend_if(&order, "\"nonsense\"", &json!({"special_request": "two"})).await.expect(412);
    let tag = first.header("etag").unwrap();
    shop.amend_if(&order, tag, &json!({"special_request": "two"})).await.expect(200);
    assert_eq!(shop.get(&order).await["special_request"], "two");
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn an_order_that_is_taken_on_or_late_is_not_amended() {
    let shop = Shop::open().await;
    let (accepted, late) = (shop.place().await, shop.scene.order(&shop.client, "second", &shop.wish()).await);
    let late = late.expect(201).text_at("/id");
    shop.move_to(&accepted, "accepted").await.expect(200);
    let change = json!({"special_request": "white borders"});
    shop.amend(&accepted, &change).await.expect(409).problem("/problems/order-not-amendable", "");
    shop.scene.app.advance_seconds(24 * 60 * 60);
    // Nobody's session lasts as long as the window.
    let key = json!({"token": shop.link.token, "client_key": shop.client.key});
    let token = shop.scene.try_open(&key).await.expect(201).text_at("/access_token");
    let client = Client { token, ..shop.client.clone() };
    let path = format!("/client/orders/{late}");
    let refused = shop.scene.client_send(&client, Method::PATCH, &path, Some(&change)).await.expect(409);
    refused.problem("/problems/order-not-amendable", "");
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn a_bad_value_in_an_amendment_names_its_field_and_changes_nothing() {
    let shop = Shop::open().await;
    let placed = shop.scene.order(&shop.client, "first", &shop.wish()).await.expect(201).json();
    let (order, line) = (placed["id"].as_str().unwrap(), &placed["items"][0]["id"]);
    let stranger = "01890a5d-ac96-774b-bcce-b302099a8057";
    let new = |photo: &str| json!({"photo_id": photo, "product_id": shop.print, "quantity": 1});
    for (change, field) in [
        (json!({"items": []}), "items"),
        (json!({"items": [{"id": "no-such"}]}), "items[0].id"),
        (json!({"items": [{"id": stranger}]}), "items[0].id"),
        (json!({"items": [{"id": line}, {"id": line}]}), "items[1].id"),
        (json!({"items": [{"id": line, "photo_id": stranger}]}), "items[0].photo_id"),
        (json!({"items": [{"id": line, "product_id": stranger}]}), "items[0].product_id"),
        (json!({"items": [{"id": line, "quantity": 0}]}), "items[0].quantity"),
        (
            json!({"items": [{"id": line, "crop": {"x": 0.5, "y": 0, "width": 0.6, "height": 1}}]}),
            "items[0].crop",
        ),
        (json!({"items": [{"id": line, "note": "x".repeat(5_001)}]}), "items[0].note"),
        (json!({"items": [{"id": line}, new(stranger)]}), "items[1].photo_id"),
        (json!({"items": [{"quantity": 1}]}), "items[0].photo_id"),
        (json!({"items": [{"photo_id": shop.scene.photos[0], "quantity": 1}]}), "items[0].product_id"),
        (
            json!({"items": [{"photo_id": shop.scene.photos[0], "product_id": shop.print}]}),
            "items[0].quantity",
        ),
        (json!({"items": vec![new(&shop.scene.photos[0]); 1_001]}), "items"),
        (json!({"contact": {"email": "ana at example.com"}}), "contact.email"),
        (json!({"contact": {"name": ""}}), "contact.name"),
        (json!({"contact": {"phone": "1".repeat(41)}}), "contact.phone"),
        (json!({"special_request": "x".repeat(5_001)}), "special_request"),
    ] {
        shop.amend(order, &change).await.expect(422).problem("/problems/invalid-value", field);
    }
    shop.amend(order, &json!({"items": "all"})).await.expect(400);
    assert_eq!(shop.get(order).await, placed);
    shop.scene.app.run_jobs().await;
}

#[tokio::test]
async fn amending_is_for_the_order_s_client_while_the_link_permits_it() {
    let shop = Shop::open().await;
    let order = shop.place().await;
    let path = format!("/client/orders/{order}");
    let change = json!({"special_request": "white borders"});
    let other = shop.scene.client(&json!({})).await;
    let foreign = shop.scene.client_send(&other, Method::PATCH, &path, Some(&change)).await.expect(404);
    foreign.problem("/problems/order-not-found", "");
    let link = format!("/shares/{}", shop.link.id);
    shop.scene.patch(&link, &json!({"permissions": {"order": false}})).await.expect(200);
    shop.amend(&order, &change).await.expect(403).problem("/problems/not-permitted", "");
    shop.scene.delete(&link).await;
    shop.amend(&order, &change).await.expect(410).problem("/problems/share-revoked", "");
    shop.scene.app.run_jobs().await;
}
