//! A server that gives the replies it was told to.

use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

/// A server whose last reply is repeated for ever. It ends with the runtime of its test.
pub(crate) struct ScriptedServer {
    pub(crate) endpoint: String,
    requests: Arc<Mutex<Vec<String>>>,
}

impl ScriptedServer {
    pub(crate) async fn start(replies: Vec<Vec<u8>>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        let seen = Arc::clone(&requests);
        tokio::spawn(async move {
            let mut next = 0;
            loop {
                let (mut connection, _) = listener.accept().await.unwrap();
                let Some(request) = read_request(&mut connection).await else {
                    continue;
                };
                seen.lock().unwrap().push(request);
                let reply = &replies[next.min(replies.len() - 1)];
                next += 1;
                // A client that hangs up early has what it wanted.
                drop(connection.write_all(reply).await);
                drop(connection.shutdown().await);
            }
        });
        Self { endpoint, requests }
    }

    /// The heads of all requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

/// Reads a request with its body and gives its head, or `None` for a connection that nobody used.
async fn read_request(connection: &mut TcpStream) -> Option<String> {
    let mut received = Vec::new();
    let mut buffer = vec![0; 64 << 10];
    loop {
        let length = connection.read(&mut buffer).await.unwrap();
        if length == 0 {
            return None;
        }
        received.extend_from_slice(&buffer[..length]);
        let Some(end) = received.windows(4).position(|bytes| bytes == b"\r\n\r\n") else {
            continue;
        };
        let head = String::from_utf8(received[..end].to_vec()).unwrap();
        let mut missing = (body_bytes(&head) + end + 4).saturating_sub(received.len());
        while missing > 0 {
            let length = connection.read(&mut buffer).await.unwrap();
            assert!(length > 0, "the body of a request ended early");
            missing = missing.saturating_sub(length);
        }
        return Some(head);
    }
}

fn body_bytes(head: &str) -> usize {
    let length = |line: &str| line.to_ascii_lowercase().strip_prefix("content-length: ")?.parse().ok();
    head.lines().find_map(length).unwrap_or(0)
}

/// A reply; `headers` end with `\r\n` each.
pub(crate) fn reply(status: &str, headers: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    format!("HTTP/1.1 {status}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}")
        .into_bytes()
}

/// A reply to a HEAD request, which has no body whatever its headers say.
pub(crate) fn bare(status: &str, headers: &str) -> Vec<u8> {
    format!("HTTP/1.1 {status}\r\nConnection: close\r\n{headers}\r\n").into_bytes()
}

/// An error as S3 tells it.
pub(crate) fn error(status: &str, code: &str) -> Vec<u8> {
    let body = format!("<?xml version=\"1.0\"?><Error><Code>{code}</Code><Message>no</Message></Error>");
    reply(status, "Content-Type: application/xml\r\n", &body)
}

/// A successful reply with a document.
pub(crate) fn document(body: &str) -> Vec<u8> {
    reply("200 OK", "Content-Type: application/xml\r\n", &format!("<?xml version=\"1.0\"?>{body}"))
}

/// What HEAD tells of an object of seven bytes.
pub(crate) fn head_of_seven_bytes() -> Vec<u8> {
    bare("200 OK", "Content-Length: 7\r\nETag: \"m\"\r\nLast-Modified: Thu, 14 May 2026 09:30:00 GMT\r\n")
}
