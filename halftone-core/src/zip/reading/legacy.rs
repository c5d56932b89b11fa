//! Names of entries, in whatever characters they were written.

use super::Crc32;
use super::fields::{Fields, extra};

/// Info-ZIP's extra field with a name in UTF-8.
const EXTRA_UNICODE_PATH: u16 = 0x7075;

/// The upper half of code page 437, in which ZIP files without another mark have their names.
const CP437: &str = "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u{a0}";

/// The name of an entry, with `/` between folders.
///
/// It is UTF-8 where the entry says so, or where Info-ZIP's field has it. Without either it is UTF-8 if it is valid as such:
/// many programs write UTF-8 and forget to say so, and a name in code page 437 that is valid UTF-8 by chance would have to
/// hold pairs such as `├ñ`. Anything else is code page 437. What is marked as UTF-8 and is not has its wrong bytes replaced.
pub(super) fn entry_name(raw: &[u8], extras: &[u8], is_utf8: bool) -> String {
    let unicode = unicode_path(raw, extras).map(str::to_owned);
    let name = unicode.unwrap_or_else(|| match str::from_utf8(raw) {
        Ok(name) => name.to_owned(),
        Err(_) if is_utf8 => String::from_utf8_lossy(raw).into_owned(),
        Err(_) => raw.iter().map(|byte| from_cp437(*byte)).collect(),
    });
    // Old programs of Windows write its own separator.
    name.replace('\\', "/")
}

/// The name of Info-ZIP's field, if it was written for this very name.
fn unicode_path<'extras>(raw: &[u8], extras: &'extras [u8]) -> Option<&'extras str> {
    let mut fields = Fields::new(extra(extras, EXTRA_UNICODE_PATH)?);
    let version = fields.bytes(1)?;
    let is_right = version == [1] && fields.u32()? == Crc32::of(raw).0;
    // Why `ok`: a field that is not UTF-8 says nothing.
    if is_right { str::from_utf8(fields.rest()).ok() } else { None }
}

fn from_cp437(byte: u8) -> char {
    if byte.is_ascii() {
        return char::from(byte);
    }
    CP437.chars().nth(usize::from(byte - 0x80)).unwrap_or(char::REPLACEMENT_CHARACTER)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_has_a_character() {
        assert_eq!(CP437.chars().count(), 128);
        assert_eq!((from_cp437(0x84), from_cp437(0xe1), from_cp437(b'A')), ('ä', 'ß', 'A'));
    }

    #[test]
    fn names_are_utf8_where_they_can_be_and_code_page_437_where_not() {
        assert_eq!(entry_name("Brüder.jpg".as_bytes(), &[], true), "Brüder.jpg");
        assert_eq!(entry_name("Brüder.jpg".as_bytes(), &[], false), "Brüder.jpg");
        assert_eq!(entry_name(b"Br\x81der.jpg", &[], false), "Brüder.jpg");
        assert_eq!(entry_name(b"a\xff.jpg", &[], true), "a\u{fffd}.jpg");
        assert_eq!(entry_name(b"..\\..\\x.jpg", &[], false), "../../x.jpg");
    }

    #[test]
    fn a_unicode_path_counts_if_it_belongs_to_the_name() {
        let field = |checked: &[u8]| {
            let mut content = vec![1];
            content.extend(Crc32::of(checked).0.to_le_bytes());
            content.extend("Šárka.jpg".as_bytes());
            let mut extras = EXTRA_UNICODE_PATH.to_le_bytes().to_vec();
            extras.extend(u16::try_from(content.len()).unwrap().to_le_bytes());
            extras.extend(content);
            extras
        };
        assert_eq!(entry_name(b"?arka.jpg", &field(b"?arka.jpg"), false), "Šárka.jpg");
        assert_eq!(entry_name(b"?arka.jpg", &field(b"other.jpg"), false), "?arka.jpg");
    }
}
