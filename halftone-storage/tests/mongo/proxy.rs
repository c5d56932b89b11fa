//! A TCP proxy that breaks connections when it is told to.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, copy};
use tokio::net::{TcpListener, TcpStream};

/// Stands between the driver and the server, and hands on every byte of both.
#[derive(Debug)]
pub(crate) struct Proxy {
    address: SocketAddr,
    cuts: Arc<AtomicBool>,
}

impl Proxy {
    /// Listens on a free port of this computer in front of `server`, `host:port`.
    pub(crate) async fn start(server: String) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let (address, cuts) = (listener.local_addr().unwrap(), Arc::new(AtomicBool::new(false)));
        let cutting = Arc::clone(&cuts);
        tokio::spawn(async move {
            while let Ok((driver, _)) = listener.accept().await {
                let server = TcpStream::connect(&server).await.unwrap();
                tokio::spawn(hand_on(driver, server, Arc::clone(&cutting)));
            }
        });
        Self { address, cuts }
    }

    pub(crate) const fn address(&self) -> SocketAddr {
        self.address
    }

    /// From now on, what is asked still reaches the server, and the connection breaks in the middle of its reply.
    pub(crate) fn cut_replies(&self) {
        self.cuts.store(true, Ordering::SeqCst);
    }

    /// From now on all is well again, for new connections.
    pub(crate) fn heal(&self) {
        self.cuts.store(false, Ordering::SeqCst);
    }
}

async fn hand_on(driver: TcpStream, server: TcpStream, cuts: Arc<AtomicBool>) {
    let (mut from_driver, mut to_driver) = driver.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let asking = tokio::spawn(async move { copy(&mut from_driver, &mut to_server).await });
    let mut buffer = vec![0; 64 * 1024];
    while let Ok(read @ 1..) = from_server.read(&mut buffer).await {
        let is_cut = cuts.load(Ordering::SeqCst);
        let part = if is_cut { read / 2 } else { read };
        if to_driver.write_all(&buffer[..part]).await.is_err() || is_cut {
            break;
        }
    }
    // Both directions end with this task.
    asking.abort();
}
