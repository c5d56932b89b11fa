//! How much time an invocation has left, and whether that is enough for another job.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use tokio::time::Instant;

/// The least time that must be left for a job to begin. A large photo of a slow connection to S3 takes a few seconds.
const LEAST_MARGIN: Duration = Duration::from_secs(5);

/// How long before the deadline a running job is abandoned, so that the answer for the rest of the batch gets out.
const RESERVE: Duration = Duration::from_secs(1);

/// How long before the deadline the answer must be on its way.
const LAST_MOMENT: Duration = Duration::from_millis(300);

/// The time of one invocation.
#[derive(Debug)]
pub(super) struct Pace {
    deadline: Instant,
    slowest_ms: AtomicU64,
}

impl Pace {
    /// An invocation that the platform stops at `deadline`; both times are of the system's clock.
    pub(super) fn until(deadline: Timestamp, now: Timestamp) -> Self {
        // A deadline in the past leaves no time.
        let left = Duration::try_from(deadline.duration_since(now)).unwrap_or(Duration::ZERO);
        Self { deadline: Instant::now() + left, slowest_ms: AtomicU64::new(0) }
    }

    /// Whether another job may begin: the slowest one so far would have time to end. Before anything has run there is
    /// always time to try, or a function with a short timeout would give every message back for ever.
    pub(super) fn may_begin(&self) -> bool {
        let left = self.latest_end().saturating_duration_since(Instant::now());
        match self.slowest_ms.load(Ordering::Relaxed) {
            0 => !left.is_zero(),
            slowest => left >= LEAST_MARGIN.max(Duration::from_millis(slowest)),
        }
    }

    /// Remembers how long a job took.
    pub(super) fn note(&self, took: Duration) {
        let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
        self.slowest_ms.fetch_max(millis.max(1), Ordering::Relaxed);
    }

    /// When a running job is abandoned.
    pub(super) fn latest_end(&self) -> Instant {
        self.deadline.checked_sub(RESERVE).unwrap_or(self.deadline)
    }

    /// When nothing more is waited for.
    pub(super) fn end(&self) -> Instant {
        self.deadline.checked_sub(LAST_MOMENT).unwrap_or(self.deadline)
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    fn pace(seconds: i64) -> Pace {
        let now = Timestamp::UNIX_EPOCH;
        Pace::until(now + SignedDuration::from_secs(seconds), now)
    }

    #[tokio::test(start_paused = true)]
    async fn the_slowest_job_so_far_must_fit_into_what_is_left() {
        let pace = pace(60);
        pace.note(Duration::from_secs(20));
        pace.note(Duration::from_secs(2));
        tokio::time::advance(Duration::from_secs(39)).await;
        assert!(pace.may_begin(), "20 seconds and the reserve are left");
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!pace.may_begin());
    }

    #[tokio::test(start_paused = true)]
    async fn quick_jobs_keep_a_margin_too() {
        let pace = pace(10);
        pace.note(Duration::from_millis(3));
        tokio::time::advance(Duration::from_secs(4)).await;
        assert!(pace.may_begin());
        tokio::time::advance(Duration::from_millis(1)).await;
        assert!(!pace.may_begin());
    }

    #[tokio::test(start_paused = true)]
    async fn a_short_function_still_tries_its_first_job() {
        assert!(pace(3).may_begin());
        assert!(!pace(1).may_begin());
        assert!(!pace(-5).may_begin());
    }
}
