//! The data directory: what lies where, and that one server has it to itself.
//!
//! ```text
//! halftone.db (-wal, -shm)    the database
//! halftone.lock               held by the server that runs
//! secret.key                  the installation's master key
//! objects/<object key>        files
//! multipart/<upload>/<part>   parts of uploads that are not joined yet
//! incoming/<random>           files being written; emptied at start
//! ```

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};

use halftone_core::ports::error::{StorageError, StorageErrorKind};

use super::error::{Fault, Operation};
use super::files;

/// Another process holds the lock.
#[derive(Debug, thiserror::Error)]
#[error("another Halftone server is using this directory; stop it first, or choose another directory")]
struct DirectoryInUse;

/// A data directory that this process holds. It is free again when the last part of the backend is dropped, or
/// when the process ends in whatever way.
#[derive(Debug)]
pub(super) struct DataDirectory {
    root: PathBuf,
    _lock: File,
}

impl DataDirectory {
    /// Makes the directory if it is not there, takes its lock and removes what a crash left behind.
    pub(super) fn open(root: &Path) -> Result<Self, StorageError> {
        let failed = |fault: Fault| Operation::new("open data directory", root.display()).failed(fault);
        fs::create_dir_all(root).map_err(|error| failed(error.into()))?;
        let lock = Self::lock(root)?;
        let directory = Self { root: root.to_owned(), _lock: lock };
        directory.prepare().map_err(|error| failed(error.into()))?;
        Ok(directory)
    }

    fn lock(root: &Path) -> Result<File, StorageError> {
        let path = root.join("halftone.lock");
        let failed = |fault: Fault| Operation::new("lock data directory", root.display()).failed(fault);
        let file = OpenOptions::new().create(true).truncate(false).write(true).open(path);
        let file = file.map_err(|error| failed(error.into()))?;
        match file.try_lock() {
            Ok(()) => Ok(file),
            Err(TryLockError::WouldBlock) => {
                let kind = StorageErrorKind::Unavailable;
                Err(StorageError::new(kind, "lock data directory", root.display())
                    .with_source(DirectoryInUse))
            }
            Err(TryLockError::Error(error)) => Err(failed(error.into())),
        }
    }

    fn prepare(&self) -> io::Result<()> {
        for directory in [self.objects(), self.multipart(), self.incoming()] {
            fs::create_dir_all(directory)?;
        }
        for leftover in fs::read_dir(self.incoming())? {
            let leftover = leftover?;
            if leftover.file_type()?.is_dir() {
                fs::remove_dir_all(leftover.path())?;
            } else {
                fs::remove_file(leftover.path())?;
            }
        }
        files::sync_directory(&self.root)
    }

    /// The database's file.
    pub(super) fn database_path(&self) -> PathBuf {
        self.root.join("halftone.db")
    }

    /// Under which the objects lie.
    pub(super) fn objects(&self) -> PathBuf {
        self.root.join("objects")
    }

    /// Under which the parts of uploads lie.
    pub(super) fn multipart(&self) -> PathBuf {
        self.root.join("multipart")
    }

    /// In which files are written before they get their name.
    pub(super) fn incoming(&self) -> PathBuf {
        self.root.join("incoming")
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn a_second_server_is_refused_until_the_first_has_ended() {
        let root = tempfile::tempdir().unwrap();
        let first = DataDirectory::open(root.path()).unwrap();
        let refused = DataDirectory::open(root.path()).unwrap_err();
        assert_eq!(refused.kind(), StorageErrorKind::Unavailable);
        assert!(refused.source().is_some_and(<dyn std::error::Error>::is::<DirectoryInUse>));
        drop(first);
        DataDirectory::open(root.path()).unwrap();
    }

    #[test]
    fn leftovers_of_a_crash_are_removed_at_start() {
        let root = tempfile::tempdir().unwrap();
        drop(DataDirectory::open(root.path()).unwrap());
        fs::write(root.path().join("incoming/half"), b"half a picture").unwrap();
        drop(DataDirectory::open(root.path()).unwrap());
        assert_eq!(fs::read_dir(root.path().join("incoming")).unwrap().count(), 0);
    }

    #[test]
    fn a_path_that_is_a_file_is_refused() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(DataDirectory::open(file.path()).is_err());
    }
}
