//! Short texts with a rule: names, e-mail addresses, filenames, tags, notes.
//!
//! Each is a newtype that is either parsed or does not exist. Lengths are counted in characters (Unicode
//! scalar values), and no text holds control characters except line breaks where lines make sense.

use std::fmt;

/// A value broke the rule of its type. `what` names the type in the field's words, `rule` says what is asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{what} {rule}")]
pub struct InvalidValue {
    /// What was being parsed, for example `studio name`.
    pub what: &'static str,
    /// The rule it broke, as a phrase that follows `what`: `must not be empty`.
    pub rule: String,
}

impl InvalidValue {
    /// Reports that `what` broke `rule`.
    pub fn new(what: &'static str, rule: impl Into<String>) -> Self {
        Self { what, rule: rule.into() }
    }
}

/// The rule of a short text.
struct Rule {
    what: &'static str,
    may_be_empty: bool,
    may_have_lines: bool,
    most_characters: usize,
}

fn check(text: &str, rule: &Rule) -> Result<String, InvalidValue> {
    // The byte test comes first: counting the characters of a huge body would be work for nothing.
    if text.len() > rule.most_characters * 4 {
        return Err(too_long(rule));
    }
    let trimmed = text.trim();
    if trimmed.is_empty() && !rule.may_be_empty {
        return Err(InvalidValue::new(rule.what, "must not be empty"));
    }
    if trimmed.chars().count() > rule.most_characters {
        return Err(too_long(rule));
    }
    let is_line_break = |character: char| rule.may_have_lines && matches!(character, '\n' | '\r' | '\t');
    if trimmed.chars().any(|character| character.is_control() && !is_line_break(character)) {
        return Err(InvalidValue::new(rule.what, "must not contain control characters"));
    }
    Ok(trimmed.to_owned())
}

fn too_long(rule: &Rule) -> InvalidValue {
    InvalidValue::new(rule.what, format!("must have at most {} characters", rule.most_characters))
}

macro_rules! text_value {
    ($(#[$doc:meta])* $name:ident, $rule:expr) => {
        $(#[$doc])*
        #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(String);

        impl $name {
            /// Trims and checks the text.
            ///
            /// # Errors
            /// The text breaks the rule of this type; the error says which.
            pub fn parse(text: &str) -> Result<Self, InvalidValue> {
                check(text, &$rule).map(Self)
            }

            /// The text.
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(&self.0)
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }
    };
}

text_value!(
    /// The name of a studio, collection, gallery, section, share, selection, price list or product:
    /// 1 to 200 characters on one line.
    ///
    /// ```
    /// use halftone_core::text::Name;
    /// assert_eq!(Name::parse("  Ceremony ").map(|name| name.to_string()).as_deref(), Ok("Ceremony"));
    /// assert!(Name::parse("   ").is_err());
    /// ```
    Name,
    Rule { what: "name", may_be_empty: false, may_have_lines: false, most_characters: 200 }
);
text_value!(
    /// A one-line text that may be empty: a photo's title, a share's label, a client's name. At most 300 characters.
    ///
    /// ```
    /// use halftone_core::text::Line;
    /// assert!(Line::parse("").is_ok());
    /// assert!(Line::parse("two\nlines").is_err());
    /// ```
    Line,
    Rule { what: "text", may_be_empty: true, may_have_lines: false, most_characters: 300 }
);
text_value!(
    /// A text of several lines that may be empty: a description, a comment, a note, a special request.
    /// At most 5,000 characters.
    ///
    /// ```
    /// use halftone_core::text::Prose;
    /// assert!(Prose::parse("Matte, please.\nNo borders.").is_ok());
    /// assert!(Prose::parse(&"x".repeat(5_001)).is_err());
    /// ```
    Prose,
    Rule { what: "text", may_be_empty: true, may_have_lines: true, most_characters: 5_000 }
);
text_value!(
    /// A word that groups photos, galleries or collections: 1 to 60 characters.
    ///
    /// ```
    /// use halftone_core::text::Tag;
    /// assert!(Tag::parse("golden hour").is_ok());
    /// assert!(Tag::parse("").is_err());
    /// ```
    Tag,
    Rule { what: "tag", may_be_empty: false, may_have_lines: false, most_characters: 60 }
);
text_value!(
    /// The text of a watermark: 1 to 120 characters on one line.
    ///
    /// ```
    /// use halftone_core::text::WatermarkText;
    /// assert!(WatermarkText::parse("© Studio Ñandú").is_ok());
    /// assert!(WatermarkText::parse("").is_err());
    /// ```
    WatermarkText,
    Rule { what: "watermark text", may_be_empty: false, may_have_lines: false, most_characters: 120 }
);
text_value!(
    /// A client's telephone number as typed: 1 to 40 characters. Nothing dials it.
    ///
    /// ```
    /// use halftone_core::text::Phone;
    /// assert!(Phone::parse("+49 30 901820").is_ok());
    /// assert!(Phone::parse("").is_err());
    /// ```
    Phone,
    Rule { what: "phone number", may_be_empty: false, may_have_lines: false, most_characters: 40 }
);

impl Line {
    /// Nothing said.
    pub const fn empty() -> Self {
        Self(String::new())
    }
}

impl Prose {
    /// Nothing said.
    pub const fn empty() -> Self {
        Self(String::new())
    }
}

/// The name that the camera gave to a file, kept for ever: 1 to 255 characters, no path separators.
///
/// ```
/// use halftone_core::text::Filename;
/// assert!(Filename::parse("IMG_0412.JPG").is_ok());
/// assert!(Filename::parse("../../etc/passwd").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Filename(String);

impl Filename {
    const RULE: Rule =
        Rule { what: "filename", may_be_empty: false, may_have_lines: false, most_characters: 255 };

    /// What tells a browser to save a file under this name: `Content-Disposition` of RFC 6266, with the name for all
    /// browsers, and a plain one for very old ones.
    ///
    /// ```
    /// use halftone_core::text::Filename;
    /// let told = Filename::parse("Brüder.jpg")?.attachment();
    /// assert_eq!(told, "attachment; filename=\"Br_der.jpg\"; filename*=UTF-8''Br%C3%BCder.jpg");
    /// # Ok::<(), halftone_core::text::InvalidValue>(())
    /// ```
    pub fn attachment(&self) -> String {
        let is_plain = |character: char| {
            character == ' ' || (character.is_ascii_graphic() && !"\"\\%".contains(character))
        };
        let plain: String = self
            .as_str()
            .chars()
            .map(|character| if is_plain(character) { character } else { '_' })
            .collect();
        let encoded: String = self.as_str().bytes().map(percent_encoded).collect();
        format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
    }

    /// Trims and checks the name.
    ///
    /// # Errors
    /// The name is empty, too long, holds control characters or a path separator, or is `.` or `..`.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let name = check(text, &Self::RULE)?;
        if name.contains(['/', '\\']) || matches!(name.as_str(), "." | "..") {
            return Err(InvalidValue::new("filename", "must not contain a folder"));
        }
        Ok(Self(name))
    }

    /// The name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// What RFC 8187 lets a name hold is left as it is.
fn percent_encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

impl fmt::Display for Filename {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// An e-mail address, lower-cased, so that one mailbox cannot register twice.
///
/// The check is the practical subset of RFC 5321: one `@`, 1 to 64 characters before it, a domain of at least
/// two labels behind it, no spaces, at most 254 characters. Whether mail arrives is shown by the confirmation
/// code and by nothing else.
///
/// ```
/// use halftone_core::text::Email;
/// assert_eq!(Email::parse("Ana@Example.com").map(|email| email.to_string()).as_deref(), Ok("ana@example.com"));
/// assert!(Email::parse("ana at example.com").is_err());
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Email(String);

impl Email {
    /// Trims, checks and lower-cases the address.
    ///
    /// # Errors
    /// The text is not an address of the form above.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let rule =
            Rule { what: "e-mail address", may_be_empty: false, may_have_lines: false, most_characters: 254 };
        let address = check(text, &rule)?.to_lowercase();
        let is_valid = address.split_once('@').is_some_and(|(mailbox, domain)| {
            (1..=64).contains(&mailbox.len())
                && mailbox
                    .chars()
                    .all(|character| !character.is_whitespace() && !"<>()[],;:\\\"".contains(character))
                && is_domain(domain)
        });
        if is_valid { Ok(Self(address)) } else { Err(InvalidValue::new("e-mail address", "is not valid")) }
    }

    /// The address, lower-cased.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

fn is_domain(domain: &str) -> bool {
    let is_label = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.chars().all(|character| character.is_alphanumeric() || character == '-')
    };
    domain.contains('.') && domain.split('.').all(is_label)
}

impl fmt::Display for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

// Addresses are personal data: a stray `{:?}` in a log must not print them.
impl fmt::Debug for Email {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Email(..)")
    }
}

/// The tags of one thing: at most 50, in the order given, without doubles.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tags(Vec<Tag>);

impl Tags {
    /// The most tags that one thing carries.
    pub const MOST: usize = 50;

    /// Drops doubles and checks the number.
    ///
    /// # Errors
    /// More than [`Self::MOST`] different tags.
    pub fn new(tags: impl IntoIterator<Item = Tag>) -> Result<Self, InvalidValue> {
        let mut unique: Vec<Tag> = Vec::new();
        for tag in tags {
            if !unique.contains(&tag) {
                unique.push(tag);
            }
            if unique.len() > Self::MOST {
                return Err(InvalidValue::new("tags", format!("must be at most {}", Self::MOST)));
            }
        }
        Ok(Self(unique))
    }

    /// Parses each text as a tag.
    ///
    /// # Errors
    /// One of them is not a tag, or there are too many.
    pub fn parse<Text: AsRef<str>>(texts: &[Text]) -> Result<Self, InvalidValue> {
        let tags: Result<Vec<Tag>, InvalidValue> =
            texts.iter().map(|text| Tag::parse(text.as_ref())).collect();
        Self::new(tags?)
    }

    /// The tags in order.
    pub fn as_slice(&self) -> &[Tag] {
        &self.0
    }
}

/// A text for a cell of a table that no spreadsheet takes for a formula: an apostrophe stands before the characters that
/// begin one (OWASP, "CSV injection").
///
/// ```
/// use halftone_core::text::inert_cell;
/// assert_eq!(inert_cell("=1+1"), "'=1+1");
/// assert_eq!(inert_cell("IMG_0412.JPG"), "IMG_0412.JPG");
/// ```
pub fn inert_cell(text: &str) -> String {
    if text.starts_with(['=', '+', '-', '@', '\t', '\r', '\n']) {
        format!("'{text}")
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn names_are_told_to_old_and_new_browsers() {
        let told = Filename::parse("Brüder \"1\".jpg").unwrap().attachment();
        let expected = "attachment; filename=\"Br_der _1_.jpg\"; filename*=UTF-8''Br%C3%BCder%20%221%22.jpg";
        assert_eq!(told, expected);
    }

    proptest! {
        #[test]
        fn a_parsed_name_parses_to_itself(text in "\\PC{0,220}") {
            if let Ok(name) = Name::parse(&text) {
                prop_assert_eq!(Name::parse(name.as_str()), Ok(name));
            }
        }

        #[test]
        fn a_parsed_filename_has_no_folder(text in "\\PC{0,300}") {
            if let Ok(name) = Filename::parse(&text) {
                prop_assert!(!name.as_str().contains(['/', '\\']));
            }
        }

        #[test]
        fn a_parsed_email_parses_to_itself(text in "[a-zA-Z0-9.+]{1,10}@[a-z0-9-]{1,10}\\.[a-z]{2,3}") {
            if let Ok(email) = Email::parse(&text) {
                prop_assert_eq!(Email::parse(email.as_str()), Ok(email));
            }
        }
    }

    #[test]
    fn debug_of_an_email_hides_the_address() {
        let email = Email::parse("ana@example.com").unwrap();
        assert_eq!(format!("{email:?}"), "Email(..)");
    }

    #[test]
    fn doubled_tags_are_dropped() {
        assert_eq!(Tags::parse(&["a", "b", "a"]).unwrap().as_slice().len(), 2);
    }
}
