//! When an issuer is asked for its keys, and what happens while it does not answer.

use halftone_aws::oidc::{JwksError, TokenRefusal, VerifyError};
use jiff::SignedDuration;
use serde_json::json;

use crate::issuer::{FIRST, Issuer, SECOND, access_claims, unsigned, with, with_signature};
use crate::server::Reply;

const PAUSE: SignedDuration = SignedDuration::from_secs(10);

/// A token whose times never matter here.
fn first() -> String {
    FIRST.token(&with(access_claims(), "exp", json!(4_000_000_000_u64)))
}

fn second() -> String {
    SECOND.token(&with(access_claims(), "exp", json!(4_000_000_000_u64)))
}

fn invented(number: usize) -> String {
    let header = json!({ "alg": "RS256", "kid": format!("invented-{number}") });
    with_signature(&unsigned(&header, &access_claims()), &[1; 256])
}

async fn assert_unknown(issuer: &Issuer, token: &str) {
    let refused = issuer.verifier.verify(token).await;
    assert!(matches!(refused, Err(VerifyError::Refused(TokenRefusal::UnknownKey))), "{refused:?}");
}

/// Whether it is the fault that a reply should come to.
type IsExpected = fn(&JwksError) -> bool;

/// Why nothing can be said about the token.
async fn fault(issuer: &Issuer, token: &str) -> std::sync::Arc<JwksError> {
    match issuer.verifier.verify(token).await {
        Err(VerifyError::Unavailable(fault)) => fault,
        other => panic!("not unavailable, but {other:?}"),
    }
}

#[tokio::test]
async fn a_new_key_is_found_as_soon_as_the_pause_is_over() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    issuer.verifier.verify(&first()).await.unwrap();
    issuer.publish(&[FIRST, SECOND]);
    issuer.advance(PAUSE - SignedDuration::from_secs(1));
    assert_unknown(&issuer, &second()).await;
    issuer.advance(SignedDuration::from_secs(1));
    issuer.verifier.verify(&second()).await.unwrap();
    issuer.verifier.verify(&first()).await.unwrap();
    assert_eq!(issuer.fetches(), 2);
}

#[tokio::test]
async fn a_flood_of_invented_keys_costs_one_fetch_per_pause() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    issuer.verifier.verify(&first()).await.unwrap();
    for round in 1..=3 {
        issuer.advance(PAUSE);
        let all: Vec<_> = (0..50)
            .map(|number| {
                let verifier = issuer.verifier.clone();
                tokio::spawn(async move { verifier.verify(&invented(number)).await })
            })
            .collect();
        for one in all {
            let refused = one.await.unwrap();
            assert!(matches!(refused, Err(VerifyError::Refused(TokenRefusal::UnknownKey))), "{refused:?}");
        }
        assert_eq!(issuer.fetches(), 1 + round);
    }
    issuer.verifier.verify(&first()).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn the_first_tokens_wait_for_one_fetch() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    issuer.server.hold(true);
    let all: Vec<_> = (0..20)
        .map(|_| {
            let verifier = issuer.verifier.clone();
            tokio::spawn(async move { verifier.verify(&first()).await })
        })
        .collect();
    while issuer.fetches() == 0 {
        tokio::task::yield_now().await;
    }
    issuer.server.hold(false);
    for one in all {
        one.await.unwrap().unwrap();
    }
    assert_eq!(issuer.fetches(), 1);
}

#[tokio::test]
async fn a_withdrawn_key_stops_working_after_an_hour() {
    let issuer = Issuer::with_keys(&[FIRST, SECOND]).await;
    issuer.verifier.verify(&first()).await.unwrap();
    issuer.publish(&[SECOND]);
    issuer.advance(SignedDuration::from_mins(59));
    issuer.verifier.verify(&first()).await.unwrap();
    issuer.advance(SignedDuration::from_mins(1));
    assert_unknown(&issuer, &first()).await;
    issuer.verifier.verify(&second()).await.unwrap();
}

#[tokio::test]
async fn known_keys_outlive_their_issuer_for_a_day() {
    let mut issuer = Issuer::with_keys(&[FIRST]).await;
    issuer.verifier.verify(&first()).await.unwrap();
    issuer.server.stop().await;
    for _ in 0..23 {
        issuer.advance(SignedDuration::from_hours(1));
        issuer.verifier.verify(&first()).await.unwrap();
    }
    // An unknown key may be a new one: nothing is known about its token.
    assert!(matches!(*fault(&issuer, &second()).await, JwksError::Http(_)));
    issuer.advance(SignedDuration::from_hours(1));
    assert!(matches!(*fault(&issuer, &first()).await, JwksError::Http(_)));
}

#[tokio::test]
async fn an_issuer_that_fails_is_asked_once_per_pause() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    issuer.answer(Reply::new(503, ""));
    for _ in 0..10 {
        assert!(matches!(*fault(&issuer, &first()).await, JwksError::Status(503)));
    }
    assert_eq!(issuer.fetches(), 1);
    issuer.publish(&[FIRST]);
    issuer.advance(PAUSE);
    issuer.verifier.verify(&first()).await.unwrap();
}

#[tokio::test]
async fn what_is_no_set_of_keys_changes_nothing() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    issuer.verifier.verify(&first()).await.unwrap();
    let mut redirect = Reply::new(302, "");
    redirect.headers = format!("location: {}/elsewhere\r\n", issuer.server.url());
    let large = format!(r#"{{"keys":[],"padding":"{}"}}"#, "a".repeat(300 * 1024));
    let garbage: [(Reply, IsExpected); 5] = [
        (Reply::new(200, "<html>"), |fault| matches!(fault, JwksError::Malformed(_))),
        (Reply::new(200, r#"{"keys":[]}"#), |fault| matches!(fault, JwksError::NoUsableKey)),
        (Reply::new(404, ""), |fault| matches!(fault, JwksError::Status(404))),
        (redirect, |fault| matches!(fault, JwksError::Status(302))),
        (Reply::new(200, large), |fault| matches!(fault, JwksError::TooLarge)),
    ];
    for (reply, is_expected) in garbage {
        issuer.answer(reply);
        issuer.advance(PAUSE);
        let fault = fault(&issuer, &second()).await;
        assert!(is_expected(&fault), "{fault:?}");
        issuer.verifier.verify(&first()).await.unwrap();
    }
    assert!(issuer.server.requests().iter().all(|request| request.path == "/jwks.json"));
}

#[tokio::test]
async fn while_one_caller_renews_the_others_use_the_old_keys() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    issuer.verifier.verify(&first()).await.unwrap();
    issuer.advance(SignedDuration::from_hours(2));
    issuer.server.hold(true);
    let verifier = issuer.verifier.clone();
    let renewing = tokio::spawn(async move { verifier.verify(&first()).await });
    while issuer.fetches() < 2 {
        tokio::task::yield_now().await;
    }
    issuer.verifier.verify(&first()).await.unwrap();
    assert!(!renewing.is_finished());
    issuer.server.hold(false);
    renewing.await.unwrap().unwrap();
}

#[tokio::test]
async fn a_fetch_outlives_the_caller_who_began_it() {
    let issuer = Issuer::with_keys(&[FIRST]).await;
    issuer.server.hold(true);
    let verifier = issuer.verifier.clone();
    let leaving = tokio::spawn(async move { verifier.verify(&first()).await });
    while issuer.fetches() == 0 {
        tokio::task::yield_now().await;
    }
    leaving.abort();
    assert!(leaving.await.unwrap_err().is_cancelled());
    issuer.server.hold(false);
    issuer.verifier.verify(&first()).await.unwrap();
    assert_eq!(issuer.fetches(), 1);
}
