//! Money in minor units with its currency.

use std::fmt;

use crate::text::InvalidValue;

/// An ISO 4217 currency code: three capital letters.
///
/// ```
/// use halftone_core::money::Currency;
/// assert!(Currency::parse("EUR").is_ok());
/// assert!(Currency::parse("euro").is_err());
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Currency([u8; 3]);

impl Currency {
    /// What a studio charges in until it says otherwise.
    pub const EUR: Self = Self(*b"EUR");

    /// Checks the form of the code.
    ///
    /// # Errors
    /// The text is not three capital letters.
    pub fn parse(code: &str) -> Result<Self, InvalidValue> {
        match code.as_bytes() {
            &[first, second, third] if code.bytes().all(|byte| byte.is_ascii_uppercase()) => {
                Ok(Self([first, second, third]))
            }
            _ => Err(InvalidValue::new("currency", "must be an ISO 4217 code such as EUR")),
        }
    }

    /// How many digits follow the point: the minor unit of ISO 4217's list, and 2 for codes that it does not name.
    pub fn decimals(&self) -> u32 {
        match self.as_str() {
            "BIF" | "CLP" | "DJF" | "GNF" | "ISK" | "JPY" | "KMF" | "KRW" | "PYG" | "RWF" | "UGX" | "UYI"
            | "VND" | "VUV" | "XAF" | "XOF" | "XPF" => 0,
            "BHD" | "IQD" | "JOD" | "KWD" | "LYD" | "OMR" | "TND" => 3,
            "CLF" | "UYW" => 4,
            _ => 2,
        }
    }

    /// The code.
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).expect("three ASCII capitals are UTF-8")
    }
}

impl fmt::Display for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

impl fmt::Debug for Currency {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "Currency({self})")
    }
}

/// An amount that is not negative, in the currency's minor unit (cents for EUR, yen for JPY).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Money {
    amount: i64,
    currency: Currency,
}

impl Money {
    /// The largest amount that anything may cost, in minor units: a line of 10,000 of them still adds up
    /// far from the limits of the type and of JavaScript's exact integers.
    pub const LARGEST: i64 = 100_000_000;

    /// Checks an amount that somebody typed.
    ///
    /// # Errors
    /// The amount is negative or over [`Self::LARGEST`].
    ///
    /// ```
    /// use halftone_core::money::{Currency, Money};
    /// assert!(Money::parse(1290, Currency::EUR).is_ok());
    /// assert!(Money::parse(-1, Currency::EUR).is_err());
    /// ```
    pub fn parse(amount: i64, currency: Currency) -> Result<Self, InvalidValue> {
        if (0..=Self::LARGEST).contains(&amount) {
            Ok(Self { amount, currency })
        } else {
            Err(InvalidValue::new("price", format!("must be from 0 to {} minor units", Self::LARGEST)))
        }
    }

    /// Brings back an amount that was computed and stored earlier; totals may be over [`Self::LARGEST`].
    ///
    /// # Errors
    /// The amount is negative.
    pub fn restore(amount: i64, currency: Currency) -> Result<Self, InvalidValue> {
        if amount < 0 {
            return Err(InvalidValue::new("amount", "must not be negative"));
        }
        Ok(Self { amount, currency })
    }

    /// Nothing, in `currency`.
    pub const fn zero(currency: Currency) -> Self {
        Self { amount: 0, currency }
    }

    /// Minor units.
    pub const fn amount(self) -> i64 {
        self.amount
    }

    /// The currency.
    pub const fn currency(self) -> Currency {
        self.currency
    }

    /// This price times `quantity`, or `None` if that overflows.
    pub fn times(self, quantity: u32) -> Option<Self> {
        let amount = self.amount.checked_mul(i64::from(quantity))?;
        Some(Self { amount, currency: self.currency })
    }

    /// The sum, or `None` if it overflows or the currencies differ.
    pub fn plus(self, other: Self) -> Option<Self> {
        if self.currency != other.currency {
            return None;
        }
        Some(Self { amount: self.amount.checked_add(other.amount)?, currency: self.currency })
    }
}

/// As people write it, in the currency's major unit: `84.00 EUR`, `1200 JPY`.
impl fmt::Display for Money {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (amount, currency) = (self.amount, self.currency);
        match currency.decimals() {
            0 => write!(formatter, "{amount} {currency}"),
            decimals => {
                let unit = 10_i64.pow(decimals);
                let width = decimals as usize;
                write!(formatter, "{}.{:0width$} {currency}", amount / unit, amount % unit)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn amounts_print_in_the_major_unit_of_their_currency() {
        let print =
            |amount, currency| Money::parse(amount, Currency::parse(currency).unwrap()).unwrap().to_string();
        assert_eq!(print(8_400, "EUR"), "84.00 EUR");
        assert_eq!(print(5, "USD"), "0.05 USD");
        assert_eq!(print(1_200, "JPY"), "1200 JPY");
        assert_eq!(print(1_234, "KWD"), "1.234 KWD");
    }

    #[test]
    fn currencies_do_not_add_up() {
        let euro = Money::parse(100, Currency::EUR).unwrap();
        let yen = Money::parse(100, Currency::parse("JPY").unwrap()).unwrap();
        assert_eq!(euro.plus(yen), None);
        assert_eq!(euro.plus(euro).map(Money::amount), Some(200));
    }

    #[test]
    fn overflow_is_not_a_price() {
        let dear = Money::restore(i64::MAX / 2, Currency::EUR).unwrap();
        assert_eq!(dear.times(3), None);
    }
}
