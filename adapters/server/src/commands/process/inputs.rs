//! Which files are to be rendered.

use std::collections::BTreeSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::bail;

use crate::commands::process::outcome::Failure;

/// What was found under the names on the command line.
#[derive(Debug, Default)]
pub(crate) struct Found {
    /// The pictures, each once, as absolute paths.
    pub(crate) files: Vec<PathBuf>,
    /// What could not be looked at.
    pub(crate) failures: Vec<Failure>,
}

/// Finds the pictures. A file that is named is taken whatever its extension says; a folder gives those of its files
/// that look like pictures, except what lies in `out`.
///
/// # Errors
/// `out` is itself one of the folders: its content would be read and written at once.
pub(crate) fn collect(inputs: &[PathBuf], out: &Path) -> anyhow::Result<Found> {
    let mut found = Found::default();
    let mut seen = BTreeSet::new();
    for input in inputs {
        match input.canonicalize() {
            Ok(path) if path == out => {
                bail!("--out must be another folder than {}, which is read", input.display())
            }
            Ok(path) => walk(&path, out, Named::Directly, &mut seen, &mut found),
            Err(error) => found.fail(input, &error),
        }
    }
    Ok(found)
}

/// How a path was come by.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Named {
    Directly,
    InFolder,
}

fn walk(path: &Path, out: &Path, named: Named, seen: &mut BTreeSet<PathBuf>, found: &mut Found) {
    if path == out {
        return;
    }
    // Links to folders are not followed, so that a ring of them ends.
    let kind = match fs::symlink_metadata(path) {
        Ok(metadata) => metadata.file_type(),
        Err(error) => return found.fail(path, &error),
    };
    if kind.is_dir() {
        match entries(path) {
            Ok(entries) => entries.iter().for_each(|entry| walk(entry, out, Named::InFolder, seen, found)),
            Err(error) => found.fail(path, &error),
        }
        return;
    }
    if named == Named::InFolder && !looks_like_a_picture(path) {
        return;
    }
    match path.canonicalize() {
        Ok(file) if file.is_file() => {
            if seen.insert(file.clone()) {
                found.files.push(file);
            }
        }
        Ok(_) => {}
        Err(error) => found.fail(path, &error),
    }
}

/// The entries of a folder in order of their names, without hidden ones.
fn entries(folder: &Path) -> io::Result<Vec<PathBuf>> {
    let mut entries = Vec::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if !entry.file_name().to_string_lossy().starts_with('.') {
            entries.push(entry.path());
        }
    }
    entries.sort();
    Ok(entries)
}

fn looks_like_a_picture(path: &Path) -> bool {
    const EXTENSIONS: [&str; 7] = ["jpg", "jpeg", "jpe", "png", "webp", "tif", "tiff"];
    let extension = path.extension().and_then(|extension| extension.to_str());
    extension.is_some_and(|extension| EXTENSIONS.iter().any(|known| known.eq_ignore_ascii_case(extension)))
}

impl Found {
    fn fail(&mut self, path: &Path, error: &io::Error) {
        self.failures.push(Failure { path: path.to_owned(), reason: error.to_string() });
    }
}
