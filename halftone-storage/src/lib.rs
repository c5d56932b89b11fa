//! Halftone's storage ports, implemented.
//!
//! | backend | for | documents | files | jobs |
//! | --- | --- | --- | --- | --- |
//! | [`memory`] | tests and examples | maps | byte buffers | a map |
//! | [`embedded`] | one computer | SQLite | one directory | SQLite |
//! | `mongo` (feature `mongodb`) | the cloud, beside another backend | MongoDB or DocumentDB | | |
//! | `s3` (feature `s3`) | the cloud, beside another backend | | Amazon S3 | |
//!
//! Beside them stand [`local_identity`], which logs people in where no identity service is at hand, and
//! [`os_entropy`], the randomness of the operating system. Rules live in `halftone-core`; nothing here decides
//! what anybody may do.
//!
//! # Where to start
//! - **Use a backend**: open it and call `ports()`, which gives the core's
//!   [`Backend`](halftone_core::ports::Backend).
//! - **Add an entity**: give it a port in the core, a file of the port's name in every backend, a field in the
//!   core's `Metadata`, and a table of cases in `tests/conformance`.
//! - **Add a backend**: write a folder with one file for each port and add a row to
//!   `tests/conformance/backends.rs`. It is done when the whole suite passes.
//!
//! ```
//! use std::sync::Arc;
//! use halftone_core::clock::SystemClock;
//! use halftone_storage::{memory::MemoryBackend, os_entropy::OsEntropy};
//!
//! let backend = MemoryBackend::new(Arc::new(SystemClock), Arc::new(OsEntropy)).ports();
//! # let _ = backend;
//! ```

#[cfg(any(feature = "embedded", feature = "mongodb"))]
mod documents;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod local_identity;
pub mod memory;
#[cfg(feature = "mongodb")]
pub mod mongo;
pub mod os_entropy;
#[cfg(feature = "s3")]
pub mod s3;
