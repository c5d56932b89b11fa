//! A reader of the directories (IFDs) that EXIF and TIFF share: TIFF 6.0, section 2.
//!
//! It borrows from the file, allocates nothing, follows no chain and believes no length: whatever points outside
//! the block reads as absent.

/// A block that begins with a TIFF header.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IfdBlock<'a> {
    bytes: &'a [u8],
    big_endian: bool,
}

/// One directory: its entries' bytes, twelve for each.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ifd<'a> {
    block: IfdBlock<'a>,
    entries: &'a [[u8; 12]],
}

/// One value, not yet interpreted.
#[derive(Debug, Clone, Copy)]
pub(crate) struct IfdValue<'a> {
    block: IfdBlock<'a>,
    kind: u16,
    bytes: &'a [u8],
}

impl<'a> IfdBlock<'a> {
    /// Reads the header, or `None` if there is none.
    pub(crate) fn find(bytes: &'a [u8]) -> Option<Self> {
        let big_endian = match bytes.get(..4)? {
            b"II*\0" => false,
            b"MM\0*" => true,
            _ => return None,
        };
        Some(Self { bytes, big_endian })
    }

    /// The first directory.
    pub(crate) fn first(self) -> Option<Ifd<'a>> {
        let offset = self.u32_at(self.bytes.get(4..8)?)?;
        self.at(offset)
    }

    /// The directory at an offset that a value of another one gives.
    pub(crate) fn at(self, offset: u32) -> Option<Ifd<'a>> {
        let rest = self.bytes.get(offset as usize..)?;
        let count = usize::from(self.u16_at(rest.get(..2)?)?);
        // A directory that is cut off still gives the entries that are there.
        let (entries, _) = rest.get(2..)?.as_chunks::<12>();
        Some(Ifd { block: self, entries: &entries[..count.min(entries.len())] })
    }

    fn u16_at(self, bytes: &[u8]) -> Option<u16> {
        let bytes = bytes.get(..2)?.try_into().ok()?;
        Some(if self.big_endian { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) })
    }

    fn u32_at(self, bytes: &[u8]) -> Option<u32> {
        let bytes = bytes.get(..4)?.try_into().ok()?;
        Some(if self.big_endian { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) })
    }
}

impl<'a> Ifd<'a> {
    /// The value of a tag.
    pub(crate) fn find(self, tag: u16) -> Option<IfdValue<'a>> {
        let entry = self.entries.iter().find(|entry| self.block.u16_at(&entry[..]) == Some(tag))?;
        let kind = self.block.u16_at(&entry[2..])?;
        let count = self.block.u32_at(&entry[4..])? as usize;
        let length = count.checked_mul(element_bytes(kind)?)?;
        let bytes = if length <= 4 {
            &entry[8..8 + length]
        } else {
            let offset = self.block.u32_at(&entry[8..])? as usize;
            self.block.bytes.get(offset..offset.checked_add(length)?)?
        };
        Some(IfdValue { block: self.block, kind, bytes })
    }

    /// The directory that a tag points to.
    pub(crate) fn find_directory(self, tag: u16) -> Option<Ifd<'a>> {
        self.block.at(self.find(tag)?.number()?)
    }
}

impl<'a> IfdValue<'a> {
    /// The first element as a whole number.
    pub(crate) fn number(self) -> Option<u32> {
        match self.kind {
            1 | 7 => self.bytes.first().copied().map(u32::from),
            3 => self.block.u16_at(self.bytes).map(u32::from),
            4 | 13 => self.block.u32_at(self.bytes),
            _ => None,
        }
    }

    /// The text of an ASCII value up to its first NUL, trimmed; `None` when nothing is left.
    ///
    /// The standard wants ASCII. Cameras and editors write UTF-8, older ones Latin-1: what is not valid UTF-8
    /// is read as Latin-1, in which every byte is a character.
    pub(crate) fn text(self) -> Option<String> {
        text(self.bytes)
    }

    /// The bytes.
    pub(crate) fn bytes(self) -> &'a [u8] {
        self.bytes
    }
}

/// See [`IfdValue::text`].
pub(crate) fn text(bytes: &[u8]) -> Option<String> {
    let end = bytes.iter().position(|byte| *byte == 0).unwrap_or(bytes.len());
    let bytes = &bytes[..end];
    let text = match std::str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => bytes.iter().map(|byte| char::from(*byte)).collect(),
    };
    super::credit::tidy(&text)
}

/// Size of one element by type: TIFF 6.0, section 2, "Types".
fn element_bytes(kind: u16) -> Option<usize> {
    Some(match kind {
        1 | 2 | 6 | 7 => 1,
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 => 8,
        _ => return None,
    })
}
