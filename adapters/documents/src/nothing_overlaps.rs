//! Whatever is typed: no line of text reaches into another or off the page.

use halftone_core::ports::documents::{JobTicket, Receipt};
use halftone_core::text::{Filename, Line, Name, Prose};
use proptest::prelude::*;

use crate::paper::{Area, LEFT, Mark, PAGE_HEIGHT, RIGHT};
use crate::text::TypeSetter;
use crate::{receipt, sample, ticket};

/// Rounding of single precision.
const TOLERANCE: f32 = 0.05;

/// Where the lines of a page are: from their ascenders to where the next line may begin.
fn lines(page: &[Mark]) -> Vec<(Area, &str)> {
    page.iter()
        .filter_map(|mark| match mark {
            Mark::Text { line, x, baseline } => {
                let top = baseline - line.style.ascent();
                let area = Area { x: *x, y: top, width: line.width, height: line.style.leading() };
                Some((area, line.text.as_str()))
            }
            _ => None,
        })
        .collect()
}

fn overlap(one: Area, other: Area) -> bool {
    one.x + TOLERANCE < other.right()
        && other.x + TOLERANCE < one.right()
        && one.y + TOLERANCE < other.bottom()
        && other.y + TOLERANCE < one.bottom()
}

fn check(pages: &[Vec<Mark>]) -> Result<(), TestCaseError> {
    for page in pages {
        let lines = lines(page);
        for (index, (area, text)) in lines.iter().enumerate() {
            let is_on_the_page = area.x >= LEFT - TOLERANCE
                && area.right() <= RIGHT + TOLERANCE
                && area.y >= 0.0
                && area.bottom() <= PAGE_HEIGHT;
            prop_assert!(is_on_the_page, "{text:?} leaves the page: {area:?}");
            for (other, other_text) in &lines[index + 1..] {
                prop_assert!(
                    !overlap(*area, *other),
                    "{text:?} at {area:?} covers {other_text:?} at {other:?}"
                );
            }
        }
    }
    Ok(())
}

#[test]
fn the_sample_has_no_overlaps() {
    let setter = TypeSetter::new();
    check(&ticket::lay_out(&setter, &sample::ticket(40)).0).unwrap();
    check(&receipt::lay_out(&setter, &sample::receipt(40))).unwrap();
}

/// Texts of every kind: words, words without an end, signs that are wider than high, many lines, right to left.
fn text(most: usize) -> impl Strategy<Value = String> {
    let pattern =
        format!("\\PC{{1,{most}}}|W{{1,{most}}}|[א-תa-z0-9 ]{{1,{most}}}|[\u{fdfd}\u{2e3b}ﷺ]{{1,{most}}}");
    proptest::string::string_regex(&pattern).expect("a regular expression")
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(32))]

    #[test]
    fn no_text_reaches_into_another(
        names in (text(190), text(190), text(190)),
        filename in text(200),
        finish in text(190),
        prose in proptest::collection::vec(text(60), 1..60),
    ) {
        let (Ok(studio), Ok(client), Ok(product), Ok(filename), Ok(finish), Ok(prose)) = (
            Name::parse(&names.0),
            Name::parse(&names.1),
            Name::parse(&names.2),
            Filename::parse(&filename),
            Line::parse(&finish),
            Prose::parse(&prose.join("\n")),
        ) else {
            return Ok(());
        };
        let mut receipt = Receipt { studio: studio.clone(), verification: finish, ..sample::receipt(3) };
        receipt.order.contact.name = client.clone();
        receipt.order.special_request = prose.clone();
        receipt.order.events[1].reason = Some(prose.clone());
        let item = &mut receipt.order.items[1];
        item.filename = filename.clone();
        item.product.name = product;
        item.note = prose.clone();
        let mut ticket = JobTicket { studio, special_request: prose, ..sample::ticket(3) };
        ticket.contact.name = client;
        ticket.lines[1].filename = filename;
        ticket.lines[1].item = item.clone();
        let setter = TypeSetter::new();
        check(&ticket::lay_out(&setter, &ticket).0)?;
        check(&receipt::lay_out(&setter, &receipt))?;
    }
}
