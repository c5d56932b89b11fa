//! Who made a picture and who owns it: the only metadata that renditions keep.

use super::ifd::{self, IfdBlock};
use super::tags;

/// The longest text that is kept, in characters.
const MAX_CHARACTERS: usize = 500;

/// XMP packets over this are not read: 256 KiB is far beyond what rights need.
const MAX_XMP_BYTES: usize = 256 * 1024;

/// Authorship, as EXIF, IPTC and XMP state it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Credit {
    /// The photographer: EXIF `Artist`, IPTC by-line, `dc:creator`.
    pub artist: Option<String>,
    /// The copyright notice: EXIF `Copyright`, IPTC 2:116, `dc:rights`.
    pub copyright: Option<String>,
    /// The credit line: IPTC 2:110, `photoshop:Credit`.
    pub line: Option<String>,
}

impl Credit {
    /// Whether nothing is stated.
    pub const fn is_empty(&self) -> bool {
        self.artist.is_none() && self.copyright.is_none() && self.line.is_none()
    }

    /// What EXIF states.
    pub(crate) fn from_exif(block: &[u8]) -> Self {
        let Some(directory) = IfdBlock::find(block).and_then(IfdBlock::first) else {
            return Self::default();
        };
        Self {
            artist: directory.find(tags::ARTIST).and_then(ifd::IfdValue::text),
            // The notice of the editor may follow that of the photographer after a NUL; the first one counts.
            copyright: directory.find(tags::COPYRIGHT).and_then(ifd::IfdValue::text),
            line: None,
        }
    }

    /// What an IPTC record states (IIM 4.2, record 2).
    pub(crate) fn from_iptc(mut record: &[u8]) -> Self {
        let mut credit = Self::default();
        while let [0x1c, number, dataset, high, low, rest @ ..] = record {
            let length = usize::from(u16::from_be_bytes([*high, *low]));
            let Some((value, after)) = rest.split_at_checked(length) else {
                break;
            };
            let field = match (number, dataset) {
                (2, 80) => Some(&mut credit.artist),
                (2, 110) => Some(&mut credit.line),
                (2, 116) => Some(&mut credit.copyright),
                _ => None,
            };
            if let Some(field) = field
                && field.is_none()
            {
                *field = ifd::text(value);
            }
            record = after;
        }
        credit
    }

    /// What an XMP packet states.
    pub(crate) fn from_xmp(packet: &[u8]) -> Self {
        let text = std::str::from_utf8(packet).ok().filter(|text| text.len() <= MAX_XMP_BYTES);
        // The packet may be padded with NULs, which no XML parser takes.
        let Some(text) = text.map(|text| text.trim_matches(['\0', '\u{feff}'])) else {
            return Self::default();
        };
        let options =
            roxmltree::ParsingOptions { allow_dtd: false, nodes_limit: 50_000, ..Default::default() };
        let Ok(document) = roxmltree::Document::parse_with_options(text, options) else {
            return Self::default();
        };
        Self {
            artist: xmp_property(&document, DUBLIN_CORE, "creator"),
            copyright: xmp_property(&document, DUBLIN_CORE, "rights"),
            line: xmp_property(&document, PHOTOSHOP, "Credit"),
        }
    }

    /// Fills what is missing here from `other`.
    #[must_use]
    pub(crate) fn or(self, other: Self) -> Self {
        Self {
            artist: self.artist.or(other.artist),
            copyright: self.copyright.or(other.copyright),
            line: self.line.or(other.line),
        }
    }
}

const DUBLIN_CORE: &str = "http://purl.org/dc/elements/1.1/";
const PHOTOSHOP: &str = "http://ns.adobe.com/photoshop/1.0/";
const RDF: &str = "http://www.w3.org/1999/02/22-rdf-syntax-ns#";

/// A property of an XMP packet, written as an attribute, an element or a list of `rdf:li`.
fn xmp_property(document: &roxmltree::Document<'_>, namespace: &str, name: &str) -> Option<String> {
    for node in document.descendants().filter(roxmltree::Node::is_element) {
        if let Some(value) = node.attribute((namespace, name)) {
            return tidy(value);
        }
        if node.has_tag_name((namespace, name)) {
            let items: Vec<&str> = node
                .descendants()
                .filter(|item| item.has_tag_name((RDF, "li")))
                .filter_map(|item| item.text())
                .take(8)
                .collect();
            let text =
                if items.is_empty() { node.text().unwrap_or_default().to_owned() } else { items.join(", ") };
            return tidy(&text);
        }
    }
    None
}

/// One line of bounded length without control characters, or `None` when nothing is left.
pub(crate) fn tidy(text: &str) -> Option<String> {
    let clean: String = text
        .chars()
        .map(|character| if character.is_control() { ' ' } else { character })
        .take(MAX_CHARACTERS)
        .collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}
