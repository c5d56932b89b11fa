//! Files on their way in.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use halftone_core::photo::Sha256Hash;
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::objects::ObjectStream;
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::super::error::Fault;
use super::{ObjectFiles, PIECE_BYTES, blocking};

/// Small pieces may each hold on to a large buffer, so their number is bounded as well as their size.
const MOST_PIECES: usize = 64;

/// A file that has no name yet. Dropping it removes it.
#[derive(Debug)]
pub(in super::super) struct Incoming {
    file: File,
    hasher: Sha256,
    size_bytes: u64,
    leftover: Leftover,
}

impl Incoming {
    pub(super) fn create(path: &Path) -> io::Result<Self> {
        let file = OpenOptions::new().read(true).write(true).create_new(true).open(path)?;
        let leftover = Leftover { path: path.to_owned() };
        Ok(Self { file, hasher: Sha256::new(), size_bytes: 0, leftover })
    }

    /// Adds bytes. Blocks.
    pub(in super::super) fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.file.write_all(bytes)?;
        self.hasher.update(bytes);
        self.size_bytes += bytes.len() as u64;
        Ok(())
    }

    pub(in super::super) const fn size_bytes(&self) -> u64 {
        self.size_bytes
    }

    pub(in super::super) fn sha256(&self) -> Sha256Hash {
        Sha256Hash::from_bytes(self.hasher.clone().finalize().into())
    }

    /// Syncs the file and lets `rename` give it its name. Blocks.
    pub(in super::super) fn place(
        self,
        now: Timestamp,
        rename: impl FnOnce(&Path) -> io::Result<()>,
    ) -> io::Result<File> {
        self.file.set_modified(SystemTime::from(now))?;
        self.file.sync_all()?;
        rename(&self.leftover.path)?;
        self.leftover.keep();
        Ok(self.file)
    }
}

/// The name of a file that must not stay.
#[derive(Debug)]
struct Leftover {
    path: PathBuf,
}

impl Leftover {
    /// The file has another name now.
    fn keep(mut self) {
        self.path = PathBuf::new();
    }
}

impl Drop for Leftover {
    fn drop(&mut self) {
        if self.path.as_os_str().is_empty() {
            return;
        }
        let path = std::mem::take(&mut self.path);
        // Freeing a large file takes time, so an abandoned upload must not do it on an async thread.
        match tokio::runtime::Handle::try_current() {
            Ok(runtime) => drop(runtime.spawn_blocking(move || remove(&path))),
            Err(_) => remove(&path),
        }
    }
}

fn remove(path: &Path) {
    if let Err(error) = fs::remove_file(path) {
        let error = &error as &dyn std::error::Error;
        tracing::warn!(
            error,
            "a file that is not needed stays in the incoming directory until the next start"
        );
    }
}

/// Writes a stream into a new file with bounded memory, and stops as soon as it is longer than `most_bytes`. No
/// thread is held while the sender is slow.
pub(in super::super) async fn receive(
    files: &ObjectFiles,
    mut content: ObjectStream,
    most_bytes: u64,
) -> Result<Incoming, Fault> {
    let opener = files.clone();
    let mut incoming = blocking(move || opener.begin()).await?;
    let mut pieces: Vec<Bytes> = Vec::new();
    let (mut waiting_bytes, mut total_bytes) = (0_usize, 0_u64);
    while let Some(piece) = content.try_next().await? {
        total_bytes = total_bytes.saturating_add(piece.len() as u64);
        if total_bytes > most_bytes {
            return Err(StorageErrorKind::Mismatch.into());
        }
        waiting_bytes += piece.len();
        pieces.push(piece);
        if waiting_bytes >= PIECE_BYTES || pieces.len() >= MOST_PIECES {
            incoming = write_all(incoming, std::mem::take(&mut pieces)).await?;
            waiting_bytes = 0;
        }
    }
    write_all(incoming, pieces).await
}

async fn write_all(mut incoming: Incoming, pieces: Vec<Bytes>) -> Result<Incoming, Fault> {
    if pieces.is_empty() {
        return Ok(incoming);
    }
    blocking(move || {
        for piece in pieces {
            incoming.write(&piece)?;
        }
        Ok(incoming)
    })
    .await
}
