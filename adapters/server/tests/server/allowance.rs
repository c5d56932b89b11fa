//! The last included print, asked for by many at once: against the program itself, whose meters lie in the database.

use std::thread;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::api::{Api, text};
use crate::pictures::jpeg;
use crate::program::Server;

const RACERS: usize = 8;

/// A client of a gallery that sells prints for 2.50 EUR, of which so many are included.
fn client(server: &Server, prints: u32) -> (Api, Value) {
    let ana = server.api().photographer("ana@example.com");
    let list = json!({"name": "Prints", "currency": "EUR", "products": [
        {"name": "10 x 15", "kind": "print", "width_mm": 100, "height_mm": 150,
         "price": {"amount": 250, "currency": "EUR"}},
    ]});
    let list = ana.post("/price-lists", &list).expect(201);
    let gallery =
        ana.post("/galleries", &json!({"name": "Ceremony", "price_list_id": list["id"]})).expect(201);
    let photo = ana.upload(&text(&gallery, "id"), "IMG_0400.JPG", &jpeg(320, 200, 1));
    ana.ready(&photo);
    let terms = json!({"allowance": {"prints": prints}});
    let share = ana.post(&format!("/galleries/{}/shares", text(&gallery, "id")), &terms).expect(201);
    let session = server.api().post("/client/sessions", &json!({"token": share["token"]})).expect(201);
    let wish = json!({"contact": {"name": "Zoë", "email": "zoe@example.com"}, "items": [
        {"photo_id": photo, "product_id": list["products"][0]["id"], "quantity": 1}]});
    (server.api().with_token(text(&session, "access_token")), wish)
}

fn left(client: &Api) -> u64 {
    client.get("/client/gallery").expect(200)["allowance"]["prints"]["left"].as_u64().unwrap()
}

#[test]
fn of_orders_for_the_last_included_print_exactly_one_gets_it() {
    let directory = tempdir().unwrap();
    let server = Server::start(directory.path());
    let (client, wish) = client(&server, 3);
    for key in ["first", "second"] {
        client.post_once("/client/orders", key, &wish).expect(201);
    }
    let included: u64 = thread::scope(|scope| {
        let place = |number: usize| {
            let (client, wish) = (&client, &wish);
            scope.spawn(move || {
                let order = client.post_once("/client/orders", &format!("race-{number}"), wish).expect(201);
                order["items"][0]["included"].as_u64().unwrap()
            })
        };
        let racers: Vec<_> = (0..RACERS).map(place).collect();
        racers.into_iter().map(|racer| racer.join().unwrap()).sum()
    });
    assert_eq!((included, left(&client)), (1, 0));
    // What was taken is kept over a crash.
    server.kill();
    let server = Server::start(directory.path());
    let again = server.api().with_token(client.token());
    assert_eq!(left(&again), 0);
    let same = again.post_once("/client/orders", "first", &wish).expect(200);
    assert_eq!((&same["items"][0]["included"], left(&again)), (&json!(1), 0));
}
