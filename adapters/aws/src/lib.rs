//! Halftone's ports on AWS services.
//!
//! - [`clients`]: the SDK's configuration, which every client of AWS shares.
//! - [`cognito`]: people who log in, kept by an Amazon Cognito user pool.
//! - [`messages`]: reading what arrives on the queue: our jobs, and S3's notices of new originals.
//! - [`oidc`]: checking tokens of Cognito, or of any other `OpenID` Connect issuer, against the issuer's public keys.
//! - [`secrets`]: configuration that is kept by AWS Secrets Manager.
//! - [`sns`]: notices of processing to an Amazon SNS topic, and subscriptions to it by e-mail.
//! - [`sqs`]: background work on Amazon SQS, with its dead letters.

pub mod clients;
pub mod cognito;
mod error;
pub mod messages;
pub mod oidc;
pub mod secrets;
pub mod sns;
pub mod sqs;
