//! The shapes of successful answers.

use poem_openapi::ApiResponse;
use poem_openapi::payload::Json;
use poem_openapi::types::ToJSON;

/// A resource as it is now, or after a change.
#[derive(Debug, ApiResponse)]
pub(crate) enum Tagged<T: ToJSON + Send> {
    /// The whole resource.
    #[oai(status = 200)]
    Found(
        Json<T>,
        /// The version, to be sent back as `If-Match`.
        #[oai(header = "ETag")]
        String,
    ),
}

/// A resource that was just made.
#[derive(Debug, ApiResponse)]
pub(crate) enum Created<T: ToJSON + Send> {
    /// It was made.
    #[oai(status = 201)]
    Created(
        Json<T>,
        /// The version, to be sent back as `If-Match`.
        #[oai(header = "ETag")]
        String,
        /// Where it is.
        #[oai(header = "Location")]
        String,
    ),
}

/// Something was made that is not a resource of its own, or has no version.
#[derive(Debug, ApiResponse)]
pub(crate) enum Made<T: ToJSON + Send> {
    /// It was made.
    #[oai(status = 201)]
    Made(Json<T>),
}

/// The work goes on in the background.
#[derive(Debug, ApiResponse)]
pub(crate) enum Accepted {
    /// Accepted; the work goes on in the background.
    #[oai(status = 202)]
    Accepted,
}

/// The work goes on in the background, and this tells how far it is.
#[derive(Debug, ApiResponse)]
pub(crate) enum Started<T: ToJSON + Send> {
    /// Accepted; the work goes on in the background.
    #[oai(status = 202)]
    Started(Json<T>),
}

/// Done, with nothing to say.
#[derive(Debug, ApiResponse)]
pub(crate) enum Done {
    /// Done.
    #[oai(status = 204)]
    Done,
}
