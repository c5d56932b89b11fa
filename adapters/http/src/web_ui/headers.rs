//! What browsers are told to refuse when they show one of our pages.
//!
//! A client's gallery is private, so a page may talk to its own server and to the object store that signed URLs lead
//! to, and to nobody else; and as nothing is written into pages at run time, no style in one is obeyed, and no script
//! but those of the build.

use std::fmt;

use poem::http::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderName, HeaderValue, STRICT_TRANSPORT_SECURITY,
};

use super::WebUi;
use crate::options::HttpOptions;

/// Powers of a browser that no page of ours has a use for.
const PERMISSIONS: &str = "accelerometer=(), camera=(), display-capture=(), geolocation=(), gyroscope=(), \
     magnetometer=(), microphone=(), midi=(), payment=(), usb=()";

/// A year.
const TRANSPORT_SECURITY: &str = "max-age=31536000";

/// Scheme, host and port: `https://bucket.s3.eu-central-1.amazonaws.com`.
///
/// ```
/// use halftone_http::Origin;
/// let origin = Origin::parse("https://Bucket.example/path?query").unwrap();
/// assert_eq!(origin.as_str(), "https://bucket.example");
/// assert_eq!(Origin::parse("bucket.example"), None);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin(String);

impl Origin {
    /// Takes the origin of a URL with `http` or `https`; `None` for any other text.
    pub fn parse(url: &str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://")?;
        let host = rest.split(['/', '?', '#']).next()?;
        let scheme = scheme.to_ascii_lowercase();
        let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"-._:[]".contains(&byte);
        let is_origin =
            ["http", "https"].contains(&scheme.as_str()) && !host.is_empty() && host.bytes().all(is_part);
        is_origin.then(|| Self(format!("{scheme}://{}", host.to_ascii_lowercase())))
    }

    /// The origin as it is written in headers.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// The headers of every page, made once.
#[derive(Debug, Clone)]
pub(super) struct PageHeaders(Vec<(HeaderName, HeaderValue)>);

impl PageHeaders {
    pub(super) fn new(ui: &WebUi, options: &HttpOptions) -> Self {
        let policy = content_security_policy(&options.object_origins, &ui.inline_scripts);
        let policy = HeaderValue::try_from(policy);
        let policy =
            policy.expect("the policy is made of our own text, of hashes and of origins, which are ASCII");
        let mut headers = vec![
            (CONTENT_SECURITY_POLICY, policy),
            (HeaderName::from_static("permissions-policy"), HeaderValue::from_static(PERMISSIONS)),
            (HeaderName::from_static("cross-origin-opener-policy"), HeaderValue::from_static("same-origin")),
            (
                HeaderName::from_static("cross-origin-resource-policy"),
                HeaderValue::from_static("same-origin"),
            ),
        ];
        // Told over HTTP, it would be ignored; told by a server at home, it would break other ports of its host.
        if options.public_url.as_deref().is_some_and(|url| url.starts_with("https://")) {
            headers.push((STRICT_TRANSPORT_SECURITY, HeaderValue::from_static(TRANSPORT_SECURITY)));
        }
        Self(headers)
    }

    pub(super) fn add_to(&self, headers: &mut HeaderMap) {
        headers.extend(self.0.iter().cloned());
    }
}

/// `objects` are where pictures come from and uploads go to, besides the server itself; `scripts` what allows the scripts
/// inside pages.
fn content_security_policy(objects: &[Origin], scripts: &[String]) -> String {
    let with_objects = |directive: &str| {
        let sources = std::iter::once(directive).chain(objects.iter().map(Origin::as_str));
        sources.collect::<Vec<_>>().join(" ")
    };
    let allowed = std::iter::once("script-src 'self'").chain(scripts.iter().map(String::as_str));
    [
        "default-src 'none'",
        &allowed.collect::<Vec<_>>().join(" "),
        "style-src 'self'",
        &with_objects("img-src 'self' data: blob:"),
        &with_objects("connect-src 'self'"),
        "font-src 'self'",
        "manifest-src 'self'",
        "worker-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "object-src 'none'",
    ]
    .join("; ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_cannot_smuggle_a_source_or_a_directive() {
        for text in
            ["https://a b", "https://a;script-src *", "https://", "ftp://a", "https://u:p@a", "data:x"]
        {
            assert_eq!(Origin::parse(text), None, "{text}");
        }
        assert_eq!(Origin::parse("http://[::1]:9000/b").unwrap().as_str(), "http://[::1]:9000");
    }

    #[test]
    fn objects_are_images_and_connections_and_nothing_else() {
        let policy = content_security_policy(&[Origin::parse("https://bucket.example").unwrap()], &[]);
        let naming: Vec<_> = policy.split("; ").filter(|part| part.contains("bucket.example")).collect();
        assert_eq!(
            naming,
            [
                "img-src 'self' data: blob: https://bucket.example",
                "connect-src 'self' https://bucket.example"
            ]
        );
        assert!(!policy.contains("unsafe"));
    }
}
