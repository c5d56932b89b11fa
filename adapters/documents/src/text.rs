//! Text: from what people typed to lines of glyphs in visual order, wrapped to a width.
//!
//! Paragraphs are cleaned ([`clean`]), broken at the opportunities of UAX 14 and, where a word is longer than the line, after
//! its punctuation or between any two graphemes ([`wrap`]), ordered by UAX 9 and shaped with the first face that has each
//! grapheme ([`shape`]).

mod clean;
mod shape;
mod wrap;

use std::cell::RefCell;
use std::collections::HashMap;

use harfrust::ShapePlan;

use crate::face::{Faces, Weight};
use shape::PlanKey;
pub(crate) use shape::Run;

/// A colour of ink: gamma-encoded sRGB.
pub(crate) type Ink = [u8; 3];

/// How a text looks.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Style {
    pub(crate) weight: Weight,
    /// Size in points.
    pub(crate) size: f32,
    pub(crate) ink: Ink,
}

impl Style {
    /// From one baseline to the next, in points. 1.4 em hold the ascenders of every face.
    pub(crate) fn leading(self) -> f32 {
        self.size * 1.4
    }

    /// From the top of a line to its baseline, in points.
    pub(crate) fn ascent(self) -> f32 {
        self.size * 1.06
    }
}

/// One line, ready to be drawn.
#[derive(Debug, Clone)]
pub(crate) struct TextLine {
    /// What the line says, for those who copy from the document; the runs name ranges of it.
    pub(crate) text: String,
    /// From left to right.
    pub(crate) runs: Vec<Run>,
    pub(crate) style: Style,
    /// In points; no more than the line had room.
    pub(crate) width: f32,
    /// The size at which it is drawn: smaller than the style's where a single grapheme is wider than the line.
    pub(crate) size: f32,
    /// Whether its paragraph runs from right to left.
    pub(crate) is_right_to_left: bool,
}

/// Sets text in the faces of one document.
pub(crate) struct TypeSetter {
    faces: Faces,
    /// Making a plan costs more than shaping a word with it.
    plans: RefCell<HashMap<PlanKey, ShapePlan>>,
}

impl TypeSetter {
    pub(crate) fn new() -> Self {
        Self { faces: Faces::new(), plans: RefCell::default() }
    }

    pub(crate) fn faces(&self) -> &Faces {
        &self.faces
    }

    /// The lines of a text that are no wider than `width` points. An empty text has none.
    pub(crate) fn lines(&self, text: &str, style: Style, width: f32) -> Vec<TextLine> {
        let cleaned = clean::cleaned(text);
        if cleaned.trim().is_empty() {
            return Vec::new();
        }
        cleaned
            .trim_end()
            .split('\n')
            .flat_map(|paragraph| self.wrapped(paragraph, style, width, width))
            .collect()
    }

    /// The one line of a number, which is set smaller rather than broken: half an amount would be read as another one.
    pub(crate) fn number(&self, text: &str, style: Style, width: f32) -> Vec<TextLine> {
        self.wrapped(text, style, f32::INFINITY, width)
    }

    /// The lines of a text whose own line breaks may be left out: where it has more than `most_breaks`, they become
    /// slashes, so that a note of a thousand short lines does not take a hundred pages.
    pub(crate) fn run_on_lines(
        &self,
        text: &str,
        style: Style,
        width: f32,
        most_breaks: usize,
    ) -> Vec<TextLine> {
        let cleaned = clean::cleaned(text);
        if cleaned.matches('\n').count() <= most_breaks {
            return self.lines(&cleaned, style, width);
        }
        let parts: Vec<&str> = cleaned.split('\n').map(str::trim).filter(|part| !part.is_empty()).collect();
        self.lines(&parts.join(" / "), style, width)
    }
}
