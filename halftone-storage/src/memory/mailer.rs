//! Mail that goes nowhere.

use std::sync::{Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use halftone_core::id::StudioId;
use halftone_core::ports::error::StorageError;
use halftone_core::ports::mailer::{MailMessage, Mailer};
use halftone_core::text::Email;

/// Keeps every message, so that tests can read the codes in them.
#[derive(Debug, Default)]
pub struct MemoryMailer {
    messages: Mutex<Vec<MailMessage>>,
}

impl MemoryMailer {
    /// Starts with an empty mailbox.
    pub fn new() -> Self {
        Self::default()
    }

    /// Everything that was sent, oldest first.
    pub fn messages(&self) -> Vec<MailMessage> {
        self.lock().clone()
    }

    /// The last message to this address.
    pub fn find_last_to(&self, address: &Email) -> Option<MailMessage> {
        self.lock().iter().rev().find(|message| message.to == *address).cloned()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<MailMessage>> {
        self.messages.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[async_trait]
impl Mailer for MemoryMailer {
    async fn send(&self, message: &MailMessage) -> Result<(), StorageError> {
        self.lock().push(message.clone());
        Ok(())
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        self.lock().retain(|message| message.studio != Some(studio));
        Ok(())
    }

    async fn purge_of_account(&self, address: &Email) -> Result<(), StorageError> {
        self.lock().retain(|message| message.studio.is_some() || message.to != *address);
        Ok(())
    }
}
