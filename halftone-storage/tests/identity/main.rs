//! The local identity provider over the memory backend, on a clock that the tests move.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop with the error")]

mod codes;
mod interleaved;
mod sessions;
mod sign_up;
mod studio;
