//! Halftone's ports on AWS services.
//!
//! - [`oidc`]: checking tokens of Cognito, or of any other `OpenID` Connect issuer, against the issuer's public keys.

pub mod oidc;
