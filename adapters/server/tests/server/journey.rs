//! From registration to order, as the photographer and the client see it.

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::api::{Api, text};
use crate::pictures::jpeg;
use crate::program::Server;

#[test]
fn a_photographer_sells_a_print() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let ana = server.api().photographer("ana@example.com");
    let (gallery, product) = set_up(&ana);
    let upload = |seed| ana.upload(&gallery, &format!("IMG_{seed}.JPG"), &jpeg(1_800, 1_200, seed));
    let photos: Vec<String> = (1..=3).map(upload).collect();
    for photo in &photos {
        ana.ready(photo);
    }
    let share = share(&ana, &gallery);
    let client = visit(&server.api(), &share);
    look(&client);
    pick(&client, &photos);
    let order = order(&client, &photos[0], &product);
    manage(&ana, &order);
    revoke(&ana, &server.api(), &client, &share);
}

pub(crate) fn set_up(ana: &Api) -> (String, String) {
    let print = json!({
        "name": "10 x 15", "kind": "print", "width_mm": 150, "height_mm": 100, "finish": "matte",
        "price": {"amount": 250, "currency": "EUR"}, "min_dpi": 200,
    });
    let prices = json!({"name": "Prints", "currency": "EUR", "products": [print]});
    let prices = ana.post("/price-lists", &prices).expect(201);
    let watermark = json!({"kind": "text", "text": "© Ana", "layout": "tiled"});
    let body = json!({
        "name": "Ceremony", "price_list_id": prices["id"], "processing": {"proof_long_edge": 1024, "watermark": watermark},
    });
    let gallery = ana.post("/galleries", &body).expect(201);
    (text(&gallery, "id"), text(&prices["products"][0], "id"))
}

pub(crate) fn share(ana: &Api, gallery: &str) -> Value {
    let body = json!({
        "label": "Family link", "pin": "4711", "limits": {"selections": 2, "downloads": null},
        "permissions": {"select": true, "comment": true, "order": true, "download": "none"},
    });
    ana.post(&format!("/galleries/{gallery}/shares"), &body).expect(201)
}

pub(crate) fn visit(api: &Api, share: &Value) -> Api {
    let token = &share["token"];
    let without = api.post("/client/sessions", &json!({"token": token})).expect(401);
    assert_eq!(without["type"], "/problems/pin-required");
    let wrong = api.post("/client/sessions", &json!({"token": token, "pin": "0815"})).expect(401);
    assert_eq!(wrong["type"], "/problems/pin-wrong");
    let session =
        api.post("/client/sessions", &json!({"token": token, "pin": "4711", "name": "Ben"})).expect(201);
    api.with_token(text(&session, "access_token"))
}

pub(crate) fn look(client: &Api) {
    let photos = client.get("/client/photos").expect(200);
    assert_eq!(photos["items"].as_array().unwrap().len(), 3);
    for photo in photos["items"].as_array().unwrap() {
        for field in ["thumb_url", "proof_url"] {
            assert!(client.download(&text(photo, field)).starts_with(&[0xff, 0xd8]));
        }
    }
}

fn pick(client: &Api, photos: &[String]) {
    let selection = text(&client.post("/client/selections", &json!({"name": "Album"})).expect(201), "id");
    let path = |photo: &String| format!("/client/selections/{selection}/photos/{photo}");
    for photo in &photos[..2] {
        client.put(&path(photo), &json!({"comment": "This one."})).expect(200);
    }
    let refused = client.put(&path(&photos[2]), &json!({})).expect(409);
    assert_eq!(refused["type"], "/problems/selection-limit");
}

pub(crate) fn order(client: &Api, photo: &str, product: &str) -> String {
    let request = json!({
        "contact": {"name": "Ben", "email": "ben@example.com"},
        "items": [{"photo_id": photo, "product_id": product, "quantity": 2}],
        "special_request": "No white borders, please.",
    });
    let quote = client.post("/client/orders/quote", &request).expect(200);
    assert_eq!(quote["total"]["amount"], 500);
    assert_eq!(quote["items"][0]["print_quality"], "good", "{quote}");
    let order = client.post_once("/client/orders", "key-1", &request).expect(201);
    let again = client.post_once("/client/orders", "key-1", &request).expect(200);
    assert_eq!(order["id"], again["id"]);
    text(&order, "id")
}

fn manage(ana: &Api, order: &str) {
    let listed = ana.get("/orders").expect(200);
    assert_eq!(listed["items"].as_array().unwrap().len(), 1);
    assert_eq!(listed["items"][0]["special_request"], "No white borders, please.");
    let transitions = format!("/orders/{order}/transitions");
    ana.post(&transitions, &json!({"to": "accepted"})).expect(200);
    ana.post(&transitions, &json!({"to": "completed"})).expect(409);
}

fn revoke(ana: &Api, api: &Api, client: &Api, share: &Value) {
    let photos = client.get("/client/photos").expect(200);
    let picture = text(&photos["items"][0], "proof_url");
    let revoked = ana.delete(&format!("/shares/{}", text(share, "id")));
    assert!((200..300).contains(&revoked.status), "{revoked:?}");
    api.post("/client/sessions", &json!({"token": share["token"], "pin": "4711"})).expect(410);
    assert!(client.get("/client/photos").status >= 400);
    assert!(api.get(&picture).status >= 400, "the picture's URL still works");
}
