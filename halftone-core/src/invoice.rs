//! How far the payment of an order is. Halftone takes no money: the studio says so by hand.

use crate::text::InvalidValue;

/// How far the payment of an order is, as the studio says.
///
/// ```
/// use halftone_core::invoice::InvoiceState;
/// assert_eq!(InvoiceState::parse("paid"), Ok(InvoiceState::Paid));
/// assert!(InvoiceState::parse("stolen").is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default)]
pub enum InvoiceState {
    /// Nothing was asked for yet.
    #[default]
    Open,
    /// The client was sent an invoice.
    Invoiced,
    /// The client has paid.
    Paid,
    /// Nothing is to be paid.
    Waived,
}

impl InvoiceState {
    /// Every state.
    pub const ALL: [Self; 4] = [Self::Open, Self::Invoiced, Self::Paid, Self::Waived];

    /// The word of the API: `open`, `invoiced`, `paid` or `waived`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Invoiced => "invoiced",
            Self::Paid => "paid",
            Self::Waived => "waived",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no state.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|state| state.as_str() == word)
            .ok_or_else(|| InvalidValue::new("invoice state", "must be open, invoiced, paid or waived"))
    }
}
