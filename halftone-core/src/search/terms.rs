//! The words of a text, and the terms by which a document is found.

use std::collections::BTreeSet;

use unicode_normalization::char::is_combining_mark;

use super::{SearchText, fold};

/// The folded terms by which a document is found: different from each other, in the order in which they were said, at
/// most [`Terms::MOST`].
///
/// Beside the words themselves these are: what follows where letters and digits meet, with and without its zeros, so that
/// `412` finds `DSC00412.JPG`; what stands without a space in one piece, so that `obrien` finds `O'Brien`, `img0412` finds
/// `IMG_0412` and `20260514` finds `2026-05-14`; and every end of a run of Chinese characters or kana, which are written
/// without spaces, so that any part of it is found.
///
/// ```
/// use halftone_core::search::Terms;
/// let terms = Terms::of(["DSC_00412.JPG"]);
/// assert_eq!(terms.as_slice(), ["dsc", "00412", "412", "jpg", "dsc00412jpg"]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Terms(Vec<String>);

impl Terms {
    /// The most terms of one document.
    pub const MOST: usize = 300;
    /// The most characters of a term; a longer word is cut off, in documents and in questions.
    pub const MOST_CHARACTERS: usize = 40;
    /// The most characters of a gram.
    pub const GRAM_CHARACTERS: usize = 8;

    /// The most words that are joined into one term.
    const MOST_JOINED: usize = 5;

    /// The terms of these texts, one after the other.
    pub fn of<'text>(texts: impl IntoIterator<Item = &'text str>) -> Self {
        let mut terms = Collected::default();
        for text in texts {
            for piece in fold(text).split_whitespace() {
                terms.add_piece(piece);
                if terms.is_full() {
                    return Self(terms.in_order);
                }
            }
        }
        Self(terms.in_order)
    }

    /// The terms.
    pub fn as_slice(&self) -> &[String] {
        &self.0
    }

    /// Whether a term begins with this folded word.
    pub fn has(&self, word: &str) -> bool {
        self.0.iter().any(|term| term.starts_with(word))
    }

    /// Whether every word of the question is the beginning of a term.
    pub fn have_all(&self, text: &SearchText) -> bool {
        text.words().iter().all(|word| self.has(word))
    }

    /// The beginnings of all terms, each once, of 1 to [`Self::GRAM_CHARACTERS`] characters: what an index holds, so that
    /// the documents of a prefix lie side by side, in the order of the list. At most 2,400.
    ///
    /// ```
    /// use halftone_core::search::Terms;
    /// assert_eq!(Terms::of(["Zoë"]).grams().into_iter().collect::<Vec<_>>(), ["z", "zo", "zoe"]);
    /// ```
    pub fn grams(&self) -> BTreeSet<&str> {
        let ends = |term: &str| -> Vec<usize> {
            term.char_indices()
                .map(|(start, letter)| start + letter.len_utf8())
                .take(Self::GRAM_CHARACTERS)
                .collect()
        };
        self.0.iter().flat_map(|term| ends(term).into_iter().map(move |end| &term[..end])).collect()
    }
}

/// Terms in the making.
#[derive(Debug, Default)]
struct Collected {
    in_order: Vec<String>,
    known: BTreeSet<String>,
}

impl Collected {
    fn is_full(&self) -> bool {
        self.in_order.len() >= Terms::MOST
    }

    fn add(&mut self, term: &str) {
        let term = shortened(term);
        if !term.is_empty() && !self.is_full() && self.known.insert(term.clone()) {
            self.in_order.push(term);
        }
    }

    /// Adds what stands between two spaces.
    fn add_piece(&mut self, piece: &str) {
        let words = words(piece);
        for word in &words {
            self.add_word(word);
        }
        if (2..=Terms::MOST_JOINED).contains(&words.len()) {
            self.add(&words.concat());
        }
    }

    fn add_word(&mut self, word: &str) {
        self.add(word);
        let mut before: Option<char> = None;
        for (start, letter) in word.char_indices() {
            let begins = match before {
                None => letter.is_numeric(),
                Some(before) => before.is_numeric() != letter.is_numeric() || is_unspaced(letter),
            };
            if begins {
                self.add(&word[start..]);
                self.add(word[start..].trim_start_matches('0'));
            }
            before = Some(letter);
        }
    }
}

fn shortened(term: &str) -> String {
    term.chars().take(Terms::MOST_CHARACTERS).collect()
}

/// The words of a folded text: letters, digits and the marks that belong to them. Soft hyphens and joiners, which nobody
/// sees, do not part a word.
fn words(folded: &str) -> Vec<String> {
    let is_invisible =
        |letter: &char| matches!(letter, '\u{ad}' | '\u{200c}' | '\u{200d}' | '\u{2060}' | '\u{feff}');
    let visible: String = folded.chars().filter(|letter| !is_invisible(letter)).collect();
    let is_gap = |letter: char| !letter.is_alphanumeric() && !is_combining_mark(letter);
    let is_word = |word: &&str| word.chars().any(char::is_alphanumeric);
    visible.split(is_gap).filter(is_word).map(str::to_owned).collect()
}

/// Chinese characters and kana.
fn is_unspaced(letter: char) -> bool {
    matches!(
        letter,
        '\u{3041}'..='\u{30ff}' | '\u{3400}'..='\u{4dbf}' | '\u{4e00}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}'
    )
}

/// The words of a question, each once.
pub(super) fn asked_words(text: &str) -> Vec<String> {
    let mut asked: Vec<String> = Vec::new();
    for piece in fold(text).split_whitespace() {
        let piece_words = date(piece).map_or_else(|| words(piece), |date| vec![date]);
        for word in piece_words {
            let word = shortened(&word);
            if !asked.contains(&word) {
                asked.push(word);
            }
        }
    }
    asked
}

/// A date as far as it was typed, `2026-05`, `2026-05-1` or `2026-05-14`, without its hyphens.
fn date(piece: &str) -> Option<String> {
    let is_digits =
        |part: &str, most: usize| part.len() <= most && part.bytes().all(|byte| byte.is_ascii_digit());
    let mut parts = piece.split('-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next());
    let is_date = year.len() == 4
        && is_digits(year, 4)
        && is_digits(month, 2)
        && day.is_none_or(|day| month.len() == 2 && is_digits(day, 2))
        && parts.next().is_none();
    is_date.then(|| format!("{year}{month}{}", day.unwrap_or_default()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn finds(question: &str, content: &str) -> bool {
        Terms::of([content]).have_all(&SearchText::parse(question).unwrap())
    }

    #[test]
    fn words_are_found_by_their_beginnings_and_all_must_be() {
        assert!(finds("wed cer", "Wedding ceremony, 14 May"));
        assert!(!finds("wed party", "Wedding ceremony, 14 May"));
        assert!(!finds("edding", "Wedding"));
    }

    #[test]
    fn filenames_are_found_by_each_of_their_parts() {
        for question in ["img", "IMG_0412", "0412", "412", "img0412", "img_0412.jpg", "jpg"] {
            assert!(finds(question, "IMG_0412.JPG"), "{question}");
        }
        assert!(finds("4127", "_DSC04127.ARW"));
        assert!(!finds("413", "IMG_0412.JPG"));
    }

    #[test]
    fn dates_are_found_by_year_month_and_day() {
        for question in ["2026", "2026-", "2026-0", "2026-05", "2026-05-1", "2026-05-14", "20260514"] {
            assert!(finds(question, "2026-05-14"), "{question}");
        }
        // Not by a five somewhere and a fourteen elsewhere.
        assert!(!finds("2026-05-14", "2026-06-14 05"));
    }

    #[test]
    fn names_with_signs_inside_are_found_with_and_without_them() {
        assert!(finds("obrien", "O'Brien") && finds("o'brien", "O'Brien"));
        assert!(finds("annemarie", "Anne-Marie") && finds("anne-marie", "Anne-Marie"));
        assert!(finds("ben@example.com", "ben@example.com"));
    }

    #[test]
    fn scripts_without_spaces_are_found_in_the_middle() {
        assert!(finds("\u{7167}\u{7247}", "\u{7d50}\u{5a5a}\u{7167}\u{7247}"));
        assert!(!finds("\u{7247}\u{7167}", "\u{7d50}\u{5a5a}\u{7167}\u{7247}"));
    }

    #[test]
    fn a_document_has_no_more_terms_than_it_may_and_keeps_the_first() {
        let words: Vec<String> = (0..5_000).map(|number| format!("word{number}x")).collect();
        let terms = Terms::of(["first", &words.join(" ")]);
        assert_eq!(terms.as_slice().len(), Terms::MOST);
        assert!(terms.has("first"));
        assert!(terms.grams().len() <= Terms::MOST * Terms::GRAM_CHARACTERS);
    }

    #[test]
    fn a_long_word_is_cut_off_on_both_sides() {
        let long = "a".repeat(180);
        assert!(finds(&long, &long));
        assert!(Terms::of([long.as_str()]).as_slice()[0].len() == Terms::MOST_CHARACTERS);
    }

    proptest! {
        #[test]
        fn a_text_is_found_by_itself(text in "\\PC{1,60}") {
            if let Ok(question) = SearchText::parse(&text) {
                prop_assert!(Terms::of([text.as_str()]).have_all(&question), "{:?}", question);
            }
        }

        #[test]
        fn every_word_that_is_found_has_its_gram(text in "\\PC{1,60}", question in "\\PC{1,12}") {
            let terms = Terms::of([text.as_str()]);
            if let Ok(question) = SearchText::parse(&question) {
                for word in question.words().iter().filter(|word| terms.has(word)) {
                    prop_assert!(terms.grams().contains(SearchText::gram(word)));
                }
            }
        }
    }
}
