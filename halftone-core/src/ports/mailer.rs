//! Mail to people.

use std::fmt;

use async_trait::async_trait;

use crate::id::StudioId;
use crate::ports::error::StorageError;
use crate::text::Email;

/// A mail.
#[derive(Clone, PartialEq, Eq)]
pub struct MailMessage {
    /// On whose behalf it goes; `None` for mails of an account.
    pub studio: Option<StudioId>,
    /// To whom.
    pub to: Email,
    /// The name that stands before the installation's address as the sender; that of the installation if empty.
    pub from_name: String,
    /// Whom an answer reaches, if not the sender.
    pub reply_to: Option<Email>,
    /// The subject line, without line breaks.
    pub subject: String,
    /// The text, in plain paragraphs.
    pub text: String,
    /// The same as HTML, if there is one.
    pub html: Option<String>,
    /// Which conversation it belongs to, if any.
    pub thread: Option<MailThread>,
    /// The page on which its recipient can have such mails stopped, if there is one.
    pub unsubscribe: Option<String>,
}

/// The place of a mail in a conversation. Names are unique within the installation and hold letters, digits, dots and hyphens;
/// the mailer puts its own domain behind them (RFC 5322, 3.6.4).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MailThread {
    /// The name of this mail. The same mail sent twice has the same, so that mailboxes show it once.
    pub name: String,
    /// The name of the mail that began the conversation, unless it is this one.
    pub begun_by: Option<String>,
}

impl MailMessage {
    /// A mail of plain text that belongs to no studio and no conversation.
    pub fn plain(to: Email, subject: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            studio: None,
            to,
            from_name: String::new(),
            reply_to: None,
            subject: subject.into(),
            text: text.into(),
            html: None,
            thread: None,
            unsubscribe: None,
        }
    }
}

impl fmt::Debug for MailMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Texts hold codes, and addresses are personal.
        formatter.debug_struct("MailMessage").finish_non_exhaustive()
    }
}

/// Sends mail, or keeps it in a local mailbox where no mail server is set up.
#[async_trait]
pub trait Mailer: fmt::Debug + Send + Sync + 'static {
    /// Hands a mail over for delivery.
    ///
    /// # Errors
    /// `Unavailable` or `PermissionDenied` if another try may succeed; any other kind if this mail can never be sent.
    async fn send(&self, message: &MailMessage) -> Result<(), StorageError>;

    /// Forgets the mails of a studio that it keeps itself, if it keeps any.
    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError>;

    /// Forgets the mails of an account, which belong to no studio, if it keeps any. What studios wrote to the same address stays.
    async fn purge_of_account(&self, address: &Email) -> Result<(), StorageError>;
}
