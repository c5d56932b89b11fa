//! `/events`, over a real socket.

use std::collections::VecDeque;
use std::time::Duration;

use halftone_http::{EventStreamOptions, HttpOptions, RateLimitOptions};
use poem::http::Method;
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio_util::sync::CancellationToken;

use crate::harness::{Setup, TestApp};
use crate::scene::Scene;
use crate::wire::Wire;

/// Nothing here takes nearly as long.
const PATIENCE: Duration = Duration::from_mins(1);

/// A scene whose event streams stay open until `closing` is cancelled.
async fn scene(closing: &CancellationToken, most_per_studio: usize) -> Scene {
    let event_streams = EventStreamOptions { offered: true, most_per_studio, closing: closing.clone() };
    let rate_limits = RateLimitOptions::UNLIMITED;
    let http = HttpOptions { event_streams, rate_limits, ..HttpOptions::default() };
    let mut scene = Scene::over(TestApp::with(Setup { http, ..Setup::default() }).await).await;
    scene.photos = vec![scene.upload(&scene.gallery, "IMG_0000.JPG").await];
    scene.app.run_jobs().await;
    scene.app.advance_seconds(60);
    scene
}

/// An open stream.
struct Stream {
    socket: TcpStream,
    unread: Vec<u8>,
    lines: VecDeque<Told>,
}

/// One event.
#[derive(Debug)]
struct Told {
    name: String,
    id: Option<String>,
    data: Value,
}

impl Stream {
    /// Connects and reads the head; `last` is the last id that was received.
    async fn open(wire: &Wire, token: &str, last: Option<&str>) -> Self {
        let mut socket = TcpStream::connect(wire.address()).await.unwrap();
        let last = last.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        let head = format!(
            "GET /api/v1/events HTTP/1.1\r\nHost: studio.test\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n{last}\r\n"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        let mut stream = Self { socket, unread: Vec::new(), lines: VecDeque::new() };
        let head = loop {
            assert!(stream.read().await, "the server hung up");
            if let Some(end) = stream.unread.windows(4).position(|window| window == b"\r\n\r\n") {
                let rest = stream.unread.split_off(end + 4);
                break String::from_utf8(std::mem::replace(&mut stream.unread, rest)).unwrap().to_lowercase();
            }
        };
        assert!(
            head.starts_with("http/1.1 200") && head.contains("content-type: text/event-stream"),
            "{head}"
        );
        assert!(head.contains("cache-control: no-"), "{head}");
        stream
    }

    async fn read(&mut self) -> bool {
        let mut buffer = [0; 4096];
        let count = tokio::time::timeout(PATIENCE, self.socket.read(&mut buffer)).await.unwrap().unwrap();
        self.unread.extend_from_slice(&buffer[..count]);
        count > 0
    }

    /// The next event; `None` at the end.
    async fn next(&mut self) -> Option<Told> {
        loop {
            // What came with the head, or with the event before, is looked at before anything is waited for.
            self.take_lines();
            if let Some(told) = self.lines.pop_front() {
                return Some(told);
            }
            if !self.read().await {
                return None;
            }
        }
    }

    /// Each event is a chunk of its own, so that the lengths of chunks stand between events.
    fn take_lines(&mut self) {
        while let Some(end) = self.unread.windows(2).position(|window| window == b"\n\n") {
            let rest = self.unread.split_off(end + 2);
            let text = String::from_utf8(std::mem::replace(&mut self.unread, rest)).unwrap();
            let field = |name: &str| text.lines().find_map(|line| line.strip_prefix(name)).map(str::to_owned);
            if let Some(name) = field("event: ") {
                let data = serde_json::from_str(&field("data: ").unwrap()).unwrap();
                self.lines.push_back(Told { name, id: field("id: "), data });
            }
        }
    }

    /// The next event, which has this name.
    async fn expect(&mut self, name: &str) -> Told {
        let told = self.next().await.expect("the stream goes on");
        assert_eq!(told.name, name, "{told:?}");
        told
    }
}

/// Places an order and returns its id and the client.
async fn order(scene: &Scene) -> (String, crate::scene::Client) {
    let (print, _) = scene.sell().await;
    let client = scene.client(&json!({})).await;
    let wish = json!({"contact": {"name": "Ana", "email": "ana@example.com"},
                      "items": [{"photo_id": scene.photos[0], "product_id": print, "quantity": 1}]});
    (scene.order(&client, "first", &wish).await.expect(201).text_at("/id"), client)
}

#[tokio::test]
async fn an_order_is_told_when_it_is_placed_amended_and_moved() {
    let scene = scene(&CancellationToken::new(), 20).await;
    let wire = Wire::open(&scene).await;
    let mut stream = Stream::open(&wire, &scene.token, None).await;
    assert!(stream.expect("ready").await.id.is_some());
    let (order, client) = order(&scene).await;
    let told = stream.expect("order.changed").await;
    let expected = json!({"order_id": order, "gallery_id": scene.gallery, "state": "submitted",
                          "change": "placed", "at": "2026-05-14T12:01:00Z"});
    assert_eq!((told.data, told.id.is_some()), (expected, true));
    let path = format!("/client/orders/{order}");
    let change = json!({"special_request": "white borders"});
    scene.client_send(&client, Method::PATCH, &path, Some(&change)).await.expect(200);
    assert_eq!(stream.expect("order.changed").await.data["change"], "amended");
    scene.post(&format!("/orders/{order}/transitions"), &json!({"to": "accepted"})).await.expect(200);
    let told = stream.expect("order.changed").await.data;
    assert_eq!((&told["change"], &told["state"]), (&json!("transition"), &json!("accepted")));
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn photos_tell_how_far_they_are_and_selections_that_they_came() {
    let scene = scene(&CancellationToken::new(), 20).await;
    let wire = Wire::open(&scene).await;
    let mut stream = Stream::open(&wire, &scene.token, None).await;
    stream.expect("ready").await;
    scene.upload(&scene.gallery, "IMG_0001.JPG").await;
    let told = stream.expect("gallery.progress").await.data;
    assert_eq!(told["gallery_id"], scene.gallery);
    scene.app.advance_seconds(1);
    scene.app.run_jobs().await;
    let finished = json!({"pending": 0, "uploaded": 0, "processing": 0, "ready": 2, "failed": 0});
    while stream.expect("gallery.progress").await.data["photo_states"] != finished {}
    let client = scene.client(&json!({})).await;
    let made = scene.client_post(&client, "/client/selections", &json!({"name": "Album"})).await.expect(201);
    let path = format!("/client/selections/{}", made.text_at("/id"));
    let pick = format!("{path}/photos/{}", scene.photos[0]);
    scene.client_send(&client, Method::PUT, &pick, None).await.expect(200);
    scene.client_send(&client, Method::POST, &format!("{path}/submit"), None).await.expect(200);
    let told = stream.expect("selection.submitted").await.data;
    assert_eq!(told["selection_id"], made.json()["id"]);
}

#[tokio::test]
async fn a_stream_goes_on_from_the_last_id() {
    let scene = scene(&CancellationToken::new(), 20).await;
    let wire = Wire::open(&scene).await;
    let mut stream = Stream::open(&wire, &scene.token, None).await;
    let id = stream.expect("ready").await.id.unwrap();
    drop(stream);
    let (order, _) = order(&scene).await;
    scene.app.advance_seconds(300);
    let mut stream = Stream::open(&wire, &scene.token, Some(&id)).await;
    assert_eq!(stream.expect("ready").await.id.as_deref(), Some(id.as_str()));
    assert_eq!(stream.expect("order.changed").await.data["order_id"], order);
    for strange in ["2026-05-01T00:00:00Z", "2031-05-01T00:00:00Z", "no-such"] {
        let mut stream = Stream::open(&wire, &scene.token, Some(strange)).await;
        stream.expect("reset").await;
        stream.expect("ready").await;
    }
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn a_stream_ends_with_its_token() {
    let scene = scene(&CancellationToken::new(), 20).await;
    let wire = Wire::open(&scene).await;
    let mut stream = Stream::open(&wire, &scene.token, None).await;
    stream.expect("ready").await;
    scene.app.advance_seconds(40 * 24 * 3_600);
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_stream_ends_when_the_server_stops() {
    let closing = CancellationToken::new();
    let scene = scene(&closing, 20).await;
    let wire = Wire::open(&scene).await;
    let mut stream = Stream::open(&wire, &scene.token, None).await;
    stream.expect("ready").await;
    closing.cancel();
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_studio_has_so_many_streams_and_hears_of_nobody_else() {
    let scene = scene(&CancellationToken::new(), 1).await;
    let wire = Wire::open(&scene).await;
    let mut stream = Stream::open(&wire, &scene.token, None).await;
    stream.expect("ready").await;
    let refused = scene.get("/events").await.expect(429);
    refused.problem("/problems/too-many-streams", "");
    assert!(refused.header("retry-after").is_some());
    let other = scene.app.photographer("studio-two").await;
    let mut others = Stream::open(&wire, &other, None).await;
    others.expect("ready").await;
    order(&scene).await;
    stream.expect("order.changed").await;
    let gallery = json!({"name": "Theirs"});
    let gallery =
        scene.app.call(Method::POST, "/galleries").bearer(&other).json_if(Some(&gallery)).send().await;
    let path = format!("/galleries/{}/uploads", gallery.expect(201).text_at("/id"));
    let file = json!({"files": [{"filename": "A.JPG", "size": 5, "content_type": "image/jpeg"}]});
    scene.app.call(Method::POST, &path).bearer(&other).json_if(Some(&file)).send().await.expect(201);
    // What they hear first is their own, although the order came before it.
    others.expect("gallery.progress").await;
    scene.app.run_jobs().await;
}

#[tokio::test]
async fn where_nothing_can_stream_events_are_not_offered() {
    let event_streams = EventStreamOptions { offered: false, ..EventStreamOptions::default() };
    let http = HttpOptions { event_streams, ..HttpOptions::default() };
    let scene = Scene::over(TestApp::with(Setup { http, ..Setup::default() }).await).await;
    scene.get("/events").await.expect(501).problem("/problems/events-not-offered", "");
    scene.app.call(Method::GET, "/events").send().await.expect(401);
}
