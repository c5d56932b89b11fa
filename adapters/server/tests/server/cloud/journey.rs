//! From registration to order and notice, over two servers and the function, which is killed twice on the way.

use std::thread;
use std::time::Duration;

use futures_util::TryStreamExt as _;
use mongodb::bson::Document;
use mongodb::{Client, Database};
use serde_json::{Value, json};
use tempfile::{TempDir, tempdir};
use tokio::runtime::Runtime;

use super::peers::Peers;
use super::provision::{Names, Services, unique};
use super::shape::Shape;
use crate::api::{Api, text};
use crate::journey::{look, order, set_up, share, visit};
use crate::pictures::jpeg;
use crate::program::{PATIENCE, wait_for};

/// How long a message that a killed worker had comes again after.
const VISIBILITY_SECONDS: u32 = 4;

struct Cloud {
    runtime: Runtime,
    database: Database,
    services: Services,
    names: Names,
    shape: Shape,
    _directory: TempDir,
}

impl Cloud {
    fn new() -> Self {
        let runtime = Runtime::new().unwrap();
        let peers = Peers::find();
        let services = Services::at(&peers);
        let names = runtime.block_on(services.provision(VISIBILITY_SECONDS));
        let directory = tempdir().unwrap();
        let name = unique("journey");
        let client = runtime.block_on(Client::with_uri_str(&peers.mongodb_uri)).unwrap();
        let shape = Shape::new(directory.path(), &peers, &names, name.clone());
        Self { runtime, database: client.database(&name), services, names, shape, _directory: directory }
    }

    /// Every document of every collection, but for those that say how far the installation itself is.
    async fn documents(&self) -> Vec<Document> {
        let mut documents = Vec::new();
        let names = self.database.list_collection_names().await.unwrap();
        for name in names.into_iter().filter(|name| name != "migrations") {
            let found = self.database.collection::<Document>(&name).find(Document::new()).await.unwrap();
            documents.extend(found.try_collect::<Vec<_>>().await.unwrap());
        }
        documents
    }

    /// What arrived in a mailbox.
    fn read_mailbox(&self, queue: &str) -> Vec<String> {
        let received = self.services.sqs.receive_message().queue_url(queue).max_number_of_messages(10).send();
        let received = self.runtime.block_on(received).unwrap();
        received.messages.unwrap_or_default().into_iter().filter_map(|message| message.body).collect()
    }
}

/// Registers and confirms through the user pool, and logs in.
fn photographer(api: &Api, email: &str) -> Api {
    let password = "Correct horse 1!";
    let registration = json!({"email": email, "password": password, "studio_name": "Studio Ana"});
    let registered = api.post("/auth/register", &registration).expect(201);
    assert_eq!(registered["confirmation_required"], true, "{registered}");
    let again = api.post("/auth/register", &registration).expect(409);
    assert!(again["type"].as_str().unwrap().starts_with("/problems/"), "{again}");
    let credentials = json!({"email": email, "password": password});
    assert!(api.post("/auth/login", &credentials).status >= 400, "an address logs in before it is confirmed");
    api.post("/auth/confirm", &json!({"email": email, "code": "123456"})).expect(204);
    api.log_in(email, password)
}

/// Sends a file straight to S3 and dies before it could say so.
fn send_and_vanish(ana: &Api, gallery: &str, filename: &str, content: &[u8]) -> String {
    let file = json!({"filename": filename, "size": content.len(), "content_type": "image/jpeg"});
    let tickets = ana.post(&format!("/galleries/{gallery}/uploads"), &json!({"files": [file]})).expect(201);
    let ticket = &tickets["uploads"][0];
    assert!(!text(ticket, "url").contains("/media/"), "the file goes through the server");
    let sent = ana.send_file(ticket, content).unwrap();
    assert!((200..300).contains(&sent.status), "{sent:?}");
    let again = ana.send_file(ticket, content).unwrap();
    assert_eq!(again.status, 412, "an upload's URL replaces what was sent: {again:?}");
    text(ticket, "photo_id")
}

/// The peer has no revocation of tokens, so logging out is tested over raw replies, in `halftone-aws`.
fn refresh(api: &Api, email: &str) {
    let credentials = json!({"email": email, "password": "Correct horse 1!"});
    let session = api.post("/auth/login", &credentials).expect(200);
    let token = json!({"refresh_token": session["refresh_token"]});
    let renewed = api.post("/auth/refresh", &token).expect(200);
    api.with_token(text(&renewed, "access_token")).get("/studio").expect(200);
    api.post("/auth/refresh", &json!({"refresh_token": "nobody.knows-this"})).expect(401);
}

/// Takes a gallery away as one archive, which is larger than an answer of a function may be.
fn take(api: &Api, gallery: &str, door: Door) {
    const LARGEST_ANSWER: usize = 6 << 20;
    let asked = api.post("/downloads", &json!({"gallery_id": gallery})).expect(202);
    let path = format!("/downloads/{}", text(&asked, "id"));
    let ready = wait_for("the archive", || {
        Some(api.get(&path).expect(200)).filter(|download| download["state"] != "building")
    });
    assert_eq!(ready["state"], "ready", "{ready}");
    let mut url = text(&ready, "url");
    if door == Door::Function {
        url = api.redirection(&url);
        assert!(url.contains("/archive.zip?") && url.contains("X-Amz-Signature="), "{url}");
    }
    let archive = api.download(&url);
    assert!(archive.len() > LARGEST_ANSWER, "{} bytes", archive.len());
    assert_eq!(ready["size_bytes"], archive.len());
    let mut archive = zip::ZipArchive::new(std::io::Cursor::new(archive)).unwrap();
    for place in 0..archive.len() {
        // Reads to the end, and so checks the CRC.
        std::io::copy(&mut archive.by_index(place).unwrap(), &mut std::io::sink()).unwrap();
    }
    assert_eq!(archive.len(), 3);
}

/// How archives leave the installation that is travelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Door {
    Server,
    Function,
}

/// The journey; `one` and `other` are two doors to the same installation.
fn travel(cloud: &Cloud, one: &Api, other: &Api, door: Door, mut on_the_way: impl FnMut()) {
    let email = format!("{}@example.com", unique("ana"));
    let ana = photographer(one, &email);
    refresh(other, &email);
    let mailbox = cloud.runtime.block_on(cloud.services.mailbox_of(&cloud.names.topic_arn));
    let subscribed = ana.post("/subscriptions", &json!({"email": "ana@example.com"})).expect(201);
    let (gallery, product) = set_up(&ana);
    let mut photos = Vec::new();
    for seed in 1..=3 {
        let mut content = jpeg(1_800, 1_200, seed);
        // Cameras put further pictures and films behind the first one.
        content.extend(std::iter::repeat_n(seed, 3 << 20));
        photos.push(send_and_vanish(&ana, &gallery, &format!("IMG_{seed}.JPG"), &content));
        on_the_way();
    }
    let there = other.with_token(ana.token());
    for photo in &photos {
        let ready = there.ready(photo);
        assert!(ready["sha256"].is_string(), "{ready}");
    }
    let completed = there.post(&format!("/uploads/{}/complete", photos[0]), &json!({})).expect(200);
    assert_eq!(completed["state"], "ready");
    let share = share(&ana, &gallery);
    let client = visit(other, &share);
    look(&client);
    let order = order(&client, &photos[0], &product);
    there.post(&format!("/orders/{order}/transitions"), &json!({"to": "accepted"})).expect(200);
    take(&there, &gallery, door);
    let notice = wait_for("the notice", || {
        cloud.read_mailbox(&mailbox).into_iter().find(|notice| notice.contains("ready"))
    });
    assert!(notice.contains("Ceremony") && !notice.contains("X-Amz-"), "{notice}");
    ana.delete(&format!("/subscriptions/{}", text(&subscribed, "id"))).expect(204);
    check_revocation(&ana, other, &client, &share);
    leave(cloud, &ana, one, &email);
}

fn check_revocation(ana: &Api, other: &Api, client: &Api, share: &Value) {
    let revoked = ana.delete(&format!("/shares/{}", text(share, "id")));
    assert!((200..300).contains(&revoked.status), "{revoked:?}");
    assert!(client.get("/client/photos").status >= 400, "the other server still serves a revoked share");
    other.post("/client/sessions", &json!({"token": share["token"], "pin": "4711"})).expect(410);
}

/// The end of the account takes every file and every document with it.
fn leave(cloud: &Cloud, ana: &Api, api: &Api, email: &str) {
    assert!(!cloud.runtime.block_on(cloud.documents()).is_empty(), "the database is another one");
    let password = json!({"password": "Correct horse 1!"});
    ana.delete_with("/account", &password).expect(202);
    let credentials = json!({"email": email, "password": "Correct horse 1!"});
    api.post("/auth/login", &credentials).expect(401);
    wait_for("the end of every file", || {
        let listed = cloud.services.s3.list_objects_v2().bucket(&cloud.names.bucket).send();
        let listed = cloud.runtime.block_on(listed).unwrap();
        listed.contents().is_empty().then_some(())
    });
    let mut left = Vec::new();
    for _ in 0..PATIENCE.as_secs() {
        left = cloud.runtime.block_on(cloud.documents());
        if left.is_empty() {
            return;
        }
        thread::park_timeout(Duration::from_secs(1));
    }
    panic!("documents outlive the account: {left:#?}");
}

#[test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
fn two_servers_and_a_function_that_is_killed_serve_the_journey() {
    let cloud = Cloud::new();
    let (one, other) = (cloud.shape.server(), cloud.shape.server());
    let worker = cloud.shape.worker(&cloud.names);
    let mut kills = 2;
    travel(&cloud, &one.api(), &other.api(), Door::Server, || {
        if kills > 0 {
            worker.kill_process();
            kills -= 1;
        }
    });
    drop(worker);
    assert!(one.stop().success());
    assert!(other.stop().success());
}

#[test]
#[ignore = "needs the peers that `cargo xtask services` starts"]
fn the_api_on_lambda_serves_the_journey() {
    let cloud = Cloud::new();
    let port = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port();
    let api = cloud.shape.api(port);
    let worker = cloud.shape.worker_with_schedule(&cloud.names);
    let door = Api::new(format!("http://127.0.0.1:{port}"));
    wait_for("the function's first answer", || door.try_page("/healthz").filter(|status| *status == 200));
    travel(&cloud, &door, &door, Door::Function, || {});
    drop((api, worker));
}
