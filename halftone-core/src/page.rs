//! Keyset pages, and the versions of optimistic locking.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use uuid::Uuid;

use crate::text::InvalidValue;

/// How many entries a page may have: 1 to 500.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PageLimit(u16);

impl PageLimit {
    /// What a list returns when nothing is said.
    pub const DEFAULT: Self = Self(50);
    /// The most that a page holds.
    pub const MOST: Self = Self(500);

    /// Checks the range.
    ///
    /// # Errors
    /// The number is not from 1 to 500.
    ///
    /// ```
    /// use halftone_core::page::PageLimit;
    /// assert!(PageLimit::parse(100).is_ok());
    /// assert!(PageLimit::parse(0).is_err());
    /// ```
    pub fn parse(limit: u32) -> Result<Self, InvalidValue> {
        match u16::try_from(limit) {
            Ok(limit @ 1..=500) => Ok(Self(limit)),
            _ => Err(InvalidValue::new("limit", "must be from 1 to 500")),
        }
    }

    /// The number.
    pub const fn get(self) -> usize {
        self.0 as usize
    }
}

/// A place in a list: the sort key and the id of the last entry that the caller has seen.
///
/// Every list of Halftone is ordered by a text (compared byte by byte) and then by an id, so one cursor
/// serves them all; lists that are ordered by id alone leave the text empty. It prints as URL-safe base64 and
/// is opaque to callers of the HTTP API.
///
/// ```
/// use halftone_core::page::Cursor;
/// let cursor = Cursor::new("IMG_0412.JPG", uuid::Uuid::nil());
/// assert_eq!(Cursor::parse(&cursor.to_string()), Ok(cursor));
/// assert!(Cursor::parse("%%%").is_err());
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cursor {
    key: String,
    id: Uuid,
}

impl Cursor {
    /// The place right after the entry with this sort key and id.
    pub fn new(key: impl Into<String>, id: Uuid) -> Self {
        Self { key: key.into(), id }
    }

    /// The sort key of the last entry seen.
    pub fn key(&self) -> &str {
        &self.key
    }

    /// The id of the last entry seen.
    pub const fn id(&self) -> Uuid {
        self.id
    }

    /// Reads what [`fmt::Display`] printed.
    ///
    /// # Errors
    /// The text was not made by this type.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let invalid = || InvalidValue::new("cursor", "is not one that a list returned");
        if text.len() > 2_000 {
            return Err(invalid());
        }
        let bytes = URL_SAFE_NO_PAD.decode(text).map_err(|_| invalid())?;
        let (id, key) = bytes.split_first_chunk::<16>().ok_or_else(invalid)?;
        let key = std::str::from_utf8(key).map_err(|_| invalid())?;
        Ok(Self { key: key.to_owned(), id: Uuid::from_bytes(*id) })
    }
}

impl fmt::Display for Cursor {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut bytes = self.id.as_bytes().to_vec();
        bytes.extend_from_slice(self.key.as_bytes());
        formatter.write_str(&URL_SAFE_NO_PAD.encode(bytes))
    }
}

/// Which part of a list is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PageRequest {
    /// The most entries to return.
    pub limit: PageLimit,
    /// Where the last page ended; `None` for the first page.
    pub after: Option<Cursor>,
}

impl PageRequest {
    /// The first page of this length.
    pub const fn first(limit: PageLimit) -> Self {
        Self { limit, after: None }
    }

    /// The page of this length after `cursor`.
    pub const fn after(limit: PageLimit, cursor: Option<Cursor>) -> Self {
        Self { limit, after: cursor }
    }
}

/// A part of a list.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Page<T> {
    /// The entries in the list's order.
    pub items: Vec<T>,
    /// Where the next page begins, or `None` at the end of the list.
    pub next: Option<Cursor>,
}

impl<T> Page<T> {
    /// Cuts a page out of entries that were read with one more than `limit`, which shows whether the list
    /// goes on.
    pub fn cut(mut items: Vec<T>, limit: PageLimit, cursor_of: impl Fn(&T) -> Cursor) -> Self {
        let goes_on = items.len() > limit.get();
        items.truncate(limit.get());
        let next = if goes_on { items.last().map(cursor_of) } else { None };
        Self { items, next }
    }

    /// The page of a list whose backend looked as far as `walked` and no further. A page that is full goes on after its
    /// last entry as usual.
    #[must_use]
    pub fn or_after(mut self, walked: Option<Cursor>) -> Self {
        self.next = self.next.or(walked);
        self
    }

    /// The same page with every entry turned into something else.
    pub fn map<U>(self, convert: impl FnMut(T) -> U) -> Page<U> {
        Page { items: self.items.into_iter().map(convert).collect(), next: self.next }
    }
}

/// How often a document has been written: 1 when it is created, one more at every update.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version(u64);

impl Version {
    /// The version of a document that was just created.
    pub const FIRST: Self = Self(1);

    /// Brings back a stored version.
    pub const fn restore(number: u64) -> Self {
        Self(number)
    }

    /// The number.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// The version after one more write.
    #[must_use]
    pub const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// A value together with the version at which it was read.
#[derive(Debug, Clone, PartialEq)]
pub struct Versioned<T> {
    /// What was read.
    pub value: T,
    /// Its version, to be passed to the update.
    pub version: Version,
}

impl<T> Versioned<T> {
    /// Joins a value with its version.
    pub const fn new(value: T, version: Version) -> Self {
        Self { value, version }
    }
}
