//! What the commands say to the person who typed them. The log is another matter; see `telemetry`.
//!
//! `println!` is banned in this workspace because a library must not talk, and it panics when its reader has gone
//! (`halftone demo | head`). Every line that this program prints passes through here instead.

use std::fmt::Display;
use std::io::{self, Write as _};

/// Prints a line on the standard output.
pub(crate) fn say(line: impl Display) {
    let mut output = io::stdout().lock();
    // Why ignored: a reader that has gone does not want to read why it could not be written to.
    drop(writeln!(output, "{line}").and_then(|()| output.flush()));
}

/// Prints a line on the standard error stream: what went wrong, or how far something is.
pub(crate) fn warn(line: impl Display) {
    // Why ignored: as above.
    drop(writeln!(io::stderr().lock(), "{line}"));
}
