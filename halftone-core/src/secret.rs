//! Secrets: tokens, PINs, passwords; and the keyring with what is made of it.
//!
//! What is stored is a hash. Nothing here prints a secret through `Debug`, and comparisons take constant time.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

use crate::entropy::Entropy;
use crate::text::InvalidValue;

mod keyring;

pub use self::keyring::{Keyring, Purpose};

/// SHA-256 of a high-entropy token. A plain hash is enough: nobody can try 160 random bits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TokenHash([u8; 32]);

impl TokenHash {
    /// Brings back a stored hash.
    pub const fn restore(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The 32 bytes, for storing.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Compares in constant time.
    pub fn matches(&self, other: &Self) -> bool {
        self.0.ct_eq(&other.0).into()
    }
}

impl fmt::Debug for TokenHash {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("TokenHash(..)")
    }
}

const TOKEN_BYTES: usize = 20;

macro_rules! secret_token {
    ($(#[$doc:meta])* $name:ident, $prefix:literal, $what:literal) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq)]
        pub struct $name(String);

        impl $name {
            /// Draws a new one: 160 random bits.
            pub fn generate(entropy: &dyn Entropy) -> Self {
                let mut random = [0_u8; TOKEN_BYTES];
                entropy.fill(&mut random);
                Self::from_bytes(random)
            }

            fn from_bytes(bytes: [u8; TOKEN_BYTES]) -> Self {
                Self(format!("{}{}", $prefix, URL_SAFE_NO_PAD.encode(bytes)))
            }

            /// Checks the form. That the token exists is shown by its hash alone.
            ///
            /// # Errors
            /// The text cannot be such a token.
            pub fn parse(text: &str) -> Result<Self, InvalidValue> {
                let invalid = || InvalidValue::new($what, "is malformed");
                let encoded = text.strip_prefix($prefix).ok_or_else(invalid)?;
                match URL_SAFE_NO_PAD.decode(encoded) {
                    Ok(bytes) if bytes.len() == TOKEN_BYTES => Ok(Self(text.to_owned())),
                    _ => Err(invalid()),
                }
            }

            /// What is stored of it.
            pub fn hash(&self) -> TokenHash {
                TokenHash(Sha256::digest(self.0.as_bytes()).into())
            }

            /// The secret itself, to be shown once to whom it belongs.
            pub fn reveal(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str(concat!(stringify!($name), "(..)"))
            }
        }

        impl Drop for $name {
            fn drop(&mut self) {
                self.0.zeroize();
            }
        }
    };
}

secret_token!(
    /// The secret in a share's link: 27 characters that stand for 160 bits.
    ShareToken, "", "share token"
);
secret_token!(
    /// What a client's browser keeps to be known again.
    ClientKey, "ck_", "client key"
);
secret_token!(
    /// A studio's key for programs.
    ApiKeyToken, "hk_", "API key"
);
secret_token!(
    /// What buys a new access token, once.
    RefreshToken, "rt_", "refresh token"
);

/// What makes a repeated exchange of a refresh token the same exchange: 22 to 200 visible ASCII characters, drawn at
/// random by whoever holds the token. 22 characters of base64 hold 128 bits.
///
/// ```
/// use halftone_core::secret::RenewalKey;
/// assert!(RenewalKey::parse("0f8fad5b-d9cb-469f-a165-70867728950e").is_ok());
/// assert!(RenewalKey::parse("easily guessed").is_err());
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct RenewalKey(String);

impl RenewalKey {
    /// Checks the form.
    ///
    /// # Errors
    /// The text is shorter than 22 or longer than 200 characters, or holds other characters.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        if (22..=200).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_graphic()) {
            Ok(Self(text.to_owned()))
        } else {
            Err(InvalidValue::new("renewal key", "must be 22 to 200 visible ASCII characters"))
        }
    }
}

impl fmt::Debug for RenewalKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("RenewalKey(..)")
    }
}

impl Drop for RenewalKey {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A share's PIN: 4 to 12 letters or digits.
///
/// ```
/// use halftone_core::secret::Pin;
/// assert!(Pin::parse("4711").is_ok());
/// assert!(Pin::parse("12").is_err());
/// ```
#[derive(Clone)]
pub struct Pin(String);

impl Pin {
    /// Trims and checks the PIN.
    ///
    /// # Errors
    /// It is not 4 to 12 ASCII letters or digits.
    pub fn parse(text: &str) -> Result<Self, InvalidValue> {
        let pin = text.trim();
        if (4..=12).contains(&pin.len()) && pin.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
            Ok(Self(pin.to_owned()))
        } else {
            Err(InvalidValue::new("PIN", "must be 4 to 12 letters or digits"))
        }
    }
}

impl fmt::Debug for Pin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Pin(..)")
    }
}

impl Drop for Pin {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// A password as typed: at least 8 characters when it is chosen, anything when it is checked.
#[derive(Clone)]
pub struct Password(String);

impl Password {
    /// The fewest characters of a new password.
    pub const FEWEST_CHARACTERS: usize = 8;
    /// The most bytes that are ever hashed.
    pub const MOST_BYTES: usize = 1_000;

    /// Checks a password that somebody chooses.
    ///
    /// # Errors
    /// It is too short or too long.
    pub fn choose(text: &str) -> Result<Self, InvalidValue> {
        if text.len() > Self::MOST_BYTES {
            return Err(InvalidValue::new("password", "must have at most 1000 bytes"));
        }
        if text.chars().count() < Self::FEWEST_CHARACTERS {
            return Err(InvalidValue::new(
                "password",
                format!("must have at least {} characters", Self::FEWEST_CHARACTERS),
            ));
        }
        Ok(Self(text.to_owned()))
    }

    /// Takes a password that is only compared. One that is over the limit is cut, which never matches.
    pub fn attempt(text: &str) -> Self {
        Self(text.chars().take(Self::MOST_BYTES + 1).collect())
    }

    /// The password itself, for hashing.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Password(..)")
    }
}

impl Drop for Password {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

/// With what the calls of one webhook are signed: 32 bytes.
#[derive(Clone, PartialEq, Eq)]
pub struct WebhookSecret([u8; 32]);

impl WebhookSecret {
    /// The key of the HMAC.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The secret as people copy it: `whsec_` and base64 with padding, as the Standard Webhooks have it.
    pub fn reveal(&self) -> String {
        format!("whsec_{}", STANDARD.encode(self.0))
    }
}

impl fmt::Debug for WebhookSecret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("WebhookSecret(..)")
    }
}

impl Drop for WebhookSecret {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entropy::SeededEntropy;

    #[test]
    fn debug_prints_no_secret() {
        let token = ApiKeyToken::generate(&SeededEntropy::new(2));
        assert_eq!(format!("{token:?}"), "ApiKeyToken(..)");
    }
}
