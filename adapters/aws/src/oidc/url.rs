//! The address of an issuer's keys.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

use reqwest::Url;

use super::InvalidOidcSettings;

/// Where an issuer publishes its keys: `https`, or plain `http` on this computer, where an emulator may run. Whoever
/// can change the keys on their way can forge every token.
///
/// ```
/// use halftone_aws::oidc::JwksUrl;
/// assert!(JwksUrl::parse("https://id.example.com/.well-known/jwks.json").is_ok());
/// assert!(JwksUrl::parse("http://id.example.com/.well-known/jwks.json").is_err());
/// assert!(JwksUrl::parse("http://127.0.0.1:5555/jwks.json").is_ok());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct JwksUrl(Url);

impl JwksUrl {
    /// Reads an address.
    ///
    /// # Errors
    /// Not an address, not of the form above, or with a user or password in it.
    pub fn parse(text: &str) -> Result<Self, InvalidOidcSettings> {
        let url = Url::parse(text).map_err(|_| InvalidOidcSettings::Url)?;
        let is_private = match url.scheme() {
            "https" => true,
            "http" => is_loopback(&url),
            _ => false,
        };
        let has_user = !url.username().is_empty() || url.password().is_some();
        if is_private && !has_user { Ok(Self(url)) } else { Err(InvalidOidcSettings::Url) }
    }

    /// Where Cognito publishes the keys of a user pool.
    ///
    /// # Errors
    /// `issuer` is not the address of an issuer.
    pub fn of_issuer(issuer: &str) -> Result<Self, InvalidOidcSettings> {
        Self::parse(&format!("{}/.well-known/jwks.json", issuer.trim_end_matches('/')))
    }

    pub(super) const fn as_url(&self) -> &Url {
        &self.0
    }

    pub(super) fn is_loopback(&self) -> bool {
        is_loopback(&self.0)
    }
}

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || IpAddr::from_str(address).is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for JwksUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, formatter)
    }
}

impl fmt::Debug for JwksUrl {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "JwksUrl({})", self.0)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn plain_http_is_for_this_computer_only() {
        for good in ["http://localhost:5555/k", "http://[::1]/k", "http://127.8.0.1/k", "https://a.example/k"]
        {
            assert!(JwksUrl::parse(good).is_ok(), "{good}");
        }
        let bad = [
            "http://localhost.example.com/k",
            "http://127.0.0.1.example.com/k",
            "http://10.0.0.1/k",
            "https://user:secret@a.example/k",
            "file:///etc/passwd",
            "ftp://localhost/k",
            "",
        ];
        for bad in bad {
            assert!(JwksUrl::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn the_keys_of_a_pool_lie_under_its_issuer() {
        let url = JwksUrl::of_issuer("https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc").unwrap();
        let expected = "https://cognito-idp.eu-west-1.amazonaws.com/eu-west-1_abc/.well-known/jwks.json";
        assert_eq!(url.to_string(), expected);
    }

    proptest! {
        #[test]
        fn what_parses_prints_and_parses_back(text in "https?://[a-z0-9.]{1,20}(:[0-9]{1,4})?/[a-z/?=%]{0,20}") {
            if let Ok(url) = JwksUrl::parse(&text) {
                prop_assert_eq!(JwksUrl::parse(&url.to_string()).unwrap(), url);
            }
        }
    }
}
