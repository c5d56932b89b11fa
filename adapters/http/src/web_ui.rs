//! A built web UI, as files that the application serves.
//!
//! Where they come from is the embedder's concern: the `halftone` binary carries them in itself, a deployment may leave
//! them to a CDN. `serving` says which request is answered with which file, `headers` what browsers are told to
//! refuse, `scripts` what they may obey inside pages, `encoding` how files travel.

pub(crate) mod encoding;
pub(crate) mod headers;
mod scripts;
pub(crate) mod serving;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::Arc;

use bytes::Bytes;
use poem::http::HeaderValue;
use thiserror::Error;

/// The page of the studio.
const STUDIO_PAGE: &str = "/index.html";

/// The page behind a share's link.
const SHARE_PAGE: &str = "/share.html";

/// A file of a built web UI.
#[derive(Debug, Clone)]
pub struct WebFile {
    /// Where it is fetched: `/assets/studio-Dd0oTTjQ.js`. What is under `/assets` never changes under its name.
    pub path: Cow<'static, str>,
    /// Its `Content-Type`.
    pub media_type: Cow<'static, str>,
    /// A text that differs when the content does: letters and digits of a hash.
    pub digest: Cow<'static, str>,
    /// The file as it was built.
    pub content: Bytes,
    /// The same, compressed with Brotli.
    pub brotli: Option<Bytes>,
    /// The same, compressed with gzip.
    pub gzip: Option<Bytes>,
}

/// A built web UI: two pages, `/index.html` for the studio and `/share.html` for clients, and what they load.
///
/// ```
/// use halftone_http::{WebFile, WebUi};
///
/// let page = |path: &'static str| WebFile {
///     path: path.into(),
///     media_type: "text/html; charset=utf-8".into(),
///     digest: "1a2b".into(),
///     content: "<!doctype html>".into(),
///     brotli: None,
///     gzip: None,
/// };
/// assert!(WebUi::new([page("/index.html"), page("/share.html")]).is_ok());
/// assert!(WebUi::new([page("/index.html")]).is_err());
/// ```
#[derive(Debug, Clone)]
pub struct WebUi {
    files: Arc<BTreeMap<Cow<'static, str>, ServedFile>>,
    studio: ServedFile,
    share: ServedFile,
    /// What allows the scripts inside the two pages, for the policy that is sent with every page.
    inline_scripts: Vec<String>,
}

/// What keeps files from being a web UI.
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[non_exhaustive]
pub enum WebUiError {
    /// One of the two pages is not among the files.
    #[error("the web UI has no page {0}")]
    MissingPage(&'static str),
    /// A media type or a digest cannot be sent in a header.
    #[error("media type or digest of {0} cannot be sent in a header")]
    UnfitForHeaders(String),
}

/// A file with its headers, ready to be sent. Copies share their content.
#[derive(Debug, Clone)]
struct ServedFile {
    media_type: HeaderValue,
    etag: HeaderValue,
    content: Bytes,
    brotli: Option<Bytes>,
    gzip: Option<Bytes>,
}

impl WebUi {
    /// Takes the files of a build.
    ///
    /// # Errors
    /// A page is missing, or a media type or digest is none.
    pub fn new(files: impl IntoIterator<Item = WebFile>) -> Result<Self, WebUiError> {
        let served = |file: WebFile| Ok((file.path.clone(), ServedFile::parse(file)?));
        let files = files.into_iter().map(served).collect::<Result<BTreeMap<_, _>, WebUiError>>()?;
        let page = |path| files.get(path).cloned().ok_or(WebUiError::MissingPage(path));
        let (studio, share) = (page(STUDIO_PAGE)?, page(SHARE_PAGE)?);
        let inline_scripts =
            [&studio, &share].iter().flat_map(|page| scripts::sources(&page.content)).collect();
        Ok(Self { studio, share, inline_scripts, files: Arc::new(files) })
    }

    fn find(&self, path: &str) -> Option<&ServedFile> {
        self.files.get(path)
    }
}

impl ServedFile {
    fn parse(file: WebFile) -> Result<Self, WebUiError> {
        let unfit = || WebUiError::UnfitForHeaders(file.path.clone().into_owned());
        let is_digest =
            !file.digest.is_empty() && file.digest.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let media_type = HeaderValue::from_str(&file.media_type).map_err(|_| unfit())?;
        // Weak, because one tag stands for the file in every encoding.
        let etag = HeaderValue::try_from(format!("W/\"{}\"", file.digest)).map_err(|_| unfit())?;
        if !is_digest {
            return Err(unfit());
        }
        Ok(Self { media_type, etag, content: file.content, brotli: file.brotli, gzip: file.gzip })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(path: &'static str) -> WebFile {
        WebFile {
            path: path.into(),
            media_type: "text/html".into(),
            digest: "1a".into(),
            content: Bytes::new(),
            brotli: None,
            gzip: None,
        }
    }

    #[test]
    fn both_pages_are_needed() {
        let missing = |files: &[WebFile]| WebUi::new(files.to_vec()).unwrap_err();
        assert_eq!(missing(&[file(STUDIO_PAGE)]), WebUiError::MissingPage(SHARE_PAGE));
        assert_eq!(missing(&[file(SHARE_PAGE)]), WebUiError::MissingPage(STUDIO_PAGE));
    }

    #[test]
    fn what_cannot_be_sent_in_a_header_is_refused() {
        let broken = [
            WebFile { media_type: "text/html\r\nx: y".into(), ..file("/a") },
            WebFile { digest: "1\"2".into(), ..file("/a") },
            WebFile { digest: "".into(), ..file("/a") },
        ];
        for file in broken {
            assert_eq!(WebUi::new([file]).unwrap_err(), WebUiError::UnfitForHeaders("/a".to_owned()));
        }
    }
}
