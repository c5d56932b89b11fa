//! Notices and subscriptions on SNS, against emulators, and faults over raw HTTP.
#![expect(clippy::unwrap_used, reason = "tests may unwrap")]

mod faults;
#[path = "../sqs/peers.rs"]
mod peers;
#[path = "../sqs/replies.rs"]
mod replies;
mod topic;
