//! Packs: files that are put together for somebody to take away as one ZIP archive.
//!
//! A pack holds no bytes. It lists files that lie in the object store, and a job seals each of them: it sees to it that
//! the file is there, and notes its size and its CRC-32. With these the archive is laid out ([`crate::zip`]) and made
//! while it is sent, any range of it, so it costs neither memory nor room, and a download goes on where it broke off.
//!
//! Where answers have a bound, as those of functions, the same job then writes the archive into the object store, range by
//! range as the parts of one upload, and the download is the store's.

use jiff::{SignedDuration, Timestamp};

use crate::fault::Fault;
use crate::id::{ClientId, OrderId, PackId, PhotoId, ShareId, StudioId};
use crate::photo::Sha256Hash;
use crate::print::PrintLayout;
use crate::rendition::{Fingerprint, RenditionFormat};
use crate::settings::ArchiveDelivery;
use crate::text::{Filename, InvalidValue};
use crate::zip::{Crc32, EntryName, ZipEntry, ZipLayout};

/// Files for one archive.
#[derive(Debug, Clone, PartialEq)]
pub struct Pack {
    /// Its id.
    pub id: PackId,
    /// Who owns the files.
    pub studio: StudioId,
    /// Who may take it.
    pub owner: PackOwner,
    /// The name under which it is saved.
    pub filename: Filename,
    /// Its files, in the order of the archive.
    pub entries: PackEntries,
    /// How it leaves.
    pub delivery: PackDelivery,
    /// How far it is.
    pub state: PackState,
    /// When it ends: its files stay, or go if they were made for it alone.
    pub expires_at: Timestamp,
    /// When the sweep looks at it: at its end, or earlier if its job may have been lost.
    pub due_at: Timestamp,
    /// When it was asked for.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
}

/// Who may take a pack.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PackOwner {
    /// The studio itself.
    Studio,
    /// The client who asked for it, as long as the share permits downloads of its files.
    Client {
        /// Through which share.
        share: ShareId,
        /// Which client.
        client: ClientId,
    },
    /// The studio, for the lab that makes this order.
    Order(OrderId),
}

/// The files of a pack: at least one, each with a name of its own.
#[derive(Debug, Clone, PartialEq)]
pub struct PackEntries(Vec<PackEntry>);

impl PackEntries {
    /// The most files of a pack. Its list is one document, of at most some four megabytes.
    pub const MOST: usize = 10_000;

    /// Checks the number.
    ///
    /// # Errors
    /// There is none, or there are too many.
    pub fn new(entries: Vec<PackEntry>) -> Result<Self, InvalidValue> {
        match entries.len() {
            0 => Err(InvalidValue::new("files", "must not be empty")),
            1..=Self::MOST => Ok(Self(entries)),
            _ => Err(InvalidValue::new("files", format!("must be at most {}", Self::MOST))),
        }
    }

    /// The files in order.
    pub fn as_slice(&self) -> &[PackEntry] {
        &self.0
    }

    /// Notes that the file at this place is there.
    pub fn seal(&mut self, position: usize, seal: Seal) {
        if let Some(entry) = self.0.get_mut(position) {
            entry.seal = Some(seal);
        }
    }
}

/// One file of a pack.
#[derive(Debug, Clone, PartialEq)]
pub struct PackEntry {
    /// Its name in the archive.
    pub name: EntryName,
    /// Which file it is.
    pub file: PackFile,
    /// The time that the archive tells for it.
    pub modified_at: Timestamp,
    /// What is known of its bytes, once they are there.
    pub seal: Option<Seal>,
}

/// Which file a pack holds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum PackFile {
    /// An original.
    Original {
        /// Whose.
        photo: PhotoId,
    },
    /// A clean, downsized copy.
    Sized {
        /// Of which photo.
        photo: PhotoId,
        /// Its longest side in pixels.
        long_edge_px: u32,
    },
    /// A watermarked proof.
    Proof {
        /// Of which photo.
        photo: PhotoId,
        /// The options it was made with.
        fingerprint: Fingerprint,
        /// Its format.
        format: RenditionFormat,
    },
    /// A crop of an original at exactly these pixels, for a lab.
    Print {
        /// Of which photo.
        photo: PhotoId,
        /// Which part of the upright original, at which size.
        layout: PrintLayout,
        /// What it was made of and how; part of its key.
        fingerprint: Fingerprint,
    },
    /// Something written for this pack: a manifest, a job ticket.
    Document {
        /// Which of them, counted from 0.
        number: u16,
    },
}

impl PackFile {
    /// The photo that the file shows.
    pub const fn photo(self) -> Option<PhotoId> {
        match self {
            Self::Original { photo }
            | Self::Sized { photo, .. }
            | Self::Proof { photo, .. }
            | Self::Print { photo, .. } => Some(photo),
            Self::Document { .. } => None,
        }
    }
}

/// What is known of a file's bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seal {
    /// How many there are.
    pub size_bytes: u64,
    /// Their checksum.
    pub crc32: Crc32,
    /// Their hash, if a manifest tells it.
    pub sha256: Option<Sha256Hash>,
}

/// How a pack leaves.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackDelivery {
    /// Made while it is sent.
    Streamed,
    /// Put into the object store first.
    Stored {
        /// The marks of the parts that were written, from the first; empty again once they are joined.
        marks: Vec<String>,
    },
}

impl From<ArchiveDelivery> for PackDelivery {
    fn from(delivery: ArchiveDelivery) -> Self {
        match delivery {
            ArchiveDelivery::Streamed => Self::Streamed,
            ArchiveDelivery::Stored => Self::Stored { marks: Vec::new() },
        }
    }
}

/// How far a pack is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PackState {
    /// Its files are being made or looked at.
    Building,
    /// It can be taken.
    Ready {
        /// Since when.
        at: Timestamp,
    },
    /// It cannot be made.
    Failed {
        /// Why.
        reason: Fault,
        /// Since when.
        at: Timestamp,
    },
}

impl PackState {
    /// The word of the API: `building`, `ready` or `failed`.
    pub const fn as_str(&self) -> &'static str {
        match self {
            Self::Building => "building",
            Self::Ready { .. } => "ready",
            Self::Failed { .. } => "failed",
        }
    }
}

impl Pack {
    /// How long a download can be taken. A slow line needs a night for a wedding of originals.
    pub const DOWNLOAD_LIFETIME: SignedDuration = SignedDuration::from_hours(24);

    /// How many files are sealed.
    pub fn sealed(&self) -> usize {
        self.entries.0.iter().filter(|entry| entry.seal.is_some()).count()
    }

    /// Whether it can be taken at `now`.
    pub fn is_ready(&self, now: Timestamp) -> bool {
        matches!(self.state, PackState::Ready { .. }) && now < self.expires_at
    }

    /// Whether asking for the same again at `now` gives this pack: it is on its way, or can be taken.
    pub fn is_current(&self, now: Timestamp) -> bool {
        now < self.expires_at && !matches!(self.state, PackState::Failed { .. })
    }

    /// The archive, once every file is sealed.
    pub fn layout(&self) -> Option<ZipLayout> {
        let entry = |entry: &PackEntry| {
            let Seal { size_bytes, crc32, .. } = entry.seal?;
            Some(ZipEntry { name: entry.name.clone(), size_bytes, crc32, modified_at: entry.modified_at })
        };
        let entries: Option<Vec<ZipEntry>> = self.entries.0.iter().map(entry).collect();
        entries.map(|entries| ZipLayout::new(&entries))
    }

    /// Every file is sealed.
    pub fn finish(&mut self, now: Timestamp) {
        self.state = PackState::Ready { at: now };
        self.due_at = self.expires_at;
        self.updated_at = now;
    }

    /// It cannot be made.
    pub fn fail(&mut self, reason: Fault, now: Timestamp) {
        self.state = PackState::Failed { reason, at: now };
        self.due_at = self.expires_at;
        self.updated_at = now;
    }
}
