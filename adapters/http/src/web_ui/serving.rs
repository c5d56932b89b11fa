//! Which request is answered with which file.

use halftone_core::secret::ShareToken;
use poem::error::{MethodNotAllowedError, NotFoundError};
use poem::http::header::{
    ACCEPT, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH, CONTENT_TYPE, ETAG, HeaderName, HeaderValue,
    IF_NONE_MATCH, VARY,
};
use poem::http::{Method, StatusCode};
use poem::{Endpoint, Request, Response};

use super::encoding::choose;
use super::headers::PageHeaders;
use super::{ServedFile, WebUi};
use crate::options::HttpOptions;

/// Names that contain a hash of their content.
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// Kept, but asked about before every use.
const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");

/// What lies below these names is never a page of the studio, so that a mistyped address of the API is not answered
/// with a page.
const NO_PAGES: [&str; 6] = ["api", "assets", "docs", "healthz", "media", "readyz"];

/// What a route answers with.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Place {
    /// The page behind a share's link.
    Share,
    /// A file of the path's name that never changes.
    Asset,
    /// A file of the path's name, or else the studio's page, which is at `/` and knows its own paths below.
    Elsewhere,
}

/// The endpoint of one route.
#[derive(Debug, Clone)]
pub(crate) struct WebPlace {
    ui: WebUi,
    headers: PageHeaders,
    place: Place,
}

impl WebPlace {
    /// Serves `ui` as the options say.
    pub(crate) fn new(ui: &WebUi, options: &HttpOptions, place: Place) -> Self {
        Self { ui: ui.clone(), headers: PageHeaders::new(ui, options), place }
    }

    /// The file for a request, and its status.
    fn find(&self, request: &Request) -> Option<(&ServedFile, StatusCode)> {
        let path = request.uri().path();
        match self.place {
            // The page says in words what the status says to programs: nobody ever got such a link.
            Place::Share if is_share(path) => Some((&self.ui.share, StatusCode::OK)),
            Place::Share => Some((&self.ui.share, StatusCode::NOT_FOUND)),
            Place::Asset => Some((self.ui.find(path)?, StatusCode::OK)),
            Place::Elsewhere => {
                let is_opened = path == "/" || (is_page(path) && wants_html(request));
                let page = || is_opened.then_some(&self.ui.studio);
                Some((self.ui.find(path).or_else(page)?, StatusCode::OK))
            }
        }
    }

    fn answer(&self, request: &Request, file: &ServedFile, status: StatusCode) -> Response {
        let is_known = status == StatusCode::OK && is_known(request, file);
        let status = if is_known { StatusCode::NOT_MODIFIED } else { status };
        let mut response = Response::builder().status(status).finish();
        let headers = response.headers_mut();
        headers.insert(ETAG, file.etag.clone());
        headers.insert(CACHE_CONTROL, if self.place == Place::Asset { FOR_EVER } else { REVALIDATE });
        headers.insert(VARY, HeaderValue::from_static("Accept-Encoding"));
        // What a page loads is bound by the page, and on a slow line headers count.
        if self.place != Place::Asset {
            self.headers.add_to(headers);
        }
        if self.place == Place::Share {
            headers.insert(
                HeaderName::from_static("x-robots-tag"),
                HeaderValue::from_static("noindex, nofollow"),
            );
        }
        if is_known {
            return response;
        }
        let (bytes, encoding) = choose(file, request.headers());
        headers.insert(CONTENT_TYPE, file.media_type.clone());
        headers.insert(CONTENT_LENGTH, HeaderValue::from(bytes.len()));
        if let Some(encoding) = encoding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding));
        }
        if request.method() == Method::GET {
            response.set_body(bytes.clone());
        }
        response
    }
}

impl Endpoint for WebPlace {
    type Output = Response;

    async fn call(&self, request: Request) -> poem::Result<Response> {
        let is_reading = [Method::GET, Method::HEAD].contains(request.method());
        match self.find(&request) {
            Some((file, status)) if is_reading => Ok(self.answer(&request, file, status)),
            Some(_) => Err(MethodNotAllowedError.into()),
            None => Err(NotFoundError.into()),
        }
    }
}

/// Whether the path behind `/s/` begins with what can be a token. Below a token, the page has paths of its own.
fn is_share(path: &str) -> bool {
    path.strip_prefix("/s/")
        .and_then(|rest| rest.split('/').next())
        .is_some_and(|token| ShareToken::parse(token).is_ok())
}

/// Whether the studio's page may know the path. A name with a dot is a file's, and files that are missing are missing.
fn is_page(path: &str) -> bool {
    let mut parts = path.trim_start_matches('/').split('/');
    let first = parts.next().unwrap_or_default();
    let last = parts.next_back().unwrap_or(first);
    !NO_PAGES.contains(&first) && !last.contains('.')
}

/// Whether the request is that of a browser that opens a page.
fn wants_html(request: &Request) -> bool {
    request.headers().get_all(ACCEPT).iter().any(|value| {
        // Why the bytes: the rest of the header is not for us to refuse.
        value.as_bytes().windows(b"text/html".len()).any(|part| part.eq_ignore_ascii_case(b"text/html"))
    })
}

/// Whether the browser has the file already.
fn is_known(request: &Request, file: &ServedFile) -> bool {
    // Why `ok`: tags are text; what is not text is no tag of ours.
    let values = request.headers().get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let opaque = |tag: &str| tag.trim().trim_start_matches("W/").to_owned();
    let ours = file.etag.to_str().map(opaque).ok();
    values.flat_map(|value| value.split(',')).any(|tag| tag.trim() == "*" || Some(opaque(tag)) == ours)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_of_the_studio_are_pages_and_those_of_others_are_not() {
        for path in ["/login", "/galleries/0190-a/photos", "/api-keys", "/x/"] {
            assert!(is_page(path), "{path}");
        }
        for path in ["/api", "/api/v2/studio", "/media/x", "/healthz/x", "/favicon.ico", "/a/b.js.map"] {
            assert!(!is_page(path), "{path}");
        }
    }

    #[test]
    fn a_share_may_have_paths_below_it() {
        let token = "AAAAAAAAAAAAAAAAAAAAAAAAAAA";
        assert!(is_share(&format!("/s/{token}")) && is_share(&format!("/s/{token}/order")));
        assert!(!is_share("/s/nonsense") && !is_share("/s/"));
    }
}
