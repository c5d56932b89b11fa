//! A server that answers with prepared replies, one after the other, and keeps what it was asked.

use std::sync::{Arc, Mutex};

use aws_config::SdkConfig;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{TcpListener, TcpStream};

use crate::peers::config;

/// A reply as it goes over the wire.
#[derive(Debug, Clone)]
pub(crate) struct Reply {
    pub(crate) status: &'static str,
    pub(crate) headers: &'static [(&'static str, &'static str)],
    pub(crate) body: &'static str,
}

pub(crate) struct Server {
    pub(crate) config: SdkConfig,
    requests: Arc<Mutex<Vec<String>>>,
}

impl Server {
    /// Answers with these replies in turn; the last one is repeated.
    pub(crate) async fn start(replies: Vec<Reply>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let endpoint = format!("http://{}", listener.local_addr().unwrap());
        let requests = Arc::new(Mutex::new(Vec::new()));
        tokio::spawn(serve(listener, replies, Arc::clone(&requests)));
        Self { config: config(&endpoint).await, requests }
    }

    /// The bodies of the requests so far.
    pub(crate) fn requests(&self) -> Vec<String> {
        self.requests.lock().unwrap().clone()
    }
}

async fn serve(listener: TcpListener, replies: Vec<Reply>, requests: Arc<Mutex<Vec<String>>>) {
    let mut replies = replies.into_iter().peekable();
    loop {
        let (stream, _) = listener.accept().await.unwrap();
        let reply = replies.next().unwrap();
        if replies.peek().is_none() {
            replies = vec![reply.clone()].into_iter().peekable();
        }
        let body = answer(stream, &reply).await;
        requests.lock().unwrap().push(body);
    }
}

/// Reads one request, answers it and closes the connection.
async fn answer(stream: TcpStream, reply: &Reply) -> String {
    let mut stream = BufReader::new(stream);
    let mut length = 0;
    loop {
        let mut line = String::new();
        stream.read_line(&mut line).await.unwrap();
        if line.trim_end().is_empty() {
            break;
        }
        if let Some((name, value)) = line.split_once(':')
            && name.eq_ignore_ascii_case("content-length")
        {
            length = value.trim().parse().unwrap();
        }
    }
    let mut body = vec![0; length];
    stream.read_exact(&mut body).await.unwrap();
    let headers: Vec<String> =
        reply.headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head =
        format!("HTTP/1.1 {}\r\nconnection: close\r\ncontent-length: {}", reply.status, reply.body.len());
    let whole = format!("{head}\r\n{}\r\n{}", headers.concat(), reply.body);
    stream.write_all(whole.as_bytes()).await.unwrap();
    stream.flush().await.unwrap();
    String::from_utf8(body).unwrap()
}
