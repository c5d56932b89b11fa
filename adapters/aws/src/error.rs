//! Sorts the SDK's errors into the kinds of the storage ports: by error code, then by HTTP status.

use std::error::Error;
use std::fmt;

use aws_smithy_runtime_api::client::orchestrator::HttpResponse;
use aws_smithy_runtime_api::client::result::SdkError;
use aws_smithy_types::error::metadata::ProvideErrorMetadata;
use halftone_core::ports::error::{StorageError, StorageErrorKind};

/// Codes of the query protocol that SQS repeats in its JSON protocol.
const QUERY_PREFIX: &str = "AWS.SimpleQueueService.";

/// Reports that `operation` on `subject` failed, with the SDK's error as its source.
pub(crate) fn failed<E>(
    operation: &'static str,
    subject: impl fmt::Display,
    error: SdkError<E, HttpResponse>,
) -> StorageError
where
    E: ProvideErrorMetadata + Error + Send + Sync + 'static,
{
    StorageError::new(kind_of(&error), operation, subject).with_source(error)
}

/// The service's code for what went wrong, without the prefix of the query protocol.
pub(crate) fn code_of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> Option<&str> {
    error.as_service_error().and_then(ProvideErrorMetadata::code).map(without_prefix)
}

fn without_prefix(code: &str) -> &str {
    code.strip_prefix(QUERY_PREFIX).unwrap_or(code)
}

fn kind_of<E: ProvideErrorMetadata>(error: &SdkError<E, HttpResponse>) -> StorageErrorKind {
    match error {
        SdkError::TimeoutError(_) | SdkError::ResponseError(_) => StorageErrorKind::Unavailable,
        // A connection that cannot be had; a request that cannot be sent at all is a fault of ours.
        SdkError::DispatchFailure(failure) if !failure.is_user() => StorageErrorKind::Unavailable,
        SdkError::ServiceError(context) => code_of(error)
            .and_then(kind_of_code)
            .unwrap_or_else(|| kind_of_status(context.raw().status().as_u16())),
        _ => StorageErrorKind::Unexpected,
    }
}

/// The kind of a code that SQS, SNS or the front door of AWS is known to send.
pub(crate) fn kind_of_code(code: &str) -> Option<StorageErrorKind> {
    match without_prefix(code) {
        code if is_out_of_date(code) => Some(StorageErrorKind::Unavailable),
        "Throttling"
        | "ThrottlingException"
        | "Throttled"
        | "ThrottledException"
        | "RequestThrottled"
        | "RequestThrottledException"
        | "TooManyRequestsException"
        | "SlowDown"
        | "RequestLimitExceeded"
        | "OverLimit"
        | "KmsThrottled"
        | "KMSThrottling"
        | "KMSThrottlingException"
        | "FilterPolicyLimitExceeded"
        | "FilterPolicyLimitExceededException"
        | "SubscriptionLimitExceeded"
        | "SubscriptionLimitExceededException"
        | "InternalError"
        | "InternalErrorException"
        | "InternalFailure"
        | "InternalServerError"
        | "ServiceUnavailable"
        | "ServiceUnavailableException"
        | "RequestTimeout" => Some(StorageErrorKind::Unavailable),
        "AccessDenied"
        | "AccessDeniedException"
        | "AuthorizationError"
        | "AuthorizationErrorException"
        | "InvalidAccessKeyId"
        | "InvalidClientTokenId"
        | "InvalidSecurity"
        | "InvalidSignatureException"
        | "SignatureDoesNotMatch"
        | "IncompleteSignature"
        | "MissingAuthenticationToken"
        | "MissingAuthenticationTokenException"
        | "UnrecognizedClientException"
        | "OptInRequired"
        | "NotAuthorized"
        | "KmsAccessDenied"
        | "KMSAccessDenied"
        | "KMSAccessDeniedException" => Some(StorageErrorKind::PermissionDenied),
        "QueueDoesNotExist"
        | "NonExistentQueue"
        | "NotFound"
        | "NotFoundException"
        | "ResourceNotFoundException" => Some(StorageErrorKind::NotFound),
        _ => None,
    }
}

/// Whether a request was refused only because its credentials or its signature are too old or too young. A role gets new
/// credentials before long, so that the same call succeeds later.
pub(crate) fn is_out_of_date(code: &str) -> bool {
    matches!(
        without_prefix(code),
        "ExpiredToken"
            | "ExpiredTokenException"
            | "TokenRefreshRequired"
            | "RequestExpired"
            | "RequestInTheFuture"
            | "RequestTimeTooSkewed"
    )
}

fn kind_of_status(status: u16) -> StorageErrorKind {
    match status {
        401 | 403 => StorageErrorKind::PermissionDenied,
        404 => StorageErrorKind::NotFound,
        408 | 429 | 500..=599 => StorageErrorKind::Unavailable,
        _ => StorageErrorKind::Unexpected,
    }
}

/// One entry of a batch was refused, while the request as a whole succeeded.
#[derive(Debug, thiserror::Error)]
#[error("the service refused an entry of a batch: {code}")]
pub(crate) struct EntryRefused {
    /// The service's code.
    pub(crate) code: String,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_sorted_with_and_without_the_prefix_of_the_query_protocol() {
        let cases = [
            ("QueueDoesNotExist", Some(StorageErrorKind::NotFound)),
            ("AWS.SimpleQueueService.NonExistentQueue", Some(StorageErrorKind::NotFound)),
            ("RequestThrottled", Some(StorageErrorKind::Unavailable)),
            ("AccessDenied", Some(StorageErrorKind::PermissionDenied)),
            ("ExpiredToken", Some(StorageErrorKind::Unavailable)),
            ("AWS.SimpleQueueService.RequestExpired", Some(StorageErrorKind::Unavailable)),
            ("SomethingNew", None),
        ];
        for (code, kind) in cases {
            assert_eq!(kind_of_code(code), kind, "{code}");
        }
    }

    #[test]
    fn statuses_decide_where_codes_are_unknown() {
        let cases = [
            (400, StorageErrorKind::Unexpected),
            (403, StorageErrorKind::PermissionDenied),
            (404, StorageErrorKind::NotFound),
            (429, StorageErrorKind::Unavailable),
            (503, StorageErrorKind::Unavailable),
        ];
        for (status, kind) in cases {
            assert_eq!(kind_of_status(status), kind, "{status}");
        }
    }
}
