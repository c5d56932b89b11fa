//! A fresh directory for one run of the peers, which is gone when the run is over.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

use anyhow::Context as _;

use crate::report;

/// The directory of a run. It is removed when this is dropped; if xtask is killed before, by the next run.
#[derive(Debug)]
pub(super) struct RunDirectory {
    path: PathBuf,
    /// Held as long as the run lasts, which tells a later run that this one is alive.
    _lock: File,
}

impl RunDirectory {
    /// Makes an empty directory under `runs`, and removes those of runs that are no more.
    pub(super) fn create(runs: &Path) -> anyhow::Result<Self> {
        static COUNT: AtomicU32 = AtomicU32::new(0);

        std::fs::create_dir_all(runs).with_context(|| format!("could not create {}", runs.display()))?;
        remove_abandoned(runs)?;
        let name = format!("{}-{}", std::process::id(), COUNT.fetch_add(1, Ordering::Relaxed));
        let path = runs.join(&name);
        // The lock lies beside the directory and is taken first, so the directory is never seen without it.
        let lock = File::create(lock_of(&path))?;
        lock.lock()?;
        std::fs::create_dir(&path).with_context(|| format!("could not create {}", path.display()))?;
        Ok(Self { path, _lock: lock })
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for RunDirectory {
    fn drop(&mut self) {
        if let Err(error) = remove(&self.path) {
            report::failure(&error);
        }
    }
}

fn remove_abandoned(runs: &Path) -> anyhow::Result<()> {
    for entry in std::fs::read_dir(runs)? {
        let path = entry?.path();
        if path.is_dir() && is_abandoned(&path) {
            report::line(&format!("services: removing {}, whose run is no more", path.display()));
            // Its servers may still be about to end, and write while this removes; then it is the next run's turn.
            if let Err(error) = remove(&path) {
                report::line(&format!("services: {error:#}; the next run tries again"));
            }
        }
    }
    Ok(())
}

/// A directory without a lock is abandoned, and so is one whose lock nobody holds.
fn is_abandoned(directory: &Path) -> bool {
    File::open(lock_of(directory)).map_or(true, |lock| lock.try_lock().is_ok())
}

fn remove(directory: &Path) -> anyhow::Result<()> {
    std::fs::remove_dir_all(directory)
        .with_context(|| format!("could not remove {}", directory.display()))?;
    let lock = lock_of(directory);
    if lock.exists() {
        std::fs::remove_file(lock)?;
    }
    Ok(())
}

fn lock_of(directory: &Path) -> PathBuf {
    directory.with_extension("lock")
}

#[cfg(test)]
mod tests {
    use super::RunDirectory;

    #[test]
    fn two_runs_at_the_same_time_have_a_directory_each() {
        let runs = tempfile::tempdir().unwrap();
        let first = RunDirectory::create(runs.path()).unwrap();
        let second = RunDirectory::create(runs.path()).unwrap();
        assert_ne!(first.path(), second.path());
        assert!(first.path().is_dir());
    }

    #[test]
    fn a_run_leaves_nothing_behind() {
        let runs = tempfile::tempdir().unwrap();
        let run = RunDirectory::create(runs.path()).unwrap();
        std::fs::write(run.path().join("data"), "x").unwrap();
        drop(run);
        assert_eq!(runs.path().read_dir().unwrap().count(), 0);
    }

    #[test]
    fn what_a_killed_run_has_left_is_removed_by_the_next() {
        let runs = tempfile::tempdir().unwrap();
        let abandoned = runs.path().join("1-0");
        std::fs::create_dir(&abandoned).unwrap();
        std::fs::write(abandoned.with_extension("lock"), "").unwrap();
        let _run = RunDirectory::create(runs.path()).unwrap();
        assert!(!abandoned.exists());
        assert!(!abandoned.with_extension("lock").exists());
    }
}
