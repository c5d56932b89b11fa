//! Halftone's web UI, as it was built from the TypeScript beside this crate.
//!
//! The build script runs Vite and puts every file, with its compressed forms, into the program: [`FILES`]. Where there
//! is no Node, or where `HALFTONE_WEB=skip` was said, one plain page stands in that says what to do, and
//! [`IS_COMPLETE`] is false. `docs/adr/0010-the-build-script-builds-the-web-ui.md` has the reasons.
//!
//! This crate serves nothing: it has the bytes, and whoever depends on it sends them.

/// A file of the web UI.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    /// Where it is fetched: `/assets/studio-Dd0oTTjQ.js`. What is under `/assets` never changes under its name.
    pub path: &'static str,
    /// Its `Content-Type`.
    pub media_type: &'static str,
    /// Hexadecimal digits that differ when the content does.
    pub digest: &'static str,
    /// Its content.
    pub content: &'static [u8],
    /// The same, compressed with Brotli, where that is worth it.
    pub brotli: Option<&'static [u8]>,
    /// The same, compressed with gzip, where that is worth it.
    pub gzip: Option<&'static [u8]>,
}

include!(concat!(env!("OUT_DIR"), "/files.rs"));

#[cfg(test)]
mod tests {
    use super::{FILES, File, IS_COMPLETE};

    fn file(path: &str) -> &'static File {
        FILES.iter().find(|file| file.path == path).unwrap()
    }

    fn text(path: &str) -> &'static str {
        std::str::from_utf8(file(path).content).unwrap()
    }

    #[test]
    fn both_pages_are_there_and_their_files_too() {
        for page in ["/index.html", "/share.html"] {
            assert_eq!(file(page).media_type, "text/html; charset=utf-8");
            let html = text(page);
            let is_file = |part: &&str| part.starts_with('/') && part.contains('.');
            let links: Vec<_> = html.split('"').filter(is_file).collect();
            assert!(!links.is_empty(), "{page} loads nothing");
            for link in links {
                assert!(
                    FILES.iter().any(|file| file.path == link),
                    "{page} loads {link}, which is not there"
                );
            }
        }
    }

    #[test]
    fn no_page_has_a_script_or_a_style_in_it() {
        for page in ["/index.html", "/share.html"] {
            let html = text(page);
            assert!(
                !html.contains("<style") && !html.contains(" style=") && !html.contains("<script>"),
                "{page}"
            );
        }
    }

    #[test]
    fn the_stand_in_is_known_by_its_text() {
        assert_eq!(!IS_COMPLETE, text("/index.html").contains("HALFTONE_WEB"));
    }

    #[test]
    fn compressed_forms_are_smaller() {
        for file in FILES {
            for compressed in [file.brotli, file.gzip].into_iter().flatten() {
                assert!(compressed.len() < file.content.len(), "{}", file.path);
            }
        }
    }
}
