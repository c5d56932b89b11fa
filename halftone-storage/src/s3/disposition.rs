//! How a browser is told to save a file.

use halftone_core::text::Filename;

/// `Content-Disposition` of RFC 6266: the name for all browsers, and a plain one for very old ones.
pub(super) fn attachment(filename: &Filename) -> String {
    let is_plain =
        |character: char| character == ' ' || (character.is_ascii_graphic() && !"\"\\%".contains(character));
    let plain: String = filename
        .as_str()
        .chars()
        .map(|character| if is_plain(character) { character } else { '_' })
        .collect();
    let encoded: String = filename.as_str().bytes().map(percent_encoded).collect();
    format!("attachment; filename=\"{plain}\"; filename*=UTF-8''{encoded}")
}

/// What RFC 8187 lets a name hold is left as it is.
fn percent_encoded(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
        char::from(byte).to_string()
    } else {
        format!("%{byte:02X}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_told_to_old_and_new_browsers() {
        let told = attachment(&Filename::parse("Brüder \"1\".jpg").unwrap());
        let expected = "attachment; filename=\"Br_der _1_.jpg\"; filename*=UTF-8''Br%C3%BCder%20%221%22.jpg";
        assert_eq!(told, expected);
    }
}
