//! Where files are kept.

use std::fmt;
use std::ops::Range;
use std::pin::Pin;

use async_trait::async_trait;
use bytes::Bytes;
use futures_core::Stream;
use futures_util::TryStreamExt as _;
use jiff::Timestamp;

use crate::object_key::{ObjectKey, ObjectPrefix};
use crate::page::{Page, PageRequest};
use crate::photo::Sha256Hash;
use crate::ports::error::{StorageError, StorageErrorKind};

/// The bytes of an object, in pieces.
pub type ObjectStream = Pin<Box<dyn Stream<Item = Result<Bytes, StorageError>> + Send + 'static>>;

/// A stream of bytes that are in memory already.
pub fn stream_of(bytes: Bytes) -> ObjectStream {
    Box::pin(futures_util::stream::once(async move { Ok(bytes) }))
}

/// What is known of an object without reading it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ObjectInfo {
    /// Size in bytes.
    pub size_bytes: u64,
    /// An opaque mark that changes with the content, without quotes.
    pub etag: String,
    /// When it was written.
    pub modified_at: Timestamp,
}

/// What a new object must turn out to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Expected {
    /// Exactly this many bytes.
    pub size_bytes: Option<u64>,
    /// Exactly this content.
    pub sha256: Option<Sha256Hash>,
}

/// What a finished write stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoredObject {
    /// Size and mark.
    pub info: ObjectInfo,
    /// SHA-256 of the content, where the store has seen all of it: not after an upload in parts to S3.
    pub sha256: Option<Sha256Hash>,
}

/// An object being read.
pub struct ObjectBody {
    /// Size and mark of the whole object.
    pub info: ObjectInfo,
    /// Which bytes the stream holds.
    pub range: Range<u64>,
    /// The bytes.
    pub stream: ObjectStream,
}

impl fmt::Debug for ObjectBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("ObjectBody")
            .field("info", &self.info)
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}

impl ObjectBody {
    /// Reads everything into memory; the caller has checked the size before.
    ///
    /// # Errors
    /// Reading failed on the way, or there is more than `most_bytes`.
    pub async fn read(self, most_bytes: u64) -> Result<Bytes, StorageError> {
        let too_large = || StorageError::new(StorageErrorKind::Mismatch, "read", "an object over the limit");
        let length = self.range.end - self.range.start;
        if length > most_bytes {
            return Err(too_large());
        }
        let mut content = Vec::with_capacity(usize::try_from(length).map_err(|_| too_large())?);
        let mut stream = self.stream;
        while let Some(piece) = stream.try_next().await? {
            if content.len() as u64 + piece.len() as u64 > length {
                return Err(too_large());
            }
            content.extend_from_slice(&piece);
        }
        if content.len() as u64 != length {
            return Err(StorageError::new(
                StorageErrorKind::Unavailable,
                "read",
                "an object that was cut off",
            ));
        }
        Ok(content.into())
    }
}

/// How one deletion of several went.
#[derive(Debug)]
pub struct DeleteOutcome {
    /// Which object.
    pub key: ObjectKey,
    /// Whether it is gone. Deleting the absent succeeds.
    pub result: Result<(), StorageError>,
}

/// Keeps files.
///
/// A write MUST be atomic and durable: a reader sees the old content or the new one, whole, and after the call
/// returned the new one survives a crash. A failed or abandoned write MUST leave nothing visible.
#[async_trait]
pub trait ObjectStore: fmt::Debug + Send + Sync + 'static {
    /// Writes an object, replacing one that exists.
    ///
    /// # Errors
    /// `Mismatch` if the content is not what is expected; nothing is stored then.
    async fn put(
        &self,
        key: ObjectKey,
        content: ObjectStream,
        expected: Expected,
    ) -> Result<StoredObject, StorageError>;

    /// Opens an object for reading, wholly or in part. A range that begins inside the object and ends beyond
    /// it is cut at the end.
    ///
    /// # Errors
    /// `NotFound`; `Mismatch` if the range begins at the end or beyond it, as every range of an empty object
    /// does.
    async fn get(&self, key: ObjectKey, range: Option<Range<u64>>) -> Result<ObjectBody, StorageError>;

    /// What is known of an object, or `None` if there is none.
    async fn head(&self, key: ObjectKey) -> Result<Option<ObjectInfo>, StorageError>;

    /// Deletes objects, each by itself. Deleting the absent succeeds.
    async fn delete_many(&self, keys: &[ObjectKey]) -> Vec<DeleteOutcome>;

    /// The keys that begin with `prefix`, in byte order of their texts; cursors hold the last key.
    async fn list(&self, prefix: ObjectPrefix, page: &PageRequest) -> Result<Page<ObjectKey>, StorageError>;
}

/// Names an upload in parts; opaque.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MultipartId(pub String);

/// The number of a part: 1 to 10,000, as S3 has it.
///
/// ```
/// use halftone_core::ports::objects::PartNumber;
/// assert!(PartNumber::parse(1).is_ok());
/// assert!(PartNumber::parse(0).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartNumber(u16);

impl PartNumber {
    /// Checks the range.
    ///
    /// # Errors
    /// The number is not from 1 to 10,000.
    pub fn parse(number: i64) -> Result<Self, crate::text::InvalidValue> {
        match u16::try_from(number) {
            Ok(number @ 1..=10_000) => Ok(Self(number)),
            _ => Err(crate::text::InvalidValue::new("part number", "must be from 1 to 10000")),
        }
    }

    /// The number.
    pub const fn get(self) -> u16 {
        self.0
    }
}

/// A part that was uploaded.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UploadedPart {
    /// Which part.
    pub number: PartNumber,
    /// The mark that its upload returned, without quotes.
    pub etag: String,
}

/// Uploads in parts, for large files and resumption.
#[async_trait]
pub trait MultipartStore: fmt::Debug + Send + Sync + 'static {
    /// Begins an upload in parts of `key`. While one is open, beginning again MUST give the same id, so that
    /// nobody has to remember it; backends that name uploads themselves look for the open one first.
    async fn begin(&self, key: ObjectKey) -> Result<MultipartId, StorageError>;

    /// The open upload of `key`, or `None`; none is begun.
    async fn find(&self, key: ObjectKey) -> Result<Option<MultipartId>, StorageError>;

    /// Stores one part, replacing an earlier one of the same number, and tells its mark. `most_bytes` bounds
    /// what is read.
    ///
    /// # Errors
    /// `Mismatch` if the part is larger than `most_bytes`.
    async fn put_part(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
        number: PartNumber,
        content: ObjectStream,
        most_bytes: u64,
    ) -> Result<UploadedPart, StorageError>;

    /// Joins the parts, in order of their numbers, into the object; atomic and durable like a `put`.
    ///
    /// # Errors
    /// `NotFound` if the upload or a part is missing; `Mismatch` if a mark differs or the whole is not what is
    /// expected. The parts stay then. A store that never sees the whole, as S3, checks its size and leaves its hash to
    /// whoever reads it.
    async fn complete(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
        parts: &[UploadedPart],
        expected: Expected,
    ) -> Result<StoredObject, StorageError>;

    /// Drops the parts of every open upload of `key`; dropping the absent succeeds.
    async fn abort(&self, key: ObjectKey) -> Result<(), StorageError>;
}
