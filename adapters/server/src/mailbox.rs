//! The embedded mailbox behind the page of the admin listener.

use async_trait::async_trait;
use halftone_core::page::{PageLimit, PageRequest};
use halftone_core::ports::error::StorageError;
use halftone_http::{Mailbox, StoredMail};
use halftone_storage::embedded::EmbeddedMailbox;

/// Shows the newest mails.
#[derive(Debug)]
pub(crate) struct MailboxPage {
    mailbox: EmbeddedMailbox,
}

impl MailboxPage {
    /// Shows what this mailbox keeps.
    pub(crate) const fn new(mailbox: EmbeddedMailbox) -> Self {
        Self { mailbox }
    }
}

#[async_trait]
impl Mailbox for MailboxPage {
    async fn list(&self) -> Result<Vec<StoredMail>, StorageError> {
        let kept = self.mailbox.list(&PageRequest::first(PageLimit::MOST)).await?;
        Ok(kept.items.into_iter().map(|kept| StoredMail { at: kept.at, message: kept.message }).collect())
    }
}
