//! What goes wrong with tokens and keys.

use std::sync::Arc;

/// Why a token is not accepted.
#[derive(Debug, Clone, thiserror::Error)]
pub enum VerifyError {
    /// The token is at fault.
    #[error("the token is refused: {0}")]
    Refused(#[from] TokenRefusal),
    /// The issuer's keys cannot be had, so nothing is known about the token.
    #[error("the keys of the token's issuer cannot be read")]
    Unavailable(#[source] Arc<JwksError>),
}

/// What is wrong with a token. For logs: whoever presents the token learns only that it is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TokenRefusal {
    /// Longer than any honest token.
    #[error("it is too long")]
    TooLong,
    /// Not three parts of base64url, or not the JSON that belongs there.
    #[error("it cannot be read")]
    Malformed,
    /// Not signed with RS256, or with extensions that must be understood and are not.
    #[error("it is not signed with RS256")]
    Algorithm,
    /// The issuer has no such key.
    #[error("its key is unknown")]
    UnknownKey,
    /// The signature is wrong.
    #[error("its signature is wrong")]
    Signature,
    /// Another issuer.
    #[error("it comes from another issuer")]
    Issuer,
    /// For another client.
    #[error("it was made for another client")]
    Audience,
    /// Of another kind: an id token in place of an access token, or the reverse.
    #[error("it is of another kind")]
    TokenUse,
    /// Its time is over.
    #[error("it has expired")]
    Expired,
    /// Its time has not come, or it was issued in the future.
    #[error("it is not valid yet")]
    NotYetValid,
}

/// Why the issuer's keys could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum JwksError {
    /// The issuer cannot be reached, or broke off.
    #[error("the keys cannot be fetched")]
    Http(#[source] reqwest::Error),
    /// The issuer answered with something else than 200.
    #[error("the keys' address answers with status {0}")]
    Status(u16),
    /// The answer is longer than any honest set of keys.
    #[error("the set of keys is too large")]
    TooLarge,
    /// The answer is not a set of keys.
    #[error("the set of keys cannot be read")]
    Malformed(#[source] serde_json::Error),
    /// No key in the answer can check RS256 signatures.
    #[error("the set of keys holds none for RS256")]
    NoUsableKey,
    /// Whoever fetched the keys went away before the answer came.
    #[error("fetching the keys was broken off")]
    Interrupted,
}

/// Why a verifier cannot be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum InvalidOidcSettings {
    /// Not an `https` address, and not `http` on this computer.
    #[error("the keys' address must be https, or http on a loopback address, without user or password")]
    Url,
    /// Something must not be empty.
    #[error("the {0} must not be empty")]
    Empty(&'static str),
    /// A length of time is negative, or ends before another that it must contain.
    #[error("the {0} is out of range")]
    Duration(&'static str),
    /// The TLS client cannot be built.
    #[error("the root certificates for fetching keys cannot be used")]
    Tls(#[source] rustls::Error),
    /// The HTTP client cannot be built.
    #[error("the client for fetching keys cannot be built")]
    Client(#[source] reqwest::Error),
}
