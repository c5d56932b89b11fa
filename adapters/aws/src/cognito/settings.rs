//! Which user pool, and how it is set up.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use ring::hmac;
use zeroize::Zeroizing;

use crate::oidc::{InvalidOidcSettings, JwksUrl};

/// A user pool and the app client through which it is used.
#[derive(Debug, Clone)]
pub struct CognitoSettings {
    /// The user pool, for example `eu-central-1_AbCdEfGhI`.
    pub user_pool_id: String,
    /// The app client.
    pub client_id: String,
    /// The app client's secret, if it has one.
    pub client_secret: Option<ClientSecret>,
    /// Whether refresh token rotation is enabled for the app client. Without it, a refresh token works until it
    /// expires or its session is ended.
    pub refresh_rotation: bool,
    /// What stands in `iss` of the pool's tokens.
    pub issuer: String,
    /// Where the pool's keys are.
    pub jwks_url: JwksUrl,
}

impl CognitoSettings {
    /// The settings of an app client of a user pool on AWS, without a secret and without rotation.
    ///
    /// # Errors
    /// `user_pool_id` is not of the form `<region>_<name>`, from which the pool's addresses are made.
    pub fn of_pool(user_pool_id: &str, client_id: &str) -> Result<Self, InvalidOidcSettings> {
        let (region, name) = user_pool_id.split_once('_').ok_or(InvalidOidcSettings::Url)?;
        let is_region =
            region.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
        let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric());
        if region.is_empty() || !is_region || !is_name {
            return Err(InvalidOidcSettings::Url);
        }
        let suffix = if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" };
        let issuer = format!("https://cognito-idp.{region}.{suffix}/{user_pool_id}");
        Ok(Self {
            jwks_url: JwksUrl::of_issuer(&issuer)?,
            issuer,
            user_pool_id: user_pool_id.to_owned(),
            client_id: client_id.to_owned(),
            client_secret: None,
            refresh_rotation: false,
        })
    }
}

/// The secret of an app client. Wiped from memory when dropped, and never printed.
#[derive(Clone)]
pub struct ClientSecret(Zeroizing<String>);

impl ClientSecret {
    /// Wraps the secret.
    pub fn new(secret: impl Into<String>) -> Self {
        Self(Zeroizing::new(secret.into()))
    }

    pub(super) fn reveal(&self) -> &str {
        &self.0
    }

    /// Cognito's `SECRET_HASH` for a call that names this user.
    pub(super) fn hash(&self, username: &str, client_id: &str) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA256, self.0.as_bytes());
        let mut context = hmac::Context::with_key(&key);
        context.update(username.as_bytes());
        context.update(client_id.as_bytes());
        STANDARD.encode(context.sign())
    }
}

impl fmt::Debug for ClientSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("ClientSecret(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_addresses_of_a_pool_follow_from_its_id() {
        let settings = CognitoSettings::of_pool("eu-central-1_AbCdEfGhI", "client").unwrap();
        assert_eq!(settings.issuer, "https://cognito-idp.eu-central-1.amazonaws.com/eu-central-1_AbCdEfGhI");
        let china = CognitoSettings::of_pool("cn-north-1_AbC", "client").unwrap();
        assert_eq!(china.issuer, "https://cognito-idp.cn-north-1.amazonaws.com.cn/cn-north-1_AbC");
    }

    #[test]
    fn what_is_no_pool_is_refused() {
        for id in ["", "_", "eu-central-1", "eu-central-1_", "evil.example/_a", "eu-central-1_a/../b"] {
            assert!(CognitoSettings::of_pool(id, "client").is_err(), "{id}");
        }
    }

    // Made with `printf '%s' ana@example.com3example | openssl dgst -sha256 -hmac secret -binary | base64`.
    #[test]
    fn the_secret_hash_is_what_openssl_makes_of_name_and_client() {
        let hash = ClientSecret::new("secret").hash("ana@example.com", "3example");
        assert_eq!(hash, "V+8dB0Edwcu73oF5QfNZ6XsF/3LiP1S59pOa9ND4D84=");
    }

    #[test]
    fn debug_hides_the_secret() {
        let mut settings = CognitoSettings::of_pool("eu-central-1_AbC", "client").unwrap();
        settings.client_secret = Some(ClientSecret::new("hush"));
        assert!(!format!("{settings:?}").contains("hush"));
    }
}
