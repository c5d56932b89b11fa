//! How it went.

use std::fmt;
use std::path::{Path, PathBuf};
use std::time::Duration;

/// A file that was not rendered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Failure {
    /// Which.
    pub(crate) path: PathBuf,
    /// Why, as a phrase.
    pub(crate) reason: String,
}

impl fmt::Display for Failure {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}: {}", self.path.display(), self.reason)
    }
}

/// The sums over all files.
#[derive(Debug, Clone, Default)]
pub(crate) struct Summary {
    /// How many were rendered.
    pub(crate) rendered: usize,
    /// The bytes of the originals of those.
    pub(crate) original_bytes: u64,
    /// The others.
    pub(crate) failures: Vec<Failure>,
}

impl Summary {
    /// One line: how many, how long, how fast.
    pub(crate) fn describe(&self, elapsed: Duration, out: &Path) -> String {
        let seconds = elapsed.as_secs_f64();
        #[expect(clippy::cast_precision_loss, reason = "a speed with one decimal needs no 53 bits")]
        let megabytes = self.original_bytes as f64 / 1e6;
        let failed = match self.failures.len() {
            0 => String::new(),
            failed => format!(", {failed} failed"),
        };
        format!(
            "{} picture(s) rendered into {}{failed}: {seconds:.1} s, {:.1} MB/s",
            self.rendered,
            out.display(),
            megabytes / seconds.max(0.001)
        )
    }
}
