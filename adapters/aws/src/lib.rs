//! Halftone's ports on AWS services.
//!
//! - [`clients`]: the SDK's configuration, which every client of AWS shares.
//! - [`messages`]: reading what arrives on the queue: our jobs, and S3's notices of new originals.
//! - [`sqs`]: background work on Amazon SQS, with its dead letters.
//! - [`sns`]: notices of processing to an Amazon SNS topic, and subscriptions to it by e-mail.

pub mod clients;
mod error;
pub mod messages;
pub mod sns;
pub mod sqs;
