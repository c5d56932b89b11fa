//! Reading files as streams.

use std::fs::{File, Metadata};
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::path::Path;
use std::time::UNIX_EPOCH;

use bytes::Bytes;
use futures_util::stream;
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::objects::{ObjectBody, ObjectInfo};
use jiff::Timestamp;

use super::super::error::{Fault, Operation};
use super::super::files;
use super::{PIECE_BYTES, blocking};

/// What the file system tells of an object.
pub(super) fn info_of(metadata: &Metadata) -> Result<ObjectInfo, Fault> {
    let modified = metadata.modified()?;
    // A time before 1970 only ever comes from a clock that is wrong.
    let since_epoch = modified.duration_since(UNIX_EPOCH).unwrap_or_default();
    let etag = format!("{:x}-{:x}-{:x}", files::inode(metadata), metadata.len(), since_epoch.as_nanos());
    let modified_at = Timestamp::try_from(modified).unwrap_or(Timestamp::UNIX_EPOCH);
    Ok(ObjectInfo { size_bytes: metadata.len(), etag, modified_at })
}

/// A file with the part of it that is asked for. It stays readable when the object is replaced or deleted.
#[derive(Debug)]
pub(super) struct Opened {
    file: File,
    info: ObjectInfo,
    range: Range<u64>,
}

/// Opens a file at the beginning of the range. Blocks.
pub(super) fn open(path: &Path, range: Option<Range<u64>>) -> Result<Opened, Fault> {
    let mut file = File::open(path)?;
    let info = info_of(&file.metadata()?)?;
    let size = info.size_bytes;
    let range = match range {
        None => 0..size,
        Some(range) if range.start < size => range.start..range.end.clamp(range.start, size),
        Some(_) => return Err(StorageErrorKind::Mismatch.into()),
    };
    file.seek(SeekFrom::Start(range.start))?;
    Ok(Opened { file, info, range })
}

impl Opened {
    pub(super) fn into_body(self, operation: Operation) -> ObjectBody {
        let left = self.range.end - self.range.start;
        let pieces = stream::try_unfold((self.file, left, operation), |(file, left, operation)| async move {
            if left == 0 {
                return Ok::<_, StorageError>(None);
            }
            let read = blocking(move || Ok(read_piece(file, left)?)).await;
            let (piece, file) = read.map_err(|fault| operation.failed(fault))?;
            let left = left - piece.len() as u64;
            Ok(Some((piece, (file, left, operation))))
        });
        ObjectBody { info: self.info, range: self.range, stream: Box::pin(pieces) }
    }
}

fn read_piece(mut file: File, left: u64) -> io::Result<(Bytes, File)> {
    let wanted = left.min(PIECE_BYTES as u64);
    // At most `PIECE_BYTES`.
    let mut piece = Vec::with_capacity(usize::try_from(wanted).unwrap_or(PIECE_BYTES));
    if file.by_ref().take(wanted).read_to_end(&mut piece)? == 0 {
        // Objects are replaced and never shortened, so somebody else has touched the file.
        return Err(io::Error::from(io::ErrorKind::UnexpectedEof));
    }
    Ok((piece.into(), file))
}
