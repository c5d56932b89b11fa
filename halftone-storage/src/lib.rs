//! Halftone's storage ports, implemented.
//!
//! | backend | for | documents | files |
//! | --- | --- | --- | --- |
//! | [`memory`] | tests and examples | maps | byte buffers |
//! | [`embedded`] | one computer | SQLite | one directory |
//!
//! Every backend passes the one conformance suite in `tests/conformance`.

#[cfg(feature = "embedded")]
pub mod embedded;
pub mod local_identity;
pub mod memory;
