//! Access and refresh tokens.

use std::collections::BTreeSet;
use std::sync::Arc;

use halftone_core::entropy::SeededEntropy;
use halftone_core::ports::identity::{IdentityProvider as _, RENEWAL_GRACE};
use halftone_core::secret::{Keyring, Purpose, RefreshToken, RenewalKey};
use jiff::SignedDuration;

use crate::studio::{Studio, ana, assert_refused, password};

#[tokio::test]
async fn an_access_token_names_its_user() {
    let studio = Studio::trusting().with_ana().await;
    let session = studio.log_in_ana().await;
    assert_eq!(studio.identity.verify(&session.access_token).await.unwrap(), session.user.id);
    assert_eq!(session.expires_in, SignedDuration::from_mins(15));
}

#[tokio::test]
async fn an_access_token_shows_no_address() {
    let studio = Studio::trusting().with_ana().await;
    let token = studio.log_in_ana().await.access_token;
    let payload = studio.keyring.verify(Purpose::StudioSession, &token).unwrap();
    assert!(!payload.contains("ana"), "{payload}");
}

#[tokio::test]
async fn an_access_token_ends_after_a_quarter_of_an_hour() {
    let studio = Studio::trusting().with_ana().await;
    let token = studio.log_in_ana().await.access_token;
    studio.advance(SignedDuration::from_secs(15 * 60 - 1));
    assert!(studio.identity.verify(&token).await.is_ok());
    studio.advance(SignedDuration::from_secs(1));
    assert_refused!(studio.identity.verify(&token).await, InvalidCredentials);
}

#[tokio::test]
async fn forged_access_tokens_are_refused() {
    let studio = Studio::trusting().with_ana().await;
    let session = studio.log_in_ana().await;
    let payload = studio.keyring.verify(Purpose::StudioSession, &session.access_token).unwrap();
    let foreign = Keyring::generate(&SeededEntropy::new(99)).sign(Purpose::StudioSession, &payload);
    let other_purpose = studio.keyring.sign(Purpose::ClientSession, &payload);
    let cut = &session.access_token[..session.access_token.len() - 1];
    for token in ["", ".", "a.b", cut, &foreign, &other_purpose, &session.refresh_token] {
        assert_refused!(studio.identity.verify(token).await, InvalidCredentials);
    }
}

#[tokio::test]
async fn a_refresh_token_buys_new_tokens_once() {
    let studio = Studio::trusting().with_ana().await;
    let first = studio.log_in_ana().await;
    studio.advance(SignedDuration::from_mins(20));
    let second = studio.identity.refresh(&first.refresh_token, None).await.unwrap();
    assert_eq!(second.user, first.user);
    assert_ne!(second.refresh_token, first.refresh_token);
    assert!(studio.identity.verify(&second.access_token).await.is_ok());
    studio.identity.refresh(&second.refresh_token, None).await.unwrap();
}

#[tokio::test]
async fn a_replayed_refresh_token_ends_its_family_and_no_other() {
    let studio = Studio::trusting().with_ana().await;
    let stolen = studio.log_in_ana().await.refresh_token;
    let other_device = studio.log_in_ana().await.refresh_token;
    let current = studio.identity.refresh(&stolen, None).await.unwrap().refresh_token;
    assert_refused!(studio.identity.refresh(&stolen, None).await, InvalidCredentials);
    assert_refused!(studio.identity.refresh(&current, None).await, InvalidCredentials);
    studio.identity.refresh(&other_device, None).await.unwrap();
}

fn renewal_key(name: &str) -> RenewalKey {
    RenewalKey::parse(&format!("{name}, drawn by a browser").replace(' ', "-")).unwrap()
}

#[tokio::test]
async fn an_exchange_whose_answer_was_lost_can_be_repeated_with_its_key() {
    let studio = Studio::trusting().with_ana().await;
    let (first, key) = (studio.log_in_ana().await.refresh_token, renewal_key("one"));
    let lost = studio.identity.refresh(&first, Some(&key)).await.unwrap();
    studio.advance(RENEWAL_GRACE);
    let repeated = studio.identity.refresh(&first, Some(&key)).await.unwrap();
    assert_eq!(repeated.refresh_token, lost.refresh_token);
    assert!(studio.identity.verify(&repeated.access_token).await.is_ok());
    let next = studio.identity.refresh(&repeated.refresh_token, Some(&renewal_key("two"))).await.unwrap();
    assert_ne!(next.refresh_token, repeated.refresh_token);
    studio.identity.refresh(&next.refresh_token, None).await.unwrap();
}

#[tokio::test]
async fn exchanges_with_one_key_in_parallel_are_one() {
    let studio = Studio::trusting().with_ana().await;
    let (token, key) = (studio.log_in_ana().await.refresh_token, renewal_key("one"));
    let racers: Vec<_> = (0..16)
        .map(|_| {
            let (identity, token, key) = (Arc::clone(&studio.identity), token.clone(), key.clone());
            tokio::spawn(async move { identity.refresh(&token, Some(&key)).await.unwrap().refresh_token })
        })
        .collect();
    let mut tokens = BTreeSet::new();
    for racer in racers {
        tokens.insert(racer.await.unwrap());
    }
    assert_eq!(tokens.len(), 1);
    studio.identity.refresh(&tokens.pop_first().unwrap(), None).await.unwrap();
}

#[tokio::test]
async fn a_token_is_replayed_without_its_key_with_another_one_and_too_late() {
    let (one, two) = (Some(renewal_key("one")), Some(renewal_key("two")));
    let (at_once, too_late) = (SignedDuration::ZERO, RENEWAL_GRACE + SignedDuration::from_nanos(1));
    let replays =
        [(&one, at_once, &None), (&one, at_once, &two), (&None, at_once, &one), (&one, too_late, &one)];
    for (key, pause, again) in replays {
        let studio = Studio::trusting().with_ana().await;
        let stolen = studio.log_in_ana().await.refresh_token;
        let current = studio.identity.refresh(&stolen, key.as_ref()).await.unwrap().refresh_token;
        studio.advance(pause);
        assert_refused!(studio.identity.refresh(&stolen, again.as_ref()).await, InvalidCredentials);
        assert_refused!(studio.identity.refresh(&current, None).await, InvalidCredentials);
    }
}

#[tokio::test]
async fn a_log_out_ends_an_exchange_that_could_be_repeated() {
    let studio = Studio::trusting().with_ana().await;
    let (first, key) = (studio.log_in_ana().await.refresh_token, renewal_key("one"));
    let session = studio.identity.refresh(&first, Some(&key)).await.unwrap();
    studio.identity.log_out(&session.refresh_token).await.unwrap();
    assert_refused!(studio.identity.refresh(&first, Some(&key)).await, InvalidCredentials);
    assert_refused!(studio.identity.refresh(&session.refresh_token, None).await, InvalidCredentials);
}

#[tokio::test]
async fn a_refresh_token_used_in_parallel_leaves_no_session() {
    let studio = Studio::trusting().with_ana().await;
    let token = studio.log_in_ana().await.refresh_token;
    let racers: Vec<_> = (0..16)
        .map(|_| {
            let (identity, token) = (Arc::clone(&studio.identity), token.clone());
            tokio::spawn(async move { identity.refresh(&token, None).await })
        })
        .collect();
    let mut winners = Vec::new();
    for racer in racers {
        winners.extend(racer.await.unwrap().ok());
    }
    // Whoever was first cannot be told from a thief, so nobody keeps the session.
    assert!(winners.len() <= 1, "{} racers won", winners.len());
    for winner in winners {
        assert_refused!(studio.identity.refresh(&winner.refresh_token, None).await, InvalidCredentials);
    }
}

#[tokio::test]
async fn a_login_that_a_reset_overtakes_gives_no_session() {
    let studio = Studio::trusting().with_ana().await;
    let identity = Arc::clone(&studio.identity);
    let logging_in = tokio::spawn(async move { identity.log_in(&ana(), &password("correct horse")).await });
    // By then the login has read the credential, and its password is being hashed on another thread.
    for _ in 0..10 {
        tokio::task::yield_now().await;
    }
    let mut stored = studio.credentials.find_by_email(&ana()).await.unwrap().unwrap();
    stored.value.password_hash.push('A');
    studio.credentials.update(&stored.value, stored.version).await.unwrap();
    studio.credentials.delete_refresh_tokens(stored.value.user).await.unwrap();
    assert_refused!(logging_in.await.unwrap(), InvalidCredentials);
}

#[tokio::test]
async fn a_refresh_that_a_log_out_overtakes_leaves_no_session() {
    // The log-out begins after more and more steps of the refresh.
    for steps in 0..10 {
        let studio = Studio::trusting().with_ana().await;
        let token = studio.log_in_ana().await.refresh_token;
        let (identity, presented) = (Arc::clone(&studio.identity), token.clone());
        let refreshing = tokio::spawn(async move { identity.refresh(&presented, None).await });
        for _ in 0..steps {
            tokio::task::yield_now().await;
        }
        studio.identity.log_out(&token).await.unwrap();
        if let Ok(session) = refreshing.await.unwrap() {
            let refused = studio.identity.refresh(&session.refresh_token, None).await;
            assert!(refused.is_err(), "the session outlived a log-out after {steps} steps");
        }
    }
}

#[tokio::test]
async fn a_refresh_that_a_deletion_overtakes_leaves_no_session() {
    for steps in 0..10 {
        let studio = Studio::trusting().with_ana().await;
        let session = studio.log_in_ana().await;
        let (identity, presented) = (Arc::clone(&studio.identity), session.refresh_token.clone());
        let refreshing = tokio::spawn(async move { identity.refresh(&presented, None).await });
        for _ in 0..steps {
            tokio::task::yield_now().await;
        }
        studio.identity.delete(session.user.id).await.unwrap();
        if let Ok(session) = refreshing.await.unwrap() {
            let token = RefreshToken::parse(&session.refresh_token).unwrap();
            let left = studio.spend(&token).await;
            assert_eq!(left, None, "a token outlived a deletion after {steps} steps");
        }
    }
}

#[tokio::test]
async fn a_refresh_token_ends_after_thirty_days_without_use() {
    let studio = Studio::trusting().with_ana().await;
    let month = SignedDuration::from_hours(30 * 24);
    let first = studio.log_in_ana().await.refresh_token;
    studio.advance(month - SignedDuration::from_secs(1));
    let second = studio.identity.refresh(&first, None).await.unwrap().refresh_token;
    studio.advance(month);
    assert_refused!(studio.identity.refresh(&second, None).await, InvalidCredentials);
}

#[tokio::test]
async fn unknown_refresh_tokens_are_refused() {
    let studio = Studio::trusting().with_ana().await;
    let unknown = RefreshToken::generate(&SeededEntropy::new(99));
    for token in ["", "rt_", "not a token", unknown.reveal()] {
        assert_refused!(studio.identity.refresh(token, None).await, InvalidCredentials);
        studio.identity.log_out(token).await.unwrap();
    }
}

#[tokio::test]
async fn logging_out_ends_the_family() {
    let studio = Studio::trusting().with_ana().await;
    let first = studio.log_in_ana().await.refresh_token;
    let other_device = studio.log_in_ana().await.refresh_token;
    let second = studio.identity.refresh(&first, None).await.unwrap().refresh_token;
    for _ in 0..2 {
        studio.identity.log_out(&second).await.unwrap();
        assert_refused!(studio.identity.refresh(&second, None).await, InvalidCredentials);
    }
    studio.identity.refresh(&other_device, None).await.unwrap();
}

#[tokio::test]
async fn refresh_tokens_are_stored_as_hashes_and_ended_ones_are_swept() {
    let studio = Studio::trusting().with_ana().await;
    let token = RefreshToken::parse(&studio.log_in_ana().await.refresh_token).unwrap();
    studio.advance(SignedDuration::from_hours(31 * 24));
    studio.log_in_ana().await;
    assert_eq!(studio.spend(&token).await, None);
}
