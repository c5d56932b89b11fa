//! How far it is: a bar on a terminal, a line for each file elsewhere.

use std::io::{self, IsTerminal as _};
use std::path::Path;

use indicatif::{ProgressBar, ProgressStyle};

use crate::console;

/// Shows how far it is.
#[derive(Debug)]
pub(crate) struct Progress {
    bar: Option<ProgressBar>,
    total: usize,
    done: usize,
}

impl Progress {
    /// Begins with none of `total` done.
    pub(crate) fn begin(total: usize) -> Self {
        let bar = io::stderr().is_terminal().then(|| {
            let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {per_sec} {eta} left {wide_msg}");
            let style = style.unwrap_or_else(|_| ProgressStyle::default_bar());
            ProgressBar::new(total as u64).with_style(style)
        });
        Self { bar, total, done: 0 }
    }

    /// One more is done, well or not.
    pub(crate) fn advance(&mut self, path: &Path) {
        self.done += 1;
        let name = path.file_name().map(|name| name.to_string_lossy()).unwrap_or_default();
        match &self.bar {
            Some(bar) => {
                bar.set_message(name.into_owned());
                bar.inc(1);
            }
            None => console::warn(format!("{}/{} {name}", self.done, self.total)),
        }
    }

    /// All are done.
    pub(crate) fn end(&self) {
        if let Some(bar) = &self.bar {
            bar.finish_and_clear();
        }
    }
}
