use std::io::Write as _;

use proptest::prelude::*;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

use super::inflating::DamagedContent;
use super::*;

/// Files as another implementation packs them.
fn packed(files: &[(&str, &[u8])], method: CompressionMethod) -> Vec<u8> {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, content) in files {
        writer.start_file(*name, SimpleFileOptions::default().compression_method(method)).unwrap();
        writer.write_all(content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

fn index(position: u64) -> usize {
    usize::try_from(position).unwrap()
}

fn directory(bytes: &[u8]) -> Result<Vec<DirectoryEntry>, UnreadableArchive> {
    let size_bytes = bytes.len() as u64;
    let tail = bytes.get(index(size_bytes.saturating_sub(EndOfArchive::LONGEST))..).unwrap();
    let end = match EndOfArchive::find(tail, size_bytes)? {
        FoundEnd::Whole(end) => end,
        FoundEnd::Wide(record) => {
            EndOfArchive::read_wide(&bytes[index(record.start)..index(record.end)], &record)?
        }
    };
    Directory::check(&end, 10_000)?;
    Directory::parse(&bytes[index(end.directory.start)..index(end.directory.end)], &end)
}

fn content(bytes: &[u8], entry: &DirectoryEntry) -> Result<Vec<u8>, DamagedContent> {
    let header = entry.local_header();
    let header = bytes.get(index(header.start)..index(header.end)).ok_or(DamagedContent)?;
    let range = entry.content(header).ok_or(DamagedContent)?;
    let packed = bytes.get(index(range.start)..index(range.end)).ok_or(DamagedContent)?;
    let (mut inflater, mut content) = (Inflater::new(entry), Vec::new());
    let mut pieces = packed.chunks(7).map(bytes::Bytes::copy_from_slice);
    loop {
        match inflater.next()? {
            Inflation::Some(piece) => content.extend_from_slice(&piece),
            Inflation::Hungry => inflater.feed(pieces.next()),
            Inflation::End => return Ok(content),
        }
    }
}

#[test]
fn what_another_implementation_packs_is_read() {
    let long = "photo ".repeat(50_000).into_bytes();
    let files: [(&str, &[u8]); 4] =
        [("a.jpg", b"first"), ("Ceremony/Brüder.jpg", &long), ("empty", b""), ("Ceremony/", b"")];
    for method in [CompressionMethod::Stored, CompressionMethod::Deflated] {
        let bytes = packed(&files, method);
        let entries = directory(&bytes).unwrap();
        assert_eq!(
            entries.iter().map(|entry| entry.name.as_str()).collect::<Vec<_>>(),
            files.map(|file| file.0)
        );
        for (entry, (_, expected)) in entries.iter().zip(files) {
            assert_eq!(content(&bytes, entry).unwrap(), expected);
        }
        assert!(entries[3].is_no_file() && !entries[0].is_no_file());
        assert_eq!(entries[1].label(), "Brüder.jpg");
    }
}

#[test]
fn zip64_and_a_comment_are_read() {
    let mut writer = ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = SimpleFileOptions::default().large_file(true).compression_method(CompressionMethod::Stored);
    writer.start_file("a.jpg", options).unwrap();
    writer.write_all(b"first").unwrap();
    writer.set_comment("PK\u{5}\u{6} is not the end").unwrap();
    let bytes = writer.finish().unwrap().into_inner();
    assert_eq!(content(&bytes, &directory(&bytes).unwrap()[0]).unwrap(), b"first");
    let many: Vec<String> = (0..70_000).map(|number| number.to_string()).collect();
    let many: Vec<(&str, &[u8])> = many.iter().map(|name| (name.as_str(), b"".as_slice())).collect();
    let bytes = packed(&many, CompressionMethod::Stored);
    assert_eq!(directory(&bytes), Err(UnreadableArchive::TooManyEntries { most: 10_000 }));
}

#[test]
fn what_is_cut_off_or_no_archive_is_refused() {
    let bytes = packed(&[("a.jpg", b"first"), ("b.jpg", b"second")], CompressionMethod::Stored);
    for length in 0..bytes.len() {
        assert!(directory(&bytes[..length]).is_err(), "{length}");
    }
    assert_eq!(directory(b"not an archive at all, but longer"), Err(UnreadableArchive::NoEnd));
    // Something in front moves every offset.
    let moved = [b"#!/bin/sh\n".as_slice(), &bytes].concat();
    let entries = directory(&moved);
    assert!(entries.is_err() || entries.unwrap().iter().all(|entry| content(&moved, entry).is_err()));
}

#[test]
fn entries_that_share_bytes_are_refused() {
    let mut bytes = packed(&[("a.jpg", b"first"), ("b.jpg", b"second")], CompressionMethod::Stored);
    let signature = CENTRAL_HEADER.to_le_bytes();
    let starts: Vec<usize> =
        (0..bytes.len() - 4).filter(|start| bytes[*start..*start + 4] == signature).collect();
    // The second entry points to the content of the first.
    bytes[starts[1] + 42..starts[1] + 46].copy_from_slice(&[0; 4]);
    assert_eq!(directory(&bytes), Err(UnreadableArchive::Overlapping));
}

#[test]
fn content_that_is_not_what_the_directory_says_is_refused() {
    let bytes = packed(&[("a.jpg", &b"photo ".repeat(100))], CompressionMethod::Deflated);
    let entry = directory(&bytes).unwrap().remove(0);
    let lies = [
        DirectoryEntry { size_bytes: 599, ..entry.clone() },
        DirectoryEntry { size_bytes: 601, ..entry.clone() },
        DirectoryEntry { crc32: Crc32(entry.crc32.0 ^ 1), ..entry.clone() },
        DirectoryEntry { compressed_bytes: entry.compressed_bytes - 1, ..entry.clone() },
        DirectoryEntry { method: Method::Stored, ..entry.clone() },
        DirectoryEntry { offset: entry.offset + 1, ..entry.clone() },
    ];
    assert!(content(&bytes, &entry).is_ok());
    for lie in lies {
        assert_eq!(content(&bytes, &lie), Err(DamagedContent), "{lie:?}");
    }
}

#[test]
fn what_systems_add_is_no_file() {
    let entry = |name: &str| DirectoryEntry {
        name: name.to_owned(),
        method: Method::Stored,
        crc32: Crc32(0),
        compressed_bytes: 1,
        size_bytes: 1,
        offset: 0,
    };
    for name in ["__MACOSX/Ceremony/._a.jpg", "Ceremony/.DS_Store", "thumbs.db", "Ceremony/", "._a.jpg"] {
        assert!(entry(name).is_no_file(), "{name}");
    }
    for name in ["../../a.jpg", "MACOSX.jpg", "Ceremony/a.jpg", ".hidden.jpg"] {
        assert!(!entry(name).is_no_file(), "{name}");
    }
    assert_eq!(entry("../../a.jpg").label(), "a.jpg");
}

proptest! {
    #[test]
    fn nothing_makes_it_panic_or_hang(noise in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..8)) {
        let mut bytes = packed(&[("a.jpg", &b"photo ".repeat(20)), ("b.jpg", b"second")], CompressionMethod::Deflated);
        for (place, byte) in noise {
            let place = place.index(bytes.len());
            bytes[place] = byte;
        }
        if let Ok(entries) = directory(&bytes) {
            for entry in entries {
                if matches!(entry.method, Method::Stored | Method::Deflated) {
                    // Whether it is damaged or not does not matter here.
                    drop(content(&bytes, &entry));
                }
            }
        }
    }
}
