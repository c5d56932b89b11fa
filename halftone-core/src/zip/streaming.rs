//! Writing a ZIP file whose content is not known beforehand: sizes and checksums follow each entry, as the format permits
//! (flag bit 3), and stand in the directory.
//!
//! Such a file has no length before it is made, so a download of it cannot go on where it broke off; where that matters, see
//! [`ZipLayout`](super::ZipLayout). Of each entry the directory keeps some hundred bytes.

use bytes::{BufMut as _, Bytes, BytesMut};
use jiff::Timestamp;

use super::{
    Crc32, EntryName, FLAGS, LOCAL_HEADER, NEEDS_FOLDERS, SIZES_FOLLOW, ZipEntry, dos_time, is_wide,
    put_central_header, put_end,
};

/// The signature in front of the sizes that follow an entry.
const DESCRIPTOR: u32 = 0x0807_4b50;

/// Makes a ZIP file, entry after entry.
pub(crate) struct ZipStream {
    /// How many bytes were made.
    offset: u64,
    directory: BytesMut,
    entries: u64,
    open: Option<OpenEntry>,
}

struct OpenEntry {
    name: EntryName,
    modified_at: Timestamp,
    offset: u64,
    size_bytes: u64,
    crc32: crc32fast::Hasher,
}

impl ZipStream {
    /// Begins a file.
    pub(crate) fn new() -> Self {
        Self { offset: 0, directory: BytesMut::new(), entries: 0, open: None }
    }

    /// Begins an entry; gives the bytes that stand in front of its content. The one before must have been closed.
    pub(crate) fn open(&mut self, name: EntryName, modified_at: Timestamp) -> Bytes {
        debug_assert!(self.open.is_none(), "an entry is closed before the next one");
        let mut header = BytesMut::new();
        let (time, date) = dos_time(modified_at);
        header.put_u32_le(LOCAL_HEADER);
        header.put_u16_le(NEEDS_FOLDERS);
        header.put_u16_le(FLAGS | SIZES_FOLLOW);
        header.put_u16_le(0); // Stored.
        header.put_u16_le(time);
        header.put_u16_le(date);
        header.put_bytes(0, 12); // Checksum and sizes follow.
        header.put_u16_le(name.length());
        header.put_u16_le(0);
        header.put_slice(name.as_str().as_bytes());
        let crc32 = crc32fast::Hasher::new();
        self.open = Some(OpenEntry { name, modified_at, offset: self.offset, size_bytes: 0, crc32 });
        self.made(header)
    }

    /// Takes note of content of the open entry; it is sent as it is.
    pub(crate) fn content(&mut self, content: &[u8]) {
        if let Some(entry) = &mut self.open {
            entry.size_bytes += content.len() as u64;
            entry.crc32.update(content);
            self.offset += content.len() as u64;
        }
    }

    /// Ends the open entry; gives the bytes that follow its content.
    pub(crate) fn close(&mut self) -> Bytes {
        let Some(OpenEntry { name, modified_at, offset, size_bytes, crc32 }) = self.open.take() else {
            return Bytes::new();
        };
        let crc32 = Crc32(crc32.finalize());
        let mut descriptor = BytesMut::new();
        descriptor.put_u32_le(DESCRIPTOR);
        descriptor.put_u32_le(crc32.0);
        for _ in ["compressed", "content"] {
            if is_wide(size_bytes) {
                descriptor.put_u64_le(size_bytes);
            } else {
                descriptor.put_u32_le(u32::try_from(size_bytes).unwrap_or(u32::MAX));
            }
        }
        let entry = ZipEntry { name, size_bytes, crc32, modified_at };
        put_central_header(&mut self.directory, &entry, offset, FLAGS | SIZES_FOLLOW);
        self.entries += 1;
        self.made(descriptor)
    }

    /// Ends the file.
    pub(crate) fn finish(&mut self) -> Bytes {
        let mut directory = std::mem::take(&mut self.directory);
        put_end(&mut directory, self.entries, self.offset);
        directory.freeze()
    }

    fn made(&mut self, bytes: BytesMut) -> Bytes {
        self.offset += bytes.len() as u64;
        bytes.freeze()
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Cursor, Read as _};

    use super::*;
    use crate::zip::EntryNames;

    #[test]
    fn another_implementation_reads_it() {
        let (mut stream, mut names, mut bytes) = (ZipStream::new(), EntryNames::default(), Vec::new());
        let files = [("photos.json", "[]"), ("Brüder.jpg", "a picture"), ("empty", "")];
        for (name, content) in files {
            bytes.extend(stream.open(names.claim_in(&["Wedding", "Ceremony"], name), Timestamp::UNIX_EPOCH));
            for piece in content.as_bytes().chunks(3) {
                stream.content(piece);
                bytes.extend(piece);
            }
            bytes.extend(stream.close());
        }
        bytes.extend(stream.finish());
        let mut archive = zip::ZipArchive::new(Cursor::new(bytes)).unwrap();
        assert_eq!(archive.len(), files.len());
        for (name, content) in files {
            let mut read = String::new();
            let name = format!("Wedding/Ceremony/{name}");
            archive.by_name(&name).unwrap().read_to_string(&mut read).unwrap();
            assert_eq!(read, content);
        }
    }
}
