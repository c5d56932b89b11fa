//! The keys of an issuer (RFC 7517).

use std::sync::Arc;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::signature::{RSA_PKCS1_2048_8192_SHA256, RsaPublicKeyComponents};
use serde::Deserialize;
use serde_json::Value;

use super::JwksError;
use super::token::ALGORITHM;

/// More keys than any issuer publishes; those after them are left out, so that the set stays small.
const MOST_KEYS: usize = 64;

/// What ring accepts: 2048 to 8192 bits.
const MODULUS_BYTES: std::ops::RangeInclusive<usize> = 256..=1024;

/// The RS256 keys of an issuer.
#[derive(Debug, Default)]
pub(super) struct KeySet(Vec<Arc<RsaKey>>);

/// One public key.
#[derive(Debug)]
pub(super) struct RsaKey {
    id: String,
    components: RsaPublicKeyComponents<Vec<u8>>,
}

#[derive(Deserialize)]
struct PublishedSet {
    // One by one later: a set may hold keys of kinds that we cannot read.
    keys: Vec<Value>,
}

#[derive(Deserialize)]
struct PublishedKey {
    kty: String,
    kid: Option<String>,
    alg: Option<String>,
    #[serde(rename = "use")]
    purpose: Option<String>,
    n: Option<String>,
    e: Option<String>,
}

impl KeySet {
    /// Reads a published set. Keys for other algorithms or other ends are passed over.
    ///
    /// # Errors
    /// It is no set of keys, or none of them is for RS256.
    pub(super) fn parse(json: &[u8]) -> Result<Self, JwksError> {
        let published: PublishedSet = serde_json::from_slice(json).map_err(JwksError::Malformed)?;
        let keys = published.keys.into_iter().filter_map(RsaKey::from_published).take(MOST_KEYS);
        let keys: Vec<_> = keys.map(Arc::new).collect();
        if keys.is_empty() { Err(JwksError::NoUsableKey) } else { Ok(Self(keys)) }
    }

    /// The key of this name.
    pub(super) fn find(&self, id: &str) -> Option<Arc<RsaKey>> {
        self.0.iter().find(|key| key.id == id).map(Arc::clone)
    }

    pub(super) const fn len(&self) -> usize {
        self.0.len()
    }
}

impl RsaKey {
    fn from_published(value: Value) -> Option<Self> {
        // A key of a shape that we do not know is one that we do not need.
        let key: PublishedKey = serde_json::from_value(value).ok()?;
        let is_for_signing = key.purpose.as_deref().is_none_or(|purpose| purpose == "sig");
        let is_for_algorithm = key.alg.as_deref().is_none_or(|algorithm| algorithm == ALGORITHM);
        if key.kty != "RSA" || !is_for_signing || !is_for_algorithm {
            return None;
        }
        let components = RsaPublicKeyComponents { n: decode_number(&key.n?)?, e: decode_number(&key.e?)? };
        MODULUS_BYTES.contains(&components.n.len()).then_some(Self { id: key.kid?, components })
    }

    /// Whether this key's owner signed the message.
    pub(super) fn has_signed(&self, message: &[u8], signature: &[u8]) -> bool {
        self.components.verify(&RSA_PKCS1_2048_8192_SHA256, message, signature).is_ok()
    }
}

/// Big-endian, without the leading zeros that some issuers write and ring refuses.
fn decode_number(text: &str) -> Option<Vec<u8>> {
    // Not base64url: the key is of no use, as above.
    let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
    let first = bytes.iter().position(|byte| *byte != 0)?;
    Some(bytes[first..].to_vec())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(fields: &str, modulus: &[u8]) -> String {
        format!(r#"{{"kid":"a","n":"{}","e":"AQAB",{fields}}}"#, URL_SAFE_NO_PAD.encode(modulus))
    }

    fn set(keys: &[String]) -> Result<KeySet, JwksError> {
        KeySet::parse(format!(r#"{{"keys":[{}]}}"#, keys.join(",")).as_bytes())
    }

    #[test]
    fn keys_for_rs256_are_found_by_name_among_others() {
        let good = key(r#""kty":"RSA","alg":"RS256","use":"sig""#, &[0xC5; 256]);
        let other = r#"{"kty":"EC","kid":"b","crv":"P-256","x":"","y":""}"#.to_owned();
        let unreadable = r#"{"kty":7}"#.to_owned();
        let set = set(&[unreadable, other, good]).unwrap();
        assert_eq!(set.len(), 1);
        assert!(set.find("a").is_some());
        assert!(set.find("b").is_none());
    }

    #[test]
    fn keys_for_other_ends_or_of_other_sizes_are_passed_over() {
        let unusable = [
            key(r#""kty":"RSA","use":"enc""#, &[0xC5; 256]),
            key(r#""kty":"RSA","alg":"RS512""#, &[0xC5; 256]),
            key(r#""kty":"oct""#, &[0xC5; 256]),
            key(r#""kty":"RSA""#, &[0xC5; 128]),
            key(r#""kty":"RSA""#, &[0xC5; 1025]),
            key(r#""kty":"RSA""#, &[0; 256]),
        ];
        for key in unusable {
            assert!(matches!(set(std::slice::from_ref(&key)), Err(JwksError::NoUsableKey)), "{key}");
        }
    }

    #[test]
    fn leading_zeros_of_a_modulus_are_dropped() {
        let mut modulus = vec![0];
        modulus.extend([0xC5; 256]);
        let set = set(&[key(r#""kty":"RSA""#, &modulus)]).unwrap();
        assert_eq!(set.find("a").unwrap().components.n.len(), 256);
    }

    #[test]
    fn what_is_no_set_is_malformed() {
        for json in ["", "[]", "{}", r#"{"keys":{}}"#, "<html>"] {
            assert!(matches!(KeySet::parse(json.as_bytes()), Err(JwksError::Malformed(_))), "{json}");
        }
    }

    #[test]
    fn a_set_does_not_grow_without_bound() {
        let keys = vec![key(r#""kty":"RSA""#, &[0xC5; 256]); 200];
        assert_eq!(set(&keys).unwrap().len(), MOST_KEYS);
    }
}
