//! The application behind a real socket: what only shows on the wire.

use poem::listener::{Acceptor as _, Listener as _, TcpListener};
use poem::{Endpoint as _, EndpointExt as _, Server};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

use crate::harness::local;
use crate::scene::{Scene, jpeg};

/// Serves the scene's application, and sends it one request after the other.
pub(crate) struct Wire {
    address: String,
    server: tokio::task::JoinHandle<()>,
}

impl Wire {
    pub(crate) async fn open(scene: &Scene) -> Self {
        let acceptor = TcpListener::bind("127.0.0.1:0").into_acceptor().await.unwrap();
        let address = acceptor.local_addr()[0].as_socket_addr().unwrap().to_string();
        let endpoint = scene.app.endpoint();
        let endpoint = poem::endpoint::make(move |request| {
            let endpoint = std::sync::Arc::clone(&endpoint);
            async move { Ok::<_, poem::Error>(endpoint.get_response(request).await) }
        });
        let server = tokio::spawn(async move {
            Server::new_with_acceptor(acceptor).run(endpoint.boxed()).await.unwrap();
        });
        Self { address, server }
    }

    pub(crate) fn address(&self) -> &str {
        &self.address
    }

    /// The head of the answer, in lower case, and its body.
    async fn send(&self, head: &str, body: &[u8]) -> (String, Vec<u8>) {
        let mut stream = TcpStream::connect(&self.address).await.unwrap();
        let head = format!("{head}\r\nHost: studio.test\r\nConnection: close\r\n");
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(b"\r\n").await.unwrap();
        stream.write_all(body).await.unwrap();
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.unwrap();
        let end = answer.windows(4).position(|window| window == b"\r\n\r\n").unwrap();
        (String::from_utf8(answer[..end].to_vec()).unwrap().to_lowercase(), answer[end + 4..].to_vec())
    }
}

impl Drop for Wire {
    fn drop(&mut self) {
        self.server.abort();
    }
}

#[tokio::test]
async fn a_picture_says_its_length_and_a_head_request_gets_no_body() {
    let scene = Scene::with_photos(1).await;
    let wire = Wire::open(&scene).await;
    let photo = scene.get(&format!("/photos/{}", scene.photos[0])).await.expect(200);
    let url = photo.text_at("/proof_url");
    let path = local(&url);
    let (head, body) = wire.send(&format!("GET {path} HTTP/1.1"), b"").await;
    assert!(
        head.starts_with("http/1.1 200") && head.contains(&format!("content-length: {}\r\n", body.len()))
    );
    assert!(!head.contains("transfer-encoding") && body.starts_with(&[0xff, 0xd8]));
    let (told, nothing) = wire.send(&format!("HEAD {path} HTTP/1.1"), b"").await;
    assert!(told.contains(&format!("content-length: {}", body.len())) && nothing.is_empty());
    let (part, bytes) = wire.send(&format!("GET {path} HTTP/1.1\r\nRange: bytes=0-1"), b"").await;
    assert!(part.starts_with("http/1.1 206") && part.contains("content-length: 2"));
    assert_eq!(bytes, [0xff, 0xd8]);
    let tag = head.lines().find_map(|line| line.strip_prefix("etag: ")).unwrap();
    let (known, nothing) = wire.send(&format!("GET {path} HTTP/1.1\r\nIf-None-Match: {tag}"), b"").await;
    assert!(known.starts_with("http/1.1 304") && nothing.is_empty());
}

#[tokio::test]
async fn an_upload_that_breaks_off_or_lies_about_its_length_is_the_senders_fault() {
    let scene = Scene::new().await;
    let wire = Wire::open(&scene).await;
    let bytes = jpeg(30, 20);
    let file = serde_json::json!({"files": [
        {"filename": "A.JPG", "size": bytes.len(), "content_type": "image/jpeg"},
    ]});
    let ticket = scene.post(&format!("/galleries/{}/uploads", scene.gallery), &file).await.expect(201);
    let url = ticket.text_at("/uploads/0/url");
    let put =
        |headers: &str| format!("PUT {} HTTP/1.1\r\nContent-Type: image/jpeg\r\n{headers}", local(&url));
    let (long, _) = wire.send(&put("Content-Length: 999999"), &bytes).await;
    assert!(long.starts_with("http/1.1 422"), "{long}");
    let mut chunks = format!("{:x}\r\n", bytes.len()).into_bytes();
    chunks.extend_from_slice(&bytes);
    let (broken, _) =
        wire.send(&put("Transfer-Encoding: chunked"), &[&chunks[..], b"\r\nzz\r\n"].concat()).await;
    assert!(broken.starts_with("http/1.1 400"), "{broken}");
    chunks.extend_from_slice(b"\r\n0\r\n\r\n");
    let (whole, _) = wire.send(&put("Transfer-Encoding: chunked"), &chunks).await;
    assert!(whole.starts_with("http/1.1 200"), "{whole}");
}
