//! A browser's side of Web Push: keys of its own, and decryption by the letter of RFC 8188 and RFC 8291 with primitives alone,
//! so that a mistake of the library that encrypts cannot hide in the one that decrypts.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ring::aead::{AES_128_GCM, Aad, LessSafeKey, Nonce, UnboundKey};
use ring::hmac;
use ring::signature::{ECDSA_P256_SHA256_FIXED, UnparsedPublicKey};
use serde_json::Value;
use web_push_native::p256::ecdh::diffie_hellman;
use web_push_native::p256::elliptic_curve::sec1::ToEncodedPoint as _;
use web_push_native::p256::{PublicKey, SecretKey};

/// A browser that subscribed.
#[derive(Debug)]
pub(crate) struct Receiver {
    secret: SecretKey,
    auth: [u8; 16],
}

impl Receiver {
    /// The same `number` gives the same keys.
    pub(crate) fn new(number: u8) -> Self {
        Self { secret: SecretKey::from_slice(&[number; 32]).unwrap(), auth: [number; 16] }
    }

    /// The public key in base64url, as a browser prints it.
    pub(crate) fn p256dh(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.point())
    }

    /// The shared secret in base64url.
    pub(crate) fn auth(&self) -> String {
        URL_SAFE_NO_PAD.encode(self.auth)
    }

    fn point(&self) -> Vec<u8> {
        self.secret.public_key().to_encoded_point(false).as_bytes().to_vec()
    }

    /// Decrypts a message of one record (RFC 8188, section 2).
    pub(crate) fn open(&self, message: &[u8]) -> Value {
        assert!(message.len() <= 4_096, "a push service need not take {} bytes", message.len());
        let (salt, rest) = message.split_at(16);
        let (record_size, rest) = rest.split_at(4);
        assert!(u32::from_be_bytes(record_size.try_into().unwrap()) as usize >= rest.len() - 66);
        let (key_id, sealed) = rest[1..].split_at(usize::from(rest[0]));
        let sender = PublicKey::from_sec1_bytes(key_id).unwrap();
        let shared = diffie_hellman(self.secret.to_nonzero_scalar(), sender.as_affine());
        let info = [b"WebPush: info\0".as_slice(), &self.point(), key_id].concat();
        let key = derive(&self.auth, shared.raw_secret_bytes(), &info, 32);
        let content_key = derive(salt, &key, b"Content-Encoding: aes128gcm\0", 16);
        let nonce = derive(salt, &key, b"Content-Encoding: nonce\0", 12);
        let cipher = LessSafeKey::new(UnboundKey::new(&AES_128_GCM, &content_key).unwrap());
        let nonce = Nonce::try_assume_unique_for_key(&nonce).unwrap();
        let mut record = sealed.to_vec();
        let plain = cipher.open_in_place(nonce, Aad::empty(), &mut record).unwrap();
        let end = plain.iter().rposition(|byte| *byte != 0).unwrap();
        assert_eq!(plain[end], 2, "the only record is the last one");
        serde_json::from_slice(&plain[..end]).unwrap()
    }
}

/// HKDF of RFC 5869 for up to one block.
fn derive(salt: &[u8], secret: &[u8], info: &[u8], length: usize) -> Vec<u8> {
    let extracted = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, salt), secret);
    let key = hmac::Key::new(hmac::HMAC_SHA256, extracted.as_ref());
    hmac::sign(&key, &[info, &[1]].concat()).as_ref()[..length].to_vec()
}

/// Checks the header of RFC 8292 and gives the claims of its token and the key that signed it.
pub(crate) fn verify_vapid(authorization: &str) -> (Value, String) {
    let fields = authorization.strip_prefix("vapid ").unwrap();
    let field = |name: &str| {
        let mut fields = fields.split(", ").filter_map(|field| field.split_once('='));
        fields.find(|(known, _)| *known == name).unwrap().1.to_owned()
    };
    let (token, key) = (field("t"), field("k"));
    let (signed, signature) = token.rsplit_once('.').unwrap();
    let decode = |text: &str| URL_SAFE_NO_PAD.decode(text).unwrap();
    let verifier = UnparsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, decode(&key));
    verifier.verify(signed.as_bytes(), &decode(signature)).unwrap();
    let (header, claims) = signed.split_once('.').unwrap();
    let header: Value = serde_json::from_slice(&decode(header)).unwrap();
    assert_eq!((&header["typ"], &header["alg"]), (&"JWT".into(), &"ES256".into()));
    (serde_json::from_slice(&decode(claims)).unwrap(), key)
}
