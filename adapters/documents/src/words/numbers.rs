//! Numbers, amounts, sizes and moments as a language writes them.

use halftone_core::geometry::{PixelSize, PrintSize};
use halftone_core::money::{Currency, Money};
use jiff::Timestamp;
use jiff::civil::DateTime;
use jiff::tz::TimeZone;

use super::Words;

impl Words {
    /// A whole number, in groups of three digits.
    pub(crate) fn whole(&self, number: u64) -> String {
        let digits = number.to_string();
        let mut grouped = String::with_capacity(digits.len() * 4 / 3);
        for (index, digit) in digits.chars().enumerate() {
            if index > 0 && (digits.len() - index).is_multiple_of(3) {
                grouped.push(self.thousands);
            }
            grouped.push(digit);
        }
        grouped
    }

    /// An amount without its currency, with the decimals that the currency has: `1,234.50`.
    pub(crate) fn bare_amount(&self, money: Money) -> String {
        let decimals = money.currency().decimals();
        let unit = 10_u64.pow(decimals);
        // Money is never negative.
        let amount = money.amount().unsigned_abs();
        let whole = self.whole(amount / unit);
        match decimals {
            0 => whole,
            _ => format!("{whole}{}{:0width$}", self.decimal, amount % unit, width = decimals as usize),
        }
    }

    /// An amount in a column of `column`'s amounts: only another currency is named.
    pub(crate) fn amount_in(&self, money: Money, column: Currency) -> String {
        if money.currency() == column { self.bare_amount(money) } else { self.amount_of(money) }
    }

    /// An amount with its currency, which never stand on different lines.
    pub(crate) fn amount_of(&self, money: Money) -> String {
        format!("{}\u{a0}{}", self.bare_amount(money), money.currency())
    }

    /// `100 × 150 mm`.
    pub(crate) fn print_size(&self, size: PrintSize) -> String {
        format!("{} × {}\u{a0}mm", self.millimetres(size.width_mm()), self.millimetres(size.height_mm()))
    }

    /// To a tenth, which is not written if it is none.
    fn millimetres(&self, millimetres: f64) -> String {
        let text = format!("{millimetres:.1}");
        text.strip_suffix(".0").map_or_else(|| text.replace('.', &self.decimal.to_string()), str::to_owned)
    }

    /// `1772 × 1181 px`. Sides are never grouped, in no language: labs compare them with what their programs show.
    #[expect(clippy::unused_self, reason = "every quantity is written by the words of a language")]
    pub(crate) fn pixel_size(&self, size: PixelSize) -> String {
        format!("{} × {}\u{a0}px", size.width(), size.height())
    }

    /// `14 May 2026, 16:05 UTC`.
    pub(crate) fn moment(&self, at: Timestamp) -> String {
        let civil = civil(at);
        format!("{}, {:02}:{:02}\u{a0}UTC", self.civil_date(civil), civil.hour(), civil.minute())
    }

    fn civil_date(&self, civil: DateTime) -> String {
        let month = usize::try_from(civil.month() - 1).ok().and_then(|index| self.months.get(index));
        let month = month.expect("a month is from 1 to 12");
        format!("{}{} {month} {}", civil.day(), self.ordinal, civil.year())
    }
}

fn civil(at: Timestamp) -> DateTime {
    at.to_zoned(TimeZone::UTC).datetime()
}

#[cfg(test)]
mod tests {
    use halftone_core::geometry::PrintSize;
    use halftone_core::money::{Currency, Money};
    use halftone_core::ports::documents::Language;

    use super::Words;

    fn amount(minor: i64, currency: &str, language: Language) -> String {
        let money = Money::restore(minor, Currency::parse(currency).unwrap()).unwrap();
        Words::of(language).amount_of(money).replace('\u{a0}', " ")
    }

    #[test]
    fn amounts_have_the_decimals_of_their_currency() {
        assert_eq!(amount(123_450, "EUR", Language::English), "1,234.50 EUR");
        assert_eq!(amount(123_450, "EUR", Language::German), "1.234,50 EUR");
        assert_eq!(amount(1_200, "JPY", Language::English), "1,200 JPY");
        assert_eq!(amount(5, "BHD", Language::German), "0,005 BHD");
        assert_eq!(amount(i64::MAX, "EUR", Language::English), "92,233,720,368,547,758.07 EUR");
    }

    #[test]
    fn only_another_currency_is_named_in_a_column() {
        let words = Words::of(Language::English);
        let money = Money::parse(250, Currency::EUR).unwrap();
        assert_eq!(words.amount_in(money, Currency::EUR), "2.50");
        assert_eq!(words.amount_in(money, Currency::parse("USD").unwrap()), "2.50\u{a0}EUR");
    }

    #[test]
    fn sizes_on_paper_are_in_millimetres() {
        let size = PrintSize::parse(101.6, 150.0).unwrap();
        assert_eq!(Words::of(Language::German).print_size(size), "101,6 × 150\u{a0}mm");
    }

    #[test]
    fn moments_are_in_universal_time() {
        let at = "2026-05-04T16:05:59.9Z".parse().unwrap();
        assert_eq!(Words::of(Language::English).moment(at), "4 May 2026, 16:05\u{a0}UTC");
        assert_eq!(Words::of(Language::German).moment(at), "4. Mai 2026, 16:05\u{a0}UTC");
    }
}
