//! The web UI that this program carries.

use bytes::Bytes;
use halftone_http::{WebFile, WebUi};
use halftone_web::{FILES, File, IS_COMPLETE};

/// What `halftone --version` says: a program that was built without the UI must not be taken for one that has it.
pub(crate) const VERSION: &str = if IS_COMPLETE {
    env!("CARGO_PKG_VERSION")
} else {
    concat!(env!("CARGO_PKG_VERSION"), " (without the web UI)")
};

/// The UI, or the page that stands in for it.
pub(crate) fn of_this_program() -> WebUi {
    WebUi::new(FILES.iter().map(file)).expect("the build script writes both pages and sendable headers")
}

/// Says in the log that people will see no more than the page that stands in.
pub(crate) fn warn_if_missing() {
    if !IS_COMPLETE {
        tracing::warn!("this program was built without the web UI; its pages say how to build it");
    }
}

fn file(file: &File) -> WebFile {
    let compressed = |bytes: Option<&'static [u8]>| bytes.map(Bytes::from_static);
    WebFile {
        path: file.path.into(),
        media_type: file.media_type.into(),
        digest: file.digest.into(),
        content: Bytes::from_static(file.content),
        brotli: compressed(file.brotli),
        gzip: compressed(file.gzip),
    }
}

#[cfg(test)]
mod tests {
    use super::{IS_COMPLETE, VERSION, of_this_program};

    #[test]
    fn what_was_built_can_be_served() {
        drop(of_this_program());
    }

    #[test]
    fn the_version_tells_of_a_missing_ui() {
        assert_eq!(VERSION.contains("without the web UI"), !IS_COMPLETE);
    }
}
