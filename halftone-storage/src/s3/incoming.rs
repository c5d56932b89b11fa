//! Content on its way in: cut into pieces of the wanted size, counted, hashed and compared.

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use halftone_core::object_key::ObjectKey;
use halftone_core::photo::Sha256Hash;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{Expected, ObjectStream};
use sha2::{Digest as _, Sha256};

/// How much is hashed before other tasks get their turn: about a quarter of a millisecond's work.
const HASH_STEP_BYTES: usize = 256 << 10;

/// Where a piece that grows begins, unless its length is known.
const FIRST_BUFFER_BYTES: usize = 64 << 10;

/// A stream that is being stored.
pub(super) struct Incoming {
    key: ObjectKey,
    stream: ObjectStream,
    expected: Expected,
    hasher: Sha256,
    received_bytes: u64,
    /// What was read beyond the last piece.
    rest: Bytes,
    is_over: bool,
}

impl Incoming {
    pub(super) fn new(key: ObjectKey, stream: ObjectStream, expected: Expected) -> Self {
        let (hasher, rest) = (Sha256::new(), Bytes::new());
        Self { key, stream, expected, hasher, received_bytes: 0, rest, is_over: false }
    }

    /// Whether everything has been handed out.
    pub(super) fn is_over(&self) -> bool {
        self.is_over && self.rest.is_empty()
    }

    /// The next `most_bytes`, or less at the end of the stream.
    ///
    /// # Errors
    /// That of the stream; `Mismatch` as soon as there is more than what is expected.
    pub(super) async fn next(&mut self, most_bytes: usize) -> Result<Bytes, StorageError> {
        let mut piece = BytesMut::with_capacity(self.likely_bytes(most_bytes));
        while piece.len() < most_bytes {
            if self.rest.is_empty() && !self.read().await? {
                break;
            }
            let length = self.rest.len().min(most_bytes - piece.len());
            piece.extend_from_slice(&self.rest.split_to(length));
        }
        Ok(piece.freeze())
    }

    /// Size and hash of everything.
    ///
    /// # Errors
    /// `Mismatch` if they are not what is expected.
    pub(super) fn finish(self) -> Result<(u64, Sha256Hash), StorageError> {
        let sha256 = Sha256Hash::from_bytes(self.hasher.finalize().into());
        let is_as_expected = self.expected.size_bytes.is_none_or(|size| size == self.received_bytes)
            && self.expected.sha256.is_none_or(|announced| announced == sha256);
        if is_as_expected { Ok((self.received_bytes, sha256)) } else { Err(mismatch(self.key)) }
    }

    /// Reads a little more, or tells that there is nothing.
    async fn read(&mut self) -> Result<bool, StorageError> {
        if self.is_over {
            return Ok(false);
        }
        let Some(content) = self.stream.try_next().await? else {
            self.is_over = true;
            return Ok(false);
        };
        self.received_bytes += content.len() as u64;
        if self.expected.size_bytes.is_some_and(|size| self.received_bytes > size) {
            return Err(mismatch(self.key));
        }
        self.hash(&content).await;
        self.rest = content;
        Ok(true)
    }

    /// Content in memory comes as one piece of many megabytes.
    async fn hash(&mut self, content: &[u8]) {
        for (index, step) in content.chunks(HASH_STEP_BYTES).enumerate() {
            if index > 0 {
                tokio::task::yield_now().await;
            }
            self.hasher.update(step);
        }
    }

    fn likely_bytes(&self, most_bytes: usize) -> usize {
        let remaining = self.expected.size_bytes.map(|size| size.saturating_sub(self.received_bytes));
        let length = remaining.map_or(FIRST_BUFFER_BYTES, |remaining| {
            usize::try_from(remaining).unwrap_or(usize::MAX).saturating_add(self.rest.len())
        });
        length.min(most_bytes)
    }
}

/// The content is not what was announced.
pub(super) fn mismatch(key: ObjectKey) -> StorageError {
    StorageError::new(StorageErrorKind::Mismatch, "put object", key)
}

#[cfg(test)]
mod tests {
    use futures_util::stream;
    use halftone_core::id::{PhotoId, StudioId};
    use halftone_core::object_key::OriginalKey;
    use uuid::Uuid;

    use super::*;

    fn incoming(pieces: &[&'static str], expected: Expected) -> Incoming {
        let (studio, photo) = (StudioId::from_uuid(Uuid::nil()), PhotoId::from_uuid(Uuid::nil()));
        let pieces: Vec<_> = pieces.iter().map(|piece| Ok(Bytes::from_static(piece.as_bytes()))).collect();
        Incoming::new(
            OriginalKey { studio, photo, replacement: None }.into(),
            Box::pin(stream::iter(pieces)),
            expected,
        )
    }

    #[tokio::test]
    async fn pieces_have_the_wanted_length() {
        let mut incoming = incoming(&["pic", "", "tures of a wed", "ding"], Expected::default());
        let mut pieces = Vec::new();
        while !incoming.is_over() {
            pieces.push(incoming.next(8).await.unwrap());
        }
        assert_eq!(pieces, ["pictures", " of a we", "dding"]);
        let hash = Sha256Hash::from_bytes(Sha256::digest(b"pictures of a wedding").into());
        assert_eq!(incoming.finish().unwrap(), (21, hash));
    }

    #[tokio::test]
    async fn more_than_announced_is_noticed_at_once() {
        let endless = stream::repeat_with(|| Ok(Bytes::from_static(b"x")));
        let (studio, photo) = (StudioId::from_uuid(Uuid::nil()), PhotoId::from_uuid(Uuid::nil()));
        let expected = Expected { size_bytes: Some(3), sha256: None };
        let mut incoming = Incoming::new(
            OriginalKey { studio, photo, replacement: None }.into(),
            Box::pin(endless),
            expected,
        );
        let error = incoming.next(1 << 20).await.unwrap_err();
        assert_eq!(error.kind(), StorageErrorKind::Mismatch);
    }

    #[tokio::test]
    async fn a_piece_that_ends_with_the_stream_is_followed_by_an_empty_one() {
        let mut incoming = incoming(&["pictures"], Expected::default());
        assert_eq!(incoming.next(8).await.unwrap(), "pictures");
        assert!(!incoming.is_over());
        assert_eq!(incoming.next(8).await.unwrap(), "");
        assert!(incoming.is_over());
    }
}
