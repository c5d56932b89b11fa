//! What the framework's own failures mean.

use std::error::Error;
use std::io;

use poem::error::{MethodNotAllowedError, NotFoundError, ParseMultipartError, ParsePathError, ReadBodyError};
use poem::http::StatusCode;
use poem_openapi::error as openapi;

use super::Failure;
use crate::body_limit::BodyTooLarge;

impl From<poem::Error> for Failure {
    fn from(error: poem::Error) -> Self {
        let error = match error.downcast::<Self>() {
            Ok(failure) => return failure,
            Err(error) => error,
        };
        if let Some(failure) = of_body(&error).or_else(|| of_parameter(&error)) {
            return failure;
        }
        if error.is::<openapi::AuthorizationError>() {
            return Self::unauthorised("send a bearer token in the Authorization header");
        }
        if error.is::<NotFoundError>() || error.is::<MethodNotAllowedError>() {
            return Self::of_status(error.status());
        }
        match error.status() {
            status if status.is_client_error() => Self::of_status(status).detail(shorten(error.to_string())),
            _ => Self::internal(error.to_string()),
        }
    }
}

impl Failure {
    /// A failure of which nothing but the status is known: an unknown route, a wrong method.
    pub(crate) fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::NOT_FOUND => Self::new(status, "not-found", "There is nothing here")
                .detail("there is nothing at this address"),
            StatusCode::METHOD_NOT_ALLOWED => {
                Self::new(status, "method-not-allowed", "The method is not allowed")
                    .detail("this address does not take this method")
            }
            StatusCode::PAYLOAD_TOO_LARGE => Self::too_large("the body is over the limit"),
            StatusCode::UNSUPPORTED_MEDIA_TYPE => Self::unsupported("the type of the body is not supported"),
            status if status.is_client_error() => {
                Self::new(status, "malformed-request", "The request cannot be read")
            }
            status => Self::internal(format!("an answer with status {status}")),
        }
    }
}

/// Failures of reading a body.
fn of_body(error: &poem::Error) -> Option<Failure> {
    if let Some(error) = error.downcast_ref::<openapi::ContentTypeError>() {
        return Some(Failure::unsupported(shorten(error.to_string())));
    }
    if let Some(openapi::ParseRequestPayloadError { reason }) = error.downcast_ref() {
        return Some(Failure::malformed(shorten(format!("the body is not the JSON asked for: {reason}"))));
    }
    if let Some(openapi::ParseMultipartError { reason }) = error.downcast_ref() {
        return Some(Failure::malformed(shorten(format!("the body is not the form asked for: {reason}"))));
    }
    match error.downcast_ref::<ReadBodyError>() {
        Some(ReadBodyError::PayloadTooLarge) => Some(Failure::of_status(StatusCode::PAYLOAD_TOO_LARGE)),
        Some(ReadBodyError::Io(error)) => Some(of_broken_body(error)),
        Some(ReadBodyError::Utf8(_)) => Some(Failure::malformed("the body is not UTF-8")),
        Some(ReadBodyError::BodyHasBeenTaken) | None => None,
    }
    .or_else(|| match error.downcast_ref::<ParseMultipartError>() {
        Some(
            error @ (ParseMultipartError::InvalidContentType(_) | ParseMultipartError::ContentTypeRequired),
        ) => Some(Failure::unsupported(shorten(error.to_string()))),
        Some(error) => Some(Failure::malformed(shorten(format!("the form cannot be read: {error}")))),
        None => None,
    })
}

fn of_broken_body(error: &io::Error) -> Failure {
    if is_too_large(error) {
        Failure::of_status(StatusCode::PAYLOAD_TOO_LARGE)
    } else {
        Failure::malformed("the body broke off")
    }
}

/// Whether a body was ended for its size. On its way through the framework the reason is wrapped several times, and
/// an `io::Error` does not name what it wraps as its source.
fn is_too_large(error: &io::Error) -> bool {
    let mut next: Option<&(dyn Error + 'static)> = Some(error);
    while let Some(error) = next {
        if error.is::<BodyTooLarge>() {
            return true;
        }
        next = match error.downcast_ref::<io::Error>().and_then(io::Error::get_ref) {
            Some(inner) => Some(inner),
            None => error.source(),
        };
    }
    false
}

/// Failures of reading a path, a query or a header.
fn of_parameter(error: &poem::Error) -> Option<Failure> {
    if error.is::<openapi::ParsePathError>() || error.is::<ParsePathError>() {
        return Some(Failure::of_status(StatusCode::NOT_FOUND));
    }
    let openapi::ParseParamError { name, reason } = error.downcast_ref()?;
    Some(Failure::invalid(*name, shorten(format!("{name} cannot be read: {reason}"))))
}

/// Messages of parsers may quote the caller at any length.
fn shorten(message: String) -> String {
    const MOST_CHARACTERS: usize = 300;
    if message.chars().count() <= MOST_CHARACTERS {
        return message;
    }
    let start: String = message.chars().take(MOST_CHARACTERS).collect();
    format!("{start}…")
}
