//! What a process costs.

use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context as _, bail};
use wait4::Wait4 as _;

/// Time and memory, of a process or for one picture.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Usage {
    /// Of all its threads, in the kernel too.
    pub(super) cpu: Duration,
    pub(super) wall: Duration,
    /// The most memory that was resident at once.
    pub(super) peak_bytes: u64,
}

impl Usage {
    /// Without what the program costs by itself.
    pub(super) fn less(self, idle: Self) -> Self {
        Self {
            cpu: self.cpu.saturating_sub(idle.cpu),
            wall: self.wall.saturating_sub(idle.wall),
            peak_bytes: self.peak_bytes,
        }
    }

    /// The share of one picture of many.
    pub(super) fn over(self, pictures: usize) -> Self {
        let pictures = u32::try_from(pictures.max(1)).unwrap_or(u32::MAX);
        Self { cpu: self.cpu / pictures, wall: self.wall / pictures, peak_bytes: self.peak_bytes }
    }
}

/// Runs a program to its end.
pub(super) fn measure(mut command: Command) -> anyhow::Result<Usage> {
    let begun = Instant::now();
    let child = command
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .spawn()
        .with_context(|| format!("could not start {command:?}"))?;
    let ended = child.wait4().with_context(|| format!("could not wait for {command:?}"))?;
    let wall = begun.elapsed();
    if !ended.status.success() {
        bail!("{command:?} ended with {}", ended.status);
    }
    let usage = ended.rusage;
    Ok(Usage { cpu: usage.utime + usage.stime, wall, peak_bytes: usage.maxrss })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_that_works_costs_time_and_memory() {
        let mut busy = Command::new("sh");
        busy.args(["-c", "i=0; while [ $i -lt 20000 ]; do i=$((i + 1)); done"]);
        let usage = measure(busy).unwrap();
        assert!(usage.cpu > Duration::ZERO && usage.peak_bytes > 100_000, "{usage:?}");
    }

    #[test]
    fn a_program_that_fails_is_an_error() {
        assert!(measure(Command::new("false")).is_err());
    }
}
