//! How many copies of each product a ticket asks for, to check the pack by.

use halftone_core::ports::documents::TicketLine;
use halftone_core::product::ProductKind;
use halftone_core::text::Name;

use crate::look::{FAINT, GUTTER, HAIRLINE, HEADING, INK, SMALL, STRONG, THIN};
use crate::paper::{Align, Column, LEFT, Paper, Row};

use crate::text::Style;
use crate::ticket::QUANTITY;
use crate::words::Words;

/// The numbers stand below those of the lines.
const WIDTH: f32 = QUANTITY.x + QUANTITY.width - LEFT;
const PRODUCT: Column = Column { x: LEFT, width: 150.0 - GUTTER, align: Align::Left };
const DETAIL: Column = Column { x: LEFT + 150.0, width: 160.0 - GUTTER, align: Align::Left };
const COPIES: Column = Column { x: LEFT + 310.0, width: WIDTH - 310.0, align: Align::Right };

const COUNT: Style = Style { size: 8.0, ..STRONG };

/// So many sums are not torn apart by the end of a page.
const KEPT_TOGETHER: usize = 12;

/// Copies of one product.
struct Total<'a> {
    name: &'a Name,
    kind: &'a ProductKind,
    copies: u64,
}

/// How many prints on paper there are in all.
pub(super) fn count_of_prints(lines: &[TicketLine]) -> u64 {
    lines
        .iter()
        .filter(|line| line.item.product.kind.print().is_some())
        .map(|line| u64::from(line.item.quantity.get()))
        .sum()
}

/// Draws the sums in the order in which the products appear.
pub(super) fn draw(paper: &mut Paper<'_>, words: &Words, lines: &[TicketLine]) {
    let totals = summed(lines);
    paper.skip(12.0);
    let heading = Row::default().with_text(paper, PRODUCT, words.totals, Style { size: 9.5, ..HEADING });
    // Few sums stay together; the heading of many keeps at least two of them.
    let keep = if totals.len() <= KEPT_TOGETHER { 18.0 + 14.2 * length(totals.len()) } else { 40.0 };
    paper.row(heading, 2.0, keep, |_, _| ());
    paper.rule_of(WIDTH, INK, 0.8);
    for total in &totals {
        let row = Row::default()
            .with_text(paper, PRODUCT, total.name.as_str(), SMALL)
            .with_text(paper, DETAIL, &detail(words, total.kind), FAINT)
            .with_text(paper, COPIES, &words.whole(total.copies), COUNT);
        paper.row(row, 1.2, 0.0, |_, _| ());
        paper.rule_of(WIDTH, HAIRLINE, THIN);
    }
    let sum = Row::default().with_text(paper, PRODUCT, words.prints, COUNT).with_text(
        paper,
        COPIES,
        &words.whole(count_of_prints(lines)),
        COUNT,
    );
    paper.row(sum, 3.0, 0.0, |_, _| ());
}

#[expect(clippy::cast_precision_loss, reason = "no more than a dozen")]
fn length(count: usize) -> f32 {
    count as f32
}

fn summed(lines: &[TicketLine]) -> Vec<Total<'_>> {
    let mut totals: Vec<Total<'_>> = Vec::new();
    for line in lines {
        let (name, kind) = (&line.item.product.name, &line.item.product.kind);
        let copies = u64::from(line.item.quantity.get());
        match totals.iter_mut().find(|total| total.name == name && total.kind == kind) {
            Some(total) => total.copies += copies,
            None => totals.push(Total { name, kind, copies }),
        }
    }
    totals
}

fn detail(words: &Words, kind: &ProductKind) -> String {
    match kind {
        ProductKind::Print(spec) if spec.finish.as_str().is_empty() => words.print_size(spec.size),
        ProductKind::Print(spec) => format!("{}, {}", words.print_size(spec.size), spec.finish),
        ProductKind::Digital => words.digital.to_owned(),
    }
}
