//! Pages as lists of marks: what is laid out here knows nothing of PDF, so that pages can be counted before they are written.
//!
//! Lengths are points (1/72 inch), measured from the top left corner of the page.

mod row;
mod stack;

use std::rc::Rc;

use crate::text::{Ink, Style, TextLine, TypeSetter};
pub(crate) use row::{Column, Row};
pub(crate) use stack::{Align, Stack};

/// Points in a millimetre.
const fn mm(millimetres: f32) -> f32 {
    millimetres * 72.0 / 25.4
}

/// Width of an A4 page in points.
pub(crate) const PAGE_WIDTH: f32 = mm(210.0);
/// Height of an A4 page in points.
pub(crate) const PAGE_HEIGHT: f32 = mm(297.0);
/// The left edge of what is printed.
pub(crate) const LEFT: f32 = mm(18.0);
/// The width of what is printed.
pub(crate) const WIDTH: f32 = PAGE_WIDTH - 2.0 * LEFT;
/// The right edge of what is printed.
pub(crate) const RIGHT: f32 = LEFT + WIDTH;
/// Where the first page begins.
const TOP: f32 = mm(15.0);
/// Where every page ends; the footer is below.
const BOTTOM: f32 = PAGE_HEIGHT - mm(20.0);
/// The baseline of the footer.
pub(crate) const FOOTER: f32 = PAGE_HEIGHT - mm(12.0);

/// A rectangle, in points.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Area {
    pub(crate) x: f32,
    pub(crate) y: f32,
    pub(crate) width: f32,
    pub(crate) height: f32,
}

#[cfg(test)]
impl Area {
    pub(crate) fn right(self) -> f32 {
        self.x + self.width
    }

    pub(crate) fn bottom(self) -> f32 {
        self.y + self.height
    }
}

/// Something on a page.
#[derive(Debug, Clone)]
pub(crate) enum Mark {
    /// A line of text, whose left end and baseline are given.
    Text { line: TextLine, x: f32, baseline: f32 },
    /// A filled rectangle.
    Fill { area: Area, ink: Ink },
    /// A veil of white over `area`, through which what is below shines, with a hole in it.
    Veil { area: Area, hole: Area },
    /// The outline of a rectangle.
    Frame { area: Area, ink: Ink, thickness: f32 },
    /// A disc.
    Disc { centre: (f32, f32), radius: f32, ink: Ink },
    /// A filled polygon.
    Polygon { corners: Vec<(f32, f32)>, ink: Ink },
    /// A picture, by its place in the document's list.
    Picture { picture: usize, area: Area },
}

/// Draws the head of a table at the cursor, and leaves the cursor below it.
type Head<'a> = Rc<dyn Fn(&mut Paper<'a>) + 'a>;

/// The pages of a document, filled from top to bottom.
pub(crate) struct Paper<'a> {
    pub(crate) setter: &'a TypeSetter,
    pages: Vec<Vec<Mark>>,
    cursor: f32,
    /// What every page but the first begins with, and where its room begins.
    running: (Vec<Mark>, f32),
    /// The head of the table that is being filled, which every page repeats.
    head: Option<Head<'a>>,
}

impl<'a> Paper<'a> {
    pub(crate) fn new(setter: &'a TypeSetter) -> Self {
        Self { setter, pages: vec![Vec::new()], cursor: TOP, running: (Vec::new(), TOP), head: None }
    }

    /// Sets what every following page begins with: one line of text at the left, one at the right.
    pub(crate) fn set_running_head(&mut self, left: &str, right: &str, style: Style) {
        let half = WIDTH / 2.0 - 6.0;
        let baseline = TOP + style.ascent();
        let mut marks = Vec::new();
        if let Some(line) = self.setter.lines(left, style, half).into_iter().next() {
            marks.push(Mark::Text { line, x: LEFT, baseline });
        }
        if let Some(line) = self.setter.lines(right, style, half).into_iter().next() {
            marks.push(Mark::Text { x: RIGHT - line.width, line, baseline });
        }
        self.running = (marks, TOP + style.leading() + 8.0);
    }

    /// The next free height on the page.
    pub(crate) fn cursor(&self) -> f32 {
        self.cursor
    }

    /// How much is left of the page.
    pub(crate) fn room(&self) -> f32 {
        BOTTOM - self.cursor
    }

    /// How much there is on a new page.
    pub(crate) fn room_of_a_page(&self) -> f32 {
        BOTTOM - self.running.1
    }

    /// Leaves `height` free.
    pub(crate) fn skip(&mut self, height: f32) {
        self.cursor += height;
    }

    /// Begins a new page.
    pub(crate) fn turn(&mut self) {
        self.pages.push(self.running.0.clone());
        self.cursor = self.running.1;
        if let Some(head) = self.head.clone() {
            head(self);
        }
    }

    /// Begins a table whose head is drawn here and on every page until the table ends. It needs room for the head and for
    /// `first_row` points.
    pub(crate) fn begin_table(&mut self, first_row: f32, head: impl Fn(&mut Self) + 'a) {
        self.need(first_row);
        head(self);
        self.head = Some(Rc::new(head));
    }

    pub(crate) fn end_table(&mut self) {
        self.head = None;
    }

    /// Begins a new page unless `height` is left on this one, or would not be on any.
    pub(crate) fn need(&mut self, height: f32) {
        if self.room() < height.min(self.room_of_a_page()) {
            self.turn();
        }
    }

    pub(crate) fn mark(&mut self, mark: Mark) {
        self.pages.last_mut().expect("there is a first page from the beginning").push(mark);
    }

    /// Draws a line across what is printed, at the cursor.
    pub(crate) fn rule(&mut self, ink: Ink, thickness: f32) {
        self.rule_of(WIDTH, ink, thickness);
    }

    /// Draws a line of this width from the left edge of what is printed, at the cursor.
    pub(crate) fn rule_of(&mut self, width: f32, ink: Ink, thickness: f32) {
        let area = Area { x: LEFT, y: self.cursor, width, height: thickness };
        self.mark(Mark::Fill { area, ink });
    }

    /// How many pages there are so far.
    pub(crate) fn page(&self) -> usize {
        self.pages.len()
    }

    /// Draws one line of text at a place of its own, cut to its first line.
    pub(crate) fn write(&mut self, text: &str, style: Style, place: (f32, f32), align: Align, width: f32) {
        if let Some(line) = self.setter.lines(text, style, width).into_iter().next() {
            let x = align.place(place.0, width, line.width, line.is_right_to_left);
            self.mark(Mark::Text { line, x, baseline: place.1 });
        }
    }

    /// Draws a stack of lines side by side with others from the cursor on, and returns how high it is.
    pub(crate) fn place(&mut self, stack: &Stack, x: f32, y: f32) -> f32 {
        let mut height = 0.0;
        for entry in stack.entries() {
            height += entry.before;
            let place = stack.align.place(x, stack.width, entry.line.width, entry.line.is_right_to_left);
            let baseline = y + height + entry.line.style.ascent();
            self.mark(Mark::Text { line: entry.line.clone(), x: place, baseline });
            height += entry.line.style.leading();
        }
        height
    }

    /// Draws a stack over as many pages as it takes. `behind` draws what lies behind each part before it.
    pub(crate) fn flow(&mut self, mut stack: Stack, x: f32, behind: impl Fn(&mut Self, Area)) {
        let width = stack.width;
        while !stack.is_empty() {
            let part = stack.take(self.room());
            if part.is_empty() {
                self.turn();
                continue;
            }
            let height = part.height();
            behind(self, Area { x, y: self.cursor, width, height });
            self.place(&part, x, self.cursor);
            self.skip(height);
        }
    }

    /// The pages, each with the marks that `footer` makes from its number and the number of all.
    pub(crate) fn finish(self, footer: impl Fn(usize, usize) -> Vec<Mark>) -> Vec<Vec<Mark>> {
        let mut pages = self.pages;
        let count = pages.len();
        for (index, page) in pages.iter_mut().enumerate() {
            page.extend(footer(index + 1, count));
        }
        pages
    }
}
