//! Marks that were rasterised before: a gallery renders thousands of photos with the same one.

use std::cell::OnceCell;
use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use halftone_core::ports::renderer::RenderError;
use halftone_core::watermark::Watermark;
use sha2::{Digest, Sha256};

use super::{Mark, MarkRequest};

/// Marks over this are not kept: 16 MiB, far beyond any mark of a usual proof.
const MAX_KEPT_BYTES: usize = 16 * 1024 * 1024;

/// A small store of marks, the least recently used of which is dropped first. Shared between threads.
pub struct MarkCache {
    capacity: usize,
    /// The most recently used is the last.
    marks: Mutex<Vec<(Key, Arc<Mark>)>>,
}

type Key = [u8; 32];

impl MarkCache {
    /// Keeps up to `capacity` marks.
    pub const fn new(capacity: usize) -> Self {
        Self { capacity, marks: Mutex::new(Vec::new()) }
    }

    /// The mark for a request, from the store if it is there; `None` if the photographer chose none.
    ///
    /// # Errors
    /// As [`Mark::prepare`]. Failures are not kept.
    pub fn find_or_prepare(&self, request: &MarkRequest<'_>) -> Result<Option<Arc<Mark>>, RenderError> {
        if *request.watermark == Watermark::None {
            return Ok(None);
        }
        let key = key(request);
        if let Some(mark) = self.find(&key) {
            return Ok(Some(mark));
        }
        // Prepared without the lock: two threads may do the same work once, and none waits for another.
        let mark = Mark::prepare(request)?.map(Arc::new);
        if let Some(mark) = &mark
            && mark.bytes() <= MAX_KEPT_BYTES
        {
            self.keep(key, Arc::clone(mark));
        }
        Ok(mark)
    }

    /// [`MarkCache::find_or_prepare`] when it is first asked for.
    pub(crate) const fn lazy<'a>(&'a self, request: MarkRequest<'a>) -> LazyMark<'a> {
        LazyMark { cache: self, request, found: OnceCell::new() }
    }

    fn find(&self, key: &Key) -> Option<Arc<Mark>> {
        let mut marks = self.lock();
        let at = marks.iter().position(|(kept, _)| kept == key)?;
        let entry = marks.remove(at);
        let mark = Arc::clone(&entry.1);
        marks.push(entry);
        Some(mark)
    }

    fn keep(&self, key: Key, mark: Arc<Mark>) {
        let mut marks = self.lock();
        if marks.len() >= self.capacity && !marks.is_empty() {
            marks.remove(0);
        }
        if self.capacity > 0 {
            marks.push((key, mark));
        }
    }

    /// Every change under the lock is complete, so a poisoned lock guards a sound list.
    fn lock(&self) -> MutexGuard<'_, Vec<(Key, Arc<Mark>)>> {
        self.marks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A mark that is not looked for before it is needed.
pub(crate) struct LazyMark<'a> {
    cache: &'a MarkCache,
    request: MarkRequest<'a>,
    found: OnceCell<Option<Arc<Mark>>>,
}

impl LazyMark<'_> {
    /// The mark; `None` if the photographer chose none.
    ///
    /// # Errors
    /// As [`Mark::prepare`].
    pub(crate) fn get(&self) -> Result<Option<&Mark>, RenderError> {
        if let Some(found) = self.found.get() {
            return Ok(found.as_deref());
        }
        let found = self.cache.find_or_prepare(&self.request)?;
        Ok(self.found.get_or_init(|| found).as_deref())
    }
}

impl fmt::Debug for MarkCache {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("MarkCache")
            .field("capacity", &self.capacity)
            .field("kept", &self.lock().len())
            .finish_non_exhaustive()
    }
}

/// Everything that a mark depends on. The debug form of the watermark lists every field of it.
fn key(request: &MarkRequest<'_>) -> Key {
    let mut digest = Sha256::new();
    digest.update(format!("{:?}:{:?}:{:?}", request.watermark, request.size, request.limits));
    for part in [request.logo, request.space.profile()] {
        let part = part.unwrap_or_default();
        digest.update((part.len() as u64).to_le_bytes());
        digest.update(part);
    }
    digest.finalize().into()
}
