//! Halftone's ports on AWS services.
//!
//! - [`cognito`]: people who log in, kept by an Amazon Cognito user pool.
//! - [`oidc`]: checking tokens of Cognito, or of any other `OpenID` Connect issuer, against the issuer's public keys.
//! - [`secrets`]: configuration that is kept by AWS Secrets Manager.

pub mod cognito;
pub mod oidc;
pub mod secrets;
