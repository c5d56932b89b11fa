use std::io::{self, Read, Seek, SeekFrom};

use proptest::prelude::*;

use super::*;

const MOMENT: &str = "2026-05-14T19:02:11Z";

fn entries(files: &[(&str, &[u8])]) -> Vec<ZipEntry> {
    let mut names = EntryNames::default();
    let entry = |(name, content): &(&str, &[u8])| ZipEntry {
        name: names.claim("", name),
        size_bytes: content.len() as u64,
        crc32: Crc32::of(content),
        modified_at: MOMENT.parse().unwrap(),
    };
    files.iter().map(entry).collect()
}

/// The archive's bytes in `range`.
fn bytes(layout: &ZipLayout, contents: &[&[u8]], range: Range<u64>) -> Vec<u8> {
    let mut bytes = Vec::new();
    for piece in layout.pieces(range) {
        match piece {
            ZipPiece::Bytes(piece) => bytes.extend_from_slice(&piece),
            ZipPiece::Content { entry, range } => {
                let (start, end) =
                    (usize::try_from(range.start).unwrap(), usize::try_from(range.end).unwrap());
                bytes.extend_from_slice(&contents[entry][start..end]);
            }
        }
    }
    bytes
}

#[test]
fn another_implementation_reads_what_was_laid_out() {
    let files: [(&str, &[u8]); 3] = [("Brüder.jpg", b"first"), ("empty.txt", b""), ("Ελλάδα.jpg", b"third")];
    let layout = ZipLayout::new(&entries(&files));
    let contents = files.map(|(_, content)| content);
    let archive = bytes(&layout, &contents, 0..u64::MAX);
    assert_eq!(archive.len() as u64, layout.size_bytes());
    let mut read = zip::ZipArchive::new(io::Cursor::new(archive)).unwrap();
    assert_eq!(read.len(), 3);
    for (index, (name, content)) in files.iter().enumerate() {
        let mut file = read.by_index(index).unwrap();
        assert_eq!(file.name().unwrap(), *name);
        assert_eq!(file.unix_mode(), Some(0o100_644));
        let modified = file.last_modified().unwrap();
        assert_eq!((modified.year(), modified.hour(), modified.second()), (2026, 19, 10));
        let mut found = Vec::new();
        // Reading to the end checks the CRC.
        file.read_to_end(&mut found).unwrap();
        assert_eq!(found, *content);
    }
}

#[test]
fn times_that_the_format_cannot_tell_are_moved_to_its_ends() {
    assert_eq!(dos_time(Timestamp::UNIX_EPOCH), (0, 0x21));
    assert_eq!(dos_time("2200-01-01T00:00:00Z".parse().unwrap()), (0xBF7D, 0xFF9F));
}

/// Reads an archive of any size whose contents are all zeros, without holding it.
struct Zeros {
    layout: ZipLayout,
    position: u64,
}

impl Read for Zeros {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let end = (self.position + buffer.len() as u64).min(self.layout.size_bytes());
        let mut filled = 0;
        for piece in self.layout.pieces(self.position..end) {
            let length = match piece {
                ZipPiece::Bytes(bytes) => {
                    buffer[filled..filled + bytes.len()].copy_from_slice(&bytes);
                    bytes.len()
                }
                ZipPiece::Content { range, .. } => {
                    let length = usize::try_from(range.end - range.start).unwrap();
                    buffer[filled..filled + length].fill(0);
                    length
                }
            };
            filled += length;
        }
        self.position += filled as u64;
        Ok(filled)
    }
}

impl Seek for Zeros {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        let target = match to {
            SeekFrom::Start(position) => Some(position),
            SeekFrom::End(step) => self.layout.size_bytes().checked_add_signed(step),
            SeekFrom::Current(step) => self.position.checked_add_signed(step),
        };
        self.position = target.ok_or(io::ErrorKind::InvalidInput)?;
        Ok(self.position)
    }
}

#[test]
fn large_files_far_offsets_and_many_entries_need_zip64_and_are_read() {
    const GIGABYTE: u64 = 1 << 30;
    let mut names = EntryNames::default();
    let mut entry = |name: &str, size_bytes| ZipEntry {
        name: names.claim("", name),
        size_bytes,
        crc32: Crc32::of(b""),
        modified_at: MOMENT.parse().unwrap(),
    };
    let mut all = vec![entry("huge.tif", 5 * GIGABYTE), entry("border.tif", u64::from(u32::MAX))];
    all.extend((0..70_000).map(|number| entry(&format!("{number}.jpg"), 0)));
    let layout = ZipLayout::new(&all);
    let size = layout.size_bytes();
    let mut read = zip::ZipArchive::new(Zeros { layout, position: 0 }).unwrap();
    assert_eq!(read.len(), 70_002);
    assert!(size > 9 * GIGABYTE);
    assert_eq!(read.by_index_raw(0).unwrap().size(), 5 * GIGABYTE);
    assert_eq!(read.by_index_raw(1).unwrap().size(), u64::from(u32::MAX));
    let mut last = read.by_name("69999.jpg").unwrap();
    assert!(last.header_start() > 9 * GIGABYTE);
    assert_eq!(last.read(&mut [0; 1]).unwrap(), 0);
}

proptest! {
    #[test]
    fn a_range_is_a_part_of_the_whole(
        contents in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..40), 0..6),
        start in 0_u64..700, length in 0_u64..700,
    ) {
        let names: Vec<String> = (0..contents.len()).map(|number| format!("{number}.jpg")).collect();
        let contents: Vec<&[u8]> = contents.iter().map(Vec::as_slice).collect();
        let files: Vec<(&str, &[u8])> = names.iter().map(String::as_str).zip(contents.iter().copied()).collect();
        let layout = ZipLayout::new(&entries(&files));
        let whole = bytes(&layout, &contents, 0..layout.size_bytes());
        prop_assert_eq!(whole.len() as u64, layout.size_bytes());
        let part = bytes(&layout, &contents, start..start + length);
        let end = (start + length).min(layout.size_bytes());
        let (start, end) = (usize::try_from(start.min(end)).unwrap(), usize::try_from(end).unwrap());
        prop_assert_eq!(part, &whole[start..end]);
    }
}
