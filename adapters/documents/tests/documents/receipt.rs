//! Receipts.

use halftone_core::money::{Currency, Money};
use halftone_core::ports::documents::{Language, Receipt};
use halftone_core::text::Line;

use crate::{receipt_pdf, sample};

#[test]
fn it_names_what_both_sides_need() {
    let pdf = receipt_pdf(sample::receipt(7));
    for what in [
        "Receipt",
        "Studio Ñandú & Søn",
        "4F2A9C",
        "17 May 2026, 10:12 UTC",
        "Zoë Nguyễn-Łukaszewicz",
        "Accepted",
        "Payment Invoiced",
        "IMG_0426.JPG",
        "Unit price EUR",
        "12 2.50 30.00",
        "Total 213.20 EUR",
        "Order placed",
        "17 May 2026, 19:40 UTC Order amended Client",
        "Thank you! The lab needs four working days.",
        "signed JSON",
        "https://photos.example/verify/01990b21-64d2-7f3e-9a41-2c5e0d4f2a9c",
    ] {
        assert!(pdf.says(what), "{what} is missing in: {}", pdf.text());
    }
}

#[test]
fn amounts_have_the_decimals_of_their_currency() {
    for (code, unit, total) in [("JPY", "1,890", "21,245 JPY"), ("BHD", "1.890", "21.245 BHD")] {
        let currency = Currency::parse(code).unwrap();
        let mut receipt = sample::receipt(7);
        for item in &mut receipt.order.items {
            item.product.unit_price = Money::parse(item.product.unit_price.amount(), currency).unwrap();
            item.total = item.product.unit_price.times(item.quantity.get()).unwrap();
        }
        receipt.order.total = Money::parse(21_245, currency).unwrap();
        let pdf = receipt_pdf(receipt);
        assert!(
            pdf.says(&format!("Unit price {code}")) && pdf.says(unit) && pdf.says(total),
            "{}",
            pdf.text()
        );
    }
}

#[test]
fn the_german_receipt_is_german() {
    let pdf = receipt_pdf(Receipt { language: Language::German, ..sample::receipt(7) });
    for what in
        ["Bestellbeleg", "Kunde", "Einzelpreis EUR", "Summe 213,20 EUR", "Bestellung geändert", "Verlauf"]
    {
        assert!(pdf.says(what), "{what} is missing in: {}", pdf.text());
    }
    assert_eq!(pdf.language().as_deref(), Some("de"));
}

#[test]
fn what_is_not_known_is_left_out() {
    let receipt = Receipt { verification: Line::empty(), accent: None, ..sample::receipt(1) };
    let pdf = receipt_pdf(receipt);
    assert!(!pdf.says("signed JSON"), "{}", pdf.text());
}

#[test]
fn greek_and_hebrew_can_be_copied_from_it() {
    let pdf = receipt_pdf(sample::receipt(7));
    assert!(pdf.says("Ελένη in Θεσσαλονίκη"), "{}", pdf.text());
    assert_eq!(pdf.fonts(), ["NotoSansHebrew-Regular", "OpenSans-Regular", "OpenSans-SemiBold"]);
}
