//! Bodies of requests on their way into the store.

use std::io;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::ObjectStream;

/// Tells, after a body was read, whether it broke off: then the failure of the store is the caller's.
#[derive(Debug, Clone, Default)]
pub(crate) struct Breakage(Arc<AtomicBool>);

impl Breakage {
    /// The connection ended before the body did.
    pub(crate) fn happened(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }

    fn report(&self) {
        self.0.store(true, Ordering::Release);
    }
}

/// A body as the object store takes it.
pub(crate) fn incoming(
    body: impl Stream<Item = io::Result<Bytes>> + Send + 'static,
) -> (ObjectStream, Breakage) {
    let breakage = Breakage::default();
    let watch = breakage.clone();
    let stream = body.map(move |piece| {
        piece.map_err(|error| {
            watch.report();
            StorageError::new(StorageErrorKind::Unexpected, "receive", "a body").with_source(error)
        })
    });
    (Box::pin(stream), breakage)
}
