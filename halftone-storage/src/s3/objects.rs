//! Whole objects.

use std::collections::BTreeMap;
use std::error::Error;
use std::ops::Range;
use std::sync::Arc;

use async_trait::async_trait;
use aws_sdk_s3::error::BuildError;
use aws_sdk_s3::operation::delete_objects::DeleteObjectsOutput;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{Delete, ObjectIdentifier};
use halftone_core::object_key::{ObjectKey, ObjectPrefix};
use halftone_core::page::{Cursor, Page, PageRequest};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{
    DeleteOutcome, Expected, ObjectBody, ObjectInfo, ObjectStore, ObjectStream, StoredObject,
};
use uuid::Uuid;

use super::bucket::Bucket;
use super::error::{failed, kind_of, kind_of_code};
use super::{reading, writing};

/// The most keys that one request may delete.
const DELETED_AT_ONCE: usize = 1000;

const DELETE: &str = "delete object";

/// Keeps files in a bucket. A write holds at most 16 MiB of its content in memory.
#[derive(Debug)]
pub struct S3ObjectStore {
    bucket: Bucket,
}

impl S3ObjectStore {
    pub(super) const fn new(bucket: Bucket) -> Self {
        Self { bucket }
    }

    async fn delete(&self, keys: &[ObjectKey]) -> Vec<DeleteOutcome> {
        let delete = match delete_of(keys) {
            Ok(delete) => delete,
            Err(error) => return refuse_all(keys, StorageErrorKind::Unexpected, error),
        };
        let request = self.bucket.client.delete_objects().bucket(&self.bucket.name).delete(delete);
        match request.send().await {
            Ok(output) => outcomes(keys, &output),
            Err(error) => refuse_all(keys, kind_of(&error), error),
        }
    }
}

fn delete_of(keys: &[ObjectKey]) -> Result<Delete, BuildError> {
    let identify = |key: &ObjectKey| ObjectIdentifier::builder().key(key.to_string()).build();
    let objects = keys.iter().map(identify).collect::<Result<Vec<_>, _>>()?;
    Delete::builder().set_objects(Some(objects)).build()
}

/// The outcome of every key. One that the answer does not mention counts as kept.
fn outcomes(keys: &[ObjectKey], output: &DeleteObjectsOutput) -> Vec<DeleteOutcome> {
    let gone = output.deleted().iter().filter_map(|deleted| Some((deleted.key()?, None)));
    let kept = output.errors().iter().filter_map(|error| Some((error.key()?, Some(error))));
    let results: BTreeMap<&str, _> = gone.chain(kept).collect();
    let result_of = |key: &ObjectKey| match results.get(key.to_string().as_str()) {
        Some(None) => Ok(()),
        Some(Some(error)) => {
            let reason =
                format!("{}: {}", error.code().unwrap_or("no code"), error.message().unwrap_or("no message"));
            Err(StorageError::new(kind_of_code(error.code()), DELETE, key).with_source(reason))
        }
        None => {
            let reason = "the answer does not mention it";
            Err(StorageError::new(StorageErrorKind::Unexpected, DELETE, key).with_source(reason))
        }
    };
    keys.iter().map(|key| DeleteOutcome { key: *key, result: result_of(key) }).collect()
}

/// One failure for all, which they share.
fn refuse_all<E>(keys: &[ObjectKey], kind: StorageErrorKind, error: E) -> Vec<DeleteOutcome>
where
    E: Error + Send + Sync + 'static,
{
    let error = Arc::new(error);
    let refused = |key: &ObjectKey| StorageError::new(kind, DELETE, key).with_source(Arc::clone(&error));
    keys.iter().map(|key| DeleteOutcome { key: *key, result: Err(refused(key)) }).collect()
}

/// The keys of a page that are Halftone's own; somebody else's objects are not ours to tell of.
fn keys_of(page: &ListObjectsV2Output) -> impl Iterator<Item = ObjectKey> {
    // Why `ok`: see above.
    page.contents().iter().filter_map(|object| ObjectKey::parse(object.key()?).ok())
}

#[async_trait]
impl ObjectStore for S3ObjectStore {
    async fn put(
        &self,
        key: ObjectKey,
        content: ObjectStream,
        expected: Expected,
    ) -> Result<StoredObject, StorageError> {
        writing::put(&self.bucket, key, content, expected).await
    }

    async fn get(&self, key: ObjectKey, range: Option<Range<u64>>) -> Result<ObjectBody, StorageError> {
        reading::get(&self.bucket, key, range).await
    }

    async fn head(&self, key: ObjectKey) -> Result<Option<ObjectInfo>, StorageError> {
        self.bucket.head(key).await
    }

    async fn delete_many(&self, keys: &[ObjectKey]) -> Vec<DeleteOutcome> {
        let mut outcomes = Vec::with_capacity(keys.len());
        for keys in keys.chunks(DELETED_AT_ONCE) {
            outcomes.extend(self.delete(keys).await);
        }
        outcomes
    }

    async fn list(&self, prefix: ObjectPrefix, page: &PageRequest) -> Result<Page<ObjectKey>, StorageError> {
        let wanted = page.limit.get() + 1;
        let start_after = page.after.as_ref().map(|cursor| cursor.key().to_owned());
        let request = || {
            self.bucket
                .client
                .list_objects_v2()
                .bucket(&self.bucket.name)
                .prefix(prefix.to_string())
                .set_start_after(start_after.clone().filter(|key| !key.is_empty()))
                // At most 501, by `PageLimit`.
                .set_max_keys(i32::try_from(wanted).ok())
        };
        let (mut keys, mut next) = (Vec::new(), None);
        loop {
            let part = request().set_continuation_token(next).send().await;
            let part = part.map_err(|error| failed("list objects", prefix, error))?;
            keys.extend(keys_of(&part));
            next = part.next_continuation_token.filter(|_| keys.len() < wanted);
            if next.is_none() {
                break;
            }
        }
        Ok(Page::cut(keys, page.limit, |key: &ObjectKey| Cursor::new(key.to_string(), Uuid::nil())))
    }
}
