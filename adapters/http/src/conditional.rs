//! Entity tags of resources: `"<version>"`, and changes that insist on one.

use halftone_core::page::Version;
use halftone_core::services::catalogue::Precondition;
use poem_openapi::param::Header;

/// The `ETag` of a resource at this version.
pub(crate) fn entity_tag(version: Version) -> String {
    format!("\"{}\"", version.get())
}

/// Reads `If-Match`. Without the header, or with `*`, whatever is there is changed; a tag that no version has
/// matches nothing. One tag is understood, as a client of this API has seen one version.
pub(crate) fn if_match(header: &Header<Option<String>>) -> Precondition {
    let tag = header.0.as_deref().map(str::trim);
    match tag {
        None | Some("" | "*") => Precondition::NONE,
        Some(tag) => Precondition(Some(read(tag).unwrap_or(NEVER))),
    }
}

/// Versions begin with 1.
const NEVER: Version = Version::restore(0);

fn read(tag: &str) -> Option<Version> {
    let number = tag.strip_prefix('"')?.strip_suffix('"')?;
    // Why `ok`: a tag that was not made here matches nothing.
    number.parse().ok().map(Version::restore)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sent(value: &str) -> Precondition {
        if_match(&Header(Some(value.to_owned())))
    }

    #[test]
    fn a_tag_that_was_sent_out_comes_back() {
        let version = Version::FIRST.next();
        assert_eq!(sent(&entity_tag(version)), Precondition(Some(version)));
    }

    #[test]
    fn nothing_and_a_star_insist_on_nothing() {
        assert_eq!(if_match(&Header(None)), Precondition::NONE);
        assert_eq!(sent("*"), Precondition::NONE);
    }

    #[test]
    fn strange_tags_match_nothing() {
        for tag in ["1", "\"x\"", "W/\"1\"", "\"1\", \"2\""] {
            assert_eq!(sent(tag), Precondition(Some(NEVER)));
        }
    }
}
