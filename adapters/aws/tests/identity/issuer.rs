//! A pretended token issuer: keys of its own, published over HTTP.

use std::sync::{Arc, LazyLock, Mutex};

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use halftone_aws::oidc::{ExpectedToken, JwksUrl, JwksVerifier, OidcSettings};
use halftone_core::clock::ManualClock;
use jiff::{SignedDuration, Timestamp};
use rsa::RsaPrivateKey;
use rsa::pkcs1v15::SigningKey;
use rsa::rand_core::OsRng;
use rsa::sha2::Sha256;
use rsa::signature::{SignatureEncoding as _, Signer as _};
use rsa::traits::PublicKeyParts as _;
use serde_json::{Value, json};

use crate::server::{HttpServer, Reply};

pub(crate) const ISSUER: &str = "https://id.example.com/pool";
pub(crate) const CLIENT: &str = "3halftone";
pub(crate) const SUB: &str = "9f6b1a52-3f0e-4f51-8d0a-6f0f3c3c2c11";

/// Making a key takes a while, so there are two for the whole binary, under as many names as a test likes.
static KEYS: LazyLock<[RsaPrivateKey; 2]> =
    LazyLock::new(|| std::array::from_fn(|_| RsaPrivateKey::new(&mut OsRng, 2048).unwrap()));

/// A key under a name.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Key {
    pub(crate) id: &'static str,
    index: usize,
}

pub(crate) const FIRST: Key = Key { id: "first", index: 0 };
pub(crate) const SECOND: Key = Key { id: "second", index: 1 };
/// The second key under the first one's name.
pub(crate) const IMPOSTOR: Key = Key { id: "first", index: 1 };

impl Key {
    fn modulus(self) -> Vec<u8> {
        KEYS[self.index].n().to_bytes_be()
    }

    fn published(self) -> Value {
        let exponent = KEYS[self.index].e().to_bytes_be();
        json!({
            "kty": "RSA", "alg": "RS256", "use": "sig", "kid": self.id,
            "n": URL_SAFE_NO_PAD.encode(self.modulus()), "e": URL_SAFE_NO_PAD.encode(exponent),
        })
    }

    fn sign(self, message: &str) -> Vec<u8> {
        SigningKey::<Sha256>::new(KEYS[self.index].clone()).sign(message.as_bytes()).to_vec()
    }

    /// A token with these claims, in good order.
    pub(crate) fn token(self, claims: &Value) -> String {
        let unsigned = unsigned(&json!({ "alg": "RS256", "kid": self.id }), claims);
        with_signature(&unsigned, &self.sign(&unsigned))
    }

    /// What somebody could take for a shared secret: everybody can read it.
    pub(crate) fn public_bytes(self) -> Vec<u8> {
        self.modulus()
    }
}

/// Header and payload of a token.
pub(crate) fn unsigned(header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    format!("{}.{}", encode(header), encode(claims))
}

pub(crate) fn with_signature(unsigned: &str, signature: &[u8]) -> String {
    format!("{unsigned}.{}", URL_SAFE_NO_PAD.encode(signature))
}

/// What a set of these keys looks like.
pub(crate) fn jwks(keys: &[Key]) -> String {
    let keys: Vec<Value> = keys.iter().map(|key| key.published()).collect();
    json!({ "keys": keys }).to_string()
}

/// An issuer and a verifier of its access tokens.
#[derive(Debug)]
pub(crate) struct Issuer {
    pub(crate) server: HttpServer,
    pub(crate) clock: Arc<ManualClock>,
    pub(crate) verifier: JwksVerifier,
    reply: Arc<Mutex<Reply>>,
}

impl Issuer {
    /// One that publishes these keys.
    pub(crate) async fn with_keys(keys: &[Key]) -> Self {
        let reply = Arc::new(Mutex::new(Reply::new(200, jwks(keys))));
        let answered = Arc::clone(&reply);
        let server = HttpServer::start(move |_| answered.lock().unwrap().clone()).await;
        let clock = Arc::new(ManualClock::new(start()));
        let url = JwksUrl::parse(&format!("{}/jwks.json", server.url())).unwrap();
        let settings = OidcSettings::new(ISSUER, url, CLIENT, ExpectedToken::CognitoAccess);
        let verifier = JwksVerifier::new(settings, Arc::<ManualClock>::clone(&clock)).unwrap();
        Self { server, clock, verifier, reply }
    }

    /// From now on, answers so.
    pub(crate) fn answer(&self, reply: Reply) {
        *self.reply.lock().unwrap() = reply;
    }

    pub(crate) fn publish(&self, keys: &[Key]) {
        self.answer(Reply::new(200, jwks(keys)));
    }

    /// How often the keys were fetched.
    pub(crate) fn fetches(&self) -> usize {
        self.server.requests().len()
    }

    pub(crate) fn advance(&self, step: SignedDuration) {
        self.clock.advance(step);
    }
}

pub(crate) fn start() -> Timestamp {
    "2026-05-14T09:30:00Z".parse().unwrap()
}

/// The claims of an access token that lives for a day.
pub(crate) fn access_claims() -> Value {
    let now = start().as_second();
    json!({
        "iss": ISSUER, "sub": SUB, "client_id": CLIENT, "token_use": "access",
        "iat": now, "auth_time": now, "exp": now + 24 * 60 * 60, "scope": "aws.cognito.signin.user.admin",
    })
}

/// The claims of an id token.
pub(crate) fn id_claims() -> Value {
    let now = start().as_second();
    json!({
        "iss": ISSUER, "sub": SUB, "aud": CLIENT, "token_use": "id", "email": "ana@example.com",
        "iat": now, "exp": now + 24 * 60 * 60,
    })
}

/// The claims with one of them changed, or taken away if `value` is null.
pub(crate) fn with(mut claims: Value, name: &str, value: Value) -> Value {
    let members = claims.as_object_mut().unwrap();
    if value.is_null() {
        members.remove(name);
    } else {
        members.insert(name.to_owned(), value);
    }
    claims
}
