//! The open event streams of this process: how many each studio has, and what makes them look before their time.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use halftone_core::id::StudioId;
use tokio::sync::Notify;

/// All open streams.
#[derive(Debug, Default)]
pub(crate) struct Streams {
    open: Mutex<HashMap<StudioId, usize>>,
    stirred: Notify,
}

/// The place of one open stream; it is free again when this is dropped.
#[derive(Debug)]
pub(crate) struct Slot {
    streams: Arc<Streams>,
    studio: StudioId,
}

impl Streams {
    /// Takes a place for a stream of this studio, or `None` if it has `most` of them.
    pub(crate) fn open(self: &Arc<Self>, studio: StudioId, most: usize) -> Option<Slot> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let count = open.entry(studio).or_default();
        if *count >= most {
            return None;
        }
        *count += 1;
        Some(Slot { streams: Arc::clone(self), studio })
    }

    /// Tells the streams that something has probably changed. A hint and no more: they look at the stores by themselves.
    pub(crate) fn stir(&self) {
        self.stirred.notify_waiters();
    }

    /// Waits for the next hint.
    pub(crate) async fn stirred(&self) {
        self.stirred.notified().await;
    }
}

impl Drop for Slot {
    fn drop(&mut self) {
        let mut open = self.streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = open.get_mut(&self.studio) {
            *count -= 1;
            if *count == 0 {
                open.remove(&self.studio);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn studio(number: u8) -> StudioId {
        format!("01890a5d-ac96-774b-bcce-{number:012}").parse().unwrap()
    }

    #[test]
    fn a_studio_has_so_many_places_and_gets_them_back() {
        let streams = Arc::new(Streams::default());
        let (one, two) = (studio(1), studio(2));
        let first = streams.open(one, 1).unwrap();
        assert!(streams.open(one, 1).is_none());
        assert!(streams.open(two, 1).is_some());
        drop(first);
        assert!(streams.open(one, 1).is_some());
        assert!(streams.open.lock().unwrap().is_empty());
    }
}
