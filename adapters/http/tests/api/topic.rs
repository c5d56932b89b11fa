//! A provider of subscriptions that remembers who is subscribed.

use std::collections::BTreeSet;
use std::sync::Mutex;

use async_trait::async_trait;
use halftone_core::id::StudioId;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::notifier::{Ending, NoticeSubscriptions, SubscriptionHandle};
use halftone_core::text::Email;

/// Subscribed addresses, by handle.
#[derive(Debug, Default)]
pub(crate) struct FakeTopic {
    handles: Mutex<BTreeSet<String>>,
}

impl FakeTopic {
    pub(crate) fn addresses(&self) -> usize {
        self.handles.lock().unwrap().len()
    }
}

#[async_trait]
impl NoticeSubscriptions for FakeTopic {
    async fn subscribe(&self, studio: StudioId, email: &Email) -> Result<SubscriptionHandle, StorageError> {
        let handle = format!("{studio}/{email}");
        self.handles.lock().unwrap().insert(handle.clone());
        Ok(SubscriptionHandle(handle))
    }

    async fn unsubscribe(&self, subscription: &SubscriptionHandle) -> Result<Ending, StorageError> {
        self.handles.lock().unwrap().remove(&subscription.0);
        Ok(Ending::Ended)
    }
}
