//! Fresh metadata blocks that hold authorship and nothing else.
//!
//! Blocks are written anew instead of being filtered: what is never copied cannot leak.

use super::credit::Credit;
use super::tags;

/// A TIFF block with `Artist` and `Copyright`, or `None` if neither is known.
pub(crate) fn exif(credit: &Credit) -> Option<Vec<u8>> {
    const HEADER_BYTES: usize = 8;
    const ENTRY_BYTES: usize = 12;
    const ASCII: u16 = 2;
    // Entries must be in ascending order of their tags.
    let fields: Vec<(u16, &str)> = [(tags::ARTIST, &credit.artist), (tags::COPYRIGHT, &credit.copyright)]
        .into_iter()
        .filter_map(|(tag, text)| Some((tag, text.as_deref()?)))
        .collect();
    if fields.is_empty() {
        return None;
    }
    let count = u16::try_from(fields.len()).expect("at most two");
    let values_at = HEADER_BYTES + 2 + fields.len() * ENTRY_BYTES + 4;
    let mut block = b"II*\0\x08\0\0\0".to_vec();
    block.extend(count.to_le_bytes());
    let mut values = Vec::new();
    for (tag, text) in fields {
        let mut value = text.as_bytes().to_vec();
        value.push(0);
        block.extend(tag.to_le_bytes());
        block.extend(ASCII.to_le_bytes());
        block.extend(u32::try_from(value.len()).expect("texts are bounded").to_le_bytes());
        if value.len() <= 4 {
            value.resize(4, 0);
            block.extend(value);
        } else {
            block.extend(u32::try_from(values_at + values.len()).expect("texts are bounded").to_le_bytes());
            values.extend(value);
            // TIFF wants values on even offsets.
            values.resize(values.len().next_multiple_of(2), 0);
        }
    }
    // No further directory.
    block.extend([0; 4]);
    block.extend(values);
    Some(block)
}

/// An XMP packet with `dc:creator`, `dc:rights` and `photoshop:Credit`, or `None` if none is known.
pub(crate) fn xmp(credit: &Credit) -> Option<String> {
    if credit.is_empty() {
        return None;
    }
    let mut packet = String::from(
        "<?xpacket begin=\"\u{feff}\" id=\"W5M0MpCehiHzreSzNTczkc9d\"?>\
         <x:xmpmeta xmlns:x=\"adobe:ns:meta/\">\
         <rdf:RDF xmlns:rdf=\"http://www.w3.org/1999/02/22-rdf-syntax-ns#\">\
         <rdf:Description rdf:about=\"\" xmlns:dc=\"http://purl.org/dc/elements/1.1/\" \
         xmlns:photoshop=\"http://ns.adobe.com/photoshop/1.0/\">",
    );
    let mut property = |before: &str, text: &Option<String>, after: &str| {
        if let Some(text) = text {
            packet.push_str(before);
            packet.push_str(&escape(text));
            packet.push_str(after);
        }
    };
    property("<dc:creator><rdf:Seq><rdf:li>", &credit.artist, "</rdf:li></rdf:Seq></dc:creator>");
    property(
        "<dc:rights><rdf:Alt><rdf:li xml:lang=\"x-default\">",
        &credit.copyright,
        "</rdf:li></rdf:Alt></dc:rights>",
    );
    property("<photoshop:Credit>", &credit.line, "</photoshop:Credit>");
    packet.push_str("</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end=\"r\"?>");
    Some(packet)
}

fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => {}
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn credit(artist: Option<&str>, copyright: Option<&str>, line: Option<&str>) -> Credit {
        let owned = |text: Option<&str>| text.map(str::to_owned);
        Credit { artist: owned(artist), copyright: owned(copyright), line: owned(line) }
    }

    #[test]
    fn what_is_written_reads_back() {
        for sample in [
            credit(Some("Ana"), Some("© 2026 Ana Ñandú <ana@example.org>"), Some("Studio & Co")),
            credit(Some("An"), None, None),
            credit(None, Some("© Ana"), None),
        ] {
            let block = exif(&sample).unwrap();
            let expected = Credit { line: None, ..sample.clone() };
            assert_eq!(Credit::from_exif(&block), expected);
            assert_eq!(Credit::from_xmp(xmp(&sample).unwrap().as_bytes()), sample);
        }
        assert_eq!(exif(&Credit::default()), None);
        assert_eq!(xmp(&Credit::default()), None);
    }
}
