//! A signed token in its compact form (RFC 7515), before anybody believes it.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::TokenRefusal;
use super::keys::RsaKey;

/// The one algorithm that is accepted. The header may repeat it; it never chooses.
pub(super) const ALGORITHM: &str = "RS256";

/// A token whose header was read and whose payload was not.
#[derive(Debug)]
pub(super) struct SignedToken<'token> {
    key_id: String,
    /// Header and payload as they were signed, with the dot between them.
    signed: &'token str,
    payload: &'token str,
    signature: Vec<u8>,
}

#[derive(Deserialize)]
struct Header {
    alg: String,
    kid: Option<String>,
    /// Extensions that the reader must understand; we understand none.
    crit: Option<IgnoredAny>,
}

impl<'token> SignedToken<'token> {
    /// Reads the form and the header.
    pub(super) fn parse(token: &'token str) -> Result<Self, TokenRefusal> {
        let (signed, signature) = token.rsplit_once('.').ok_or(TokenRefusal::Malformed)?;
        let (header, payload) = signed.split_once('.').ok_or(TokenRefusal::Malformed)?;
        let header: Header = parse_json(&decode(header)?)?;
        if header.alg != ALGORITHM || header.crit.is_some() {
            return Err(TokenRefusal::Algorithm);
        }
        // Issuers name their keys as soon as they have two, and they have two whenever they change one.
        let key_id = header.kid.ok_or(TokenRefusal::UnknownKey)?;
        Ok(Self { key_id, signed, payload, signature: decode(signature)? })
    }

    /// The name of the key with which it claims to be signed.
    pub(super) fn key_id(&self) -> &str {
        &self.key_id
    }

    /// The payload, if `key` made the signature.
    pub(super) fn open(&self, key: &RsaKey) -> Result<Vec<u8>, TokenRefusal> {
        if !key.has_signed(self.signed.as_bytes(), &self.signature) {
            return Err(TokenRefusal::Signature);
        }
        decode(self.payload)
    }
}

/// Strict: no padding, no other alphabet, no stray bits at the end. So a fourth part, whose dot would be in one of the
/// three, is refused here too.
fn decode(part: &str) -> Result<Vec<u8>, TokenRefusal> {
    URL_SAFE_NO_PAD.decode(part).map_err(|_| TokenRefusal::Malformed)
}

/// Reads JSON that came in a token. The parser's error would quote the token, so it is left behind.
pub(super) fn parse_json<'json, Value: Deserialize<'json>>(json: &'json [u8]) -> Result<Value, TokenRefusal> {
    serde_json::from_slice(json).map_err(|_| TokenRefusal::Malformed)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn refusal(header: &str) -> Option<TokenRefusal> {
        let token = format!("{}.e30.c2ln", URL_SAFE_NO_PAD.encode(header));
        SignedToken::parse(&token).err()
    }

    #[test]
    fn only_rs256_with_a_key_and_without_extensions_is_read_further() {
        assert_eq!(refusal(r#"{"alg":"RS256","kid":"a"}"#), None);
        assert_eq!(refusal(r#"{"alg":"RS256","kid":"a","typ":"JWT"}"#), None);
        assert_eq!(refusal(r#"{"alg":"RS256"}"#), Some(TokenRefusal::UnknownKey));
        for alg in ["none", "None", "HS256", "RS384", "PS256", "ES256", "rs256", ""] {
            let header = format!(r#"{{"alg":"{alg}","kid":"a"}}"#);
            assert_eq!(refusal(&header), Some(TokenRefusal::Algorithm), "{alg}");
        }
        let critical = r#"{"alg":"RS256","kid":"a","crit":["b64"]}"#;
        assert_eq!(refusal(critical), Some(TokenRefusal::Algorithm));
        // Which of two would count depends on the parser.
        let doubled = r#"{"alg":"none","alg":"RS256","kid":"a"}"#;
        assert_eq!(refusal(doubled), Some(TokenRefusal::Malformed));
    }

    #[test]
    fn a_token_without_its_three_parts_is_malformed() {
        let header = URL_SAFE_NO_PAD.encode(r#"{"alg":"RS256","kid":"a"}"#);
        for token in ["", ".", "..", "a.b", &header, &format!("{header}.e30"), &format!("{header}=.e30.c2ln")]
        {
            assert_eq!(SignedToken::parse(token).err(), Some(TokenRefusal::Malformed), "{token}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in ".{0,200}") {
            prop_assert!(SignedToken::parse(&text).is_err());
        }
    }
}
