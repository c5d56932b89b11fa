//! The key by which push services know this installation (RFC 8292).

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use halftone_core::secret::{Keyring, Purpose};
use jiff::{SignedDuration, Timestamp};
use ring::rand::SystemRandom;
use ring::signature::{ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair};
use serde_json::json;
use url::Url;
use web_push_native::p256::SecretKey;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint as _;
use zeroize::Zeroizing;

/// How long a token holds. Services refuse more than a day.
const TOKEN_LIFE: SignedDuration = SignedDuration::from_hours(12);

/// The bytes are no key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a VAPID key is 32 bytes in base64url, a number below the order of P-256")]
pub struct InvalidVapidKey;

/// A key pair on P-256.
pub struct VapidKey {
    pair: EcdsaKeyPair,
    public: [u8; 65],
}

impl fmt::Debug for VapidKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("VapidKey").field("public", &self.public_text()).finish_non_exhaustive()
    }
}

impl VapidKey {
    /// Reads a private key as tools print it: 32 bytes in base64url, with or without padding.
    ///
    /// # Errors
    /// The text is no key.
    pub fn parse(text: &str) -> Result<Self, InvalidVapidKey> {
        let bytes = URL_SAFE_NO_PAD.decode(text.trim().trim_end_matches('='));
        let bytes = Zeroizing::new(bytes.map_err(|_| InvalidVapidKey)?);
        Self::from_private(&bytes)
    }

    /// The key that belongs to an installation: derived from its master key, and so the same for ever, on every server, with
    /// nothing to store.
    pub fn derive(keyring: &Keyring) -> Self {
        // One in four billion numbers of 32 bytes lies above the order of the curve; the next one is taken then.
        (0_u8..=u8::MAX)
            .find_map(|round| {
                let bytes = Zeroizing::new(keyring.authenticate(Purpose::Vapid, &[&[round]]));
                Self::from_private(&*bytes).ok()
            })
            .expect("256 numbers in a row are not all above the order of the curve")
    }

    fn from_private(bytes: &[u8]) -> Result<Self, InvalidVapidKey> {
        let secret = SecretKey::from_slice(bytes).map_err(|_| InvalidVapidKey)?;
        let point = secret.public_key().to_encoded_point(false);
        let public: [u8; 65] = point.as_bytes().try_into().map_err(|_| InvalidVapidKey)?;
        let algorithm = &ECDSA_P256_SHA256_FIXED_SIGNING;
        let pair =
            EcdsaKeyPair::from_private_key_and_public_key(algorithm, bytes, &public, &SystemRandom::new());
        Ok(Self { pair: pair.map_err(|_| InvalidVapidKey)?, public })
    }

    /// The public key, an uncompressed point: what browsers subscribe with.
    pub const fn public(&self) -> &[u8; 65] {
        &self.public
    }

    /// The same in base64url.
    pub(super) fn public_text(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.public)
    }

    /// A token for the push service of an endpoint: a JWT whose audience is the endpoint's origin, with its port if that is
    /// not the usual one.
    pub(super) fn token(&self, endpoint: &Url, contact: &str, now: Timestamp) -> String {
        let header = json!({ "typ": "JWT", "alg": "ES256" });
        let claims = json!({
            "aud": endpoint.origin().ascii_serialization(),
            "exp": (now + TOKEN_LIFE).as_second(),
            "sub": contact,
        });
        let encode = |value: &serde_json::Value| URL_SAFE_NO_PAD.encode(value.to_string());
        let signed = format!("{}.{}", encode(&header), encode(&claims));
        let signature = self.pair.sign(&SystemRandom::new(), signed.as_bytes());
        let signature = signature.expect("the system has randomness for a nonce");
        format!("{signed}.{}", URL_SAFE_NO_PAD.encode(signature))
    }
}

#[cfg(test)]
mod tests {
    use halftone_core::entropy::SeededEntropy;

    use super::*;

    #[test]
    fn an_installation_has_one_key_for_ever() {
        let keyring = |seed| Keyring::generate(&SeededEntropy::new(seed));
        let key = VapidKey::derive(&keyring(1));
        assert_eq!(key.public(), VapidKey::derive(&keyring(1)).public());
        assert_ne!(key.public(), VapidKey::derive(&keyring(2)).public());
        assert_eq!(key.public()[0], 4);
    }

    #[test]
    fn a_key_of_another_tool_is_taken_with_the_public_key_that_belongs_to_it() {
        // The example of RFC 8291, appendix A.
        let key = VapidKey::parse("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw").unwrap();
        let public =
            "BP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A8";
        assert_eq!(key.public_text(), public);
        assert!(!format!("{key:?}").contains("yfWPiYE"));
    }

    #[test]
    fn what_is_no_key_is_refused() {
        for text in ["", "AAAA", &"A".repeat(43), &"_".repeat(43), "not base64url!"] {
            assert_eq!(VapidKey::parse(text).err(), Some(InvalidVapidKey), "{text}");
        }
    }
}
