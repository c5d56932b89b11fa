//! What Cognito's errors mean.
//!
//! Sorted by error code, then by HTTP status. The code is read as text: eleven operations have an error type each, with
//! the same codes in them.

use aws_sdk_cognitoidentityprovider::error::{ProvideErrorMetadata, SdkError};
use halftone_core::ports::error::{StorageError, StorageErrorKind};
use halftone_core::ports::identity::IdentityError;
use tracing::warn;

use crate::error::is_out_of_date;

/// What Cognito decided about a person, a password, a code or a token. Some calls expect it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Wrong password, ended token, or a state of the user in which the call is not possible.
    NotAuthorized,
    /// No such user.
    UserNotFound,
    /// The address was not confirmed.
    NotConfirmed,
    /// The address is taken.
    Registered,
    /// Wrong or expired code.
    Code,
    /// The pool's policy refuses the password.
    Password,
    /// An administrator asks for a new password.
    ResetRequired,
    /// A refresh token was presented after it was exchanged.
    TokenReused,
    /// Not one of our refresh tokens.
    TokenUnknown,
    /// A value that Cognito cannot take, or a user in the wrong state.
    Parameter,
}

/// A failed call: what Cognito decided, and the error that it is where nobody expects that decision.
#[derive(Debug)]
pub(super) struct Failure {
    refusal: Option<Refusal>,
    /// Cognito's sentence about a password.
    sentence: Option<String>,
    storage: StorageError,
}

impl Failure {
    pub(super) const fn refusal(&self) -> Option<Refusal> {
        self.refusal
    }

    /// The refusal of a password, in Cognito's words.
    pub(super) fn into_weak_password(self) -> IdentityError {
        let reason = self.sentence.unwrap_or_else(|| "it does not meet the policy".to_owned());
        IdentityError::WeakPassword { reason }
    }

    /// Success, if it failed for what Cognito knows about the user: whoever asks for a code must not learn that.
    pub(super) fn unless_about_the_user(self) -> Result<(), IdentityError> {
        match self.refusal {
            Some(Refusal::UserNotFound | Refusal::NotAuthorized | Refusal::NotConfirmed) => Ok(()),
            // No verified address, or confirmed already. A fault of ours would look the same, so it is logged.
            Some(Refusal::Parameter) => {
                warn!("Cognito sent no code, because of the user's state or of the request");
                Ok(())
            }
            _ => Err(self.into()),
        }
    }
}

impl From<Failure> for IdentityError {
    fn from(failure: Failure) -> Self {
        Self::Storage(failure.storage)
    }
}

/// Sorts a failed call.
pub(super) fn sort<E>(error: SdkError<E>, operation: &'static str, user_pool: &str) -> Failure
where
    E: ProvideErrorMetadata + std::error::Error + Send + Sync + 'static,
{
    let refusal = refusal(&error);
    let sentence = if refusal == Some(Refusal::Password) { error.message().map(str::to_owned) } else { None };
    let storage = StorageError::new(kind(&error), operation, user_pool).with_source(error);
    Failure { refusal, sentence, storage }
}

fn refusal<E: ProvideErrorMetadata>(error: &SdkError<E>) -> Option<Refusal> {
    match error.code()? {
        // Our own mistake, under the code of a wrong password.
        "NotAuthorizedException" if is_about_the_client_secret(error.message()) => None,
        "NotAuthorizedException" | "UnauthorizedException" => Some(Refusal::NotAuthorized),
        "UserNotFoundException" => Some(Refusal::UserNotFound),
        "UserNotConfirmedException" => Some(Refusal::NotConfirmed),
        "UsernameExistsException" | "AliasExistsException" => Some(Refusal::Registered),
        "CodeMismatchException" | "ExpiredCodeException" => Some(Refusal::Code),
        "InvalidPasswordException" | "PasswordHistoryPolicyViolationException" => Some(Refusal::Password),
        "PasswordResetRequiredException" => Some(Refusal::ResetRequired),
        "RefreshTokenReuseException" => Some(Refusal::TokenReused),
        "UnsupportedTokenTypeException" => Some(Refusal::TokenUnknown),
        "InvalidParameterException" => Some(Refusal::Parameter),
        _ => None,
    }
}

/// Cognito says "Unable to verify secret hash for client ...". Should its words change, logins fail as wrong passwords
/// do, which is safe.
fn is_about_the_client_secret(message: Option<&str>) -> bool {
    message.is_some_and(|message| {
        let message = message.to_ascii_lowercase();
        message.contains("secret hash") || message.contains("client secret")
    })
}

fn kind<E: ProvideErrorMetadata>(error: &SdkError<E>) -> StorageErrorKind {
    match error {
        SdkError::TimeoutError(_) => StorageErrorKind::Unavailable,
        SdkError::DispatchFailure(failure) if !failure.is_user() => StorageErrorKind::Unavailable,
        SdkError::ServiceError(_) => kind_of_code(error.code()).unwrap_or_else(|| kind_of_status(error)),
        SdkError::ResponseError(_) => kind_of_status(error),
        _ => StorageErrorKind::Unexpected,
    }
}

fn kind_of_code(code: Option<&str>) -> Option<StorageErrorKind> {
    match code? {
        code if is_out_of_date(code) => Some(StorageErrorKind::Unavailable),
        "TooManyRequestsException"
        | "LimitExceededException"
        | "TooManyFailedAttemptsException"
        | "Throttling"
        | "ThrottlingException"
        | "InternalErrorException"
        | "CodeDeliveryFailureException"
        | "ServiceUnavailable"
        | "ServiceUnavailableException" => Some(StorageErrorKind::Unavailable),
        "NotAuthorizedException"
        | "UnauthorizedException"
        | "ForbiddenException"
        | "AccessDeniedException"
        | "InvalidSignatureException"
        | "MissingAuthenticationTokenException"
        | "UnrecognizedClientException" => Some(StorageErrorKind::PermissionDenied),
        _ => None,
    }
}

fn kind_of_status<E>(error: &SdkError<E>) -> StorageErrorKind {
    match error.raw_response().map(|response| response.status().as_u16()) {
        Some(429 | 500..) => StorageErrorKind::Unavailable,
        Some(401 | 403) => StorageErrorKind::PermissionDenied,
        _ => StorageErrorKind::Unexpected,
    }
}
