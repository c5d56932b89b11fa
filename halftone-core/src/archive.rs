//! Archives: ZIP files that are uploaded and expanded into photos, entry by entry, with a report.

use jiff::{SignedDuration, Timestamp};

use crate::fault::Fault;
use crate::id::{ArchiveId, GalleryId, PhotoId, StudioId};
use crate::object_key::ArchiveKey;
use crate::photo::FileSize;
use crate::text::Filename;

/// A ZIP file on its way into a gallery.
#[derive(Debug, Clone, PartialEq)]
pub struct Archive {
    /// Its id.
    pub id: ArchiveId,
    /// Who owns it.
    pub studio: StudioId,
    /// The gallery to which its photos go.
    pub gallery: GalleryId,
    /// What it is called.
    pub filename: Filename,
    /// Its size in bytes, as announced and checked at completion.
    pub size_bytes: FileSize,
    /// How far it is.
    pub state: ArchiveState,
    /// How many of its entries were looked at, from the first one on; where the next run goes on.
    pub looked_at: u32,
    /// What became of those entries, in the order of the archive. Folders and what systems add by themselves are left out.
    pub entries: Vec<ArchiveEntry>,
    /// When the sweep looks at it: its job may have been lost, its file may lie about, or it ends.
    pub due_at: Timestamp,
    /// When its ticket was issued.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// What became of one entry.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ArchiveEntry {
    /// Its name in the archive, folders included; a label and never a path. At most [`ArchiveEntry::MOST_CHARACTERS`].
    pub name: String,
    /// What it became.
    pub outcome: EntryOutcome,
}

/// What an entry became.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EntryOutcome {
    /// This photo.
    Photo(PhotoId),
    /// Nothing, for this reason.
    Refused(Fault),
}

/// How far an archive is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ArchiveState {
    /// A ticket was issued; the bytes have not been confirmed.
    Pending {
        /// When the ticket ends.
        expires_at: Timestamp,
    },
    /// The bytes are safe, and workers are at it or will be.
    Expanding {
        /// Since when.
        since: Timestamp,
    },
    /// Every entry was looked at.
    Expanded {
        /// Since when.
        at: Timestamp,
    },
    /// It cannot be expanded, or no further.
    Failed {
        /// Why.
        reason: Fault,
        /// Since when.
        at: Timestamp,
    },
}

impl ArchiveState {
    /// The word of the API: `pending`, `expanding`, `expanded` or `failed`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Pending { .. } => "pending",
            Self::Expanding { .. } => "expanding",
            Self::Expanded { .. } => "expanded",
            Self::Failed { .. } => "failed",
        }
    }
}

impl ArchiveEntry {
    /// The most characters of a name that are kept. Filesystems have names of at most 255; folders come in front of them.
    pub const MOST_CHARACTERS: usize = 300;

    /// Notes what became of an entry. What cannot be printed in its name becomes `_`, and the beginning of a long one goes.
    pub fn new(name: &str, outcome: EntryOutcome) -> Self {
        let skipped = name.chars().count().saturating_sub(Self::MOST_CHARACTERS);
        let printable = |character: char| if character.is_control() { '_' } else { character };
        Self { name: name.chars().skip(skipped).map(printable).collect(), outcome }
    }
}

impl Archive {
    /// The most entries of an archive. Its report is one document, of at most some four megabytes.
    pub const MOST_ENTRIES: u32 = 10_000;

    /// The largest archive, in bytes: 64 GiB, a card full of photos.
    pub const MOST_BYTES: u64 = 64 << 30;

    /// The most bytes that its entries may have together once they are expanded: 128 GiB. Photos hardly become smaller by
    /// compressing, so whoever comes near it has packed something else.
    pub const MOST_EXPANDED_BYTES: u64 = 128 << 30;

    /// How many times an entry may be larger than what it takes in the archive. The best that the method "deflate" can do is
    /// about 1,032; an uncompressed TIFF of a white page gets there too, but no photo comes near a hundred.
    pub const MOST_RATIO: u64 = 100;

    /// How long the report can be read.
    pub const REPORT_LIFETIME: SignedDuration = SignedDuration::from_hours(30 * 24);

    /// Where its bytes lie.
    pub const fn key(&self) -> ArchiveKey {
        ArchiveKey { studio: self.studio, archive: self.id }
    }

    /// Whether nothing is to be done with it any more.
    pub const fn has_ended(&self) -> bool {
        matches!(self.state, ArchiveState::Expanded { .. } | ArchiveState::Failed { .. })
    }
}
