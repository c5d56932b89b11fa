//! Uploads in parts: `multipart/<upload>/<part number>`.
//!
//! The id of an upload is made from its key, so beginning again finds the parts that have arrived. The mark of a
//! part is the SHA-256 of its content, which is checked again when the parts are joined.

use std::fs::{self, File};
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use async_trait::async_trait;
use halftone_core::object_key::ObjectKey;
use halftone_core::photo::Sha256Hash;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{
    Expected, MultipartId, MultipartStore, ObjectStream, PartNumber, StoredObject, UploadedPart,
};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::error::{Fault, Operation};
use super::files;
use super::objects::incoming::{Incoming, receive};
use super::objects::{ObjectFiles, PIECE_BYTES, blocking};

/// Keeps parts as files.
#[derive(Debug)]
pub(super) struct EmbeddedMultipartStore {
    files: ObjectFiles,
}

impl EmbeddedMultipartStore {
    pub(super) const fn new(files: ObjectFiles) -> Self {
        Self { files }
    }

    /// Where the parts lie, if the id is that of the key's upload. Only ids that we made become paths.
    fn parts(&self, key: ObjectKey, upload: &MultipartId) -> Option<PathBuf> {
        (*upload == id_of(key)).then(|| self.files.directory.multipart().join(&upload.0))
    }
}

/// Half a SHA-256 in hexadecimal digits: enough that two keys never meet.
fn id_of(key: ObjectKey) -> MultipartId {
    let mut digits = hash_of(Sha256::new_with_prefix(key.to_string())).to_string();
    digits.truncate(32);
    MultipartId(digits)
}

fn hash_of(hasher: Sha256) -> Sha256Hash {
    Sha256Hash::from_bytes(hasher.finalize().into())
}

fn begin(parent: &Path, upload: &MultipartId) -> Result<(), Fault> {
    match fs::create_dir(parent.join(&upload.0)) {
        Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }
    Ok(files::sync_directory(parent)?)
}

fn store_part(
    directory: &Path,
    incoming: Incoming,
    number: PartNumber,
    now: Timestamp,
) -> Result<UploadedPart, Fault> {
    let etag = incoming.sha256().to_string();
    let path = directory.join(number.get().to_string());
    incoming.place(now, |from| {
        fs::rename(from, path)?;
        files::sync_directory(directory)
    })?;
    Ok(UploadedPart { number, etag })
}

/// The parts in order of their numbers, each once.
fn in_order(parts: &[UploadedPart]) -> Result<Vec<UploadedPart>, Fault> {
    let mut ordered = parts.to_vec();
    ordered.sort_by_key(|part| part.number);
    if ordered.is_empty() || ordered.windows(2).any(|pair| pair[0].number == pair[1].number) {
        return Err(StorageErrorKind::Mismatch.into());
    }
    Ok(ordered)
}

/// Opens all parts before anything is copied, and compares their sum with what is expected.
fn open_all(directory: &Path, parts: &[UploadedPart], expected: Expected) -> Result<Vec<File>, Fault> {
    let open = |part: &UploadedPart| File::open(directory.join(part.number.get().to_string()));
    let opened = parts.iter().map(open).collect::<io::Result<Vec<File>>>()?;
    let mut size_bytes = 0;
    for part in &opened {
        size_bytes += part.metadata()?.len();
    }
    if expected.size_bytes.is_some_and(|expected| expected != size_bytes) {
        return Err(StorageErrorKind::Mismatch.into());
    }
    Ok(opened)
}

fn copy(part: &mut File, etag: &str, into: &mut Incoming, buffer: &mut [u8]) -> Result<(), Fault> {
    let mut hasher = Sha256::new();
    loop {
        let length = part.read(buffer)?;
        if length == 0 {
            break;
        }
        hasher.update(&buffer[..length]);
        into.write(&buffer[..length])?;
    }
    if hash_of(hasher).to_string() == etag { Ok(()) } else { Err(StorageErrorKind::Mismatch.into()) }
}

fn complete(
    files: &ObjectFiles,
    directory: &Path,
    key: ObjectKey,
    parts: &[UploadedPart],
    expected: Expected,
) -> Result<StoredObject, Fault> {
    let parts = in_order(parts)?;
    let opened = open_all(directory, &parts, expected)?;
    let mut whole = files.begin()?;
    let mut buffer = vec![0; PIECE_BYTES];
    for (mut file, part) in opened.into_iter().zip(&parts) {
        copy(&mut file, &part.etag, &mut whole, &mut buffer)?;
    }
    let stored = files.store(key, whole, expected)?;
    if let Err(error) = fs::remove_dir_all(directory) {
        // The object is safe; aborting or completing again clears them away.
        tracing::warn!(error = &error as &dyn std::error::Error, "the parts of a finished upload stay");
    }
    Ok(stored)
}

#[async_trait]
impl MultipartStore for EmbeddedMultipartStore {
    async fn begin(&self, key: ObjectKey) -> Result<MultipartId, StorageError> {
        let (upload, parent) = (id_of(key), self.files.directory.multipart());
        let begun = blocking(move || begin(&parent, &upload).map(|()| upload)).await;
        begun.map_err(|fault| Operation::new("begin upload of", key).failed(fault))
    }

    async fn find(&self, key: ObjectKey) -> Result<Option<MultipartId>, StorageError> {
        let upload = id_of(key);
        let directory = self.files.directory.multipart().join(&upload.0);
        let exists = blocking(move || Ok(directory.try_exists()?)).await;
        let exists = exists.map_err(|fault| Operation::new("find upload of", key).failed(fault))?;
        Ok(exists.then_some(upload))
    }

    async fn put_part(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
        number: PartNumber,
        content: ObjectStream,
        most_bytes: u64,
    ) -> Result<UploadedPart, StorageError> {
        let operation = Operation::new("put part of", key);
        let stored = async {
            let directory = self.parts(key, upload).ok_or(StorageErrorKind::NotFound)?;
            let checked = directory.clone();
            // Before the content is read: nobody should send a part for nothing.
            blocking(move || Ok(fs::metadata(checked)?)).await?;
            let incoming = receive(&self.files, content, most_bytes).await?;
            let now = self.files.now();
            blocking(move || store_part(&directory, incoming, number, now)).await
        };
        stored.await.map_err(|fault| operation.failed(fault))
    }

    async fn complete(
        &self,
        key: ObjectKey,
        upload: &MultipartId,
        parts: &[UploadedPart],
        expected: Expected,
    ) -> Result<StoredObject, StorageError> {
        let operation = Operation::new("complete upload of", key);
        let (files, parts, directory) = (self.files.clone(), parts.to_vec(), self.parts(key, upload));
        let stored = blocking(move || {
            let directory = directory.ok_or(StorageErrorKind::NotFound)?;
            fs::metadata(&directory)?;
            complete(&files, &directory, key, &parts, expected)
        });
        stored.await.map_err(|fault| operation.failed(fault))
    }

    async fn abort(&self, key: ObjectKey) -> Result<(), StorageError> {
        let directory = self.files.directory.multipart().join(id_of(key).0);
        let aborted = blocking(move || match fs::remove_dir_all(directory) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        });
        aborted.await.map_err(|fault| Operation::new("abort upload of", key).failed(fault))
    }
}
