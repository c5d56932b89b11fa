//! The pipeline from files to files. Every input is made in code.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

mod anew;
mod colour;
mod formats;
mod golden;
mod hostile;
mod inputs;
mod legible;
mod limits;
mod metadata;
mod orientation;
mod planar;
mod prints;
mod properties;
mod renderer;
mod scene;
mod watermark;
mod whole;
