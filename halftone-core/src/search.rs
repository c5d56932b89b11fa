//! Searching: which words a document is found by, and which of them a question asks for.
//!
//! The rules are here, once, so that every backend finds the same things: a document is turned into [`Terms`], which are
//! stored with it, and what somebody types into a [`SearchText`]. A document is found if every word of the question is the
//! beginning of one of its terms. Case and accents make no difference; see [`fold`].
//!
//! A backend does not need to know how to search. It keeps the [grams](Terms::grams) of each document in an index, goes
//! through those of one word in the order of its list, and looks at the terms for the other words. What a page of a
//! search looks at is bounded by [`WALK_MOST`], so that no question costs more in a large studio than in a small one.

use std::fmt;

use crate::text::InvalidValue;

mod folding;
mod subjects;
mod terms;

pub use folding::fold;
pub use terms::Terms;

/// The most documents that a backend looks at for one page of a search. If there are more that the chosen word finds,
/// the page ends there, however few it holds, and its cursor leads on.
pub const WALK_MOST: usize = 2_000;

/// As far as the documents that a word finds are counted, to go through those of the rarest. Words that find this many or
/// more count as equally frequent.
pub const COUNT_MOST: usize = 1_000;

/// What somebody looks for: 1 to 10 words in at most 200 characters.
///
/// ```
/// use halftone_core::search::SearchText;
/// let text = SearchText::parse("  Jörg & img_04 ")?;
/// assert_eq!(text.words(), ["jorg", "img", "04"]);
/// assert_eq!(SearchText::parse("2026-05-14")?.words(), ["20260514"]);
/// assert!(SearchText::parse("%").is_err());
/// # Ok::<(), halftone_core::text::InvalidValue>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SearchText {
    words: Vec<String>,
}

impl SearchText {
    /// The most words.
    pub const MOST_WORDS: usize = 10;
    /// The most characters.
    pub const MOST_CHARACTERS: usize = 200;

    /// Splits what was typed into folded words. A date, `2026-05` or `2026-05-14`, is one word.
    ///
    /// # Errors
    /// There is no letter and no digit in it, or it has too many characters or words.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let refused = |rule: String| InvalidValue::new("search text", rule);
        // The byte test comes first: counting the characters of a huge text would be work for nothing.
        if text.len() > Self::MOST_CHARACTERS * 4 || text.chars().count() > Self::MOST_CHARACTERS {
            return Err(refused(format!("must have at most {} characters", Self::MOST_CHARACTERS)));
        }
        let words = terms::asked_words(text);
        if words.is_empty() {
            return Err(refused("must contain a letter or a digit".to_owned()));
        }
        if words.len() > Self::MOST_WORDS {
            return Err(refused(format!("must have at most {} words", Self::MOST_WORDS)));
        }
        Ok(Self { words })
    }

    /// The folded words, each once, in the order in which they were typed.
    pub fn words(&self) -> &[String] {
        &self.words
    }

    /// The word whose documents are gone through, if `counts` says how many each finds, up to [`COUNT_MOST`]: the rarest,
    /// and the first of equals.
    pub fn rarest(&self, counts: &[usize]) -> &str {
        let counted = self.words.iter().zip(counts);
        counted.min_by_key(|(_, count)| **count).map_or(self.words[0].as_str(), |(word, _)| word.as_str())
    }

    /// The gram under which the documents of a word are found, which has at most [`Terms::GRAM_CHARACTERS`] characters.
    pub fn gram(word: &str) -> &str {
        word.char_indices().nth(Terms::GRAM_CHARACTERS).map_or(word, |(end, _)| &word[..end])
    }
}

/// The kinds of things that are found, in the order in which results come: what there are few of comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SearchKind {
    /// Collections.
    Collection,
    /// Galleries.
    Gallery,
    /// Clients of shares.
    Client,
    /// Orders.
    Order,
    /// Photos.
    Photo,
}

impl SearchKind {
    /// Every kind, in the order of results.
    pub const ALL: [Self; 5] = [Self::Collection, Self::Gallery, Self::Client, Self::Order, Self::Photo];

    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Collection => "collection",
            Self::Gallery => "gallery",
            Self::Client => "client",
            Self::Order => "order",
            Self::Photo => "photo",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no kind.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|kind| kind.as_str() == word)
            .ok_or_else(|| InvalidValue::new("kind", "must be collection, gallery, client, order or photo"))
    }
}

impl fmt::Display for SearchKind {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.as_str())
    }
}

/// What of a document can be searched, and so what of it a question matched.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SearchField {
    /// A name: of a gallery, a collection, a client, an order's contact.
    Name,
    /// A photo's camera filename, or those of an order's lines.
    Filename,
    /// A photo's title.
    Title,
    /// Tags.
    Tags,
    /// The day a photo was taken, or that of a collection's event.
    Date,
    /// Maker and model.
    Camera,
    /// The lens.
    Lens,
    /// For whom a collection is.
    ClientName,
    /// An address of a client or an order's contact.
    Email,
    /// The number of an order's contact.
    Phone,
    /// An order's short number.
    Number,
    /// What a client wishes: for an order, or for a line of it.
    Request,
    /// A description.
    Description,
}

impl SearchField {
    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Name => "name",
            Self::Filename => "filename",
            Self::Title => "title",
            Self::Tags => "tags",
            Self::Date => "date",
            Self::Camera => "camera",
            Self::Lens => "lens",
            Self::ClientName => "client_name",
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Number => "number",
            Self::Request => "request",
            Self::Description => "description",
        }
    }
}

/// A document that can be searched for.
pub trait Searchable {
    /// The texts by which it is found, the important ones first: a document that says more than [`Terms::MOST`] terms
    /// is found by the first of them.
    fn fields(&self) -> Vec<(SearchField, String)>;

    /// The terms by which it is found.
    fn terms(&self) -> Terms {
        Terms::of(self.fields().iter().map(|(_, text)| text.as_str()))
    }

    /// The fields in which at least one of the words is found, in the order of [`fields`](Self::fields).
    fn matched(&self, text: &SearchText) -> Vec<SearchField> {
        let mut matched = Vec::new();
        for (field, content) in self.fields() {
            let terms = Terms::of([content.as_str()]);
            let is_hit = text.words().iter().any(|word| terms.has(word));
            if is_hit && !matched.contains(&field) {
                matched.push(field);
            }
        }
        matched
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_round_trip_and_come_in_the_order_of_results() {
        for kind in SearchKind::ALL {
            assert_eq!(SearchKind::parse(kind.as_str()), Ok(kind));
        }
        assert!(SearchKind::ALL.is_sorted());
    }

    #[test]
    fn what_is_too_long_or_has_no_word_is_refused() {
        assert!(SearchText::parse("").is_err());
        assert!(SearchText::parse(" \u{1f600} - _ ").is_err());
        assert!(SearchText::parse(&"a".repeat(201)).is_err());
        assert!(SearchText::parse("a b c d e f g h i j k").is_err());
        assert!(SearchText::parse("a b c d e f g h i j").is_ok());
    }

    #[test]
    fn the_rarest_word_is_gone_through_and_the_first_of_equals() {
        let text = SearchText::parse("img canon zoe").unwrap();
        assert_eq!(text.rarest(&[900, 40, 7]), "zoe");
        assert_eq!(text.rarest(&[COUNT_MOST, COUNT_MOST, COUNT_MOST]), "img");
    }

    #[test]
    fn a_gram_is_the_beginning_of_a_word_in_whole_characters() {
        assert_eq!(SearchText::gram("\u{437}\u{43e}\u{44f}"), "\u{437}\u{43e}\u{44f}");
        assert_eq!(SearchText::gram("20260514101530"), "20260514");
    }
}
