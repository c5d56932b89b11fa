//! A server that speaks as much of the wire protocol (`OP_MSG`, and `OP_QUERY` for the first greeting) as the driver
//! needs to believe in it, and answers every other command as a test wants.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use mongodb::bson::{self, Document, doc};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};

const OP_REPLY: i32 = 1;
const OP_QUERY: i32 = 2004;
const OP_MSG: i32 = 2013;

/// What happens to a command.
#[derive(Debug, Clone)]
pub(crate) enum Answer {
    /// This is the reply.
    Reply(Document),
    /// The connection breaks in the middle of a reply.
    Break,
    /// There is never a reply.
    Silence,
}

/// Starts a server that answers every command but greetings as `answer` says, and tells its address.
pub(crate) async fn start(answer: impl Fn(&Document) -> Answer + Send + Sync + 'static) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let (address, answer) = (listener.local_addr().unwrap(), Arc::new(answer));
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let answer = Arc::clone(&answer);
            tokio::spawn(async move { serve(stream, &*answer).await });
        }
    });
    address
}

/// Serves a connection until either side ends it.
async fn serve(mut stream: TcpStream, answer: &(impl Fn(&Document) -> Answer + Sync)) -> io::Result<()> {
    loop {
        let length = stream.read_i32_le().await?;
        let request = stream.read_i32_le().await?;
        let _response_to = stream.read_i32_le().await?;
        let code = stream.read_i32_le().await?;
        let mut body = vec![0; usize::try_from(length).unwrap() - 16];
        stream.read_exact(&mut body).await?;
        let command = command(code, &body);
        let is_greeting = ["hello", "isMaster", "ismaster"].iter().any(|name| command.contains_key(name));
        let answer = if is_greeting { Answer::Reply(greeting()) } else { answer(&command) };
        match answer {
            Answer::Reply(reply) => stream.write_all(&message(code, request, &reply)).await?,
            Answer::Break => {
                let reply = message(code, request, &doc! { "ok": 1 });
                return stream.write_all(&reply[..reply.len() / 2]).await;
            }
            Answer::Silence => {}
        }
    }
}

fn command(code: i32, body: &[u8]) -> Document {
    let document = match code {
        // Flags, the name of the collection up to a zero, two numbers, the document.
        OP_QUERY => {
            let name = body[4..].iter().position(|byte| *byte == 0).unwrap();
            &body[4 + name + 1 + 8..]
        }
        // Flags, the kind of the first section, the document; what follows are sections of documents to write.
        OP_MSG => &body[5..],
        other => panic!("operation {other} is not expected"),
    };
    let length = i32::from_le_bytes(document[..4].try_into().unwrap());
    bson::deserialize_from_slice(&document[..usize::try_from(length).unwrap()]).unwrap()
}

fn message(code: i32, request: i32, reply: &Document) -> Vec<u8> {
    let document = bson::serialize_to_vec(reply).unwrap();
    let mut body = Vec::new();
    let code = if code == OP_QUERY {
        // Flags, a cursor of 8 bytes, the place in it, one document.
        body.extend([0; 16]);
        body.extend(1_i32.to_le_bytes());
        OP_REPLY
    } else {
        body.extend([0; 5]);
        OP_MSG
    };
    body.extend(document);
    let length = i32::try_from(body.len()).unwrap() + 16;
    let head = [length, 1, request, code].map(i32::to_le_bytes).concat();
    [head, body].concat()
}

fn greeting() -> Document {
    doc! {
        "ok": 1, "isWritablePrimary": true, "ismaster": true, "helloOk": true, "maxBsonObjectSize": 16_777_216,
        "maxMessageSizeBytes": 48_000_000, "maxWriteBatchSize": 100_000, "minWireVersion": 0, "maxWireVersion": 21,
        "logicalSessionTimeoutMinutes": 30, "readOnly": false,
    }
}
