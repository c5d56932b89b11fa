//! Which tokens are accepted.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use halftone_aws::oidc::{ExpectedToken, JwksUrl, JwksVerifier, OidcSettings, TokenRefusal, VerifyError};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::issuer::{
    CLIENT, FIRST, IMPOSTOR, ISSUER, Issuer, SECOND, SUB, access_claims, id_claims, start, unsigned, with,
    with_signature,
};

async fn refusal(verifier: &JwksVerifier, token: &str) -> TokenRefusal {
    match verifier.verify(token).await {
        Err(VerifyError::Refused(refusal)) => refusal,
        other => panic!("not refused, but {other:?}"),
    }
}

#[tokio::test]
async fn an_access_token_names_its_subject() {
    let issuer = Issuer::with_keys(&[SECOND, FIRST]).await;
    for key in [FIRST, SECOND] {
        let claims = issuer.verifier.verify(&key.token(&access_claims())).await.unwrap();
        assert_eq!(claims.subject, SUB);
        assert_eq!(claims.expires_at, start() + SignedDuration::from_hours(24));
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn an_id_token_carries_the_address_and_debug_hides_it() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    let verifier = issuer.verifier.expecting(ExpectedToken::CognitoId);
    let claims = verifier.verify(&FIRST.token(&id_claims())).await.unwrap();
    assert_eq!(claims.email.as_deref(), Some("ana@example.com"));
    assert!(!format!("{claims:?}").contains("ana"));
}

#[tokio::test]
async fn a_token_of_any_issuer_must_name_us_in_its_audience() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    let verifier = issuer.verifier.expecting(ExpectedToken::Audience);
    let plain = with(id_claims(), "token_use", Value::Null);
    let several = with(plain.clone(), "aud", json!(["other", CLIENT]));
    for good in [&plain, &several, &with(several.clone(), "azp", json!(CLIENT))] {
        verifier.verify(&FIRST.token(good)).await.unwrap();
    }
    for bad in [with(plain.clone(), "aud", json!(["other"])), with(several, "azp", json!("other"))] {
        assert_eq!(refusal(&verifier, &FIRST.token(&bad)).await, TokenRefusal::Audience, "{bad}");
    }
    assert_eq!(refusal(&verifier, &FIRST.token(&id_claims())).await, TokenRefusal::TokenUse);
}

#[tokio::test]
async fn tokens_of_others_or_of_another_kind_are_refused() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    let cases = [
        ("iss", json!("https://id.example.com/pool2"), TokenRefusal::Issuer),
        ("iss", json!("https://id.example.com/pool/"), TokenRefusal::Issuer),
        ("iss", Value::Null, TokenRefusal::Malformed),
        ("client_id", json!("other"), TokenRefusal::Audience),
        ("client_id", Value::Null, TokenRefusal::Audience),
        ("token_use", json!("id"), TokenRefusal::TokenUse),
        ("token_use", Value::Null, TokenRefusal::TokenUse),
        ("sub", Value::Null, TokenRefusal::Malformed),
        ("exp", Value::Null, TokenRefusal::Malformed),
        ("exp", json!("tomorrow"), TokenRefusal::Malformed),
        ("exp", json!(1e300), TokenRefusal::Malformed),
    ];
    for (name, value, expected) in cases {
        let token = FIRST.token(&with(access_claims(), name, value.clone()));
        assert_eq!(refusal(&issuer.verifier, &token).await, expected, "{name}: {value}");
    }
    // Our client in the audience does not make an access token of it.
    let with_audience = with(with(access_claims(), "client_id", Value::Null), "aud", json!(CLIENT));
    assert_eq!(refusal(&issuer.verifier, &FIRST.token(&with_audience)).await, TokenRefusal::Audience);
    let id_verifier = issuer.verifier.expecting(ExpectedToken::CognitoId);
    assert_eq!(refusal(&id_verifier, &FIRST.token(&access_claims())).await, TokenRefusal::TokenUse);
}

#[tokio::test]
async fn a_token_ends_one_minute_after_its_end() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    let token = FIRST.token(&with(access_claims(), "exp", json!(start().as_second() + 300)));
    issuer.advance(SignedDuration::from_secs(359));
    assert!(issuer.verifier.verify(&token).await.is_ok());
    issuer.advance(SignedDuration::from_secs(1));
    assert_eq!(refusal(&issuer.verifier, &token).await, TokenRefusal::Expired);
}

#[tokio::test]
async fn a_token_begins_one_minute_before_its_beginning() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    for claim in ["nbf", "iat"] {
        let at =
            |seconds: i64| FIRST.token(&with(access_claims(), claim, json!(start().as_second() + seconds)));
        assert!(issuer.verifier.verify(&at(60)).await.is_ok(), "{claim}");
        assert_eq!(refusal(&issuer.verifier, &at(61)).await, TokenRefusal::NotYetValid, "{claim}");
    }
}

#[tokio::test]
async fn a_token_cannot_choose_another_algorithm() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    let claims = access_claims();
    for (algorithm, signature) in [("none", Vec::new()), ("HS256", Vec::new()), ("RS512", vec![1; 256])] {
        let unsigned = unsigned(&json!({ "alg": algorithm, "kid": FIRST.id }), &claims);
        let token = with_signature(&unsigned, &signature);
        assert_eq!(refusal(&issuer.verifier, &token).await, TokenRefusal::Algorithm, "{algorithm}");
    }
}

#[tokio::test]
async fn the_public_key_is_no_shared_secret() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    for (algorithm, expected) in [("HS256", TokenRefusal::Algorithm), ("RS256", TokenRefusal::Signature)] {
        let unsigned = unsigned(&json!({ "alg": algorithm, "kid": FIRST.id }), &access_claims());
        let mut mac = Hmac::<Sha256>::new_from_slice(&FIRST.public_bytes()).unwrap();
        mac.update(unsigned.as_bytes());
        let token = with_signature(&unsigned, &mac.finalize().into_bytes());
        assert_eq!(refusal(&issuer.verifier, &token).await, expected);
    }
}

#[tokio::test]
async fn a_changed_token_is_refused() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    let token = FIRST.token(&access_claims());
    let [header, _, signature]: [&str; 3] = token.split('.').collect::<Vec<_>>().try_into().unwrap();
    let other = URL_SAFE_NO_PAD.encode(with(access_claims(), "sub", json!("somebody")).to_string());
    let forged = format!("{header}.{other}.{signature}");
    assert_eq!(refusal(&issuer.verifier, &forged).await, TokenRefusal::Signature);
    let impostor = IMPOSTOR.token(&access_claims());
    assert_eq!(refusal(&issuer.verifier, &impostor).await, TokenRefusal::Signature);
    let unsigned = format!("{}.", token.rsplit_once('.').unwrap().0);
    assert_eq!(refusal(&issuer.verifier, &unsigned).await, TokenRefusal::Signature);
    let padded = format!("{token}=");
    assert_eq!(refusal(&issuer.verifier, &padded).await, TokenRefusal::Malformed);
}

#[tokio::test]
async fn an_endless_token_is_refused_unread() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    let padding = "a".repeat(JwksVerifier::MOST_TOKEN_BYTES);
    let token = FIRST.token(&with(access_claims(), "padding", json!(padding)));
    assert_eq!(refusal(&issuer.verifier, &token).await, TokenRefusal::TooLong);
    assert_eq!(issuer.fetches(), 0);
}

#[test]
fn settings_that_would_accept_anything_are_refused() {
    let url = JwksUrl::parse("https://id.example.com/jwks.json").unwrap();
    let good = OidcSettings::new(ISSUER, url, CLIENT, ExpectedToken::CognitoAccess);
    let clock = || std::sync::Arc::new(halftone_core::clock::SystemClock);
    assert!(JwksVerifier::new(good.clone(), clock()).is_ok());
    let negative = SignedDuration::from_secs(-1);
    let mut all = vec![good; 5];
    all[0].issuer.clear();
    all[1].client_id.clear();
    all[2].clock_skew = negative;
    all[3].cache.pause = negative;
    all[4].cache.usable_for = SignedDuration::from_secs(1);
    for bad in all {
        assert!(JwksVerifier::new(bad.clone(), clock()).is_err(), "{bad:?}");
    }
}
