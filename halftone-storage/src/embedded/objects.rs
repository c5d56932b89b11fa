//! Files under `objects/`, by the text of their key.
//!
//! A file is written under a random name in `incoming/`, checked, synced and then renamed, and the names on the
//! way to it are synced too: a reader sees the old file or the new one, and what was answered survives a crash.
//! The mark of an object is made of its inode, size and time, which changes with every write of it.

use std::io;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::entropy::Entropy;
use halftone_core::object_key::{ObjectKey, ObjectPrefix};
use halftone_core::page::{Cursor, Page, PageRequest};
use halftone_core::photo::Sha256Hash;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{
    DeleteOutcome, Expected, ObjectBody, ObjectInfo, ObjectStore, ObjectStream, StoredObject,
};
use jiff::Timestamp;
use uuid::Uuid;

use super::directory::DataDirectory;
use super::error::{Fault, Operation};

pub(super) mod incoming;
mod reading;
mod tree;
mod walk;

use incoming::Incoming;
use tree::Tree;

/// Reads and writes go to the disk in pieces of this size.
pub(super) const PIECE_BYTES: usize = 128 << 10;

/// The object files and what is needed to write them; clones share them.
#[derive(Debug, Clone)]
pub(super) struct ObjectFiles {
    pub(super) directory: Arc<DataDirectory>,
    tree: Arc<Tree>,
    clock: Arc<dyn Clock>,
    entropy: Arc<dyn Entropy>,
}

impl ObjectFiles {
    pub(super) fn new(
        directory: Arc<DataDirectory>,
        clock: Arc<dyn Clock>,
        entropy: Arc<dyn Entropy>,
    ) -> Self {
        let tree = Arc::new(Tree::new(directory.objects()));
        Self { directory, tree, clock, entropy }
    }

    /// Begins a file under a random name. Blocks.
    pub(super) fn begin(&self) -> Result<Incoming, Fault> {
        let mut random = [0_u8; 16];
        self.entropy.fill(&mut random);
        let name = Uuid::from_bytes(random).simple().to_string();
        Ok(Incoming::create(&self.directory.incoming().join(name))?)
    }

    /// The time that new files bear.
    pub(super) fn now(&self) -> Timestamp {
        self.clock.now()
    }

    /// Gives a checked file the name of its key, durably. Blocks.
    pub(super) fn store(
        &self,
        key: ObjectKey,
        incoming: Incoming,
        expected: Expected,
    ) -> Result<StoredObject, Fault> {
        let (size_bytes, sha256) = (incoming.size_bytes(), incoming.sha256());
        if !agrees(expected, size_bytes, sha256) {
            return Err(StorageErrorKind::Mismatch.into());
        }
        let placed = incoming.place(self.now(), |from| self.tree.place(from, key))?;
        Ok(StoredObject { info: reading::info_of(&placed.metadata()?)?, sha256: Some(sha256) })
    }
}

fn agrees(expected: Expected, size_bytes: u64, sha256: Sha256Hash) -> bool {
    expected.size_bytes.is_none_or(|size| size == size_bytes)
        && expected.sha256.is_none_or(|hash| hash == sha256)
}

/// Runs work on files away from the async threads.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, Fault> + Send + 'static,
) -> Result<T, Fault> {
    tokio::task::spawn_blocking(work).await.unwrap_or(Err(Fault::Stopped("the work on files was cut off")))
}

/// Keeps objects as files.
#[derive(Debug)]
pub(super) struct EmbeddedObjectStore {
    files: ObjectFiles,
}

impl EmbeddedObjectStore {
    pub(super) const fn new(files: ObjectFiles) -> Self {
        Self { files }
    }
}

#[async_trait]
impl ObjectStore for EmbeddedObjectStore {
    async fn put(
        &self,
        key: ObjectKey,
        content: ObjectStream,
        expected: Expected,
    ) -> Result<StoredObject, StorageError> {
        let operation = Operation::new("put object", key);
        let most_bytes = expected.size_bytes.unwrap_or(u64::MAX);
        let files = self.files.clone();
        let stored = async {
            let incoming = incoming::receive(&self.files, content, most_bytes).await?;
            blocking(move || files.store(key, incoming, expected)).await
        };
        stored.await.map_err(|fault| operation.failed(fault))
    }

    async fn get(&self, key: ObjectKey, range: Option<Range<u64>>) -> Result<ObjectBody, StorageError> {
        let operation = Operation::new("get object", key);
        let path = self.files.tree.path(key);
        let opened = blocking(move || reading::open(&path, range)).await;
        let opened = opened.map_err(|fault| operation.failed(fault))?;
        Ok(opened.into_body(operation))
    }

    async fn head(&self, key: ObjectKey) -> Result<Option<ObjectInfo>, StorageError> {
        let operation = Operation::new("head object", key);
        let path = self.files.tree.path(key);
        let found = blocking(move || match std::fs::metadata(path) {
            Ok(metadata) => Ok(Some(reading::info_of(&metadata)?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error.into()),
        });
        found.await.map_err(|fault| operation.failed(fault))
    }

    async fn delete_many(&self, keys: &[ObjectKey]) -> Vec<DeleteOutcome> {
        let tree = Arc::clone(&self.files.tree);
        let to_delete = keys.to_vec();
        let deleted = blocking(move || Ok(tree.delete_many(&to_delete))).await;
        let results = match deleted {
            Ok(results) => results,
            Err(_) => keys.iter().map(|_| Err(Fault::Stopped("the work on files was cut off"))).collect(),
        };
        let outcome = |(key, result): (&ObjectKey, Result<(), Fault>)| DeleteOutcome {
            key: *key,
            result: result.map_err(|fault| Operation::new("delete object", key).failed(fault)),
        };
        keys.iter().zip(results).map(outcome).collect()
    }

    async fn list(&self, prefix: ObjectPrefix, page: &PageRequest) -> Result<Page<ObjectKey>, StorageError> {
        let operation = Operation::new("list objects of", prefix);
        let root = self.files.directory.objects();
        let limit = page.limit;
        let after = page.after.as_ref().map_or_else(String::new, |cursor| cursor.key().to_owned());
        let keys = blocking(move || walk::list(&root, &prefix.to_string(), &after, limit.get() + 1)).await;
        let keys = keys.map_err(|fault| operation.failed(fault))?;
        Ok(Page::cut(keys, limit, |key: &ObjectKey| Cursor::new(key.to_string(), Uuid::nil())))
    }
}

#[cfg(test)]
mod tests;
