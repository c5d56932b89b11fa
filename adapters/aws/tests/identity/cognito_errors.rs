//! What Cognito's errors become.

use std::sync::atomic::{AtomicUsize, Ordering};

use halftone_core::id::UserId;
use halftone_core::ports::error::StorageErrorKind;
use halftone_core::ports::identity::{IdentityError, IdentityProvider as _};
use halftone_core::secret::Password;
use halftone_core::text::Email;
use serde_json::json;

use crate::issuer::{SUB, access_claims};
use crate::pool::{AppClient, Pool, ana, password};
use crate::server::Reply;

/// One of the calls of the port.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Call {
    SignUp,
    Confirm,
    Resend,
    LogIn,
    Refresh,
    LogOut,
    Forgot,
    Reset,
    Delete,
}

const ALL: [Call; 9] = [
    Call::SignUp,
    Call::Confirm,
    Call::Resend,
    Call::LogIn,
    Call::Refresh,
    Call::LogOut,
    Call::Forgot,
    Call::Reset,
    Call::Delete,
];

impl Call {
    async fn make(self, pool: &Pool) -> Result<(), IdentityError> {
        let (identity, email, password) = (&pool.identity, ana(), password());
        let refresh_token = format!("{SUB}.refresh");
        match self {
            Self::SignUp => identity.sign_up(&email, &password).await.map(drop),
            Self::Confirm => identity.confirm(&email, "123456").await,
            Self::Resend => identity.resend_confirmation(&email).await,
            Self::LogIn => identity.log_in(&email, &password).await.map(drop),
            Self::Refresh => identity.refresh(&refresh_token, None).await.map(drop),
            Self::LogOut => identity.log_out(&refresh_token).await,
            Self::Forgot => identity.forgot_password(&email).await,
            Self::Reset => identity.reset_password(&email, "123456", &password).await,
            Self::Delete => identity.delete(UserId::parse(SUB).unwrap()).await,
        }
    }
}

/// What the call comes to when Cognito answers so: `ok`, the variant of the error, or the kind of a store's error.
async fn outcome(call: Call, reply: Reply) -> String {
    let pool = Pool::start(AppClient::Confidential, move |_| reply.clone()).await;
    match call.make(&pool).await {
        Ok(()) => "ok".to_owned(),
        Err(IdentityError::Storage(error)) => format!("{:?}", error.kind()),
        Err(error) => format!("{error:?}").split([' ', '{']).next().unwrap().to_owned(),
    }
}

#[tokio::test]
async fn refusals_become_decisions() {
    let cases = [
        (Call::SignUp, "UsernameExistsException", "AlreadyRegistered"),
        (Call::SignUp, "InvalidPasswordException", "WeakPassword"),
        (Call::SignUp, "UserLambdaValidationException", "Unexpected"),
        (Call::SignUp, "InvalidParameterException", "Unexpected"),
        (Call::Confirm, "CodeMismatchException", "InvalidCode"),
        (Call::Confirm, "ExpiredCodeException", "InvalidCode"),
        (Call::Confirm, "UserNotFoundException", "InvalidCode"),
        (Call::Confirm, "NotAuthorizedException", "InvalidCode"),
        (Call::Confirm, "AliasExistsException", "AlreadyRegistered"),
        (Call::Resend, "UserNotFoundException", "ok"),
        (Call::Resend, "InvalidParameterException", "ok"),
        (Call::LogIn, "NotAuthorizedException", "InvalidCredentials"),
        (Call::LogIn, "UserNotFoundException", "InvalidCredentials"),
        (Call::LogIn, "UserNotConfirmedException", "NotConfirmed"),
        (Call::LogIn, "PasswordResetRequiredException", "ChallengeRequired"),
        (Call::LogIn, "InvalidParameterException", "Unexpected"),
        (Call::Refresh, "NotAuthorizedException", "InvalidCredentials"),
        (Call::Refresh, "UserNotFoundException", "InvalidCredentials"),
        (Call::LogOut, "UnauthorizedException", "ok"),
        (Call::LogOut, "UnsupportedTokenTypeException", "ok"),
        (Call::LogOut, "UnsupportedOperationException", "Unexpected"),
        (Call::Forgot, "UserNotFoundException", "ok"),
        (Call::Forgot, "InvalidParameterException", "ok"),
        (Call::Forgot, "NotAuthorizedException", "ok"),
        (Call::Reset, "CodeMismatchException", "InvalidCode"),
        (Call::Reset, "ExpiredCodeException", "InvalidCode"),
        (Call::Reset, "UserNotFoundException", "InvalidCode"),
        (Call::Reset, "UserNotConfirmedException", "InvalidCode"),
        (Call::Reset, "InvalidPasswordException", "WeakPassword"),
        (Call::Reset, "PasswordHistoryPolicyViolationException", "WeakPassword"),
        (Call::Delete, "UserNotFoundException", "ok"),
        (Call::Delete, "AccessDeniedException", "PermissionDenied"),
    ];
    for (call, code, expected) in cases {
        let reply = Reply::aws_error(400, code, "A sentence.");
        assert_eq!(outcome(call, reply).await, expected, "{call:?}, {code}");
    }
}

#[tokio::test]
async fn a_busy_or_broken_service_or_an_expired_role_is_unavailable_to_every_call() {
    let replies = [
        Reply::aws_error(400, "TooManyRequestsException", "Rate exceeded"),
        Reply::aws_error(400, "LimitExceededException", "Attempt limit exceeded"),
        Reply::aws_error(
            400,
            "ExpiredTokenException",
            "The security token included in the request is expired",
        ),
        Reply::aws_error(500, "InternalErrorException", ""),
        Reply::new(503, "<html>"),
    ];
    for reply in replies {
        for call in ALL {
            assert_eq!(outcome(call, reply.clone()).await, "Unavailable", "{call:?}, {reply:?}");
        }
    }
}

#[tokio::test]
async fn a_service_that_cannot_be_reached_is_unavailable_to_every_call() {
    let mut pool = Pool::start(AppClient::Confidential, |_| Reply::new(500, "")).await;
    pool.server.stop().await;
    for call in ALL {
        match call.make(&pool).await {
            Err(IdentityError::Storage(error)) => assert_eq!(error.kind(), StorageErrorKind::Unavailable),
            other => panic!("{call:?}: {other:?}"),
        }
    }
    let token = crate::issuer::FIRST.token(&access_claims());
    match pool.identity.verify(&token).await {
        Err(IdentityError::Storage(error)) => assert_eq!(error.kind(), StorageErrorKind::Unavailable),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_call_that_is_throttled_twice_succeeds() {
    let tries = AtomicUsize::new(0);
    let pool = Pool::start(AppClient::Confidential, move |_| match tries.fetch_add(1, Ordering::Relaxed) {
        0 | 1 => Reply::aws_error(400, "TooManyRequestsException", "Rate exceeded"),
        _ => Reply::json(200, &json!({ "UserConfirmed": false, "UserSub": SUB })),
    });
    let pool = pool.await;
    pool.identity.sign_up(&ana(), &password()).await.unwrap();
    assert_eq!(pool.operations(), ["SignUp"; 3]);
}

#[tokio::test]
async fn a_weak_password_is_refused_in_cognitos_words() {
    let sentence = "Password did not conform with policy: Password must have uppercase characters";
    let reply = Reply::aws_error(400, "InvalidPasswordException", sentence);
    let pool = Pool::start(AppClient::Confidential, move |_| reply.clone()).await;
    match pool.identity.sign_up(&ana(), &password()).await {
        Err(IdentityError::WeakPassword { reason }) => assert_eq!(reason, sentence),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_wrong_client_secret_is_not_taken_for_a_wrong_password() {
    let message = "Unable to verify secret hash for client 3halftone";
    for call in ALL {
        let reply = Reply::aws_error(400, "NotAuthorizedException", message);
        assert_eq!(outcome(call, reply).await, "PermissionDenied", "{call:?}");
    }
}

#[tokio::test]
async fn what_cognito_cannot_take_is_not_sent() {
    let pool = Pool::start(AppClient::Confidential, |_| Reply::new(500, "")).await;
    let identity = &pool.identity;
    let too_long = Password::choose(&"Correct-horse-7".repeat(20)).unwrap();
    assert!(matches!(identity.sign_up(&ana(), &too_long).await, Err(IdentityError::WeakPassword { .. })));
    assert!(matches!(
        identity.reset_password(&ana(), "123456", &too_long).await,
        Err(IdentityError::WeakPassword { .. })
    ));
    assert!(matches!(identity.log_in(&ana(), &too_long).await, Err(IdentityError::InvalidCredentials)));
    let label = "a".repeat(60);
    let long = Email::parse(&format!("ana@{label}.{label}.{label}.example")).unwrap();
    assert!(matches!(identity.sign_up(&long, &password()).await, Err(IdentityError::UnusableAddress { .. })));
    assert!(matches!(identity.log_in(&long, &password()).await, Err(IdentityError::InvalidCredentials)));
    identity.forgot_password(&long).await.unwrap();
    identity.resend_confirmation(&long).await.unwrap();
    assert!(matches!(identity.confirm(&ana(), "12 34").await, Err(IdentityError::InvalidCode)));
    assert_eq!(pool.operations(), <[&str; 0]>::default());
}

#[tokio::test]
async fn errors_name_the_pool_and_no_person() {
    let reply = Reply::aws_error(400, "TooManyRequestsException", "Rate exceeded");
    let pool = Pool::start(AppClient::Confidential, move |_| reply.clone()).await;
    for call in ALL {
        let error = call.make(&pool).await.unwrap_err();
        let printed = format!("{error} {error:?}");
        assert!(printed.contains(crate::pool::POOL), "{printed}");
        for private in ["ana@example.com", "Correct-horse-7", "123456", crate::pool::SECRET] {
            assert!(!printed.contains(private), "{call:?}: {printed}");
        }
    }
}
