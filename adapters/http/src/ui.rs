//! The pages of an application without a web UI: plain, without scripts. And the style of the mailbox page.

use halftone_core::secret::ShareToken;
use poem::http::{StatusCode, header};
use poem::web::Path;
use poem::{Response, handler};

const STYLE: &str = include_str!("ui/style.css");
const START: &str = include_str!("ui/start.html");
const SHARE: &str = include_str!("ui/share.html");

const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// `/`: what is running, and where to go from here.
#[handler]
pub(crate) fn start() -> Response {
    page(StatusCode::OK, START)
}

/// `/s/{token}`: what a client sees who opens a share's link. The page says nothing about the share, not even
/// whether there is one.
#[handler]
pub(crate) fn share(Path(token): Path<String>) -> Response {
    let status = if ShareToken::parse(&token).is_ok() { StatusCode::OK } else { StatusCode::NOT_FOUND };
    page(status, SHARE)
}

fn page(status: StatusCode, template: &str) -> Response {
    let html = template.replace("{style}", STYLE).replace("{version}", env!("CARGO_PKG_VERSION"));
    html_page(status, html)
}

/// A page of our own.
pub(crate) fn html_page(status: StatusCode, html: String) -> Response {
    Response::builder()
        .status(status)
        .header(header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY)
        .header(header::CACHE_CONTROL, "no-store")
        .content_type("text/html; charset=utf-8")
        .body(html)
}

/// The style that all pages share.
pub(crate) const fn style() -> &'static str {
    STYLE
}

/// A text as it stands in HTML.
pub(crate) fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_is_escaped() {
        assert_eq!(escape("<a href='x'>&\""), "&lt;a href=&#39;x&#39;&gt;&amp;&quot;");
    }
}
