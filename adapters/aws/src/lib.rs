//! Halftone's ports on AWS services.
//!
//! - [`cognito`]: people who log in, kept by an Amazon Cognito user pool.
//! - [`messages`]: what arrives on the queue, from ourselves and from S3.
//! - [`oidc`]: checking tokens of Cognito, or of any other `OpenID` Connect issuer, against the issuer's public keys.
//! - [`secrets`]: configuration that is kept by AWS Secrets Manager.

pub mod cognito;
pub mod messages;
pub mod oidc;
pub mod secrets;
