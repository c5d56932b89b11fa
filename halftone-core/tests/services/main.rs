//! The use cases, over the memory backend, a clock that is moved by hand and seeded entropy.
#![expect(clippy::unwrap_used, reason = "a failed unwrap is a failed test")]

mod access;
mod allowance;
mod amending;
mod expanding;
mod failover;
mod lab_packs;
mod leaving;
mod notifying;
mod ordering;
mod outages;
mod processing;
mod purging;
mod replacing;
mod selecting;
mod sharing;
mod stored_packs;
mod subscribing;
mod uploads;
mod watching;
mod world;
