//! Money as the API prints and reads it.

use halftone_core::money::{Currency, Money};
use halftone_core::services::error::{FieldExt as _, InvalidField};
use poem_openapi::Object;

/// An amount in the currency's minor unit.
#[derive(Debug, Clone, Object)]
#[oai(rename = "Money")]
pub(crate) struct MoneyObject {
    /// Minor units: 1290 is 12.90 EUR.
    amount: i64,
    /// ISO 4217.
    currency: String,
}

impl MoneyObject {
    /// Reads a price that somebody typed into `field`.
    pub(crate) fn parse(&self, field: &str) -> Result<Money, InvalidField> {
        let currency = Currency::parse(&self.currency).field(&format!("{field}.currency"))?;
        Money::parse(self.amount, currency).field(&format!("{field}.amount"))
    }
}

impl From<Money> for MoneyObject {
    fn from(money: Money) -> Self {
        Self { amount: money.amount(), currency: money.currency().to_string() }
    }
}
