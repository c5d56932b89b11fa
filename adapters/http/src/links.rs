//! Absolute URLs.

use std::sync::Arc;

use halftone_core::ports::urls::LinkTarget;
use poem::http::header;
use poem::http::uri::Authority;
use poem::{FromRequest, Request, RequestBody};

use crate::problem::Failure;
use crate::site::Site;

/// Makes the URLs of one answer. They begin with the configured public URL or, if there is none, with scheme and
/// host of the request. Take it as an argument of a handler.
#[derive(Debug, Clone)]
pub(crate) struct Links {
    base: Arc<str>,
}

impl Links {
    /// Begins all URLs with `base`.
    pub(crate) fn new(base: &str) -> Self {
        Self { base: base.trim_end_matches('/').into() }
    }

    fn of(request: &Request) -> Result<Self, Failure> {
        let options = &Site::of(request)?.options;
        if let Some(url) = &options.public_url {
            return Ok(Self::new(url));
        }
        let forwarded =
            |name: &str| (options.trusted_proxies > 0).then(|| last(request.header(name)?)).flatten();
        let scheme = match forwarded("x-forwarded-proto") {
            Some("https") => "https",
            Some("http") => "http",
            _ => request.scheme().as_str(),
        };
        // HTTP/2 says the host in the URI.
        let host = forwarded("x-forwarded-host")
            .or_else(|| request.header(header::HOST))
            .or_else(|| request.original_uri().authority().map(Authority::as_str));
        match host {
            Some(host) if is_host(host) => Ok(Self::new(&format!("{scheme}://{host}"))),
            Some(_) => Err(Failure::malformed("the Host header is not valid")),
            None => Err(Failure::malformed("the Host header is missing")),
        }
    }

    /// The absolute form of what the core returned.
    pub(crate) fn absolute(&self, target: &LinkTarget) -> String {
        if target.0.starts_with('/') { format!("{}{}", self.base, target.0) } else { target.0.clone() }
    }

    /// The link of a share.
    pub(crate) fn share(&self, token: &str) -> String {
        format!("{}/s/{token}", self.base)
    }

    /// A resource of the API; `path` begins with `/`.
    pub(crate) fn api(&self, path: &str) -> String {
        format!("{}{}{path}", self.base, crate::api::BASE)
    }
}

/// What the nearest proxy wrote, if several did.
fn last(list: &str) -> Option<&str> {
    list.rsplit(',').next().map(str::trim)
}

/// Whether a text can be `host` or `host:port`; it is going to be part of URLs in answers.
fn is_host(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
    (1..=255).contains(&text.len()) && text.bytes().all(is_part)
}

impl<'a> FromRequest<'a> for Links {
    async fn from_request(request: &'a Request, _body: &mut RequestBody) -> poem::Result<Self> {
        Ok(Self::of(request)?)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_become_absolute_and_urls_stay() {
        let links = Links::new("https://proofs.example/studio/");
        let path = LinkTarget("/media/pictures/x".to_owned());
        assert_eq!(links.absolute(&path), "https://proofs.example/studio/media/pictures/x");
        let url = LinkTarget("https://bucket.example/x".to_owned());
        assert_eq!(links.absolute(&url), "https://bucket.example/x");
    }

    #[test]
    fn a_host_cannot_smuggle_a_path() {
        assert!(is_host("studio.local:8080") && is_host("[::1]:8080"));
        assert!(!is_host("evil.example/x") && !is_host("a b") && !is_host("") && !is_host("user@host"));
    }
}
