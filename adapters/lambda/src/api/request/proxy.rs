//! The proxy in front of the platform, such as CloudFront, and how it is known.

use std::fmt;

use poem::http::{HeaderMap, HeaderName};
use subtle::ConstantTimeEq as _;

/// The header that the proxy adds, and that nobody else can.
const HEADER: HeaderName = HeaderName::from_static("x-halftone-proxy");

/// What the proxy proves itself with. Behind a proxy that is to be trusted nobody may come past it: he could pretend any
/// address to the limits, and what the proxy refuses would get through.
#[derive(Clone)]
pub struct ProxySecret(String);

impl ProxySecret {
    /// Takes what the proxy sends as `x-halftone-proxy`.
    #[must_use]
    pub const fn new(secret: String) -> Self {
        Self(secret)
    }

    /// Whether the request came by the proxy. The proof is taken off, as it is no business of the application.
    pub(super) fn admits(&self, headers: &mut HeaderMap) -> bool {
        headers.remove(&HEADER).is_some_and(|told| told.as_bytes().ct_eq(self.0.as_bytes()).into())
    }
}

impl fmt::Debug for ProxySecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ProxySecret(..)")
    }
}
