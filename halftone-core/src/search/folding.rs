//! Letters without case and accents.

use unicode_normalization::UnicodeNormalization as _;
use unicode_normalization::char::canonical_combining_class;

/// Folds a text for searching: compatibility forms become plain ones (NFKD), accents are dropped, and case is folded in
/// full. What looks alike to a reader who is in a hurry becomes equal:
///
/// - `É`, `é` and `e` with any mark are `e`; `й` is `и`, `ё` is `е`, `ή` is `η`; Hebrew points and Arabic vowel marks go;
/// - `ß` and `ẞ` are `ss`, `ς` and `Σ` are `σ`, `ﬁ` is `fi`, full-width letters are plain ones;
/// - letters with a stroke and ligatures, which Unicode does not take apart, are what a keyboard without them types: `ł` is
///   `l`, `ø` is `o`, `đ` and `ð` are `d`, `ħ` is `h`, `ŧ` is `t`, `æ` is `ae`, `œ` is `oe`, `þ` is `th`;
/// - the four letters of Turkish, `I`, `ı`, `İ` and `i`, are all `i`, because a document does not say its language.
///
/// Vowel signs of Indic scripts, viramas and the voicing marks of kana are no accents, and stay. A `ü` is `u` and not `ue`.
///
/// ```
/// use halftone_core::search::fold;
/// assert_eq!(fold("Straße ŁÓDŹ Ζωής Ёлка"), "strasse lodz ζωησ елка");
/// assert_eq!(fold("İstanbul Iğdır"), "istanbul igdir");
/// ```
pub fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    // Marks go before and after the case is folded: some letters have an upper case only with a mark beside it.
    for character in text.nfkd().filter(|character| !is_accent(*character)) {
        // Down, up and down again is the full case folding of every letter with one: `ẞ`, `ß`, `SS`, `ss`. Letter by
        // letter, so that a sigma at the end of a word is like any other.
        let lower = character.to_lowercase().flat_map(char::to_uppercase).flat_map(char::to_lowercase);
        for letter in lower.nfkd().filter(|letter| !is_accent(*letter)) {
            push_plain(&mut folded, letter);
        }
    }
    folded
}

/// Marks that change a letter's look but not which letter it is, by their canonical combining class. Class 0 holds the
/// vowel signs of Indic scripts; 7, 8 and 9 are nuktas, voicing marks of kana and viramas.
fn is_accent(character: char) -> bool {
    !matches!(canonical_combining_class(character), 0 | 7..=9)
}

fn push_plain(folded: &mut String, letter: char) {
    match letter {
        'æ' => folded.push_str("ae"),
        'œ' => folded.push_str("oe"),
        'þ' => folded.push_str("th"),
        'ø' => folded.push('o'),
        'ł' => folded.push('l'),
        'đ' | 'ð' => folded.push('d'),
        'ħ' => folded.push('h'),
        'ŧ' => folded.push('t'),
        'ı' => folded.push('i'),
        other => folded.push(other),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn look_alikes_become_equal() {
        for (left, right) in [
            ("Zo\u{eb}", "ZOE\u{308}"),
            ("STRASSE", "stra\u{df}e"),
            ("STRA\u{1e9e}E", "strasse"),
            ("\u{396}\u{3a9}\u{389}\u{3a3}", "\u{3b6}\u{3c9}\u{3ae}\u{3c2}"),
            ("\u{419}\u{41e}\u{413}", "\u{438}\u{43e}\u{433}"),
            ("I\u{131}\u{130}i", "iiii"),
            ("\u{fb01}lm", "FILM"),
            ("\u{ff29}\u{ff2d}\u{ff27}", "img"),
            ("S\u{f8}ren \u{c6}r\u{f8}", "soren aero"),
            ("\u{141}\u{f3}d\u{17a}", "lodz"),
            ("\u{5e9}\u{5b8}\u{5dc}\u{5d5}\u{5b9}\u{5dd}", "\u{5e9}\u{5dc}\u{5d5}\u{5dd}"),
        ] {
            assert_eq!(fold(left), fold(right), "{left} {right}");
        }
    }

    #[test]
    fn look_alikes_of_other_alphabets_stay_different() {
        assert_ne!(fold("Anna"), fold("\u{410}nna"));
    }

    #[test]
    fn vowel_signs_and_voicing_marks_are_no_accents() {
        assert_ne!(fold("\u{915}\u{93f}"), fold("\u{915}"));
        assert_ne!(fold("\u{304c}"), fold("\u{304b}"));
    }

    proptest! {
        #[test]
        fn what_is_folded_folds_to_itself(text in "\\PC{0,60}") {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn case_makes_no_difference(text in "[\\p{Latin}\\p{Cyrillic}0-9 ]{0,60}") {
            prop_assert_eq!(fold(&text.to_lowercase()), fold(&text));
            prop_assert_eq!(fold(&text.to_uppercase()), fold(&text));
        }
    }
}
