//! Job tickets.

use bytes::Bytes;
use halftone_core::ports::documents::{JobTicket, Language};
use halftone_core::text::Prose;
use image::codecs::webp::WebPEncoder;
use image::{ExtendedColorType, ImageEncoder};

use crate::{sample, ticket_bytes, ticket_pdf};

#[test]
fn it_names_what_the_lab_needs() {
    let pdf = ticket_pdf(sample::ticket(7));
    for what in [
        "Job ticket",
        "Studio Ñandú & Søn",
        "4F2A9C",
        "01990b21-64d2-7f3e-9a41-2c5e0d4f2a9c",
        "17 May 2026, 10:12 UTC",
        "Zoë Nguyễn-Łukaszewicz",
        "zoe.nguyen@example.com",
        "+49 30 901820",
        "Please wrap the 20 × 30 separately; it is a present for my parents.",
        "003_20x30_lustre-hahnemühle-photo-rag_x1_IMG_0426.jpg",
        "Gallery print 20 × 30",
        "203.2 × 304.8 mm",
        "Lustre, Hahnemühle Photo Rag",
        "3600 × 2400 px",
        "1016 dpi",
        "For Grandmother Ελένη in Θεσσαλονίκη",
        "Digital file",
    ] {
        assert!(pdf.says(what), "{what} is missing in: {}", pdf.text());
    }
}

#[test]
fn every_light_of_print_quality_has_its_word() {
    let text = ticket_pdf(sample::ticket(7)).text();
    assert!(text.contains("Good") && text.contains("Too small"), "{text}");
}

#[test]
fn copies_are_summed_for_each_product() {
    let pdf = ticket_pdf(sample::ticket(7));
    // 2 + 12 matte ones are one product, the one without a finish is another.
    assert!(pdf.says("Fine print 10 × 15 100 × 150 mm, Matte 14"), "{}", pdf.text());
    assert!(pdf.says("Square 13 × 13 130 × 130 mm, Glossy 4"), "{}", pdf.text());
    // The digital file is no print.
    assert!(pdf.says("Prints in all 21"), "{}", pdf.text());
}

#[test]
fn a_small_order_is_one_page_without_a_number() {
    let pdf = ticket_pdf(sample::ticket(7));
    assert_eq!(pdf.pages.len(), 1);
    assert!(!pdf.text().contains("Page 1"), "{}", pdf.text());
}

#[test]
fn further_pages_are_numbered_and_repeat_the_head_of_the_table() {
    let pdf = ticket_pdf(sample::ticket(30));
    assert!(pdf.pages.len() > 2);
    for (index, page) in pdf.pages.iter().enumerate() {
        assert!(page.contains(&format!("Page {} of {}", index + 1, pdf.pages.len())), "{page}");
        assert!(page.contains("Resolution") || index + 1 == pdf.pages.len(), "{page}");
    }
}

#[test]
fn the_german_ticket_is_german() {
    let pdf = ticket_pdf(JobTicket { language: Language::German, ..sample::ticket(7) });
    for what in
        ["Laborauftrag", "Bestellt am", "17. Mai 2026", "203,2 × 304,8 mm", "Zu klein", "Abzüge insgesamt"]
    {
        assert!(pdf.says(what), "{what} is missing in: {}", pdf.text());
    }
    assert_eq!(pdf.language().as_deref(), Some("de"));
    assert_eq!(pdf.info(b"Title").as_deref(), Some("Laborauftrag 4F2A9C"));
}

#[test]
fn it_tells_readers_what_it_is() {
    let pdf = ticket_pdf(sample::ticket(1));
    assert_eq!(pdf.info(b"Title").as_deref(), Some("Job ticket 4F2A9C"));
    assert_eq!(pdf.info(b"Author").as_deref(), Some("Studio Ñandú & Søn"));
    assert_eq!(pdf.info(b"Producer").as_deref(), Some("Halftone"));
    assert_eq!(pdf.info(b"CreationDate"), None);
    assert_eq!(pdf.language().as_deref(), Some("en"));
}

#[test]
fn equal_tickets_have_equal_bytes() {
    assert!(ticket_bytes(sample::ticket(7)) == ticket_bytes(sample::ticket(7)));
}

#[test]
fn only_used_faces_are_embedded() {
    let plain = ticket_pdf(JobTicket { special_request: Prose::empty(), ..sample::ticket(2) });
    assert_eq!(plain.fonts(), ["OpenSans-Regular", "OpenSans-SemiBold"]);
    assert!(ticket_pdf(sample::ticket(7)).fonts().contains(&"NotoSansHebrew-Regular".to_owned()));
}

#[test]
fn each_thumb_is_a_picture() {
    let mut ticket = sample::ticket(5);
    for (line, width) in ticket.lines.iter_mut().zip(60..) {
        line.thumb = Some(sample::landscape(width, 40));
    }
    assert_eq!(ticket_pdf(ticket).pictures(), 5);
}

#[test]
fn a_thumb_that_returns_is_embedded_once() {
    let mut ticket = sample::ticket(5);
    for line in &mut ticket.lines {
        line.thumb = Some(sample::landscape(60, 40));
    }
    assert_eq!(ticket_pdf(ticket).pictures(), 1);
}

#[test]
fn a_thumb_may_be_webp() {
    let mut webp = Vec::new();
    WebPEncoder::new_lossless(&mut webp)
        .write_image(&[90; 60 * 40 * 3], 60, 40, ExtendedColorType::Rgb8)
        .unwrap();
    let mut ticket = sample::ticket(1);
    ticket.lines[0].thumb = Some(Bytes::from(webp));
    assert_eq!(ticket_pdf(ticket).pictures(), 1);
}

#[test]
fn a_line_without_a_thumb_has_an_empty_frame() {
    let mut ticket = sample::ticket(2);
    ticket.lines[1].thumb = None;
    let pdf = ticket_pdf(ticket);
    assert_eq!(pdf.pictures(), 1);
    assert!(pdf.says("no picture"));
}

#[test]
fn nothing_but_pixels_gets_into_the_document() {
    let mut ticket = sample::ticket(1);
    let plain = ticket.lines[0].thumb.take().unwrap();
    let secret = b"GPS 52.5163 N 13.3777 E";
    let mut thumb = plain[..2].to_vec();
    thumb.extend([0xff, 0xfe]);
    thumb.extend(u16::try_from(secret.len() + 2).unwrap().to_be_bytes());
    thumb.extend(secret);
    thumb.extend(&plain[2..]);
    ticket.lines[0].thumb = Some(Bytes::from(thumb));
    let bytes = ticket_bytes(ticket);
    assert!(!bytes.windows(secret.len()).any(|window| window == secret));
}
