//! Wrapping: paragraphs to lines of a width.

use std::ops::Range;

use unicode_bidi::{BidiInfo, Level};
use unicode_linebreak::linebreaks;
use unicode_segmentation::UnicodeSegmentation;

use super::{Style, TextLine, TypeSetter};

/// Part of a paragraph that stays together, with the white space behind it.
struct Piece {
    range: Range<usize>,
    /// In ems, without the white space behind it.
    width: f32,
    /// In ems, with it.
    width_with_space: f32,
}

impl TypeSetter {
    /// The lines of one cleaned paragraph, broken where they would be wider than `measure` points, and set smaller where
    /// they still are wider than `room` points. An empty paragraph is one empty line.
    pub(super) fn wrapped(&self, text: &str, style: Style, measure: f32, room: f32) -> Vec<TextLine> {
        let bidi = BidiInfo::new(text, None);
        let Some(paragraph) = bidi.paragraphs.first() else {
            return vec![blank(style)];
        };
        self.fill(text, &bidi.levels, style, measure / style.size)
            .into_iter()
            .map(|range| self.line(&bidi, paragraph, range, style, room))
            .collect()
    }

    /// Puts as many pieces on each line as fit on `room` ems.
    fn fill(&self, text: &str, levels: &[Level], style: Style, room: f32) -> Vec<Range<usize>> {
        let mut lines = Vec::new();
        let (mut start, mut filled) = (0, 0.0);
        for piece in self.pieces(text, levels, style, room) {
            if piece.range.start > start && filled + piece.width > room {
                lines.push(trimmed(text, start..piece.range.start));
                (start, filled) = (piece.range.start, 0.0);
            }
            filled += piece.width_with_space;
        }
        lines.push(trimmed(text, start..text.len()));
        lines
    }

    fn pieces(&self, text: &str, levels: &[Level], style: Style, room: f32) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut start = 0;
        for (end, _) in linebreaks(text) {
            let word = self.piece(text, levels, start..end, style);
            if word.width <= room {
                pieces.push(word);
            } else {
                pieces.extend(self.pieces_of_long_word(text, levels, start..end, style, room));
            }
            start = end;
        }
        pieces
    }

    /// A word that is longer than a line may be broken after its punctuation, as filenames and addresses are, and a part of
    /// it that still does not fit between any two graphemes.
    fn pieces_of_long_word(
        &self,
        text: &str,
        levels: &[Level],
        word: Range<usize>,
        style: Style,
        room: f32,
    ) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut start = word.start;
        for part in text[word.clone()].split_inclusive(['_', '-', '@', '/', '+']) {
            let range = start..start + part.len();
            start = range.end;
            let piece = self.piece(text, levels, range.clone(), style);
            if piece.width <= room {
                pieces.push(piece);
            } else {
                pieces.extend(text[range.clone()].grapheme_indices(true).map(|(offset, grapheme)| {
                    let first = range.start + offset;
                    self.piece(text, levels, first..first + grapheme.len(), style)
                }));
            }
        }
        pieces
    }

    fn piece(&self, text: &str, levels: &[Level], range: Range<usize>, style: Style) -> Piece {
        let level = levels[range.start];
        let content = &text[trimmed(text, range.clone())];
        let space = &text[range.start + content.len()..range.end];
        let width = self.measure(content, level, style.weight);
        let width_with_space = width + self.measure(space, level, style.weight);
        Piece { range, width, width_with_space }
    }
}

/// The range without the white space at its end.
fn trimmed(text: &str, range: Range<usize>) -> Range<usize> {
    range.start..range.start + text[range].trim_end().len()
}

fn blank(style: Style) -> TextLine {
    TextLine {
        text: String::new(),
        runs: Vec::new(),
        style,
        width: 0.0,
        size: style.size,
        is_right_to_left: false,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::{Style, TextLine, TypeSetter};
    use crate::face::Weight;

    const STYLE: Style = Style { weight: Weight::Regular, size: 10.0, ink: [0; 3] };

    fn texts(lines: &[TextLine]) -> Vec<&str> {
        lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn words_go_on_the_next_line_whole() {
        let lines = TypeSetter::new().lines("Matte paper, no borders", STYLE, 60.0);
        assert_eq!(texts(&lines), ["Matte paper,", "no borders"]);
    }

    #[test]
    fn a_filename_breaks_behind_its_punctuation() {
        let lines = TypeSetter::new().lines("014_10x15_x2_matte_IMG_0412.jpg", STYLE, 90.0);
        assert_eq!(texts(&lines), ["014_10x15_x2_", "matte_IMG_", "0412.jpg"]);
    }

    #[test]
    fn a_word_without_an_end_breaks_anywhere() {
        let word = "W".repeat(40);
        let lines = TypeSetter::new().lines(&word, STYLE, 50.0);
        assert_eq!(texts(&lines).concat(), word);
        assert!(lines.len() > 7, "{}", lines.len());
    }

    #[test]
    fn a_glyph_wider_than_the_line_is_drawn_smaller() {
        // The widest character of Unicode, an invocation in one sign.
        let lines = TypeSetter::new().lines("\u{fdfd}", STYLE, 20.0);
        assert!(lines[0].size < STYLE.size);
        assert!(lines[0].width <= 20.01, "{}", lines[0].width);
    }

    #[test]
    fn a_number_is_set_smaller_rather_than_broken() {
        let lines = TypeSetter::new().number("10,000,000,000.00", STYLE, 40.0);
        assert_eq!(texts(&lines), ["10,000,000,000.00"]);
        assert!(lines[0].width <= 40.01 && lines[0].size < STYLE.size, "{}", lines[0].width);
    }

    #[test]
    fn empty_lines_in_the_middle_stay() {
        assert_eq!(texts(&TypeSetter::new().lines("a\n\nb\n\n", STYLE, 60.0)), ["a", "", "b"]);
        assert!(TypeSetter::new().lines("  \n ", STYLE, 60.0).is_empty());
    }

    #[test]
    fn hebrew_runs_from_the_right_and_its_numbers_from_the_left() {
        let lines = TypeSetter::new().lines("הזמנה 12 דחופה", STYLE, 300.0);
        assert!(lines[0].is_right_to_left);
        let order: Vec<&str> = lines[0]
            .runs
            .iter()
            .flat_map(|run| run.glyphs.iter().map(|glyph| &lines[0].text[glyph.text_range.clone()]))
            .collect();
        let expected: Vec<String> = "הזמנה 12 דחופה"
            .chars()
            .rev()
            .map(String::from)
            .collect::<Vec<_>>()
            .join("|")
            .replace("2|1", "1|2")
            .split('|')
            .map(str::to_owned)
            .collect();
        assert_eq!(order, expected);
    }

    #[test]
    fn arabic_letters_join() {
        let setter = TypeSetter::new();
        let joined = setter.lines("ححح", STYLE, 300.0);
        let ids: Vec<u32> = joined[0].runs[0].glyphs.iter().map(|glyph| glyph.glyph_id.to_u32()).collect();
        assert_eq!(ids.len(), 3);
        assert!(ids[0] != ids[1] && ids[1] != ids[2], "final, medial and initial form differ: {ids:?}");
    }

    #[test]
    fn a_missing_character_is_the_box_of_the_first_face() {
        let lines = TypeSetter::new().lines("漢", STYLE, 300.0);
        assert_eq!(lines[0].runs[0].glyphs[0].glyph_id.to_u32(), 0);
        assert_eq!(lines[0].text, "漢");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(300))]

        #[test]
        fn no_line_is_wider_than_its_room(text in "\\PC{0,120}|[a-zא-ת؀-ۿ \n_.-]{0,200}", room in 5.0_f32..300.0) {
            for line in TypeSetter::new().lines(&text, STYLE, room) {
                prop_assert!(line.width <= room * 1.0001, "{} of {room}: {:?}", line.width, line.text);
            }
        }

        #[test]
        fn no_character_is_lost(text in "[ -~א-תa-zά-ώа-я\n]{0,200}", room in 20.0_f32..300.0) {
            let set: String = TypeSetter::new().lines(&text, STYLE, room).into_iter().map(|line| line.text).collect();
            let bare = |text: &str| text.split_whitespace().collect::<String>();
            prop_assert_eq!(bare(&set), bare(&text));
        }
    }
}
