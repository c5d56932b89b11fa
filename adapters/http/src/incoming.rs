//! Bodies of requests on their way into the store.

use std::io;
use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _, stream};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::ObjectStream;
use tokio::time::timeout;

/// For how long the rest of a body is read that nobody wants.
const LINGER: Duration = Duration::from_secs(30);

type Body = Pin<Box<dyn Stream<Item = io::Result<Bytes>> + Send>>;

/// What stays of a body with the request, while the store reads it.
pub(crate) struct Remains {
    body: Arc<Mutex<Body>>,
    is_broken: Arc<AtomicBool>,
}

impl Remains {
    /// Whether the connection ended before the body did: then the failure of the store is the caller's.
    pub(crate) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Acquire)
    }

    /// Reads what the store did not, for a while. Were a refusal answered while the caller still sends, the connection would be
    /// reset under it, and many a caller would never see the answer.
    pub(crate) async fn linger(self) {
        let rest = pieces(self.body).take_while(|piece| std::future::ready(piece.is_ok()));
        // Why ignored: whoever sends for longer than that has to live with the reset.
        drop(timeout(LINGER, rest.for_each(|_| std::future::ready(()))).await);
    }
}

/// A body as the object store takes it, and what stays of it here.
pub(crate) fn incoming(
    body: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> (ObjectStream, Remains) {
    // Fused, because it may be asked again after its end.
    let body: Body = Box::pin(body.fuse());
    let remains = Remains { body: Arc::new(Mutex::new(body)), is_broken: Arc::default() };
    let is_broken = Arc::clone(&remains.is_broken);
    let content = pieces(Arc::clone(&remains.body)).map(move |piece| {
        piece.map_err(|error| {
            is_broken.store(true, Ordering::Release);
            StorageError::new(StorageErrorKind::Unexpected, "receive", "a body").with_source(error)
        })
    });
    (Box::pin(content), remains)
}

/// The next pieces of a body. One reader follows the other, so nobody waits for the lock.
fn pieces(body: Arc<Mutex<Body>>) -> impl Stream<Item = io::Result<Bytes>> + Send {
    stream::poll_fn(move |context| {
        body.lock().unwrap_or_else(PoisonError::into_inner).as_mut().poll_next(context)
    })
}
