//! Mail that is kept instead of sent, for installations without a mail server.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use halftone_core::clock::Clock;
use halftone_core::id::StudioId;
use halftone_core::page::{Cursor, Page, PageRequest};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::mailer::{MailMessage, Mailer};
use halftone_core::text::Email;
use jiff::{SignedDuration, Timestamp};
use rusqlite::{Connection, Row, params};
use uuid::Uuid;

use super::columns::{Id, instant, nanoseconds};
use super::database::Database;
use super::error::{Fault, Operation};
use super::table::one_more;

pub(super) const LIST: &str = "SELECT sequence, at, recipient, subject, text, studio, html FROM messages WHERE sequence < ? ORDER BY sequence DESC LIMIT ?";

pub(super) const PURGE: &str = "DELETE FROM messages WHERE studio = ?";

pub(super) const PURGE_OF_ACCOUNT: &str = "DELETE FROM messages WHERE studio IS NULL AND recipient = ?";

/// A mailbox in the database that serves as the [`Mailer`]. Whoever runs the installation reads the mails on a
/// page of the server and passes on what they say.
///
/// It keeps the newest [`MOST_MESSAGES`](Self::MOST_MESSAGES) mails for [`KEPT_FOR`](Self::KEPT_FOR); older ones
/// go when a new one comes.
#[derive(Debug, Clone)]
pub struct EmbeddedMailbox {
    database: Database,
    clock: Arc<dyn Clock>,
}

/// A mail that is kept.
#[derive(Clone, PartialEq, Eq)]
pub struct KeptMessage {
    /// When it was written.
    pub at: Timestamp,
    /// What it says, and to whom.
    pub message: MailMessage,
}

impl fmt::Debug for KeptMessage {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("KeptMessage").field("at", &self.at).finish_non_exhaustive()
    }
}

impl EmbeddedMailbox {
    /// The most mails that are kept.
    pub const MOST_MESSAGES: u32 = 500;
    /// How long a mail is kept: 30 days.
    pub const KEPT_FOR: SignedDuration = SignedDuration::from_hours(30 * 24);

    pub(super) fn new(database: Database, clock: Arc<dyn Clock>) -> Self {
        Self { database, clock }
    }

    /// The mails, newest first.
    ///
    /// # Errors
    /// `Unavailable`, or `Corrupt` for a damaged row.
    pub async fn list(&self, page: &PageRequest) -> Result<Page<KeptMessage>, StorageError> {
        let page = page.clone();
        let operation = Operation::new("list", "mails");
        self.database.read(operation, move |connection| list(connection, &page)).await
    }
}

fn list(connection: &Connection, page: &PageRequest) -> Result<Page<KeptMessage>, Fault> {
    // Why `ok`: a number that does not fit was not made by this list, and the first page is as good as any.
    let before = page.after.as_ref().and_then(|cursor| i64::try_from(cursor.id().as_u128()).ok());
    let mut statement = connection.prepare_cached(LIST)?;
    let mut rows = statement.query(params![before.unwrap_or(i64::MAX), one_more(page)])?;
    let mut messages = Vec::new();
    while let Some(row) = rows.next()? {
        messages.push((row.get::<_, i64>(0)?, read(row)?));
    }
    let cursor_of = |(sequence, _): &(i64, KeptMessage)| {
        Cursor::new("", Uuid::from_u128(u128::try_from(*sequence).unwrap_or(0)))
    };
    Ok(Page::cut(messages, page.limit, cursor_of).map(|(_, message)| message))
}

fn read(row: &Row<'_>) -> Result<KeptMessage, Fault> {
    let to = Email::parse(&row.get::<_, String>(2)?).map_err(|_| StorageErrorKind::Corrupt)?;
    let studio = row.get::<_, Option<Id>>(5)?.map(|id| StudioId::from_uuid(id.0));
    let message = MailMessage {
        studio,
        html: row.get(6)?,
        ..MailMessage::plain(to, row.get::<_, String>(3)?, row.get::<_, String>(4)?)
    };
    Ok(KeptMessage { at: instant(row.get(1)?), message })
}

fn keep(connection: &Connection, message: &MailMessage, now: Timestamp) -> Result<(), Fault> {
    let sql = "INSERT INTO messages (at, recipient, subject, text, studio, html) VALUES (?, ?, ?, ?, ?, ?)";
    let studio = message.studio.map(|studio| Id(studio.as_uuid()));
    let (to, at) = (message.to.as_str(), nanoseconds(now));
    let row = params![at, to, message.subject, message.text, studio, message.html];
    connection.prepare_cached(sql)?.execute(row)?;
    let newest = connection.last_insert_rowid();
    // Numbers are given out without gaps but for mails that failed, so this keeps at most as many as promised.
    let sql = "DELETE FROM messages WHERE sequence <= ?";
    connection.prepare_cached(sql)?.execute(params![newest - i64::from(EmbeddedMailbox::MOST_MESSAGES)])?;
    let oldest = now.checked_sub(EmbeddedMailbox::KEPT_FOR).unwrap_or(Timestamp::MIN);
    connection.prepare_cached("DELETE FROM messages WHERE at < ?")?.execute(params![nanoseconds(oldest)])?;
    Ok(())
}

#[async_trait]
impl Mailer for EmbeddedMailbox {
    async fn send(&self, message: &MailMessage) -> Result<(), StorageError> {
        let (message, now) = (message.clone(), self.clock.now());
        let operation = Operation::new("keep", "a mail");
        self.database.write(operation, move |connection| keep(connection, &message, now)).await
    }

    async fn purge_by_studio(&self, studio: StudioId) -> Result<(), StorageError> {
        let operation = Operation::new("purge mails of studio", studio);
        self.database
            .write(operation, move |connection| {
                connection.prepare_cached(PURGE)?.execute(params![Id(studio.as_uuid())])?;
                Ok(())
            })
            .await
    }
    async fn purge_of_account(&self, address: &Email) -> Result<(), StorageError> {
        let address = address.clone();
        // Without the address: errors are logged.
        let operation = Operation::new("purge mails of", "an account");
        self.database
            .write(operation, move |connection| {
                connection.prepare_cached(PURGE_OF_ACCOUNT)?.execute(params![address.as_str()])?;
                Ok(())
            })
            .await
    }
}
