//! What Halftone's programs share: configuration, and the wiring of a home.
//!
//! A home is where an installation keeps its documents, files, jobs and logins: one directory on one computer (feature
//! `embedded`), or services in a cloud (feature `cloud`), or some of each. The server and the functions on AWS Lambda
//! read the same settings and open the same homes here; what differs between them is theirs. Rules live in
//! `halftone-core`, and nothing here decides what anybody may do.
//!
//! Start with [`Config::load`](config::Config::load), then [`Home::open`](home::Home::open).

#[cfg(feature = "cloud")]
pub mod cloud;
pub mod config;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod home;
pub mod options;
pub mod telemetry;
mod telling;
