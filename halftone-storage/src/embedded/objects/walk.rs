//! Listing keys by walking directories, with memory for one page.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use halftone_core::object_key::ObjectKey;

use super::super::error::Fault;

/// Up to `most` keys that begin with `prefix` (which ends with a slash) and come after `after`, in byte order.
///
/// The system lists a directory in no order, so each directory on the way is read through once for a page, and
/// only the names that fit the page are remembered.
pub(super) fn list(root: &Path, prefix: &str, after: &str, most: usize) -> Result<Vec<ObjectKey>, Fault> {
    let mut walk = Walk { root, after, most, keys: Vec::new() };
    walk.directory(prefix)?;
    Ok(walk.keys)
}

struct Walk<'walk> {
    root: &'walk Path,
    after: &'walk str,
    most: usize,
    keys: Vec<ObjectKey>,
}

/// What a name of a directory stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Entry {
    File,
    Directory,
}

impl Walk<'_> {
    /// Adds the keys under `prefix`, which is empty or ends with a slash.
    fn directory(&mut self, prefix: &str) -> Result<(), Fault> {
        let mut floor = String::new();
        // Directories may turn out empty, so one batch of names may not fill the page.
        loop {
            let wanted = self.most - self.keys.len();
            let batch = self.lowest_entries(prefix, &floor, wanted)?;
            let is_last = batch.len() < wanted;
            for (text, entry) in &batch {
                match entry {
                    Entry::Directory => self.directory(text)?,
                    Entry::File => self.file(text),
                }
                if self.keys.len() == self.most {
                    return Ok(());
                }
            }
            match batch.into_iter().next_back() {
                Some((text, _)) if !is_last => floor = text,
                _ => return Ok(()),
            }
        }
    }

    fn file(&mut self, text: &str) {
        if let Ok(key) = ObjectKey::parse(text) {
            self.keys.push(key);
        } else {
            tracing::warn!("a file that is no object lies among the objects");
        }
    }

    /// The lowest `wanted` entries over `floor` that may lead to keys of the page. Directories end with a slash,
    /// as they do in keys, so the order of entries is that of the keys under them.
    fn lowest_entries(
        &self,
        prefix: &str,
        floor: &str,
        wanted: usize,
    ) -> Result<BTreeMap<String, Entry>, Fault> {
        let mut lowest = BTreeMap::new();
        let entries = match fs::read_dir(self.root.join(prefix)) {
            Ok(entries) => entries,
            // No object has this prefix, or the last one was deleted while we walked.
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(lowest),
            Err(error) => return Err(error.into()),
        };
        for found in entries {
            let found = found?;
            // A name that is not UTF-8 is no part of a key.
            let Ok(name) = found.file_name().into_string() else { continue };
            let (text, entry) = if found.file_type()?.is_dir() {
                (format!("{prefix}{name}/"), Entry::Directory)
            } else {
                (format!("{prefix}{name}"), Entry::File)
            };
            if text.as_str() > floor && self.may_hold(&text, entry) {
                lowest.insert(text, entry);
            }
            if lowest.len() > wanted {
                lowest.pop_last();
            }
        }
        Ok(lowest)
    }

    fn may_hold(&self, text: &str, entry: Entry) -> bool {
        text > self.after || (entry == Entry::Directory && self.after.starts_with(text))
    }
}
