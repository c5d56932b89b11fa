//! Mail to people.

use std::fmt;

use async_trait::async_trait;

use crate::ports::error::StorageError;
use crate::text::Email;

/// A mail.
#[derive(Clone, PartialEq, Eq)]
pub struct MailMessage {
    /// To whom.
    pub to: Email,
    /// The subject line.
    pub subject: String,
    /// The text, in plain paragraphs.
    pub text: String,
}

impl fmt::Debug for MailMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Texts hold codes, and addresses are personal.
        formatter.debug_struct("MailMessage").field("subject", &self.subject).finish_non_exhaustive()
    }
}

/// Sends mail, or keeps it in a local mailbox where no mail server is set up.
#[async_trait]
pub trait Mailer: fmt::Debug + Send + Sync + 'static {
    /// Hands a mail over for delivery.
    async fn send(&self, message: &MailMessage) -> Result<(), StorageError>;
}
