//! The key of a service account, as Google's console hands it out.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{RSA_PKCS1_SHA256, RsaKeyPair};
use serde::Deserialize;
use serde_json::json;
use url::Url;
use zeroize::Zeroizing;

/// What the token is for.
const SCOPE: &str = "https://www.googleapis.com/auth/firebase.messaging";
/// How long an assertion holds; Google takes an hour at most.
const ASSERTION_LIFE: SignedDuration = SignedDuration::from_hours(1);

/// The text is no key of a service account.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum InvalidServiceAccount {
    /// It is not the JSON that Google's console hands out.
    #[error("not the JSON of a service account")]
    Json,
    /// The private key cannot be read.
    #[error("the private key is no RSA key in PKCS #8")]
    Key,
    /// The project's name cannot stand in a URL, or the address of the tokens is none.
    #[error("the project or the address of the tokens cannot be used")]
    Address,
}

#[derive(Deserialize)]
struct AccountFile {
    project_id: String,
    private_key_id: Option<String>,
    private_key: String,
    client_email: String,
    token_uri: String,
}

/// A service account that may send messages.
pub struct ServiceAccount {
    pub(super) project_id: String,
    pub(super) token_uri: Url,
    key_id: Option<String>,
    client_email: String,
    key: RsaKeyPair,
}

impl fmt::Debug for ServiceAccount {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("ServiceAccount").field("project_id", &self.project_id).finish_non_exhaustive()
    }
}

impl ServiceAccount {
    /// Reads the JSON file of a service account's key.
    ///
    /// # Errors
    /// It is none, or its key cannot be used.
    pub fn parse(text: &str) -> Result<Self, InvalidServiceAccount> {
        let file: AccountFile = serde_json::from_str(text).map_err(|_| InvalidServiceAccount::Json)?;
        let is_name =
            |character: char| character.is_ascii_alphanumeric() || matches!(character, '-' | ':' | '.');
        if file.project_id.is_empty() || !file.project_id.chars().all(is_name) {
            return Err(InvalidServiceAccount::Address);
        }
        Ok(Self {
            token_uri: Url::parse(&file.token_uri).map_err(|_| InvalidServiceAccount::Address)?,
            key: key_of(&Zeroizing::new(file.private_key)).ok_or(InvalidServiceAccount::Key)?,
            project_id: file.project_id,
            key_id: file.private_key_id,
            client_email: file.client_email,
        })
    }

    /// A signed statement of who we are (RFC 7523), which Google exchanges for a token.
    pub(super) fn assertion(&self, now: Timestamp) -> Option<String> {
        let mut header = json!({ "alg": "RS256", "typ": "JWT" });
        if let Some(id) = &self.key_id {
            header["kid"] = json!(id);
        }
        let claims = json!({
            "iss": self.client_email,
            "scope": SCOPE,
            "aud": self.token_uri.as_str(),
            "iat": now.as_second(),
            "exp": (now + ASSERTION_LIFE).as_second(),
        });
        let encode = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let mut signature = vec![0; self.key.public().modulus_len()];
        let random = SystemRandom::new();
        // Why `ok`: the system has no randomness, and what follows is tried again.
        self.key.sign(&RSA_PKCS1_SHA256, &random, signed.as_bytes(), &mut signature).ok()?;
        Some(format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature)))
    }
}

/// Reads PEM (RFC 7468) with a key in PKCS #8.
fn key_of(pem: &str) -> Option<RsaKeyPair> {
    let (_, rest) = pem.split_once("-----BEGIN PRIVATE KEY-----")?;
    let (body, _) = rest.split_once("-----END PRIVATE KEY-----")?;
    let body: Zeroizing<String> = Zeroizing::new(body.chars().filter(|c| !c.is_ascii_whitespace()).collect());
    // Why `ok` twice: whatever is wrong with the key, it is none.
    let der = Zeroizing::new(STANDARD.decode(body.as_bytes()).ok()?);
    RsaKeyPair::from_pkcs8(&der).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(project: &str, key: &str) -> String {
        json!({"type": "service_account", "project_id": project, "private_key": key,
               "client_email": "push@studio.iam.gserviceaccount.com",
               "token_uri": "https://oauth2.googleapis.com/token"})
        .to_string()
    }

    #[test]
    fn what_is_no_account_is_refused_and_prints_nothing() {
        assert_eq!(ServiceAccount::parse("{}").err(), Some(InvalidServiceAccount::Json));
        let bad_key = file("studio", "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n");
        assert_eq!(ServiceAccount::parse(&bad_key).err(), Some(InvalidServiceAccount::Key));
        let bad_project = file("../other", "");
        assert_eq!(ServiceAccount::parse(&bad_project).err(), Some(InvalidServiceAccount::Address));
    }
}
