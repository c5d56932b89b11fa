//! Registering, logging in with a password, deleting.

use std::sync::Arc;

use halftone_core::clock::SystemClock;
use halftone_core::entropy::SeededEntropy;
use halftone_core::id::UserId;
use halftone_core::ports::identity::{Confirmation, IdentityProvider as _, User};
use halftone_core::secret::Keyring;
use halftone_storage::local_identity::{LocalIdentity, LocalIdentityPorts, LocalIdentitySpec};
use halftone_storage::memory::MemoryBackend;

use crate::studio::{BrokenMailer, Studio, ana, assert_refused, password, stranger};

#[tokio::test]
async fn who_registered_can_log_in_at_once() {
    let studio = Studio::trusting();
    let signed_up = studio.identity.sign_up(&ana(), &password("correct horse")).await.unwrap();
    assert_eq!(signed_up.confirmation, Confirmation::NotRequired);
    let session = studio.log_in_ana().await;
    assert_eq!((session.user.id, session.user.email), (signed_up.user, ana()));
    assert!(studio.mailer.messages().is_empty());
}

#[tokio::test]
async fn an_address_registers_once() {
    let studio = Studio::trusting().with_ana().await;
    let again = studio.identity.sign_up(&ana(), &password("another one")).await;
    assert_refused!(again, AlreadyRegistered);
    studio.log_in_ana().await;
}

#[tokio::test]
async fn of_concurrent_registrations_exactly_one_succeeds() {
    let studio = Studio::trusting();
    let register = || {
        let identity = Arc::clone(&studio.identity);
        tokio::spawn(async move { identity.sign_up(&ana(), &password("correct horse")).await.is_ok() })
    };
    let racers = [register(), register(), register(), register()];
    let mut winners = 0;
    for racer in racers {
        winners += usize::from(racer.await.unwrap());
    }
    assert_eq!(winners, 1);
}

#[tokio::test]
async fn a_wrong_password_and_an_unknown_address_are_refused_alike() {
    let studio = Studio::trusting().with_ana().await;
    let wrong = studio.identity.log_in(&ana(), &password("wrong horse")).await.unwrap_err();
    let unknown = studio.identity.log_in(&stranger(), &password("correct horse")).await.unwrap_err();
    assert_eq!(wrong.to_string(), unknown.to_string());
    assert_refused!(Err::<(), _>(wrong), InvalidCredentials);
    assert_refused!(Err::<(), _>(unknown), InvalidCredentials);
}

#[tokio::test]
async fn a_stored_credential_holds_no_password() {
    let studio = Studio::trusting().with_ana().await;
    let stored = studio.credentials.find_by_email(&ana()).await.unwrap().unwrap().value;
    assert!(stored.password_hash.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"));
    assert!(!format!("{stored:?}").contains("correct horse"));
}

#[tokio::test]
async fn a_password_can_be_checked_again() {
    let studio = Studio::trusting().with_ana().await;
    let user = studio.log_in_ana().await.user;
    studio.identity.check_password(&user, &password("correct horse")).await.unwrap();
    assert_refused!(
        studio.identity.check_password(&user, &password("wrong horse")).await,
        InvalidCredentials
    );
    let nobody = User { id: UserId::generate(studio.now(), &SeededEntropy::new(99)), ..user };
    let refused = studio.identity.check_password(&nobody, &password("correct horse")).await;
    assert_refused!(refused, InvalidCredentials);
}

#[tokio::test]
async fn a_deleted_user_is_out_at_once() {
    let studio = Studio::trusting().with_ana().await;
    let session = studio.log_in_ana().await;
    for _ in 0..2 {
        studio.identity.delete(session.user.id).await.unwrap();
        assert_refused!(studio.identity.verify(&session.access_token).await, InvalidCredentials);
        assert_refused!(studio.identity.refresh(&session.refresh_token, None).await, InvalidCredentials);
        let login = studio.identity.log_in(&ana(), &password("correct horse")).await;
        assert_refused!(login, InvalidCredentials);
    }
    studio.identity.sign_up(&ana(), &password("a new start")).await.unwrap();
}

#[tokio::test]
async fn a_registration_whose_code_cannot_be_mailed_leaves_nothing() {
    let entropy = Arc::new(SeededEntropy::new(7));
    let backend = MemoryBackend::new(Arc::new(SystemClock), Arc::<SeededEntropy>::clone(&entropy));
    let credentials = backend.ports().metadata.credentials;
    let ports = LocalIdentityPorts {
        credentials: Arc::clone(&credentials),
        mailer: Arc::new(BrokenMailer),
        keyring: Arc::new(Keyring::generate(&*entropy)),
        clock: Arc::new(SystemClock),
        entropy,
    };
    let spec = LocalIdentitySpec { confirmation: Confirmation::Required, ..LocalIdentitySpec::default() };
    let refused = LocalIdentity::new(ports, spec).sign_up(&ana(), &password("correct horse")).await;
    assert_refused!(refused, Storage);
    assert_eq!(credentials.find_by_email(&ana()).await.unwrap(), None);
}

#[tokio::test]
async fn a_flood_of_logins_is_answered_one_after_the_other() {
    let studio = Studio::trusting().with_ana().await;
    let attempt = |number: usize| {
        let identity = Arc::clone(&studio.identity);
        let text = if number == 7 { "correct horse" } else { "wrong horse" };
        tokio::spawn(async move { identity.log_in(&ana(), &password(text)).await.is_ok() })
    };
    let attempts: Vec<_> = (0..16).map(attempt).collect();
    let mut successes = 0;
    for attempt in attempts {
        successes += usize::from(attempt.await.unwrap());
    }
    assert_eq!(successes, 1);
}
