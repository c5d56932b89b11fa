//! Checking signed tokens (JWT) of an `OpenID` Connect issuer against its published keys (JWKS).
//!
//! It is not an OIDC client: it neither discovers endpoints nor asks for tokens. Start at [`JwksVerifier`].
//!
//! What is checked, in this order: the length of the token; its form (three parts, base64url without padding); the
//! algorithm, which is RS256 whatever the token claims; the key, by the `kid` of the header; the signature; then issuer,
//! audience, use and times. Nothing of the payload is read before the signature is right.
//!
//! The signature is checked by ring, without a JWT crate. `jsonwebtoken` 11 was read for it: it takes its cryptography
//! from one process-wide provider, installed once by whoever comes first, and panics where none is; without AWS-LC or
//! the `rsa` crate we would have to write that provider ourselves. It reads the system clock, so all its time checks
//! would be switched off in favour of the core's [`Clock`]. What is left is splitting at two dots and decoding base64.

use std::sync::Arc;

use halftone_core::clock::Clock;
use jiff::SignedDuration;

pub use self::cache::JwksCacheSpec;
pub use self::claims::{Claims, ExpectedToken};
pub use self::error::{InvalidOidcSettings, JwksError, TokenRefusal, VerifyError};
pub use self::url::JwksUrl;

use self::cache::JwksCache;
use self::claims::ClaimRules;
use self::fetch::JwksFetcher;
use self::token::SignedToken;

mod cache;
mod claims;
mod error;
mod fetch;
mod keys;
mod token;
mod url;

/// Whose tokens are accepted, and where the keys are.
#[derive(Debug, Clone)]
pub struct OidcSettings {
    /// What the tokens' `iss` must be, to the letter.
    pub issuer: String,
    /// Where the issuer publishes its keys. Given on its own, because emulators serve the keys of an issuer whose
    /// address they do not have.
    pub jwks_url: JwksUrl,
    /// For whom the tokens must be: our client id at the issuer.
    pub client_id: String,
    /// Which kind of token is accepted.
    pub expected: ExpectedToken,
    /// How far the issuer's clock and ours may differ; one minute by default.
    pub clock_skew: SignedDuration,
    /// How long keys are kept.
    pub cache: JwksCacheSpec,
}

impl OidcSettings {
    /// How far clocks may differ if nothing else is said.
    pub const DEFAULT_CLOCK_SKEW: SignedDuration = SignedDuration::from_secs(60);

    /// Settings with the default skew and cache.
    pub fn new(
        issuer: impl Into<String>,
        jwks_url: JwksUrl,
        client_id: impl Into<String>,
        expected: ExpectedToken,
    ) -> Self {
        Self {
            issuer: issuer.into(),
            jwks_url,
            client_id: client_id.into(),
            expected,
            clock_skew: Self::DEFAULT_CLOCK_SKEW,
            cache: JwksCacheSpec::default(),
        }
    }
}

/// Checks tokens against the keys that their issuer publishes. Clones share the keys.
#[derive(Debug, Clone)]
pub struct JwksVerifier {
    keys: Arc<JwksCache>,
    rules: Arc<ClaimRules>,
    clock: Arc<dyn Clock>,
}

impl JwksVerifier {
    /// Longer tokens are refused unread, in bytes. Cognito's have one to three kilobytes.
    pub const MOST_TOKEN_BYTES: usize = 16 * 1024;

    /// Prepares a verifier. The keys are fetched when the first token comes.
    ///
    /// # Errors
    /// A setting is empty or negative, or the computer's root certificates cannot be read.
    pub fn new(settings: OidcSettings, clock: Arc<dyn Clock>) -> Result<Self, InvalidOidcSettings> {
        let rules = ClaimRules::new(&settings)?;
        let fetcher = JwksFetcher::new(settings.jwks_url)?;
        let keys = JwksCache::new(fetcher, settings.cache, Arc::clone(&clock))?;
        Ok(Self { keys: Arc::new(keys), rules: Arc::new(rules), clock })
    }

    /// The same issuer, client and keys, but for another kind of token.
    #[must_use]
    pub fn expecting(&self, expected: ExpectedToken) -> Self {
        Self {
            keys: Arc::clone(&self.keys),
            rules: Arc::new(self.rules.expecting(expected)),
            clock: Arc::clone(&self.clock),
        }
    }

    /// What a token says, once everything about it is right.
    ///
    /// # Errors
    /// `Refused` if the token is at fault. `Unavailable` if its key is not known and the issuer does not give its
    /// keys, so that nothing can be said about the token.
    pub async fn verify(&self, token: &str) -> Result<Claims, VerifyError> {
        if token.len() > Self::MOST_TOKEN_BYTES {
            return Err(TokenRefusal::TooLong.into());
        }
        let token = SignedToken::parse(token)?;
        let key = self.keys.find(token.key_id()).await?;
        let payload = token.open(&key)?;
        Ok(self.rules.check(&payload, self.clock.now())?)
    }
}
