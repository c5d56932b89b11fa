//! A studio's whole day against any server that runs: registering, uploading, sharing, picking, ordering, revoking.
//!
//! The tests of `halftone-server` do the same to the program that cargo built. This is for a server that somebody else started: a
//! container, or an installation that is new and empty. What it makes there it deletes in the end, account included.

mod http;

use std::path::Path;
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail, ensure};
use serde_json::{Value, json};

use crate::report;
use http::{Api, text};

/// How long a server may take to start, and a photo to be processed.
const PATIENCE: Duration = Duration::from_mins(3);

/// How long to wait between two looks.
const PAUSE: Duration = Duration::from_millis(300);

/// Goes through it.
///
/// # Errors
/// The server does not answer, or answers otherwise than the API's contract says.
pub(crate) fn run(root: &Path, address: &str) -> anyhow::Result<()> {
    let picture = root.join("adapters/server/assets/demo/IMG_0412_dandelions.jpg");
    let picture = std::fs::read(&picture).with_context(|| format!("could not read {}", picture.display()))?;
    let api = Api::new(address.trim_end_matches('/'));
    wait_for("the server is ready", || Ok(api.is_ready().then_some(())))?;
    refuses_strangers(&api)?;
    let account = Account::register(&api)?;
    let outcome = account.work(&api, &picture);
    account.leave()?;
    outcome?;
    report::line(&format!("journey: {address} has done a studio's whole day"));
    Ok(())
}

fn refuses_strangers(api: &Api) -> anyhow::Result<()> {
    api.get("/galleries").expect(401)?;
    let wrong = json!({"email": "nobody@example.com", "password": "not the password"});
    api.post("/auth/login", &wrong).expect(401)?;
    api.post("/client/sessions", &json!({"token": "unknown"})).expect(404)?;
    Ok(())
}

/// A photographer who is logged in.
struct Account {
    studio: Api,
    password: String,
}

/// What is for sale where.
struct Shop {
    gallery: String,
    product: String,
}

impl Account {
    fn register(api: &Api) -> anyhow::Result<Self> {
        // Nobody else has it: the process, and a time that has no second.
        let unique = format!("{}-{}", std::process::id(), http::nanoseconds()?);
        let email = format!("journey-{unique}@example.com");
        let password = format!("a long enough word {unique}");
        let registration = json!({"email": email, "password": password, "studio_name": "Journey"});
        let registered = api.post("/auth/register", &registration).expect(201)?;
        ensure!(
            registered["confirmation_required"] == false,
            "the server sends confirmation codes by mail, which this journey cannot read"
        );
        let login = api.post("/auth/login", &json!({"email": email, "password": password})).expect(200)?;
        Ok(Self { studio: api.with_token(text(&login, "access_token")?), password })
    }

    fn work(&self, api: &Api, picture: &[u8]) -> anyhow::Result<()> {
        let shop = self.open_shop()?;
        let photo = self.upload(&shop.gallery, picture)?;
        let share = self.share(&shop.gallery)?;
        let client = visit(api, &share)?;
        let proof = look(&client, &photo, picture)?;
        pick(&client, &photo)?;
        let order = order(&client, &photo, &shop.product)?;
        self.manage(&order)?;
        let refused = client.get(&format!("/client/photos/{photo}/download")).expect(403)?;
        ensure!(refused["type"] == "/problems/download-not-permitted", "{refused}");
        self.revoke(api, &client, &share, &proof)
    }

    fn open_shop(&self) -> anyhow::Result<Shop> {
        let print = json!({
            "name": "10 x 15", "kind": "print", "width_mm": 150, "height_mm": 100, "finish": "matte",
            "price": {"amount": 250, "currency": "EUR"}, "min_dpi": 100,
        });
        let prices = json!({"name": "Prints", "currency": "EUR", "products": [print]});
        let prices = self.studio.post("/price-lists", &prices).expect(201)?;
        let watermark = json!({"kind": "text", "text": "© Journey", "layout": "tiled"});
        let processing = json!({"proof_long_edge": 512, "watermark": watermark});
        let gallery = json!({"name": "Ceremony", "price_list_id": prices["id"], "processing": processing});
        let gallery = self.studio.post("/galleries", &gallery).expect(201)?;
        Ok(Shop { gallery: text(&gallery, "id")?, product: text(&prices["products"][0], "id")? })
    }

    /// In three steps, as browsers do it, and waits for the proof.
    fn upload(&self, gallery: &str, picture: &[u8]) -> anyhow::Result<String> {
        let file = json!({"filename": "IMG_0412.JPG", "size": picture.len(), "content_type": "image/jpeg"});
        let tickets = self.studio.post(&format!("/galleries/{gallery}/uploads"), &json!({"files": [file]}));
        let tickets = tickets.expect(201)?;
        let ticket = &tickets["uploads"][0];
        self.studio.put_bytes(&text(ticket, "url")?, &ticket["headers"], picture)?;
        let upload = text(ticket, "upload_id")?;
        let photo = self.studio.post(&format!("/uploads/{upload}/complete"), &json!({})).expect(200)?;
        let photo = text(&photo, "id")?;
        wait_for("the photo is processed", || {
            let photo = self.studio.get(&format!("/photos/{photo}")).expect(200)?;
            ensure!(photo["state"] != "failed", "processing failed: {}", photo["failure"]);
            Ok((photo["state"] == "ready").then_some(()))
        })?;
        Ok(photo)
    }

    fn share(&self, gallery: &str) -> anyhow::Result<Value> {
        let share = json!({
            "label": "Family link", "pin": "4711",
            "permissions": {"select": true, "comment": true, "order": true, "download": "none"},
        });
        self.studio.post(&format!("/galleries/{gallery}/shares"), &share).expect(201)
    }

    fn manage(&self, order: &str) -> anyhow::Result<()> {
        let found = self.studio.get(&format!("/orders/{order}")).expect(200)?;
        ensure!(found["special_request"] == "No white borders, please.", "{found}");
        let transitions = format!("/orders/{order}/transitions");
        self.studio.post(&transitions, &json!({"to": "accepted"})).expect(200)?;
        self.studio.post(&transitions, &json!({"to": "completed"})).expect(409)?;
        Ok(())
    }

    fn revoke(&self, api: &Api, client: &Api, share: &Value, proof: &str) -> anyhow::Result<()> {
        self.studio.delete(&format!("/shares/{}", text(share, "id")?), None)?;
        api.post("/client/sessions", &json!({"token": share["token"], "pin": "4711"})).expect(410)?;
        client.get("/client/photos").expect_refusal()?;
        // A URL that was signed lives for a minute at most; one that leads to the server is refused at once.
        wait_for("the proof is served no more", || Ok(api.fetch(proof).is_err().then_some(())))
    }

    fn leave(&self) -> anyhow::Result<()> {
        self.studio.delete("/account", Some(&json!({"password": self.password})))
    }
}

fn visit(api: &Api, share: &Value) -> anyhow::Result<Api> {
    let token = &share["token"];
    let refused = api.post("/client/sessions", &json!({"token": token, "pin": "0815"})).expect(401)?;
    ensure!(refused["type"] == "/problems/pin-wrong", "{refused}");
    let session =
        api.post("/client/sessions", &json!({"token": token, "pin": "4711", "name": "Ben"})).expect(201)?;
    Ok(api.with_token(text(&session, "access_token")?))
}

/// The client sees a proof, which is not the original. Gives the proof's URL.
fn look(client: &Api, photo: &str, picture: &[u8]) -> anyhow::Result<String> {
    let photos = client.get("/client/photos").expect(200)?;
    ensure!(photos["items"][0]["id"] == photo, "{photos}");
    ensure!(!photos.to_string().contains("original"), "a client is told of originals: {photos}");
    for field in ["thumb_url", "proof_url"] {
        let shown = client.fetch(&text(&photos["items"][0], field)?)?;
        ensure!(shown.starts_with(&[0xff, 0xd8]) && shown != picture, "{field} leads to no proof");
    }
    text(&photos["items"][0], "proof_url")
}

fn pick(client: &Api, photo: &str) -> anyhow::Result<()> {
    let selection = client.post("/client/selections", &json!({"name": "Album"})).expect(201)?;
    let selection = text(&selection, "id")?;
    let path = format!("/client/selections/{selection}");
    client.put(&format!("{path}/photos/{photo}"), &json!({"comment": "This one."})).expect(200)?;
    client.post(&format!("{path}/submit"), &json!({})).expect(200)?;
    client.put(&format!("{path}/photos/{photo}"), &json!({})).expect(409)?;
    Ok(())
}

fn order(client: &Api, photo: &str, product: &str) -> anyhow::Result<String> {
    let request = json!({
        "contact": {"name": "Ben", "email": "ben@example.com"},
        "items": [{"photo_id": photo, "product_id": product, "quantity": 2}],
        "special_request": "No white borders, please.",
    });
    let quote = client.post("/client/orders/quote", &request).expect(200)?;
    ensure!(quote["total"]["amount"] == 500, "{quote}");
    client.post("/client/orders", &request).expect(400)?;
    let order = client.post_once("/client/orders", "journey", &request).expect(201)?;
    let again = client.post_once("/client/orders", "journey", &request).expect(200)?;
    ensure!(order["id"] == again["id"], "the same key placed two orders");
    text(&order, "id")
}

/// Looks until there is something to see.
fn wait_for<T>(what: &str, mut look: impl FnMut() -> anyhow::Result<Option<T>>) -> anyhow::Result<T> {
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look()? {
            return Ok(found);
        }
        if Instant::now() > deadline {
            bail!("{what}: waited for {} s in vain", PATIENCE.as_secs());
        }
        std::thread::park_timeout(PAUSE);
    }
}
