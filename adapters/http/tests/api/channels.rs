//! Channels that take everything but what leads into a private network.

use std::sync::Mutex;

use async_trait::async_trait;
use halftone_core::ports::notifier::{DeliveryError, Notice, Notifier, Recipient, Verdict};
use halftone_core::studio::Channel;

/// Remembers what it was told.
#[derive(Debug)]
pub(crate) struct FakeNotifier {
    channel: Channel,
    told: Mutex<Vec<Notice>>,
}

impl FakeNotifier {
    pub(crate) fn new(channel: Channel) -> Self {
        Self { channel, told: Mutex::default() }
    }

    pub(crate) fn told(&self) -> Vec<Notice> {
        self.told.lock().unwrap().clone()
    }
}

#[async_trait]
impl Notifier for FakeNotifier {
    fn channel(&self) -> Channel {
        self.channel
    }

    async fn admit(&self, recipient: &Recipient) -> Result<(), DeliveryError> {
        let url = match recipient {
            Recipient::Browser(address) => &address.endpoint,
            Recipient::Webhook(call) => &call.url,
            Recipient::Topic | Recipient::App(_) => return Ok(()),
        };
        if url.host() == "10.0.0.1" {
            return Err(DeliveryError::new(Verdict::Refused, "must not lead into a private network"));
        }
        Ok(())
    }

    async fn deliver(&self, notice: &Notice, _recipient: &Recipient) -> Result<(), DeliveryError> {
        self.told.lock().unwrap().push(notice.clone());
        Ok(())
    }
}
