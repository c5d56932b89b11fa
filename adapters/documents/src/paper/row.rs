//! A row of a table: columns of text side by side, torn where a page ends if it must be.

use super::{Align, Paper, Stack};
use crate::text::Style;

/// The cells of a row, each with its left edge.
#[derive(Debug, Default)]
pub(crate) struct Row {
    cells: Vec<(f32, Stack)>,
}

impl Row {
    /// Adds a cell.
    #[must_use]
    pub(crate) fn with(mut self, x: f32, cell: Stack) -> Self {
        self.cells.push((x, cell));
        self
    }

    /// Adds a cell of one text.
    #[must_use]
    pub(crate) fn with_text(self, paper: &Paper<'_>, column: Column, text: &str, style: Style) -> Self {
        self.with(column.x, column.stack().with(paper.setter, text, style))
    }

    /// Adds a cell of one number, which is never broken.
    #[must_use]
    pub(crate) fn with_number(self, paper: &Paper<'_>, column: Column, number: &str, style: Style) -> Self {
        let lines = paper.setter.number(number, style, column.width);
        self.with(column.x, column.stack().with_lines(lines, 0.0))
    }

    /// In points.
    pub(crate) fn height(&self) -> f32 {
        self.cells.iter().map(|(_, cell)| cell.height()).fold(0.0, f32::max)
    }
}

/// A column of a table.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Column {
    pub(crate) x: f32,
    pub(crate) width: f32,
    pub(crate) align: Align,
}

impl Column {
    pub(crate) const fn stack(self) -> Stack {
        Stack::new(self.width, self.align)
    }
}

impl Paper<'_> {
    /// Draws a row, with `padding` points above and below it, and lets `beside` add what is no text at its top. A row that is
    /// higher than a page goes on on the next one. `keep` points below it are kept on its page if they can be.
    pub(crate) fn row(&mut self, mut row: Row, padding: f32, keep: f32, beside: impl FnOnce(&mut Self, f32)) {
        self.need(row.height() + 2.0 * padding + keep);
        beside(self, self.cursor() + padding);
        loop {
            let top = self.cursor() + padding;
            let room = self.room() - 2.0 * padding;
            let mut height: f32 = 0.0;
            for (x, cell) in &mut row.cells {
                let part = cell.take(room);
                height = height.max(self.place(&part, *x, top));
            }
            self.skip(height + 2.0 * padding);
            if row.cells.iter().all(|(_, cell)| cell.is_empty()) {
                break;
            }
            self.turn();
        }
    }
}
