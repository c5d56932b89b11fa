//! What is sent to Cognito, and what becomes of its tokens.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use halftone_core::id::UserId;
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::identity::{Confirmation, IdentityError, IdentityProvider as _, User};
use hmac::{Hmac, KeyInit as _, Mac as _};
use jiff::SignedDuration;
use serde_json::{Value, json};
use sha2::Sha256;

use crate::issuer::{CLIENT, FIRST, SUB, access_claims, with};
use crate::pool::{AppClient, POOL, Pool, SECRET, ana, done, password, tokens};
use crate::server::{Reply, Request};

const OTHER_SUB: &str = "11111111-2222-4333-8444-555555555555";

fn secret_hash(username: &str) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET.as_bytes()).unwrap();
    mac.update(format!("{username}{CLIENT}").as_bytes());
    STANDARD.encode(mac.finalize().into_bytes())
}

/// Answers everything well.
fn kind_cognito(request: &Request) -> Reply {
    match request.operation.as_str() {
        "SignUp" => Reply::json(200, &json!({ "UserConfirmed": false, "UserSub": SUB })),
        "InitiateAuth" if request.body["AuthFlow"] == "REFRESH_TOKEN_AUTH" => tokens(SUB, None),
        "InitiateAuth" => tokens(SUB, Some("refresh.one")),
        "GetTokensFromRefreshToken" => tokens(SUB, Some("refresh.two")),
        _ => done(),
    }
}

fn refused<Success: std::fmt::Debug>(result: Result<Success, IdentityError>) -> IdentityError {
    result.unwrap_err()
}

#[tokio::test]
async fn every_public_call_carries_the_secret_hash_of_the_name_it_uses() {
    let pool = Pool::start(AppClient::Confidential, kind_cognito).await;
    let (email, identity) = (ana(), &pool.identity);
    identity.sign_up(&email, &password()).await.unwrap();
    identity.confirm(&email, "123456").await.unwrap();
    identity.resend_confirmation(&email).await.unwrap();
    identity.forgot_password(&email).await.unwrap();
    identity.reset_password(&email, "123456", &password()).await.unwrap();
    let session = identity.log_in(&email, &password()).await.unwrap();
    identity.refresh(&session.refresh_token, None).await.unwrap();
    identity.log_out(&session.refresh_token).await.unwrap();

    let calls = pool.calls();
    let by_address: Vec<&str> = calls
        .iter()
        .filter(|call| call.body["SecretHash"] == secret_hash("ana@example.com"))
        .map(|call| call.operation.as_str())
        .collect();
    let expected =
        ["SignUp", "ConfirmSignUp", "ResendConfirmationCode", "ForgotPassword", "ConfirmForgotPassword"];
    assert_eq!(by_address, expected);
    let log_ins: Vec<&Value> =
        calls.iter().filter(|call| call.operation == "InitiateAuth").map(|call| &call.body).collect();
    assert_eq!(log_ins[0]["AuthParameters"]["SECRET_HASH"], secret_hash("ana@example.com"));
    // Cognito takes the address in place of the real name everywhere but here.
    assert_eq!(log_ins[1]["AuthParameters"]["SECRET_HASH"], secret_hash(SUB));
    assert_eq!(log_ins[1]["AuthParameters"]["REFRESH_TOKEN"], "refresh.one");
    let revoked = &calls.last().unwrap().body;
    assert_eq!((&revoked["Token"], &revoked["ClientSecret"]), (&json!("refresh.one"), &json!(SECRET)));
}

#[tokio::test]
async fn a_public_app_client_sends_no_secret() {
    let pool = Pool::start(AppClient::Public, kind_cognito).await;
    pool.identity.sign_up(&ana(), &password()).await.unwrap();
    let session = pool.identity.log_in(&ana(), &password()).await.unwrap();
    pool.identity.refresh(&session.refresh_token, None).await.unwrap();
    pool.identity.log_out(&session.refresh_token).await.unwrap();
    for call in pool.calls() {
        let text = call.body.to_string().to_ascii_lowercase();
        assert!(!text.contains("secret"), "{}", call.operation);
    }
}

#[tokio::test]
async fn signing_up_tells_whether_a_code_was_mailed() {
    let pool = Pool::start(AppClient::Confidential, |request| {
        let is_known = request.body["Username"] == "known@example.com";
        Reply::json(200, &json!({ "UserConfirmed": is_known, "UserSub": SUB }))
    });
    let pool = pool.await;
    let signed_up = pool.identity.sign_up(&ana(), &password()).await.unwrap();
    assert_eq!((signed_up.user.to_string().as_str(), signed_up.confirmation), (SUB, Confirmation::Required));
    let known = halftone_core::text::Email::parse("known@example.com").unwrap();
    let signed_up = pool.identity.sign_up(&known, &password()).await.unwrap();
    assert_eq!(signed_up.confirmation, Confirmation::NotRequired);
    let sent = &pool.calls()[0].body;
    assert_eq!(sent["UserAttributes"], json!([{ "Name": "email", "Value": "ana@example.com" }]));
}

#[tokio::test]
async fn a_login_gives_a_session_whose_access_token_verifies() {
    let pool = Pool::start(AppClient::Confidential, kind_cognito).await;
    let session = pool.identity.log_in(&ana(), &password()).await.unwrap();
    assert_eq!(session.user, User { id: UserId::parse(SUB).unwrap(), email: ana() });
    assert_eq!(session.expires_in, SignedDuration::from_mins(15));
    assert_eq!(session.refresh_token, format!("{SUB}.refresh.one"));
    assert_eq!(pool.identity.verify(&session.access_token).await.unwrap(), session.user.id);
    assert!(matches!(refused(pool.identity.verify("a.b.c").await), IdentityError::InvalidCredentials));
}

#[tokio::test]
async fn a_challenge_is_named() {
    for challenge in ["NEW_PASSWORD_REQUIRED", "SOFTWARE_TOKEN_MFA", "SMS_MFA", "A_NEW_ONE"] {
        let reply = json!({ "ChallengeName": challenge, "ChallengeParameters": {}, "Session": "s" });
        let pool = Pool::start(AppClient::Confidential, move |_| Reply::json(200, &reply)).await;
        match refused(pool.identity.log_in(&ana(), &password()).await) {
            IdentityError::ChallengeRequired { challenge: named } => assert_eq!(named, challenge),
            other => panic!("{other:?}"),
        }
    }
}

#[tokio::test]
async fn without_rotation_the_same_refresh_token_comes_back() {
    let pool = Pool::start(AppClient::Confidential, kind_cognito).await;
    let presented = format!("{SUB}.refresh.one");
    let session = pool.identity.refresh(&presented, None).await.unwrap();
    assert_eq!(session.refresh_token, presented);
    assert_eq!(session.user.email, ana());
}

#[tokio::test]
async fn with_rotation_a_new_refresh_token_comes() {
    let pool = Pool::start(AppClient::Rotating, kind_cognito).await;
    let session = pool.identity.refresh(&format!("{SUB}.refresh.one"), None).await.unwrap();
    assert_eq!(session.refresh_token, format!("{SUB}.refresh.two"));
    assert_eq!(session.user, User { id: UserId::parse(SUB).unwrap(), email: ana() });
    let sent = &pool.calls()[0].body;
    assert_eq!(*sent, json!({ "RefreshToken": "refresh.one", "ClientId": CLIENT, "ClientSecret": SECRET }));
}

#[tokio::test]
async fn a_replayed_refresh_token_is_refused_and_revoked() {
    let pool = Pool::start(AppClient::Rotating, |request| match request.operation.as_str() {
        "GetTokensFromRefreshToken" => Reply::aws_error(400, "RefreshTokenReuseException", "Reused"),
        _ => done(),
    });
    let pool = pool.await;
    let refused = refused(pool.identity.refresh(&format!("{SUB}.refresh.one"), None).await);
    assert!(matches!(refused, IdentityError::InvalidCredentials));
    assert_eq!(pool.operations(), ["GetTokensFromRefreshToken", "RevokeToken"]);
    assert_eq!(pool.calls()[1].body["Token"], "refresh.one");
}

#[tokio::test]
async fn a_refresh_token_under_another_name_is_refused() {
    for app_client in [AppClient::Public, AppClient::Rotating] {
        let pool = Pool::start(app_client, kind_cognito).await;
        let refused = refused(pool.identity.refresh(&format!("{OTHER_SUB}.refresh.one"), None).await);
        assert!(matches!(refused, IdentityError::InvalidCredentials), "{app_client:?}: {refused:?}");
    }
}

#[tokio::test]
async fn what_is_no_refresh_token_is_not_sent() {
    let pool = Pool::start(AppClient::Confidential, kind_cognito).await;
    for token in ["", "refresh.one", SUB, &format!("{SUB}."), &format!("{SUB}.a b")] {
        let refused = refused(pool.identity.refresh(token, None).await);
        assert!(matches!(refused, IdentityError::InvalidCredentials), "{token}");
        pool.identity.log_out(token).await.unwrap();
    }
    assert_eq!(pool.operations(), <[&str; 0]>::default());
}

#[tokio::test]
async fn a_password_check_leaves_no_session_behind() {
    let pool = Pool::start(AppClient::Confidential, kind_cognito).await;
    let user = User { id: UserId::parse(SUB).unwrap(), email: ana() };
    pool.identity.check_password(&user, &password()).await.unwrap();
    assert_eq!(pool.operations(), ["InitiateAuth", "RevokeToken"]);
    assert_eq!(pool.calls()[1].body["Token"], "refresh.one");
    // The address was given to somebody else meanwhile.
    let other = User { id: UserId::parse(OTHER_SUB).unwrap(), email: ana() };
    let refused = refused(pool.identity.check_password(&other, &password()).await);
    assert!(matches!(refused, IdentityError::InvalidCredentials));
    assert_eq!(pool.operations().last().unwrap(), "RevokeToken");
}

#[tokio::test]
async fn a_reset_ends_all_sessions_and_says_so_if_it_cannot() {
    let pool = Pool::start(AppClient::Confidential, kind_cognito).await;
    pool.identity.reset_password(&ana(), "123456", &password()).await.unwrap();
    assert_eq!(pool.operations(), ["ConfirmForgotPassword", "AdminUserGlobalSignOut"]);
    let signed_out = &pool.calls()[1].body;
    assert_eq!(*signed_out, json!({ "UserPoolId": POOL, "Username": "ana@example.com" }));

    let failing = Pool::start(AppClient::Confidential, |request| match request.operation.as_str() {
        "AdminUserGlobalSignOut" => Reply::aws_error(500, "InternalErrorException", ""),
        _ => done(),
    });
    let failing = failing.await;
    match refused(failing.identity.reset_password(&ana(), "123456", &password()).await) {
        IdentityError::Storage(error) => assert_eq!(error.kind(), StorageErrorKind::Unavailable),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_user_is_deleted_by_id_and_may_be_gone_already() {
    let pool = Pool::start(AppClient::Confidential, |request| {
        assert_eq!(request.body, json!({ "UserPoolId": POOL, "Username": SUB }));
        Reply::aws_error(400, "UserNotFoundException", "User does not exist.")
    });
    let pool = pool.await;
    pool.identity.delete(UserId::parse(SUB).unwrap()).await.unwrap();
    assert_eq!(pool.operations(), ["AdminDeleteUser"]);
}

#[tokio::test]
async fn tokens_of_another_app_client_are_our_fault_and_not_the_persons() {
    let pool = Pool::start(AppClient::Confidential, |_| {
        let token = FIRST.token(&with(access_claims(), "client_id", json!("other")));
        let result = json!({ "AccessToken": token, "RefreshToken": "r", "ExpiresIn": 900 });
        Reply::json(200, &json!({ "AuthenticationResult": result }))
    });
    let pool = pool.await;
    match refused(pool.identity.log_in(&ana(), &password()).await) {
        IdentityError::Storage(error) => assert_eq!(error.kind(), StorageErrorKind::Unexpected),
        other => panic!("{other:?}"),
    }
}
