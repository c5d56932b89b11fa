//! The receipt: what both sides of an order have in their hands.

use halftone_core::money::Currency;
use halftone_core::order::{OrderEvent, OrderItem};
use halftone_core::ports::documents::Receipt;
use halftone_core::product::ProductKind;
use halftone_core::text::Phone;

use crate::look::{
    self, BODY, FAINT, FINE, GUTTER, HAIRLINE, HEADING, INK, LABEL, Letterhead, MOST_BREAKS, MUTED, SMALL,
    STRONG, THIN,
};
use crate::paper::{Align, Column, LEFT, Mark, Paper, RIGHT, Row, Stack, WIDTH};
use crate::text::{Ink, Style, TypeSetter};
use crate::words::Words;

const NUMBER: Column = Column { x: LEFT, width: 24.0, align: Align::Left };
const PHOTO: Column = Column { x: LEFT + 26.0, width: 158.0 - GUTTER, align: Align::Left };
const PRODUCT: Column = Column { x: LEFT + 184.0, width: 130.0 - GUTTER, align: Align::Left };
const QUANTITY: Column = Column { x: LEFT + 314.0, width: 40.0, align: Align::Right };
const UNIT: Column = Column { x: LEFT + 360.0, width: 64.0, align: Align::Right };
const AMOUNT: Column = Column { x: LEFT + 430.0, width: WIDTH - 430.0, align: Align::Right };
/// The sum may be longer than an amount of a line.
const SUM: Column = Column { x: LEFT + 184.0, width: WIDTH - 184.0, align: Align::Right };

const WHEN: Column = Column { x: LEFT, width: 140.0 - GUTTER, align: Align::Left };
const WHAT: Column = Column { x: LEFT + 140.0, width: 130.0 - GUTTER, align: Align::Left };
const WHO: Column = Column { x: LEFT + 270.0, width: 60.0 - GUTTER, align: Align::Left };
const WHY: Column = Column { x: LEFT + 330.0, width: WIDTH - 330.0, align: Align::Start };

/// Lays the receipt out.
pub(crate) fn lay_out(setter: &TypeSetter, receipt: &Receipt) -> Vec<Vec<Mark>> {
    let words = Words::of(receipt.language);
    let order = &receipt.order;
    let accent: Ink = receipt.accent.map_or(INK, |colour| colour.rgb);
    let mut paper = Paper::new(setter);
    let studio = receipt.studio.to_string();
    look::draw_band(&mut paper, accent);
    Letterhead { kind: words.receipt, studio: &studio, order: order.id, accent }.draw(&mut paper, words);
    draw_facts(&mut paper, words, receipt);
    let currency = order.total.currency();
    paper.begin_table(60.0, move |paper| draw_head(paper, words, currency));
    for (index, item) in order.items.iter().enumerate() {
        draw_item(&mut paper, words, index + 1, item, currency);
    }
    paper.end_table();
    draw_total(&mut paper, words, receipt, accent);
    look::draw_request(&mut paper, words.special_request, order.special_request.as_str(), accent);
    draw_history(&mut paper, words, &order.events);
    draw_verification(&mut paper, words, receipt.verification.as_str());
    // Isolated, so that a name from right to left does not turn the words behind it.
    let footing = format!("\u{2068}{studio}\u{2069}, {} {} {}", words.order, words.number, order.id.number());
    paper.finish(|page, pages| look::footer(setter, words, &footing, page, pages))
}

fn draw_facts(paper: &mut Paper<'_>, words: &Words, receipt: &Receipt) {
    let order = &receipt.order;
    let placed = words.moment(order.created_at);
    let contact = &order.contact;
    let mut client = vec![contact.name.as_str(), contact.email.as_str()];
    client.extend(contact.phone.as_ref().map(Phone::as_str));
    let facts = [
        (words.client, client),
        (words.placed, vec![placed.as_str()]),
        (words.state, vec![words.state_word(order.state)]),
        (words.payment, vec![words.payment_word(order.invoice)]),
    ];
    look::draw_facts(paper, &facts);
}

fn draw_head(paper: &mut Paper<'_>, words: &Words, currency: Currency) {
    let row = Row::default()
        .with_text(paper, NUMBER, words.number, LABEL)
        .with_text(paper, PHOTO, words.photo, LABEL)
        .with_text(paper, PRODUCT, words.product, LABEL)
        .with_text(paper, QUANTITY, words.quantity, LABEL)
        .with_text(paper, UNIT, &format!("{} {currency}", words.unit_price), LABEL)
        .with_text(paper, AMOUNT, &format!("{} {currency}", words.amount), LABEL);
    paper.row(row, 2.0, 0.0, |_, _| ());
    paper.rule(INK, 0.8);
}

fn draw_item(paper: &mut Paper<'_>, words: &Words, number: usize, item: &OrderItem, currency: Currency) {
    let setter = paper.setter;
    let note = note_of(setter, words, item.note.as_str());
    let row = Row::default()
        .with_number(paper, NUMBER, &number.to_string(), Style { ink: MUTED, ..BODY })
        .with_text(paper, PHOTO, item.filename.as_str(), BODY)
        .with(PRODUCT.x, product_of(setter, words, item))
        .with_number(paper, QUANTITY, &words.whole(item.quantity.get().into()), BODY)
        .with_number(paper, UNIT, &words.amount_in(item.product.unit_price, currency), BODY)
        .with_number(paper, AMOUNT, &words.amount_in(item.total, currency), BODY);
    paper.row(row, 4.0, note.height().min(30.0), |_, _| ());
    if !note.is_empty() {
        paper.flow(note, PHOTO.x, |_, _| ());
        paper.skip(4.0);
    }
    paper.rule(HAIRLINE, THIN);
}

fn product_of(setter: &TypeSetter, words: &Words, item: &OrderItem) -> Stack {
    let stack = PRODUCT.stack().with(setter, item.product.name.as_str(), BODY);
    let stack = match &item.product.kind {
        ProductKind::Print(spec) => {
            let size = words.print_size(spec.size);
            let finish = spec.finish.as_str();
            let detail = if finish.is_empty() { size } else { format!("{size}, {finish}") };
            stack.with(setter, &detail, FAINT)
        }
        ProductKind::Digital => stack.with(setter, words.digital, FAINT),
    };
    match item.included {
        0 => stack,
        number => {
            let included = format!("{} {}", words.whole(number.into()), words.included);
            stack.with(setter, &included, FAINT)
        }
    }
}

fn note_of(setter: &TypeSetter, words: &Words, note: &str) -> Stack {
    let stack = Stack::new(QUANTITY.x - PHOTO.x, Align::Start);
    let lines = setter.run_on_lines(note, SMALL, stack.width, MOST_BREAKS);
    if lines.is_empty() {
        stack
    } else {
        stack.with(setter, words.note, LABEL).with_lines(lines, 0.0).facing_its_text()
    }
}

fn draw_total(paper: &mut Paper<'_>, words: &Words, receipt: &Receipt, accent: Ink) {
    paper.rule(accent, 1.4);
    let large = Style { size: 13.0, ..STRONG };
    let row = Row::default().with_text(paper, PHOTO, words.total, large).with_number(
        paper,
        SUM,
        &words.amount_of(receipt.order.total),
        large,
    );
    paper.row(row, 6.0, 0.0, |_, _| ());
    paper.skip(14.0);
}

fn draw_history(paper: &mut Paper<'_>, words: &Words, events: &[OrderEvent]) {
    if events.is_empty() {
        return;
    }
    // The heading keeps at least two of its rows.
    let heading = Row::default().with_text(paper, WHEN, words.history, HEADING);
    paper.row(heading, 3.0, 36.0, |_, _| ());
    paper.rule(INK, 0.8);
    for event in events {
        let reason = event.reason.as_ref().map_or("", |reason| reason.as_str());
        let reason = paper.setter.run_on_lines(reason, SMALL, WHY.width, MOST_BREAKS);
        let row = Row::default()
            .with_text(paper, WHEN, &words.moment(event.at), SMALL)
            .with_text(paper, WHAT, words.happening(event.kind), SMALL)
            .with_text(paper, WHO, words.actor(event.actor), FAINT)
            .with(WHY.x, WHY.stack().with_lines(reason, 0.0));
        paper.row(row, 2.5, 0.0, |_, _| ());
        paper.rule(HAIRLINE, THIN);
    }
    paper.skip(14.0);
}

fn draw_verification(paper: &mut Paper<'_>, words: &Words, address: &str) {
    if address.is_empty() {
        return;
    }
    let stack = Stack::new(RIGHT - LEFT, Align::Left).with(paper.setter, words.verification, FINE).with(
        paper.setter,
        address,
        Style { ink: INK, ..FINE },
    );
    paper.need(stack.height());
    paper.flow(stack, LEFT, |_, _| ());
}
