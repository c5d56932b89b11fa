//! The installation's key, and the signed strings, hashes and tokens made with it.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroize as _;

use super::{Pin, RefreshToken, RenewalKey, ShareToken, TOKEN_BYTES, TokenHash, WebhookSecret};
use crate::entropy::Entropy;
use crate::id::{ShareId, WebhookId};

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
}
