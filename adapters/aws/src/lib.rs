//! Halftone's ports on AWS services.

pub mod messages;
