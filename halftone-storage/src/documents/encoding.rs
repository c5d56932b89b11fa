//! Bytes in documents: base64url without padding.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use halftone_core::secret::TokenHash;

use super::DamagedDocument;

pub(super) fn text_of(bytes: &[u8]) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}

pub(super) fn bytes_of(text: &str) -> Result<Vec<u8>, DamagedDocument> {
    URL_SAFE_NO_PAD.decode(text).map_err(|_| DamagedDocument::Encoding("not base64url"))
}

pub(super) fn array_of<const LENGTH: usize>(text: &str) -> Result<[u8; LENGTH], DamagedDocument> {
    bytes_of(text)?.try_into().map_err(|_| DamagedDocument::Encoding("not as many bytes as there must be"))
}

pub(super) fn text_of_hash(hash: &TokenHash) -> String {
    text_of(hash.as_bytes())
}

pub(super) fn hash_of(text: &str) -> Result<TokenHash, DamagedDocument> {
    array_of(text).map(TokenHash::restore)
}
