//! The layout of ZIP files whose entries are stored as they are: where every byte of the archive comes from, before a
//! single byte of content is read.
//!
//! Photos do not become smaller by compressing them again, so entries are stored. With the size and the CRC-32 of each
//! known beforehand, the archive has an exact length, and any range of it can be made without what comes before: a
//! download goes on where it broke off, whichever server answers, and nobody keeps a copy of the archive.
//!
//! The format is that of PKWARE's APPNOTE 6.3.10: names in UTF-8 (flag bit 11), ZIP64 where a size, an offset or the
//! number of entries asks for it.

use std::ops::Range;

use bytes::{BufMut as _, Bytes, BytesMut};
use jiff::Timestamp;
use jiff::tz::TimeZone;

pub use self::name::{EntryName, EntryNames};

mod name;
pub(crate) mod reading;
pub(crate) mod streaming;

/// The CRC-32 of a file's content, as ZIP, gzip and PNG have it (polynomial `0x04C11DB7`, reflected).
///
/// ```
/// use halftone_core::zip::Crc32;
/// assert_eq!(Crc32::of(b"123456789"), Crc32(0xCBF4_3926));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Crc32(pub u32);

impl Crc32 {
    /// That of these bytes.
    pub fn of(bytes: &[u8]) -> Self {
        Self(crc32fast::hash(bytes))
    }
}

/// One file of an archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ZipEntry {
    /// Its name in the archive.
    pub name: EntryName,
    /// How many bytes it has.
    pub size_bytes: u64,
    /// The checksum of its content.
    pub crc32: Crc32,
    /// When it was last changed; archives keep even seconds from 1980 to 2107.
    pub modified_at: Timestamp,
}

/// Where the bytes of an archive come from.
#[derive(Debug, Clone)]
pub struct ZipLayout {
    entries: Vec<Placed>,
    directory: Bytes,
    directory_offset: u64,
}

#[derive(Debug, Clone)]
struct Placed {
    header: Bytes,
    offset: u64,
    size_bytes: u64,
}

impl Placed {
    fn content(&self) -> Range<u64> {
        let start = self.offset + self.header.len() as u64;
        start..start + self.size_bytes
    }
}

/// Some of an archive's bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ZipPiece {
    /// These.
    Bytes(Bytes),
    /// A part of the content of an entry.
    Content {
        /// Which entry, counted from 0.
        entry: usize,
        /// Which of its bytes; never empty.
        range: Range<u64>,
    },
}

const LOCAL_HEADER: u32 = 0x0403_4b50;
const CENTRAL_HEADER: u32 = 0x0201_4b50;
const END: u32 = 0x0605_4b50;
const END_64: u32 = 0x0606_4b50;
const LOCATOR_64: u32 = 0x0706_4b50;
/// The extra field that holds what does not fit 32 bits.
const EXTRA_64: u16 = 0x0001;
/// Names are UTF-8.
const FLAGS: u16 = 1 << 11;
/// Checksum and sizes follow the content.
const SIZES_FOLLOW: u16 = 1 << 3;
/// "Version needed to extract": 2.0 for folders in names, 4.5 for ZIP64.
const NEEDS_FOLDERS: u16 = 20;
const NEEDS_64: u16 = 45;
/// "Made by": 4.5 on Unix, so that the attributes below are file modes.
const MADE_BY: u16 = (3 << 8) | NEEDS_64;
/// A regular file, `rw-r--r--`.
const ATTRIBUTES: u32 = 0o100_644 << 16;

impl ZipLayout {
    /// Lays the entries out one after the other.
    ///
    /// ```
    /// use halftone_core::zip::{Crc32, EntryNames, ZipEntry, ZipLayout, ZipPiece};
    /// let name = EntryNames::default().claim("", "IMG_0412.JPG");
    /// let modified_at = "2026-05-14T19:02:11Z".parse()?;
    /// let layout = ZipLayout::new(&[ZipEntry { name, size_bytes: 3, crc32: Crc32::of(b"abc"), modified_at }]);
    /// let pieces = layout.pieces(0..layout.size_bytes());
    /// assert_eq!(pieces[1], ZipPiece::Content { entry: 0, range: 0..3 });
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn new(entries: &[ZipEntry]) -> Self {
        let mut placed = Vec::with_capacity(entries.len());
        let mut directory = BytesMut::new();
        let mut offset = 0;
        for entry in entries {
            let header = local_header(entry);
            put_central_header(&mut directory, entry, offset, FLAGS);
            let place = Placed { header, offset, size_bytes: entry.size_bytes };
            offset = place.content().end;
            placed.push(place);
        }
        put_end(&mut directory, entries.len() as u64, offset);
        Self { entries: placed, directory: directory.freeze(), directory_offset: offset }
    }

    /// The length of the archive.
    pub fn size_bytes(&self) -> u64 {
        self.directory_offset + self.directory.len() as u64
    }

    /// What the bytes of `range` are, in order. What lies beyond the end is left out.
    pub fn pieces(&self, range: Range<u64>) -> Vec<ZipPiece> {
        let mut pieces = Vec::new();
        let first = self.entries.partition_point(|entry| entry.content().end <= range.start);
        for (index, place) in self.entries.iter().enumerate().skip(first) {
            if place.offset >= range.end {
                return pieces;
            }
            push_bytes(&mut pieces, &place.header, place.offset, &range);
            if let Some(part) = overlap(&place.content(), &range) {
                pieces.push(ZipPiece::Content { entry: index, range: part });
            }
        }
        push_bytes(&mut pieces, &self.directory, self.directory_offset, &range);
        pieces
    }
}

/// The part of `whole` that `range` covers, counted from the beginning of `whole`.
fn overlap(whole: &Range<u64>, range: &Range<u64>) -> Option<Range<u64>> {
    let start = whole.start.max(range.start);
    let end = whole.end.min(range.end);
    (start < end).then(|| start - whole.start..end - whole.start)
}

fn push_bytes(pieces: &mut Vec<ZipPiece>, bytes: &Bytes, offset: u64, range: &Range<u64>) {
    let whole = offset..offset + bytes.len() as u64;
    if let Some(part) = overlap(&whole, range) {
        let index = |position: u64| usize::try_from(position).expect("a place in bytes that are in memory");
        pieces.push(ZipPiece::Bytes(bytes.slice(index(part.start)..index(part.end))));
    }
}

/// A number for a field of 32 bits; all ones say that ZIP64 has the real one.
fn narrow(number: u64) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// Whether a field of 32 bits cannot tell this number: all ones mean something else.
fn is_wide(number: u64) -> bool {
    number >= u64::from(u32::MAX)
}

fn local_header(entry: &ZipEntry) -> Bytes {
    let wide = is_wide(entry.size_bytes);
    let mut header = BytesMut::new();
    header.put_u32_le(LOCAL_HEADER);
    header.put_u16_le(if wide { NEEDS_64 } else { NEEDS_FOLDERS });
    put_common(&mut header, entry, wide, FLAGS);
    header.put_u16_le(entry.name.length());
    header.put_u16_le(if wide { 20 } else { 0 });
    header.put_slice(entry.name.as_str().as_bytes());
    if wide {
        header.put_u16_le(EXTRA_64);
        header.put_u16_le(16);
        header.put_u64_le(entry.size_bytes);
        header.put_u64_le(entry.size_bytes);
    }
    header.freeze()
}

/// What local and central headers have in common: flags, method, time, checksum and both sizes.
fn put_common(header: &mut BytesMut, entry: &ZipEntry, wide: bool, flags: u16) {
    let (time, date) = dos_time(entry.modified_at);
    let size = if wide { u32::MAX } else { narrow(entry.size_bytes) };
    header.put_u16_le(flags);
    header.put_u16_le(0);
    header.put_u16_le(time);
    header.put_u16_le(date);
    header.put_u32_le(entry.crc32.0);
    header.put_u32_le(size);
    header.put_u32_le(size);
}

fn put_central_header(directory: &mut BytesMut, entry: &ZipEntry, offset: u64, flags: u16) {
    let wide_size = is_wide(entry.size_bytes);
    let wide_offset = is_wide(offset);
    let extra: u16 = if wide_size { 16 } else { 0 } + if wide_offset { 8 } else { 0 };
    directory.put_u32_le(CENTRAL_HEADER);
    directory.put_u16_le(MADE_BY);
    directory.put_u16_le(if extra > 0 { NEEDS_64 } else { NEEDS_FOLDERS });
    put_common(directory, entry, wide_size, flags);
    directory.put_u16_le(entry.name.length());
    directory.put_u16_le(if extra > 0 { extra + 4 } else { 0 });
    directory.put_u16_le(0); // Length of the comment.
    directory.put_u16_le(0); // Disk.
    directory.put_u16_le(0); // Internal attributes.
    directory.put_u32_le(ATTRIBUTES);
    directory.put_u32_le(narrow(offset));
    directory.put_slice(entry.name.as_str().as_bytes());
    if extra > 0 {
        directory.put_u16_le(EXTRA_64);
        directory.put_u16_le(extra);
    }
    if wide_size {
        directory.put_u64_le(entry.size_bytes);
        directory.put_u64_le(entry.size_bytes);
    }
    if wide_offset {
        directory.put_u64_le(offset);
    }
}

fn put_end(directory: &mut BytesMut, entries: u64, offset: u64) {
    let size = directory.len() as u64;
    if is_wide(offset) || is_wide(size) || entries >= u64::from(u16::MAX) {
        directory.put_u32_le(END_64);
        directory.put_u64_le(44); // What follows of this record.
        directory.put_u16_le(MADE_BY);
        directory.put_u16_le(NEEDS_64);
        directory.put_u32_le(0); // This disk.
        directory.put_u32_le(0); // The disk of the directory.
        directory.put_u64_le(entries); // On this disk.
        directory.put_u64_le(entries);
        directory.put_u64_le(size);
        directory.put_u64_le(offset);
        directory.put_u32_le(LOCATOR_64);
        directory.put_u32_le(0);
        directory.put_u64_le(offset + size);
        directory.put_u32_le(1); // How many disks there are.
    }
    let entries = u16::try_from(entries).unwrap_or(u16::MAX);
    directory.put_u32_le(END);
    directory.put_u16_le(0); // This disk.
    directory.put_u16_le(0); // The disk of the directory.
    directory.put_u16_le(entries); // On this disk.
    directory.put_u16_le(entries);
    directory.put_u32_le(narrow(size));
    directory.put_u32_le(narrow(offset));
    directory.put_u16_le(0); // Length of the comment.
}

/// Time and date as MS-DOS has them: two seconds, from 1980 to 2107. They have no time zone; this is UTC.
fn dos_time(at: Timestamp) -> (u16, u16) {
    const FIRST_YEAR: i16 = 1980;
    const LAST_YEAR: i16 = 2107;
    let at = at.to_zoned(TimeZone::UTC);
    let field = |number: i8| u16::from(number.unsigned_abs());
    match at.year() {
        year if year < FIRST_YEAR => (packed(0, 0, 0, 6), packed(0, 1, 1, 4)),
        year if year > LAST_YEAR => (packed(23, 59, 29, 6), packed(127, 12, 31, 4)),
        year => (
            packed(field(at.hour()), field(at.minute()), field(at.second()) / 2, 6),
            packed((year - FIRST_YEAR).unsigned_abs(), field(at.month()), field(at.day()), 4),
        ),
    }
}

/// Three numbers in sixteen bits; the last one has five of them, and the middle one `middle_bits`.
const fn packed(first: u16, middle: u16, last: u16, middle_bits: u16) -> u16 {
    (first << (middle_bits + 5)) | (middle << 5) | last
}

#[cfg(test)]
mod tests;
