//! The scripts that stand inside pages, which browsers obey only if the Content-Security-Policy names their hashes.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// What allows the scripts inside a page, and no other: `'sha256-…'` for each.
///
/// The hashes are taken from the bytes that are sent, so that page and policy cannot disagree. Scripts in files need none.
/// See <https://www.w3.org/TR/CSP3/#match-element-to-source-list>.
pub(super) fn sources(page: &[u8]) -> Vec<String> {
    let Ok(page) = str::from_utf8(page) else {
        return Vec::new();
    };
    page.split("<script").skip(1).filter_map(inline).map(source).collect()
}

/// The code of a script, from what follows `<script`; `None` if the script is a file.
fn inline(rest: &str) -> Option<&str> {
    let (attributes, rest) = rest.split_once('>')?;
    let is_file = attributes.split_ascii_whitespace().any(|attribute| attribute.starts_with("src="));
    if is_file {
        return None;
    }
    rest.split_once("</script").map(|(code, _)| code)
}

fn source(code: &str) -> String {
    format!("'sha256-{}'", STANDARD.encode(Sha256::digest(code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_in_the_page_are_named_by_the_hash_of_their_bytes() {
        // `printf 'go(1 < 2)' | openssl dgst -sha256 -binary | base64`
        let page =
            b"<head><script>go(1 < 2)</script>\n<script src=\"/a.js\"></script><script async>x</script>";
        let [first, second] = sources(page).try_into().unwrap();
        assert_eq!(first, "'sha256-OzrQ4AMiUgfoATW2RMzkb7Mgzf8Hg9LX8lyZaWZUw7o='");
        assert_ne!(first, second);
    }

    #[test]
    fn files_and_what_is_no_script_need_no_hash() {
        for page in
            ["<script type=\"module\" src=\"/a.js\"></script>", "<p>", "<script>never ends", "<script"]
        {
            assert_eq!(sources(page.as_bytes()), Vec::<String>::new(), "{page}");
        }
        assert_eq!(sources(b"\xff<script>a</script>"), Vec::<String>::new());
    }
}
