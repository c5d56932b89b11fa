//! Picks as XMP sidecars.
//!
//! A raw converter reads `IMG_0412.xmp` for the raw file `IMG_0412.CR3` beside it, so the archive is unpacked into the
//! folder of the raw files. Cameras use a name again, and two photos with one name would have one sidecar: the second
//! goes into a folder of its own, and a table says which is which.

use std::collections::HashMap;

use bytes::Bytes;
use jiff::Timestamp;

use super::{Comments, Exported, ExportedPick, Marks, table};
use crate::zip::{Crc32, EntryName, EntryNames, ZipEntry, ZipLayout};

/// The table of names that occur more than once, which is not there if none does.
const LIST_OF_SAME_NAMES: &str = "same-names.csv";

/// An archive with a sidecar for each pick.
pub(super) fn archive(picks: &[ExportedPick], marks: &Marks, modified_at: Timestamp) -> Exported {
    let mut names = EntryNames::default();
    let mut numbers: HashMap<String, usize> = HashMap::new();
    let mut files: Vec<(EntryName, Bytes)> = Vec::with_capacity(picks.len() + 1);
    for pick in picks {
        let number = numbers.entry(pick.key()).or_default();
        *number += 1;
        let folder = if *number == 1 { String::new() } else { format!("same-name-{number}") };
        let name = names.claim(&folder, &format!("{}.xmp", pick.stem()));
        files.push((name, sidecar(pick, marks).into()));
    }
    let same: Vec<ExportedPick> = picks.iter().filter(|pick| numbers[&pick.key()] > 1).cloned().collect();
    if !same.is_empty() {
        files.push((names.claim("", LIST_OF_SAME_NAMES), table::of(&same)));
    }
    let entry = |(name, content): &(EntryName, Bytes)| ZipEntry {
        name: name.clone(),
        size_bytes: content.len() as u64,
        crc32: Crc32::of(content),
        modified_at,
    };
    let entries: Vec<ZipEntry> = files.iter().map(entry).collect();
    Exported::Archive(ZipLayout::new(&entries), files.into_iter().map(|(_, content)| content).collect())
}

/// A sidecar: the serialisation of ISO 16684-1 without the packet wrapper, which files of their own do not need. It says
/// what was asked for and nothing else, so that whoever reads it keeps all the rest.
fn sidecar(pick: &ExportedPick, marks: &Marks) -> String {
    let rating = marks.rating.map(|rating| format!(" xmp:Rating=\"{}\"", rating.get())).unwrap_or_default();
    let label = marks.label.as_ref().map(|label| format!(" xmp:Label=\"{}\"", escaped(label.as_str())));
    let label = label.unwrap_or_default();
    let comment = pick.comment.as_str();
    let description = if marks.comments == Comments::Described && !comment.is_empty() {
        format!(
            "   <dc:description>\n    <rdf:Alt>\n     <rdf:li xml:lang=\"x-default\">{}</rdf:li>\n    </rdf:Alt>\n   \
             </dc:description>\n",
            escaped(comment)
        )
    } else {
        String::new()
    };
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\n \
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\n  \
         <rdf:Description rdf:about=\"\" xmlns:xmp=\"http://ns.adobe.com/xap/1.0/\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\"{rating}{label}>\n\
         {description}  </rdf:Description>\n </rdf:RDF>\n</x:xmpmeta>\n"
    )
}

/// A text as XML 1.0 holds it. What no XML may hold, escaped or not, is left out.
fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            // A reader would make a line feed of it.
            '\r' => escaped.push_str("&#13;"),
            '\n' | '\t' => escaped.push(letter),
            letter if letter < ' ' || matches!(letter, '\u{fffe}' | '\u{ffff}') => {}
            other => escaped.push(other),
        }
    }
    escaped
}
