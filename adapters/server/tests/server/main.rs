//! The real binary, on directories of its own, over HTTP and the command line.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on should stop where it is")]

mod admin;
mod allowance;
mod api;
mod backup;
mod cloud;
mod configuration;
mod crash;
mod demo;
mod examples;
mod hostile;
mod journey;
mod lab_pack;
mod lifecycle;
mod notices;
mod pictures;
mod process;
mod program;
#[path = "../../../notify/tests/notify/receiver.rs"]
mod receiver;
mod throttling;
