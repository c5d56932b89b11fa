//! The functions over the memory backend, fed with the events that the platform sends, and the real worker program over a
//! stand-in for the platform.
#![expect(clippy::unwrap_used, reason = "a failed assumption fails the test")]

mod api;
mod fixture;
mod handle_queue;
mod program;
#[path = "../../examples/local_lambda/runtime_api.rs"]
mod runtime_api;
mod scene;
mod script;
mod worker;
