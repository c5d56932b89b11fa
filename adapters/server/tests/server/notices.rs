//! Push messages from the real binary to browsers of our own, with a crash in between.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;

use serde_json::{Value, json};
use tempfile::tempdir;

use crate::api::{Api, text};
use crate::journey::{order, set_up};
use crate::pictures::jpeg;
use crate::program::{Server, halftone, wait_for};
use crate::receiver::{Receiver, verify_vapid};

/// A message as the push service got it.
#[derive(Debug, Clone)]
struct Pushed {
    path: String,
    authorization: String,
    body: Vec<u8>,
}

/// A push service that takes everything; while it is `deaf`, it takes messages and never answers.
struct PushService {
    origin: String,
    is_deaf: Arc<AtomicBool>,
    is_gone: Arc<AtomicBool>,
    pushed: Arc<Mutex<Vec<Pushed>>>,
}

impl PushService {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let service = Self {
            origin: format!("http://{}", listener.local_addr().unwrap()),
            is_deaf: Arc::default(),
            is_gone: Arc::default(),
            pushed: Arc::default(),
        };
        let (is_deaf, is_gone) = (Arc::clone(&service.is_deaf), Arc::clone(&service.is_gone));
        let pushed = Arc::clone(&service.pushed);
        thread::spawn(move || {
            for socket in listener.incoming().map_while(Result::ok) {
                let (is_deaf, is_gone) = (Arc::clone(&is_deaf), Arc::clone(&is_gone));
                let pushed = Arc::clone(&pushed);
                thread::spawn(move || serve(socket, &is_deaf, &is_gone, &pushed));
            }
        });
        service
    }

    /// The messages that a browser got.
    fn got_by(&self, browser: &Browser) -> Vec<Value> {
        let pushed = self.pushed.lock().unwrap();
        let own = pushed.iter().filter(|pushed| pushed.path == browser.path);
        own.map(|pushed| browser.receiver.open(&pushed.body)).collect()
    }
}

fn serve(socket: TcpStream, is_deaf: &AtomicBool, is_gone: &AtomicBool, pushed: &Mutex<Vec<Pushed>>) {
    let mut reader = BufReader::new(socket.try_clone().unwrap());
    let mut socket = socket;
    while let Some(one) = read(&mut reader) {
        pushed.lock().unwrap().push(one);
        if is_deaf.load(Ordering::SeqCst) {
            // Until the other side is gone.
            drop(reader.read(&mut [0]));
            return;
        }
        let status = if is_gone.load(Ordering::SeqCst) { "410 Gone" } else { "201 Created" };
        if write!(socket, "HTTP/1.1 {status}\r\ncontent-length: 0\r\n\r\n").is_err() {
            return;
        }
    }
}

fn read(reader: &mut BufReader<TcpStream>) -> Option<Pushed> {
    let mut line = String::new();
    if reader.read_line(&mut line).ok()? == 0 {
        return None;
    }
    let path = line.split(' ').nth(1)?.to_owned();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).ok()?;
        let Some((name, value)) = line.trim_end().split_once(':') else { break };
        headers.insert(name.to_lowercase(), value.trim().to_owned());
    }
    let mut body = vec![0; headers.get("content-length")?.parse().ok()?];
    reader.read_exact(&mut body).ok()?;
    Some(Pushed { path, authorization: headers.remove("authorization")?, body })
}

/// A browser in which notifications are turned on.
struct Browser {
    path: String,
    receiver: Receiver,
}

impl Browser {
    fn subscribe(ana: &Api, service: &PushService, number: u8) -> Self {
        let (path, receiver) = (format!("/push/{number}"), Receiver::new(number));
        let keys = json!({"p256dh": receiver.p256dh(), "auth": receiver.auth()});
        let body = json!({"kind": "webpush", "endpoint": format!("{}{path}", service.origin), "keys": keys});
        ana.post("/notifications/subscriptions", &body).expect(201);
        Self { path, receiver }
    }
}

/// A server that looks for news this often, and may call this computer.
fn serve_every(directory: &Path, interval: &str) -> Server {
    let mut command = halftone(directory);
    command.args(["serve", "--data-dir", "data", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"]);
    command.env("HALFTONE_JOBS_NOTICE_INTERVAL", interval);
    command.env("HALFTONE_NOTIFICATIONS_PRIVATE_TARGETS", "on");
    Server::spawn_until(command, "  Data ")
}

/// The ids of events that are about orders, and how often each came.
fn orders(messages: &[Value]) -> BTreeMap<String, usize> {
    let mut ids = BTreeMap::new();
    for message in messages.iter().filter(|message| message["kind"] == "order_placed") {
        *ids.entry(text(message, "id")).or_default() += 1;
    }
    ids
}

fn place_order(ana: &Api) {
    let (gallery, product) = set_up(ana);
    let photo = ana.upload(&gallery, "IMG_0001.JPG", &jpeg(2_400, 1_600, 1));
    ana.ready(&photo);
    let link = ana.post(&format!("/galleries/{gallery}/shares"), &json!({"label": "Family"})).expect(201);
    let session = ana.post("/client/sessions", &json!({"token": link["token"], "name": "Ben"})).expect(201);
    order(&ana.with_token(text(&session, "access_token")), &photo, &product);
}

#[test]
fn an_order_before_a_crash_is_told_once_on_each_device_after_it() {
    let (directory, service) = (tempdir().unwrap(), PushService::start());
    // Nothing is told for an hour.
    let server = serve_every(directory.path(), "1h");
    let ana = server.api().photographer("ana@example.com");
    let browsers = [1, 2].map(|number| Browser::subscribe(&ana, &service, number));
    place_order(&ana);
    server.kill();
    assert!(service.pushed.lock().unwrap().is_empty());

    let server = serve_every(directory.path(), "200ms");
    for browser in &browsers {
        wait_for("the push message", || (orders(&service.got_by(browser)).len() == 1).then_some(()));
    }
    let ana = server.api().log_in("ana@example.com", "correct horse");
    let listed = ana.get("/notifications").expect(200);
    let told = listed["items"].as_array().unwrap().iter().find(|one| one["kind"] == "order_placed").unwrap();
    let expected = BTreeMap::from([(text(told, "id"), 1)]);
    for browser in &browsers {
        let messages = service.got_by(browser);
        assert_eq!(orders(&messages), expected);
        let message = messages.iter().find(|message| message["kind"] == "order_placed").unwrap();
        assert_eq!(message["title"], told["title"]);
        assert!(text(message, "title").starts_with("New order from "), "{message}");
    }
    let (claims, key) = verify_vapid(&service.pushed.lock().unwrap()[0].authorization);
    assert_eq!(claims["aud"], service.origin);
    assert_eq!(key, text(&ana.get("/notifications/vapid-key").expect(200), "public_key"));
}

#[test]
fn a_crash_before_the_answer_of_the_push_service_repeats_the_message_with_the_same_id() {
    let (directory, service) = (tempdir().unwrap(), PushService::start());
    let server = serve_every(directory.path(), "200ms");
    let ana = server.api().photographer("ana@example.com");
    let browser = Browser::subscribe(&ana, &service, 1);
    service.is_deaf.store(true, Ordering::SeqCst);
    place_order(&ana);
    wait_for("the first message", || (!orders(&service.got_by(&browser)).is_empty()).then_some(()));
    server.kill();
    service.is_deaf.store(false, Ordering::SeqCst);
    let server = serve_every(directory.path(), "200ms");
    // The server that died still holds the delivery, for a minute.
    wait_for("the second message", || {
        (orders(&service.got_by(&browser)).values().sum::<usize>() >= 2).then_some(())
    });
    let ids: BTreeSet<String> = orders(&service.got_by(&browser)).into_keys().collect();
    assert_eq!(ids.len(), 1, "a receiver that drops what it has seen shows it once");
    let ana = server.api().log_in("ana@example.com", "correct horse");
    let listed = ana.get("/notifications").expect(200);
    let told = listed["items"].as_array().unwrap().iter().filter(|one| one["kind"] == "order_placed").count();
    assert_eq!(told, 1);
}

#[test]
fn a_browser_that_is_gone_is_forgotten() {
    let (directory, service) = (tempdir().unwrap(), PushService::start());
    let server = serve_every(directory.path(), "200ms");
    let ana = server.api().photographer("ana@example.com");
    Browser::subscribe(&ana, &service, 1);
    service.is_gone.store(true, Ordering::SeqCst);
    place_order(&ana);
    wait_for("the end of the subscription", || {
        let listed = ana.get("/notifications/subscriptions").expect(200);
        listed["items"].as_array().unwrap().is_empty().then_some(())
    });
}

#[test]
fn a_private_endpoint_is_refused_unless_the_configuration_allows_it() {
    let (directory, service) = (tempdir().unwrap(), PushService::start());
    let server = Server::start(directory.path());
    let ana = server.api().photographer("ana@example.com");
    let receiver = Receiver::new(1);
    let keys = json!({"p256dh": receiver.p256dh(), "auth": receiver.auth()});
    for endpoint in [format!("{}/push", service.origin), "https://localhost/push".to_owned()] {
        let body = json!({"kind": "webpush", "endpoint": endpoint, "keys": keys});
        let refused = ana.post("/notifications/subscriptions", &body).expect(422);
        assert_eq!(
            (&refused["type"], &refused["field"]),
            (&json!("/problems/invalid-value"), &json!("endpoint"))
        );
        let refused = ana.post("/webhooks", &json!({"url": endpoint})).expect(422);
        assert_eq!(refused["field"], "url");
    }
}
