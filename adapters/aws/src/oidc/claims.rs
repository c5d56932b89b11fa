//! What a token says, and whether it is meant for us.

use std::fmt;

use jiff::{SignedDuration, Timestamp};
use serde::Deserialize;

use super::token::parse_json;
use super::{InvalidOidcSettings, OidcSettings, TokenRefusal};

/// Which kind of token is accepted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ExpectedToken {
    /// Cognito's access token: `token_use` is `access`, and `client_id` is our client.
    CognitoAccess,
    /// Cognito's id token: `token_use` is `id`, and `aud` is our client.
    CognitoId,
    /// A token of any other issuer: `aud` names our client, and `azp` too if there is one. `token_use`, which other
    /// issuers do not have, must be absent, so that a Cognito token is never taken for one of another kind.
    Audience,
}

/// What a verified token says.
#[derive(Clone, PartialEq, Eq)]
pub struct Claims {
    /// Whose token it is, by the issuer's name for them.
    pub subject: String,
    /// The address, if the token carries one.
    pub email: Option<String>,
    /// When the token ends, without the allowance for clocks.
    pub expires_at: Timestamp,
}

// An address is personal data.
impl fmt::Debug for Claims {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut claims = formatter.debug_struct("Claims");
        claims.field("subject", &self.subject).field("expires_at", &self.expires_at).finish_non_exhaustive()
    }
}

/// What must be true of a token's claims.
#[derive(Debug, Clone)]
pub(super) struct ClaimRules {
    issuer: String,
    client_id: String,
    expected: ExpectedToken,
    clock_skew: SignedDuration,
}

#[derive(Deserialize)]
struct Payload {
    iss: String,
    sub: String,
    aud: Option<Audience>,
    azp: Option<String>,
    client_id: Option<String>,
    token_use: Option<String>,
    exp: f64,
    nbf: Option<f64>,
    iat: Option<f64>,
    email: Option<String>,
}

/// One audience or several (RFC 7519).
#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Audience {
    fn names(&self, client: &str) -> bool {
        match self {
            Self::One(name) => name == client,
            Self::Many(names) => names.iter().any(|name| name == client),
        }
    }
}

impl ClaimRules {
    pub(super) fn new(settings: &OidcSettings) -> Result<Self, InvalidOidcSettings> {
        if settings.issuer.is_empty() {
            return Err(InvalidOidcSettings::Empty("issuer"));
        }
        if settings.client_id.is_empty() {
            return Err(InvalidOidcSettings::Empty("client id"));
        }
        if settings.clock_skew.is_negative() {
            return Err(InvalidOidcSettings::Duration("clock skew"));
        }
        Ok(Self {
            issuer: settings.issuer.clone(),
            client_id: settings.client_id.clone(),
            expected: settings.expected,
            clock_skew: settings.clock_skew,
        })
    }

    pub(super) fn expecting(&self, expected: ExpectedToken) -> Self {
        Self { expected, ..self.clone() }
    }

    /// Reads a payload whose signature is right.
    pub(super) fn check(&self, payload: &[u8], now: Timestamp) -> Result<Claims, TokenRefusal> {
        let payload: Payload = parse_json(payload)?;
        if payload.iss != self.issuer {
            return Err(TokenRefusal::Issuer);
        }
        self.check_use(&payload)?;
        self.check_client(&payload)?;
        let expires_at = self.check_times(&payload, now)?;
        Ok(Claims { subject: payload.sub, email: payload.email, expires_at })
    }

    fn check_use(&self, payload: &Payload) -> Result<(), TokenRefusal> {
        let expected = match self.expected {
            ExpectedToken::CognitoAccess => Some("access"),
            ExpectedToken::CognitoId => Some("id"),
            ExpectedToken::Audience => None,
        };
        if payload.token_use.as_deref() == expected { Ok(()) } else { Err(TokenRefusal::TokenUse) }
    }

    fn check_client(&self, payload: &Payload) -> Result<(), TokenRefusal> {
        let is_ours = |name: &String| *name == self.client_id;
        let is_for_us = match self.expected {
            ExpectedToken::CognitoAccess => payload.client_id.as_ref().is_some_and(is_ours),
            ExpectedToken::CognitoId | ExpectedToken::Audience => {
                payload.aud.as_ref().is_some_and(|audience| audience.names(&self.client_id))
                    && payload.azp.as_ref().is_none_or(is_ours)
            }
        };
        if is_for_us { Ok(()) } else { Err(TokenRefusal::Audience) }
    }

    /// Times in seconds since 1970. A token lives up to, and not including, its end.
    fn check_times(&self, payload: &Payload, now: Timestamp) -> Result<Timestamp, TokenRefusal> {
        let expires_at = instant(payload.exp)?;
        if now.duration_since(expires_at) >= self.clock_skew {
            return Err(TokenRefusal::Expired);
        }
        for earliest in [payload.nbf, payload.iat].into_iter().flatten() {
            if instant(earliest)?.duration_since(now) > self.clock_skew {
                return Err(TokenRefusal::NotYetValid);
            }
        }
        Ok(expires_at)
    }
}

/// An instant that may have a fraction of a second (RFC 7519, `NumericDate`).
fn instant(seconds: f64) -> Result<Timestamp, TokenRefusal> {
    let since_epoch = SignedDuration::try_from_secs_f64(seconds).map_err(|_| TokenRefusal::Malformed)?;
    Timestamp::from_duration(since_epoch).map_err(|_| TokenRefusal::Malformed)
}
