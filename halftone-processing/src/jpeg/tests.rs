//! The decoder against the letter of the standard, against exact arithmetic, and against an established decoder.
//!
//! - [`standard`] compares coefficients, to the bit, with a decoder of single bits;
//! - [`exact`] compares the inverse transform with its definition;
//! - [`established`] compares both together with `jpeg-decoder`;
//! - [`strips`] is about files of our own encoder, and the way back from them;
//! - [`parts`] is about scans that two threads read;
//! - [`kinds`] and [`damage`] are about files that differ from the usual ones.

mod damage;
mod established;
mod exact;
mod inputs;
mod kinds;
mod parts;
mod standard;
mod strips;
