//! What only S3 has: failures on the way, uploads in parts behind a large `put`, and presigned URLs.
//!
//! The contract of the ports is proved by the conformance suite. Failures are raw HTTP replies of a small server in
//! this process, because a server that works cannot be made to fail on purpose; signatures are computed a second
//! time by hand, and tried on LocalStack, which checks them.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop with the error")]

mod cut_off;
mod failures;
mod fixtures;
mod http;
mod large;
mod presigned;
mod scripted;
mod signatures;
