//! Sorts what S3 and the way to it report into the kinds of the ports: by error code, and where there is none, as
//! in answers to HEAD, by HTTP status.

use std::error::Error;
use std::fmt;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use halftone_core::ports::error::{StorageError, StorageErrorKind};

/// The port's error for a request that failed. `subject` is a key, never a secret.
pub(super) fn failed<E>(
    operation: &'static str,
    subject: impl fmt::Display,
    error: SdkError<E, HttpResponse>,
) -> StorageError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    StorageError::new(kind_of(&error), operation, subject).with_source(error)
}

/// The port's error for a HEAD that failed. Its reply has no body, and so no code: the status 400 is what S3 gives
/// to expired credentials.
pub(super) fn head_failed<E>(
    operation: &'static str,
    subject: impl fmt::Display,
    error: SdkError<E, HttpResponse>,
) -> StorageError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    let kind = match error.raw_response().map(|reply| reply.status().as_u16()) {
        Some(400) => StorageErrorKind::Unavailable,
        _ => kind_of(&error),
    };
    StorageError::new(kind, operation, subject).with_source(error)
}

/// The kind of a failed request.
pub(super) fn kind_of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> StorageErrorKind {
    match error {
        // The request itself is at fault, or the way to the server (credentials that cannot be fetched included).
        SdkError::DispatchFailure(failure) if failure.is_user() => StorageErrorKind::Unexpected,
        SdkError::TimeoutError(_) | SdkError::DispatchFailure(_) => StorageErrorKind::Unavailable,
        // An answer that broke off, or that is not S3's: a proxy's page, for example.
        SdkError::ResponseError(failure) if failure.raw().status().is_success() => {
            StorageErrorKind::Unavailable
        }
        SdkError::ResponseError(failure) => status_kind(failure.raw().status().as_u16()),
        SdkError::ServiceError(failure) => failure
            .err()
            .code()
            .and_then(code_kind)
            .unwrap_or_else(|| status_kind(failure.raw().status().as_u16())),
        // `ConstructionFailure`, and what later versions of the SDK may add.
        _ => StorageErrorKind::Unexpected,
    }
}

/// The kind of one key's error in an answer that succeeded as a whole.
pub(super) fn kind_of_code(code: Option<&str>) -> StorageErrorKind {
    code.and_then(code_kind).unwrap_or(StorageErrorKind::Unexpected)
}

/// The codes of <https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html> that decide by themselves.
fn code_kind(code: &str) -> Option<StorageErrorKind> {
    let kind = match code {
        "NoSuchKey" | "NoSuchUpload" | "NoSuchVersion" => StorageErrorKind::NotFound,
        // A wrong configuration, which must not look like a missing picture.
        "NoSuchBucket" | "PermanentRedirect" | "AuthorizationHeaderMalformed" => StorageErrorKind::Unexpected,
        "PreconditionFailed" => StorageErrorKind::AlreadyExists,
        "ConditionalRequestConflict" => StorageErrorKind::Conflict,
        "BadDigest"
        | "InvalidDigest"
        | "XAmzContentChecksumMismatch"
        | "XAmzContentSHA256Mismatch"
        | "InvalidRange"
        | "EntityTooLarge"
        | "EntityTooSmall"
        | "InvalidPart"
        | "InvalidPartOrder" => StorageErrorKind::Mismatch,
        "AccessDenied"
        | "AccountProblem"
        | "AllAccessDisabled"
        | "InvalidAccessKeyId"
        | "InvalidToken"
        | "SignatureDoesNotMatch" => StorageErrorKind::PermissionDenied,
        // Credentials and signatures that are too old or too young: a role gets new ones before long.
        "ExpiredToken"
        | "ExpiredTokenException"
        | "RequestExpired"
        | "RequestTimeTooSkewed"
        | "TokenRefreshRequired"
        // `IncompleteBody` and `RequestTimeout` have the status 400, but it is the network that broke off.
        | "IncompleteBody"
        | "InternalError"
        | "OperationAborted"
        | "RequestLimitExceeded"
        | "RequestTimeout"
        | "ServiceUnavailable"
        | "SlowDown"
        | "Throttling"
        | "ThrottlingException"
        | "TooManyRequestsException" => StorageErrorKind::Unavailable,
        _ => return None,
    };
    Some(kind)
}

fn status_kind(status: u16) -> StorageErrorKind {
    match status {
        404 => StorageErrorKind::NotFound,
        401 | 403 => StorageErrorKind::PermissionDenied,
        412 => StorageErrorKind::AlreadyExists,
        413 | 416 => StorageErrorKind::Mismatch,
        408 | 429 | 500..=599 => StorageErrorKind::Unavailable,
        _ => StorageErrorKind::Unexpected,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_come_before_statuses() {
        assert_eq!(code_kind("NoSuchBucket"), Some(StorageErrorKind::Unexpected));
        assert_eq!(code_kind("RequestTimeout"), Some(StorageErrorKind::Unavailable));
        assert_eq!(code_kind("ACodeOfTomorrow"), None);
    }

    #[test]
    fn statuses_are_sorted_into_kinds() {
        let kinds = [404, 403, 412, 416, 500, 503, 400].map(status_kind);
        let expected = [
            StorageErrorKind::NotFound,
            StorageErrorKind::PermissionDenied,
            StorageErrorKind::AlreadyExists,
            StorageErrorKind::Mismatch,
            StorageErrorKind::Unavailable,
            StorageErrorKind::Unavailable,
            StorageErrorKind::Unexpected,
        ];
        assert_eq!(kinds, expected);
    }

    #[test]
    fn a_deletion_without_a_known_code_is_unexpected() {
        assert_eq!(kind_of_code(Some("InternalError")), StorageErrorKind::Unavailable);
        assert_eq!(kind_of_code(None), StorageErrorKind::Unexpected);
    }
}
