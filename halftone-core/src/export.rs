//! Selections in forms that raw converters and spreadsheets read.
//!
//! A photographer proofs small JPEGs and edits raw files, so what is exported is found again by the name that the camera
//! gave: always the original one, and without its extension where the other program knows the file under another.
//!
//! | format | what it is |
//! | --- | --- |
//! | [`lightroom`](ExportFormat::Lightroom) | one line for the text filter of Lightroom Classic's library: names without extension, separated by commas, for the rule "Filename", "Contains" |
//! | [`capture_one`](ExportFormat::CaptureOne) | one line for the search field of Capture One: names without extension, separated by spaces |
//! | [`csv`](ExportFormat::Csv) | a table with all that is known of each pick (RFC 4180) |
//! | [`xmp`](ExportFormat::Xmp) | an archive with a sidecar (ISO 16684-1) for each camera name |
//!
//! Both programs take a line apart at commas and spaces, and neither has a way to quote, so a name with one in it finds
//! more than itself; the table and the sidecars do not have that weakness.

use bytes::Bytes;
use jiff::Timestamp;

use crate::id::PhotoId;
use crate::photo::Sha256Hash;
use crate::text::{Filename, InvalidValue, Line, Name, Prose, Tag};

mod sidecar;
mod table;

/// A form in which a selection is exported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExportFormat {
    /// A line for Lightroom Classic.
    Lightroom,
    /// A line for Capture One.
    CaptureOne,
    /// A table.
    Csv,
    /// Sidecars in an archive.
    Xmp,
}

impl ExportFormat {
    /// Every format.
    pub const ALL: [Self; 4] = [Self::Lightroom, Self::CaptureOne, Self::Csv, Self::Xmp];

    /// The word of the API.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Lightroom => "lightroom",
            Self::CaptureOne => "capture_one",
            Self::Csv => "csv",
            Self::Xmp => "xmp",
        }
    }

    /// Reads the word of the API.
    ///
    /// # Errors
    /// The word names no format.
    pub fn parse(word: &str) -> Result<Self, InvalidValue> {
        Self::ALL
            .into_iter()
            .find(|format| format.as_str() == word)
            .ok_or_else(|| InvalidValue::new("format", "must be lightroom, capture_one, csv or xmp"))
    }

    /// The media type of the file.
    pub const fn media_type(self) -> &'static str {
        match self {
            Self::Lightroom | Self::CaptureOne => "text/plain; charset=utf-8",
            Self::Csv => "text/csv; charset=utf-8; header=present",
            Self::Xmp => "application/zip",
        }
    }

    /// What the name of the file ends with.
    const fn ending(self) -> &'static str {
        match self {
            Self::Lightroom => " (Lightroom).txt",
            Self::CaptureOne => " (Capture One).txt",
            Self::Csv => ".csv",
            Self::Xmp => " (XMP).zip",
        }
    }

    /// The name of the file for a selection of this name.
    pub fn filename(self, selection: &Name) -> Filename {
        let plain =
            |letter: char| if letter.is_control() || "<>:\"/\\|?*".contains(letter) { '_' } else { letter };
        let stem: String = selection.as_str().chars().map(plain).collect();
        let name = format!("{stem}{}", self.ending());
        Filename::parse(&name)
            .expect("at most 200 characters, none of which leads to a folder, and an ending")
    }
}

/// The stars of XMP: 1 to 5.
///
/// ```
/// use halftone_core::export::Rating;
/// assert_eq!(Rating::parse(5).map(Rating::get), Ok(5));
/// assert!(Rating::parse(0).is_err());
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rating(u8);

impl Rating {
    /// Checks the range.
    ///
    /// # Errors
    /// The number is not from 1 to 5.
    pub fn parse(stars: i64) -> Result<Self, InvalidValue> {
        match u8::try_from(stars) {
            Ok(stars @ 1..=5) => Ok(Self(stars)),
            _ => Err(InvalidValue::new("rating", "must be from 1 to 5")),
        }
    }

    /// The number.
    pub const fn get(self) -> u8 {
        self.0
    }
}

/// What sidecars say of each picked photo.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marks {
    /// The stars.
    pub rating: Option<Rating>,
    /// The label, a word that the program which reads it knows a colour for: `Green`.
    pub label: Option<Tag>,
    /// Whether the client's comments become descriptions.
    pub comments: Comments,
}

/// Whether the client's comments are exported as descriptions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Comments {
    /// They stay away, because they replace the description that a photo has.
    #[default]
    Left,
    /// They become the description (`dc:description`).
    Described,
}

/// One picked photo as it is exported.
#[derive(Debug, Clone, PartialEq)]
pub struct ExportedPick {
    /// Which photo.
    pub photo: PhotoId,
    /// The name that the camera gave it.
    pub filename: Filename,
    /// In which gallery it is.
    pub gallery: Name,
    /// What the client says about it.
    pub comment: Prose,
    /// When it was picked.
    pub picked_at: Timestamp,
    /// Its title.
    pub title: Line,
    /// When it was taken.
    pub captured_at: Option<Timestamp>,
    /// Maker and model.
    pub camera: Option<Line>,
    /// SHA-256 of the original.
    pub sha256: Option<Sha256Hash>,
}

impl ExportedPick {
    /// The camera's name without its extension.
    fn stem(&self) -> &str {
        match self.filename.as_str().rsplit_once('.') {
            Some((stem, _)) if !stem.is_empty() => stem,
            _ => self.filename.as_str(),
        }
    }

    /// What tells names apart on systems that do not distinguish case.
    fn key(&self) -> String {
        self.stem().to_lowercase()
    }
}

/// The names of all picks in one line, each once, in the order of the picks.
fn names(picks: &[ExportedPick], separator: &str) -> Bytes {
    let mut known = std::collections::HashSet::new();
    let names: Vec<&str> =
        picks.iter().filter(|pick| known.insert(pick.key())).map(ExportedPick::stem).collect();
    names.join(separator).into()
}

/// A selection in one of the formats.
#[derive(Debug, Clone)]
pub enum Exported {
    /// All of it.
    Whole(Bytes),
    /// An archive: its layout, and the contents of its entries.
    Archive(crate::zip::ZipLayout, Vec<Bytes>),
}

impl Exported {
    /// Exports the picks. `at` is the time that files in the archive bear.
    pub fn new(format: ExportFormat, picks: &[ExportedPick], marks: &Marks, at: Timestamp) -> Self {
        match format {
            ExportFormat::Lightroom => Self::Whole(names(picks, ",")),
            ExportFormat::CaptureOne => Self::Whole(names(picks, " ")),
            ExportFormat::Csv => Self::Whole(table::of(picks)),
            ExportFormat::Xmp => sidecar::archive(picks, marks, at),
        }
    }

    /// Its length.
    pub fn size_bytes(&self) -> u64 {
        match self {
            Self::Whole(bytes) => bytes.len() as u64,
            Self::Archive(layout, _) => layout.size_bytes(),
        }
    }

    /// The bytes of a range of it, in order; what lies beyond the end is left out.
    pub fn pieces(&self, range: std::ops::Range<u64>) -> Vec<Bytes> {
        let part = |bytes: &Bytes, range: &std::ops::Range<u64>| {
            let place = |at: u64| usize::try_from(at).unwrap_or(usize::MAX).min(bytes.len());
            bytes.slice(place(range.start)..place(range.end).max(place(range.start)))
        };
        match self {
            Self::Whole(bytes) => vec![part(bytes, &range)],
            Self::Archive(layout, contents) => layout
                .pieces(range)
                .into_iter()
                .map(|piece| match piece {
                    crate::zip::ZipPiece::Bytes(bytes) => bytes,
                    crate::zip::ZipPiece::Content { entry, range } => part(&contents[entry], &range),
                })
                .collect(),
        }
    }
}

#[cfg(test)]
mod tests;
