//! Why something that was asked for could not be done: a kind for programs, a sentence for people.
//!
//! It is kept with what failed, for hours or for years, and shown to whoever looks. The sentence is English and may tell
//! numbers and names; a program that speaks another language has a sentence of its own for each kind.

use crate::text::Prose;

/// What went wrong with a file, an archive or a pack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// Of which kind it is.
    pub kind: FaultKind,
    /// What it is, in a sentence for whoever asked.
    pub sentence: Prose,
}

impl Fault {
    /// Says what went wrong. In place of a sentence that is no [`Prose`], such as one that quotes too much, stands a short
    /// one.
    ///
    /// ```
    /// use halftone_core::fault::{Fault, FaultKind};
    /// let fault = Fault::new(FaultKind::Empty, "It is empty.");
    /// assert_eq!((fault.kind.as_str(), fault.sentence.as_str()), ("empty", "It is empty."));
    /// ```
    pub fn new(kind: FaultKind, sentence: &str) -> Self {
        let short = || Prose::parse("It cannot be processed.").expect("a short sentence is a text");
        Self { kind, sentence: Prose::parse(sentence).unwrap_or_else(|_| short()) }
    }

    /// The bytes of an upload are gone.
    pub(crate) fn missing() -> Self {
        Self::new(
            FaultKind::Missing,
            "The uploaded file is missing from the storage. Please upload it again.",
        )
    }

    /// The bytes of an upload are others than were announced.
    pub(crate) fn mismatch() -> Self {
        Self::new(
            FaultKind::Mismatch,
            "The file that arrived is not the one that was sent. Please upload it again.",
        )
    }
}

/// The kinds of [`Fault`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FaultKind {
    /// The file is damaged or incomplete.
    Damaged,
    /// The file, or the picture in it, is over a limit.
    TooLarge,
    /// There are more entries or lines than are taken.
    TooMany,
    /// The file is of a kind that is not read.
    Unsupported,
    /// The watermark cannot be applied.
    Watermark,
    /// The uploaded bytes are gone.
    Missing,
    /// The uploaded bytes are others than were announced.
    Mismatch,
    /// The picture has another shape than the one that it was to replace.
    OtherShape,
    /// The file is no ZIP archive.
    NoArchive,
    /// The archive is one of several parts.
    SplitArchive,
    /// The gallery to which the photos were to go was deleted.
    GalleryDeleted,
    /// The entry is no picture.
    NoPicture,
    /// The entry is an archive itself.
    NestedArchive,
    /// The entry has no bytes.
    Empty,
    /// The entry can be read with a password alone.
    Encrypted,
    /// The entry is compressed in a way that is not read.
    UnknownCompression,
    /// The entry is compressed more than a photo can be.
    Overcompressed,
    /// The entry has a name that no photo can have.
    UnusableName,
    /// A file of the pack is no longer there.
    Gone,
    /// The order was changed while its pack was being made.
    OrderChanged,
    /// It was tried several times; the server is at fault.
    Server,
    /// It is not known: it was noted before there were kinds, or by a newer version.
    Other,
}

impl FaultKind {
    /// Every kind.
    pub const ALL: [Self; 22] = [
        Self::Damaged,
        Self::TooLarge,
        Self::TooMany,
        Self::Unsupported,
        Self::Watermark,
        Self::Missing,
        Self::Mismatch,
        Self::OtherShape,
        Self::NoArchive,
        Self::SplitArchive,
        Self::GalleryDeleted,
        Self::NoPicture,
        Self::NestedArchive,
        Self::Empty,
        Self::Encrypted,
        Self::UnknownCompression,
        Self::Overcompressed,
        Self::UnusableName,
        Self::Gone,
        Self::OrderChanged,
        Self::Server,
        Self::Other,
    ];

    /// The word of the API and of the stored form.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Damaged => "damaged",
            Self::TooLarge => "too_large",
            Self::TooMany => "too_many",
            Self::Unsupported => "unsupported",
            Self::Watermark => "watermark",
            Self::Missing => "missing",
            Self::Mismatch => "mismatch",
            Self::OtherShape => "other_shape",
            Self::NoArchive => "no_archive",
            Self::SplitArchive => "split_archive",
            Self::GalleryDeleted => "gallery_deleted",
            Self::NoPicture => "no_picture",
            Self::NestedArchive => "nested_archive",
            Self::Empty => "empty",
            Self::Encrypted => "encrypted",
            Self::UnknownCompression => "unknown_compression",
            Self::Overcompressed => "overcompressed",
            Self::UnusableName => "unusable_name",
            Self::Gone => "gone",
            Self::OrderChanged => "order_changed",
            Self::Server => "server",
            Self::Other => "other",
        }
    }

    /// The kind of a word. [`Other`](Self::Other) is that of every word that is not known: with its sentence, a fault that a
    /// newer version noted is still good to read.
    ///
    /// ```
    /// use halftone_core::fault::FaultKind;
    /// assert_eq!(FaultKind::of_word("no_picture"), FaultKind::NoPicture);
    /// assert_eq!(FaultKind::of_word("moonlight"), FaultKind::Other);
    /// ```
    pub fn of_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word).unwrap_or(Self::Other)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_kind_is_the_one_of_its_word() {
        for kind in FaultKind::ALL {
            assert_eq!(FaultKind::of_word(kind.as_str()), kind);
        }
    }

    #[test]
    fn a_sentence_that_is_too_long_gives_way_and_the_kind_stays() {
        let fault = Fault::new(FaultKind::Damaged, &"x".repeat(5_001));
        assert_eq!((fault.kind, fault.sentence.as_str()), (FaultKind::Damaged, "It cannot be processed."));
    }
}
