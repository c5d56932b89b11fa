//! Uploads in parts in memory.

use std::collections::BTreeMap;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use halftone_core::clock::Clock;
use halftone_core::entropy::Entropy;
use halftone_core::object_key::ObjectKey;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{
    Expected, MultipartId, MultipartStore, ObjectStream, PartNumber, StoredObject, UploadedPart,
};
use uuid::Uuid;

use super::objects::{SharedObjects, collect, digest};

/// The uploads under way, by id.
pub(super) type Uploads = BTreeMap<String, Upload>;

/// The parts of one upload.
#[derive(Debug)]
pub(super) struct Upload {
    key: ObjectKey,
    parts: BTreeMap<PartNumber, Part>,
}

#[derive(Debug)]
struct Part {
    content: Bytes,
    etag: String,
}

impl Upload {
    /// The content of the named parts in order of their numbers.
    fn join(&self, parts: &[UploadedPart]) -> Result<Bytes, StorageError> {
        let failed = |kind| StorageError::new(kind, "complete upload", self.key);
        let mut named: Vec<&UploadedPart> = parts.iter().collect();
        named.sort_by_key(|part| part.number);
        if named.is_empty() || named.windows(2).any(|pair| pair[0].number == pair[1].number) {
            return Err(failed(StorageErrorKind::Mismatch));
        }
        let mut content = BytesMut::new();
        for part in named {
            let stored = self.parts.get(&part.number).ok_or_else(|| failed(StorageErrorKind::NotFound))?;
            if stored.etag != part.etag {
                return Err(failed(StorageErrorKind::Mismatch));
            }
            content.extend_from_slice(&stored.content);
        }
        Ok(content.freeze())
    }
}

/// Keeps parts as byte buffers until they are joined.
#[derive(Debug)]
pub struct MemoryMultipartStore {
    objects: SharedObjects,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl MemoryMultipartStore {
    pub(super) fn new(objects: SharedObjects, clock: Arc<dyn Clock>, entropy: Arc<dyn Entropy>) -> Self {
        Self { objects, clock, entropy }
    }
}

fn not_found(operation: &'static str, key: ObjectKey) -> StorageError {
    StorageError::new(StorageErrorKind::NotFound, operation, key)
}

#[async_trait]
impl MultipartStore for MemoryMultipartStore {
    async fn begin(&self, key: ObjectKey) -> Result<MultipartId, StorageError> {
        let mut random = [0_u8; 16];
        self.entropy.fill(&mut random);
        let mut objects = self.objects.lock();
        if let Some((id, _)) = objects.uploads.iter().find(|(_, upload)| upload.key == key) {
            return Ok(MultipartId(id.clone()));
        }
        let id = Uuid::from_bytes(random).simple().to_string();
        objects.uploads.insert(id.clone(), Upload { key, parts: BTreeMap::new() });
        Ok(MultipartId(id))
    }

    async fn find(&self, key: ObjectKey) -> Result<Option<MultipartId>, StorageError> {
        let objects = self.objects.lock();
        let open = objects.uploads.iter().find(|(_, upload)| upload.key == key);
        Ok(open.map(|(id, _)| MultipartId(id.clone())))
    }

    async fn put_part(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
        number: PartNumber,
        content: ObjectStream,
        most_bytes: u64,
    ) -> Result<UploadedPart, StorageError> {
        let too_large = || StorageError::new(StorageErrorKind::Mismatch, "put part", key);
        let content = collect(content, most_bytes, too_large).await?;
        let etag = digest(&content).to_string();
        let mut objects = self.objects.lock();
        let upload = objects
            .uploads
            .get_mut(&upload.0)
            .filter(|upload| upload.key == key)
            .ok_or_else(|| not_found("put part", key))?;
        upload.parts.insert(number, Part { content, etag: etag.clone() });
        Ok(UploadedPart { number, etag })
    }

    async fn complete(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
        parts: &[UploadedPart],
        expected: Expected,
    ) -> Result<StoredObject, StorageError> {
        let now = self.clock.now();
        let mut objects = self.objects.lock();
        let found = objects.uploads.get(&upload.0).filter(|upload| upload.key == key);
        let content = found.ok_or_else(|| not_found("complete upload", key))?.join(parts)?;
        let stored = objects.put(key, content, expected, now)?;
        objects.uploads.remove(&upload.0);
        Ok(stored)
    }

    async fn abort(&self, key: ObjectKey) -> Result<(), StorageError> {
        self.objects.lock().uploads.retain(|_, upload| upload.key != key);
        Ok(())
    }
}
