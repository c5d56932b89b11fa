//! Background work on SQS: the contract of the queue's ports against emulators, and faults over raw HTTP.
#![expect(clippy::unwrap_used, reason = "tests may unwrap")]

mod arrivals;
mod dead_letters;
mod faults;
mod peers;
mod queue;
mod replies;
mod world;
