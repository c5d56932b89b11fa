//! How documents look: type, colours, and the parts that all of them have.

use halftone_core::id::OrderId;

use crate::face::Weight;
use crate::paper::{Align, Area, FOOTER, LEFT, Mark, PAGE_WIDTH, Paper, RIGHT, Row, Stack, WIDTH};
use crate::text::{Ink, Style, TypeSetter};
use crate::words::Words;

/// Nearly black, as laser printers and screens both show it.
pub(crate) const INK: Ink = [0x1b, 0x20, 0x28];
/// For labels and what is less important; 5.5 : 1 on white.
pub(crate) const MUTED: Ink = [0x62, 0x69, 0x76];
/// For lines between rows.
pub(crate) const HAIRLINE: Ink = [0xd3, 0xd7, 0xdd];
/// Behind notes and requests.
pub(crate) const TINT: Ink = [0xf3, 0xf4, 0xf6];

pub(crate) const TITLE: Style = Style { weight: Weight::SemiBold, size: 19.0, ink: INK };
pub(crate) const HEADING: Style = Style { weight: Weight::SemiBold, size: 10.5, ink: INK };
pub(crate) const BODY: Style = Style { weight: Weight::Regular, size: 9.0, ink: INK };
pub(crate) const STRONG: Style = Style { weight: Weight::SemiBold, size: 9.0, ink: INK };
pub(crate) const SMALL: Style = Style { weight: Weight::Regular, size: 8.0, ink: INK };
pub(crate) const FAINT: Style = Style { weight: Weight::Regular, size: 8.0, ink: MUTED };
pub(crate) const LABEL: Style = Style { weight: Weight::SemiBold, size: 7.0, ink: MUTED };
pub(crate) const FINE: Style = Style { weight: Weight::Regular, size: 7.0, ink: MUTED };

/// The most line breaks of a note that are kept; see [`TypeSetter::run_on_lines`].
pub(crate) const MOST_BREAKS: usize = 40;

/// Between two columns, in points.
pub(crate) const GUTTER: f32 = 8.0;

const HEAVY: f32 = 1.4;
pub(crate) const THIN: f32 = 0.5;

/// What stands at the top of a document.
#[derive(Debug)]
pub(crate) struct Letterhead<'a> {
    pub(crate) kind: &'a str,
    pub(crate) studio: &'a str,
    pub(crate) order: OrderId,
    /// The colour of the rule, and of the studio's name if it can be read.
    pub(crate) accent: Ink,
}

impl Letterhead<'_> {
    /// Draws it, and prepares what the pages behind begin with.
    pub(crate) fn draw(&self, paper: &mut Paper<'_>, words: &Words) {
        let number_width = 150.0;
        let studio_width = WIDTH - number_width - GUTTER;
        let name = Style { ink: readable(self.accent), ..TITLE };
        let left = Stack::new(studio_width, Align::Left).with(paper.setter, self.kind, HEADING).with(
            paper.setter,
            self.studio,
            name,
        );
        let right = Stack::new(number_width, Align::Right)
            .with(paper.setter, words.order, HEADING)
            .with(paper.setter, &self.order.number(), TITLE)
            .with(paper.setter, &self.order.to_string(), Style { size: 6.2, ..FINE });
        let row = Row::default().with(LEFT, left).with(RIGHT - number_width, right);
        paper.row(row, 0.0, 0.0, |_, _| ());
        paper.skip(5.0);
        paper.rule(self.accent, HEAVY);
        paper.skip(9.0);
        paper.set_running_head(
            self.studio,
            &format!("{}, {} {}", self.kind, words.number, self.order.number()),
            LABEL,
        );
    }
}

/// A band of colour along the upper edge of the page.
pub(crate) fn draw_band(paper: &mut Paper<'_>, ink: Ink) {
    paper.mark(Mark::Fill { area: Area { x: 0.0, y: 0.0, width: PAGE_WIDTH, height: 11.0 }, ink });
}

/// A few facts side by side, each a label and what it names. The first has more room than the others.
pub(crate) fn draw_facts(paper: &mut Paper<'_>, facts: &[(&str, Vec<&str>)]) {
    const FIRST: f32 = 1.3;
    #[expect(clippy::cast_precision_loss, reason = "a handful of columns")]
    let shares = facts.len() as f32 - 1.0 + FIRST;
    let mut row = Row::default();
    let mut x = LEFT;
    for (place, (label, values)) in facts.iter().enumerate() {
        let column = WIDTH / shares * if place == 0 { FIRST } else { 1.0 };
        let mut stack = Stack::new(column - GUTTER, Align::Left).with(paper.setter, label, LABEL);
        for (index, value) in values.iter().enumerate() {
            stack = stack.with(paper.setter, value, if index == 0 { STRONG } else { BODY });
        }
        row = row.with(x, stack);
        x += column;
    }
    paper.row(row, 0.0, 0.0, |_, _| ());
    paper.skip(9.0);
}

/// A text of the client in a tinted box, over several pages if it is long. Nothing for an empty text.
pub(crate) fn draw_request(paper: &mut Paper<'_>, label: &str, text: &str, accent: Ink) {
    const PADDING: f32 = 7.0;
    const BAR: f32 = 2.5;
    let width = WIDTH - 2.0 * PADDING - BAR;
    let body = paper.setter.lines(text, Style { size: 9.5, ..BODY }, width);
    if body.is_empty() {
        return;
    }
    let stack = Stack::new(width, Align::Start)
        .with(paper.setter, label, LABEL)
        .with_lines(body, 2.0)
        .facing_its_text();
    paper.need(stack.height().min(70.0) + 2.0 * PADDING);
    paper.skip(PADDING);
    paper.flow(stack, LEFT + BAR + PADDING, |paper, text| {
        let area = Area { x: LEFT, y: text.y - PADDING, width: WIDTH, height: text.height + 2.0 * PADDING };
        paper.mark(Mark::Fill { area, ink: TINT });
        paper.mark(Mark::Fill { area: Area { width: BAR, ..area }, ink: accent });
    });
    paper.skip(PADDING + 11.0);
}

/// The footer of one page. A document of a single page has no page numbers.
pub(crate) fn footer(setter: &TypeSetter, words: &Words, left: &str, page: usize, pages: usize) -> Vec<Mark> {
    let mut marks = Vec::new();
    if let Some(line) = setter.lines(left, FINE, WIDTH - 100.0).into_iter().next() {
        marks.push(Mark::Text { line, x: LEFT, baseline: FOOTER });
    }
    if pages > 1 {
        let number = format!("{} {page} {} {pages}", words.page, words.of);
        for line in setter.lines(&number, FINE, 90.0).into_iter().take(1) {
            marks.push(Mark::Text { x: RIGHT - line.width, line, baseline: FOOTER });
        }
    }
    marks
}

/// The accent where text in it can be read on white, and ink where it cannot.
pub(crate) fn readable(accent: Ink) -> Ink {
    /// What WCAG 2 asks of text.
    const LEAST_CONTRAST: f32 = 4.5;
    let contrast = 1.05 / (luminance(accent) + 0.05);
    if contrast >= LEAST_CONTRAST { accent } else { INK }
}

/// The relative luminance of WCAG 2, from 0 to 1.
fn luminance([red, green, blue]: Ink) -> f32 {
    let linear = |value: u8| {
        let value = f32::from(value) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue)
}

#[cfg(test)]
mod tests {
    use super::{INK, readable};

    #[test]
    fn a_pale_accent_is_not_used_for_text() {
        assert_eq!(readable([0xff, 0xe0, 0x66]), INK);
        assert_eq!(readable([0x7a, 0x1f, 0x3d]), [0x7a, 0x1f, 0x3d]);
    }
}
