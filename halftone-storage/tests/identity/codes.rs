//! Codes that come by mail.

use std::sync::Arc;

use halftone_core::ports::identity::{Confirmation, IdentityProvider as _};
use jiff::SignedDuration;

use crate::studio::{Studio, ana, assert_refused, password, stranger, wrong};

#[tokio::test]
async fn an_unconfirmed_address_cannot_log_in() {
    let studio = Studio::confirming();
    let signed_up = studio.identity.sign_up(&ana(), &password("correct horse")).await.unwrap();
    assert_eq!(signed_up.confirmation, Confirmation::Required);
    let login = studio.identity.log_in(&ana(), &password("correct horse")).await;
    assert_refused!(login, NotConfirmed);
    // Only who knows the password learns that the address is not confirmed.
    let login = studio.identity.log_in(&ana(), &password("wrong horse")).await;
    assert_refused!(login, InvalidCredentials);
}

#[tokio::test]
async fn the_mailed_code_confirms_an_address() {
    let studio = Studio::confirming().with_ana().await;
    let code = studio.mailed_code();
    studio.identity.confirm(&ana(), &format!(" {code}\n")).await.unwrap();
    studio.log_in_ana().await;
    assert_refused!(studio.identity.confirm(&ana(), &code).await, InvalidCode);
}

#[tokio::test]
async fn a_confirmation_code_works_for_a_day() {
    let studio = Studio::confirming().with_ana().await;
    let code = studio.mailed_code();
    studio.advance(SignedDuration::from_hours(24));
    assert_refused!(studio.identity.confirm(&ana(), &code).await, InvalidCode);
    studio.identity.resend_confirmation(&ana()).await.unwrap();
    let fresh = studio.mailed_code();
    studio.advance(SignedDuration::from_secs(24 * 3_600 - 1));
    studio.identity.confirm(&ana(), &fresh).await.unwrap();
}

#[tokio::test]
async fn a_new_code_replaces_the_old_one() {
    let studio = Studio::confirming().with_ana().await;
    let old = studio.mailed_code();
    studio.identity.resend_confirmation(&ana()).await.unwrap();
    assert_ne!(studio.mailed_code(), old);
    assert_refused!(studio.identity.confirm(&ana(), &old).await, InvalidCode);
    studio.identity.confirm(&ana(), &studio.mailed_code()).await.unwrap();
}

#[tokio::test]
async fn a_code_survives_four_wrong_tries() {
    let studio = Studio::confirming().with_ana().await;
    let code = studio.mailed_code();
    for _ in 0..4 {
        assert_refused!(studio.identity.confirm(&ana(), wrong(&code)).await, InvalidCode);
    }
    studio.identity.confirm(&ana(), &code).await.unwrap();
}

#[tokio::test]
async fn five_wrong_tries_end_a_code() {
    let studio = Studio::confirming().with_ana().await;
    let code = studio.mailed_code();
    for text in [wrong(&code), "", "not digits", wrong(&code), wrong(&code)] {
        assert_refused!(studio.identity.confirm(&ana(), text).await, InvalidCode);
    }
    assert_refused!(studio.identity.confirm(&ana(), &code).await, InvalidCode);
}

#[tokio::test]
async fn trying_in_parallel_gains_nothing() {
    let studio = Studio::confirming().with_ana().await;
    let code = studio.mailed_code();
    let attempts: Vec<_> = (0..32)
        .map(|_| {
            let (identity, text) = (Arc::clone(&studio.identity), wrong(&code));
            tokio::spawn(async move { identity.confirm(&ana(), text).await })
        })
        .collect();
    for attempt in attempts {
        assert_refused!(attempt.await.unwrap(), InvalidCode);
    }
    assert_refused!(studio.identity.confirm(&ana(), &code).await, InvalidCode);
}

#[tokio::test]
async fn unknown_addresses_are_told_nothing() {
    let studio = Studio::confirming().with_ana().await;
    let before = studio.mailer.messages().len();
    studio.identity.resend_confirmation(&stranger()).await.unwrap();
    studio.identity.forgot_password(&stranger()).await.unwrap();
    assert_eq!(studio.mailer.messages().len(), before);
    assert_refused!(studio.identity.confirm(&stranger(), "000000").await, InvalidCode);
    let reset = studio.identity.reset_password(&stranger(), "000000", &password("new horse")).await;
    assert_refused!(reset, InvalidCode);
}

#[tokio::test]
async fn a_confirmed_address_gets_no_further_confirmation_code() {
    let studio = Studio::trusting().with_ana().await;
    studio.identity.resend_confirmation(&ana()).await.unwrap();
    assert!(studio.mailer.messages().is_empty());
}

#[tokio::test]
async fn a_forgotten_password_is_reset_with_the_mailed_code() {
    let studio = Studio::trusting().with_ana().await;
    studio.identity.forgot_password(&ana()).await.unwrap();
    let code = studio.mailed_code();
    studio.identity.reset_password(&ana(), &code, &password("new horse")).await.unwrap();
    let login = studio.identity.log_in(&ana(), &password("correct horse")).await;
    assert_refused!(login, InvalidCredentials);
    studio.identity.log_in(&ana(), &password("new horse")).await.unwrap();
    let again = studio.identity.reset_password(&ana(), &code, &password("third horse")).await;
    assert_refused!(again, InvalidCode);
}

#[tokio::test]
async fn a_reset_ends_all_sessions() {
    let studio = Studio::trusting().with_ana().await;
    let sessions = [studio.log_in_ana().await, studio.log_in_ana().await];
    studio.identity.forgot_password(&ana()).await.unwrap();
    studio.identity.reset_password(&ana(), &studio.mailed_code(), &password("new horse")).await.unwrap();
    for session in sessions {
        assert_refused!(studio.identity.refresh(&session.refresh_token, None).await, InvalidCredentials);
        assert_refused!(studio.identity.verify(&session.access_token).await, InvalidCredentials);
    }
}

#[tokio::test]
async fn a_reset_code_works_for_a_quarter_of_an_hour() {
    let studio = Studio::trusting().with_ana().await;
    studio.identity.forgot_password(&ana()).await.unwrap();
    let code = studio.mailed_code();
    studio.advance(SignedDuration::from_mins(15));
    let reset = studio.identity.reset_password(&ana(), &code, &password("new horse")).await;
    assert_refused!(reset, InvalidCode);
    studio.log_in_ana().await;
}

#[tokio::test]
async fn a_wrong_reset_code_changes_nothing_and_is_counted() {
    let studio = Studio::trusting().with_ana().await;
    studio.identity.forgot_password(&ana()).await.unwrap();
    let code = studio.mailed_code();
    for _ in 0..5 {
        let reset = studio.identity.reset_password(&ana(), wrong(&code), &password("new horse")).await;
        assert_refused!(reset, InvalidCode);
    }
    let reset = studio.identity.reset_password(&ana(), &code, &password("new horse")).await;
    assert_refused!(reset, InvalidCode);
    studio.log_in_ana().await;
}

#[tokio::test]
async fn a_code_serves_its_purpose_only() {
    let studio = Studio::confirming().with_ana().await;
    let confirming = studio.mailed_code();
    studio.identity.forgot_password(&ana()).await.unwrap();
    let resetting = studio.mailed_code();
    assert_refused!(studio.identity.confirm(&ana(), &resetting).await, InvalidCode);
    let reset = studio.identity.reset_password(&ana(), &confirming, &password("new horse")).await;
    assert_refused!(reset, InvalidCode);
    studio.identity.confirm(&ana(), &confirming).await.unwrap();
    studio.identity.reset_password(&ana(), &resetting, &password("new horse")).await.unwrap();
}

#[tokio::test]
async fn a_reset_confirms_the_address_too() {
    let studio = Studio::confirming().with_ana().await;
    studio.identity.forgot_password(&ana()).await.unwrap();
    studio.identity.reset_password(&ana(), &studio.mailed_code(), &password("new horse")).await.unwrap();
    studio.identity.log_in(&ana(), &password("new horse")).await.unwrap();
}

#[tokio::test]
async fn a_code_is_not_stored_in_clear() {
    let studio = Studio::confirming().with_ana().await;
    let stored = studio.credentials.find_by_email(&ana()).await.unwrap().unwrap().value;
    assert_eq!(stored.codes.len(), 1);
    assert!(!format!("{stored:?}").contains(&studio.mailed_code()));
}
