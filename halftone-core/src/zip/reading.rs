//! Reading the directory of a ZIP file: what it holds and where, before a byte of content is read.
//!
//! The file is not at hand, only ranges of it are, so this says which ranges it needs ([`EndOfArchive::find`],
//! [`Directory::parse`]) and never holds more than the caller lets it. Everything in it is hostile: numbers are checked
//! before they are used, entries that share bytes are refused (D. Fifield, "A better zip bomb", 2019), and a name is a label.
//! The format is that of PKWARE's APPNOTE 6.3.10. Files that span several disks, and files with something in front of them,
//! are not read.
//!
//! It is written out here and not taken from a crate because those that read without an input of their own keep the whole
//! directory before its length can be bounded, and give up an archive for a single name.

use std::ops::Range;

use super::{CENTRAL_HEADER, Crc32, END, END_64, EXTRA_64, LOCAL_HEADER, LOCATOR_64};

mod fields;
mod inflating;
mod legacy;

use self::fields::Fields;
pub(crate) use self::inflating::{Inflater, Inflation};
use self::legacy::entry_name;

/// Why a ZIP file cannot be read; each completes the sentence "The archive cannot be read: ...".
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum UnreadableArchive {
    #[error("it is not a ZIP file, or its end is missing")]
    NoEnd,
    #[error("its directory is damaged")]
    Damaged,
    #[error("it is one of several parts")]
    Parts,
    #[error("it has more than {most} entries")]
    TooManyEntries { most: u32 },
    #[error("its directory is too large")]
    DirectoryTooLarge,
    #[error("entries of it share bytes")]
    Overlapping,
    #[error("its entries are too large together")]
    TooLarge,
}

/// Where the directory of a ZIP file lies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct EndOfArchive {
    /// The bytes of the directory.
    pub(crate) directory: Range<u64>,
    /// How many entries there are said to be.
    pub(crate) entries: u64,
}

/// What the end of a file says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum FoundEnd {
    /// All there is to say.
    Whole(EndOfArchive),
    /// The numbers are in a record of ZIP64, which lies here.
    Wide(Range<u64>),
}

impl EndOfArchive {
    /// How much of the end of a file is looked through: the record, the locator of ZIP64 and the longest comment.
    pub(crate) const LONGEST: u64 = 22 + 20 + 0xffff;

    const WIDE_LENGTH: u64 = 56;

    /// Looks for the end record in the last bytes of a file of `size_bytes`.
    pub(crate) fn find(tail: &[u8], size_bytes: u64) -> Result<FoundEnd, UnreadableArchive> {
        let tail_offset = size_bytes.checked_sub(tail.len() as u64).ok_or(UnreadableArchive::NoEnd)?;
        // From the end, so that a record inside an entry or a comment is not taken for it.
        let mut starts = (0..tail.len().saturating_sub(21)).rev();
        let is_record = |start: &usize| {
            let rest = tail.get(*start..).unwrap_or_default();
            let mut fields = Fields::new(rest);
            fields.u32() == Some(END)
                && fields.skip(16).and_then(|()| fields.u16()).map(usize::from) == Some(rest.len() - 22)
        };
        let start = starts.find(is_record).ok_or(UnreadableArchive::NoEnd)?;
        let before = tail.get(..start).unwrap_or_default();
        if let Some(locator) = before.len().checked_sub(20).and_then(|from| before.get(from..)) {
            let mut fields = Fields::new(locator);
            if fields.u32() == Some(LOCATOR_64) {
                return Self::wide_record(fields, tail_offset + start as u64).map(FoundEnd::Wide);
            }
        }
        let end = tail.get(start + 4..).and_then(|fields| Self::read(Fields::new(fields)));
        let end = end.ok_or(UnreadableArchive::Damaged)??;
        end.within(tail_offset + start as u64).map(FoundEnd::Whole)
    }

    fn wide_record(mut locator: Fields<'_>, end: u64) -> Result<Range<u64>, UnreadableArchive> {
        let read = (locator.u32(), locator.u64(), locator.u32());
        let (Some(0), Some(offset), Some(disks)) = read else { return Err(UnreadableArchive::Parts) };
        if disks > 1 {
            return Err(UnreadableArchive::Parts);
        }
        let record = offset..offset.checked_add(Self::WIDE_LENGTH).ok_or(UnreadableArchive::Damaged)?;
        if record.end <= end { Ok(record) } else { Err(UnreadableArchive::Damaged) }
    }

    fn read(mut fields: Fields<'_>) -> Option<Result<Self, UnreadableArchive>> {
        let disks = (fields.u16()?, fields.u16()?, fields.u16()?);
        let entries = fields.u16()?;
        let (size, offset) = (u64::from(fields.u32()?), u64::from(fields.u32()?));
        if disks != (0, 0, entries) {
            return Some(Err(UnreadableArchive::Parts));
        }
        Some(Ok(Self { directory: offset..offset.checked_add(size)?, entries: entries.into() }))
    }

    /// Reads the record of ZIP64 that lies at `record`.
    pub(crate) fn read_wide(bytes: &[u8], record: &Range<u64>) -> Result<Self, UnreadableArchive> {
        let mut fields = Fields::new(bytes);
        let mut read = || {
            let signature = fields.u32()?;
            fields.skip(12)?;
            let disks = (fields.u32()?, fields.u32()?);
            let entries = (fields.u64()?, fields.u64()?);
            Some((signature, disks, entries, fields.u64()?, fields.u64()?))
        };
        let (signature, disks, entries, size, offset) = read().ok_or(UnreadableArchive::Damaged)?;
        if signature != END_64 {
            return Err(UnreadableArchive::Damaged);
        }
        if disks != (0, 0) || entries.0 != entries.1 {
            return Err(UnreadableArchive::Parts);
        }
        let end = offset.checked_add(size).ok_or(UnreadableArchive::Damaged)?;
        Self { directory: offset..end, entries: entries.1 }.within(record.start)
    }

    fn within(self, end: u64) -> Result<Self, UnreadableArchive> {
        if self.directory.end <= end { Ok(self) } else { Err(UnreadableArchive::Damaged) }
    }
}

/// One entry as the directory has it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct DirectoryEntry {
    /// Its name, folders included, with `/` between them.
    pub(crate) name: String,
    /// How its content is stored, if it can be read.
    pub(crate) method: Method,
    /// The checksum of its content.
    pub(crate) crc32: Crc32,
    /// The size of its content in the archive.
    pub(crate) compressed_bytes: u64,
    /// The size of its content.
    pub(crate) size_bytes: u64,
    /// Where its local header begins.
    pub(crate) offset: u64,
}

/// How the content of an entry is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Method {
    /// As it is.
    Stored,
    /// Deflated, RFC 1951.
    Deflated,
    /// With a password.
    Encrypted,
    /// In another way, by its number.
    Other(u16),
}

/// Reads the entries of a directory, in its order.
#[derive(Debug)]
pub(crate) struct Directory;

impl Directory {
    /// The largest directory that is read: some 1,600 bytes for each entry that there may be.
    pub(crate) const MOST_BYTES: u64 = 16 << 20;

    /// Checks what the end of the file says before the directory is read.
    pub(crate) fn check(end: &EndOfArchive, most_entries: u32) -> Result<(), UnreadableArchive> {
        if end.entries > u64::from(most_entries) {
            return Err(UnreadableArchive::TooManyEntries { most: most_entries });
        }
        if end.directory.end - end.directory.start > Self::MOST_BYTES {
            return Err(UnreadableArchive::DirectoryTooLarge);
        }
        Ok(())
    }

    /// Reads a directory whose bytes are `bytes`.
    pub(crate) fn parse(bytes: &[u8], end: &EndOfArchive) -> Result<Vec<DirectoryEntry>, UnreadableArchive> {
        let mut fields = Fields::new(bytes);
        let mut entries = Vec::new();
        for _ in 0..end.entries {
            entries.push(read_entry(&mut fields).ok_or(UnreadableArchive::Damaged)?);
        }
        check_overlaps(&entries, end.directory.start)?;
        Ok(entries)
    }
}

const ENCRYPTED: u16 = 1;
const UTF8: u16 = 1 << 11;

fn read_entry(fields: &mut Fields<'_>) -> Option<DirectoryEntry> {
    if fields.u32()? != CENTRAL_HEADER {
        return None;
    }
    fields.skip(4)?; // Versions.
    let (flags, method) = (fields.u16()?, fields.u16()?);
    fields.skip(4)?; // Time and date.
    let crc32 = Crc32(fields.u32()?);
    let (mut compressed, mut size) = (u64::from(fields.u32()?), u64::from(fields.u32()?));
    let (name, extra, comment) = (fields.u16()?, fields.u16()?, fields.u16()?);
    let disk = fields.u16()?;
    fields.skip(6)?; // Attributes.
    let mut offset = u64::from(fields.u32()?);
    let name = fields.bytes(name.into())?;
    let extra = fields.bytes(extra.into())?;
    fields.skip(comment.into())?;
    if disk != 0 {
        return None;
    }
    let wide = u64::from(u32::MAX);
    if size == wide || compressed == wide || offset == wide {
        // In this order, and only those that do not fit above.
        let mut numbers = Fields::new(fields::extra(extra, EXTRA_64)?);
        for number in [&mut size, &mut compressed, &mut offset] {
            if *number == wide {
                *number = numbers.u64()?;
            }
        }
    }
    let method = match method {
        _ if flags & ENCRYPTED != 0 => Method::Encrypted,
        0 => Method::Stored,
        8 => Method::Deflated,
        other => Method::Other(other),
    };
    let name = entry_name(name, extra, flags & UTF8 != 0);
    Some(DirectoryEntry { name, method, crc32, compressed_bytes: compressed, size_bytes: size, offset })
}

/// The shortest local header.
const LOCAL_LENGTH: u64 = 30;

fn check_overlaps(entries: &[DirectoryEntry], directory: u64) -> Result<(), UnreadableArchive> {
    let mut places: Vec<(u64, u64)> = Vec::with_capacity(entries.len());
    for entry in entries {
        let end =
            entry.offset.checked_add(LOCAL_LENGTH).and_then(|end| end.checked_add(entry.compressed_bytes));
        places.push((entry.offset, end.ok_or(UnreadableArchive::Damaged)?));
    }
    places.sort_unstable();
    let next = places.iter().skip(1).map(|(start, _)| *start).chain([directory]);
    for ((_, end), next) in places.iter().zip(next) {
        if *end > next {
            return Err(if next == directory {
                UnreadableArchive::Damaged
            } else {
                UnreadableArchive::Overlapping
            });
        }
    }
    Ok(())
}

impl DirectoryEntry {
    /// Whether it is a folder, or something that a system adds by itself: resource forks and folder settings of macOS,
    /// picture caches of Windows.
    pub(crate) fn is_no_file(&self) -> bool {
        let file = self.label();
        self.name.ends_with('/')
            || self.name.split('/').any(|part| part == "__MACOSX")
            || file.starts_with("._")
            || [".DS_Store", "Thumbs.db", "desktop.ini"].iter().any(|name| file.eq_ignore_ascii_case(name))
    }

    /// Its name without folders. Nothing is ever written to a path of this name.
    pub(crate) fn label(&self) -> &str {
        self.name.rsplit('/').next().unwrap_or_default()
    }

    /// The bytes of the shortest local header.
    pub(crate) const fn local_header(&self) -> Range<u64> {
        self.offset..self.offset + LOCAL_LENGTH
    }

    /// Where the content lies, from the bytes of its [`local_header`](Self::local_header); `None` if that is none.
    pub(crate) fn content(&self, local_header: &[u8]) -> Option<Range<u64>> {
        let mut fields = Fields::new(local_header);
        if fields.u32()? != LOCAL_HEADER {
            return None;
        }
        fields.skip(22)?;
        let (name, extra) = (fields.u16()?, fields.u16()?);
        let start = self.offset + LOCAL_LENGTH + u64::from(name) + u64::from(extra);
        Some(start..start.checked_add(self.compressed_bytes)?)
    }
}

#[cfg(test)]
mod tests;
