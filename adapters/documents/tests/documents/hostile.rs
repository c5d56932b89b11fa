//! What people type when nobody stops them.

use bytes::Bytes;
use futures::executor::block_on;
use halftone_core::ports::documents::{DocumentError, DocumentRenderer, JobTicket, Language, Receipt};
use halftone_core::text::{Filename, Name, Prose};
use halftone_documents::PdfRenderer;
use proptest::prelude::*;

use crate::{receipt_pdf, sample, ticket_pdf};

#[test]
fn an_order_of_a_thousand_lines_is_printed_in_full() {
    let mut ticket = sample::ticket(1_000);
    for line in &mut ticket.lines {
        line.thumb = None;
    }
    let text = ticket_pdf(ticket).text();
    for number in 1..=1_000 {
        assert!(text.contains(&format!("{number:03}_")), "line {number} is missing");
    }
}

#[test]
fn more_lines_than_an_order_may_have_are_refused() {
    let renderer = PdfRenderer::start().unwrap();
    let refused = block_on(renderer.receipt(sample::receipt(1_001))).unwrap_err();
    assert_eq!(refused, DocumentError::TooMany { what: "lines", number: 1_001, most: 1_000 });
}

#[test]
fn more_events_than_an_order_may_have_are_refused() {
    let mut receipt = sample::receipt(1);
    let event = receipt.order.events[0].clone();
    receipt.order.events = vec![event; Receipt::MOST_EVENTS + 1];
    let refused = block_on(PdfRenderer::start().unwrap().receipt(receipt)).unwrap_err();
    assert!(matches!(refused, DocumentError::TooMany { what: "events", .. }), "{refused}");
}

#[test]
fn a_request_of_a_thousand_lines_is_printed_in_full() {
    let lines: Vec<String> = (0..1_000).map(|number| format!("{number:03}")).collect();
    let special_request = Prose::parse(&lines.join("\n")).unwrap();
    let pdf = ticket_pdf(JobTicket { special_request, ..sample::ticket(1) });
    assert!(pdf.pages.len() > 10);
    assert!(pdf.says("498 499 500 501"), "{}", pdf.text());
}

#[test]
fn a_note_of_a_thousand_lines_runs_on() {
    let lines: Vec<String> = (0..1_000).map(|number| format!("{number:03}")).collect();
    let mut ticket = sample::ticket(1);
    ticket.lines[0].item.note = Prose::parse(&lines.join("\n")).unwrap();
    let pdf = ticket_pdf(ticket);
    assert!(pdf.says("498 / 499 / 500"), "{}", pdf.text());
    assert!(pdf.pages.len() < 4, "{}", pdf.pages.len());
}

#[test]
fn a_row_higher_than_a_page_goes_on() {
    let mut ticket = sample::ticket(2);
    // A hundred of the widest signs of Unicode, each of which takes a line of its own.
    ticket.lines[0].item.product.name = Name::parse(&"\u{fdfd}".repeat(190)).unwrap();
    ticket.lines[1].filename = Filename::parse(&format!("{}.jpg", "W".repeat(250))).unwrap();
    let pdf = ticket_pdf(ticket);
    assert!(pdf.pages.len() > 2, "{}", pdf.pages.len());
    assert!(pdf.says("Prints in all"));
}

#[test]
fn a_character_that_no_face_has_can_still_be_copied() {
    let mut receipt = sample::receipt(1);
    receipt.order.contact.name = Name::parse("渡辺 🎉").unwrap();
    assert!(receipt_pdf(receipt).says("Client"));
}

#[test]
fn thumbs_that_are_no_pictures_leave_their_frame_empty() {
    let whole = sample::landscape(480, 320);
    let mut huge = whole.to_vec();
    let start = huge.windows(2).position(|marker| marker == [0xff, 0xc0] || marker == [0xff, 0xc2]).unwrap();
    // The frame header says 60,000 x 60,000 pixels.
    huge[start + 5..start + 9].copy_from_slice(&[0xea, 0x60, 0xea, 0x60]);
    let broken = [
        Bytes::new(),
        Bytes::from_static(b"<svg/>"),
        Bytes::from_static(b"RIFF\x10\0\0\0WEBPVP8 "),
        whole.slice(..40),
        Bytes::from(huge),
        Bytes::from([&whole[..], &vec![0; 3 * 1024 * 1024]].concat()),
    ];
    for thumb in broken {
        let mut ticket = sample::ticket(1);
        ticket.lines[0].thumb = Some(thumb);
        assert_eq!(ticket_pdf(ticket).pictures(), 0);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_breaks_a_document(
        name in "[^\\p{Cc}]{1,60}",
        filename in "[^\\p{Cc}/\\\\]{1,80}",
        text in "(\\PC|\n|[\u{202e}\u{2067}\u{fdfd}\u{200d}א-ת]){0,300}",
        german: bool,
    ) {
        let (Ok(name), Ok(filename), Ok(text)) = (Name::parse(&name), Filename::parse(&filename), Prose::parse(&text)) else {
            return Ok(());
        };
        let language = if german { Language::German } else { Language::English };
        let mut ticket = JobTicket { language, studio: name.clone(), special_request: text.clone(), ..sample::ticket(1) };
        ticket.lines[0].filename = filename.clone();
        ticket.lines[0].item.note = text.clone();
        ticket.lines[0].thumb = None;
        prop_assert!(!ticket_pdf(ticket).pages.is_empty());
        let mut receipt = Receipt { language, studio: name.clone(), ..sample::receipt(1) };
        receipt.order.contact.name = name;
        receipt.order.items[0].filename = filename;
        receipt.order.events[0].reason = Some(text);
        prop_assert!(!receipt_pdf(receipt).pages.is_empty());
    }
}
