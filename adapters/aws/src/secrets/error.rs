//! What Secrets Manager's errors mean.

use std::error::Error;

use aws_sdk_secretsmanager::error::{ProvideErrorMetadata, SdkError};

use super::SecretId;
use crate::error::is_out_of_date;

/// Why a secret cannot be had. The secret is named; its content never is.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum SecretError {
    /// There is no such secret, or no such version of it.
    #[error("the secret {secret} does not exist")]
    NotFound {
        /// Which one.
        secret: SecretId,
    },
    /// We may not read it, or may not use the key that encrypts it.
    #[error("the secret {secret} may not be read")]
    PermissionDenied {
        /// Which one.
        secret: SecretId,
        /// The service's answer.
        source: Box<dyn Error + Send + Sync>,
    },
    /// It is not a JSON object of texts.
    #[error("the secret {secret} is not a JSON object whose members are all text")]
    Malformed {
        /// Which one.
        secret: SecretId,
    },
    /// The service cannot be reached or is busy; the same call might succeed later.
    #[error("the secret {secret} cannot be read at the moment")]
    Unavailable {
        /// Which one.
        secret: SecretId,
        /// The service's answer.
        source: Box<dyn Error + Send + Sync>,
    },
    /// Anything else.
    #[error("reading the secret {secret} failed")]
    Unexpected {
        /// Which one.
        secret: SecretId,
        /// The service's answer.
        source: Box<dyn Error + Send + Sync>,
    },
}

/// Sorts a failed call by error code, then by HTTP status.
pub(super) fn sort<E>(error: SdkError<E>, secret: &SecretId) -> SecretError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let secret = secret.clone();
    let status = error.raw_response().map(|response| response.status().as_u16());
    let is_unanswered = match &error {
        SdkError::TimeoutError(_) => true,
        SdkError::DispatchFailure(failure) => !failure.is_user(),
        _ => false,
    };
    match (error.code(), status) {
        (Some("ResourceNotFoundException"), _) => SecretError::NotFound { secret },
        (
            Some(
                "AccessDeniedException"
                | "DecryptionFailure"
                | "InvalidSignatureException"
                | "MissingAuthenticationTokenException"
                | "UnrecognizedClientException",
            ),
            _,
        )
        | (None, Some(401 | 403)) => SecretError::PermissionDenied { secret, source: error.into() },
        (Some("ThrottlingException" | "Throttling" | "TooManyRequestsException"), _)
        | (_, Some(429 | 500..)) => SecretError::Unavailable { secret, source: error.into() },
        (Some(code), _) if is_out_of_date(code) => SecretError::Unavailable { secret, source: error.into() },
        _ if is_unanswered => SecretError::Unavailable { secret, source: error.into() },
        _ => SecretError::Unexpected { secret, source: error.into() },
    }
}
