//! What the conformance suite cannot see: how queries run, what a crash leaves, what damage does.

mod damage;
mod killing;
mod mail;
mod plans;
mod reopening;
mod samples;
