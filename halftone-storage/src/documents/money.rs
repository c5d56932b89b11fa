//! Money inside documents.

use halftone_core::money::{Currency, Money};
use halftone_core::text::InvalidValue;
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct MoneyDocument {
    amount: i64,
    currency: String,
}

impl From<Money> for MoneyDocument {
    fn from(money: Money) -> Self {
        Self { amount: money.amount(), currency: money.currency().to_string() }
    }
}

impl TryFrom<MoneyDocument> for Money {
    type Error = InvalidValue;

    fn try_from(document: MoneyDocument) -> Result<Self, InvalidValue> {
        Self::restore(document.amount, Currency::parse(&document.currency)?)
    }
}
