//! The bytes of an archive, read while they are wanted.

use std::sync::Arc;

use futures_util::{StreamExt as _, TryStreamExt as _, stream};

use crate::object_key::ObjectKey;
use crate::ports::error::{StorageError, StorageErrorKind};
use crate::ports::objects::{ObjectStore, ObjectStream, stream_of};
use crate::zip::ZipPiece;

/// These pieces of an archive, one after the other; `key_of` says where its entries lie. One file is open at a time, and none is
/// held in memory. The stream ends with an error if a file is no longer what it was when it was sealed.
pub(super) fn bytes_of(
    store: Arc<dyn ObjectStore>,
    key_of: impl Fn(usize) -> Option<ObjectKey> + Send + 'static,
    pieces: Vec<ZipPiece>,
) -> ObjectStream {
    let open = move |piece| {
        let key = match &piece {
            ZipPiece::Content { entry, .. } => key_of(*entry),
            ZipPiece::Bytes(_) => None,
        };
        open(Arc::clone(&store), key, piece)
    };
    Box::pin(stream::iter(pieces).then(open).try_flatten())
}

async fn open(
    store: Arc<dyn ObjectStore>,
    key: Option<ObjectKey>,
    piece: ZipPiece,
) -> Result<ObjectStream, StorageError> {
    match piece {
        ZipPiece::Bytes(bytes) => Ok(stream_of(bytes)),
        ZipPiece::Content { entry, range } => {
            let absent = || StorageError::new(StorageErrorKind::NotFound, "find file of pack", entry);
            let key = key.ok_or_else(absent)?;
            let body = store.get(key, Some(range.clone())).await?;
            if body.range == range {
                Ok(body.stream)
            } else {
                Err(StorageError::new(StorageErrorKind::Corrupt, "read as much as was sealed of", key))
            }
        }
    }
}
