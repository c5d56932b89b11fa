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
    use base64::Engine as _;
    use sha2::{Digest as _, Sha256};

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
    fn no_page_has_a_style_in_it() {
        for page in ["/index.html", "/share.html"] {
            let html = text(page);
            assert!(!html.contains("<style") && !html.contains(" style="), "{page}");
        }
    }

    #[test]
    fn the_scripts_inside_pages_are_those_that_the_build_names_for_policies() {
        if !IS_COMPLETE {
            return;
        }
        let inside = |page: &str| {
            let scripts = text(page).split("<script>").skip(1).map(|rest| rest.split("</script>").next());
            scripts.flatten().map(str::to_owned).collect::<Vec<_>>()
        };
        assert_eq!(inside("/index.html"), Vec::<String>::new());
        let [early] = inside("/share.html").try_into().expect("one script opens the session");
        let hash = base64::engine::general_purpose::STANDARD.encode(Sha256::digest(early));
        let named = format!("{{\n  \"inline_scripts\": [\n    \"sha256-{hash}\"\n  ]\n}}\n");
        assert_eq!(text("/csp.json"), named);
    }

    /// Terraform writes the policy of the pages in a bucket, and is not there when they are built.
    #[test]
    fn the_policy_of_the_infrastructure_allows_the_scripts_of_this_build() {
        if !IS_COMPLETE {
            return;
        }
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../infra/modules/web/csp.json");
        if std::env::var_os("HALFTONE_UPDATE_CSP").is_some() {
            std::fs::write(path, text("/csp.json")).unwrap();
        }
        let committed = std::fs::read_to_string(path).unwrap();
        assert_eq!(
            committed,
            text("/csp.json"),
            "run the test with HALFTONE_UPDATE_CSP=1 and commit the file"
        );
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
