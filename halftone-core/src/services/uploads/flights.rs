//! Which uploads are being sent and which are being completed at this moment.
//!
//! A request that sends a whole file writes over the object; once the upload is confirmed, that must not happen
//! any more. So nobody sends while somebody completes, and the other way round. This guards one process, which
//! is all there is where the server takes the bytes itself.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use crate::id::UploadId;

#[derive(Debug, Clone, Copy)]
enum Work {
    /// One request is sending.
    Sending,
    /// So many requests are completing.
    Completing(usize),
}

/// The uploads at work.
#[derive(Debug, Clone, Default)]
pub(super) struct Flights(Arc<Mutex<BTreeMap<UploadId, Work>>>);

/// Marks an upload as being worked on, until it is dropped.
#[derive(Debug)]
pub(super) struct Flight {
    flights: Flights,
    upload: UploadId,
}

impl Flights {
    /// Begins to send, unless anybody else is at it.
    pub(super) fn send(&self, upload: UploadId) -> Option<Flight> {
        let mut works = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if works.contains_key(&upload) {
            return None;
        }
        works.insert(upload, Work::Sending);
        Some(Flight { flights: self.clone(), upload })
    }

    /// Begins to complete, together with others, unless somebody is sending.
    pub(super) fn complete(&self, upload: UploadId) -> Option<Flight> {
        let mut works = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let completing = match works.get(&upload) {
            Some(Work::Sending) => return None,
            Some(Work::Completing(number)) => number + 1,
            None => 1,
        };
        works.insert(upload, Work::Completing(completing));
        Some(Flight { flights: self.clone(), upload })
    }
}

impl Drop for Flight {
    fn drop(&mut self) {
        let mut works = self.flights.0.lock().unwrap_or_else(PoisonError::into_inner);
        match works.get_mut(&self.upload) {
            Some(Work::Completing(number)) if *number > 1 => *number -= 1,
            Some(_) | None => {
                works.remove(&self.upload);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn sending_excludes_everybody_and_completing_excludes_sending() {
        let flights = Flights::default();
        let upload = UploadId::from_uuid(Uuid::nil());
        let sending = flights.send(upload).unwrap();
        assert!(flights.send(upload).is_none() && flights.complete(upload).is_none());
        drop(sending);
        let first = flights.complete(upload).unwrap();
        let second = flights.complete(upload).unwrap();
        assert!(flights.send(upload).is_none());
        drop(first);
        assert!(flights.send(upload).is_none());
        drop(second);
        assert!(flights.send(upload).is_some());
    }
}
