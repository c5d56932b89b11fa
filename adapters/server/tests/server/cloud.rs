//! The same journey in the shape of AWS: several servers side by side, documents in a MongoDB-compatible database, files
//! in S3, jobs through SQS to the function on Lambda, logins with Cognito, notices through SNS.
//!
//! Every service is a real protocol peer on this computer; `cargo xtask services` starts them.

mod journey;
mod peers;
mod provision;
mod round_trips;
mod shape;
