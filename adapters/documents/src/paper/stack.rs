//! Lines of text on top of each other, which can be torn between any two where a page ends.

use std::collections::VecDeque;

use crate::text::{Style, TextLine, TypeSetter};

/// Where a line stands in its column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Right,
    /// Where its paragraph begins: at the right for Hebrew and Arabic.
    Start,
}

impl Align {
    /// The left end of a line in its column.
    pub(crate) fn place(self, x: f32, column: f32, line: f32, is_right_to_left: bool) -> f32 {
        match self {
            Self::Left => x,
            Self::Start if !is_right_to_left => x,
            Self::Right | Self::Start => x + column - line,
        }
    }
}

/// One line and the space above it.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    pub(crate) line: TextLine,
    pub(crate) before: f32,
}

/// A column of lines.
#[derive(Debug, Clone)]
pub(crate) struct Stack {
    /// In points.
    pub(crate) width: f32,
    pub(crate) align: Align,
    entries: VecDeque<Entry>,
}

impl Stack {
    pub(crate) const fn new(width: f32, align: Align) -> Self {
        Self { width, align, entries: VecDeque::new() }
    }

    /// Adds a text below, wrapped to the column.
    #[must_use]
    pub(crate) fn with(self, setter: &TypeSetter, text: &str, style: Style) -> Self {
        let lines = setter.lines(text, style, self.width);
        self.with_lines(lines, 0.0)
    }

    /// Adds lines below, with space above the first of them unless the column is empty.
    #[must_use]
    pub(crate) fn with_lines(mut self, lines: Vec<TextLine>, before: f32) -> Self {
        let is_first = self.entries.is_empty();
        for (index, line) in lines.into_iter().enumerate() {
            let before = if index == 0 && !is_first { before } else { 0.0 };
            self.entries.push_back(Entry { line, before });
        }
        self
    }

    /// Moves the whole column, labels too, to the side where its last line begins.
    #[must_use]
    pub(crate) fn facing_its_text(mut self) -> Self {
        if self.entries.back().is_some_and(|entry| entry.line.is_right_to_left) {
            self.align = Align::Right;
        }
        self
    }

    pub(crate) fn entries(&self) -> impl Iterator<Item = &Entry> {
        self.entries.iter()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// In points.
    pub(crate) fn height(&self) -> f32 {
        self.entries.iter().map(|entry| entry.before + entry.line.style.leading()).sum()
    }

    /// Takes the lines from the top that fit into `room` points.
    pub(crate) fn take(&mut self, room: f32) -> Self {
        let mut taken = Self::new(self.width, self.align);
        let mut height = 0.0;
        while let Some(entry) = self.entries.front() {
            height += entry.before + entry.line.style.leading();
            if height > room {
                break;
            }
            taken.entries.extend(self.entries.pop_front());
        }
        if let (false, Some(first)) = (taken.is_empty(), self.entries.front_mut()) {
            // It begins a page now.
            first.before = 0.0;
        }
        taken
    }
}
