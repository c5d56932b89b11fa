//! What the conformance suite cannot see of the MongoDB backend: how many round trips a request costs, and what
//! happens when connections break. Tests that need a server are ignored unless they are asked for; those of broken
//! replies speak to a server of their own, which knows just enough of the protocol to fail in the right way.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on shall stop with the error")]

mod broken_replies;
mod cut_connections;
mod fake_server;
mod indexes;
mod proxy;
mod round_trips;
mod samples;
mod server;
mod terms;
