//! Secrets: tokens, PINs, the keyring, and the signed strings made with it.
//!
//! What is stored is a hash. Nothing here prints a secret through `Debug`, and comparisons take constant time.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize;

use crate::entropy::Entropy;
use crate::id::{ShareId, WebhookId};
use crate::text::InvalidValue;

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

/// What a key is derived for. Keys of different purposes have nothing to do with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Deriving share tokens from share ids.
    ShareToken,
    /// Hashing PINs.
    Pin,
    /// Clients' access tokens.
    ClientSession,
    /// Studio members' access tokens.
    StudioSession,
    /// URLs of pictures.
    PictureUrl,
    /// URLs that take uploads.
    UploadUrl,
    /// URLs of granted downloads.
    DownloadUrl,
    /// URLs of packs.
    PackUrl,
    /// URLs of logos.
    LogoUrl,
    /// Deriving the refresh tokens of renewals that can be repeated.
    Renewal,
    /// Hashing one-time codes.
    Code,
    /// Deriving the key pair of Web Push.
    Vapid,
    /// Deriving the signing secrets of webhooks.
    WebhookSecret,
    /// Deriving the keys that sign receipts.
    Receipt,
}

impl Purpose {
    const fn label(self) -> &'static [u8] {
        match self {
            Self::ShareToken => b"halftone/share-token/1",
            Self::Pin => b"halftone/pin/1",
            Self::ClientSession => b"halftone/client-session/1",
            Self::StudioSession => b"halftone/studio-session/1",
            Self::PictureUrl => b"halftone/picture-url/1",
            Self::UploadUrl => b"halftone/upload-url/1",
            Self::DownloadUrl => b"halftone/download-url/1",
            Self::PackUrl => b"halftone/pack-url/1",
            Self::LogoUrl => b"halftone/logo-url/1",
            Self::Renewal => b"halftone/renewal/1",
            Self::Code => b"halftone/code/1",
            Self::Vapid => b"halftone/vapid/1",
            Self::WebhookSecret => b"halftone/webhook-secret/1",
            Self::Receipt => b"halftone/receipt/1",
        }
    }
}

/// The installation's master key, and what is made with it.
///
/// Subkeys are HMAC-SHA-256 of the purpose's label under the master key (the expand step of RFC 5869 for one
/// block). Losing the key signs everybody out and makes PINs and QR codes of old shares unusable; links keep
/// working.
pub struct Keyring {
    master: [u8; 32],
}

impl Keyring {
    /// Takes 32 secret random bytes.
    pub const fn new(master: [u8; 32]) -> Self {
        Self { master }
    }

    /// Draws a new key.
    pub fn generate(entropy: &dyn Entropy) -> Self {
        let mut master = [0_u8; 32];
        entropy.fill(&mut master);
        Self { master }
    }

    /// The 32 bytes, for storing where only this installation can read them.
    pub const fn reveal(&self) -> &[u8; 32] {
        &self.master
    }

    /// HMAC-SHA-256 of `parts`, each preceded by its length, under the key of `purpose`.
    pub fn authenticate(&self, purpose: Purpose, parts: &[&[u8]]) -> [u8; 32] {
        let mut subkey = mac(&self.master, &[purpose.label(), &[1]]);
        let lengths: Vec<[u8; 8]> = parts.iter().map(|part| (part.len() as u64).to_be_bytes()).collect();
        let framed: Vec<&[u8]> =
            parts.iter().zip(&lengths).flat_map(|(part, length)| [length.as_slice(), part]).collect();
        let code = mac(&subkey, &framed);
        subkey.zeroize();
        code
    }

    /// Signs `payload`: `base64url(payload).base64url(mac)`. The payload can be read by anybody.
    pub fn sign(&self, purpose: Purpose, payload: &str) -> String {
        let code = self.authenticate(purpose, &[payload.as_bytes()]);
        format!("{}.{}", URL_SAFE_NO_PAD.encode(payload), URL_SAFE_NO_PAD.encode(code))
    }

    /// Checks what [`sign`](Self::sign) made and gives the payload back, or `None` if the text was not made
    /// by this keyring for this purpose.
    pub fn verify(&self, purpose: Purpose, signed: &str) -> Option<String> {
        if signed.len() > 4_096 {
            return None;
        }
        let (payload, code) = signed.split_once('.')?;
        // Why `ok`: whatever is wrong with the text, it is not a signed one.
        let payload = URL_SAFE_NO_PAD.decode(payload).ok()?;
        let code = URL_SAFE_NO_PAD.decode(code).ok()?;
        let expected = self.authenticate(purpose, &[&payload]);
        if !bool::from(expected.as_slice().ct_eq(&code)) {
            return None;
        }
        String::from_utf8(payload).ok()
    }

    /// The token of a share. It is derived and not stored, so that a QR code can be drawn again later while
    /// the database holds a hash only.
    pub fn share_token(&self, share: ShareId, salt: &[u8; 16]) -> ShareToken {
        let code = self.authenticate(Purpose::ShareToken, &[share.as_uuid().as_bytes(), salt]);
        ShareToken::from_bytes(token_bytes(&code))
    }

    /// The token for which another one is exchanged under a key. The same exchange, repeated, gives the same token,
    /// although no store holds it.
    pub fn renewed_token(&self, presented: &TokenHash, key: &RenewalKey) -> RefreshToken {
        let code = self.authenticate(Purpose::Renewal, &[presented.as_bytes(), key.0.as_bytes()]);
        RefreshToken::from_bytes(token_bytes(&code))
    }

    /// The secret with which a webhook's calls are signed. It is derived and not stored, so that a stolen database forges
    /// nothing.
    pub fn webhook_secret(&self, webhook: WebhookId, salt: &[u8; 16]) -> WebhookSecret {
        WebhookSecret(self.authenticate(Purpose::WebhookSecret, &[webhook.as_uuid().as_bytes(), salt]))
    }

    /// What is stored of a share's PIN. The keyed hash makes a stolen database useless for guessing short
    /// PINs; guessing over the API is rate limited.
    pub fn pin_hash(&self, share: ShareId, pin: &Pin) -> TokenHash {
        TokenHash(self.authenticate(Purpose::Pin, &[share.as_uuid().as_bytes(), pin.0.as_bytes()]))
    }
}

/// As many bytes of a code as a token has.
fn token_bytes(code: &[u8; 32]) -> [u8; TOKEN_BYTES] {
    let mut bytes = [0_u8; TOKEN_BYTES];
    bytes.copy_from_slice(&code[..TOKEN_BYTES]);
    bytes
}

fn mac(key: &[u8], parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes keys of any length");
    for part in parts {
        mac.update(part);
    }
    mac.finalize().into_bytes().into()
}

impl fmt::Debug for Keyring {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Keyring(..)")
    }
}

impl Drop for Keyring {
    fn drop(&mut self) {
        self.master.zeroize();
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;
    use crate::entropy::SeededEntropy;

    fn keyring() -> Keyring {
        Keyring::generate(&SeededEntropy::new(1))
    }

    #[test]
    fn a_signed_payload_verifies_for_its_purpose_only() {
        let signed = keyring().sign(Purpose::PictureUrl, "payload");
        assert_eq!(keyring().verify(Purpose::PictureUrl, &signed).as_deref(), Some("payload"));
        assert_eq!(keyring().verify(Purpose::UploadUrl, &signed), None);
    }

    #[test]
    fn a_changed_payload_does_not_verify() {
        let signed = keyring().sign(Purpose::PictureUrl, "payload");
        let forged = signed.replacen('c', "d", 1);
        assert_eq!(keyring().verify(Purpose::PictureUrl, &forged), None);
        assert_eq!(keyring().verify(Purpose::PictureUrl, ""), None);
        assert_eq!(keyring().verify(Purpose::PictureUrl, "."), None);
    }

    #[test]
    fn a_share_token_can_be_derived_again() {
        let share = ShareId::from_uuid(Uuid::from_u128(7));
        let token = keyring().share_token(share, &[9; 16]);
        assert_eq!(keyring().share_token(share, &[9; 16]).reveal(), token.reveal());
        assert_ne!(keyring().share_token(share, &[8; 16]).reveal(), token.reveal());
        assert!(ShareToken::parse(token.reveal()).is_ok());
    }

    #[test]
    fn one_pin_hashes_differently_for_each_share() {
        let pin = Pin::parse("4711").unwrap();
        let first = keyring().pin_hash(ShareId::from_uuid(Uuid::from_u128(1)), &pin);
        let second = keyring().pin_hash(ShareId::from_uuid(Uuid::from_u128(2)), &pin);
        assert!(!first.matches(&second));
    }

    #[test]
    fn debug_prints_no_secret() {
        let token = ApiKeyToken::generate(&SeededEntropy::new(2));
        assert_eq!(format!("{token:?}"), "ApiKeyToken(..)");
    }
}
