//! The directories of the object files.
//!
//! A lock keeps apart what would race: files are renamed into directories under the shared side, and
//! directories are made and removed under the exclusive side. So a directory that is there has a durable name,
//! and it does not vanish while a file moves in.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{PoisonError, RwLock};

use halftone_core::object_key::ObjectKey;

use super::super::error::Fault;
use super::super::files;

/// How often a file is moved into a directory that others keep removing.
const MOST_TRIES: u32 = 100;

#[derive(Debug)]
pub(super) struct Tree {
    root: PathBuf,
    directories: RwLock<()>,
}

impl Tree {
    pub(super) const fn new(root: PathBuf) -> Self {
        Self { root, directories: RwLock::new(()) }
    }

    /// Where the object lies. The text of a key has no way up and no other surprises.
    pub(super) fn path(&self, key: ObjectKey) -> PathBuf {
        self.root.join(key.to_string())
    }

    /// Moves a synced file to its place and makes the name durable.
    pub(super) fn place(&self, from: &Path, key: ObjectKey) -> io::Result<()> {
        let path = self.path(key);
        let parent = path.parent().unwrap_or(&self.root);
        let mut tries = 0;
        loop {
            tries += 1;
            match self.rename(from, &path, parent) {
                Err(error) if error.kind() == io::ErrorKind::NotFound && tries < MOST_TRIES => {
                    self.make_directories(parent)?;
                }
                result => return result,
            }
        }
    }

    fn rename(&self, from: &Path, path: &Path, parent: &Path) -> io::Result<()> {
        let _shared = self.directories.read().unwrap_or_else(PoisonError::into_inner);
        fs::rename(from, path)?;
        files::sync_directory(parent)
    }

    fn make_directories(&self, directory: &Path) -> io::Result<()> {
        let _exclusive = self.directories.write().unwrap_or_else(PoisonError::into_inner);
        let missing: Vec<&Path> =
            directory.ancestors().take_while(|path| *path != self.root && !path.is_dir()).collect();
        for directory in missing.into_iter().rev() {
            match fs::create_dir(directory) {
                Err(error) if error.kind() != io::ErrorKind::AlreadyExists => return Err(error),
                Ok(()) | Err(_) => {}
            }
            files::sync_directory(directory.parent().unwrap_or(&self.root))?;
        }
        Ok(())
    }

    /// Deletes objects and the directories that they leave empty; one result for each key, in order.
    pub(super) fn delete_many(&self, keys: &[ObjectKey]) -> Vec<Result<(), Fault>> {
        let mut results: Vec<Result<(), Fault>> = keys.iter().map(|key| self.unlink(*key)).collect();
        let mut by_directory: BTreeMap<PathBuf, Vec<usize>> = BTreeMap::new();
        for (position, key) in keys.iter().enumerate() {
            let path = self.path(*key);
            by_directory.entry(path.parent().unwrap_or(&self.root).to_owned()).or_default().push(position);
        }
        for (directory, positions) in by_directory {
            let Err(error) = self.prune(&directory) else { continue };
            // The names may come back after a crash, so the objects do not count as deleted.
            for position in positions {
                if results[position].is_ok() {
                    results[position] = Err(Fault::File(io::Error::from(error.kind())));
                }
            }
        }
        results
    }

    fn unlink(&self, key: ObjectKey) -> Result<(), Fault> {
        match fs::remove_file(self.path(key)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Removes `directory` and those above it as far as they are empty, and makes that durable.
    fn prune(&self, directory: &Path) -> io::Result<()> {
        let remaining = self.remove_empty(directory)?;
        match files::sync_directory(remaining) {
            // Somebody else pruned on, and syncs what remains above.
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
            result => result,
        }
    }

    /// The lowest directory that remains.
    fn remove_empty<'path>(&'path self, directory: &'path Path) -> io::Result<&'path Path> {
        let _exclusive = self.directories.write().unwrap_or_else(PoisonError::into_inner);
        for directory in directory.ancestors().take_while(|path| *path != self.root) {
            match fs::remove_dir(directory) {
                Ok(()) => {}
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                // POSIX lets a system say either.
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::DirectoryNotEmpty | io::ErrorKind::AlreadyExists
                    ) =>
                {
                    return Ok(directory);
                }
                Err(error) => return Err(error),
            }
        }
        Ok(&self.root)
    }
}
