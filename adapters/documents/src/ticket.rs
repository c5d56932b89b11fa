//! The job ticket: what the lab reads beside the files of an order.

mod crop;
mod totals;

use halftone_core::geometry::PrintQuality;
use halftone_core::ports::documents::{JobTicket, TicketLine};
use halftone_core::product::ProductKind;
use halftone_core::text::Phone;

use crate::look::{
    self, BODY, FAINT, GUTTER, HAIRLINE, INK, LABEL, Letterhead, MOST_BREAKS, SMALL, STRONG, THIN, TINT,
};
use crate::paper::{Align, Area, Column, LEFT, Mark, Paper, RIGHT, Row, Stack};
use crate::picture::{Album, Picture};
use crate::text::{Ink, Style, TypeSetter};
use crate::words::Words;

const GOOD: Ink = [0x1d, 0x7a, 0x46];
const MARGINAL: Ink = [0xa8, 0x5f, 0x00];
const TOO_SMALL: Ink = [0xb3, 0x1b, 0x1b];

/// The columns of the table: their left edges, and widths without the gutter.
const NUMBER: Column = column(0.0, 26.0, Align::Left);
const PICTURE: Column = column(26.0, 80.0, Align::Left);
const FILE: Column = column(106.0, 116.0, Align::Left);
const PRODUCT: Column = column(222.0, 98.0, Align::Left);
const QUANTITY: Column = column(320.0, 36.0, Align::Right);
const PIXELS: Column = column(356.0, 68.0, Align::Right);
const QUALITY: Column = column(434.0, 59.23, Align::Left);

/// Above and below the rows.
const PADDING: f32 = 4.0;

/// Between the sign of a print's quality and its word.
const SIGN: f32 = 9.0;

const fn column(x: f32, width: f32, align: Align) -> Column {
    // Numbers keep their distance from what is left of them, texts from what is right of them.
    match align {
        Align::Right => Column { x: LEFT + x, width: width - 4.0, align },
        Align::Left | Align::Start => Column { x: LEFT + x, width: width - GUTTER, align },
    }
}

/// Lays the ticket out. The pictures are those that its marks name.
pub(crate) fn lay_out(setter: &TypeSetter, ticket: &JobTicket) -> (Vec<Vec<Mark>>, Vec<Picture>) {
    let words = Words::of(ticket.language);
    let mut paper = Paper::new(setter);
    let mut album = Album::default();
    let studio = ticket.studio.to_string();
    Letterhead { kind: words.job_ticket, studio: &studio, order: ticket.order, accent: INK }
        .draw(&mut paper, words);
    draw_facts(&mut paper, words, ticket);
    look::draw_request(&mut paper, words.special_request, ticket.special_request.as_str(), INK);
    paper.begin_table(90.0, |paper| draw_head(paper, words));
    for line in &ticket.lines {
        draw_line(&mut paper, words, line, &mut album);
    }
    paper.end_table();
    totals::draw(&mut paper, words, &ticket.lines);
    // Isolated, so that a name from right to left does not turn the words behind it.
    let footing =
        format!("\u{2068}{studio}\u{2069}, {} {} {}", words.order, words.number, ticket.order.number());
    let pages = paper.finish(|page, pages| look::footer(setter, words, &footing, page, pages));
    (pages, album.into_pictures())
}

fn draw_facts(paper: &mut Paper<'_>, words: &Words, ticket: &JobTicket) {
    let placed = words.moment(ticket.placed_at);
    let contact = &ticket.contact;
    let contents =
        [words.lines(ticket.lines.len()), words.print_count(totals::count_of_prints(&ticket.lines))];
    let mut client = vec![contact.name.as_str(), contact.email.as_str()];
    client.extend(contact.phone.as_ref().map(Phone::as_str));
    let facts = [
        (words.client, client),
        (words.placed, vec![placed.as_str()]),
        (words.contents, contents.iter().map(String::as_str).collect()),
    ];
    look::draw_facts(paper, &facts);
}

fn draw_head(paper: &mut Paper<'_>, words: &Words) {
    let row = Row::default()
        .with_text(paper, NUMBER, words.number, LABEL)
        .with_text(paper, PICTURE, words.picture, LABEL)
        .with_text(paper, FILE, words.file, LABEL)
        .with_text(paper, PRODUCT, words.product, LABEL)
        .with_text(paper, QUANTITY, words.quantity, LABEL)
        .with_text(paper, PIXELS, words.resolution, LABEL)
        .with_text(paper, QUALITY, words.quality_head, LABEL);
    paper.row(row, 2.0, 0.0, |_, _| ());
    paper.rule(INK, 0.8);
}

fn draw_line(paper: &mut Paper<'_>, words: &Words, line: &TicketLine, album: &mut Album) {
    let setter = paper.setter;
    let item = &line.item;
    let note = note_of(setter, item.note.as_str(), words);
    let row = Row::default()
        .with_number(paper, NUMBER, &format!("{:03}", line.number), STRONG)
        .with_text(paper, FILE, line.filename.as_str(), BODY)
        .with(PRODUCT.x, product_of(setter, words, item.product.name.as_str(), &item.product.kind))
        .with_number(
            paper,
            QUANTITY,
            &words.whole(item.quantity.get().into()),
            Style { size: 11.0, ..STRONG },
        )
        .with(PIXELS.x, pixels_of(setter, words, line))
        .with(QUALITY.x + SIGN, quality_of(setter, words, line));
    let picture = line.thumb.as_ref().and_then(|thumb| album.add(thumb));
    let below = note.height().min(40.0).max(crop::HEIGHT - row.height());
    let (mut page, mut bottom) = (0, 0.0);
    paper.row(row, PADDING, below, |paper, top| {
        let place = Area { x: PICTURE.x, y: top, width: PICTURE.width, height: crop::HEIGHT };
        crop::draw(paper, words, place, picture, item.crop);
        if let Some(print) = item.print {
            draw_sign(paper, print.quality, QUALITY.x, top + STRONG.ascent());
        }
        (page, bottom) = (paper.page(), top + crop::HEIGHT + PADDING);
    });
    if !note.is_empty() {
        paper.flow(note, FILE.x, |paper, text| {
            let area = Area { x: text.x - 5.0, width: RIGHT - text.x + 5.0, ..text };
            paper.mark(Mark::Fill { area, ink: TINT });
        });
        paper.skip(PADDING);
    }
    if paper.page() == page && paper.cursor() < bottom {
        // The thumb reaches further down than what stands beside it.
        paper.skip(bottom - paper.cursor());
    }
    paper.rule(HAIRLINE, THIN);
}

/// Name, size and finish of a product.
fn product_of(setter: &TypeSetter, words: &Words, name: &str, kind: &ProductKind) -> Stack {
    let stack = PRODUCT.stack().with(setter, name, STRONG);
    match kind {
        ProductKind::Print(spec) => {
            stack.with(setter, &words.print_size(spec.size), SMALL).with(setter, spec.finish.as_str(), SMALL)
        }
        ProductKind::Digital => stack.with(setter, words.digital, FAINT),
    }
}

fn pixels_of(setter: &TypeSetter, words: &Words, line: &TicketLine) -> Stack {
    let mut stack = PIXELS.stack();
    if let Some(size) = line.size {
        stack = stack.with(setter, &words.pixel_size(size), SMALL);
    }
    if let Some(print) = line.item.print {
        stack = stack.with(setter, &format!("{:.0} dpi", print.effective_dpi), SMALL);
    }
    stack
}

fn quality_of(setter: &TypeSetter, words: &Words, line: &TicketLine) -> Stack {
    let stack = Stack::new(QUALITY.width + GUTTER - SIGN, Align::Left);
    match line.item.print {
        Some(print) => stack.with(
            setter,
            words.quality(print.quality),
            Style { ink: ink_of(print.quality), size: 8.0, ..STRONG },
        ),
        None => stack,
    }
}

fn note_of(setter: &TypeSetter, note: &str, words: &Words) -> Stack {
    let stack = Stack::new(RIGHT - FILE.x - 5.0, Align::Start);
    let lines = setter.run_on_lines(note, BODY, stack.width, MOST_BREAKS);
    if lines.is_empty() {
        stack
    } else {
        stack.with(setter, words.note, LABEL).with_lines(lines, 0.0).facing_its_text()
    }
}

const fn ink_of(quality: PrintQuality) -> Ink {
    match quality {
        PrintQuality::Good => GOOD,
        PrintQuality::Marginal => MARGINAL,
        PrintQuality::TooSmall => TOO_SMALL,
    }
}

/// A disc, a triangle or a square: on paper without colour the form still tells them apart.
fn draw_sign(paper: &mut Paper<'_>, quality: PrintQuality, x: f32, baseline: f32) {
    let ink = ink_of(quality);
    let (left, right, top) = (x, x + 5.6, baseline - 6.0);
    paper.mark(match quality {
        PrintQuality::Good => Mark::Disc { centre: (x + 2.8, baseline - 3.0), radius: 2.8, ink },
        PrintQuality::Marginal => Mark::Polygon {
            corners: vec![(x + 2.8, top), (right, baseline - 0.4), (left, baseline - 0.4)],
            ink,
        },
        PrintQuality::TooSmall => {
            Mark::Fill { area: Area { x: left, y: top + 0.4, width: 5.2, height: 5.2 }, ink }
        }
    });
}
