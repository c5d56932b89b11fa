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
const PRODUCT: Column = Column { x: LEFT, width: 116.0 - GUTTER, align: Align::Left };
const DETAIL: Column = Column { x: LEFT + 116.0, width: 204.0 - GUTTER, align: Align::Left };
const COPIES: Column = Column { x: LEFT + 320.0, width: WIDTH - 320.0, align: Align::Right };

const COUNT: Style = Style { size: 8.0, ..STRONG };

/// Above and below a sum, and the sum of all.
const PADDING: f32 = 1.2;
const PADDING_OF_SUM: f32 = 3.0;

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
    let rows: Vec<Row> = summed(lines).iter().map(|total| row_of(paper, words, total)).collect();
    let sum = Row::default().with_text(paper, PRODUCT, words.prints, COUNT).with_number(
        paper,
        COPIES,
        &words.whole(count_of_prints(lines)),
        COUNT,
    );
    paper.skip(10.0);
    let heading = Row::default().with_text(paper, PRODUCT, words.totals, Style { size: 9.5, ..HEADING });
    paper.row(heading, 2.0, kept(paper, &rows), |_, _| ());
    paper.rule_of(WIDTH, INK, 0.8);
    for row in rows {
        paper.row(row, PADDING, 0.0, |_, _| ());
        paper.rule_of(WIDTH, HAIRLINE, THIN);
    }
    paper.row(sum, PADDING_OF_SUM, 0.0, |_, _| ());
}

fn row_of(paper: &Paper<'_>, words: &Words, total: &Total<'_>) -> Row {
    Row::default()
        .with_text(paper, PRODUCT, total.name.as_str(), SMALL)
        .with_text(paper, DETAIL, &detail(words, total.kind), FAINT)
        .with_number(paper, COPIES, &words.whole(total.copies), COUNT)
}

/// How much is kept below the heading: all if that fits on a page, else two or three of the sums.
fn kept(paper: &Paper<'_>, rows: &[Row]) -> f32 {
    const SOME: f32 = 40.0;
    let sums: f32 = rows.iter().map(|row| row.height() + 2.0 * PADDING).sum();
    let all = sums + COUNT.leading() + 2.0 * PADDING_OF_SUM;
    if all + 2.0 * HEADING.leading() < paper.room_of_a_page() { all } else { SOME }
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
