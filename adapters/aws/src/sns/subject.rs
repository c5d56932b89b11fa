//! The subject of a mail that SNS sends.

use unicode_normalization::UnicodeNormalization as _;

/// SNS wants fewer than 100 characters.
const MOST_CHARACTERS: usize = 99;

/// What a title says in which no character is left.
const FALLBACK: &str = "Halftone";

/// The title as SNS takes it: printable ASCII, one line, fewer than 100 characters, and no space in front.
///
/// Accents are dropped and a few letters spelt out; what has no likeness in ASCII is left out. The whole text is in the
/// message's body anyway.
pub(super) fn subject(title: &str) -> String {
    let mut subject = String::new();
    for character in title.nfkd() {
        match likeness(character) {
            // Runs of spaces become one, also where a character between them was left out.
            " " if subject.is_empty() || subject.ends_with(' ') => {}
            "" if character.is_ascii() => subject.push(character),
            text => subject.push_str(text),
        }
    }
    subject.truncate(MOST_CHARACTERS);
    let trimmed = subject.trim_end();
    if trimmed.is_empty() { FALLBACK.to_owned() } else { trimmed.to_owned() }
}

/// What stands for a character; nothing for one without a likeness, and for printable ASCII, which stands for itself.
fn likeness(character: char) -> &'static str {
    match character {
        character if character.is_whitespace() || character.is_control() => " ",
        '\u{df}' => "ss",
        '\u{e6}' => "ae",
        '\u{c6}' => "AE",
        '\u{f8}' => "o",
        '\u{d8}' => "O",
        '\u{153}' => "oe",
        '\u{152}' => "OE",
        '\u{142}' => "l",
        '\u{141}' => "L",
        '\u{111}' | '\u{f0}' => "d",
        '\u{110}' | '\u{d0}' => "D",
        '\u{131}' => "i",
        '\u{2018}' | '\u{2019}' => "'",
        '\u{201c}' | '\u{201d}' | '\u{201e}' => "\"",
        '\u{2010}'..='\u{2015}' => "-",
        '\u{2026}' => "...",
        _ => "",
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::subject;

    #[test]
    fn titles_become_one_line_of_ascii() {
        let cases = [
            ("A photo of \"Wedding\" is ready", "A photo of \"Wedding\" is ready"),
            ("Zo\u{eb} \u{2013} Stra\u{df}e \u{141}\u{f3}d\u{17a}", "Zoe - Strasse Lodz"),
            ("one\r\nBcc: all@example.com", "one Bcc: all@example.com"),
            ("  \u{1f600} smile ", "smile"),
            ("\u{5a5a}\u{793c}", "Halftone"),
            ("", "Halftone"),
        ];
        for (title, expected) in cases {
            assert_eq!(subject(title), expected, "{title}");
        }
        assert_eq!(subject(&"x".repeat(300)).len(), 99);
    }

    proptest! {
        #[test]
        fn every_title_becomes_a_subject_that_sns_takes(title in "\\PC{0,200}") {
            let subject = subject(&title);
            prop_assert!((1..100).contains(&subject.len()));
            prop_assert!(subject.bytes().all(|byte| (b' '..=b'~').contains(&byte)));
            prop_assert!(!subject.starts_with(' '));
        }
    }
}
