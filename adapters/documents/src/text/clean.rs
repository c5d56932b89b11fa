//! What people typed, made fit for setting.

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// The most marks that one letter keeps. No language writes more; towers of marks would run into the lines above.
const MOST_MARKS: usize = 4;

/// Cleans a text: composed letters, every kind of line break as `\n`, every other control character as a space, and a few
/// marks at most on one letter.
pub(super) fn cleaned(text: &str) -> String {
    let mut cleaned = String::with_capacity(text.len());
    let mut marks = 0;
    let mut previous = ' ';
    for character in text.nfc() {
        marks = if is_combining_mark(character) { marks + 1 } else { 0 };
        if marks <= MOST_MARKS && !(previous == '\r' && character == '\n') {
            cleaned.push(match character {
                '\n' | '\r' | '\u{b}' | '\u{c}' | '\u{85}' | '\u{2028}' | '\u{2029}' => '\n',
                control if control.is_control() => ' ',
                other => other,
            });
        }
        previous = character;
    }
    cleaned
}

#[cfg(test)]
mod tests {
    use super::cleaned;

    #[test]
    fn line_breaks_are_of_one_kind() {
        assert_eq!(cleaned("a\r\nb\rc\u{2028}d\te"), "a\nb\nc\nd e");
    }

    #[test]
    fn letters_are_composed() {
        assert_eq!(cleaned("Zoe\u{308}"), "Zoë");
    }

    #[test]
    fn a_tower_of_marks_is_cut() {
        assert_eq!(cleaned(&format!("x{}y", "\u{336}".repeat(50))), format!("x{}y", "\u{336}".repeat(4)));
    }
}
