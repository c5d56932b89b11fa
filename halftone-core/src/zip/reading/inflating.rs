//! The content of an entry, piece by piece.

use bytes::{Bytes, BytesMut};
use flate2::{Decompress, FlushDecompress, Status};

use super::{Crc32, DirectoryEntry, Method};

/// The content is not what the directory says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the content of the entry is damaged")]
pub(crate) struct DamagedContent;

/// What came of some bytes of the archive.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Inflation {
    /// These bytes of content. There may be more in the same input.
    Some(Bytes),
    /// Nothing before there is more input.
    Hungry,
    /// The content has ended, and is what the directory says.
    End,
}

/// Turns what the archive holds of an entry into its content, and checks size and checksum on the way. It holds one piece.
pub(crate) struct Inflater {
    stream: Option<Decompress>,
    input: Bytes,
    has_all_input: bool,
    has_ended: bool,
    crc32: crc32fast::Hasher,
    expected: Crc32,
    left_bytes: u64,
}

impl Inflater {
    /// How much content is made at once.
    const PIECE_BYTES: usize = 64 << 10;

    /// For an entry that is stored or deflated.
    pub(crate) fn new(entry: &DirectoryEntry) -> Self {
        let is_stored = entry.method == Method::Stored;
        Self {
            stream: (!is_stored).then(|| Decompress::new(false)),
            input: Bytes::new(),
            has_all_input: false,
            has_ended: is_stored,
            crc32: crc32fast::Hasher::new(),
            expected: entry.crc32,
            left_bytes: entry.size_bytes,
        }
    }

    /// Takes more of what the archive holds; `None` when that was all.
    pub(crate) fn feed(&mut self, input: Option<Bytes>) {
        match input {
            Some(input) => self.input = input,
            None => self.has_all_input = true,
        }
    }

    /// Makes some content. More than the directory announces is an error at once, whatever is still to come.
    pub(crate) fn next(&mut self) -> Result<Inflation, DamagedContent> {
        loop {
            if self.left_bytes == 0 && self.has_all_input && self.has_ended {
                let is_right = self.input.is_empty() && self.crc32.clone().finalize() == self.expected.0;
                return if is_right { Ok(Inflation::End) } else { Err(DamagedContent) };
            }
            if self.input.is_empty() {
                return if self.has_all_input { Err(DamagedContent) } else { Ok(Inflation::Hungry) };
            }
            let content = self.make()?;
            if !content.is_empty() {
                self.crc32.update(&content);
                self.left_bytes = self.left_bytes.checked_sub(content.len() as u64).ok_or(DamagedContent)?;
                return Ok(Inflation::Some(content));
            }
        }
    }

    /// Takes input and makes content of it; perhaps only the one or the other.
    fn make(&mut self) -> Result<Bytes, DamagedContent> {
        let Some(stream) = &mut self.stream else { return Ok(std::mem::take(&mut self.input)) };
        let mut content = BytesMut::zeroed(Self::PIECE_BYTES);
        let (taken, made) = (stream.total_in(), stream.total_out());
        let status = stream
            .decompress(&self.input, &mut content, FlushDecompress::None)
            .map_err(|_| DamagedContent)?;
        let taken = usize::try_from(stream.total_in() - taken).map_err(|_| DamagedContent)?;
        let made = usize::try_from(stream.total_out() - made).map_err(|_| DamagedContent)?;
        let is_stuck = taken == 0 && made == 0;
        self.has_ended = status == Status::StreamEnd;
        let _taken = self.input.split_to(taken);
        if is_stuck || (self.has_ended && !self.input.is_empty()) {
            // Something follows the end of the stream, or it makes no sense.
            return Err(DamagedContent);
        }
        content.truncate(made);
        Ok(content.freeze())
    }
}
