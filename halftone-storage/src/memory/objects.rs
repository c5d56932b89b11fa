//! Files in memory.

use std::collections::BTreeMap;
use std::ops::{Bound, Range};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::TryStreamExt as _;
use halftone_core::clock::Clock;
use halftone_core::object_key::{ObjectKey, ObjectPrefix};
use halftone_core::page::{Cursor, Page, PageRequest};
use halftone_core::photo::Sha256Hash;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{
    DeleteOutcome, Expected, ObjectBody, ObjectInfo, ObjectStore, ObjectStream, StoredObject, stream_of,
};
use jiff::Timestamp;
use sha2::{Digest, Sha256};
use uuid::Uuid;

use super::multipart::Uploads;

#[derive(Debug)]
struct Object {
    key: ObjectKey,
    content: Bytes,
    info: ObjectInfo,
}

/// The objects by the text of their key, and the uploads in parts that are under way.
#[derive(Debug, Default)]
pub(super) struct ObjectState {
    objects: BTreeMap<String, Object>,
    pub(super) uploads: Uploads,
}

impl ObjectState {
    /// Stores checked content.
    pub(super) fn put(
        &mut self,
        key: ObjectKey,
        content: Bytes,
        expected: Expected,
        now: Timestamp,
    ) -> Result<StoredObject, StorageError> {
        let sha256 = digest(&content);
        let size_bytes = content.len() as u64;
        if expected.size_bytes.is_some_and(|size| size != size_bytes)
            || expected.sha256.is_some_and(|announced| announced != sha256)
        {
            return Err(StorageError::new(StorageErrorKind::Mismatch, "put object", key));
        }
        let info = ObjectInfo { size_bytes, etag: sha256.to_string(), modified_at: now };
        self.objects.insert(key.to_string(), Object { key, content, info: info.clone() });
        Ok(StoredObject { info, sha256: Some(sha256) })
    }
}

/// A handle on the objects; clones share them.
#[derive(Debug, Clone, Default)]
pub(super) struct SharedObjects(Arc<Mutex<ObjectState>>);

impl SharedObjects {
    pub(super) fn lock(&self) -> MutexGuard<'_, ObjectState> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

pub(super) fn digest(content: &[u8]) -> Sha256Hash {
    Sha256Hash::from_bytes(Sha256::digest(content).into())
}

/// Reads a stream to its end, or until it is longer than `most_bytes`.
pub(super) async fn collect(
    mut stream: ObjectStream,
    most_bytes: u64,
    too_long: impl Fn() -> StorageError + Send,
) -> Result<Bytes, StorageError> {
    let mut content = Vec::new();
    while let Some(piece) = stream.try_next().await? {
        if content.len() as u64 + piece.len() as u64 > most_bytes {
            return Err(too_long());
        }
        content.extend_from_slice(&piece);
    }
    Ok(content.into())
}

/// Keeps files as byte buffers. The mark of an object is the SHA-256 of its content.
#[derive(Debug)]
pub struct MemoryObjectStore {
    objects: SharedObjects,
    clock: Arc<dyn Clock>,
}

impl MemoryObjectStore {
    pub(super) fn new(objects: SharedObjects, clock: Arc<dyn Clock>) -> Self {
        Self { objects, clock }
    }
}

#[async_trait]
impl ObjectStore for MemoryObjectStore {
    async fn put(
        &self,
        key: ObjectKey,
        content: ObjectStream,
        expected: Expected,
    ) -> Result<StoredObject, StorageError> {
        let too_long = || StorageError::new(StorageErrorKind::Mismatch, "put object", key);
        let content = collect(content, expected.size_bytes.unwrap_or(u64::MAX), too_long).await?;
        let now = self.clock.now();
        self.objects.lock().put(key, content, expected, now)
    }

    async fn get(&self, key: ObjectKey, range: Option<Range<u64>>) -> Result<ObjectBody, StorageError> {
        let failed = |kind| StorageError::new(kind, "get object", key);
        let objects = self.objects.lock();
        let object =
            objects.objects.get(&key.to_string()).ok_or_else(|| failed(StorageErrorKind::NotFound))?;
        let size = object.info.size_bytes;
        let range = match range {
            None => 0..size,
            Some(range) if range.start < size => range.start..range.end.clamp(range.start, size),
            Some(_) => return Err(failed(StorageErrorKind::Mismatch)),
        };
        // Both ends lie inside a buffer, so they fit the machine's word.
        let part = to_index(range.start)..to_index(range.end);
        let stream = stream_of(object.content.slice(part));
        Ok(ObjectBody { info: object.info.clone(), range, stream })
    }

    async fn head(&self, key: ObjectKey) -> Result<Option<ObjectInfo>, StorageError> {
        Ok(self.objects.lock().objects.get(&key.to_string()).map(|object| object.info.clone()))
    }

    async fn delete_many(&self, keys: &[ObjectKey]) -> Vec<DeleteOutcome> {
        let mut objects = self.objects.lock();
        let mut delete = |key: &ObjectKey| {
            objects.objects.remove(&key.to_string());
            DeleteOutcome { key: *key, result: Ok(()) }
        };
        keys.iter().map(&mut delete).collect()
    }

    async fn list(&self, prefix: ObjectPrefix, page: &PageRequest) -> Result<Page<ObjectKey>, StorageError> {
        let objects = self.objects.lock();
        let prefix = prefix.to_string();
        let start = match &page.after {
            Some(cursor) if cursor.key() >= prefix.as_str() => Bound::Excluded(cursor.key()),
            Some(_) | None => Bound::Included(prefix.as_str()),
        };
        let keys = objects
            .objects
            .range::<str, _>((start, Bound::Unbounded))
            .take_while(|(text, _)| text.starts_with(&prefix))
            .take(page.limit.get() + 1)
            .map(|(_, object)| object.key)
            .collect();
        Ok(Page::cut(keys, page.limit, |key: &ObjectKey| Cursor::new(key.to_string(), Uuid::nil())))
    }
}

fn to_index(position: u64) -> usize {
    usize::try_from(position).expect("a position inside a buffer fits the machine's word")
}
