//! Marks of what is installed, so that the second installation is instant.

use std::path::{Path, PathBuf};

use anyhow::Context as _;

/// A file that says of which versions and settings the directory beside it was made. It is written last, so a broken
/// installation has none.
#[derive(Debug)]
pub(super) struct Stamp {
    directory: PathBuf,
    path: PathBuf,
    content: String,
}

impl Stamp {
    /// Describes an installation that shall be there; `content` is everything that decides what it is made of.
    pub(super) fn new(directory: &Path, content: String) -> Self {
        Self { directory: directory.to_owned(), path: directory.with_extension("stamp"), content }
    }

    /// Tells whether what is installed is what shall be there.
    pub(super) fn is_current(&self) -> bool {
        // A stamp that is missing or cannot be read is the stamp of nothing.
        self.directory.is_dir()
            && std::fs::read_to_string(&self.path).is_ok_and(|written| written == self.content)
    }

    /// Marks the installation as broken, before it is changed.
    pub(super) fn remove(&self) -> anyhow::Result<()> {
        if self.path.exists() {
            std::fs::remove_file(&self.path)
                .with_context(|| format!("could not remove {}", self.path.display()))?;
        }
        Ok(())
    }

    /// Marks the installation as complete.
    pub(super) fn write(&self) -> anyhow::Result<()> {
        std::fs::write(&self.path, &self.content)
            .with_context(|| format!("could not write {}", self.path.display()))
    }
}

#[cfg(test)]
mod tests {
    use super::Stamp;

    #[test]
    fn an_installation_is_current_until_its_versions_change() {
        let directory = tempfile::tempdir().unwrap();
        let peer = directory.path().join("peer");
        std::fs::create_dir(&peer).unwrap();
        let stamp = Stamp::new(&peer, "peer 1".to_owned());
        assert!(!stamp.is_current());
        stamp.write().unwrap();
        assert!(stamp.is_current());
        assert!(!Stamp::new(&peer, "peer 2".to_owned()).is_current());
    }

    #[test]
    fn an_installation_that_was_removed_or_begun_anew_is_not_current() {
        let directory = tempfile::tempdir().unwrap();
        let peer = directory.path().join("peer");
        std::fs::create_dir(&peer).unwrap();
        let stamp = Stamp::new(&peer, "peer 1".to_owned());
        stamp.write().unwrap();
        std::fs::remove_dir(&peer).unwrap();
        assert!(!stamp.is_current());
        std::fs::create_dir(&peer).unwrap();
        assert!(stamp.is_current());
        stamp.remove().unwrap();
        assert!(!stamp.is_current());
    }
}
