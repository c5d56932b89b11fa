//! The port that turns orders into paper: job tickets for the lab, receipts for clients.

use std::fmt;

use async_trait::async_trait;
use bytes::Bytes;
use jiff::Timestamp;

use crate::geometry::PixelSize;
use crate::id::OrderId;
use crate::order::{Contact, Order, OrderItem};
use crate::text::{Filename, InvalidValue, Line, Name, Prose};
use crate::watermark::Colour;

/// Renders documents as PDF. It looks nothing up: plain data in, bytes out.
///
/// Equal inputs MUST give equal bytes for one version of the implementation; no clock and no randomness is asked. Whatever
/// the core's types can hold MUST be printed: texts in any script (what no font has shows as a box), words longer than a
/// line, as many lines as an order may have. Nothing may cover anything else.
#[async_trait]
pub trait DocumentRenderer: fmt::Debug + Send + Sync + 'static {
    /// Makes the ticket that goes to the lab with the files of an order: one page, and more only if its lines need them.
    ///
    /// # Errors
    /// [`TooMany`](DocumentError::TooMany) for more than [`Order::MOST_ITEMS`] lines;
    /// [`Internal`](DocumentError::Internal). A thumb that is damaged, huge or of another kind is no error: its frame
    /// stays empty.
    async fn job_ticket(&self, ticket: JobTicket) -> Result<Bytes, DocumentError>;

    /// Makes the receipt of an order, for both of its sides.
    ///
    /// # Errors
    /// [`TooMany`](DocumentError::TooMany) for more than [`Order::MOST_ITEMS`] lines or [`Receipt::MOST_EVENTS`] events;
    /// [`Internal`](DocumentError::Internal).
    async fn receipt(&self, receipt: Receipt) -> Result<Bytes, DocumentError>;
}

/// In which language a document speaks. What people typed stays as it is.
///
/// ```
/// use halftone_core::ports::documents::Language;
/// assert_eq!(Language::parse("de"), Ok(Language::German));
/// assert!(Language::parse("deutsch").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum Language {
    /// English, as it is written in Britain.
    #[default]
    English,
    /// German.
    German,
}

impl Language {
    /// Every language.
    pub const ALL: [Self; 2] = [Self::English, Self::German];

    /// The tag of BCP 47: `en` or `de`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::English => "en",
            Self::German => "de",
        }
    }

    /// Reads the tag.
    ///
    /// # Errors
    /// It is neither `en` nor `de`.
    pub fn parse(tag: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|language| language.as_str() == tag)
            .ok_or_else(|| InvalidValue::new("language", "must be en or de"))
    }
}

/// What a lab needs to know about the files it is given for one order.
#[derive(Debug, Clone, PartialEq)]
pub struct JobTicket {
    /// In which language.
    pub language: Language,
    /// Who gives the job.
    pub studio: Name,
    /// Which order.
    pub order: OrderId,
    /// When it was placed.
    pub placed_at: Timestamp,
    /// Whose order it is.
    pub contact: Contact,
    /// What the client wishes for the whole order; may be empty.
    pub special_request: Prose,
    /// The files, in the order of the pack; at most [`Order::MOST_ITEMS`].
    pub lines: Vec<TicketLine>,
}

/// One file of the pack.
#[derive(Clone, PartialEq)]
pub struct TicketLine {
    /// The running number with which its name begins, from 1.
    pub number: u32,
    /// What it is called in the pack: `014_10x15_x2_matte_IMG_0412.jpg`.
    pub filename: Filename,
    /// What was ordered.
    pub item: OrderItem,
    /// Its size, where that is known.
    pub size: Option<PixelSize>,
    /// The upright, uncropped photo, small, as JPEG or WebP. At most 2 MiB and 4,096 pixels a side are looked at.
    pub thumb: Option<Bytes>,
}

impl fmt::Debug for TicketLine {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("TicketLine")
            .field("number", &self.number)
            .field("filename", &self.filename)
            .field("item", &self.item)
            .field("size", &self.size)
            .field("thumb_bytes", &self.thumb.as_ref().map(Bytes::len))
            .finish()
    }
}

/// What both sides of an order are told about it.
#[derive(Debug, Clone, PartialEq)]
pub struct Receipt {
    /// In which language.
    pub language: Language,
    /// Who sells.
    pub studio: Name,
    /// The colour of the studio's branding.
    pub accent: Option<Colour>,
    /// The order as it stands.
    pub order: Order,
    /// Where the same receipt can be had as signed JSON, and the key that verifies it: an address. Left out if empty.
    pub verification: Line,
}

impl Receipt {
    /// The most events of an order that are printed: every amendment that an order may have, its transitions, and room.
    pub const MOST_EVENTS: usize = Order::MOST_AMENDMENTS + 100;
}

/// Why a document could not be made.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DocumentError {
    /// There is more to print than documents take.
    #[error("a document has room for {most} {what}, not for {number}")]
    TooMany {
        /// Of what: `lines` or `events`.
        what: &'static str,
        /// How many there are.
        number: usize,
        /// How many there may be.
        most: usize,
    },
    /// Our own fault; worth another try.
    #[error("the document could not be made: {detail}")]
    Internal {
        /// What happened.
        detail: String,
    },
}

impl DocumentError {
    /// Whether the same request might succeed later.
    pub const fn is_transient(&self) -> bool {
        matches!(self, Self::Internal { .. })
    }
}

#[cfg(test)]
mod tests {
    use super::Language;

    #[test]
    fn languages_round_trip() {
        for language in Language::ALL {
            assert_eq!(Language::parse(language.as_str()), Ok(language));
        }
    }
}
